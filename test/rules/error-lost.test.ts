import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/error-lost', () => {
  it('not what an init needs only while it runs: it is given back where all goes well, too', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err = 0;
	int i;

	for (i = 0; i < 4; i++) {
		void *room = kzalloc(64, GFP_KERNEL);

		if (!room)
			return -ENOMEM;
		if (foo_knows(i)) {
			kfree(room);
			continue;
		}
		err = foo_fill(net, room, i);
		kfree(room);
		if (err)
			break;
	}
	return err;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
${registering()}`);
  });

  it('unwinding that ends in return 0', () => {
    check(`
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
	err = rtnl_link_register(&foo_link_ops);
	if (err)
		goto err_link;
	return 0;

err_link:
	unregister_pernet_subsys(&foo_net_ops);
	return 0;
//	^^^^^^^^^ error: error-lost: if rtnl_link_register() fails, foo_init() returns 0 with foo_net_ops unregistered
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

  it("a chain of labels in which the result of an undoing call takes the error's place", () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	const char *what;
	int err;

	what = "tunnel device";
	err = register_pernet_device(&foo_net_ops);
	if (err < 0)
		goto fail_device;

	what = "tunnel protocol";
	err = xfrm6_protocol_register(&foo_esp_protocol, IPPROTO_ESP);
	if (err < 0)
		goto fail_esp;
	err = xfrm6_tunnel_register(&foo_ipv6_handler, AF_INET6);
	if (err < 0)
		goto fail_tunnel;

	what = "netlink interface";
	err = rtnl_link_register(&foo_link_ops);
	if (err < 0)
		goto fail_link;
	return 0;

fail_link:
	err = xfrm6_tunnel_deregister(&foo_ipv6_handler, AF_INET6);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: error-lost: if rtnl_link_register() fails, foo_init() returns 0, the result of xfrm6_tunnel_deregister(), with
fail_tunnel:
	xfrm6_protocol_deregister(&foo_esp_protocol, IPPROTO_ESP);
fail_esp:
	unregister_pernet_device(&foo_net_ops);
fail_device:
	pr_err("foo: failed to register %s\\n", what);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	xfrm6_tunnel_deregister(&foo_ipv6_handler, AF_INET6);
	xfrm6_protocol_deregister(&foo_esp_protocol, IPPROTO_ESP);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an allocation that fails while the error variable still holds the success before it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int rc;

	rc = register_pernet_subsys(&foo_net_ops);
	if (rc)
		goto out;

	foo_wq = alloc_workqueue("foo", WQ_MEM_RECLAIM, 0);
	if (!foo_wq)
		goto out_pernet;

	rc = sock_register(&foo_family_ops);
	if (rc)
		goto out_wq;
	return 0;

out_wq:
	destroy_workqueue(foo_wq);
out_pernet:
	unregister_pernet_subsys(&foo_net_ops);
out:
	return rc;
//	^^^^^^^^^^ error: error-lost: if alloc_workqueue() fails, foo_init() returns 0 with foo_net_ops unregistered
}

static void __exit foo_exit(void)
{
	sock_unregister(PF_FOO);
	destroy_workqueue(foo_wq);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an error pointer whose error nobody takes out, in a module that cannot be unloaded', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct task_struct *foo_thread;

static int __init foo_init(void)
{
	int ret;

	ret = register_pernet_subsys(&foo_net_ops);
	if (ret)
		return ret;
	foo_thread = kthread_run(foo_loop, NULL, "food");
	if (IS_ERR(foo_thread)) {
		unregister_pernet_subsys(&foo_net_ops);
		return ret;
//		^^^^^^^^^^^ error: error-lost: if kthread_run() fails, foo_init() returns 0 with foo_net_ops unregistered
	}
	return 0;
}

module_init(foo_init);
MODULE_LICENSE("GPL");
`);
  });

  it('a step of another file that fails, undone by helpers, and an error that is printed and forgotten', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o mcast.o
//- net/foo/main.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static void foo_teardown(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_notifier);
	if (err) {
		unregister_pernet_subsys(&foo_net_ops);
		return err;
	}
	err = foo_mcast_init();
	if (err) {
		pr_err("foo: no multicast (%d)\\n", err);
		foo_teardown();
	}
	return 0;
//	^^^^^^^^^ error: error-lost: if genl_register_family() fails, foo_init() returns 0
}

module_init(foo_init);
MODULE_LICENSE("GPL");
//- net/foo/mcast.c
int __init foo_mcast_init(void)
{
	int err;

	err = genl_register_family(&foo_mcast_family);
	if (err)
		pr_warn("foo: family is taken\\n");
	return err;
}
`);
  });

  it('a loop that undoes backwards, and keeps the last result of it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err, i;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(foo_notifiers); i++) {
		err = register_netdevice_notifier(&foo_notifiers[i]);
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (--i >= 0)
		err = unregister_netdevice_notifier(&foo_notifiers[i]);
//		      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: error-lost: if register_netdevice_notifier() fails, foo_init() returns 0, the result of unregister_netdevice_notifier(), with
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

module_init(foo_init);
MODULE_LICENSE("GPL");
`);
  });

  it("an ops' init that undoes and returns success", () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	if (!proc_create_net("foo_stat", 0444, net->proc_net, &foo_stat_ops, sizeof(struct foo_iter)))
		return -ENOMEM;
	err = register_netdevice_notifier_net(net, &net->foo.nb);
	if (err)
		goto err_proc;
	return 0;

err_proc:
	remove_proc_entry("foo_stat", net->proc_net);
	return 0;
//	^^^^^^^^^ error: error-lost: if register_netdevice_notifier_net() fails, foo_net_init() returns 0
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_netdevice_notifier_net(net, &net->foo.nb);
	remove_proc_entry("foo_stat", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  const entries = (result: string, marker: string): string => `
static int __net_init foo_net_init(struct net *net)
{
	if (!proc_create_net_single("foo", 0444, net->proc_net, foo_seq_show, NULL))
		goto out;
	if (!proc_create_net_single("foo_stat", 0444, net->proc_net, foo_stat_show, NULL))
		goto out_foo;
	return 0;

out_foo:
	remove_proc_entry("foo", net->proc_net);
out:
	return ${result};
${marker}}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo_stat", net->proc_net);
	remove_proc_entry("foo", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;

  it('a call that returns NULL, and a way out that it shares with one that has nothing to undo', () => {
    check(
      entries(
        '0',
        '//\t^^^^^^^^^ error: error-lost: if proc_create_net_single() fails, foo_net_init() returns 0 all the same: the namespace lives on without proc entry "foo"\n',
      ),
    );
  });

  it('is quiet about the same with the error returned', () => {
    check(entries('-ENOMEM', ''));
  });

  it('is quiet about an unwinding chain that keeps its error', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_device(&foo_net_ops);
	if (err < 0)
		goto fail_device;
	err = xfrm6_tunnel_register(&foo_ipv6_handler, AF_INET6);
	if (err < 0)
		goto fail_tunnel;
	err = rtnl_link_register(&foo_link_ops);
	if (err < 0)
		goto fail_link;
	return 0;

fail_link:
	if (xfrm6_tunnel_deregister(&foo_ipv6_handler, AF_INET6) < 0)
		pr_warn("foo: handler was not there\\n");
fail_tunnel:
	unregister_pernet_device(&foo_net_ops);
fail_device:
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	xfrm6_tunnel_deregister(&foo_ipv6_handler, AF_INET6);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a shared way out, for success as for failure', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret;

	ret = register_netdevice_notifier(&foo_notifier);
	if (ret)
		goto out;
	ret = register_pernet_device(&foo_net_ops);
	if (ret)
		goto out_notifier;
	ret = genl_register_family(&foo_family);
	if (ret)
		goto out_pernet;
	goto out;

out_pernet:
	unregister_pernet_device(&foo_net_ops);
out_notifier:
	unregister_netdevice_notifier(&foo_notifier);
out:
	return ret;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_pernet_device(&foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an optional part that cleans up after itself and whose failure is only warned about', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static bool foo_has_debug;

static int foo_debug_init(void)
{
	int err;

	err = register_netevent_notifier(&foo_debug_notifier);
	if (err)
		return err;
	err = misc_register(&foo_debug_device);
	if (err)
		unregister_netevent_notifier(&foo_debug_notifier);
	return err;
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	if (foo_debug_init() < 0)
		pr_warn("foo: no debug device\\n");
	else
		foo_has_debug = true;
	return 0;
}

static void __exit foo_exit(void)
{
	if (foo_has_debug) {
		misc_deregister(&foo_debug_device);
		unregister_netevent_notifier(&foo_debug_notifier);
	}
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a socket that is made only to probe, and goes again whether the probe fails or not', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static bool foo_has_ipv6;

static void __init foo_probe(void)
{
	struct socket *sock;

	if (sock_create_kern(&init_net, PF_INET6, SOCK_DGRAM, IPPROTO_UDP, &sock) < 0)
		return;
	if (kernel_bind(sock, foo_any, sizeof(foo_any)) < 0)
		pr_info("foo: IPv6 is off\\n");
	else
		foo_has_ipv6 = true;
	sock_release(sock);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_probe();
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about the same in init itself', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static bool foo_has_ipv6;

static int __init foo_init(void)
{
	struct socket *sock;
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = sock_create_kern(&init_net, PF_INET6, SOCK_DGRAM, IPPROTO_UDP, &sock);
	if (err)
		return 0;
	err = kernel_bind(sock, foo_any, sizeof(foo_any));
	if (err < 0)
		pr_info("foo: IPv6 is off\\n");
	else
		foo_has_ipv6 = true;
	sock_release(sock);
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an option that is only ever built in, where the error goes nowhere', () => {
    check(`
//- net/foo/Kconfig
config FOO
	bool "Foo"
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
//- net/foo/foo.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	if (register_pernet_subsys(&foo_net_ops) < 0)
		return 0;
	if (genl_register_family(&foo_family) < 0) {
		pr_err("foo: off\\n");
		unregister_pernet_subsys(&foo_net_ops);
	}
	return 0;
}

device_initcall(foo_init);
`);
  });

  it('is quiet about several results gathered in one, and looked at together', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret;

	ret = register_pernet_subsys(&foo_net_ops);
	if (ret)
		return ret;
	ret = register_netdevice_notifier(&foo_notifier);
	if (!ret) {
		ret = foo_start();
		if (ret)
			unregister_netdevice_notifier(&foo_notifier);
	}
	if (ret)
		unregister_pernet_subsys(&foo_net_ops);
	return ret;
}

static void __exit foo_exit(void)
{
	foo_stop();
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper that returns 0 where its step has failed', () => {
    check(`
static int foo_proc_init(struct net *net)
{
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, 64))
		return 0;
//		^^^^^^^^^ error: error-lost: if proc_create_net() fails, foo_proc_init() returns 0 all the same: foo_net_init() cannot know, and the namespace lives on without it
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	int err = foo_proc_init(net);

	if (err)
		return err;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about a helper that ends where it always ends', () => {
    check(`
static int foo_proc_init(struct net *net)
{
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, 64))
		pr_warn("foo: no proc file\\n");
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_proc_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_subtree("foo", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });
});

describe('pernet/error-lost where nothing had to be undone', () => {
  it('an init that gives up for a namespace, and says that all went well', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->sk = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	if (!fn->sk) {
		foo_panic("no socket");
		return 0;
//		^^^^^^^^^ error: error-lost: if netlink_kernel_create() fails, foo_net_init() returns 0 all the same: the namespace lives on without it
	}
	fn->sk->sk_sndtimeo = HZ / 10;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	netlink_kernel_release(fn->sk);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('an exit that removes what could not be made', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err = 0;

	if (!proc_net_mkdir(net, "foo", net->proc_net))
		goto out;
out:
	return err;
//	^^^^^^^^^^^ error: error-lost: if proc_net_mkdir() fails, foo_net_init() returns 0 all the same
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet where init goes on without it, and its exit asks', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.dir = proc_net_mkdir(net, "foo", net->proc_net);
	if (!net->foo.dir)
		pr_warn("foo: no directory\\n");
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	if (net->foo.dir)
		remove_proc_entry("foo", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet where init notes that it has come so far, and others ask', () => {
    const module = (exit: string, marker = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->ring = kzalloc(4096, GFP_KERNEL);
	if (!fn->ring) {
		foo_say("off in this namespace");
		return 0;
${marker}	}
	fn->ready = true;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${exit}
	kfree(fn->ring);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
    check(module('if (!fn->ready)\n		return;'));
    check(module('foo_forget(fn);', '//		^^^^^^^^^ error: error-lost: if kzalloc() fails, foo_net_init() returns 0\n'));
  });

  it('is quiet where init has looked at which error it is', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int ret;

	ret = netdev_class_create_file_ns(&fn->masters, net);
	if (ret == -EEXIST) {
		pr_err("foo: that name is taken\\n");
		ret = 0;
	}
	return ret;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	netdev_class_remove_file_ns(&fn->masters, net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about what nobody is to ask for', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.dir = debugfs_create_dir("foo", NULL);
	if (IS_ERR(net->foo.dir))
		return 0;
	net->foo.flags |= FOO_SHOWN;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	debugfs_remove_recursive(net->foo.dir);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('what is asked while it is undone is not what failed', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	net->foo.table = kzalloc(FOO_SIZE, GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct foo_iter))) {
		err = -ENOMEM;
		goto err_proc;
	}
	return 0;

err_proc:
	if (foo_drop(net->foo.users))
		pr_debug("foo: none left\\n");
	kfree(net->foo.table);
	return 0;
//	^^^^^^^^^ error: error-lost: if proc_create_net() fails, foo_net_init() returns 0 with what it had set up undone
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
	kfree(net->foo.table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });
});

describe('pernet/error-lost of a check that is the wrong way round', () => {
  const run = (check1: string, marker = ''): void => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = -ENOMEM;

	foo_wq = alloc_workqueue("foo", 0, 0);
${check1}
${marker}	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto fail;
	return 0;

fail:
	if (foo_wq)
		destroy_workqueue(foo_wq);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	destroy_workqueue(foo_wq);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  };

  it('init goes on where the step fails, and gives up where it succeeds', () => {
    run(
      '\tif (foo_wq)\n\t\tgoto fail;',
      '//\t\t^^^^^^^^^^ error: error-lost: if alloc_workqueue() fails, foo_init() goes on and returns 0, and it gives up when that succeeds: the check is the wrong way round\n',
    );
  });

  it.each([
    ['what is asked the right way', '\tif (!foo_wq)\n\t\tgoto fail;'],
    [
      'another way to the same thing',
      '\tif (!foo_wq)\n\t\tfoo_wq = alloc_ordered_workqueue("foo", 0);\n\tif (!foo_wq)\n\t\tgoto fail;',
    ],
    ['what init can go on without', '\tif (!foo_wq)\n\t\tpr_info("foo: slow");'],
  ])('is quiet about %s', (_name, text) => {
    run(text);
  });
});

describe('pernet/error-lost, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/error-lost');
  });
});

