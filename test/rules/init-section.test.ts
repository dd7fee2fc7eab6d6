import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/init-section', () => {
  it('an exit callback marked as an init one, in a module', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.stats = alloc_percpu(struct foo_stats);
	return net->foo.stats ? 0 : -ENOMEM;
}

static void __net_init foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: init-section: foo_net_exit() is foo_net_ops.exit but __net_init, which is __init with CONFIG_NET_NS off: unregistering calls it after init's memory is gone
{
	free_percpu(net->foo.stats);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it("an ops in __net_initdata that the module's exit unregisters", () => {
    check(`
static struct pernet_operations __net_initdata foo_net_ops = {
//					       ^^^^^^^^^^^ error: init-section: foo_net_ops is __net_initdata, which is an init section with CONFIG_NET_NS off
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = misc_register(&foo_misc);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
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

  it('an ops in __initdata that is only ever built in', () => {
    check(`
static struct pernet_operations foo_net_ops __initdata = {
//				^^^^^^^^^^^ error: init-section: foo_net_ops is __initdata, but it stays in pernet_list after init's memory is gone
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	if (register_pernet_subsys(&foo_net_ops))
		panic("foo: no per-net state");
	return 0;
}

subsys_initcall(foo_init);
`);
  });

  it("an exit callback marked as the module's own exit is", () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}

static void __exit foo_net_exit(struct net *net)
//		   ^^^^^^^^^^^^ error: init-section: foo_net_exit() is foo_net_ops.exit but __exit
{
	WARN_ON(!list_empty(&net->foo.list));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('a batch that is in the init section, of an ops that a helper unregisters', () => {
    check(`
static void __net_init
foo_net_exit_batch(struct list_head *net_list)
^^^^^^^^^^^^^^^^^^ error: init-section: foo_net_exit_batch() is foo_net_ops.exit_batch but __net_init
{
	struct net *net;

	list_for_each_entry(net, net_list, exit_list)
		foo_flush(net);
}

static struct pernet_operations foo_net_ops = {
	.exit_batch = foo_net_exit_batch,
};

static void foo_net_cleanup(void)
{
	unregister_pernet_device(&foo_net_ops);
}

static int __init foo_init(void)
{
	return register_pernet_device(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	foo_net_cleanup();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an ops in __net_initdata whose unregistration is in another file', () => {
    check(`
//- net/foo/net.c
static struct pernet_operations foo_net_ops __net_initdata = {
//				^^^^^^^^^^^ error: init-section: foo_net_ops is __net_initdata, which is an init section with CONFIG_NET_NS off
	.init = foo_net_init,
	.exit = foo_net_exit,
};

int __init foo_net_setup(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

void foo_net_cleanup(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}
//- net/foo/main.c
static int __init foo_init(void)
{
	return foo_net_setup();
}

static void __exit foo_exit(void)
{
	foo_net_cleanup();
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o net.o
`);
  });

  it('is quiet about __net_initdata in code that is only ever built in', () => {
    check(`
static struct pernet_operations __net_initdata foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

fs_initcall(foo_init);
`);
  });

  it('is quiet about __net_initdata of a module that stays loaded', () => {
    check(`
static struct pernet_operations foo_net_ops __net_initdata = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = genl_register_family(&foo_family);
	if (err < 0)
		goto err_family;
	return 0;

err_family:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

late_initcall(foo_init);
`);
  });

  it('is quiet about an init callback in the init section that the exit never calls', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	WARN_ON(!list_empty(&net->foo.list));
}

static struct pernet_operations foo_net_ops __read_mostly = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about an exit callback that init calls to unwind itself', () => {
    check(`
static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.hash);
	net->foo.hash = NULL;
}

static int __net_init foo_net_init(struct net *net)
{
	net->foo.hash = kcalloc(FOO_BUCKETS, sizeof(*net->foo.hash), GFP_KERNEL);
	if (!net->foo.hash)
		return -ENOMEM;
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private))) {
		foo_net_exit(net);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_drop(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
	foo_net_exit(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_drop,
};
${registering()}`);
  });

  it('is quiet about an exit in the init section of what is never unregistered', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}

static void __net_init foo_net_exit(struct net *net)
{
	WARN_ON(!list_empty(&net->foo.list));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

device_initcall(foo_init);
`);
  });

  it("is quiet about an init callback that shares its name with a module's init in another file", () => {
    check(`
//- net/foo/foo.c
static int foo_start(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_start,
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
//- net/foo/bar.c
static int __net_init bar_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->bar.list);
	return 0;
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
};

static int __init foo_start(void)
{
	return register_pernet_subsys(&bar_net_ops);
}

static void __exit foo_stop(void)
{
	unregister_pernet_subsys(&bar_net_ops);
}

module_init(foo_start);
module_exit(foo_stop);
`);
  });

  it('a helper of a callback that is gone after boot', () => {
    check(`
static int __init foo_table_alloc(struct net *net)
//		  ^^^^^^^^^^^^^^^ error: init-section: foo_table_alloc() is __init, but foo_net_ops.init comes to it by foo_net_init()
{
	net->foo.table = kzalloc(64, GFP_KERNEL);
	return net->foo.table ? 0 : -ENOMEM;
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_table_alloc(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('a callback that is in another file', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := core.o server.o
//- net/foo/server.c
int __init foo_server_init_net(struct net *net)
//	   ^^^^^^^^^^^^^^^^^^^ error: init-section: foo_server_init_net() is foo_net_ops.init but __init
{
	return foo_listen(net);
}
//- net/foo/core.c
static struct pernet_operations foo_net_ops = {
	.init = foo_server_init_net,
	.exit = foo_net_exit,
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
`);
  });

  it('helpers of a module that are gone when it is unloaded, or always where it is built in', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_tables_init(void)
{
	return foo_tables_make();
}

static void __init foo_tables_fini(void)
//		   ^^^^^^^^^^^^^^^ error: init-section: foo_tables_fini() is __init, but foo_exit() comes to it when the module is unloaded: init's memory is gone by then
{
	foo_tables_drop();
}

static void __exit foo_stats_fini(void)
//		   ^^^^^^^^^^^^^^ error: init-section: foo_stats_fini() is __exit, but foo_init() comes to it when it is loaded: in built-in code its text is discarded
{
	foo_stats_drop();
}

static int __init foo_init(void)
{
	int ret;

	ret = foo_tables_init();
	if (ret)
		return ret;
	ret = register_pernet_subsys(&foo_net_ops);
	if (ret) {
		foo_stats_fini();
		foo_tables_fini();
	}
	return ret;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	foo_stats_fini();
	foo_tables_fini();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a module exit, and a helper of a callback, in the wrong section', () => {
    check(`
static void __exit foo_drop(struct net *net)
//		   ^^^^^^^^ error: init-section: foo_drop() is __exit, but foo_net_ops.exit comes to it by foo_net_exit(): in built-in code its text is discarded
{
	kfree(net->foo.table);
}

static int __net_init foo_net_init(struct net *net)
{
	net->foo.table = kzalloc(64, GFP_KERNEL);
	return net->foo.table ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_drop(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __init foo_exit(void)
//		   ^^^^^^^^ error: init-section: foo_exit() is __init, but runs when the module is unloaded: init's memory is gone by then
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('nothing of helpers that stay', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_tables_init(void)
{
	return foo_tables_make();
}

static void foo_tables_fini(void)
{
	foo_tables_drop();
}

static void __exit foo_stats_fini(void)
{
	foo_stats_drop();
}

static int __init foo_init(void)
{
	int ret;

	ret = foo_tables_init();
	if (ret)
		return ret;
	ret = register_pernet_subsys(&foo_net_ops);
	if (ret)
		foo_tables_fini();
	return ret;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	foo_tables_fini();
	foo_stats_fini();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

describe('pernet/init-section, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/init-section');
  });

  it('not what is marked in the function before, with an option off as well', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
static void __exit foo_exit(void)
//		   ^^^^^^^^ error: left-registered-on-exit [CONFIG_FOO_STOP=n]: foo_exit() leaves foo_net_ops registered
{
#ifdef CONFIG_FOO_STOP
	unregister_pernet_subsys(&foo_net_ops);
#endif
}
module_init(foo_init);
module_exit(foo_exit);
`);
  });
});
