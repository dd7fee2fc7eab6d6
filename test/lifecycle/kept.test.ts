import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** What a namespace's own places keep, and who may give it back. */
const ops = `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const leaks = (what: string): string =>
  `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves ${what}, which foo_net_init() acquires for every namespace: `;

describe('memory in a namespace, and calls that were not read', () => {
  const run = (flush: string, marked: boolean): void => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.root = RB_ROOT;
	net->foo.hash = kzalloc(FOO_SIZE, GFP_KERNEL);
	return net->foo.hash ? 0 : -ENOMEM;
}

static void foo_flush(struct net *net)
{
	struct rb_node *node;
	struct foo *foo;

	while ((node = rb_first(&net->foo.root))) {
		foo = rb_entry(node, struct foo, node);
		rb_erase(&foo->node, &net->foo.root);
${flush}	}
}

static void __net_exit foo_net_exit(struct net *net)
${marked ? leaks('memory net->foo.hash') : ''}
{
	foo_flush(net);
	net->foo.hash = NULL;
}
${ops}`);
  };

  it('one that drops something found in a tree does not free the table beside it', () => {
    run('\t\tfoo_put(foo);\n', true);
  });

  it.each([
    ['the namespace', 'foo_free_tables(net)'],
    ['the namespace, by way of something in it', 'foo_free_tables(foo->net)'],
    ['the part in which the table lies', 'foo_free_tables(&net->foo)'],
    ['the per-net data', 'foo_free_tables(foo_pernet(net))'],
  ])('one that is passed %s may', (_name, call) => {
    run(`\t\t${call};\n`, false);
  });
});

describe('memory that init hands on and keeps as well', () => {
  const run = (init: string, exit: string, marked: boolean): void => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->mux = bar_mux_make();
	if (!foo->mux) {
		kfree(foo);
		return -ENOMEM;
	}
${init}	fn->foo = foo;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marked ? leaks('memory net_generic(net, foo_net_id)->foo') : ''}
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}}
${ops}`);
  };

  it('is its own to free, whoever uses it', () => {
    run('\tbar_set_owner(foo->mux, foo);\n', '\tbar_mux_drop(fn->mux);\n', true);
    run('\tbar_set_owner(foo->mux, foo);\n', '\tkfree(fn->foo);\n', false);
  });

  it('may be freed by who is passed it in the end', () => {
    run('\tbar_set_owner(foo->mux, foo);\n', '\tbar_drop(fn->foo);\n', false);
  });
});

it('rules that exit gives back are lost where an init that handed them to somebody fails', () => {
  check(`
static int __net_init foo_net_init(struct net *net)
{
	struct fib_rules_ops *rules = fib_rules_register(&foo_rules_template, net);
	int err;

	if (IS_ERR(rules))
		return PTR_ERR(rules);
	err = fib_default_rule_add(rules, 0x7FFF, FOO_TABLE);
	if (err)
		return err;
//		^^^^^^^^^^^ error: init-error-leak: if fib_default_rule_add() fails, foo_net_init() returns an error without fib_rules_unregister() for routing rules: the core
	net->foo.rules = rules;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	fib_rules_unregister(net->foo.rules);
}
${ops}`);
});

it('a device that was given its namespace, and no more, is lost when it cannot be registered', () => {
  check(`
static int __net_init foo_net_init(struct net *net)
{
	struct net_device *dev = alloc_netdev(0, "foo0", NET_NAME_UNKNOWN, foo_setup);
	int err;

	if (!dev)
		return -ENOMEM;
	dev_net_set(dev, net);
	err = register_netdev(dev);
	if (err)
		return err;
//		^^^^^^^^^^^ error: init-error-leak: if register_netdev() fails, foo_net_init() returns an error without free_netdev() for net device memory: the core
	net->foo.dev = dev;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_netdev(net->foo.dev);
}
${ops.replaceAll('_subsys', '_device')}`);
});

describe('a table of a namespace of its own, where others have one in common', () => {
  const run = (exit: string): void => {
    check(`
