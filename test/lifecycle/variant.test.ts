import { describe, expect, it } from 'vitest';
import { Lifecycles } from '../../src/lifecycle/index.ts';
import { dialects } from '../../src/netns/index.ts';
import { Program } from '../../src/program/index.ts';
import { factsOfText, without } from '../facts/read.ts';

/** A module whose helper does `inside` where CONFIG_FOO is on, and `init` otherwise. */
const moduleWith = (inside: string, helper = ''): string => `
static struct pernet_operations foo_ops = { .init = foo_net_init };
static int foo_net_init(struct net *net) { return 0; }
static int foo_setup(void)
{
${helper}
#ifdef CONFIG_FOO
	${inside}
#endif
	return register_pernet_subsys(&foo_ops);
}
static int foo_middle(void)
{
	return foo_setup();
}
static int __init foo_init(void)
{
	int err = foo_middle();

	if (err)
		return err;
	if (!proc_create("foo", 0, NULL, &foo_fops)) {
		unregister_pernet_subsys(&foo_ops);
		return -ENOMEM;
	}
	return 0;
}
static void __exit foo_exit(void)
{
	remove_proc_entry("foo", NULL);
	unregister_pernet_subsys(&foo_ops);
}
module_init(foo_init);
module_exit(foo_exit);
`;

/** The functions that are followed with CONFIG_FOO off although they were with it, and whether the life is the same. */
function variantOf(text: string, off = 'CONFIG_FOO'): { followed: number; isSame: boolean; histories: number } {
  const program = (facts: ReturnType<typeof factsOfText>): Program => new Program([facts], () => undefined);
  const [on, other] = [factsOfText(text), factsOfText(text, { configuration: without('CONFIG_FOO') })];
  // As the engine makes it: what reads alike is the same fact.
  const facts = {
    ...on,
    functions: on.functions.map((fact, index) => {
      const now = other.functions[index]!;
      return JSON.stringify(now.blocks) === JSON.stringify(fact.blocks) ? fact : now;
    }),
  };
  const changed = new Set(
    facts.functions.flatMap((fact, index) => (fact === on.functions[index] ? [] : [`foo.c#${fact.name}`])),
  );
  const dialect = dialects[0]!;
  const base = new Lifecycles(program(on), { dialect, option: () => undefined });
  const [module] = base.program.modules;
  const known = new Set<string>();
  expect([...base.histories(module!, known)].length).toBeGreaterThan(0);
  let followed = 0;
  const varied = new Lifecycles(
    program(facts),
    { dialect, option: (name) => (name === off ? false : undefined), checkpoint: () => followed++ },
    { base: { lifecycles: base, changed } },
  );
  const isSame = varied.isAsInBase(module!);
  const now = followed;
  const histories = [...varied.histories(varied.program.modules[0]!, known)].length;
  return { followed: now, isSame, histories };
}

describe('a module without an option', () => {
  it('has the life that it has with it where what differs comes to the same: no caller is followed again', () => {
    expect(variantOf(moduleWith('pr_info("foo");'))).toEqual({ followed: 1, isSame: true, histories: 0 });
  });

  it('is followed up to its root where what differs comes to something else', () => {
    const { followed, isSame } = variantOf(moduleWith('if (foo_blocked)\n\t\treturn -EBUSY;'));
    expect([followed, isSame]).toEqual([3, false]);
  });

  it('has lives of its own where it fails otherwise', () => {
    const { isSame, histories } = variantOf(
      moduleWith('foo_users = register_netdevice_notifier(&foo_nb);\n\tif (foo_users)\n\t\treturn foo_users;'),
    );
    expect([isSame, histories > 0]).toEqual([false, true]);
  });

  it('is followed again where the option decides over a call without being asked for', () => {
    const { isSame } = variantOf(moduleWith('pr_info("foo");'), 'CONFIG_PROC_FS');
    expect(isSame).toBe(false);
  });
});
