import path from 'node:path';
import { Engine } from '../../engine/index.ts';
import { Scanner } from '../../engine/scan.ts';
import { diskHost } from '../../engine/tree.ts';
import type { Clock } from '../../engine/types.ts';
import type { CParser } from '../../syntax/index.ts';

/** Processor time of one thread looking at a tree with nothing kept, in milliseconds. */
export interface Phases {
  readonly find: number;
  readonly read: number;
  readonly context: number;
  readonly link: number;
  readonly analyse: number;
}

/** Looks at a tree in this thread, and says what took how long. Processor time counts: other programs may be at work. */
export async function phasesOf(root: string, parser: CParser): Promise<Phases> {
  const spent = { find: 0, read: 0, context: 0, link: 0, analyse: 0 };
  const within: (keyof Phases)[] = [];
  let last = process.cpuUsage();
  const lap = (): void => {
    const { user, system } = process.cpuUsage(last);
    last = process.cpuUsage();
    const phase = within.at(-1);
    if (phase) spent[phase] += (user + system) / 1000;
  };
  const clock: Clock = (phase, run) => {
    lap();
    within.push(phase);
    try {
      return run();
    } finally {
      lap();
      within.pop();
    }
  };
  const scanner = new Scanner({ root, jobs: 1, config: null, parser, workerFile: path.join(root, 'none') });
  within.push('find');
  lap();
  const { hits } = await scanner.find([{ kind: 'below', path: '' }]);
  lap();
  within[0] = 'read';
  const engine = new Engine({ parser, host: diskHost(root), clock });
  engine.setIndex(hits.map((hit) => hit.path));
  for (const read of await scanner.read(hits.map((hit) => hit.path))) engine.adopt(read.path, read);
  lap();
  within.pop();
  engine.analyse();
  return spent;
}
