import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/exit-missing', () => {
  it('hooks without an exit', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: foo_net_ops has no exit, but foo_net_init() acquires netfilter hooks
	.init = foo_net_init,
};
${registering()}`);
  });

  it('a control socket in a member of the namespace', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = inet_ctl_sock_create(&net->foo.ctl_sk, PF_INET, SOCK_RAW, IPPROTO_FOO, net);
	if (err < 0)
		pr_err("foo: no control socket\\n");
	return err;
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: control socket net->foo.ctl_sk
	.init = foo_net_init,
};
${registering()}`);
  });

  it('a netlink socket in the data of the ops', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->sk = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	return fn->sk ? 0 : -ENOMEM;
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: netlink kernel socket net_generic(net, foo_net_id)->sk
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('a sysctl table that a helper of the same file registers', () => {
    check(`
static int foo_sysctl_add(struct net *net)
{
	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!net->foo.hdr)
		return -ENOMEM;
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	net->foo.limit = 16;
	return foo_sysctl_add(net);
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: sysctl table net->foo.hdr
	.init = foo_net_init,
};
${registering()}`);
  });

  it('a notifier that a helper of another file registers', () => {
    check(`
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
foo-y := main.o notify.o
//- net/foo/notify.c
/* Called from the pernet_operations in main.c. */
int foo_notify_start(struct net *net)
{
	return register_netdevice_notifier_net(net, &net->foo.nb);
}
//- net/foo/main.c
static int __net_init foo_net_init(struct net *net)
{
	return foo_notify_start(net);
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: per-net netdevice notifier
	.init = foo_net_init,
};
${registering()}`);
  });

  it('memory that only the error path frees', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	net->foo.table = kcalloc(FOO_BUCKETS, sizeof(*net->foo.table), GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	err = foo_fill(net);
	if (err)
		kfree(net->foo.table);
	return err;
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: memory net->foo.table
	.init = foo_net_init,
};
${registering()}`);
  });

  it('a proc entry', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
	return 0;
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: proc entry "foo"
	.init = foo_net_init,
};
${registering()}`);
  });

  it('a field that says NULL', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->wq = alloc_workqueue("foo", WQ_UNBOUND, 0);
	if (!fn->wq)
		return -ENOMEM;
	return 0;
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: workqueue net_generic(net, foo_net_id)->wq
	.init = foo_net_init,
	.exit = NULL,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about an init that only sets members', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	net->foo.sysctl_limit = 32;
	INIT_LIST_HEAD(&fn->rules);
	spin_lock_init(&fn->lock);
	atomic_set(&fn->users, 0);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about data that the core allocates and frees', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about an exit_batch alone', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static void __net_exit foo_net_exit_batch(struct list_head *net_exit_list)
{
	struct net *net;

	list_for_each_entry(net, net_exit_list, exit_list)
		nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit_batch,
};
${registering()}`);
  });

  it('is quiet about a pre_exit alone', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return register_netdevice_notifier_net(net, &net->foo.nb);
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	unregister_netdevice_notifier_net(net, &net->foo.nb);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
};
${registering()}`);
  });

  it('is quiet about an exit that is not known', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return nf_register_net_hook(net, &foo_hook);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_arch_net_exit,
};
${registering()}`);
  });

  it('is quiet about what is made once, for the first namespace', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	if (!net_eq(net, &init_net))
		return 0;
	foo_shared_wq = alloc_workqueue("foo", WQ_UNBOUND, 0);
	if (!foo_shared_wq)
		return -ENOMEM;
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	destroy_workqueue(foo_shared_wq);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about scratch memory that init itself frees', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	char *name;
	int err;

	name = kasprintf(GFP_KERNEL, "foo-%u", net->ns.inum);
	if (!name)
		return -ENOMEM;
	err = foo_announce(name);
	kfree(name);
	return err;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
${registering()}`);
  });

  it('is quiet about an option around the acquisition and the exit', () => {
    check(`
#ifdef CONFIG_SYSCTL
static int __net_init foo_net_init(struct net *net)
{
	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	return net->foo.hdr ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_net_sysctl_table(net->foo.hdr);
}
#else
static int __net_init foo_net_init(struct net *net)
{
	return 0;
}
#endif

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
#ifdef CONFIG_SYSCTL
	.exit = foo_net_exit,
#endif
};
${registering()}`);
  });

  it('is quiet about a device that the core unregisters', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct net_device *dev;
	int err;

	dev = alloc_netdev(0, "foo%d", NET_NAME_UNKNOWN, foo_dev_setup);
	if (!dev)
		return -ENOMEM;
	dev_net_set(dev, net);
	dev->rtnl_link_ops = &foo_link_ops;
	err = register_netdev(dev);
	if (err)
		free_netdev(dev);
	return err;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
${registering('device')}`);
  });

  it('an exit that is there, and that no ops names', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return foo_pipe_make(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_pipe_drop(net);
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: foo_net_ops does not name foo_net_exit(), and nothing else does
	.init = foo_net_init,
};
${registering()}`);
  });

  it('an exit in batches beside one for each, of the ops that is called alike', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
}

static void __net_exit foo_net_exit_batch(struct list_head *net_list)
{
	foo_flush();
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: foo_net_ops does not name foo_net_exit_batch()
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = register_pernet_subsys(&bar_net_ops);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&bar_net_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an ops that names nothing any more', () => {
    check(`
static void __net_exit foo_net_pre_exit(struct net *net)
{
	foo_stop(net);
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: foo_net_ops does not name foo_net_pre_exit()
};
${registering()}`);
  });
});

describe('pernet/exit-missing, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/exit-missing');
  });
});
