import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/wrong-kind', () => {
  it('a fallback device made by an ops of the protocol kind', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->fb_dev = alloc_netdev(sizeof(struct foo_dev), "foo0", NET_NAME_UNKNOWN, foo_setup);
	if (!fn->fb_dev)
		return -ENOMEM;
	dev_net_set(fn->fb_dev, net);
	err = register_netdev(fn->fb_dev);
	if (err)
		free_netdev(fn->fb_dev);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdev(fn->fb_dev);
	free_netdev(fn->fb_dev);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: wrong-kind: foo_net_ops makes network devices (foo_net_init()) but is registered as subsys: its exit runs after that of every device ops, when default_device_exit_batch() has removed the devices already
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a device made in a helper of init, under the RTNL', () => {
    check(`
static int foo_make_dev(struct net *net, struct foo_net *fn)
{
	int err;

	fn->dev = alloc_netdev(0, "foo%d", NET_NAME_ENUM, foo_setup);
	if (!fn->dev)
		return -ENOMEM;
	dev_net_set(fn->dev, net);
	rtnl_lock();
	err = register_netdevice(fn->dev);
	rtnl_unlock();
	if (err)
		free_netdev(fn->dev);
	return err;
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_make_dev(net, net_generic(net, foo_net_id));
}

static void __net_exit foo_net_exit_batch(struct list_head *net_list)
{
	LIST_HEAD(kill_list);
	struct net *net;

	rtnl_lock();
	list_for_each_entry(net, net_list, exit_list) {
		struct foo_net *fn = net_generic(net, foo_net_id);

		unregister_netdevice_queue(fn->dev, &kill_list);
	}
	unregister_netdevice_many(&kill_list);
	rtnl_unlock();
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: wrong-kind: foo_net_ops makes network devices (foo_net_init()) but is registered as subsys
	if (err < 0)
		goto out;
	err = rtnl_link_register(&foo_link_ops);
	if (err < 0)
		goto err_link;
out:
	return err;

err_link:
	unregister_pernet_subsys(&foo_net_ops);
	goto out;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('the one of two ops that makes a device, built in', () => {
    check(`
static int __net_init foo_proto_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.socks);
	return 0;
}

static struct pernet_operations foo_proto_ops = {
	.init = foo_proto_init,
};

static int __net_init foo_dev_init(struct net *net)
{
	struct net_device *dev;

	dev = alloc_netdev(0, "foo", NET_NAME_PREDICTABLE, foo_setup);
	if (!dev)
		goto out;
	dev_net_set(dev, net);
	if (register_netdev(dev))
		goto out_free;
	net->foo.dev = dev;
	return 0;

out_free:
	free_netdev(dev);
out:
	if (net_eq(net, &init_net))
		panic("foo: no device");
	return -ENOMEM;
}

static void __net_exit foo_dev_exit(struct net *net)
{
	unregister_netdev(net->foo.dev);
	free_netdev(net->foo.dev);
}

static struct pernet_operations foo_dev_ops = {
	.init = foo_dev_init,
	.exit = foo_dev_exit,
};

static int __init foo_init(void)
{
	if (register_pernet_subsys(&foo_proto_ops))
		panic("foo: no protocol state");
	if (register_pernet_subsys(&foo_dev_ops))
//	    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: wrong-kind: foo_dev_ops makes network devices (foo_dev_init()) but is registered as subsys
		panic("foo: no device");
	return 0;
}

subsys_initcall(foo_init);
`);
  });

  it('an ops that another file registers', () => {
    check(`
//- net/foo/dev.c
static int __net_init foo_net_init(struct net *net)
{
	net->foo.dev = alloc_etherdev(sizeof(struct foo_dev));
	if (!net->foo.dev)
		return -ENOMEM;
	dev_net_set(net->foo.dev, net);
	if (register_netdev(net->foo.dev)) {
		free_netdev(net->foo.dev);
		return -ENODEV;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_netdev(net->foo.dev);
	free_netdev(net->foo.dev);
}

struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
//- net/foo/main.c
extern struct pernet_operations foo_net_ops;

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: wrong-kind: foo_net_ops makes network devices (foo_net_init()) but is registered as subsys
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o dev.o
`);
  });

  it('is quiet about a device by an ops of the device kind', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->fb_dev = alloc_netdev(sizeof(struct foo_dev), "foo0", NET_NAME_UNKNOWN, foo_setup);
	if (!fn->fb_dev)
		return -ENOMEM;
	dev_net_set(fn->fb_dev, net);
	err = register_netdev(fn->fb_dev);
	if (err)
		free_netdev(fn->fb_dev);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdev(fn->fb_dev);
	free_netdev(fn->fb_dev);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering('device')}`);
  });

  it('is quiet about devices that users make through link ops', () => {
    check(`
static int foo_newlink(struct net *src_net, struct net_device *dev, struct nlattr *tb[])
{
	struct foo_net *fn = net_generic(src_net, foo_net_id);
	int err;

	err = register_netdevice(dev);
	if (!err)
		list_add(&foo_dev_of(dev)->list, &fn->devices);
	return err;
}

static struct rtnl_link_ops foo_link_ops = {
	.kind = "foo",
	.newlink = foo_newlink,
};

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
	err = rtnl_link_register(&foo_link_ops);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a subsystem that watches the devices of others', () => {
    check(`
static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_UNREGISTER)
		foo_forget(dev_net(dev), dev);
	return NOTIFY_DONE;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->nb.notifier_call = foo_event;
	return register_netdevice_notifier_net(net, &fn->nb);
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdevice_notifier_net(net, &fn->nb);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about a device that the module itself makes, once', () => {
    check(`
static struct net_device *foo_dev;

static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = -ENOMEM;
	foo_dev = alloc_netdev(0, "foo", NET_NAME_PREDICTABLE, foo_setup);
	if (!foo_dev)
		goto err_alloc;
	err = register_netdev(foo_dev);
	if (err)
		goto err_register;
	return 0;

err_register:
	free_netdev(foo_dev);
err_alloc:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdev(foo_dev);
	free_netdev(foo_dev);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a work item that makes a device later', () => {
    check(`
static void foo_late(struct work_struct *work)
{
	struct foo_net *fn = container_of(work, struct foo_net, work);

	if (register_netdev(fn->dev))
		pr_warn("foo: no device\\n");
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_WORK(&fn->work, foo_late);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	cancel_work_sync(&fn->work);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about state of the protocol kind beside devices of the device kind', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	INIT_HLIST_HEAD(&net->foo.tunnels);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __net_init foo_dev_net_init(struct net *net)
{
	int err;

	net->foo.fb = alloc_netdev(0, "foo0", NET_NAME_UNKNOWN, foo_setup);
	if (!net->foo.fb)
		return -ENOMEM;
	dev_net_set(net->foo.fb, net);
	err = register_netdev(net->foo.fb);
	if (err)
		free_netdev(net->foo.fb);
	return err;
}

static void __net_exit foo_dev_net_exit(struct net *net)
{
	unregister_netdev(net->foo.fb);
	free_netdev(net->foo.fb);
}

static struct pernet_operations foo_dev_net_ops = {
	.init = foo_dev_net_init,
	.exit = foo_dev_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_pernet_device(&foo_dev_net_ops);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_device(&foo_dev_net_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

describe('pernet/wrong-kind, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/wrong-kind');
  });
});
