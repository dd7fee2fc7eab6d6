import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An init that makes a device, and an exit that ends it. */
function device(
  exit: string,
  { setup = '', init = '', helpers = '', marker = '', netdevOps = 'foo_netdev_ops' } = {},
): string {
  return `
static unsigned int foo_net_id;

static const struct net_device_ops foo_netdev_ops = {
	.ndo_start_xmit = foo_xmit,
};

static void foo_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &${netdevOps};${setup}
}
${helpers}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->dev = alloc_netdev(0, "foo%d", NET_NAME_ENUM, foo_setup);
	if (!fn->dev)
		return -ENOMEM;
	dev_net_set(fn->dev, net);${init}
	err = register_netdev(fn->dev);
	if (err)
		free_netdev(fn->dev);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering().replaceAll('_subsys', '_device')}`;
}

describe('a device that an exit unregisters', () => {
  it('is not freed by that where its setup does not say so', () => {
    check(
      device('unregister_netdev(fn->dev);', {
        marker: `//                     ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves net device memory net_generic(net, foo_net_id)->dev, which foo_net_init() acquires for every namespace: free_netdev() is missing behind unregister_netdev(), since nothing sets needs_free_netdev
`,
      }),
    );
  });

  it('is freed by the core, where the setup or who makes it says so, or by a destructor', () => {
    check(device('unregister_netdev(fn->dev);', { setup: '\n\tdev->needs_free_netdev = true;' }));
    check(device('unregister_netdev(fn->dev);', { setup: '\n\tdev->priv_destructor = foo_free;' }));
    check(device('unregister_netdev(fn->dev);', { setup: '\n\tfoo_common_setup(dev);' }));
    check(device('unregister_netdev(fn->dev);', { init: '\n\tfn->dev->needs_free_netdev = true;' }));
  });

  it('is freed by the exit, or by who may be', () => {
    check(device('unregister_netdev(fn->dev);\n\tfree_netdev(fn->dev);'));
    check(device('struct net_device *dev = fn->dev;\n\n\tunregister_netdev(dev);\n\tfree_netdev(dev);'));
    check(device('unregister_netdev(fn->dev);\n\tfoo_dev_put(fn->dev);'));
    const helpers = `
static void foo_gone(struct net_device *dev)
{
	unregister_netdev(dev);
	free_netdev(dev);
}
`;
    check(device('foo_gone(fn->dev);', { helpers }));
  });

  it.each([
    ['unregister_netdev(fn->dev);', { init: '\n\tfoo_core_dev_init(fn->dev);' }],
    ['unregister_netdev(fn->dev);', { setup: '\n\teth_foo_setup(dev);' }],
    ['unregister_netdev(fn->dev);', { setup: '\n\tdev->rtnl_link_ops = &bar_link_ops;' }],
    ['unregister_netdev(fn->dev);', { netdevOps: 'bar_core_netdev_ops' }],
    ['unregister_netdev(fn->dev);', { init: '\n\tfn->dev->netdev_ops = foo_ops_of(net);' }],
    ['unregister_netdev(fn->dev);\n\tfoo_dev_gone(fn->dev);', {}],
    ['unregister_netdev(fn->dev);\n\tfoo_dev_bury(net);', {}],
  ] as const)('may be freed by who else gets it: %s %j', (exit, more) => {
    check(device(exit, more));
  });
});