describe('an optional part that init gives up', () => {
  interface Shape {
    /** What init does where its socket cannot be had. */
    readonly failed: string;
    readonly exit: string;
    readonly isFound?: boolean;
  }
  const registered = `static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
  const module = ({ failed, exit, isFound = false }: Shape): string => `
struct foo_net {
	void *buf;
	struct socket *sk;
};

static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->buf = kmalloc(8, GFP_KERNEL);
	if (!fn->buf)
		return -ENOMEM;
	err = sock_create_kern(net, PF_INET6, SOCK_DGRAM, 0, &fn->sk);
	if (err) {
		kfree(fn->buf);
${failed}
	}
	return 0;
${!isFound ? '' : `//	^^^^^^^^^ error: error-lost: if sock_create_kern() fails, foo_net_init() returns 0 with what it had set up undone: the namespace lives on without it\n`}}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

${registered}`;
  const asks = '\tif (!fn->buf)\n\t\treturn;\n\tsock_release(fn->sk);\n\tkfree(fn->buf);';

  it('is none where exit asks whether it is there', () => {
    check(module({ failed: '\t\tfn->buf = NULL;', exit: asks }));
  });

  it('is none where the error is asked for by its name', () => {
    const failed = '\t\tfn->buf = NULL;\n\t\tfn->sk = NULL;\n\t\tif (err != -EAFNOSUPPORT)\n\t\t\treturn err;';
    check(module({ failed, exit: '\tif (fn->sk)\n\t\tsock_release(fn->sk);\n\tkfree(fn->buf);' }));
  });

  it('is freed twice where the pointer stays', () => {
    check(module({ failed: '\t\tpr_info("off\\n");', exit: asks, isFound: true }));
  });

  const optional = (exit: string, isFound = false): string => `
struct foo_net {
	struct workqueue_struct *wq;
};

static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->wq = alloc_workqueue("foo", 0, 0);
	if (!fn->wq)
		return 0;
${isFound ? '//\t\t^^^^^^^^^ error: error-lost: if alloc_workqueue() fails, foo_net_init() returns 0 all the same: the namespace lives on without' : ''}
	mutex_init(&fn->lock);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

${registered}`;

  it('is none that init never got, and is missed where nobody asks for it', () => {
    check(optional('\tif (fn->wq)\n\t\tdestroy_workqueue(fn->wq);'));
    check(optional('\tdestroy_workqueue(fn->wq);', true));
  });

  const flagged = `
static bool foo_on;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	if (register_netdevice_notifier(&foo_nb)) {
		unregister_pernet_subsys(&foo_net_ops);
		return 0;
	}
	foo_on = true;
	return 0;
}

