import { describe, it } from 'vitest';
import { check } from '../check.ts';

const init = `
static int __net_init lo_net_init(struct net *net)
{
	return 0;
}

static struct pernet_operations lo_net_ops = {
	.init = lo_net_init,
};

static int setup_net(struct net *net)
{
	if (!proc_create("setup", 0444, NULL, &setup_ops))
		return -ENOMEM;
	return 0;
}

static int __init net_ns_init(void)
{
	int err;

	err = setup_net(&init_net);
	if (err)
		return err;

	err = register_pernet_subsys(&lo_net_ops);
	if (err)
		return err;
MARK	return 0;
}

static void __exit net_ns_exit(void)
{
	unregister_pernet_subsys(&lo_net_ops);
	remove_proc_entry("setup", NULL);
}

module_init(net_ns_init);
module_exit(net_ns_exit);
`;

/** What runs the callbacks of all ops is what lives are run on, no step of one of them. */
describe('the core’s own function that sets a namespace up', () => {
  it('is not followed where it stands beside register_pernet_subsys()', () => {
    check(`//- net/core/core.c
int register_pernet_subsys(struct pernet_operations *ops)
{
	list_add_tail(&ops->list, first_device);
	return 0;
}
${init.replace('MARK', '')}`);
  });

  it('is followed where a module calls one of its own so', () => {
    check(`//- drivers/net/foo.c
${init.replace(
  'MARK',
  `//		^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, net_ns_init() returns an error and leaves the proc entry "setup" behind: its callbacks are called after the module's text is gone
`,
)}`);
  });
});
