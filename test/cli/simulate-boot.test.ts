/** Scenarios that start on a booted kernel, in every way in which they can be run. */
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { runSimulate } from '../../src/cli/simulate.ts';
import { runTimeline } from '../../src/cli/timeline.ts';
import { folderWithTree, writeFiles } from '../boot-tree.ts';

const folder = folderWithTree();
afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

async function run(command: typeof runSimulate, args: string[], input = ''): Promise<Ran> {
  const texts = { out: '', err: '' };
  const sink = (name: 'out' | 'err'): PassThrough =>
    new PassThrough().on('data', (chunk: Buffer) => (texts[name] += chunk.toString()));
  const stdin = new PassThrough();
  stdin.end(input);
  const exit = await command(args, { stdin, stdout: sink('out'), stderr: sink('err') });
  await new Promise(setImmediate);
  return { exit, ...texts };
}

const boots = { boot: 'linux' };
const module = { my_ops: { init: true, exit: true, id: true, size: 8 } };
const load = { step: 'register_pernet_subsys', ops: 'my_ops' };

function file(scenario: object, name = 'scenario.netns.json'): string {
  writeFiles(folder, { [name]: JSON.stringify(scenario) });
  return path.join(folder, name);
}

interface Event {
  readonly event: string;
  readonly [member: string]: unknown;
}

async function events(scenario: object): Promise<readonly Event[]> {
  const { exit, out, err } = await run(runSimulate, [file(scenario), '--format', 'json']);
  expect([exit, err]).toEqual([0, '']);
  return (JSON.parse(out) as { events: Event[] }).events;
}

describe('a scenario with a boot', () => {
  it('starts with the list, the ids and the boundary of the booted kernel; its boot is not logged', async () => {
    const all = await events({ ...boots, ops: module, steps: [load] });
    expect(all.slice(0, -1)).toEqual([
      { event: 'id_alloc', ops: 'my_ops', id: 4 },
      { event: 'init', ops: 'my_ops', net: 'init_net', data: true, ret: 0 },
      { event: 'return', call: 'register_pernet_subsys', ret: 0 },
    ]);
    expect(all.at(-1)).toMatchObject({
      event: 'state',
      // seen_ops fails without PROC_FS; the second twin_ops is another file's.
      pernet_list: ['net_ns_ops', 'twin_ops', 'twin_ops#2', 'my_ops', 'dev_ops'],
      first_device: 'dev_ops',
      ids: { twin_ops: 3, my_ops: 4 },
    });
  });

  it('is booted with the configuration that it names', async () => {
    const all = await events({ ...boots, bootConfig: 'linux/proc.config', steps: [] });
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      pernet_list: ['net_ns_ops', 'seen_ops', 'twin_ops', 'twin_ops#2', 'dev_ops'],
      ids: { seen_ops: 3, twin_ops: 4 },
    });
  });

  it('runs the callbacks of the kernel around those of the module', async () => {
    const life = [{ step: 'copy_net_ns', net: 'n1' }, { step: 'put_net', net: 'n1' }, { step: 'cleanup_net' }];
    const all = await events({ ...boots, ops: module, steps: [load, ...life] });
    const called = all.flatMap((each) =>
      ['init', 'exit', 'exit_batch'].includes(each.event) ? [`${each.event} ${String(each['ops'])}`] : [],
    );
    expect(called.slice(1)).toEqual([
      'init net_ns_ops',
      'init twin_ops',
      'init my_ops',
      'init dev_ops',
      'exit my_ops',
      'exit twin_ops#2',
      'exit_batch twin_ops',
      'exit net_ns_ops',
    ]);
  });

  it('can name the kernel’s ops, and not declare them', async () => {
    const steps = [{ step: 'unregister_pernet_device', ops: 'dev_ops' }];
    expect((await events({ ...boots, steps })).at(-1)).toMatchObject({ first_device: null });
    const { exit, out, err } = await run(runSimulate, [file({ ...boots, ops: { 'twin_ops#2': {} }, steps })]);
    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain('$.ops["twin_ops#2"]: is built into the booted kernel, and not declared');
  });

  it('says in its text on which kernel it starts', async () => {
    const { out } = await run(runSimulate, [file({ ...boots, steps: [] })]);
    expect(out).toMatch(/^# starts on the booted kernel of linux\nend\n/);
  });

  it('is answered a line each, relative to the current folder', async () => {
    const scenario = { boot: path.relative('.', path.join(folder, 'linux')), ops: module, steps: [load] };
    const lines = [scenario, { ...scenario, boot: 'nowhere' }, scenario].map((each) => JSON.stringify(each));
    const { exit, out } = await run(runSimulate, ['--lines'], `${lines.join('\n')}\n`);
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { exit: number; error?: string; events?: Event[] });
    expect([exit, ...answers.map((each) => each.exit)]).toEqual([0, 0, 2, 0]);
    expect(answers[1]!.error).toMatch(/^\$\.boot: .*nowhere: not a kernel tree: it is not there$/);
    expect(answers[0]!.events).toEqual(answers[2]!.events);
  });

  it('is not explored', async () => {
    const { exit, out, err } = await run(runSimulate, [file({ ...boots, steps: [] }), '--explore']);
    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain('$.boot: --explore starts on no booted kernel');
  });

  it('is a timeline that begins with what the kernel holds', async () => {
    const scenario = file({ ...boots, ops: module, steps: [load] });
    const { exit, out } = await run(runTimeline, [scenario]);
    expect(exit).toBe(0);
    expect(out).toContain('the kernel that scenario.netns.json names has booted, with 4 ops in its pernet_list');
    const missing = await run(runTimeline, [file({ boot: 'gone', steps: [] })]);
    expect([missing.exit, missing.out]).toEqual([2, '']);
    expect(missing.err).toMatch(/scenario\.netns\.json: \$\.boot: .*gone: not a kernel tree/);
  });
});