static struct foo_table foo_table;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_table *table;

	if (net_eq(net, &init_net))
		goto common;
	table = kmalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		goto common;
	net->foo.table = table;
	return 0;
common:
	net->foo.table = &foo_table;
	return 0;
}

static void foo_table_free(struct net *net)
{
	struct foo_table *table = net->foo.table;

	if (table == &foo_table)
		return;
	kfree(table);
${exit.includes('twice') ? '//	^^^^^^^^^^^^ error: double-release: foo_table_free() releases memory' : ''}
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_table_free(net);
${exit}}
${ops}`);
  };

  it('is freed once', () => {
    run('');
  });

  it('is freed twice', () => {
    run('\t/* twice */\n\tfoo_table_free(net);\n');
  });
});

it('entries of a directory by the pointer that leads back to the namespace, and by where the directory is kept', () => {
  check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->net = net;
	fn->dir = proc_mkdir("foo", fn->net->proc_net);
	if (!fn->dir)
		return -ENOMEM;
	if (!proc_create("ctrl", 0600, fn->dir, &foo_proc_ops)) {
		remove_proc_entry("foo", fn->net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry("ctrl", fn->dir);
	remove_proc_entry("ctrl", fn->dir);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() releases proc entry "ctrl"
	remove_proc_entry("foo", fn->net->proc_net);
	remove_proc_entry("foo", fn->net->proc_net);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() releases proc directory "foo"
}
${ops}`);
});

describe('a table of settings that is found by way of its registration', () => {
  const run = (exit: string, marked: boolean): void => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *table;

	net->foo.conf = kmemdup(&foo_conf, sizeof(foo_conf), GFP_KERNEL);
	if (!net->foo.conf)
		return -ENOMEM;
	table = kmemdup(foo_template, sizeof(foo_template), GFP_KERNEL);
	if (!table)
		goto err_conf;
	net->foo.conf->hdr = register_net_sysctl_sz(net, "net/foo", table, 1);
	if (!net->foo.conf->hdr)
		goto err_table;
	return 0;
err_table:
	kfree(table);
err_conf:
	kfree(net->foo.conf);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${marked ? leaks('memory net->foo.conf->hdr->ctl_table_arg') : ''}
{
	const struct ctl_table *table = net->foo.conf->hdr->ctl_table_arg;

	unregister_net_sysctl_table(net->foo.conf->hdr);
${exit}	kfree(net->foo.mask);
	kfree(net->foo.conf);
}
${ops}`);
  };

  it('is freed', () => {
    run('\tkfree(table);\n', false);
  });

  it('is left, and the mask beside it is another thing', () => {
    run('', true);
  });
});

it('a table of settings that is found by way of its registration is there to be freed when init gives up', () => {
  check(`
static int foo_sysctl_register(struct net *net, struct foo_conf *conf)
{
	struct ctl_table *table;

	table = kmemdup(&foo_template, sizeof(foo_template), GFP_KERNEL);
	if (!table)
		return -ENOBUFS;
	conf->hdr = register_net_sysctl(net, "net/foo", table);
	if (!conf->hdr) {
		kfree(table);
		return -ENOBUFS;
	}
	return 0;
}

static void foo_sysctl_unregister(struct foo_conf *conf)
{
	struct ctl_table *table;

	table = conf->hdr->ctl_table_arg;
	unregister_net_sysctl_table(conf->hdr);
	conf->hdr = NULL;
	if (table)
		kfree(table);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_conf *all;
	int err;

	all = kmemdup(&foo_conf, sizeof(foo_conf), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	net->foo.all = all;
	err = foo_sysctl_register(net, all);
	if (err < 0)
		goto err_all;
	err = foo_sysctl_register(net, net->foo.dflt);
	if (err < 0)
		goto err_dflt;
	return 0;

err_dflt:
	foo_sysctl_unregister(all);
err_all:
	kfree(all);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_sysctl_unregister(net->foo.dflt);
	foo_sysctl_unregister(net->foo.all);
	kfree(net->foo.all);
}
${ops}`);
});

it('a class file of the network is not removed by anyone else', () => {
  check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return netdev_class_create_file_ns(&fn->attr, net);
}

static void __net_exit foo_net_exit(struct net *net)
${leaks('class file of network devices net_generic(net, foo_net_id)->attr')}
{
	foo_say_goodbye();
}

${ops}`);
});

