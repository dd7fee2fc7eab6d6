import { describe, expect, it } from 'vitest';
import { Lifecycles } from '../../src/lifecycle/index.ts';
import { Overview } from '../../src/lifecycle/paths/overview.ts';
import { Pool } from '../../src/lifecycle/paths/pool.ts';
import { Summaries } from '../../src/lifecycle/paths/summary.ts';
import { keyOfPath } from '../../src/lifecycle/life/doubts.ts';
import { dialects } from '../../src/netns/index.ts';
import { Program } from '../../src/program/index.ts';
import { factsOfText } from '../facts/read.ts';

/** Registers under so many conditions that it is costly to follow, by way of a helper. */
const core = (helper: string): string => `
int core_start(int mode)
{
	int err;

	${Array.from({ length: 6 }, (_, i) => `if (core_mode_${i})\n\t\tcore_level_${i} = ${i};`).join('\n\t')}
	err = ${helper}();
	if (err)
		core_level_0 = 9;
	return err;
}
void core_stop(void)
{
	unregister_pernet_subsys(&core_ops);
}
`;

const plain = `
struct pernet_operations core_ops = { .init = core_net_init };
int core_net_init(struct net *net) { return 0; }
int core_register(void)
{
	return register_pernet_subsys(&core_ops);
}
${core('core_register')}
`;

/** core_start() calls itself by way of core_register(): what either comes to depends on where the circle was entered. */
const circle = `
struct pernet_operations core_ops = { .init = core_net_init };
int core_net_init(struct net *net) { return 0; }
int core_register(void)
{
	if (core_again)
		return core_start(0);
	return register_pernet_subsys(&core_ops);
}
${core('core_register')}
`;

const moduleOf = (name: string, start: string): string => `
static int __init ${name}_init(void)
{
	return ${start};
}
static void __exit ${name}_exit(void)
{
	core_stop();
}
module_init(${name}_init);
module_exit(${name}_exit);
`;

function programOf(files: Readonly<Record<string, string>>): Program {
  return new Program(
    Object.entries(files).map(([file, text]) => factsOfText(text, { file })),
    () => undefined,
  );
}

const option = (): undefined => undefined;

describe('what a function came to that is costly to follow', () => {
  const summariesOf = (program: Program, pool: Pool): Summaries =>
    new Summaries(program, new Overview(program), option, undefined, { pool });

  it('is taken over by who follows it next, what is soon followed is not', () => {
    const program = programOf({ 'core.c': plain });
    const pool = new Pool();
    const [first, next] = [summariesOf(program, pool), summariesOf(program, pool)];
    expect(first.of('core.c#core_start')).not.toBeNull();
    expect(next.of('core.c#core_start')).toBe(first.of('core.c#core_start'));
    expect(next.of('core.c#core_register')).not.toBe(first.of('core.c#core_register'));
  });

  it('is not where it calls itself', () => {
    const program = programOf({ 'core.c': circle });
    const pool = new Pool();
    const [first, next] = [summariesOf(program, pool), summariesOf(program, pool)];
    expect(first.of('core.c#core_start')).not.toBeNull();
    expect(next.of('core.c#core_start')).not.toBe(first.of('core.c#core_start'));
  });

  it('comes with what was released on its paths, and with what could not be followed of what it calls', () => {
    const undoing = plain.replace(
      'return register_pernet_subsys(&core_ops);',
      `int err = register_netdevice_notifier(&core_notifier);
	if (err)
		return err;
	err = register_pernet_subsys(&core_ops);
	if (err)
		unregister_netdevice_notifier(&core_notifier);
	core_again(1);
	return err;`,
    );
    const circling = `int core_again(int depth)
{
	return core_again(depth) ? register_pernet_subsys(&core_ops) : 0;
}`;
    const program = programOf({ 'core.c': `${undoing}${circling}` });
    const pool = new Pool();
    const [first, next] = [summariesOf(program, pool), summariesOf(program, pool)];
    first.of('core.c#core_start');
    next.of('core.c#core_start');
    expect([...next.ledger]).toEqual([...first.ledger]);
    expect([...next.unfollowed.keys()]).toEqual([...first.unfollowed.keys()]);
    expect(first.unfollowed.size).toBeGreaterThan(0);
  });
});

describe.each([
  ['with a function that is costly to follow', plain],
  ['with a circle of functions', circle],
])('modules %s', (_, text) => {
  const program = (): Program =>
    programOf({
      'core.c': text,
      'a.c': moduleOf('a', 'core_start(1)'),
      'b.c': moduleOf('b', 'core_register()'),
      'c.c': moduleOf('c', 'core_start(2)'),
    });
  const lifecyclesOf = (of: Program): Lifecycles => new Lifecycles(of, { dialect: dialects[0]!, option });

  it('have the same lives whichever is looked at first', () => {
    const shared = lifecyclesOf(program());
    const modules = [...shared.program.modules];
    const livesIn = (order: typeof modules): string[] =>
      order.flatMap((module) => [
        module.file,
        ...[...shared.alone().histories(module, new Set())].map(({ path }) => keyOfPath(path)),
      ]);
    const fresh = modules.flatMap((module) => {
      const lifecycles = lifecyclesOf(program());
      const own = lifecycles.program.modules.find(({ file }) => file === module.file)!;
      return [module.file, ...[...lifecycles.histories(own, new Set())].map(({ path }) => keyOfPath(path))];
    });
    expect(fresh.length).toBeGreaterThan(modules.length);
    expect(livesIn(modules)).toEqual(fresh);
    expect(livesIn([...modules].reverse()).sort()).toEqual([...fresh].sort());
  });
});
