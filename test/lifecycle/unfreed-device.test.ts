import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A device of each namespace; `setup` is what sets it up, `exit` what takes it down. */
const module = (
  exit: string,
  { mark = '', setup = '\tdev->mtu = 1500;', setUpBy = 'foo_setup', before = '' } = {},
): string => `
struct foo_net { struct net_device *dev; };

static void foo_setup(struct net_device *dev)
{
${setup}
}
${before}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct net_device *dev = alloc_netdev(0, "foo%d", NET_NAME_ENUM, ${setUpBy});
	int err;

	if (!dev)
		return -ENOMEM;
	dev_net_set(dev, net);
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	fn->dev = dev;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${mark}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering('device')}`;

const gone = '\tunregister_netdev(fn->dev);';

describe('a device that an exit unregisters', () => {
  it('is left in memory', () => {
    const mark =
      '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves the memory of fn->dev: it is unregistered, free_netdev() is missing, and nothing sets needs_free_netdev\n';
    check(module(gone, { mark }));
  });

  it('is freed by the exit, with the device, or by a destructor', () => {
    check(module(`${gone}\n\tfree_netdev(fn->dev);`));
    check(module(gone, { setup: '\tdev->needs_free_netdev = true;' }));
    check(module(gone, { setup: '\tdev->destructor = free_netdev;' }));
    check(
      module(`${gone}\n\tfoo_free(fn);`, {
        before: 'static void foo_free(struct foo_net *fn)\n{\n\tfree_netdev(fn->dev);\n}\n',
      }),
    );
  });

  it('may be freed by what was not read', () => {
    check(module(`${gone}\n\tdispose_of(fn->dev);`));
    check(module(gone, { setUpBy: 'other_setup' }));
    const uninit = 'static void foo_uninit(struct net_device *dev) { free_netdev(dev); }\n';
    check(
      module(gone, { before: `${uninit}static const struct net_device_ops foo_ops = { .ndo_uninit = foo_uninit };\n` }),
    );
  });
});
