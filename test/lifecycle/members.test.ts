import { describe, it } from 'vitest';
import { check } from '../check.ts';

const module = (exit: string): string => `
//- net/foo/Makefile
obj-m += foo.o
foo-y := foo_main.o foo_netlink.o
//- net/foo/foo_main.c
unsigned int foo_net_id;

static int foo_dev_init(struct net_device *dev)
{
	struct foo_net *fn = net_generic(dev_net(dev), foo_net_id);

	list_add_tail(&foo_of(dev)->list, &fn->devices);
	return 0;
}

static const struct net_device_ops foo_netdev_ops = {
	.ndo_init = foo_dev_init,
};

void foo_setup(struct net_device *dev)
{
	dev->netdev_ops = &foo_netdev_ops;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->devices);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	WARN_ON(!list_empty(&fn->devices));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = foo_netlink_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
${exit}
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/foo_netlink.c
struct rtnl_link_ops foo_link_ops = {
	.kind = "foo",
	.setup = foo_setup,
};

int foo_netlink_init(void)
{
	return rtnl_link_register(&foo_link_ops);
}

void foo_netlink_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
}
`;

/** A structure whose members name functions of another file, as bond_link_ops does. */
describe('link ops whose functions are in another file', () => {
  it('use per-net data that is gone before them', () => {
    check(
      module(`	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before rtnl link ops foo_link_ops, whose callbacks use net_generic(net, foo_net_id)
	foo_netlink_exit();`),
    );
  });

  it('are gone before it', () => {
    check(module('\tfoo_netlink_exit();\n\tunregister_pernet_subsys(&foo_net_ops);'));
  });
});
