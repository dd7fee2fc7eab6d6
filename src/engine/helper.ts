import { parentPort, workerData } from 'node:worker_threads';
import type { CParser } from '../syntax/index.ts';
import { configurationOf } from './config.ts';
import { factsOf } from './files.ts';
import { itemState, type Helped, type HelperData, type HelperTask, type Round } from './helper-threads.ts';
import { Means } from './means.ts';
import { packed, unpacked } from './packed.ts';
import { loadParser } from './parser.ts';
import { partOf } from './part.ts';
import { sharedMaker } from './parts.ts';
import { diskHost } from './tree.ts';
import { Walk, type Whole } from './walk.ts';

/** A thread that does some of the work of an analysis beside the one that asked for it. What it cannot do it leaves to that one. */
const { root, config, severities, pairs, port, beat } = workerData as HelperData;
const configuration = configurationOf(config);
const host = diskHost(root);
const loaded = loadParser();
let program: { readonly input: Walk['input']; readonly whole: Whole } | undefined;

parentPort?.on('message', (task: HelperTask) => {
  void loaded.then((parser) => {
    if (task.do === 'link') program = link(task, parser);
    else if (task.do === 'read') work(task, task.items, ({ path, names }) => read(parser, path, names));
    else if (program) {
      const { input, whole } = program;
      work(task, task.items, (shared) => partOf(input, null, sharedMaker(shared, whole)).result);
    }
  });
});

function link({ dialect, files, modules }: HelperTask & { do: 'link' }, parser: CParser): typeof program {
  const means = new Means({ parser, host, dialect, severities, pairs, ...(config ? { config } : {}) });
  means.kernel.takeOver(modules);
  const facts = files.flatMap((text) => {
    const result = unpacked(text);
    return 'facts' in result ? result.facts : [];
  });
  const walk = new Walk({
    ...means.inputFor(undefined),
    read: { facts, unread: [], loaded: [], rounds: [] },
    checkpoint: () => {
      Atomics.add(beat, 0, 1);
    },
  });
  return { input: walk.input, whole: walk.link() };
}

function read(parser: CParser, path: string, names: readonly string[]): Helped['result'] {
  const file = host.readText(path);
  if ('error' in file) throw new Error(file.error);
  return { text: file.text, packed: packed(factsOf(parser, path, file.text, configuration, names)) };
}

function work<T>({ number, states }: Round, items: readonly T[], act: (item: T) => Helped['result']): void {
  for (const [item, of] of items.entries()) {
    if (Atomics.compareExchange(states, item, itemState.free, itemState.helped) !== itemState.free) continue;
    Atomics.add(beat, 0, 1);
    let state: number = itemState.left;
    try {
      const helped: Helped = { round: number, item, result: act(of) };
      port.postMessage(helped);
      state = itemState.made;
    } catch {
      // The thread that asked does it then, and says what is wrong.
    }
    Atomics.store(states, item, state);
    Atomics.notify(states, item);
  }
}