static void __exit foo_exit(void)
{
	if (!foo_on)
		return;
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('is told to the exit by a flag', () => {
    check(flagged);
  });

  const counted = (lost: string, mark: string): string => `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
static struct foo_port foo_ports[FOO_PORTS];
static struct net_device *foo_mon;

static bool foo_is_plain(struct foo_port *port)
{
	if (port->strict)
		return false;
	return true;
}

static void foo_drop_all(void)
{
	for (int i = 0; i < FOO_PORTS; i++) {
		if (i)
			foo_drop(&foo_ports[i]);
	}
}

static int __init foo_init(void)
{
	int err, i;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	for (i = 0; i < FOO_PORTS; i++)
		foo_ports[i].strict = true;
	foo_mon = alloc_netdev(0, "foo%d", NET_NAME_UNKNOWN, foo_setup);
	if (!foo_mon)
		goto err_mon;
	return 0;

err_mon:
	${lost}
	unregister_pernet_subsys(&foo_net_ops);
	return err;
${mark}}

static void __exit foo_exit(void)
{
	free_netdev(foo_mon);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('is no flag that is set in a loop before, nor what counts that', () => {
    check(
      counted(
        'foo_say();',
        '//\t^^^^^^^^^^^ error: error-lost: if alloc_netdev() fails, foo_init() returns 0 with foo_net_ops unregistered\n',
      ),
    );
    check(counted('err = -ENOMEM;', ''));
  });
});

describe('an init that does without memory', () => {
  const without = (users: string, marker = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->log = kzalloc(512, GFP_KERNEL);
	if (!fn->log)
		return 0;
${marker}	fn->size = 512;
	return 0;
}
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->log);
}
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${users}${registering()}`;
  const user = (name: string, asked: string): string => `
static unsigned int ${name}(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct foo_net *fn = net_generic(state->net, foo_net_id);

${asked}	memcpy(fn->log, skb->data, 64);
	return NF_ACCEPT;
}
`;
  const marker = '//		^^^^^^^^^ error: error-lost: if kzalloc() fails, foo_net_init() returns 0 all the same\n';
  const asks = '\tif (!fn->log)\n\t\treturn NF_ACCEPT;\n';

  it('for which all ask who use it is quiet, for kfree() takes NULL', () => {
    check(without(user('foo_in', asks)));
    check(without(user('foo_in', asks) + user('foo_out', asks)));
    check(without(user('foo_in', '\tif (fn->log == NULL)\n\t\treturn NF_DROP;\n')));
  });

  it('for which they ask where a value is chosen', () => {
    const level = (body: string): string => `
int foo_level(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
${body}}
`;
    check(without(level('\n\treturn fn->log ? fn->log[0] : 0;\n')));
    check(without(level('\n\treturn fn->log && fn->log[1];\n')));
    check(without(level('\tint n = fn->log ? strlen(fn->log) : 0;\n\n\treturn n + 1;\n')));
    check(without(level('\tconst char *p = fn->log;\n\n\treturn p ? p[0] : 0;\n')));
    check(without(level('\n\treturn (fn->log) ? fn->log[0] : 0;\n')));
    check(without(level('\n\treturn NULL == fn->log ? 0 : fn->log[0];\n')));
    check(without(level('\n\treturn rec->nr && fn->log && fn->log[0];\n')));
    check(without(level('\n\treturn fn->log[0] ? fn->log[1] : 0;\n'), marker));
    check(without(level('\n\treturn foo_is(fn->nr) ? fn->log[1] : 0;\n'), marker));
    check(without(level('\n\treturn rec->nr && fn->nr && fn->log[0];\n'), marker));
  });

  it('for which they ask where it is put by a helper, or by an exchange', () => {
    const helper = 'static void foo_set(struct foo_net *fn, char *log)\n{\n\tfn->log = log;\n}\n';
    const put = (how: string, mark = ''): string =>
      (how.includes('foo_set') ? helper : '') +
      without(user('foo_in', asks), mark)
        .replace('fn->log = kzalloc', 'char *log = kzalloc')
        .replace('!fn->log)\n\t\treturn 0;', '!log)\n\t\treturn 0;')
        .replace('\tfn->size = 512;', how);
    check(put('\tfoo_set(fn, log);'));
    check(put('\tcmpxchg(&fn->log, NULL, log);'));
    check(put('\txchg(&fn->log, log);'));
  });

  it('for which they ask where a value is chosen, but by another pointer, or only for that value', () => {
    const level = (body: string): string => `
int foo_level(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_rec *rec = foo_find(net);
${body}}
`;
    check(without(level('\n\treturn rec->log ? fn->log[0] : 0;\n'), marker));
    check(without(level('\tint n = fn->log ? fn->log[1] : 0;\n\n\treturn n + fn->log[0];\n'), marker));
    check(without(level('\tbool has = fn->log && fn->log[0];\n\n\treturn fn->log[1] + has;\n'), marker));
    check(without(level('\n\tfoo_say(rec->log ? 1 : 0);\n\treturn fn->log[2];\n'), marker));
    check(without(level('\tint *p = fn->log;\n\tint *q = rec->log;\n\n\treturn p[0] + (q ? q[0] : 0);\n'), marker));
  });

  it('for which not all do, or nobody', () => {
    check(without('', marker));
    check(without(user('foo_in', ''), marker));
    check(without(user('foo_in', asks) + user('foo_out', ''), marker));
  });

  it('for which somebody asks of a variable of the same name, or by what the thing itself is marked', () => {
    const init = (body: string, mark: string, user: string): string => `
static int foo_tell(struct foo *all)
{
	if (${user})
		return 0;
	return unregister_netdevice_notifier(&all->nb);
}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo *all;
	int err = -ENOMEM;

	all = kzalloc(sizeof(*all), GFP_KERNEL);
	if (!all)
		goto out;
	fn->tbl = kzalloc(sizeof(*fn->tbl), GFP_KERNEL);
	if (!fn->tbl)
		goto out_all;
${body}	fn->all = all;
	return 0;

out_all:
	kfree(all);
out:
	return 0;
${mark}}
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_tell(fn->other);
	kfree(fn->tbl);
	kfree(fn->all);
}
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
    const told = '//	^^^^^^^^^ error: error-lost: if kzalloc() fails, foo_net_init() returns 0';
    check(init('', `${told}\n`, '!all'));
    check(init('', '', '!foo_of(all)->all'));
    check(init('\tfn->tbl->tb.id = 254;\n', `${told}\n`, 'all->tb.id == 254'));
  });
});
