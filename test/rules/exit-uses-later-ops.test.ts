import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';

describe('pernet/exit-uses-later-ops', () => {
  it('an exit callback that looks into the data of the ops registered after it', () => {
    check(`
static unsigned int foo_net_id, bar_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	bar_table_flush(bn->table);
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-uses-later-ops: foo_net_exit() uses net_generic(net, bar_net_id) of bar_net_ops, which has exited by then: exits run in the reverse order of pernet_list
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __net_init bar_net_init(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	bn->table = bar_table_alloc();
	return bn->table ? 0 : -ENOMEM;
}

static void __net_exit bar_net_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	bar_table_free(bn->table);
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
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

  it("a subsystem's batch that uses what the device ops has torn down, through a getter", () => {
    check(`
static unsigned int foo_dev_net_id;

static inline struct foo_dev_net *foo_dev_pernet(struct net *net)
{
	return net_generic(net, foo_dev_net_id);
}

static void foo_drop_routes(struct net *net)
{
	struct foo_dev_net *dn = foo_dev_pernet(net);

	foo_route_flush(dn->fallback);
}

static void __net_exit foo_net_exit_batch(struct list_head *net_list)
{
	struct net *net;

	list_for_each_entry(net, net_list, exit_list)
		foo_drop_routes(net);
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-uses-later-ops: foo_net_exit_batch() uses net_generic(net, foo_dev_net_id) of foo_dev_net_ops
	.exit_batch = foo_net_exit_batch,
};

static int __net_init foo_dev_net_init(struct net *net)
{
	return foo_make_fallback(foo_dev_pernet(net), net);
}

static void __net_exit foo_dev_net_exit(struct net *net)
{
	foo_drop_fallback(foo_dev_pernet(net));
}

static struct pernet_operations foo_dev_net_ops = {
	.init = foo_dev_net_init,
	.exit = foo_dev_net_exit,
	.id = &foo_dev_net_id,
	.size = sizeof(struct foo_dev_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto out;
	err = register_pernet_device(&foo_dev_net_ops);
	if (err)
		goto out_subsys;
	return 0;

out_subsys:
	unregister_pernet_subsys(&foo_net_ops);
out:
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

  it('built-in ops, of which the last tears its data down in a batch', () => {
    check(`
static unsigned int bar_net_id;

static void __net_exit foo_net_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	cancel_delayed_work_sync(&bn->work);
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: exit-uses-later-ops: foo_net_exit() uses net_generic(net, bar_net_id) of bar_net_ops
	.exit = foo_net_exit,
};

static void __net_exit bar_net_exit_batch(struct list_head *net_list)
{
	struct net *net;

	list_for_each_entry(net, net_list, exit_list) {
		struct bar_net *bn = net_generic(net, bar_net_id);

		bar_shutdown(bn);
	}
}

static struct pernet_operations bar_net_ops = {
	.exit_batch = bar_net_exit_batch,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};

static int __init foo_init(void)
{
	if (register_pernet_subsys(&foo_net_ops))
		panic("foo: no per-net state");
	if (register_pernet_subsys(&bar_net_ops))
		panic("foo: no table");
	return 0;
}

fs_initcall(foo_init);
`);
  });

  it('is quiet about the same with the user registered last', () => {
    check(`
static unsigned int foo_net_id, bar_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	bar_table_flush(bn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __net_init bar_net_init(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	bn->table = bar_table_alloc();
	return bn->table ? 0 : -ENOMEM;
}

static void __net_exit bar_net_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	bar_table_free(bn->table);
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&bar_net_ops);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		unregister_pernet_subsys(&bar_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	unregister_pernet_subsys(&bar_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an exit that returns before it gets to the other', () => {
    check(`
static unsigned int bar_net_id;

static void __net_exit foo_net_exit(struct net *net)
{
	struct bar_net *bn;

	if (!net->foo.active)
		return;
	bn = net_generic(net, bar_net_id);
	bar_table_flush(bn->table);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static void __net_exit bar_net_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	foo_deactivate(net);
	bar_shutdown(bn);
}

static struct pernet_operations bar_net_ops = {
	.exit = bar_net_exit,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};

static int __init foo_init(void)
{
	if (register_pernet_subsys(&foo_net_ops))
		panic("foo: no per-net state");
	if (register_pernet_subsys(&bar_net_ops))
		panic("foo: no table");
	return 0;
}

fs_initcall(foo_init);
`);
  });

  it('is quiet about a device ops that uses the subsystem registered after it', () => {
    check(`
static unsigned int bar_net_id;

static void __net_exit foo_dev_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	bar_forget_devices(bn);
}

static struct pernet_operations foo_dev_ops = {
	.exit = foo_dev_exit,
};

static int __net_init bar_net_init(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	INIT_LIST_HEAD(&bn->devices);
	return 0;
}

static void __net_exit bar_net_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	WARN_ON(!list_empty(&bn->devices));
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};

static int __init foo_init(void)
{
	if (register_pernet_device(&foo_dev_ops))
		panic("foo: no devices");
	if (register_pernet_subsys(&bar_net_ops))
		panic("foo: no table");
	return 0;
}

fs_initcall(foo_init);
`);
  });

  it('is quiet about data of a later ops that has nothing to tear down', () => {
    check(`
static unsigned int stats_net_id;

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_stats *stats = net_generic(net, stats_net_id);

	foo_report(stats->dropped);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static struct pernet_operations foo_stats_ops = {
	.id = &stats_net_id,
	.size = sizeof(struct foo_stats),
};

static int __init foo_init(void)
{
	if (register_pernet_subsys(&foo_net_ops))
		panic("foo: no per-net state");
	if (register_pernet_subsys(&foo_stats_ops))
		panic("foo: no counters");
	return 0;
}

core_initcall(foo_init);
`);
  });

  it('is quiet about an init callback that sets a link which only its own exit follows', () => {
    check(`
static unsigned int foo_net_id, bar_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->users);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	WARN_ON(!list_empty(&fn->users));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __net_init bar_net_init(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);
	struct foo_net *fn = net_generic(net, foo_net_id);

	list_add(&bn->user, &fn->users);
	return 0;
}

static void __net_exit bar_net_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	list_del(&bn->user);
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
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

  it('is quiet about a work item by name, which runs only while both live', () => {
    check(`
static unsigned int bar_net_id;

static void foo_gc(struct work_struct *work)
{
	struct foo_net *fn = container_of(work, struct foo_net, gc.work);
	struct bar_net *bn = net_generic(fn->net, bar_net_id);

	bar_table_age(bn->table);
}

static int __net_init foo_net_init(struct net *net)
{
	INIT_DELAYED_WORK(&net->foo.gc, foo_gc);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_log_end(&net->foo);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __net_init bar_net_init(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	bn->table = bar_table_alloc();
	return bn->table ? 0 : -ENOMEM;
}

static void __net_exit bar_net_exit(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	cancel_delayed_work_sync(&net->foo.gc);
	bar_table_free(bn->table);
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
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

  describe('across modules', () => {
    interface Side {
      readonly kind: 'subsys' | 'device';
      /** The macro of what can only be built in; without one it is a module. */
      readonly level?: string;
      /** More of the module's own, before its init, and what its init does first. */
      readonly more?: string;
      readonly first?: string;
      readonly last?: string;
    }
    const start = (name: string, { kind, level, more = '', first = '', last = '' }: Side): string => `${more}
static int __init ${name}_init(void)
{
	int err;

${first}	err = register_pernet_${kind}(&${name}_net_ops);
	if (err) {
${last}		return err;
	}
	return 0;
}
${
  level === undefined
    ? `static void __exit ${name}_exit(void)
{
	unregister_pernet_${kind}(&${name}_net_ops);
${last}}
module_init(${name}_init);
module_exit(${name}_exit);
MODULE_LICENSE("GPL");`
    : `${level}(${name}_init);`
}
`;
    interface Case {
      readonly isFound?: boolean;
      readonly guard?: string;
      readonly makefile?: string;
      readonly config?: Record<string, boolean>;
    }
    const plainMakefile = 'obj-$(CONFIG_FOO) += foo.o\nobj-$(CONFIG_BAR) += bar.o\n';
    const option = (name: string, { level }: Side): string =>
      `config ${name}\n\t${level === undefined ? 'tristate' : 'bool'} "${name}"\n`;
    /** `foo`, whose exit calls a function of `bar` that gets at bar's data. */
    const run = (
      foo: Side,
      bar: Side,
      { isFound = false, guard = '', makefile = plainMakefile, config }: Case = {},
    ): string | undefined => {
      const marker =
        '//				^^^^^^^^^^^ error: exit-uses-later-ops: foo_net_exit() uses net_generic(net, bar_net_id) of bar_net_ops, which has exited by then\n';
      const { findings } = check(
        `
//- net/foo/Makefile
${makefile}//- net/foo/Kconfig
${option('FOO', foo)}${option('BAR', bar)}//- net/foo/foo.c
static void __net_exit foo_net_exit(struct net *net)
{
	bar_forget(net);
}

static struct pernet_operations foo_net_ops = {
${isFound ? marker : ''}	.exit = foo_net_exit,
};
${start('foo', foo)}//- net/foo/bar.c
static unsigned int bar_net_id;

void bar_forget(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

${guard}	list_del_init(&bn->users);
}
EXPORT_SYMBOL_GPL(bar_forget);

static int __net_init bar_net_init(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	INIT_LIST_HEAD(&bn->users);
	return 0;
}

static void __net_exit bar_net_exit(struct net *net)
{
	bar_free_all(net_generic(net, bar_net_id));
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};
${start('bar', bar)}`,
        config ? { config } : {},
      );
      return findings[0]?.related.at(-1)?.message;
    };

    it('a subsystem of one module that uses the device ops of another', () => {
      run({ kind: 'subsys' }, { kind: 'device' }, { isFound: true });
    });

    it('built-in ops of two initcall levels, of which the later one exits first', () => {
      const [early, late] = ['subsys_initcall', 'device_initcall'];
      expect(run({ kind: 'subsys', level: early }, { kind: 'subsys', level: late }, { isFound: true })).toBe(
        'bar_net_ops is registered only here, and exits first: foo_init() runs at an earlier initcall level than ' +
          'bar_init(): subsys_initcall comes before device_initcall',
      );
      run({ kind: 'subsys', level: late }, { kind: 'subsys', level: early });
    });

    const builtIn: Side = { kind: 'subsys', level: 'fs_initcall' };
    const linked =
      'bar_net_ops is registered only here, and exits first: foo.c is linked before bar.c (net/foo/Makefile:1), so of ' +
      'two fs_initcalls foo_init() runs first';

    it('two built-in ops of one level, of which the later one is linked later', () => {
      expect(run(builtIn, builtIn, { isFound: true })).toBe(linked);
      expect(run(builtIn, builtIn, { isFound: true, makefile: 'obj-y := \\\n\tfoo.o bar.o\n' })).toBe(
        linked.replace('Makefile:1', 'Makefile:2'),
      );
    });

    it('is quiet where the later one is linked first', () => {
      run(builtIn, builtIn, { makefile: 'obj-$(CONFIG_BAR) += bar.o\nobj-$(CONFIG_FOO) += foo.o\n' });
    });

    it.each([
      ['no list names one of them', 'obj-y += foo.o\n'],
      ['one is named before the other and after it', 'ifdef CONFIG_A\nobj-y += foo.o\nendif\nobj-y += bar.o foo.o\n'],
      ['a library keeps no order', 'lib-y += foo.o bar.o\n'],
    ])('is quiet where %s', (_, makefile) => {
      run(builtIn, builtIn, { makefile });
    });

    const module: Side = { kind: 'subsys' };
    const both = { CONFIG_FOO: true, CONFIG_BAR: true };

    it('is quiet about what a module exports to another, whichever way both are built', () => {
      run(module, module);
      run(module, module, { config: { CONFIG_FOO_MODULE: true, CONFIG_BAR_MODULE: true } });
    });

    it('two modules that a configuration builds in, of which the later one is linked later', () => {
      run(module, module, { isFound: true, config: both });
      run(module, module, { config: both, makefile: 'obj-$(CONFIG_BAR) += bar.o\nobj-$(CONFIG_FOO) += foo.o\n' });
    });

    it('built-in ops that use what may be a module, which is built in for that, and starts at a later level', () => {
      run(builtIn, module, { isFound: true });
    });

    it('is quiet about what may be a module that uses built-in ops of an earlier level', () => {
      run(module, builtIn);
    });

    it('is quiet about device ops that use a subsystem, whichever is linked first', () => {
      run({ ...builtIn, kind: 'device' }, builtIn);
      run({ kind: 'device' }, module, { config: both });
    });

    it('a subsystem that uses device ops, whichever is linked first', () => {
      const makefile = 'obj-$(CONFIG_BAR) += bar.o\nobj-$(CONFIG_FOO) += foo.o\n';
      const why = run(builtIn, { ...builtIn, kind: 'device' }, { isFound: true, makefile });
      expect(why).toBe('bar_net_ops is registered only here, and exits first');
    });

    it('is quiet where the data says that it has been torn down', () => {
      run({ kind: 'subsys' }, { kind: 'device' }, { guard: '	if (!bn->active)\n		return;\n' });
    });

    it('says nothing of other ops of the same two modules, of which no order is known', () => {
      const more = `
static unsigned int baz_net_id;

void baz_users_exit(struct net *net)
{
	struct baz_net *zn = net_generic(net, baz_net_id);

	list_del_init(&zn->users);
}
EXPORT_SYMBOL_GPL(baz_users_exit);

static void __net_exit baz_net_exit(struct net *net)
{
	baz_free_all(net_generic(net, baz_net_id));
}

static struct pernet_operations baz_net_ops = {
	.exit = baz_net_exit,
	.id = &baz_net_id,
	.size = sizeof(struct baz_net),
};
`;
      const user = `
static void __net_exit user_net_exit(struct net *net)
{
	baz_users_exit(net);
}

static struct pernet_operations user_net_ops = {
	.exit = user_net_exit,
};
`;
      const register = (ops: string): Pick<Side, 'first' | 'last'> => ({
        first: `	if (register_pernet_subsys(&${ops}))\n		return -ENOMEM;\n`,
        last: `	unregister_pernet_subsys(&${ops});\n`,
      });
      run(
        { kind: 'subsys', more: user, ...register('user_net_ops') },
        { kind: 'device', more, ...register('baz_net_ops') },
        { isFound: true },
      );
    });
  });

  it('an exit callback that looks into the data of the ops before it, which the module has unregistered already', () => {
    check(`
static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	WARN_ON(!list_empty(&fn->list));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static void __net_exit bar_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	if (fn->is_open)
		bar_flush(&fn->list);
}

static struct pernet_operations bar_net_ops = {
	.exit = bar_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_pernet_subsys(&bar_net_ops);
	if (err)
		goto err_foo;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_bar;
	return 0;

err_bar:
	unregister_pernet_subsys(&bar_net_ops);
err_foo:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
	unregister_pernet_subsys(&bar_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-uses-later-ops: bar_net_exit() uses net_generic(net, foo_net_id) of foo_net_ops, which is unregistered by then
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});
