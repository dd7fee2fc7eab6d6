import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HelperThreads } from '../../src/engine/helper-threads.ts';
import { Engine, type AnalysisResult } from '../../src/engine/index.ts';
import type { AskedFile, FileRead, Helping, SharedPart, Sharing } from '../../src/engine/helping.ts';
import { diskHost } from '../../src/engine/tree.ts';
import { loadNative } from '../../src/syntax/index.ts';
import { bundled, type Bundle } from '../bundle.ts';

const parser = await loadNative();

/** Modules enough for helpers: every third forgets its ops when its second step fails, and every fifth leaks what its ops set up. */
const moduleText = (name: string, index: number): string => `static int ${name}_net_init(struct net *net)
{
	int err = ${name}_proc_init(net);

	if (err)
		return err;
	net->${name} = kmalloc(16, GFP_KERNEL);
	if (net->${name})
		return 0;
	${name}_proc_exit(net);
	return -ENOMEM;
}
static void ${name}_net_exit(struct net *net)
{
	${name}_proc_exit(net);
	${index % 5 === 0 ? '' : `kfree(net->${name});`}
}
static struct pernet_operations ${name}_net_ops = {
	.init = ${name}_net_init,
	.exit = ${name}_net_exit,
};
static int __init ${name}_init(void)
{
	int err = register_pernet_subsys(&${name}_net_ops);

	if (err)
		return err;
	err = register_netdevice_notifier(&${name}_notifier);
	if (err)
		${index % 3 === 0 ? '' : `unregister_pernet_subsys(&${name}_net_ops);`}
	return err;
}
static void __exit ${name}_exit(void)
{
	unregister_netdevice_notifier(&${name}_notifier);
	unregister_pernet_subsys(&${name}_net_ops);
}
module_init(${name}_init);
module_exit(${name}_exit);
`;
/** What lies beside a module and is called by it, where it has no ops of its own. */
const stepText = (name: string, index: number): string => `int ${name}_proc_init(struct net *net)
{
	net->${name}_buf = kmalloc(16, GFP_KERNEL);
	return net->${name}_buf ? 0 : -ENOMEM;
}
void ${name}_proc_exit(struct net *net)
{
	${index % 7 === 0 ? '' : `kfree(net->${name}_buf);`}
}
`;
const names = Array.from({ length: 45 }, (_, index) => `m${index}`);

let helper: Bundle;
let root: string;
let made: HelperThreads[] = [];

beforeAll(async () => {
  helper = await bundled('src/engine/helper.ts');
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-helpers-'));
  for (const [index, name] of names.entries()) {
    fs.mkdirSync(path.join(root, 'net', name), { recursive: true });
    fs.writeFileSync(path.join(root, 'net', name, `${name}.c`), moduleText(name, index));
    fs.writeFileSync(path.join(root, 'net', name, 'proc.c'), stepText(name, index));
  }
});
afterEach(async () => {
  for (const threads of made) await threads.close();
  made = [];
});
afterAll(() => {
  helper.remove();
  fs.rmSync(root, { recursive: true, force: true });
});

function threads(helperFile: string, silence?: number): HelperThreads {
  const options = { root, config: null, severities: {}, pairs: [], threads: 1, helperFile };
  const helping = new HelperThreads({ ...options, ...(silence === undefined ? {} : { silence }) });
  made.push(helping);
  return helping;
}

function analyse(helping?: Helping): AnalysisResult {
  const engine = new Engine({ parser, host: diskHost(root), ...(helping ? { helping } : {}) });
  engine.setIndex(names.map((name) => `net/${name}/${name}.c`));
  return engine.analyse();
}

/** Gives nothing to this thread before the other one has taken something, and notes what that made. */
class Patient implements Helping {
  readonly taken: (SharedPart['kind'] | 'file')[] = [];

  /** It is waited for in so many rounds. */
  constructor(
    private readonly threads: HelperThreads,
    private rounds: number,
  ) {}

  read(files: readonly AskedFile[]): Sharing<FileRead> {
    return this.patiently(
      () => this.threads.read(files),
      () => 'file',
    );
  }

  share(...[parts, of]: Parameters<Helping['share']>): ReturnType<Helping['share']> {
    return this.patiently(
      () => this.threads.share(parts, of),
      (part) => parts[part]!.kind,
    );
  }

  private patiently<T>(share: () => Sharing<T>, kindOf: (item: number) => (typeof this.taken)[number]): Sharing<T> {
    const beat = this.threads['beat'];
    const before = Atomics.load(beat, 0);
    const sharing = share();
    return {
      claim: (item) => {
        const end = Date.now() + 40_000;
        while (Atomics.load(beat, 0) === before && this.rounds > 0 && Date.now() < end)
          Atomics.wait(beat, 0, before, 20);
        if (item === 0) this.rounds--;
        return sharing.claim(item);
      },
      resultOf: (item) => {
        const result = sharing.resultOf(item);
        if (result) this.taken.push(kindOf(item));
        return result;
      },
    };
  }
}

describe('threads that help', () => {
  test('what they make is what the thread that asks would have made', () => {
    const helping = new Patient(threads(helper.file), 3);
    const alone = analyse();
    expect(alone.findings.length).toBeGreaterThan(15);
    expect(JSON.stringify(analyse(helping))).toBe(JSON.stringify(alone));
    expect(new Set(helping.taken)).toEqual(new Set(['file', 'module', 'callbacks']));
  });

  test('one that cannot be started is not waited for', () => {
    const helping = threads(path.join(root, 'none.cjs'));
    expect(JSON.stringify(analyse(helping))).toBe(JSON.stringify(analyse()));
  });

  test.each([
    ['ends without a word', 'process.exit(1)'],
    ['says that it could not', 'Atomics.store(states, 0, 4); Atomics.notify(states, 0)'],
    ['is never heard of again', 'for (;;);'],
  ])('what one takes and then %s is made all the same', (_, act) => {
    const file = path.join(root, 'helper.cjs');
    fs.writeFileSync(
      file,
      `const { parentPort, workerData } = require('node:worker_threads');
      parentPort.on('message', ({ states }) => {
        Atomics.store(states, 0, 2);
        Atomics.add(workerData.beat, 0, 1);
        ${act};
      });`,
    );
    const helping = new Patient(threads(file, 200), 1);
    expect(JSON.stringify(analyse(helping))).toBe(JSON.stringify(analyse()));
    expect(helping.taken).toEqual([]);
  });
});
