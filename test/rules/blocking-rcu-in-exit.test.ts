import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/blocking-rcu-in-exit', () => {
  it('an exit that waits for readers of what it unlinked', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.table = kzalloc(sizeof(*net->foo.table), GFP_KERNEL);
	return net->foo.table ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_table *table = net->foo.table;

	RCU_INIT_POINTER(net->foo.table, NULL);
	synchronize_rcu();
//	^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: foo_net_exit() calls synchronize_rcu() for each namespace that dies: in exit_batch it is waited for once, and between pre_exit and exit cleanup_net() waits anyway
	kfree(table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('an exit of an ops for devices that waits for its callbacks, in the middle of its work', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_tunnel *tunnel, *next;

	list_for_each_entry_safe(tunnel, next, &fn->tunnels, list)
		foo_tunnel_delete(tunnel);
	if (fn->wq)
		flush_workqueue(fn->wq);
	rcu_barrier();
//	^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: foo_net_exit() calls rcu_barrier() for each namespace that dies: in exit_batch it is waited for once, and before the namespaces are freed cleanup_net() calls it anyway
	WARN_ON(!list_empty(&fn->tunnels));
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering('device')}`);
  });

  it('a pre_exit that waits, though the core waits right after it', () => {
    check(`
static void __net_exit foo_net_pre_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	WRITE_ONCE(fn->closing, true);
	synchronize_net();
//	^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: foo_net_pre_exit() calls synchronize_net() for each namespace that dies
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_table_flush(&fn->table);
}

static struct pernet_operations foo_net_ops = {
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('a wait once for each thing of each namespace, built in', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_socket *fs, *next;

	list_for_each_entry_safe(fs, next, &net->foo.sockets, list) {
		list_del_rcu(&fs->list);
		synchronize_rcu_expedited();
//		^^^^^^^^^^^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: foo_net_exit() calls synchronize_rcu_expedited() for each namespace that dies
		kfree(fs);
	}
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

subsys_initcall(foo_init);
`);
  });

  it('is quiet about one wait for a whole batch', () => {
    check(`
static void __net_exit foo_net_exit_batch(struct list_head *net_list)
{
	struct net *net;

	list_for_each_entry(net, net_list, exit_list)
		foo_unlink_all(net);
	synchronize_rcu();
	list_for_each_entry(net, net_list, exit_list)
		foo_free_all(net);
}

static struct pernet_operations foo_net_ops = {
	.exit_batch = foo_net_exit_batch,
};
${registering()}`);
  });

  it('is quiet about pre_exit that unlinks and exit that frees', () => {
    check(`
static void __net_exit foo_net_pre_exit(struct net *net)
{
	/* cleanup_net() calls synchronize_rcu() before exit. */
	foo_unlink_all(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_free_all(net);
}

static struct pernet_operations foo_net_ops = {
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about freeing by callback, and a module exit that waits for them', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &net->foo.entries, list) {
		list_del_rcu(&entry->list);
		kfree_rcu(entry, rcu);
	}
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	synchronize_rcu();
	rcu_barrier();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an init that waits where it unwinds', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_table *table = kzalloc(sizeof(*table), GFP_KERNEL);

	if (!table)
		return -ENOMEM;
	rcu_assign_pointer(net->foo.table, table);
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private))) {
		RCU_INIT_POINTER(net->foo.table, NULL);
		synchronize_rcu();
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_table *table = rcu_dereference_protected(net->foo.table, true);

	remove_proc_entry("foo", net->proc_net);
	kfree_rcu(table, rcu);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about a read side section, and a wait on something else', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	rcu_read_lock();
	foo_notify_readers(rcu_dereference(fn->readers));
	rcu_read_unlock();
	synchronize_irq(fn->irq);
	flush_workqueue(fn->wq);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering('device')}`);
  });

  it('is quiet about a handler that waits, and exit that only forgets it', () => {
    check(`
static int foo_del(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_entry *entry = foo_find(genl_info_net(info), info);

	if (!entry)
		return -ENOENT;
	list_del_rcu(&entry->list);
	synchronize_rcu();
	kfree(entry);
	return 0;
}

static const struct genl_small_ops foo_nl_ops[] = {
	{ .cmd = FOO_CMD_DEL, .doit = foo_del },
};

static struct genl_family foo_family = {
	.name = "foo",
	.small_ops = foo_nl_ops,
	.n_small_ops = ARRAY_SIZE(foo_nl_ops),
};

static void __net_exit foo_net_exit(struct net *net)
{
	WARN_ON(!list_empty(&net->foo.entries));
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = genl_register_family(&foo_family);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});
