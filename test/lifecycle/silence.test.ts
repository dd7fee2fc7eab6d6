import { describe, expect, it } from 'vitest';
import { analyseFiles, check } from '../check.ts';
import { registering } from '../registering.ts';

/** Good code that looks suspicious, or of which not all is at hand. */
describe('a file whose headers are not at hand', () => {
  it('an accessor that is not known may give what init kept in the namespace', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_pernet *data = kzalloc(sizeof(*data), GFP_KERNEL);

	if (!data)
		return -ENOMEM;
	net->ipv6.foo_data = data;
	if (rhashtable_init(&data->table, &foo_params)) {
		kfree(data);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_pernet *data = foo_pernet(net);

	rhashtable_destroy(&data->table);
	kfree(data);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it.each(['local_irq', 'foo_queues'])(
    'what is off from %s_disable() to %s_enable() is nothing that is set up',
    (what) => {
      check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	${what}_disable();
	foo_flush(net);
	${what}_enable();
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err)
		return err;
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, 0)) {
		${what}_disable();
		foo_flush(net);
		${what}_enable();
		nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
    },
  );

  it('the same in a helper of exit; what nothing could have freed is still said', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	fn->stats = alloc_percpu(struct foo_stats);
	if (!fn->stats) {
		kfree(fn->table);
		return -ENOMEM;
	}
	if (foo_start(net)) {
		free_percpu(fn->stats);
		kfree(fn->table);
		return -ENOMEM;
	}
	return 0;
}

static void foo_table_free(struct net *net)
{
	struct foo_table *table = foo_table_of(net);

	kfree(table);
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: free_percpu() is missing, and it leaks
{
	foo_table_free(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('a member that the ops sets is one that its kernel calls', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return register_nexthop_notifier(net, &foo_nb, NULL);
}

static void __net_exit foo_net_exit_rtnl(struct net *net, struct list_head *kill)
{
	unregister_nexthop_notifier(net, &foo_nb);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_rtnl = foo_net_exit_rtnl,
};
${registering()}`);
  });

  it('phases of one set-up are not told apart by their names', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = foo_core_init_start();

	if (err < 0)
		return err;
	foo_header = register_net_sysctl(&init_net, "net/foo", foo_table);
	if (!foo_header) {
		err = -ENOMEM;
		goto out_sysctl;
	}
	foo_core_init_end();
	err = register_pernet_subsys(&foo_net_ops);
	if (err < 0)
		goto out_pernet;
	return 0;
out_pernet:
	unregister_net_sysctl_table(foo_header);
out_sysctl:
	foo_core_cleanup_end();
	return err;
}

static void __exit foo_exit(void)
{
	foo_core_cleanup_start();
	unregister_pernet_subsys(&foo_net_ops);
	unregister_net_sysctl_table(foo_header);
	foo_core_cleanup_end();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a function of the file is not what undoes one that is not known, whatever their names', () => {
    check(`
static void foo_fini_net(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
}

static int __net_init foo_pernet_init(struct net *net)
{
	int err;

	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
	err = foo_init_net(net);
	if (err < 0)
		remove_proc_entry("foo", net->proc_net);
	return err;
}

static void __net_exit foo_pernet_exit(struct list_head *list)
{
	struct net *net;

	list_for_each_entry(net, list, exit_list)
		foo_fini_net(net);
	foo_cleanup_all(list);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_pernet_init,
	.exit_batch = foo_pernet_exit,
};
${registering()}`);
  });
});

describe('good code that looks suspicious', () => {
  it('the first user registers, the last one unregisters', () => {
    check(`
static DEFINE_MUTEX(foo_mutex);
static int foo_users;
static unsigned int foo_net_id;
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	INIT_LIST_HEAD(&fn->list);
	return 0;
}
static void __net_exit foo_net_exit(struct net *net) { }
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
int foo_get(void)
{
	int err = 0;

	mutex_lock(&foo_mutex);
	if (foo_users++ == 0) {
		err = register_pernet_subsys(&foo_net_ops);
		if (err)
			foo_users--;
	}
	mutex_unlock(&foo_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(foo_get);
void foo_put(void)
{
	mutex_lock(&foo_mutex);
	if (--foo_users == 0)
		unregister_pernet_subsys(&foo_net_ops);
	mutex_unlock(&foo_mutex);
}
EXPORT_SYMBOL_GPL(foo_put);
static int __init foo_init(void)
{
	int err = foo_get();
	if (err)
		return err;
	err = xt_register_target(&foo_tg);
	if (err)
		foo_put();
	return err;
}
static void __exit foo_exit(void)
{
	xt_unregister_target(&foo_tg);
	foo_put();
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('the same of a notifier', () => {
    check(`
static DEFINE_MUTEX(foo_mutex);
static int foo_users;
static struct pernet_operations foo_net_ops = { .init = foo_net_init, .exit = foo_net_exit };
static int foo_get(void)
{
	int err = 0;

	mutex_lock(&foo_mutex);
	if (foo_users++ == 0) {
		err = register_netdevice_notifier(&foo_nb);
		if (err)
			foo_users--;
	}
	mutex_unlock(&foo_mutex);
	return err;
}
static void foo_put(void)
{
	mutex_lock(&foo_mutex);
	if (--foo_users == 0)
		unregister_netdevice_notifier(&foo_nb);
	mutex_unlock(&foo_mutex);
}
static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = foo_get();
	if (err)
		goto out;
	err = xt_register_target(&foo_tg);
	if (err)
		goto out_put;
	return 0;
out_put:
	foo_put();
out:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}
static void __exit foo_exit(void)
{
	xt_unregister_target(&foo_tg);
	foo_put();
	unregister_pernet_subsys(&foo_net_ops);
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('what the first user registers nobody may forget for good', () => {
    check(`
static DEFINE_MUTEX(foo_mutex);
static int foo_users;
static unsigned int foo_net_id;
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	INIT_LIST_HEAD(&fn->list);
	return 0;
}
static void __net_exit foo_net_exit(struct net *net) { }
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
int foo_get(void)
{
	int err = 0;

	mutex_lock(&foo_mutex);
	if (foo_users++ == 0) {
		err = register_pernet_subsys(&foo_net_ops);
		if (err)
			foo_users--;
	}
	mutex_unlock(&foo_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(foo_get);
void foo_put(void)
{
	mutex_lock(&foo_mutex);
	--foo_users;
	mutex_unlock(&foo_mutex);
}
EXPORT_SYMBOL_GPL(foo_put);
static int __init foo_init(void)
{
	int err = foo_get();
	if (err)
		return err;
	err = nf_register_sockopt(&foo_tg);
	if (err)
		foo_put();
	return err;
//	^^^^^^^^^^^ error: left-registered-on-error: if nf_register_sockopt() fails
}
static void __exit foo_exit(void)
//		   ^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_net_ops registered
{
	nf_unregister_sockopt(&foo_tg);
	foo_put();
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  describe('a call of the table that an init checks', () => {
    const module = (body: string, marker = ''): string => `
//- net/netfilter/foo.c
static struct pernet_operations foo_net_ops = { .init = foo_net_init, .exit = foo_net_exit };
static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = xt_register_target(&foo_tg);
	if (err)
		return err;
${marker}	return 0;
}
static void __exit foo_exit(void)
{
	xt_unregister_target(&foo_tg);
	unregister_pernet_subsys(&foo_net_ops);
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
//- net/netfilter/foo_tables.c
static struct pernet_operations foo_tables_net_ops = { .init = foo_tables_net_init };
int xt_register_target(struct xt_target *target)
{
	list_add(&target->list, &foo_targets);
${body}
}
EXPORT_SYMBOL(xt_register_target);
`;

    it('and that returns 0 in all kernels, its body not being at hand', () => {
      check(module('').split('//- net/netfilter/foo_tables.c')[0]!);
    });

    it('and that returns 0 whatever happens', () => {
      check(module('\treturn 0;'));
    });

    it('and that may fail', () => {
      check(
        module(
          '\treturn foo_audit(target);',
          `//		^^^^^^^^^^^ error: left-registered-on-error: if xt_register_target() fails, foo_init() returns an error with foo_net_ops still registered
`,
        ),
      );
    });
  });

  it('an array of caches, filled and emptied by loops', () => {
    check(`
static struct kmem_cache *caches[4];
static unsigned int foo_net_id;
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	fn->obj = kmem_cache_alloc(caches[0], GFP_KERNEL);
	return fn->obj ? 0 : -ENOMEM;
}
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	kmem_cache_free(caches[0], fn->obj);
}
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
static int __init foo_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		caches[i] = kmem_cache_create(names[i], 64, 0, 0, NULL);
		if (!caches[i]) {
			err = -ENOMEM;
			goto out;
		}
	}
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto out;
	return 0;
out:
	while (--i >= 0)
		kmem_cache_destroy(caches[i]);
	return err;
}
static void __exit foo_exit(void)
{
	int i;
	unregister_pernet_subsys(&foo_net_ops);
	rcu_barrier();
	for (i = 0; i < ARRAY_SIZE(caches); i++)
		kmem_cache_destroy(caches[i]);
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });
});

describe('with a configuration', () => {
  const tree = [
    { path: 'net/foo/Makefile', text: 'obj-$(CONFIG_FOO) += foo.o\n' },
    { path: 'net/foo/Kconfig', text: 'config FOO\n\ttristate "Foo"\n' },
    {
      path: 'net/foo/foo.c',
      text: `
static int foo_net_init(struct net *net)
{
	net->foo.table = kzalloc(64, GFP_KERNEL);
	return net->foo.table ? 0 : -ENOMEM;
}

static void foo_net_exit(struct net *net)
{
	if (foo_never)
		kfree(net->foo.table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	return genl_register_family(&foo_family);
}
module_init(foo_init);
`,
    },
  ];
  const rules = (config?: Record<string, boolean>): string[] =>
    analyseFiles(tree, config ? { config } : {}).findings.map(({ rule }) => rule.replace('pernet/', ''));

  it('what is built in cannot fail to load, and what is left out of the build does nothing', () => {
    expect(rules()).toContain('left-registered-on-error');
    expect(rules({ CONFIG_FOO_MODULE: true })).toEqual(rules());
    expect(rules({ CONFIG_FOO: true })).toEqual(rules().filter((rule) => rule !== 'left-registered-on-error'));
    expect(rules({ CONFIG_BAR: true })).toEqual([]);
  });
});

describe('without an option', () => {
  it('/proc and sysctl calls are stubs that give NULL, which nobody has to undo', () => {
    const text = `
static int __net_init foo_net_init(struct net *net)
{
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
		pr_info("no /proc/net/foo\\n");
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
#ifdef CONFIG_PROC_FS
	remove_proc_entry("foo", net->proc_net);
#endif
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
    check(text);
    const found = (config: Record<string, boolean>): unknown =>
      analyseFiles([{ path: 'net/foo/foo.c', text }], { config }).findings.map(({ rule }) => rule);
    expect(found({ CONFIG_NET: true })).toEqual([]);
    expect(found({ CONFIG_PROC_FS: true })).toEqual([]);
  });
});

describe('why an init failed', () => {
  it('is the condition on which it gave up, not a question that it went on from', () => {
    check(`
static int foo_attach(struct net *net)
{
	struct net_device *dev = net->loopback_dev;

	if (!dev)
		return -ENODEV;
	dev_add_pack(&foo_packet);
	return 0;
}

static int foo_crypto_start(struct foo_net *fn)
{
	fn->keys = kzalloc(64, GFP_KERNEL);
	if (!fn->keys)
		return -ENOMEM;
	if (foo_is_receiver(fn))
		return 0;
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	err = foo_crypto_start(fn);
	if (err)
		return err;
	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table) {
		kfree(fn->keys);
		return -ENOMEM;
	}
	err = foo_attach(net);
	if (err)
		goto out;
//		^^^^^^^^^ error: init-error-leak: in foo_attach(), foo_net_init() returns -ENODEV without kfree()
	return 0;
out:
	kfree(fn->keys);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	dev_remove_pack(&foo_packet);
	kfree(fn->table);
	kfree(fn->keys);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });
});
