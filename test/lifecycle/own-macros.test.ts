import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module that registers and unregisters its ops by macros of its own. */
const module = (macros: string, [reg, unreg]: readonly [string, string], isLeft = false): string => `
${macros}

static int __net_init foo_net_init(struct net *net)
{
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	${reg}
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		${unreg}
	return err;
}

static void __exit foo_exit(void)
${isLeft ? '//		   ^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_net_ops registered\n' : ''}{
	unregister_netdevice_notifier(&foo_nb);
	${isLeft ? '' : unreg}
}

module_init(foo_init);
module_exit(foo_exit);
`;

const plain = 'err = register_pernet_subsys(&foo_net_ops);';

describe("ops that a file's own macros register", () => {
  it.each([
    ['#define foo_unreg(kind, ops) unregister_pernet_##kind(ops)', plain, 'foo_unreg(subsys, &foo_net_ops);'],
    ['#define foo_unreg(name) unregister_pernet_subsys(&name##_net_ops)', plain, 'foo_unreg(foo);'],
    ['#define FOO_UNREG unregister_pernet_subsys(&foo_net_ops)', plain, 'FOO_UNREG;'],
    ['#define foo_unreg unregister_pernet_subsys', plain, 'foo_unreg(&foo_net_ops);'],
    ['#define foo_unreg(ops) do { unregister_pernet_subsys(ops); } while (0)', plain, 'foo_unreg(&foo_net_ops);'],
    [
      '#define foo_unreg(ops) do { pr_debug("bye"); unregister_pernet_subsys(ops); } while (0)',
      plain,
      'foo_unreg(&foo_net_ops);',
    ],
    [
      '#define foo_reg(ops) do { err = register_pernet_subsys(ops); } while (0)',
      'foo_reg(&foo_net_ops);',
      'unregister_pernet_subsys(&foo_net_ops);',
    ],
    [
      '#define foo_reg(ops) ({ int __err = register_pernet_subsys(ops); __err; })',
      'err = foo_reg(&foo_net_ops);',
      'unregister_pernet_subsys(&foo_net_ops);',
    ],
  ])('%s', (macros, reg, unreg) => {
    check(module(macros, [reg, unreg]));
    check(module(macros, [reg, unreg], true));
  });
});
