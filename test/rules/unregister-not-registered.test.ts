import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/unregister-not-registered', () => {
  describe('an ops that is registered by a helper which no code calls by its name', () => {
    const withHelper = (driver: string, marker: string): string => `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int foo_pernet_init(void)
//! not analysed: it registers or unregisters a pernet_operations, but no initcall or module exit that calls it was found
{
	return register_pernet_subsys(&foo_net_ops);
}
${driver}
static int __init foo_init(void)
{
	return foo_register_driver(&foo_driver);
}

static void __exit foo_exit(void)
{
	foo_unregister_driver(&foo_driver);
	unregister_pernet_subsys(&foo_net_ops);
${marker}}

module_init(foo_init);
module_exit(foo_exit);
`;

    it('is none to speak of where something holds a pointer to that: what calls it is not followed', () => {
      check(
        withHelper(
          `
static struct foo_driver foo_driver = {
	.start = foo_pernet_init,
};
`,
          '',
        ),
      );
    });

    it('was not registered where nothing does', () => {
      check(
        withHelper(
          '',
          `//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_exit() unregisters foo_net_ops, which was not registered on this path
`,
        ),
      );
    });
  });

  it('is quiet about a packet action that could not be registered: its unregistration looks for it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &act_foo_ops.net_id,
	.size = sizeof(struct tc_action_net),
};

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.id = &act_bar_ops.net_id,
	.size = sizeof(struct tc_action_net),
};

static int __init foo_init(void)
{
	int foo, bar;

	foo = tcf_register_action(&act_foo_ops, &foo_net_ops);
	if (foo < 0)
		pr_err("foo: not there\\n");
	bar = tcf_register_action(&act_bar_ops, &bar_net_ops);
	if (bar < 0)
		pr_err("bar: not there\\n");
	if (foo < 0 && bar < 0)
		return foo;
	return 0;
}

