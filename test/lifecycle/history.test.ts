import { describe, expect, it } from 'vitest';
import { Lifecycles, type History } from '../../src/lifecycle/index.ts';
import { dialects } from '../../src/netns/index.ts';
import { Program } from '../../src/program/index.ts';
import { factsOfText } from '../facts/read.ts';

function historiesOf(files: Record<string, string>): History[] {
  const program = new Program(
    Object.entries(files).map(([file, text]) => factsOfText(text, { file })),
    () => undefined,
  );
  const lifecycles = new Lifecycles(program, { dialect: dialects[0]!, option: () => undefined });
  const known = new Set<string>();
  return program.modules.flatMap((module) => [...lifecycles.histories(module, known)]);
}

/** What happens to the ops, one word an event: `load: register_pernet_subsys+`, `gone: init before`. */
function eventsOf({ events }: History): string[] {
  return events.flatMap(({ event, phase, trace }) => {
    if (trace?.t === 'pernet') return [`${phase}: ${trace.call}${trace.ok ? '+' : '-'}`];
    if ('ops' in event && event.ops !== 'foo_net_ops') return [];
    if (event.event === 'init') return [`${phase}: init ${event.net} ${event.ret}`];
    if (event.event === 'exit') return [`${phase}: exit ${event.net}`];
    return [];
  });
}

const module = (init: string, exit: string, fields = '.init = x_init,\n\t.exit = x_exit,'): string => `
static struct pernet_operations foo_net_ops = {
	${fields}
};
static int __init foo_init(void)
{
	${init}
}
static void __exit foo_exit(void)
{
	${exit}
}
module_init(foo_init);
module_exit(foo_exit);
`;

describe('a history', () => {
  it('says of an allocation whose result is not NULL that it succeeds, however it was asked for', () => {
    for (const asked of ['return p ? 0 : -ENOMEM;', 'if (p) return 0; return -ENOMEM;', 'return p != NULL ? 0 : -1;']) {
      const init = `int err = register_pernet_subsys(&foo_net_ops); if (err) return err; p = kzalloc(9, GFP_KERNEL); ${asked}`;
      const histories = historiesOf({ 'a.c': `static void *p;${module(init, 'kfree(p);')}` });
      const told = histories.flatMap(({ events }) =>
        events.flatMap(({ trace }, at) =>
          trace?.t === 'call' && trace.name === 'kzalloc'
            ? [[events.slice(0, at).some((before) => before.trace?.t === 'acquire'), trace.outcome === 'succeeds']]
            : [],
        ),
      );
      expect(told).toContainEqual([true, true]);
      expect(told).not.toContainEqual([true, false]);
    }
  });

  it('lets a namespace live before the load and one after it, through the unload', () => {
    const [life] = historiesOf({
      'foo.c': module('return register_pernet_subsys(&foo_net_ops);', 'unregister_pernet_subsys(&foo_net_ops);'),
    });
    expect(life?.fate).toBe('unloaded');
    expect(eventsOf(life!)).toEqual([
      'load: register_pernet_subsys+',
      'load: init init_net 0',
      'load: init before 0',
      'loaded: init after 0',
      'loaded: exit before',
      'unload: unregister_pernet_subsys+',
      'unload: exit init_net',
      'unload: exit after',
    ]);
  });

  it('undoes what a failing registration did, and then the module is gone', () => {
    const [, failed] = historiesOf({ 'foo.c': module('return register_pernet_subsys(&foo_net_ops);', '') });
    expect(failed).toMatchObject({ fate: 'load-failed', result: 'an error', cause: { t: 'pernet', ok: false } });
    expect(eventsOf(failed!)).toEqual(['load: register_pernet_subsys-', 'load: init init_net -12']);
  });

  it('fails a registration without init at its allocation', () => {
    const [, failed] = historiesOf({
      'foo.c': module('return register_pernet_subsys(&foo_net_ops);', '', '.id = &foo_id,\n\t.size = 8,'),
    });
    expect(failed?.scenario.steps.slice(-4).map(({ step }) => step)).toContain('register_pernet_subsys');
    expect(failed?.events.some(({ event }) => event.event === 'return' && 'ret' in event && event.ret === -12)).toBe(
      true,
    );
  });

  it('goes on with namespaces after a failed load, as a dangling ops would meet them', () => {
    const all = historiesOf({
      'foo.c': module(
        'int err = register_pernet_subsys(&foo_net_ops);\n\n\tif (err)\n\t\treturn err;\n\treturn foo_more();',
        'unregister_pernet_subsys(&foo_net_ops);',
      ),
    });
    const left = all.find(({ fate, cause }) => fate === 'load-failed' && cause?.t === 'call');
    expect(eventsOf(left!).slice(3)).toEqual(['gone: init after 0', 'gone: exit before']);
  });

  it('tells two ops of one name apart', () => {
    const ops = (name: string): string => `static struct pernet_operations foo_net_ops = {\n\t.init = ${name},\n};\n`;
    const histories = historiesOf({
      'a.c': `${ops('a_init')}int a_start(void)\n{\n\treturn register_pernet_subsys(&foo_net_ops);\n}\n`,
      'b.c': `${ops('b_init')}static int __init foo_init(void)\n{\n\treturn a_start() ?: register_pernet_device(&foo_net_ops);\n}\nmodule_init(foo_init);\n`,
    });
    const life = histories.find(({ fate }) => fate === 'loaded');
    expect([...life!.ops].map(([name, { id }]) => [name, id])).toEqual([
      ['foo_net_ops', 'a.c#foo_net_ops'],
      ['foo_net_ops#2', 'b.c#foo_net_ops'],
    ]);
    expect(life!.events.at(-1)?.event).toMatchObject({
      event: 'state',
      pernet_list: expect.arrayContaining(['foo_net_ops', 'foo_net_ops#2']) as string[],
      first_device: 'foo_net_ops#2',
    });
  });

  it('of an init that returns something positive is that of a loaded module', () => {
    expect(
      historiesOf({
        'foo.c': module(
          'register_pernet_subsys(&foo_net_ops);\n\treturn 1;',
          'unregister_pernet_subsys(&foo_net_ops);',
        ),
      }).map(({ fate }) => fate),
    ).toEqual(['unloaded', 'unloaded']);
  });

  it('shows the source between the events of the model, in its order', () => {
    const histories = historiesOf({
      'foo.c': module(
        'int err = register_pernet_subsys(&foo_net_ops);\n\n\tif (err)\n\t\tgoto out;\n\terr = foo_more();\n\tif (err < 0)\n\t\tgoto undo;\n\treturn 0;\nundo:\n\tunregister_pernet_subsys(&foo_net_ops);\nout:\n\treturn err;',
        '',
      ),
    });
    const failed = histories.find(({ fate, cause }) => fate === 'load-failed' && cause?.t === 'call')!;
    const source = failed.events.flatMap(({ event }) =>
      event.event === 'source' ? [`${event.line} ${event.call} ${event.outcome}`] : [],
    );
    expect(source).toEqual([
      '6 foo_init() entered',
      '8 register_pernet_subsys(&foo_net_ops) succeeds',
      '12 foo_more() fails',
      '14 goto undo taken',
      '17 unregister_pernet_subsys(&foo_net_ops) succeeds',
      '19 return taken',
      '6 foo_init() returned',
    ]);
  });
});
