import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/rtnl-in-exit', () => {
  it('an exit that takes the RTNL to remove its devices', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_dev *foo, *next;
	LIST_HEAD(kill_list);

	rtnl_lock();
//	^^^^^^^^^^^ hint: rtnl-in-exit: foo_net_exit() calls rtnl_lock() for each namespace that dies: a batch variant takes the RTNL once for all of them
	list_for_each_entry_safe(foo, next, &fn->devices, list)
		foo_dellink(foo->dev, &kill_list);
	unregister_netdevice_many(&kill_list);
	rtnl_unlock();
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering('device')}`);
  });

  it('a pre_exit that takes it', () => {
    check(`
static void foo_net_pre_exit(struct net *net)
{
	struct foo_dev *foo;

	rtnl_lock();
//	^^^^^^^^^^^ hint: rtnl-in-exit: foo_net_pre_exit() calls rtnl_lock() for each namespace that dies
	list_for_each_entry(foo, &net->foo.devices, list)
		RCU_INIT_POINTER(foo->creating_net, NULL);
	rtnl_unlock();
}

static struct pernet_operations foo_net_ops = {
	.pre_exit = foo_net_pre_exit,
};
${registering()}`);
  });

  it('one of two callbacks, where only some namespaces need it', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	if (!list_empty(&fn->rules)) {
		rtnl_lock();
//		^^^^^^^^^^^ hint: rtnl-in-exit: foo_net_exit() calls rtnl_lock() for each namespace that dies
		foo_rules_flush(fn);
		rtnl_unlock();
	}
	kfree(fn->hash);
}

static void __net_exit foo_net_exit_batch(struct list_head *net_list)
{
	rtnl_lock();
	foo_links_flush(net_list);
	rtnl_unlock();
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->hash = kcalloc(FOO_BUCKETS, sizeof(*fn->hash), GFP_KERNEL);
	return fn->hash ? 0 : -ENOMEM;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about a batch that takes it once', () => {
    check(`
static void __net_exit foo_net_exit_batch(struct list_head *net_list)
{
	LIST_HEAD(kill_list);
	struct net *net;

	rtnl_lock();
	list_for_each_entry(net, net_list, exit_list)
		foo_destroy_devices(net, &kill_list);
	unregister_netdevice_many(&kill_list);
	rtnl_unlock();
}

static struct pernet_operations foo_net_ops = {
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering('device')}`);
  });

  it('is quiet about a batch that is called with it held', () => {
    check(`
static void __net_exit foo_net_exit_batch_rtnl(struct list_head *net_list, struct list_head *kill_list)
{
	struct net *net;

	ASSERT_RTNL();
	list_for_each_entry(net, net_list, exit_list)
		foo_destroy_devices(net, kill_list);
}

static struct pernet_operations foo_net_ops = {
	.exit_batch_rtnl = foo_net_exit_batch_rtnl,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about an init that takes it', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	rtnl_lock();
	err = foo_attach(net);
	rtnl_unlock();
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	WARN_ON(foo_is_attached(net));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about a module that takes it in its own exit', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	WARN_ON(!list_empty(&net->foo.devices));
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
	rtnl_lock();
	foo_detach_all();
	rtnl_unlock();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about other locks, and a check that nobody holds this one', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	WARN_ON(rtnl_is_locked() && lockdep_rtnl_is_held());
	mutex_lock(&fn->lock);
	foo_table_flush(&fn->table);
	mutex_unlock(&fn->lock);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about work that takes it, which exit only cancels', () => {
    check(`
static void foo_resync(struct work_struct *work)
{
	struct foo_net *fn = container_of(work, struct foo_net, resync);

	rtnl_lock();
	foo_walk_devices(fn);
	rtnl_unlock();
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_WORK(&fn->resync, foo_resync);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	cancel_work_sync(&fn->resync);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet where only init_net takes it', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	if (!net_eq(net, &init_net))
		return;
	rtnl_lock();
	foo_shutdown();
	rtnl_unlock();
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};
`);
  });

  it('the lock of one namespace', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	rtnl_net_lock(net);
//	^^^^^^^^^^^^^^^^^^ hint: rtnl-in-exit
	foo_shutdown(net);
	rtnl_net_unlock(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};
`);
  });
});
