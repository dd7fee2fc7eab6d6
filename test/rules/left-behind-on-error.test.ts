import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';

describe('pernet/left-behind-on-error', () => {
  it('an early return after a notifier', () => {
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
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_pernet;
	err = rtnl_af_add(&foo_af_ops);
	if (err) {
		unregister_pernet_subsys(&foo_net_ops);
		return err;
//		^^^^^^^^^^^ error: left-behind-on-error: if rtnl_af_add() fails, foo_init() returns an error and leaves the netdevice notifier foo_notifier behind
	}
	return 0;

err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_af_del(&foo_af_ops);
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a goto to the label above the right one', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret;

	foo_cachep = kmem_cache_create("foo", sizeof(struct foo), 0, 0, NULL);
	if (!foo_cachep)
		return -ENOMEM;

	ret = register_pernet_subsys(&foo_net_ops);
	if (ret)
		goto err_cache;

	ret = genl_register_family(&foo_family);
	if (ret)
		goto err_pernet;

	ret = register_netdevice_notifier(&foo_notifier);
	if (ret)
		goto err_pernet;
//		^^^^^^^^^^^^^^^^ error: left-behind-on-error: if register_netdevice_notifier() fails, foo_init() returns an error and leaves the generic netlink family foo_family behind
	return 0;

err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
err_cache:
	kmem_cache_destroy(foo_cachep);
	return ret;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a hash table kept in a global, forgotten by the last error path', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct hlist_head *foo_bysource;
static unsigned int foo_hsize;

static int __init foo_init(void)
{
	int ret;

	foo_hsize = 1024;
	foo_bysource = nf_ct_alloc_hashtable(&foo_hsize, 0);
	if (!foo_bysource)
		return -ENOMEM;

	ret = register_pernet_subsys(&foo_net_ops);
	if (ret < 0) {
		kvfree(foo_bysource);
		return ret;
	}

	ret = nf_register_sockopt(&foo_sockopts);
	if (ret < 0) {
		unregister_pernet_subsys(&foo_net_ops);
		return ret;
//		^^^^^^^^^^^ error: left-behind-on-error: if nf_register_sockopt() fails, foo_init() returns an error and leaves the conntrack hash table foo_bysource behind
	}
	return 0;
}

static void __exit foo_exit(void)
{
	nf_unregister_sockopt(&foo_sockopts);
	unregister_pernet_subsys(&foo_net_ops);
	kvfree(foo_bysource);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('the second of two protocols', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int rc;

	rc = proto_register(&foo_dgram_proto, 1);
	if (rc)
		goto out;
	rc = proto_register(&foo_stream_proto, 1);
	if (rc) {
		pr_crit("foo: no slab for streams\\n");
		goto out;
//		^^^^^^^^^ error: left-behind-on-error: leaves the socket protocol foo_dgram_proto behind
	}
	rc = register_pernet_subsys(&foo_net_ops);
	if (rc)
		goto out_proto;
	rc = sock_register(&foo_family_ops);
	if (rc)
		goto out_pernet;
	return 0;

out_pernet:
	unregister_pernet_subsys(&foo_net_ops);
out_proto:
	proto_unregister(&foo_stream_proto);
	proto_unregister(&foo_dgram_proto);
out:
	return rc;
}

static void __exit foo_exit(void)
{
	sock_unregister(PF_FOO);
	unregister_pernet_subsys(&foo_net_ops);
	proto_unregister(&foo_stream_proto);
	proto_unregister(&foo_dgram_proto);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper of the same file that leaves its first step when the second fails', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_handlers_register(void)
{
	int err;

	err = xfrm4_tunnel_register(&foo_ipip_handler, AF_INET);
	if (err < 0)
		return err;
	err = xfrm4_tunnel_register(&foo_mpls_handler, AF_MPLS);
	if (err < 0)
		return err;
//		^^^^^^^^^^^ error: left-behind-on-error: if xfrm4_tunnel_register() fails, foo_init() returns an error and leaves the IPv4 tunnel handler foo_ipip_handler
	return 0;
}

static void foo_handlers_unregister(void)
{
	xfrm4_tunnel_deregister(&foo_mpls_handler, AF_MPLS);
	xfrm4_tunnel_deregister(&foo_ipip_handler, AF_INET);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_device(&foo_net_ops);
	if (err < 0)
		return err;
	err = foo_handlers_register();
	if (err < 0)
		goto err_handlers;
	err = rtnl_link_register(&foo_link_ops);
	if (err < 0)
		goto err_link;
	return 0;

err_link:
	foo_handlers_unregister();
err_handlers:
	unregister_pernet_device(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	foo_handlers_unregister();
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper of another file that nobody undoes', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o proc.o notify.o
//- net/foo/main.c
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
	err = foo_notify_init();
	if (err)
		goto err_notify;
	err = foo_control_init();
	if (err)
		goto err_notify;
//		^^^^^^^^^^^^^^^^ error: left-behind-on-error: if misc_register() fails, foo_init() returns an error
	return 0;

err_notify:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_control_exit();
	foo_notify_exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
//- net/foo/notify.c
int __init foo_notify_init(void)
{
	return register_netevent_notifier(&foo_nb);
}

void foo_notify_exit(void)
{
	unregister_netevent_notifier(&foo_nb);
}
//- net/foo/proc.c
int __init foo_control_init(void)
{
	int err;

	err = misc_register(&foo_misc);
	if (err)
		return err;
	err = genl_register_family(&foo_family);
	if (err)
		misc_deregister(&foo_misc);
	return err;
}

void foo_control_exit(void)
{
	genl_unregister_family(&foo_family);
	misc_deregister(&foo_misc);
}
`);
  });

  it('a file of the same module that has ops of its own, and a step of it that stays', () => {
    check(`
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
foo-y := main.o route.o
//- net/foo/main.c
static int __init foo_init(void)
{
	int err;

	err = foo_route_init();
	if (err)
		goto out;
	err = sock_register(&foo_family_ops);
	if (err)
		goto out_route;
	return 0;

out_route:
	foo_route_cleanup();
out:
	return err;
}

static void __exit foo_exit(void)
{
	sock_unregister(PF_FOO);
	foo_route_cleanup();
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/route.c
static struct pernet_operations foo_route_ops = {
	.init = foo_route_net_init,
	.exit = foo_route_net_exit,
};

static int __init foo_route_register(void)
{
	int err;

	err = register_fib_notifier(&init_net, &foo_fib_nb, NULL, NULL);
	if (err)
		return err;
	return register_pernet_subsys(&foo_route_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the FIB notifier
}

int __init foo_route_init(void)
{
	int err = foo_route_register();

	if (err)
		pr_err("foo: no routes\\n");
	return err;
}

void foo_route_cleanup(void)
{
	unregister_pernet_subsys(&foo_route_ops);
	unregister_fib_notifier(&init_net, &foo_fib_nb);
}
`);
  });

  it('a loop whose registrations nobody undoes when one of them fails', () => {
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
	for (i = 0; i < ARRAY_SIZE(foo_types); i++) {
		err = tcf_em_register(&foo_types[i]);
		if (err)
			goto err_types;
//			^^^^^^^^^^^^^^^ error: left-behind-on-error: if tcf_em_register() fails, foo_init() returns an error and leaves the ematch foo_types
	}
	return 0;

err_types:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(foo_types); i++)
		tcf_em_unregister(&foo_types[i]);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('results gathered by ?:, where the last way out undoes one thing too few', () => {
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
	ret = misc_register(&foo_misc);
	if (ret)
		goto err;
	ret = foo_table_setup();
	ret = ret ?: foo_ring_setup();
	if (ret)
		goto err;
//		^^^^^^^^^ error: left-behind-on-error: leaves the misc device foo_misc behind
	return 0;

err:
	unregister_pernet_subsys(&foo_net_ops);
	return ret;
}

static void __exit foo_exit(void)
{
	misc_deregister(&foo_misc);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an error pointer as the cause and another as what is left', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct class *foo_class;
static struct task_struct *foo_thread;

static int __init foo_init(void)
{
	int err;

	foo_class = class_create("foo");
	if (IS_ERR(foo_class))
		return PTR_ERR(foo_class);
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_class;
	foo_thread = kthread_run(foo_loop, NULL, "food");
	if (IS_ERR(foo_thread)) {
		unregister_pernet_subsys(&foo_net_ops);
		return PTR_ERR(foo_thread);
//		^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-behind-on-error: if kthread_run() fails, foo_init() returns an error and leaves the device class foo_class behind
	}
	return 0;

err_class:
	class_destroy(foo_class);
	return err;
}

static void __exit foo_exit(void)
{
	kthread_stop(foo_thread);
	unregister_pernet_subsys(&foo_net_ops);
	class_destroy(foo_class);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a registration that fails goes past the label of what came before it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret;

	foo_cachep = KMEM_CACHE(foo_conn, 0);
	if (!foo_cachep) {
		ret = -ENOMEM;
		goto out;
	}
	ret = register_netdevice_notifier(&foo_notifier);
	if (ret)
		goto out_slab;
	ret = register_pernet_subsys(&foo_net_ops);
	if (ret)
		goto out_slab;
//		^^^^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the netdevice notifier foo_notifier behind
	goto out;

out_slab:
	kmem_cache_destroy(foo_cachep);
out:
	return ret;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('what only one configuration has', () => {
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
#ifdef CONFIG_FOO_XATTR
	foo_xattr_cachep = kmem_cache_create("foo_xattr", 64, 0, 0, NULL);
	if (!foo_xattr_cachep) {
		err = -ENOMEM;
		goto out;
	}
#endif
	err = register_filesystem(&foo_fs);
	if (err)
		goto out;
//		^^^^^^^^^ error: left-behind-on-error: leaves the slab cache foo_xattr_cachep behind
	return 0;
out:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_filesystem(&foo_fs);
#ifdef CONFIG_FOO_XATTR
	kmem_cache_destroy(foo_xattr_cachep);
#endif
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a table that the neighbour core goes on to know', () => {
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
	neigh_table_init(NEIGH_FOO_TABLE, &foo_tbl);
	err = neigh_sysctl_register(NULL, &foo_tbl.parms, foo_sysctl_change);
	if (err)
		goto out_pernet;
//		^^^^^^^^^^^^^^^^ error: left-behind-on-error: if neigh_sysctl_register() fails, foo_init() returns an error and leaves the neighbour table
out:
	return err;

out_pernet:
	unregister_pernet_subsys(&foo_net_ops);
	goto out;
}

static void __exit foo_exit(void)
{
	neigh_sysctl_unregister(&foo_tbl.parms);
	neigh_table_clear(NEIGH_FOO_TABLE, &foo_tbl);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('undoing under another family than that of the registration', () => {
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
		return err;
	err = xfrm4_tunnel_register(&foo_ipip_handler, AF_INET);
	if (err < 0)
		goto err_ipip;
	err = xfrm4_tunnel_register(&foo_mpls_handler, AF_MPLS);
	if (err < 0)
		goto err_mpls;
	err = rtnl_link_register(&foo_link_ops);
	if (err < 0)
		goto err_link;
//		^^^^^^^^^^^^^^ error: left-behind-on-error: if rtnl_link_register() fails, foo_init() returns an error and leaves the IPv4 tunnel handler foo_mpls_handler
	return 0;

err_link:
	xfrm4_tunnel_deregister(&foo_mpls_handler, AF_INET);
err_mpls:
	xfrm4_tunnel_deregister(&foo_ipip_handler, AF_INET);
err_ipip:
	unregister_pernet_device(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	xfrm4_tunnel_deregister(&foo_mpls_handler, AF_MPLS);
	xfrm4_tunnel_deregister(&foo_ipip_handler, AF_INET);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a registration that cannot fail today, where init says what it does if it did', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret;

	ret = xt_register_template(&foo_table, foo_table_init);
	if (ret < 0)
		return ret;
	ret = register_pernet_subsys(&foo_net_ops);
	if (ret < 0) {
		pr_err("no pernet\\n");
		return ret;
//		^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the xt table template behind
	}
	return 0;
}

static void __exit foo_exit(void)
{
	xt_unregister_template(&foo_table);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  /** The shape of br_netlink_init() up to Linux 6.11: what was not read is only known by its name and by what exit undoes. */
  const passing = (before: string, unwinding: string): string => `
static struct rtnl_af_ops foo_af_ops = {
	.family = AF_FOO,
};

static struct rtnl_link_ops foo_link_ops = {
	.kind = "foo",
};

static struct pernet_operations foo_net_ops = {
	.exit_batch = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
${before}
	err = rtnl_link_register(&foo_link_ops);
	if (err)
		${unwinding}
	return 0;

out_af:
	rtnl_af_unregister(&foo_af_ops);
out:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_vlan_uninit();
	rtnl_link_unregister(&foo_link_ops);
	rtnl_af_unregister(&foo_af_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('a step that returns nothing, between two that the unwinding takes back', () => {
    check(
      passing(
        '	foo_vlan_init();\n	rtnl_af_register(&foo_af_ops);',
        `goto out_af;
//		^^^^^^^^^^^^ error: left-behind-on-error: if rtnl_link_register() fails, foo_init() returns an error and leaves what foo_vlan_init() set up behind: foo_vlan_uninit() is not called for it, and it leaks`,
      ),
    );
  });

  it('is quiet about a step that returns nothing and comes last: it may leave nothing behind', () => {
    check(passing('	rtnl_af_register(&foo_af_ops);\n	foo_vlan_init();', 'goto out_af;'));
  });

  it('is quiet about a step that is at hand, and sets up nothing that has to be undone', () => {
    check(
      passing('	foo_vlan_init();\n	rtnl_af_register(&foo_af_ops);', 'goto out_af;').replace(
        'static int __init foo_init',
        `static void foo_vlan_init(void)
{
	foo_vlans = 0;
}

static void foo_vlan_uninit(void)
{
	WARN_ON(foo_vlans);
}

static int __init foo_init`,
      ),
    );
  });

  it('is quiet about a registration that cannot fail, and whose result init only hands on', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int foo_net_start(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	int ret;

	ret = xt_register_template(&foo_table, foo_table_init);
	if (ret < 0)
		return ret;
	return foo_net_start();
}

static void __exit foo_exit(void)
{
	xt_unregister_template(&foo_table);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a handler whose registration cannot fail, handed on as well', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	return xt_register_target(&foo_target);
}

static void __exit foo_exit(void)
{
	xt_unregister_target(&foo_target);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an unwinding chain in which each label undoes one step', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = kmem_cache_create("foo", sizeof(struct foo), 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!foo_cachep)
		return -ENOMEM;
	foo_wq = alloc_ordered_workqueue("foo", 0);
	if (!foo_wq) {
		err = -ENOMEM;
		goto err_wq;
	}
	err = proto_register(&foo_proto, 1);
	if (err)
		goto err_proto;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = sock_register(&foo_family_ops);
	if (err)
		goto err_sock;
	dev_add_pack(&foo_packet_type);
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	dev_remove_pack(&foo_packet_type);
	sock_unregister(PF_FOO);
err_sock:
	unregister_pernet_subsys(&foo_net_ops);
err_pernet:
	proto_unregister(&foo_proto);
err_proto:
	destroy_workqueue(foo_wq);
err_wq:
	kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	dev_remove_pack(&foo_packet_type);
	sock_unregister(PF_FOO);
	unregister_pernet_subsys(&foo_net_ops);
	proto_unregister(&foo_proto);
	destroy_workqueue(foo_wq);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about unwinding by a helper that undoes whatever there is', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct kmem_cache *foo_cachep;
static struct hlist_head *foo_hash;
static struct workqueue_struct *foo_wq;

static void foo_cleanup(void)
{
	if (foo_wq)
		destroy_workqueue(foo_wq);
	kvfree(foo_hash);
	kmem_cache_destroy(foo_cachep);
}

static int __init foo_init(void)
{
	int err = -ENOMEM;

	foo_cachep = KMEM_CACHE(foo_entry, 0);
	if (!foo_cachep)
		goto fail;
	foo_hash = kvcalloc(256, sizeof(*foo_hash), GFP_KERNEL);
	if (!foo_hash)
		goto fail;
	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		goto fail;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto fail;
	return 0;

fail:
	foo_cleanup();
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	foo_cleanup();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a loop that registers and one that undoes backwards', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_types_register(void)
{
	int err, i;

	for (i = 0; i < ARRAY_SIZE(foo_types); i++) {
		err = tcf_em_register(&foo_types[i]);
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (--i >= 0)
		tcf_em_unregister(&foo_types[i]);
	return err;
}

static void foo_types_unregister(void)
{
	int i;

	for (i = ARRAY_SIZE(foo_types) - 1; i >= 0; i--)
		tcf_em_unregister(&foo_types[i]);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = foo_types_register();
	if (err)
		goto err_types;
	err = rtnl_link_register(&foo_link_ops);
	if (err)
		goto err_link;
	return 0;

err_link:
	foo_types_unregister();
err_types:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	foo_types_unregister();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a parameter that decides on both sides', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static bool foo_with_notifier;
module_param(foo_with_notifier, bool, 0444);

static int __init foo_init(void)
{
	int err;

	if (foo_with_notifier) {
		err = register_inetaddr_notifier(&foo_nb);
		if (err)
			return err;
	}
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = misc_register(&foo_misc);
	if (err)
		goto err_misc;
	return 0;

err_misc:
	unregister_pernet_subsys(&foo_net_ops);
err_pernet:
	if (foo_with_notifier)
		unregister_inetaddr_notifier(&foo_nb);
	return err;
}

static void __exit foo_exit(void)
{
	misc_deregister(&foo_misc);
	unregister_pernet_subsys(&foo_net_ops);
	if (foo_with_notifier)
		unregister_inetaddr_notifier(&foo_nb);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about one call that undoes all handlers of a family', () => {
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
	err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWADDR, foo_addr_doit, NULL, 0);
	if (err)
		goto err_rtnl;
	err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_DELADDR, foo_addr_doit, NULL, 0);
	if (err)
		goto err_rtnl;
	err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_GETADDR, NULL, foo_addr_dump, 0);
	if (err)
		goto err_rtnl;
	return 0;

err_rtnl:
	rtnl_unregister_all(PF_FOO);
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_unregister_all(PF_FOO);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a device that owns itself once it is registered', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static void foo_setup(struct net_device *dev)
{
	dev->netdev_ops = &foo_netdev_ops;
	dev->needs_free_netdev = true;
}

static int __init foo_new_device(void)
{
	struct net_device *dev;
	int err;

	dev = alloc_netdev(0, "foo%d", NET_NAME_ENUM, foo_setup);
	if (!dev)
		return -ENOMEM;
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	return 0;
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_device(&foo_net_ops);
	if (err)
		return err;
	err = rtnl_link_register(&foo_link_ops);
	if (err)
		goto err_link;
	err = foo_new_device();
	if (err)
		goto err_device;
	return 0;

err_device:
	rtnl_link_unregister(&foo_link_ops);
err_link:
	unregister_pernet_device(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an optional step, and a flag that remembers it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static bool foo_has_offload;

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	if (inet_add_offload(&foo_offload, IPPROTO_FOO) < 0)
		pr_crit("foo: no offload\\n");
	else
		foo_has_offload = true;
	err = inet_add_protocol(&foo_protocol, IPPROTO_FOO);
	if (err)
		goto err_protocol;
	return 0;

err_protocol:
	if (foo_has_offload)
		inet_del_offload(&foo_offload, IPPROTO_FOO);
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	inet_del_protocol(&foo_protocol, IPPROTO_FOO);
	if (foo_has_offload)
		inet_del_offload(&foo_offload, IPPROTO_FOO);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an option that is only ever built in', () => {
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
	int err;

	err = genl_register_family(&foo_family);
	if (err)
		return err;
	return register_pernet_subsys(&foo_net_ops);
}

subsys_initcall(foo_init);
`);
  });

  it('is quiet about a step repeated with less until it succeeds', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct foo_bucket *foo_hash;

static int __init foo_init(void)
{
	int order = 6;
	int err;

	do {
		foo_hash = (struct foo_bucket *)__get_free_pages(GFP_KERNEL | __GFP_NOWARN, order);
	} while (!foo_hash && --order > 0);
	if (!foo_hash)
		return -ENOMEM;
	foo_hash_order = order;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		free_pages((unsigned long)foo_hash, foo_hash_order);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	free_pages((unsigned long)foo_hash, foo_hash_order);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a table handed over to readers by RCU', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct foo_table __rcu *foo_table;

static int __init foo_init(void)
{
	struct foo_table *table;
	int err;

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	rcu_assign_pointer(foo_table, table);
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		RCU_INIT_POINTER(foo_table, NULL);
		kfree_rcu(table, rcu);
	}
	return err;
}

static void __exit foo_exit(void)
{
	struct foo_table *table = rcu_dereference_protected(foo_table, true);

	unregister_pernet_subsys(&foo_net_ops);
	kfree(table);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about members of one struct, freed by a helper that serves both sides', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct {
	struct kmem_cache *conn;
	struct workqueue_struct *wq;
} foo_global;

static void foo_free_global(void)
{
	if (foo_global.wq) {
		destroy_workqueue(foo_global.wq);
		foo_global.wq = NULL;
	}
	kmem_cache_destroy(foo_global.conn);
	foo_global.conn = NULL;
}

static int foo_alloc_global(void)
{
	foo_global.conn = KMEM_CACHE(foo_conn, 0);
	foo_global.wq = alloc_workqueue("foo", 0, 0);
	if (!foo_global.conn || !foo_global.wq) {
		foo_free_global();
		return -ENOMEM;
	}
	return 0;
}

static int __init foo_init(void)
{
	int err = foo_alloc_global();

	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		foo_free_global();
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	foo_free_global();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about steps that are called through a table', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int i, err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(foo_steps); i++) {
		err = foo_steps[i].init();
		if (err)
			goto undo;
	}
	return 0;
undo:
	while (--i >= 0)
		foo_steps[i].exit();
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	int i;

	for (i = ARRAY_SIZE(foo_steps) - 1; i >= 0; i--)
		foo_steps[i].exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about IS_ENABLED() on both sides, and #if around a label', () => {
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
	if (IS_ENABLED(CONFIG_IPV6)) {
		err = register_inet6addr_notifier(&foo_inet6_nb);
		if (err)
			goto err_inet6;
	}
#if IS_ENABLED(CONFIG_MPLS)
	err = xfrm4_tunnel_register(&foo_mpls, AF_MPLS);
	if (err)
		goto err_mpls;
#endif
	err = misc_register(&foo_misc);
	if (err)
		goto err_misc;
	return 0;

err_misc:
#if IS_ENABLED(CONFIG_MPLS)
	xfrm4_tunnel_deregister(&foo_mpls, AF_MPLS);
err_mpls:
#endif
	if (IS_ENABLED(CONFIG_IPV6))
		unregister_inet6addr_notifier(&foo_inet6_nb);
err_inet6:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	misc_deregister(&foo_misc);
#if IS_ENABLED(CONFIG_MPLS)
	xfrm4_tunnel_deregister(&foo_mpls, AF_MPLS);
#endif
	if (IS_ENABLED(CONFIG_IPV6))
		unregister_inet6addr_notifier(&foo_inet6_nb);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a hotplug state, whose number is the result', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret;

	ret = register_pernet_subsys(&foo_net_ops);
	if (ret < 0)
		return ret;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "net/foo:online", foo_online, NULL);
	if (ret < 0) {
		unregister_pernet_subsys(&foo_net_ops);
		return ret;
	}
	foo_state = ret;
	return 0;
}

static void __exit foo_exit(void)
{
	cpuhp_remove_state(foo_state);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a device that the module frees itself', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct net_device *foo_dev;

static int __init foo_init(void)
{
	int err;

	foo_dev = alloc_netdev(0, "foo0", NET_NAME_UNKNOWN, foo_setup);
	if (!foo_dev)
		return -ENOMEM;
	err = register_pernet_device(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = register_netdev(foo_dev);
	if (err)
		goto err_dev;
	return 0;

err_dev:
	unregister_pernet_device(&foo_net_ops);
err_pernet:
	free_netdev(foo_dev);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdev(foo_dev);
	unregister_pernet_device(&foo_net_ops);
	free_netdev(foo_dev);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about the variants under a lock, and an entry that goes by its name', () => {
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
	rtnl_lock();
	err = __rtnl_link_register(&foo_link_ops);
	rtnl_unlock();
	if (err)
		goto err_link;
	if (!proc_create("foo", 0, init_net.proc_net, &foo_proc_ops)) {
		err = -ENOMEM;
		goto err_proc;
	}
	return 0;

err_proc:
	rtnl_link_unregister(&foo_link_ops);
err_link:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	remove_proc_entry("foo", init_net.proc_net);
	rtnl_lock();
	__rtnl_link_unregister(&foo_link_ops);
	rtnl_unlock();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about best effort, asked for before it is undone', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct ctl_table_header *foo_sysctl;
static struct proc_dir_entry *foo_proc;

static int __init foo_init(void)
{
	int err;

	foo_sysctl = register_net_sysctl(&init_net, "net/foo", foo_table);
	foo_proc = proc_mkdir("foo", init_net.proc_net);
	if (foo_proc)
		proc_create("stat", 0, foo_proc, &foo_proc_ops);
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		if (foo_proc)
			remove_proc_subtree("foo", init_net.proc_net);
		if (foo_sysctl)
			unregister_net_sysctl_table(foo_sysctl);
	}
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	if (foo_proc)
		remove_proc_subtree("foo", init_net.proc_net);
	if (foo_sysctl)
		unregister_net_sysctl_table(foo_sysctl);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a local flag that says what there is to undo', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	bool notified = false;
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	if (!register_netdevice_notifier(&foo_notifier))
		notified = true;
	err = misc_register(&foo_misc);
	if (err) {
		if (notified)
			unregister_netdevice_notifier(&foo_notifier);
		unregister_pernet_subsys(&foo_net_ops);
		return err;
	}
	foo_notified = notified;
	return 0;
}

static void __exit foo_exit(void)
{
	misc_deregister(&foo_misc);
	if (foo_notified)
		unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about entries of a list, freed by walking it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static LIST_HEAD(foo_entries);

static void foo_free_entries(void)
{
	struct foo_entry *e, *n;

	list_for_each_entry_safe(e, n, &foo_entries, list) {
		list_del(&e->list);
		kfree(e);
	}
}

static int __init foo_init(void)
{
	int i, err;

	for (i = 0; i < 4; i++) {
		struct foo_entry *e = kzalloc(sizeof(*e), GFP_KERNEL);

		if (!e) {
			err = -ENOMEM;
			goto out;
		}
		list_add(&e->list, &foo_entries);
	}
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto out;
	return 0;
out:
	foo_free_entries();
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	foo_free_entries();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a CPU hotplug state, whose number init keeps elsewhere before it goes on', () => {
    const module = (undo: string, mark = ''): string => `
static enum cpuhp_state foo_state;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "net/foo", NULL, foo_cpu_dead);
	if (err < 0)
		return err;
	foo_state = err;
	err = register_pernet_subsys(&foo_net_ops);
	${undo}
	return err;${mark}
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	cpuhp_remove_multi_state(foo_state);
}

module_init(foo_init);
module_exit(foo_exit);
`;
    check(module('if (err)\n\t\tcpuhp_remove_multi_state(foo_state);'));
    check(module('', '\n//	^^^^^^^^^^^ error: left-behind-on-error'));
  });
});

describe('pernet/left-behind-on-error, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/left-behind-on-error');
  });
});

describe('pernet/left-behind-on-error, pointers of others', () => {
  const module = ({
    undo = '',
    marker = '',
    set = 'RCU_INIT_POINTER(bar_hook, &hooks)',
    reset = 'RCU_INIT_POINTER(bar_hook, NULL)',
    other = '',
    own = '',
  }: {
    undo?: string;
    marker?: string;
    set?: string;
    reset?: string;
    other?: string;
    own?: string;
  }): string => `
//- net/foo/main.c
${own}
static int foo_find(int key)
{
	return key;
}

static const struct bar_hooks hooks = {
	.find = foo_find,
};

static void __net_exit foo_net_exit(struct net *net)
{
	net->foo.users = 0;
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static void foo_withdraw(void)
{
	${reset};
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	${set};
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		goto err_nb;
	return 0;

err_nb:
${undo}	unregister_pernet_subsys(&foo_net_ops);
	return err;
${marker}}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
	foo_withdraw();
	synchronize_rcu();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
${other}`;

  const left = (value: string): string =>
    `//	^^^^^^^^^^^ error: left-behind-on-error: if register_netdevice_notifier() fails, foo_init() returns an error and leaves bar_hook set to ${value}, which its exit resets: who follows it gets to the module's memory, which is gone
`;
  const exporting = `
//- net/foo/bar.c
int (*bar_hook)(int key);
EXPORT_SYMBOL_GPL(bar_hook);

int bar_pernet_find(struct net *net)
{
	return bar_hook ? bar_hook(1) : 0;
}
`;

  it('are left set to what is gone', () => {
    check(module({ marker: left('hooks') }));
    check(module({ set: 'bar_hook = foo_find', reset: 'bar_hook = NULL', other: exporting, marker: left('foo_find') }));
  });

  it('are reset by the init itself, or by what it calls', () => {
    check(module({ undo: '\tRCU_INIT_POINTER(bar_hook, NULL);\n' }));
    check(module({ undo: '\tfoo_withdraw();\n' }));
    check(module({ undo: '\tfoo_hook_cleanup();\n' }));
  });

  it("are the module's own, or may be", () => {
    check(module({ own: 'static const struct bar_hooks __rcu *bar_hook;\n' }));
    check(module({ set: 'bar_hook = foo_find', reset: 'bar_hook = NULL' }));
  });
});

describe('a directory of debugfs that the exit removes', () => {
  const module = (marker: string, undo: string): string => `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct dentry *foo_root;
static struct dentry *foo_peers;

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_root = debugfs_create_dir("foo", NULL);
	foo_peers = debugfs_create_dir("peers", foo_root);
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		goto err_nb;
${marker}	return 0;

err_nb:
${undo}	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
	debugfs_remove_recursive(foo_root);
	foo_root = NULL;
	foo_peers = NULL;
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('is left by a failing init', () => {
    check(
      module(
        '//		^^^^^^^^^^^^ error: left-behind-on-error: if register_netdevice_notifier() fails, foo_init() returns an error and leaves the debugfs directory foo_root behind: it stays, and its name is taken when the module is loaded again\n',
        '',
      ),
    );
  });

  it('goes with all that is in it, and has nothing in it where it could not be made', () => {
    check(module('', '\tdebugfs_remove_recursive(foo_root);\n'));
  });

  it.each([
    'debugfs_lookup_and_remove("foo", NULL);',
    'simple_recursive_removal(foo_root, NULL);',
    'debugfs_lookup_and_remove("peers", foo_root);\n\tdebugfs_remove(foo_root);',
    'debugfs_remove(debugfs_lookup("foo", NULL));',
  ])('goes by %s', (undo) => {
    check(module('', `\t${undo}\n`));
    check(
      module('', `\t${undo}\n`).replace('\tdebugfs_remove_recursive(foo_root);\n\tfoo_root', `\t${undo}\n\tfoo_root`),
    );
  });

  it('is not told where it may be there for several modules', () => {
    const shared = module('', '').replace('debugfs_create_dir("foo"', 'debugfs_lookup("foo", NULL) ?: $&');
    check(shared);
    check(shared.replace('\tdebugfs_remove_recursive(foo_root);\n', '\tdebugfs_remove_recursive(foo_peers);\n'));
  });
});
