import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { fooNetOps, registering } from '../registering.ts';

describe('pernet/register-unchecked', () => {
  it('a result that is dropped', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int rc;

	rc = foo_proto_register();
	if (rc)
		return rc;
	register_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of register_pernet_subsys(&foo_net_ops) is not checked
	return 0;
}

static void __exit foo_exit(void)
{
	foo_proto_unregister();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a result that the next step overwrites', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked
	err = foo_link_register();
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

  it('a helper that drops it, and one whose caller does', () => {
    check(`
//- net/foo/main.c
static int __init foo_init(void)
{
	foo_tables_init();
	foo_neigh_init();
//	^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of foo_neigh_init(), which registers foo_neigh_ops, is not checked
	return 0;
}

static void __exit foo_exit(void)
{
	foo_neigh_exit();
	foo_tables_exit();
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
//- net/foo/tables.c
static struct pernet_operations foo_tables_ops = {
	.init = foo_tables_net_init,
	.exit = foo_tables_net_exit,
};

void __init foo_tables_init(void)
{
	register_pernet_subsys(&foo_tables_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: register_pernet_subsys(&foo_tables_ops) is not checked: when it fails, foo_init() goes on
}

void foo_tables_exit(void)
{
	unregister_pernet_subsys(&foo_tables_ops);
}
//- net/foo/neigh.c
static struct pernet_operations foo_neigh_ops = {
	.init = foo_neigh_net_init,
	.exit = foo_neigh_net_exit,
};

int __init foo_neigh_init(void)
{
	return register_pernet_subsys(&foo_neigh_ops);
}

void foo_neigh_exit(void)
{
	unregister_pernet_subsys(&foo_neigh_ops);
}
`);
  });

  it('a wrapper that asks and hands the error on, to a caller that drops it', () => {
    check(`
//- net/foo/api.c
int foo_register_action(struct foo_action *act, struct pernet_operations *ops)
{
	int ret;

	ret = register_pernet_subsys(ops);
	if (ret)
		return ret;
	list_add_tail(&act->head, &foo_actions);
	return 0;
}

void foo_unregister_action(struct foo_action *act, struct pernet_operations *ops)
{
	list_del(&act->head);
	unregister_pernet_subsys(ops);
}
//- net/foo/drop.c
static struct pernet_operations drop_net_ops = {
	.init = drop_net_init,
	.exit = drop_net_exit,
};

static int __init drop_init(void)
{
	foo_register_action(&act_drop, &drop_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of foo_register_action(), which registers drop_net_ops, is not checked
	return 0;
}

static void __exit drop_exit(void)
{
	foo_unregister_action(&act_drop, &drop_net_ops);
}

module_init(drop_init);
module_exit(drop_exit);
`);
  });

  it('a wrapper that drops the result of what it is passed', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static void foo_add(struct pernet_operations *ops)
{
	register_pernet_device(ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: register_pernet_device(&foo_net_ops)
}

static int __init foo_init(void)
{
	foo_add(&foo_net_ops);
	return foo_link_register();
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-registered-on-error: foo_net_ops
}

static void __exit foo_exit(void)
{
	foo_link_unregister();
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about every way of asking', () => {
    check(`
//- net/foo/tail.c
static struct pernet_operations tail_net_ops = {
	.init = tail_net_init,
	.exit = tail_net_exit,
};

static int __init tail_init(void)
{
	return register_pernet_subsys(&tail_net_ops);
}

static void __exit tail_exit(void)
{
	unregister_pernet_subsys(&tail_net_ops);
}

module_init(tail_init);
module_exit(tail_exit);
//- net/foo/condition.c
static struct pernet_operations condition_net_ops = {
	.init = condition_net_init,
	.exit = condition_net_exit,
};

static int __init condition_init(void)
{
	if (register_pernet_subsys(&condition_net_ops) != 0)
		return -ENOMEM;
	return 0;
}

static void __exit condition_exit(void)
{
	unregister_pernet_subsys(&condition_net_ops);
}

module_init(condition_init);
module_exit(condition_exit);
//- net/foo/negative.c
static struct pernet_operations negative_net_ops = {
	.init = negative_net_init,
	.exit = negative_net_exit,
};

static int __init negative_init(void)
{
	int ret = register_pernet_subsys(&negative_net_ops);

	return ret < 0 ? ret : 0;
}

static void __exit negative_exit(void)
{
	unregister_pernet_subsys(&negative_net_ops);
}

module_init(negative_init);
module_exit(negative_exit);
//- net/foo/assigned.c
static struct pernet_operations assigned_net_ops = {
	.init = assigned_net_init,
	.exit = assigned_net_exit,
};

static int __init assigned_init(void)
{
	int err;

	if ((err = register_pernet_subsys(&assigned_net_ops)) < 0)
		pr_err("assigned: %d\\n", err);
	return err;
}

static void __exit assigned_exit(void)
{
	unregister_pernet_subsys(&assigned_net_ops);
}

module_init(assigned_init);
module_exit(assigned_exit);
`);
  });

  it('is quiet about code that is only ever built in, where a failed boot step is the end anyway', () => {
    check(`
//- net/foo/Makefile
obj-y += foo.o
//- net/foo/foo.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	register_pernet_subsys(&foo_net_ops);
	return 0;
}

subsys_initcall(foo_init);
`);
  });

  it('is quiet about an ops without init and id, whose registration cannot fail', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.pre_exit = foo_net_pre_exit,
};

static int __init foo_init(void)
{
	register_pernet_subsys(&foo_net_ops);
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

  it('a helper of an init callback that can fail, whose result is thrown away', () => {
    check(`
static unsigned int foo_net_id;

static int foo_stat_init(struct net *net)
{
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
	return 0;
}

static void foo_log_init(struct net *net)
{
	proc_mkdir_data("foo", 0, net->proc_net, net);
}

static int __net_init foo_net_init(struct net *net)
{
	foo_stat_init(net);
//	^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of foo_stat_init() is not checked: when it fails, foo_net_init() goes on without proc entry "foo", net->proc_net, and foo_net_exit() undoes by remove_proc_entry() what is not there
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
`);
  });

  /** A helper that makes a proc entry for a namespace and returns something of it, which its caller throws away. */
  const withHelper = (helper: string, undo: string, mark = ''): string => `
static unsigned int foo_net_id;

static ${helper}
}

static int __net_init foo_net_init(struct net *net)
{
	foo_stat_init(net);
${mark}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${undo}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
`;
  const entry = 'proc_create_data("foo", 0, net->proc_net, &foo_proc_ops, net)';
  const generic = 'struct foo_net *fn = net_generic(net, foo_net_id);\n';
  const removed = 'remove_proc_entry("foo", net->proc_net);';

  it('likewise a helper that returns what it has made, or nothing, or whether it has', () => {
    const mark =
      '//	^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of foo_stat_init() is not checked: when it fails, foo_net_init() goes on without proc entry "foo", net->proc_net';
    check(withHelper(`struct proc_dir_entry *foo_stat_init(struct net *net)\n{\n\treturn ${entry};`, removed, mark));
    check(withHelper(`bool foo_stat_init(struct net *net)\n{\n\treturn ${entry} != NULL;`, removed, mark));
  });

  it('says nothing where the exit asks whether the thing is there, nor where what undoes it copes with NULL', () => {
    const keeps = `{\n\t${generic}\n\tfn->entry = ${entry};\n\treturn fn->entry;`;
    check(withHelper(`struct proc_dir_entry *foo_stat_init(struct net *net)\n${keeps}`, 'proc_remove(fn->entry);'));
    check(withHelper(`struct proc_dir_entry *foo_stat_init(struct net *net)\n${keeps}`, `if (fn->entry)\n${removed}`));
    const asks = `{\n\t${generic}\n\tfn->on = ${entry} != NULL;\n\treturn fn->on ? 0 : -ENOMEM;`;
    check(withHelper(`int foo_stat_init(struct net *net)\n${asks}`, `if (fn->on)\n${removed}`));
  });

  it('a hash table that a helper makes in memory of the module', () => {
    check(`
static int foo_hash_init(struct net *net)
{
	return rhashtable_init(&net->foo.hash, &foo_params);
}

static int __net_init foo_net_init(struct net *net)
{
	foo_hash_init(net);
//	^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of foo_hash_init() is not checked: when it fails, foo_net_init() goes on without hash table net->foo.hash
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	rhashtable_destroy(&net->foo.hash);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
`);
  });

  /** A module with a proc entry of its own, and what its init and its exit do with that. */
  const withEntry = (init: string, exit: string): string => `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct proc_dir_entry *foo_entry;

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
${init}
	return 0;
}

static void __exit foo_exit(void)
{
	${exit}
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('a proc entry of a module that its exit removes by name', () => {
    check(
      withEntry(
        `	proc_create("foo", 0444, init_net.proc_net, &foo_proc_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of proc_create() is not checked: when it fails, foo_init() goes on without proc entry "foo", init_net.proc_net, and foo_exit() undoes by remove_proc_entry() what is not there`,
        'remove_proc_entry("foo", init_net.proc_net);',
      ),
    );
  });

  it('says nothing where that copes with what is not there, nor where the exit or init asks', () => {
    const made = 'proc_create("foo", 0444, init_net.proc_net, &foo_proc_ops)';
    check(withEntry(`\t${made};`, 'remove_proc_subtree("foo", init_net.proc_net);'));
    check(withEntry(`\tfoo_entry = ${made};`, 'proc_remove(foo_entry);'));
    check(withEntry(`\tfoo_entry = ${made};`, 'if (foo_entry)\n\t\tremove_proc_entry("foo", init_net.proc_net);'));
    check(withEntry(`\tif (!${made})\n\t\tpr_warn("no entry\\n");`, 'remove_proc_entry("foo", init_net.proc_net);'));
  });

  it('says nothing of a notifier that a module registers once', () => {
    check(`
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
	register_netdevice_notifier(&foo_notifier);
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper of a module that can fail, whose result is thrown away', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int foo_cache_setup(void)
{
	foo_wq = alloc_ordered_workqueue("foo", 0);
	return foo_wq ? 0 : -ENOMEM;
}

static void foo_cache_cleanup(void)
{
	destroy_workqueue(foo_wq);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_cache_setup();
//	^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of foo_cache_setup() is not checked: when it fails, foo_init() goes on without workqueue foo_wq
	return 0;
}

static void __exit foo_exit(void)
{
	foo_cache_cleanup();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('says nothing of a helper of a module that never says that it failed', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int foo_sysctl_setup(void)
{
	foo_header = register_sysctl("foo", foo_table);
	return 0;
}

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	foo_sysctl_setup();
	return 0;
}

static void __exit foo_exit(void)
{
	if (foo_header)
		unregister_sysctl_table(foo_header);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('says nothing of a helper of a module that only makes what need not be there', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int foo_debugfs_setup(void)
{
	foo_dir = debugfs_create_dir("foo", NULL);
	return IS_ERR(foo_dir) ? PTR_ERR(foo_dir) : 0;
}

static int __init foo_init(void)
{
	int err;

	foo_debugfs_setup();
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		debugfs_remove(foo_dir);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	debugfs_remove(foo_dir);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper whose result is kept where nothing reads it', () => {
    check(`
static struct kset *foo_kset;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int foo_sysfs_init(void)
{
	foo_kset = kset_create_and_add("foo", NULL, kernel_kobj);
	if (!foo_kset)
		return -ENOMEM;
	return 0;
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = foo_sysfs_init();
//	      ^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of foo_sysfs_init() is not checked: when it fails, foo_init() goes on without kset foo_kset
	return 0;
}

static void __exit foo_exit(void)
{
	kset_unregister(foo_kset);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('memory of a namespace, and a workqueue of the module, that nobody asks for', () => {
    check(`
static struct workqueue_struct *foo_wq;

static int __net_init foo_net_init(struct net *net)
{
	net->foo.stats = alloc_percpu(struct foo_stats);
//			 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of alloc_percpu() is not checked: when it returns NULL, foo_net_init() goes on without percpu memory net->foo.stats, and what uses it finds NULL
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	free_percpu(net->foo.stats);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_wq = alloc_workqueue("foo", 0, 0);
//		 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of alloc_workqueue() is not checked
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
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
  });

  const optional = (show: string, warning = ''): string => `
struct foo_net { void *cache; int value; };
static unsigned int foo_net_id;

static int foo_show(struct seq_file *m, void *v)
{
	struct foo_net *fn = net_generic(seq_file_single_net(m), foo_net_id);
	void *cache;

	${show}
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->cache = kmalloc(4096, GFP_KERNEL | __GFP_NOWARN);
${warning}
	fn->value = 1;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->cache);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('memory that something uses without a look', () => {
    const warning =
      '//\t\t    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of kmalloc() is not checked';
    check(optional('memset(fn->cache, 0, fn->value);', warning));
    check(optional('cache = fn->cache;\n\tmemset(cache, 0, fn->value);', warning));
  });

  it.each([
    'seq_printf(m, "%d\\n", fn->value);',
    'if (fn->cache)\n\t\tmemset(fn->cache, 0, fn->value);',
    'cache = READ_ONCE(fn->cache);\n\tif (!cache)\n\t\treturn 0;\n\tmemset(cache, 0, fn->value);',
  ])('is quiet about memory that nothing needs to be there: %s', (show) => {
    check(optional(show));
  });

  it('is quiet about what does not fail, and about what its helper or its caller asks for', () => {
    check(`
static struct kmem_cache *foo_cache;
static struct workqueue_struct *foo_wq;

static struct foo_stats __percpu *foo_stats_alloc(void)
{
	return alloc_percpu(struct foo_stats);
}

static int __net_init foo_net_init(struct net *net)
{
	net->foo.stats = foo_stats_alloc();
	return net->foo.stats ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	free_percpu(net->foo.stats);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cache = kmem_cache_create("foo", 64, 0, SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL);
	foo_wq = alloc_workqueue("foo", 0, 0);
	if (WARN_ON(!foo_wq)) {
		kmem_cache_destroy(foo_cache);
		return -ENOMEM;
	}
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		destroy_workqueue(foo_wq);
		kmem_cache_destroy(foo_cache);
	}
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	destroy_workqueue(foo_wq);
	kmem_cache_destroy(foo_cache);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('what can only be built in, where another failure takes the ops back', () => {
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

	register_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of register_pernet_subsys(&foo_net_ops) is not checked
	err = genl_register_family(&foo_family);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

subsys_initcall(foo_init);
`);
  });

  it('what an exit follows without a question', () => {
    const table = (asks: string, exit: string, mark = ''): string => `
static struct ctl_table foo_table[] = { { .procname = "foo" }, };
static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *tbl = foo_table;

	if (!net_eq(net, &init_net)) {
		tbl = kmemdup(tbl, sizeof(foo_table), GFP_KERNEL);
		if (!tbl)
			return -ENOMEM;
	}
	net->core.sysctl_hdr = register_net_sysctl_sz(net, "net/core", tbl, 1);
${mark}${asks}	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	const struct ctl_table *tbl;

${exit}
}
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
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
`;
    const exit = `	tbl = net->core.sysctl_hdr->ctl_table_arg;
	unregister_net_sysctl_table(net->core.sysctl_hdr);
	BUG_ON(tbl == foo_table);
	kfree(tbl);`;
    check(
      table(
        '',
        exit,
        `//	                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of register_net_sysctl_sz() is not checked: when it returns NULL, foo_net_init() goes on without sysctl table net->core.sysctl_hdr
`,
      ),
    );
    check(table('	if (!net->core.sysctl_hdr) {\n		if (tbl != foo_table)\n			kfree(tbl);\n		return -ENOMEM;\n	}\n', exit));
    check(table('', `	if (!net->core.sysctl_hdr)\n		return;\n${exit}`));
    check(
      table(
        '',
        '	tbl = net->core.sysctl_hdr ? net->core.sysctl_hdr->ctl_table_arg : NULL;' + exit.slice(exit.indexOf('\n')),
      ),
    );
  });

  it('a device that nobody finds when it is not registered', () => {
    const device = (register: string, exit = '	unregister_netdev(fn->dev);'): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->dev = alloc_netdev(sizeof(struct foo), "foo0", NET_NAME_UNKNOWN, foo_setup);
	if (!fn->dev)
		return -ENOMEM;
	dev_net_set(fn->dev, net);
${register}
	strcpy(fn->name, fn->dev->name);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_device(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
    const text =
      'warning: register-unchecked: the result of register_netdev() is not checked: when it fails, foo_net_init() goes on with a device that is not registered';
    check(device(`	register_netdev(fn->dev);\n//	^^^^^^^^^^^^^^^^^^^^^^^^ ${text}`));
    check(device(`	err = register_netdev(fn->dev);\n//	      ^^^^^^^^^^^^^^^^^^^^^^^^ ${text}`));
    check(
      device(`	err = register_netdev(fn->dev);
	if (err < 0) {
		free_netdev(fn->dev);
		return err;
	}`),
    );
    check(
      device(
        '	register_netdev(fn->dev);',
        '	if (fn->dev->reg_state == NETREG_REGISTERED)\n		unregister_netdev(fn->dev);\n	else\n		free_netdev(fn->dev);',
      ),
    );
  });
});

describe('a helper of an init whose result nobody looks at', () => {
  interface Parts {
    readonly init?: string;
    readonly flags?: string;
    readonly noted?: string;
    readonly user?: string;
    readonly exit?: string;
    readonly more?: string;
  }
  const table = ({
    init = 'foo_table_init(fn);',
    flags = 'GFP_KERNEL',
    noted = '',
    user,
    exit,
    more = '',
  }: Parts): string => `
//- net/foo/foo.h
struct foo_net {
	struct hlist_head *table;
	bool ready;
};
extern unsigned int foo_net_id;
int foo_table_init(struct foo_net *fn);
//- net/foo/table.c
${more}
int foo_table_init(struct foo_net *fn)
{
	fn->table = kcalloc(16, sizeof(struct hlist_head), ${flags});
	if (!fn->table)
		return -ENOMEM;
	${noted}return 0;
}

void foo_insert(struct net *net, struct foo *foo)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${user ?? 'hlist_add_head(&foo->node, &fn->table[foo->hash & 15]);'}
}
//- net/foo/main.c
unsigned int foo_net_id;

static int foo_proc_init(struct net *net)
{
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, 8))
		return -ENOMEM;
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err = 0, ret;

	${init}
	ret = foo_proc_init(net);
	if (ret) {
		kfree(fn->table);
		return ret;
	}
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry("foo", net->proc_net);
	${exit ?? 'kfree(fn->table);'}
}

${fooNetOps('data')}`;
  const failing =
    'warning: register-unchecked: the result of foo_table_init() is not checked: when it fails, foo_net_init() goes on without memory net_generic(net, foo_net_id)->table, and what uses it finds NULL';

  it('that makes memory which others use', () => {
    check(table({ init: `foo_table_init(fn);\n//	^^^^^^^^^^^^^^^^^^ ${failing}` }));
    check(table({ init: `ret = foo_table_init(fn);\n//	      ^^^^^^^^^^^^^^^^^^ ${failing}` }));
    check(
      table({
        init: `ret = foo_table_init(fn);\n//	      ^^^^^^^^^^^^^^^^^^ ${failing}`,
        user: 'spin_lock(&fn->lock);\n\thlist_add_head(&foo->node, &fn->table[foo_hash(foo)]);\n\tspin_unlock(&fn->lock);',
      }),
    );
  });

  const asked: readonly (readonly [string, Parts])[] = [
    ['which init asks for', { init: 'err = foo_table_init(fn);\n\tif (err)\n\t\treturn err;' }],
    ['which init asks for below zero', { init: 'if (foo_table_init(fn) < 0)\n\t\treturn -ENOMEM;' }],
    ['of which init tells', { init: 'if (foo_table_init(fn))\n\t\tpr_warn("foo: no table\\n");' }],
    ['which warns', { init: 'WARN_ON(foo_table_init(fn));' }],
    ['of which is noted', { init: 'fn->ready = foo_table_init(fn) == 0;' }],
    ['whose memory init asks for', { init: 'foo_table_init(fn);\n\tif (!fn->table)\n\t\treturn -ENOMEM;' }],
    ['that waits for its memory', { flags: 'GFP_KERNEL | __GFP_NOFAIL' }],
    [
      'whose memory the user asks for',
      { user: 'if (!fn->table)\n\t\treturn;\n\thlist_add_head(&foo->node, fn->table);' },
    ],
    [
      'whose memory the user asks for in a local',
      {
        user: 'struct hlist_head *t = READ_ONCE(fn->table);\n\n\tif (!t)\n\t\treturn;\n\thlist_add_head(&foo->node, t);',
      },
    ],
    [
      'whose memory is asked for in what a getter gives',
      {
        more: 'static struct hlist_head *foo_table(struct foo_net *fn)\n{\n\treturn rcu_dereference(fn->table);\n}\n',
        user: 'struct hlist_head *t = foo_table(fn);\n\n\tif (t)\n\t\thlist_add_head(&foo->node, t);',
      },
    ],
    [
      'whose memory a macro gives',
      {
        more: '#define foo_table(fn) ((fn)->table)\n',
        user: 'if (foo_table(fn))\n\t\thlist_add_head(&foo->node, fn->table);',
      },
    ],
    ['whose memory nobody uses', { user: 'foo->net = fn;' }],
    [
      'that notes how far it has come',
      {
        noted: 'fn->ready = true;\n\t',
        user: 'if (!fn->ready)\n\t\treturn;\n\thlist_add_head(&foo->node, fn->table);',
      },
    ],
    ['whose memory the exit asks for', { exit: 'if (fn->table)\n\t\tkvfree(fn->table);' }],
    [
      'whose memory is read so far as it is told to be there',
      {
        noted: 'fn->nr = 16;\n\t',
        user: 'if (foo->hash >= fn->nr)\n\t\treturn;\n\thlist_add_head(&foo->node, &fn->table[foo->hash]);',
      },
    ],
    [
      'which raises a bit that is asked for',
      {
        noted: 'set_bit(FOO_UP, &fn->flags);\n\t',
        user: 'if (!test_bit(FOO_UP, &fn->flags))\n\t\treturn;\n\tINIT_HLIST_HEAD(&fn->table[0]);',
      },
    ],
    ['whose memory is copied by its length', { user: 'memcpy(foo->to, fn->table, fn->nr * sizeof(*fn->table));' }],
    ['whose memory is only freed', { user: 'kfree(fn->table);\n\tfn->table = NULL;' }],
    ['whose memory is only handed on', { user: 'foo_insert_into(fn->table, foo);' }],
    ['that arms what uses it', { noted: 'mod_timer(&fn->timer, jiffies + HZ);\n\t' }],
    [
      'that another calls as well',
      {
        more: 'int foo_table_init(struct foo_net *fn);\nint foo_add(struct foo_net *fn)\n{\n\treturn foo_table_init(fn);\n}\n',
      },
    ],
    ['for which there is something else', { init: 'fn->table = fn->small;\n\tfoo_table_init(fn);' }],
    [
      'of whose name another structure has a member',
      { user: 'struct foo_dev *dev = foo->dev;\n\n\tINIT_HLIST_HEAD(&dev->table[0]);' },
    ],
    [
      'whose user is called by who asks',
      {
        more: 'void foo_insert(struct net *net, struct foo *foo);\nvoid foo_add(struct net *net, struct foo *foo)\n{\n\tif (foo_net(net)->nr)\n\t\tfoo_insert(net, foo);\n}\n',
      },
    ],
    [
      'whose memory whoever needs it makes',
      { user: 'if (fn->table == NULL)\n\t\tfoo_table_init(fn);\n\telse\n\t\thlist_add_head(&foo->node, fn->table);' },
    ],
  ];
  it.each(asked)('is quiet about one %s', (_, parts) => {
    check(table(parts));
  });

  interface Sysctl {
    readonly init?: string;
    readonly mark?: string;
    readonly keep?: string;
    readonly exit: string;
  }
  const sysctl = ({ init = 'foo_sysctl_init(net, fn);', mark = '', keep = '', exit }: Sysctl): string => `
struct foo_net { struct ctl_table_header *hdr; struct ctl_table *table; };
static unsigned int foo_net_id;

static int foo_sysctl_init(struct net *net, struct foo_net *fn)
{
	struct ctl_table *table;

	table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	${keep}fn->hdr = register_net_sysctl_sz(net, "net/foo", table, 1);
	if (!fn->hdr) {
		kfree(table);
		${keep.replace('= table', '= NULL')}return -ENOMEM;
	}
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	${init}
${mark}	INIT_LIST_HEAD(&fn->devs);
	err = 0;
	return err;
}

static void foo_sysctl_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	const struct ctl_table *table;

	${exit}
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_sysctl_exit(net);
}

${fooNetOps('data')}`;
  const followed = 'table = fn->hdr->ctl_table_arg;\n\tunregister_net_sysctl_table(fn->hdr);\n\tkfree(table);';
  const gone =
    'warning: register-unchecked: the result of foo_sysctl_init() is not checked: when it fails, foo_net_init() goes on without sysctl table net_generic(net, foo_net_id)->hdr, and foo_sysctl_exit() undoes by unregister_net_sysctl_table() what is not there\n';

  it('that registers a table whose header the exit follows', () => {
    check(sysctl({ mark: `//	^^^^^^^^^^^^^^^^^^^^^^^^ ${gone}`, exit: followed }));
    check(
      sysctl({
        init: 'err = foo_sysctl_init(net, fn);',
        mark: `//	      ^^^^^^^^^^^^^^^^^^^^^^^^ ${gone}`,
        exit: followed,
      }),
    );
  });

  it.each([
    ['asked for by the exit', { exit: `if (!fn->hdr)\n\t\treturn;\n\t${followed}` }],
    ['asked for by the exit, which has one', { exit: `if (fn->hdr) {\n\t${followed}\n\t}` }],
    ['noted by a state', { exit: `if (fn->state != FOO_UP)\n\t\treturn;\n\t${followed}` }],
    [
      'noted by a state in a local',
      { exit: `int up = fn->state;\n\n\tif (up == FOO_DOWN)\n\t\treturn;\n\t${followed}` },
    ],
    ['told from another', { exit: `if (fn->hdr == foo_none)\n\t\treturn;\n\t${followed}` }],
    [
      'only unregistered by the exit',
      { keep: 'fn->table = table;\n\t', exit: 'unregister_net_sysctl_table(fn->hdr);\n\tkfree(fn->table);' },
    ],
    ['asked for by init', { init: 'err = foo_sysctl_init(net, fn);\n\tif (err)\n\t\treturn err;', exit: followed }],
  ])('is quiet about a table that is %s', (_, parts) => {
    check(sysctl(parts));
  });
});

describe('pernet/register-unchecked, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/register-unchecked');
  });
  it('what there is but one of in a namespace', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct tc_action_net *tn = net_generic(net, act_foo_ops.net_id);

	tc_action_net_init(net, tn, &act_foo_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of tc_action_net_init() is not checked: when it fails, foo_net_init() goes on without action table, and foo_net_exit() undoes by tc_action_net_exit() what is not there
	return 0;
}

static void __net_exit foo_net_exit(struct list_head *net_list)
{
	tc_action_net_exit(net_list, act_foo_ops.net_id);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit,
	.id = &act_foo_ops.net_id,
	.size = sizeof(struct tc_action_net),
};

static int __init foo_init(void)
{
	return tcf_register_action(&act_foo_ops, &foo_net_ops);
}

static void __exit foo_exit(void)
{
	tcf_unregister_action(&act_foo_ops, &foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});