it('a number of a namespace is not given back by anyone else', () => {
  check(`
static int __net_init foo_net_init(struct net *net)
{
	return ns_alloc_inum(&net->foo);
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-missing: foo_net_ops has no exit, but foo_net_init() acquires namespace number net->foo
	.init = foo_net_init,
};
${registering()}`);
});

describe('a tree whose elements are dropped', () => {
  const run = (exit: string, marked: boolean): void => {
    check(`
//- net/foo/foo.c
static int __net_init foo_net_init(struct net *net)
{
	struct foo_base *base = kmalloc(sizeof(*base), GFP_KERNEL);

	if (!base)
		return -ENOMEM;
	base->root = RB_ROOT;
	net->foo.base = base;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marked ? leaks('memory net->foo.base') : ''}
{
	struct foo_base *base = net->foo.base;

	net->foo.base = NULL;
	foo_invalidate_tree(base);
${exit}}
${ops}
//- net/foo/tree.c
static void foo_free_rcu(struct rcu_head *head)
{
	kfree(container_of(head, struct foo, rcu));
}

void foo_invalidate_tree(struct foo_base *base)
{
	struct rb_node *node = rb_first(&base->root);

	while (node) {
		struct foo *foo = rb_entry(node, struct foo, node);

		node = rb_next(node);
		rb_erase(&foo->node, &base->root);
		call_rcu(&foo->rcu, foo_free_rcu);
	}
}
`);
  };

  it('is itself freed after them', () => {
    run('\tkfree(base);\n', false);
  });

  it('is left', () => {
    run('', true);
  });
});

it('a device that a class has made goes by its class and number', () => {
  const run = (exit: string, marked: boolean): void => {
    check(`
static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	device_create(&foo_class, NULL, MKDEV(FOO_MAJOR, 0), NULL, "foo");
	return 0;
}

static void __exit foo_exit(void)
${marked ? '//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the device foo_class' : ''}
{
${exit}	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");

static void __net_exit foo_net_exit(struct net *net)
{
	foo_say_goodbye();
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};
`);
  };
  run('\tdevice_destroy(&foo_class, MKDEV(FOO_MAJOR, 0));\n', false);
  run('', true);
  run('\tdevice_destroy(&foo_class, MKDEV(FOO_MAJOR, 1));\n', true);
});

describe('memory of an ops that has no exit', () => {
  const run = (freed: string, marked: boolean): void => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.hash = kzalloc(FOO_SIZE, GFP_KERNEL);
	return net->foo.hash ? 0 : -ENOMEM;
}

static struct pernet_operations foo_net_ops = {
${marked ? '//\t\t\t\t^^^^^^^^^^^ error: exit-missing: foo_net_ops has no exit, but foo_net_init() acquires memory net->foo.hash' : ''}
	.init = foo_net_init,
};

static void __net_exit bar_net_exit(struct net *net)
{
	bar_clear(net->${freed});
}

static struct pernet_operations bar_net_ops = {
	.exit = bar_net_exit,
};

static int __init bar_init(void)
{
	return register_pernet_subsys(&bar_net_ops);
}
fs_initcall(bar_init);

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
fs_initcall(foo_init);
`);
  };

  it('is left', () => {
    run('bar.hash', true);
  });

  it('may be for the exit of another ops', () => {
    run('foo.hash', false);
  });
});
