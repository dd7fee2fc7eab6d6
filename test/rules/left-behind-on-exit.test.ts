import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/left-behind-on-exit', () => {
  it('a notifier that only the error path undoes', () => {
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
	err = genl_register_family(&foo_family);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_netdevice_notifier(&foo_notifier);
err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the netdevice notifier foo_notifier behind, which needs unregister_netdevice_notifier()
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a slab cache and a work queue that nobody thought of', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct kmem_cache *foo_cachep;
static struct workqueue_struct *foo_wq;

static int __init foo_init(void)
{
	int err;

	foo_cachep = kmem_cache_create("foo", sizeof(struct foo), 0, 0, NULL);
	if (!foo_cachep)
		return -ENOMEM;
	foo_wq = alloc_workqueue("foo", WQ_UNBOUND, 0);
	if (!foo_wq) {
		kmem_cache_destroy(foo_cachep);
		return -ENOMEM;
	}
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		destroy_workqueue(foo_wq);
		kmem_cache_destroy(foo_cachep);
	}
	return err;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the slab cache foo_cachep behind, which needs kmem_cache_destroy()
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the workqueue foo_wq behind, which needs destroy_workqueue()
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a function that cannot fail, and that nothing takes back', () => {
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
	nf_ct_helper_expectfn_register(&foo_expect);
	dev_add_pack(&foo_packet_type);
	return 0;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the conntrack expectation function foo_expect behind
{
	dev_remove_pack(&foo_packet_type);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('what is registered by way of memory that the module keeps', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct kset *foo_kset;

static int __init foo_init(void)
{
	int err;

	foo_kset = kzalloc(sizeof(*foo_kset), GFP_KERNEL);
	if (!foo_kset)
		return -ENOMEM;
	err = kset_register(foo_kset);
	if (err) {
		kfree(foo_kset);
		return err;
	}
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		kset_unregister(foo_kset);
	return err;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the kset foo_kset behind, which needs kset_unregister()
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper of another file whose name begins a line', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o pool.o
//- net/foo/main.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = foo_init_pool();
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		foo_destroy_pool();
	return err;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the workqueue foo_wq behind, which needs destroy_workqueue()
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/pool.c
int
foo_init_pool(void)
{
	foo_wq = alloc_workqueue("foo", WQ_UNBOUND, 0);
	if (!foo_wq)
		return -ENOMEM;
	return 0;
}

void
foo_destroy_pool(void)
{
	destroy_workqueue(foo_wq);
}
`);
  });

  it('one of two handlers, in a helper of another file', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o link.o
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
	err = foo_link_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the rtnl address family ops foo_af_ops behind
{
	foo_link_exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/link.c
static struct pernet_operations foo_link_net_ops = {
	.exit = foo_link_net_exit,
};

int __init foo_link_init(void)
{
	int err;

	err = register_pernet_device(&foo_link_net_ops);
	if (err)
		return err;
	err = rtnl_link_register(&foo_link_ops);
	if (err) {
		unregister_pernet_device(&foo_link_net_ops);
		return err;
	}
	rtnl_af_register(&foo_af_ops);
	return 0;
}

void foo_link_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	unregister_pernet_device(&foo_link_net_ops);
}
`);
  });

  it('what is released only in one configuration', () => {
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
	err = sock_register(&foo_family_ops);
	if (err)
		goto err_sock;
	err = proto_register(&foo_proto, 1);
	if (err)
		goto err_proto;
	return 0;

err_proto:
	sock_unregister(PF_FOO);
err_sock:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit [CONFIG_PROC_FS=n]: foo_exit() leaves the socket protocol foo_proto behind
{
	sock_unregister(PF_FOO);
#ifdef CONFIG_PROC_FS
	proto_unregister(&foo_proto);
#endif
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a loop that registers more than exit ever looks at', () => {
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
	for (i = 0; i < ARRAY_SIZE(foo_expr); i++) {
		err = nft_register_expr(foo_expr[i]);
		if (err)
			goto err_expr;
	}
	return 0;

err_expr:
	while (i-- > 0)
		nft_unregister_expr(foo_expr[i]);
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the nf_tables expression foo_expr
{
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
	err = xfrm4_tunnel_register(&foo_mpls_handler, AF_MPLS);
	if (err < 0)
		unregister_pernet_device(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the IPv4 tunnel handler foo_mpls_handler
{
	if (xfrm4_tunnel_deregister(&foo_mpls_handler, AF_INET))
		pr_info("foo: no handler\\n");
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an exit that undoes everything, in another order', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = sock_register(&foo_family_ops);
	if (err)
		goto err_sock;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	sock_unregister(PF_FOO);
err_sock:
	unregister_pernet_subsys(&foo_net_ops);
err_pernet:
	kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	sock_unregister(PF_FOO);
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
	rcu_barrier();
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a module that cannot be unloaded', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		unregister_netdevice_notifier(&foo_notifier);
	return err;
}

module_init(foo_init);
MODULE_LICENSE("GPL");
`);
  });

  it('is quiet about a module that is only ever built in, with an exit from other times', () => {
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

	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		return err;
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a flag that init sets and exit asks for', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static bool foo_hooked;
static struct workqueue_struct *foo_wq;

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	if (nf_register_sockopt(&foo_sockopts) == 0)
		foo_hooked = true;
	else
		pr_warn("foo: no socket options\\n");
	foo_wq = alloc_workqueue("foo", WQ_UNBOUND, 0);
//		 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked
	return 0;
}

static void __exit foo_exit(void)
{
	if (foo_wq)
		destroy_workqueue(foo_wq);
	if (foo_hooked)
		nf_unregister_sockopt(&foo_sockopts);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a helper that undoes, in another file, with a loop in it', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o types.o
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
	err = foo_types_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_types_exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/types.c
/* Not pernet_operations, but what they are registered beside. */
static struct xt_target *foo_targets[] = { &foo_target_v0, &foo_target_v1, &foo_target_v2 };

int __init foo_types_init(void)
{
	int err, n;

	for (n = 0; n < ARRAY_SIZE(foo_targets); n++) {
		err = xt_register_target(foo_targets[n]);
		if (err) {
			while (n--)
				xt_unregister_target(foo_targets[n]);
			return err;
		}
	}
	return 0;
}

void foo_types_exit(void)
{
	int n = ARRAY_SIZE(foo_targets);

	while (n--)
		xt_unregister_target(foo_targets[n]);
}
`);
  });

  it('is quiet about a helper that undoes, in another file, with a loop that counts up', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o types.o
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
	err = foo_types_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_types_cleanup();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/types.c
/* Not pernet_operations, but what they are registered beside. */
static struct xt_target *foo_targets[] = { &foo_target_v0, &foo_target_v1, &foo_target_v2 };

int __init foo_types_init(void)
{
	int err, n;

	for (n = 0; n < ARRAY_SIZE(foo_targets); n++) {
		err = xt_register_target(foo_targets[n]);
		if (err) {
			while (n--)
				xt_unregister_target(foo_targets[n]);
			return err;
		}
	}
	return 0;
}

void foo_types_cleanup(void)
{
	int n;

	for (n = 0; n < ARRAY_SIZE(foo_targets); n++)
		xt_unregister_target(foo_targets[n]);
}
`);
  });

  it('is quiet about a helper that undoes, in another file, by a name that says no more than destroy', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o types.o
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
	err = foo_types_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_types_destroy();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/types.c
/* Not pernet_operations, but what they are registered beside. */
static struct xt_target *foo_targets[] = { &foo_target_v0, &foo_target_v1, &foo_target_v2 };

int __init foo_types_init(void)
{
	int err, n;

	for (n = 0; n < ARRAY_SIZE(foo_targets); n++) {
		err = xt_register_target(foo_targets[n]);
		if (err) {
			while (n--)
				xt_unregister_target(foo_targets[n]);
			return err;
		}
	}
	return 0;
}

void foo_types_destroy(void)
{
	int n;

	for (n = 0; n < ARRAY_SIZE(foo_targets); n++)
		xt_unregister_target(foo_targets[n]);
}
`);
  });

  it('is quiet about one call for all handlers of a family', () => {
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
	rtnl_register(PF_FOO, RTM_NEWROUTE, foo_route_doit, NULL, 0);
	rtnl_register(PF_FOO, RTM_DELROUTE, foo_route_doit, NULL, 0);
	rtnl_register(PF_FOO, RTM_GETROUTE, NULL, foo_route_dump, 0);
	return 0;
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

  it('is quiet about entries that go with their directory, and devices that go with their link ops', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct dentry *foo_debugfs;

static int __init foo_init(void)
{
	int err;

	foo_debugfs = debugfs_create_dir("foo", NULL);
	debugfs_create_file("stat", 0400, foo_debugfs, NULL, &foo_stat_fops);
	err = register_pernet_device(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = rtnl_link_register(&foo_link_ops);
	if (err)
		goto err_link;
	return 0;

err_link:
	unregister_pernet_device(&foo_net_ops);
err_pernet:
	debugfs_remove_recursive(foo_debugfs);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	unregister_pernet_device(&foo_net_ops);
	debugfs_remove_recursive(foo_debugfs);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it("is quiet about a table that a readers' pointer holds, freed by way of a local", () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct foo_map __rcu *foo_map;

static int __init foo_init(void)
{
	struct foo_map *map;
	int err;

	map = kzalloc(sizeof(*map), GFP_KERNEL);
	if (!map)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		kfree(map);
		return err;
	}
	rcu_assign_pointer(foo_map, map);
	return 0;
}

static void __exit foo_exit(void)
{
	struct foo_map *map;

	unregister_pernet_subsys(&foo_net_ops);
	map = rcu_dereference_protected(foo_map, 1);
	RCU_INIT_POINTER(foo_map, NULL);
	synchronize_rcu();
	kfree(map);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it("is quiet about what the ops' own exit gives back", () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->hash = kcalloc(16, sizeof(*fn->hash), GFP_KERNEL);
	return fn->hash ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->hash);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('what a helper in another file has another one in a third file set up', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := core.o query.o cast.o
//- net/foo/cast.c
static struct workqueue_struct *cast_wq;

int cast_init(void)
{
	cast_wq = alloc_workqueue("cast", 0, 0);
	if (!cast_wq)
		return -ENOMEM;
	return 0;
}

void cast_cleanup(void)
{
	cast_flush();
}
//- net/foo/query.c
int query_init(void)
{
	return cast_init();
}

void query_cleanup(void)
{
	cast_cleanup();
}
//- net/foo/core.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = query_init();

	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		query_cleanup();
	return err;
//	^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the workqueue cast_wq behind
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the workqueue cast_wq behind
{
	unregister_pernet_subsys(&foo_net_ops);
	query_cleanup();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

describe('pernet/left-behind-on-exit, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/left-behind-on-exit');
  });
});

describe('pernet/left-behind-on-exit, work that the system runs', () => {
  const module = ({ work = '', exit = '' }, marker = ''): string => `
static void foo_work_fn(struct work_struct *work)
{
	foo_refresh();
	${work}
}

static DECLARE_WORK(foo_work, foo_work_fn);

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	schedule_work(&foo_work);
	return NOTIFY_OK;
}

static struct notifier_block foo_nb = {
	.notifier_call = foo_event,
};

static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
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
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
${marker}{
	unregister_netdevice_notifier(&foo_nb);
	${exit}
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('is called when the text is gone where nobody stops it', () => {
    check(
      module(
        {},
        "//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves foo_work running: nothing stops it, and foo_work_fn() is called when the module's text is gone\n",
      ),
    );
  });

  it('is not where the exit stops it or waits for it, or it holds the module', () => {
    check(module({ exit: 'cancel_work_sync(&foo_work);' }));
    check(module({ exit: 'flush_work(&foo_work);' }));
    check(module({ exit: 'flush_scheduled_work();' }));
    check(module({ exit: 'foo_end(&foo_work);' }));
    check(module({ work: 'module_put(THIS_MODULE);' }));
  });
});

describe('pernet/left-behind-on-exit, pointers of others', () => {
  /** The shape of nfnetlink_cttimeout's nf_ct_timeout_hook. */
  const module = (
    exit: string,
    {
      marker = '',
      other = '',
      own = '',
      netExit = '',
    }: { marker?: string; other?: string; own?: string; netExit?: string } = {},
  ): string => `
//- net/foo/main.c
${own}
static const struct bar_hooks hooks = {
	.find = foo_find,
};

static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
${netExit}}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static void foo_publish(void)
{
	RCU_INIT_POINTER(bar_hook, &hooks);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_publish();
	return 0;
}

static void foo_withdraw(void)
{
	rcu_assign_pointer(bar_hook, NULL);
}

static void __exit foo_exit(void)
${marker}{
${exit}	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
${other}`;

  const left = `//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves bar_hook set to hooks, as foo_init() has set it: nothing resets it, and who follows it gets to the module's memory, which is gone
`;

  const declaring = (more = ''): string => `
//- net/foo/bar.c
const struct bar_hooks __rcu *bar_hook __read_mostly;
${more}
int bar_pernet_find(struct net *net)
{
	return rcu_access_pointer(bar_hook) ? 1 : 0;
}
`;

  it('are left set to what is gone', () => {
    check(module('', { marker: left }));
  });

  it('are left so where a file beside it exports them', () => {
    check(module('', { marker: left, other: declaring('EXPORT_SYMBOL_GPL(bar_hook);') }));
  });

  it.each([
    ['reset by the exit', module('	RCU_INIT_POINTER(bar_hook, NULL);\n')],
    ['reset by a helper of the exit', module('	foo_withdraw();\n')],
    ['reset by the exit of its ops', module('', { netExit: '	foo_withdraw();\n' })],
    ['reset, it may be, by a step of the exit that was not read', module('	foo_hook_cleanup();\n')],
    ['its own', module('', { own: 'static const struct bar_hooks __rcu *bar_hook;' })],
    ['of a file beside it that keeps them', module('', { other: declaring() })],
  ])('are no matter where they are %s', (_name, fixture) => {
    check(fixture);
  });

  /** The shape of br_init(): the pointer is set by a function of the kernel's (net/socket.c). */
  const withSetter = (exit: string, marker = ''): string => `
static int foo_ioctl(struct net *net, void __user *arg)
{
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
	vlan_ioctl_set(foo_ioctl);
	return 0;
}

static void __exit foo_exit(void)
${marker}{
${exit}	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('are left set by a function that sets them', () => {
    check(
      withSetter(
        '',
        `//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the VLAN ioctl hook behind, which needs vlan_ioctl_set(NULL): its callbacks are called after the module's text is gone
`,
      ),
    );
    check(withSetter('	vlan_ioctl_set(NULL);\n'));
    // The shape of br_ioctl_stub(), which is in another file.
    const elsewhere = withSetter('	vlan_ioctl_set(NULL);\n').replace(/static int foo_ioctl[^]*?\n}\n/, '');
    check(elsewhere);
    check(
      elsewhere
        .replace('	vlan_ioctl_set(NULL);\n', '')
        .replace('foo_exit(void)\n', (head) => `${head}//		   ^^^^^^^^ warning: left-behind-on-exit\n`),
    );
  });
});
