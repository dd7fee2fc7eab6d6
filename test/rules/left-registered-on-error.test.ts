import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';

describe('pernet/left-registered-on-error', () => {
  it('an early return after the registration', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_device(&foo_net_ops);
	if (err)
		goto out;
	foo_wq = alloc_workqueue("foo", WQ_UNBOUND, 0);
	if (!foo_wq) {
		pr_err("foo: no workqueue\\n");
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: left-registered-on-error: if alloc_workqueue() fails, foo_init() returns -ENOMEM with foo_net_ops still registered
	}
out:
	return err;
}

static void __exit foo_exit(void)
{
	destroy_workqueue(foo_wq);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a goto to the label below the right one', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cache = foo_cache_create();
	if (!foo_cache)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err < 0)
		goto err_pernet;
	err = foo_link_register();
	if (err < 0)
		goto err_pernet;
//		^^^^^^^^^^^^^^^^ error: left-registered-on-error: if foo_link_register() fails, foo_init() returns an error
	err = foo_family_register();
	if (err < 0)
		goto err_family;
	return 0;

err_family:
	foo_link_unregister();
	unregister_pernet_subsys(&foo_net_ops);
err_pernet:
	foo_cache_destroy(foo_cache);
	return err;
}

static void __exit foo_exit(void)
{
	foo_family_unregister();
	foo_link_unregister();
	unregister_pernet_subsys(&foo_net_ops);
	foo_cache_destroy(foo_cache);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an unwinding chain without a label for the ops', () => {
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
		return rc;
	rc = foo_notifier_register();
	if (rc)
		goto err;
//		^^^^^^^^^ error: left-registered-on-error: if foo_notifier_register() fails
	rc = foo_family_register();
	if (rc)
		goto err_notifier;
	return 0;

err_notifier:
	foo_notifier_unregister();
err:
	return rc;
}

static void __exit foo_exit(void)
{
	foo_family_unregister();
	foo_notifier_unregister();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a second ops that cannot be registered leaves the first', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct pernet_operations foo_stat_ops = {
	.init = foo_stat_init,
	.exit = foo_stat_exit,
};

static int __init foo_init(void)
{
	int rc;

	rc = register_pernet_subsys(&foo_net_ops);
	if (rc)
		return rc;

	rc = register_pernet_subsys(&foo_stat_ops);
	if (rc)
		return rc;
//		^^^^^^^^^^ error: left-registered-on-error: if register_pernet_subsys() fails, foo_init() returns an error with foo_net_ops still registered

	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_stat_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a fallible call as the tail, after a registration in the declaration', () => {
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
	return foo_protosw_register(&foo_protosw);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-registered-on-error: if foo_protosw_register() fails
}

static void __exit foo_exit(void)
{
	foo_protosw_unregister(&foo_protosw);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper of the same file that does not undo its own registration', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_setup(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_table = kcalloc(16, sizeof(*foo_table), GFP_KERNEL);
	if (!foo_table)
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: left-registered-on-error: if kcalloc() fails, foo_init() returns -ENOMEM with foo_net_ops still registered
	return 0;
}

static int __init foo_init(void)
{
	int err;

	err = foo_setup();
	if (err)
		return err;
	err = foo_link_register();
	if (err) {
		unregister_pernet_subsys(&foo_net_ops);
		kfree(foo_table);
	}
	return err;
}

static void __exit foo_exit(void)
{
	foo_link_unregister();
	unregister_pernet_subsys(&foo_net_ops);
	kfree(foo_table);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper of another file that the caller does not undo', () => {
    check(`
//- net/foo/main.c
static int __init foo_init(void)
{
	int err;

	err = foo_neigh_init();
	if (err)
		goto out;
	err = foo_route_init();
	if (err)
		goto out;
//		^^^^^^^^^ error: left-registered-on-error: if register_pernet_subsys() fails, foo_init() returns an error with foo_neigh_ops
	return 0;
out:
	return err;
}

static void __exit foo_exit(void)
{
	foo_route_exit();
	foo_neigh_exit();
}

subsys_initcall(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
//- net/foo/neigh.c
static struct pernet_operations foo_neigh_ops = {
	.init = foo_neigh_net_init,
	.exit = foo_neigh_net_exit,
};

int __init foo_neigh_init(void)
{
	return register_pernet_subsys(&foo_neigh_ops);
}

void __exit foo_neigh_exit(void)
{
	unregister_pernet_subsys(&foo_neigh_ops);
}
//- net/foo/route.c
static struct pernet_operations foo_route_ops = {
	.init = foo_route_net_init,
	.exit = foo_route_net_exit,
};

int __init foo_route_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_route_ops);
	if (err)
		return err;
	err = foo_route_register();
	if (err)
		unregister_pernet_subsys(&foo_route_ops);
	return err;
}

void foo_route_exit(void)
{
	foo_route_unregister();
	unregister_pernet_subsys(&foo_route_ops);
}
`);
  });

  it('a wrapper that registers what it is passed, and forgets it when its own list refuses', () => {
    check(`
//- net/foo/api.c
int foo_register_action(struct foo_action *act, struct pernet_operations *ops)
{
	int err;

	err = register_pernet_subsys(ops);
	if (err)
		return err;
	if (foo_insert(act) < 0)
		return -EEXIST;
//		^^^^^^^^^^^^^^^ error: left-registered-on-error: drop_init_module() returns -EEXIST with drop_net_ops still registered
	return 0;
}

void foo_unregister_action(struct foo_action *act, struct pernet_operations *ops)
{
	foo_remove(act);
	unregister_pernet_subsys(ops);
}
//- net/foo/act_drop.c
static struct pernet_operations drop_net_ops = {
	.init = drop_net_init,
	.exit_batch = drop_net_exit,
};

static int __init drop_init_module(void)
{
	return foo_register_action(&act_drop, &drop_net_ops);
}

static void __exit drop_cleanup_module(void)
{
	foo_unregister_action(&act_drop, &drop_net_ops);
}

module_init(drop_init_module);
module_exit(drop_cleanup_module);
`);
  });

  it('an error pointer', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct foo_base *foo_base;

static int __init foo_init(void)
{
	int ret;

	ret = register_pernet_subsys(&foo_net_ops);
	if (ret)
		return ret;
	foo_base = foo_base_create();
	if (IS_ERR(foo_base))
		return PTR_ERR(foo_base);
//		^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-registered-on-error: if foo_base_create() fails
	return 0;
}

static void __exit foo_exit(void)
{
	foo_base_free(foo_base);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('conditions on what is not known, each named', () => {
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
	if (foo_limit <= 0)
		return -EINVAL;
//		^^^^^^^^^^^^^^^ error: left-registered-on-error: if \`foo_limit <= 0\` is true, foo_init() returns -EINVAL
	if (foo_limit > FOO_MAX)
		return -ERANGE;
//		^^^^^^^^^^^^^^^ error: left-registered-on-error: if \`foo_limit > FOO_MAX\` is true, foo_init() returns -ERANGE
	if (!foo_name)
		return -ENODEV;
//		^^^^^^^^^^^^^^^ error: left-registered-on-error: if \`foo_name\` is not set, foo_init() returns -ENODEV
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

  it('an unregistration on the error path that an #ifdef leaves out', () => {
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
	err = foo_link_register();
	if (err)
		goto out_pernet;
//		^^^^^^^^^^^^^^^^ error: left-registered-on-error [CONFIG_SYSCTL=n]: if foo_link_register() fails
	return 0;

out_pernet:
#ifdef CONFIG_SYSCTL
	foo_sysctl_unregister();
	unregister_pernet_subsys(&foo_net_ops);
#endif
	return err;
}

static void __exit foo_exit(void)
{
	foo_link_unregister();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a switch with one way out that undoes nothing', () => {
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
	switch (foo_mode) {
	case FOO_PLAIN:
		err = foo_plain_register();
		break;
	case FOO_FANCY:
		err = foo_fancy_register();
		if (err)
			return err;
//			^^^^^^^^^^^ error: left-registered-on-error: if foo_fancy_register() fails
		break;
	default:
		err = -EINVAL;
	}
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a loop that gives up half way', () => {
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
	for (i = 0; i < FOO_TYPES; i++) {
		err = foo_type_register(&foo_types[i]);
		if (err)
			goto err_types;
//			^^^^^^^^^^^^^^^ error: left-registered-on-error: if foo_type_register() fails
	}
	return 0;

err_types:
	while (--i >= 0)
		foo_type_unregister(&foo_types[i]);
	return err;
}

static void __exit foo_exit(void)
{
	int i;

	for (i = 0; i < FOO_TYPES; i++)
		foo_type_unregister(&foo_types[i]);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a Kconfig tristate can be a module; without module_exit a failed init still takes its text away', () => {
    check(`
//- net/foo/Kconfig
config FOO
	tristate "Foo"
	depends on INET
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
foo-y := core.o
//- net/foo/core.c
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
	err = foo_link_register();
	if (err)
		return err;
//		^^^^^^^^^^^ error: left-registered-on-error: if foo_link_register() fails, foo_init() returns an error
	return 0;
}

late_initcall(foo_init);
`);
  });

  it('is quiet about the same code when its option is a bool', () => {
    check(`
//- net/foo/Kconfig
config FOO
	bool "Foo"
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
foo-y := core.o
//- net/foo/core.c
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
	err = foo_link_register();
	if (err)
		return err;
	return 0;
}

late_initcall(foo_init);
`);
  });

  it('is quiet when the success path shares its label with an error path', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret;

	ret = register_pernet_device(&foo_net_ops);
	if (ret)
		goto out;
	ret = foo_recv_init();
	if (ret)
		goto out_pernet;
	foo_trans_register();
	goto out;

out_pernet:
	unregister_pernet_device(&foo_net_ops);
out:
	return ret;
}

static void __exit foo_exit(void)
{
	foo_trans_unregister();
	foo_recv_exit();
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a question in the unwinding that only its own code can answer', () => {
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
	err = foo_family_register();
	if (err)
		goto out_pernet;
	return 0;

out_pernet:
	if (foo_still_there(&foo_net_ops))
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_family_unregister();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet when the error path calls the exit function', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static void foo_exit(void)
{
	foo_link_unregister();
	unregister_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_link_register();
	err = foo_family_register();
	if (err)
		foo_exit();
	return err;
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about results joined by ?: and by |=', () => {
    check(`
//- net/foo/foo.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = foo_table_init() ?: register_pernet_subsys(&foo_net_ops);
	if (err)
		foo_table_free();
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	foo_table_free();
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/bar.c
static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
};

static int __init bar_init(void)
{
	int err = 0;

	err |= bar_link_register();
	err |= register_pernet_subsys(&bar_net_ops);
	WARN_ON(err);
	return 0;
}

static void __exit bar_exit(void)
{
	bar_link_unregister();
}

module_init(bar_init);
`);
  });

  it('is quiet about a helper that is told whether to register', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int foo_start(bool pernet)
{
	int err = 0;

	if (pernet) {
		err = register_pernet_subsys(&foo_net_ops);
		if (err)
			return err;
	}
	err = foo_link_check();
	if (err && pernet)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static int __init foo_init(void)
{
	int err = foo_start(true);

	if (err)
		return err;
	err = foo_start(false);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_link_unregister();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a packet action, which registers its ops with itself', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit,
	.id = &act_foo_ops.net_id,
	.size = sizeof(struct tc_action_net),
};

static int __init foo_init(void)
{
	int err = register_netdevice_notifier(&foo_notifier);

	if (err)
		return err;
	err = tcf_register_action(&act_foo_ops, &foo_net_ops);
	if (err)
		return err;
//		^^^^^^^^^^^ error: left-behind-on-error: if tcf_register_action() fails, foo_init() returns an error and leaves the netdevice notifier foo_notifier behind
	foo_wq = alloc_workqueue("foo", WQ_UNBOUND, 0);
	if (!foo_wq) {
		unregister_netdevice_notifier(&foo_notifier);
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: left-registered-on-error: if alloc_workqueue() fails, foo_init() returns -ENOMEM with foo_net_ops still registered
	}
	return 0;
}

static void __exit foo_exit(void)
{
	destroy_workqueue(foo_wq);
	tcf_unregister_action(&act_foo_ops, &foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an unwinding of what can only be built in that goes back to the beginning, but for the ops', () => {
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

	err = proto_register(&foo_proto, 1);
	if (err)
		goto out;
	err = sock_register(&foo_family);
	if (err)
		goto out_proto;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto out_sock;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto out_sock;
//		^^^^^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered: its callbacks run for every namespace that is made or dies although the rest is undone
	return 0;

out_sock:
	sock_unregister(PF_FOO);
out_proto:
	proto_unregister(&foo_proto);
out:
	return err;
}

fs_initcall(foo_init);
`);
  });

  /** What can only be built in, and one part of which registers two ops. */
  const withPart = (part: string): string => `
//- net/foo/Kconfig
config FOO
	bool "Foo"
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
//- net/foo/foo.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
};

static int __init foo_parts_init(void)
{
${part}
}

static int __init foo_init(void)
{
	int err;

	err = proto_register(&foo_proto, 1);
	if (err)
		goto out;
	err = foo_parts_init();
	if (err)
		goto out;
	foo_announce();

out:
	return err;
}

fs_initcall(foo_init);
`;

  it('finds an ops that a part of what can only be built in leaves out when it unwinds', () => {
    check(
      withPart(`
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_pernet_subsys(&bar_net_ops);
	if (err)
		goto err_bar;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_bar;
//		^^^^^^^^^^^^^ error: left-registered-on-error: with bar_net_ops still registered
	return 0;

err_bar:
	unregister_pernet_subsys(&foo_net_ops);
	return err;`),
    );
  });

  it('is quiet about a part that unwinds nothing but what it needs for a while', () => {
    check(
      withPart(`
	void *buffer = kmalloc(64, GFP_KERNEL);
	int err;

	if (!buffer)
		return -ENOMEM;
	err = register_pernet_subsys(&bar_net_ops);
	if (err)
		goto out;
	err = register_netdevice_notifier(&foo_notifier);
out:
	kfree(buffer);
	return err;`),
    );
  });

  it('is quiet about what can only be built in and keeps more than the ops', () => {
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

	err = proto_register(&foo_proto, 1);
	if (err)
		return err;
	err = sock_register(&foo_family);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		proto_unregister(&foo_proto);
	return err;
}

fs_initcall(foo_init);
`);
  });
});

describe('pernet/left-registered-on-error, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/left-registered-on-error');
  });
});
