import { describe, it } from 'vitest';
import { check } from '../check.ts';

const kbuild = `
//- net/foo/Kconfig
config FOO
	bool "Foo"
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
//- net/foo/foo.c
static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.neighbours);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_flush(&net->foo.neighbours);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int foo_newneigh(struct sk_buff *skb, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);

	return foo_add(&net->foo.neighbours, nlh);
}

static int foo_note(struct sk_buff *skb, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	return foo_count(nlh);
}
`;

/** Code that only ever is built in stays when its init fails: what matters is what goes on without the rest. */
describe('an init that is only ever built in', () => {
  const withHandler = (handler: string, marker = ''): string => `${kbuild}
static int __init foo_init(void)
{
	int err;

	err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWNEIGH, ${handler}, NULL, 0);
	if (err)
		return err;
	return register_pernet_subsys(&foo_net_ops);
${marker}}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	rtnl_unregister(PF_FOO, RTM_NEWNEIGH);
}

subsys_initcall(foo_init);
module_exit(foo_exit);
`;

  it('leaves a handler behind that uses the per-net state of ops that are not registered', () => {
    check(
      withHandler(
        'foo_newneigh',
        '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-behind-on-error: callbacks are called all the same, and use net->foo.neighbours, which no namespace has without foo_net_ops\n',
      ),
    );
  });

  it('may leave a handler behind that uses nothing of them', () => {
    check(withHandler('foo_note'));
  });

  it('leaves ops registered that it unregisters when something else fails', () => {
    check(`${kbuild}
static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = genl_register_family(&foo_family);
	if (err)
		return err;
//		^^^^^^^^^^^ error: left-registered-on-error: if genl_register_family() fails, foo_init() returns an error with foo_net_ops still registered: its callbacks run for every namespace that is made or dies although the rest is undone
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

subsys_initcall(foo_init);
`);
  });

  it('may leave ops registered that it never unregisters', () => {
    check(`${kbuild}
static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	return genl_register_family(&foo_family);
}

subsys_initcall(foo_init);
`);
  });
});