describe('a boot that cannot be', () => {
  const cases: [what: string, scenario: object, error: RegExp][] = [
    ['of a folder that is not there', { boot: 'gone' }, /\$\.boot: .*gone: not a kernel tree: it is not there/],
    ['of no name', { boot: '' }, /\$\.boot: a name expected/],
    ['of a number', { boot: 7 }, /\$\.boot: a name expected/],
    ['whose configuration is not there', { ...boots, bootConfig: 'gone' }, /\$\.bootConfig: .*gone: it is not there/],
    ['whose configuration is a folder', { ...boots, bootConfig: 'linux' }, /\$\.bootConfig: .*linux: not a file/],
    ['whose configuration is none', { ...boots, bootConfig: 'linux/Kbuild' }, /\$\.bootConfig: .*: no option of a/],
    ['with a configuration of the model’s', { ...boots, config: {} }, /\$\.config: is the booted kernel's own/],
    ['that only has a configuration', { bootConfig: 'x' }, /\$\.bootConfig: there is no boot that it could be of/],
  ];
  it.each(cases)('%s', async (_, scenario, error) => {
    const { exit, out, err } = await run(runSimulate, [file({ ...scenario, steps: [] })]);
    expect([exit, out]).toEqual([2, '']);
    expect(err).toMatch(error);
    expect(err.split('\n')).toHaveLength(2);
  });

  it('reads nothing outside of its tree, whatever that says', async () => {
    const secret = `static struct pernet_operations secret_ops;\nstatic int __init secret_init(void)\n{\n\treturn register_pernet_subsys(&secret_ops);\n}\nmodule_init(secret_init);\n`;
    writeFiles(folder, {
      'secret.c': secret,
      'links/.config': 'CONFIG_NET_NS=y\n',
      'links/Makefile': 'include ../secret.mk\n',
      'links/init/main.c': 'void start_kernel(void) { }\n',
      'links/net/core/net_namespace.c': secret.replaceAll('secret', 'own'),
      'links/Kbuild': 'obj-y += ../secret.o link.o net/\n',
      'links/net/Makefile': 'obj-y := core/net_namespace.o\n',
    });
    fs.symlinkSync('../secret.c', path.join(folder, 'links/link.c'));
    const [state] = await events({ boot: 'links', steps: [] });
    expect(state).toMatchObject({ pernet_list: ['net_ns_ops', 'own_ops'] });
  });
});
