import { describe, it } from 'vitest';
import { check } from '../check.ts';

const module = (free: string, exit: string): string => `
static void foo_flow_free(struct rcu_head *head)
{
	kfree(container_of(head, struct foo_flow, rcu));
}

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_flow *flow = foo_flow_of(netdev_notifier_info_to_dev(ptr));

	if (flow)
		${free};
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

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
	err = register_netdevice_notifier(&foo_notifier);
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
`;

const byCallback = 'call_rcu(&flow->rcu, foo_flow_free)';

/** The text of an RCU callback goes with its module. */
describe('a notifier that queues RCU callbacks', () => {
  it('is there after the last wait for them', () => {
    check(
      module(
        byCallback,
        `	unregister_pernet_subsys(&foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() returns while RCU callbacks of the module can be pending: netdevice notifier foo_notifier could queue them until unregister_netdevice_notifier(), and no rcu_barrier() follows: they run when the module's text is gone`,
      ),
    );
  });

  it.each([
    [
      'rcu_barrier()',
      '\tunregister_pernet_subsys(&foo_net_ops);\n\tunregister_netdevice_notifier(&foo_notifier);\n\trcu_barrier();',
    ],
    [
      'the ops, whose unregistering waits',
      '\tunregister_netdevice_notifier(&foo_notifier);\n\tunregister_pernet_subsys(&foo_net_ops);',
    ],
  ])('is gone before %s', (_name, exit) => {
    check(module(byCallback, exit));
  });

  it('may be there when they free without text of the module', () => {
    check(
      module(
        'kfree_rcu(flow, rcu)',
        '\tunregister_pernet_subsys(&foo_net_ops);\n\tunregister_netdevice_notifier(&foo_notifier);',
      ),
    );
  });
});

const late = `	unregister_pernet_subsys(&foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
`;
const said =
  "//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: they run when the module's text is gone";

/** A notifier that goes after the ops, and what its RCU callback and the exit of the ops do. */
const moduleOf = ({ free, exit, warned }: { free: string; exit: string; warned: boolean }): string => `
static struct foo_net *net_foo(struct net *net)
{
	return net->foo;
}

static void foo_flow_free(struct rcu_head *head)
{
	kfree(container_of(head, struct foo_flow, rcu));
${free}}

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct foo_net *foo = net_foo(dev_net(dev));
	struct foo_flow *flow;

	if (event != NETDEV_DOWN || !foo)
		return NOTIFY_DONE;
	list_for_each_entry(flow, &foo->flows, list)
		call_rcu(&flow->rcu, foo_flow_free);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

static void __net_exit foo_net_exit(struct net *net)
{
	foo_flush(net_foo(net));
${exit}}

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
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
${late}${warned ? said : ''}
}

module_init(foo_init);
module_exit(foo_exit);
`;

describe('a handler that goes after the last wait for RCU callbacks', () => {
  it('is told of where nothing keeps it from queueing one', () => {
    check(moduleOf({ free: '', exit: '', warned: true }));
  });

  it('may queue callbacks that give back the module, which has been held until then (nfnetlink_log)', () => {
    check(moduleOf({ free: '\tmodule_put(THIS_MODULE);\n', exit: '', warned: false }));
  });

  it('may not when what they give back is another module', () => {
    check(moduleOf({ free: '\tmodule_put(foo_owner_of(head));\n', exit: '', warned: true }));
  });

  it('finds no state of the namespace any more, which the exit of the ops has taken away (ip_vs_dst_event())', () => {
    check(moduleOf({ free: '', exit: '\tnet->foo = NULL;\n', warned: false }));
  });

  it('finds it when that is other state', () => {
    check(moduleOf({ free: '', exit: '\tnet->foo_other = NULL;\n', warned: true }));
  });
});
