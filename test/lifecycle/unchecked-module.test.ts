import { describe, it } from 'vitest';
import { check } from '../check.ts';

const module = (init: string): string => `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
${init}
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	rtnl_unregister_all(PF_FOO);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

/** What a module registers once, and does not look at the result: mpls_init() up to Linux 6.11. */
describe('a result that a module throws away', () => {
  it('is that of a call which takes memory', () => {
    check(
      module(`	register_netdevice_notifier(&foo_notifier);
	rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWROUTE, foo_newroute, NULL, 0);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of rtnl_register_module() is not checked: when it fails, foo_init() goes on without rtnl handler PF_FOO, RTM_NEWROUTE
	rtnl_register_module(THIS_MODULE, PF_FOO, RTM_DELROUTE, foo_delroute, NULL, 0);
	return 0;`),
    );
  });

  it('is that of a notifier, which is added all the same', () => {
    check(
      module(`	err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWROUTE, foo_newroute, NULL, 0);
	if (err) {
		unregister_pernet_subsys(&foo_net_ops);
		return err;
	}
	register_netdevice_notifier(&foo_notifier);
	return 0;`),
    );
  });
});