static void __exit foo_exit(void)
{
	tcf_unregister_action(&act_bar_ops, &bar_net_ops);
	tcf_unregister_action(&act_foo_ops, &foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a failed registration that jumps to the label of the next step', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret;

	ret = foo_notifier_register();
	if (ret)
		goto out;
	ret = register_pernet_subsys(&foo_net_ops);
	if (ret)
		goto out_pernet;
	ret = foo_recv_init();
	if (ret)
		goto out_pernet;
	return 0;

out_pernet:
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: if register_pernet_subsys() fails, foo_init() unregisters foo_net_ops, which could not be registered on this path
	foo_notifier_unregister();
out:
	return ret;
}

static void __exit foo_exit(void)
{
	foo_recv_exit();
	unregister_pernet_subsys(&foo_net_ops);
	foo_notifier_unregister();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a step before the registration that jumps to a label after it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = foo_link_register();
	if (err < 0)
		goto err_pernet;
	err = register_pernet_subsys(&foo_net_ops);
	if (err < 0)
		goto err_link;
	err = foo_family_register();
	if (err < 0)
		goto err_pernet;
	return 0;

err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: if foo_link_register() fails, foo_init() unregisters foo_net_ops, which was not registered on this path
err_link:
	foo_link_unregister();
//	^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: releases what foo_link_register() set up by foo_link_unregister(), which has not been acquired on this path
	return err;
}

static void __exit foo_exit(void)
{
	foo_family_unregister();
	unregister_pernet_subsys(&foo_net_ops);
	foo_link_unregister();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper that undoes its work, and a caller that undoes it again', () => {
    check(`
//- net/foo/main.c
static int __init foo_init(void)
{
	int err;

	err = foo_mr_init();
	if (err)
		goto out_mr;
	err = foo_link_register();
	if (err)
		goto out_mr;
	return 0;

out_mr:
	foo_mr_cleanup();
	return err;
}

static void __exit foo_exit(void)
{
	foo_link_unregister();
	foo_mr_cleanup();
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
//- net/foo/mr.c
static struct pernet_operations foo_mr_ops = {
	.init = foo_mr_net_init,
	.exit = foo_mr_net_exit,
};

int __init foo_mr_init(void)
{
	int err;

	mr_cache = foo_cache_create();
	if (!mr_cache)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_mr_ops);
	if (err)
		goto out_cache;
	err = foo_mr_notifier();
	if (err)
		goto out_pernet;
	return 0;

out_pernet:
	unregister_pernet_subsys(&foo_mr_ops);
out_cache:
	foo_cache_destroy(mr_cache);
	return err;
}

void foo_mr_cleanup(void)
{
	foo_mr_notifier_off();
	unregister_pernet_subsys(&foo_mr_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_mr_cleanup() unregisters foo_mr_ops
	foo_cache_destroy(mr_cache);
}
`);
  });

  it('an exit that unregisters what its helper has unregistered', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static void foo_cleanup(void)
{
	foo_link_unregister();
	unregister_pernet_device(&foo_net_ops);
}

static int __init foo_init(void)
{
	int err = register_pernet_device(&foo_net_ops);

	if (err < 0)
		return err;
	err = foo_link_register();
	if (err < 0)
		unregister_pernet_device(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_cleanup();
	unregister_pernet_device(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_exit() unregisters foo_net_ops, which has been unregistered already
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  const queues = (first: string, second: string): string => `
static struct workqueue_struct *foo_wq;
static struct workqueue_struct *foo_slow_wq;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret = -ENOMEM;

	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		goto ${first};
	foo_slow_wq = alloc_workqueue("foo_slow", 0, 0);
	if (!foo_slow_wq)
		goto ${second};
	ret = register_pernet_subsys(&foo_net_ops);
	if (ret)
		goto err_slow;
	return 0;

err_slow:
	destroy_workqueue(foo_slow_wq);
@slow
err_wq:
	destroy_workqueue(foo_wq);
@wq
err:
	return ret;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	destroy_workqueue(foo_slow_wq);
	destroy_workqueue(foo_wq);
}

module_init(foo_init);
module_exit(foo_exit);
`;
  const marked = (text: string, at: { slow?: string; wq?: string }): string =>
    (['slow', 'wq'] as const).reduce((all, name) => all.replace(`@${name}\n`, at[name] ?? ''), text);

  it('a work queue that could not be made, destroyed by its own label', () => {
    check(
      marked(queues('err_wq', 'err_wq'), {
        wq: '//\t^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: if alloc_workqueue() fails, foo_init() releases workqueue foo_wq by destroy_workqueue(), which has not been acquired on this path\n',
      }),
    );
  });

  it('a work queue that the path has not come to, destroyed by a label too early', () => {
    check(
      marked(queues('err_slow', 'err_wq'), {
        slow: '//\t^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: if alloc_workqueue() fails, foo_init() releases workqueue foo_slow_wq by destroy_workqueue(), which has not been acquired on this path\n',
        wq: '//\t^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: if alloc_workqueue() fails, foo_init() releases workqueue foo_wq by destroy_workqueue(), which has not been acquired on this path\n',
      }),
    );
  });

  const reset = (label: string, mark: string): string => `
static struct workqueue_struct *foo_wq;
static void *foo_spare;
static struct notifier_block foo_nb;

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
	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq) {
		err = -ENOMEM;
		goto ${label};
	}
	err = register_netdevice_notifier(&foo_nb);
	if (err) {
		kfree(foo_spare);
		err = -ENOMEM;
		goto err_wq;
	}
	return 0;

err_wq:
	destroy_workqueue(foo_wq);
${mark}	foo_wq = NULL;
err_ops:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
	destroy_workqueue(foo_wq);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('one that could not be made, destroyed where another path destroys it while the ops is registered', () => {
    const message =
      'if alloc_workqueue() fails, foo_init() releases workqueue foo_wq by destroy_workqueue(), which has not been acquired on this path';
    check(reset('err_wq', `//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: ${message}\n`));
    check(reset('err_ops', ''));
  });

  it('is quiet about work queues that are destroyed by the right labels', () => {
    check(marked(queues('err', 'err_wq'), {}));
  });

  it('is quiet about caches, whose destruction copes with NULL', () => {
    check(
      marked(queues('err_wq', 'err_slow'), {})
        .replace(/alloc_workqueue\("(\w+)", 0, 0\)/g, 'kmem_cache_create("$1", 8, 0, 0, NULL)')
        .replaceAll('destroy_workqueue', 'kmem_cache_destroy')
        .replaceAll('workqueue_struct', 'kmem_cache'),
    );
  });

  it('a device that a namespace could not get, freed by the label of the next step', () => {
    const init = (freed: string, label: string, mark = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct net_device *dev;
	int err = -ENOMEM;

	dev = ${freed === 'kfree' ? 'kzalloc(64, GFP_KERNEL)' : 'alloc_netdev(0, "foo", NET_NAME_ENUM, foo_setup)'};
	if (!dev)
		goto ${label};
	err = foo_attach(net, dev);
	if (err)
		goto out_free;
	net->foo.dev = dev;
	return 0;

out_free:
	${freed}(dev);
${mark}
out:
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	${freed}(net->foo.dev);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
    check(
      init(
        'free_netdev',
        'out_free',
        '//\t^^^^^^^^^^^^^^^^ error: unregister-not-registered: if alloc_netdev() fails, foo_net_init() releases net device memory by free_netdev(), which has not been acquired on this path',
      ),
    );
    check(init('free_netdev', 'out'));
    check(init('kfree', 'out_free'));
  });

  it('an error path that calls the exit function before the ops is there', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static void foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: if alloc_workqueue() fails, foo_exit() unregisters foo_net_ops, which was not registered on this path
	if (foo_wq)
		destroy_workqueue(foo_wq);
}

static int __init foo_init(void)
{
	int err = -ENOMEM;

	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		goto out_cleanup;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto out_wq;
	err = foo_link_register();
	if (err)
		goto out_cleanup;
	return 0;

out_wq:
	destroy_workqueue(foo_wq);
	return err;
out_cleanup:
	foo_exit();
	return err;
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('unwinding that loses the error: the module stays, and its exit unregisters again', () => {
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
		goto out;
	return 0;

out:
	err = foo_flush();
//	      ^^^^^^^^^^^ error: error-lost: if foo_link_register() fails, foo_init() returns 0, the result of foo_flush(), with foo_net_ops unregistered
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

  it('a registration that an #ifdef leaves out, and an exit without it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = 0;

#ifdef CONFIG_PROC_FS
	err = register_pernet_subsys(&foo_net_ops);
#endif
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered [CONFIG_PROC_FS=n]: which was not registered on this path
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a failure that is only printed, and an exit that does not know of it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	if (register_pernet_subsys(&foo_net_ops))
		pr_err("foo: no namespaces\\n");
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_exit() unregisters foo_net_ops, which could not be registered
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('the wrong one of two ops in the unwinding', () => {
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
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_stat_ops);
	if (err) {
		unregister_pernet_subsys(&foo_stat_ops);
//		^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_stat_ops, which could not be registered
		return err;
//		^^^^^^^^^^^ error: left-registered-on-error: foo_net_ops still registered
	}
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

  it('is quiet when a flag says what is registered', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	bool pernet = false;
	int err;

	err = foo_link_register();
	if (err)
		goto out;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto out;
	pernet = true;
	err = foo_family_register();
out:
	if (err && pernet)
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

  it('is quiet about WARN_ON() of a registration that is made once at boot', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	WARN_ON(register_pernet_subsys(&foo_net_ops));
	return 0;
}

core_initcall(foo_init);
`);
  });

  it('an ops without init and id, whose registration cannot fail today, where init says what it does if it did', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		goto out;
	err = foo_link_register();
out:
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
//		^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: if register_pernet_subsys() fails, foo_init() unregisters foo_net_ops, which could not be registered on this path
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

  it('is quiet where what is registered by a pointer through a table is not known', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
};

static struct pernet_operations *const foo_all[] = { &foo_net_ops, &bar_net_ops, NULL };

static int __init foo_init(void)
{
	struct pernet_operations *const *p;
	int err;

	for (p = foo_all; *p; p++) {
		err = register_pernet_subsys(*p);
//! not analysed: the struct pernet_operations that is passed here is not known
		if (err)
			goto unwind;
	}
	return 0;

unwind:
	while (p != foo_all)
		unregister_pernet_subsys(*--p);
	return err;
}

static void __exit foo_exit(void)
{
	int i;

	for (i = ARRAY_SIZE(foo_all) - 2; i >= 0; i--)
		unregister_pernet_subsys(foo_all[i]);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about two static ops of one name in two files of a module', () => {
    check(`
//- net/foo/main.c
static struct pernet_operations foo_net_ops = {
	.init = foo_main_init,
	.exit = foo_main_exit,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = foo_proc_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_proc_exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/proc.c
static struct pernet_operations foo_net_ops = {
	.init = foo_proc_net_init,
	.exit = foo_proc_net_exit,
};

int __init foo_proc_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

void __exit foo_proc_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}
`);
  });
});

describe('pernet/unregister-not-registered, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/unregister-not-registered');
  });
});
