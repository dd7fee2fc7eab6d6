import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';

describe('pernet/registered-before-resource', () => {
  it('a workqueue made after the ops whose init queues on it, with a chain of labels', () => {
    check(`
static struct workqueue_struct *foo_wq;

static int __net_init foo_net_init(struct net *net)
{
	queue_work(foo_wq, &net->foo.work);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-before-resource: foo_net_ops is registered before workqueue foo_wq is there, which foo_net_init() uses
	if (err)
		goto out;
	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		goto err_pernet;
	return 0;

err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
out:
	return -ENOMEM;
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

  it('a slab cache made after the ops whose init takes an object from it', () => {
    check(`
static struct kmem_cache *foo_cachep;

static int __net_init foo_net_init(struct net *net)
{
	net->foo.root = kmem_cache_zalloc(foo_cachep, GFP_KERNEL);
	return net->foo.root ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kmem_cache_free(foo_cachep, net->foo.root);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-before-resource: foo_net_ops is registered before slab cache foo_cachep is there, which foo_net_init() uses
	if (err)
		return err;
	foo_cachep = KMEM_CACHE(foo_root, SLAB_ACCOUNT);
	if (!foo_cachep) {
		unregister_pernet_subsys(&foo_net_ops);
		return -ENOMEM;
	}
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a work queue, used by what init calls', () => {
    check(`
static struct workqueue_struct *foo_wq;

static void foo_start_poll(struct foo_net *fn)
{
	INIT_DELAYED_WORK(&fn->poll, foo_poll);
	queue_delayed_work(foo_wq, &fn->poll, HZ);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	spin_lock_init(&fn->lock);
	foo_start_poll(fn);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	cancel_delayed_work_sync(&fn->poll);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int rc = -ENOMEM;

	if (register_pernet_subsys(&foo_net_ops) < 0)
//	    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-before-resource: before workqueue foo_wq is there, which foo_net_init() uses
		return rc;
	foo_wq = create_singlethread_workqueue("food");
	if (!foo_wq)
		goto err_wq;
	rc = genl_register_family(&foo_family);
	if (rc)
		goto err_family;
	return 0;

err_family:
	destroy_workqueue(foo_wq);
//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: if genl_register_family() fails, foo_init() releases workqueue foo_wq
err_wq:
	unregister_pernet_subsys(&foo_net_ops);
	return rc;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
	destroy_workqueue(foo_wq);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('caches that a helper of another file makes too late', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o slabs.o
//- net/foo/main.c
struct kmem_cache *foo_client_slab;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->self = kmem_cache_alloc(foo_client_slab, GFP_KERNEL);
	return fn->self ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kmem_cache_free(foo_client_slab, fn->self);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int retval;

	retval = register_pernet_subsys(&foo_net_ops);
//		 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-before-resource: before slab cache foo_client_slab is there
	if (retval < 0)
		return retval;
	retval = foo_init_slabs();
	if (retval)
		goto out_pernet;
	retval = register_filesystem(&foo_fs_type);
	if (retval)
		goto out_slabs;
	return 0;

out_slabs:
	foo_exit_slabs();
//	^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: if register_filesystem() fails, foo_init() releases slab cache foo_client_slab by foo_exit_slabs() while foo_net_ops is still registered
out_pernet:
	unregister_pernet_subsys(&foo_net_ops);
	return retval;
}

static void __exit foo_exit(void)
{
	unregister_filesystem(&foo_fs_type);
	unregister_pernet_subsys(&foo_net_ops);
	foo_exit_slabs();
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/slabs.c
/* For the pernet_operations of main.c. */
int foo_init_slabs(void)
{
	foo_client_slab = KMEM_CACHE(foo_client, 0);
	if (!foo_client_slab)
		return -ENOMEM;
	return 0;
}

void foo_exit_slabs(void)
{
	kmem_cache_destroy(foo_client_slab);
}
`);
  });

  it('a protocol switch entry and its slab, through which init opens its control socket', () => {
    check(`
static struct proto foo_prot = {
	.name = "FOO",
	.obj_size = sizeof(struct foo_sock),
};

static struct inet_protosw foo_protosw = {
	.type = SOCK_RAW,
	.protocol = IPPROTO_FOO,
	.prot = &foo_prot,
	.ops = &inet_dgram_ops,
};

static struct kmem_cache *foo_bucket_cachep;

static int __net_init foo_ctl_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->any = kmem_cache_alloc(foo_bucket_cachep, GFP_KERNEL);
	if (!fn->any)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_ctl_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kmem_cache_free(foo_bucket_cachep, fn->any);
}

static struct pernet_operations foo_ctl_ops = {
	.init = foo_ctl_init,
	.exit = foo_ctl_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = proto_register(&foo_prot, 1);
	if (err)
		goto out;
	err = register_pernet_subsys(&foo_ctl_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-before-resource: before slab cache foo_bucket_cachep is there, which foo_ctl_init() uses
	if (err)
		goto out_proto;
	foo_bucket_cachep = kmem_cache_create("foo_bucket", 64, 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!foo_bucket_cachep) {
		err = -ENOBUFS;
		goto out_pernet;
	}
	inet_register_protosw(&foo_protosw);
out:
	return err;

out_pernet:
	unregister_pernet_subsys(&foo_ctl_ops);
out_proto:
	proto_unregister(&foo_prot);
	goto out;
}

static void __exit foo_exit(void)
{
	inet_unregister_protosw(&foo_protosw);
	unregister_pernet_subsys(&foo_ctl_ops);
	kmem_cache_destroy(foo_bucket_cachep);
	proto_unregister(&foo_prot);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about the cache first', () => {
    check(`
static struct kmem_cache *foo_cachep;

static int __net_init foo_net_init(struct net *net)
{
	net->foo.root = kmem_cache_zalloc(foo_cachep, GFP_KERNEL);
	return net->foo.root ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kmem_cache_free(foo_cachep, net->foo.root);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_root, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a cache that only packets use, which come once the packet type is there', () => {
    check(`
static struct kmem_cache *foo_cachep;

static int foo_rcv(struct sk_buff *skb)
{
	struct foo_flow *flow = kmem_cache_alloc(foo_cachep, GFP_ATOMIC);

	return flow ? foo_track(flow, skb) : -ENOMEM;
}

static struct packet_type foo_packet_type = {
	.type = cpu_to_be16(ETH_P_FOO),
	.func = foo_rcv,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->flows);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_flow *flow, *next;

	list_for_each_entry_safe(flow, next, &fn->flows, list)
		kmem_cache_free(foo_cachep, flow);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_cachep = KMEM_CACHE(foo_flow, 0);
	if (!foo_cachep) {
		unregister_pernet_subsys(&foo_net_ops);
		return -ENOMEM;
	}
	dev_add_pack(&foo_packet_type);
	return 0;
}

static void __exit foo_exit(void)
{
	dev_remove_pack(&foo_packet_type);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it("is quiet about a work queue that init only names in a work item's function", () => {
    check(`
static struct workqueue_struct *foo_wq;

static void foo_rescan(struct work_struct *work)
{
	struct foo_net *fn = container_of(work, struct foo_net, rescan);

	if (foo_scan(fn) > 0)
		queue_work(foo_wq, &fn->rescan);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_WORK(&fn->rescan, foo_rescan);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	cancel_work_sync(&fn->rescan);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_wq = alloc_workqueue("foo", WQ_UNBOUND, 0);
	if (!foo_wq) {
		unregister_pernet_subsys(&foo_net_ops);
		return -ENOMEM;
	}
	return 0;
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

  it('is quiet about an init that makes the cache itself, for the first namespace', () => {
    check(`
static struct kmem_cache *foo_cachep;

static int __net_init foo_net_init(struct net *net)
{
	if (net_eq(net, &init_net)) {
		foo_cachep = KMEM_CACHE(foo_root, SLAB_PANIC);
		if (!foo_cachep)
			return -ENOMEM;
	}
	net->foo.root = kmem_cache_zalloc(foo_cachep, GFP_KERNEL);
	return net->foo.root ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kmem_cache_free(foo_cachep, net->foo.root);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

subsys_initcall(foo_init);
`);
  });

  it('is quiet about two ops, of which only the later one needs the cache', () => {
    check(`
static struct kmem_cache *foo_cachep;

static int __net_init foo_base_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}

static struct pernet_operations foo_base_ops = {
	.init = foo_base_init,
};

static int __net_init foo_flow_init(struct net *net)
{
	net->foo.first = kmem_cache_alloc(foo_cachep, GFP_KERNEL);
	return net->foo.first ? 0 : -ENOMEM;
}

static void __net_exit foo_flow_exit(struct net *net)
{
	kmem_cache_free(foo_cachep, net->foo.first);
}

static struct pernet_operations foo_flow_ops = {
	.init = foo_flow_init,
	.exit = foo_flow_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_base_ops);
	if (err)
		return err;
	foo_cachep = KMEM_CACHE(foo_flow, 0);
	if (!foo_cachep) {
		err = -ENOMEM;
		goto err_cache;
	}
	err = register_pernet_subsys(&foo_flow_ops);
	if (err)
		goto err_flow;
	return 0;

err_flow:
	kmem_cache_destroy(foo_cachep);
err_cache:
	unregister_pernet_subsys(&foo_base_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_flow_ops);
	kmem_cache_destroy(foo_cachep);
	unregister_pernet_subsys(&foo_base_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('fragment queues of a kind that is not known yet', () => {
    check(`
static struct inet_frags foo_frags;

static int __net_init foo_frags_init_net(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return fqdir_init(&fn->fqdir, &foo_frags, net);
}

static void __net_exit foo_frags_exit_net(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fqdir_exit(fn->fqdir);
}

static struct pernet_operations foo_frags_ops = {
	.init = foo_frags_init_net,
	.exit = foo_frags_exit_net,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_frag_init(void)
{
	int ret;

	ret = register_pernet_subsys(&foo_frags_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-before-resource: foo_frags_ops is registered before fragment kind foo_frags is there
	if (ret)
		return ret;
	ret = inet_frags_init(&foo_frags);
	if (ret)
		unregister_pernet_subsys(&foo_frags_ops);
	return ret;
}

static void __exit foo_frag_exit(void)
{
	unregister_pernet_subsys(&foo_frags_ops);
	inet_frags_fini(&foo_frags);
}

module_init(foo_frag_init);
module_exit(foo_frag_exit);
`);
  });

  it('a work queue that only the exit callback needs, each time that it runs', () => {
    check(`
static struct workqueue_struct *foo_calls;

static void foo_stop_calls(struct foo_net *fn)
{
	fn->live = false;
	flush_workqueue(foo_calls);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_stop_calls(net_generic(net, foo_net_id));
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_device(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-before-resource: before workqueue foo_calls is there, which foo_net_exit() uses: it runs when a namespace dies
	if (err)
		return err;
	foo_calls = alloc_workqueue("foo", 0, 0);
	if (!foo_calls) {
		unregister_pernet_device(&foo_net_ops);
		return -ENOMEM;
	}
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_device(&foo_net_ops);
	destroy_workqueue(foo_calls);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

describe('pernet/registered-before-resource, across modules', () => {
  interface Shape {
    readonly makefile?: string;
    readonly level?: string;
    readonly kconfig?: string;
    readonly body?: string;
    /** An ops of the module that makes the cache. */
    readonly ops?: boolean;
    readonly isFound?: boolean;
    readonly config?: Record<string, boolean>;
  }
  const kconfigs = { bool: 'config BAR\n\tbool "bar"\n', tristate: 'config BAR\n\ttristate "bar"\n' };
  /** `foo`, whose init callback calls a function of `bar` that allocates from bar's cache. */
  const run = (shape: Shape): string | undefined => {
    const { makefile = 'obj-y += foo.o\nobj-$(CONFIG_BAR) += bar.o\n', level = 'fs_initcall', ops = false } = shape;
    const body = shape.body ?? '	return kmem_cache_zalloc(bar_cache, GFP_KERNEL);\n';
    const marker =
      '//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-before-resource: foo_net_ops is registered before slab cache bar_cache is there, which foo_net_init() uses\n';
    const { findings } = check(
      `
//- net/foo/Makefile
${makefile}//- net/foo/Kconfig
${shape.kconfig ?? kconfigs.bool}//- net/foo/foo.c
static int __net_init foo_net_init(struct net *net)
{
	net->foo.bar = bar_alloc();
	return net->foo.bar ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	bar_free(net->foo.bar);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
${shape.isFound === true ? marker : ''}}
fs_initcall(foo_init);
//- net/foo/bar.c
/* Of use to whoever has pernet_operations. */
static struct kmem_cache *bar_cache;

struct bar *bar_alloc(void)
{
${body}}

void bar_free(struct bar *bar)
{
	kmem_cache_free(bar_cache, bar);
}
${ops ? 'static struct pernet_operations bar_net_ops = {\n	.exit = bar_net_exit,\n};\n' : ''}
static int __init bar_init(void)
{
	bar_cache = KMEM_CACHE(bar, 0);
	if (!bar_cache)
		return -ENOMEM;
	return ${ops ? 'register_pernet_subsys(&bar_net_ops)' : '0'};
}
${level}(bar_init);
`,
      shape.config ? { config: shape.config } : {},
    );
    return findings[0]?.related.at(-1)?.message;
  };

  it('a cache that what is linked later makes', () => {
    expect(run({ isFound: true })).toBe(
      'only here KMEM_CACHE() makes it: foo.c is linked before bar.c (net/foo/Makefile:1), so of two fs_initcalls ' +
        'foo_init() runs first',
    );
    run({ isFound: true, ops: true });
  });

  it('a cache that is made at a later level, by what may be a module but is built in for what uses it', () => {
    expect(run({ isFound: true, level: 'module_init', kconfig: kconfigs.tristate })).toContain(
      'fs_initcall comes before device_initcall',
    );
    run({ isFound: true, level: 'module_init', kconfig: kconfigs.tristate, config: { CONFIG_BAR: true } });
  });

  it('is quiet where the cache is made first, or the order is not known', () => {
    const barFirst = 'obj-$(CONFIG_BAR) += bar.o\nobj-y += foo.o\n';
    run({ makefile: barFirst });
    run({ makefile: barFirst, ops: true });
    run({ level: 'core_initcall' });
    run({ makefile: 'obj-y += foo.o\n' });
  });

  it('is quiet about a function that asks whether the cache is there, or does not always need it', () => {
    run({ body: '	if (!bar_cache)\n		return NULL;\n	return kmem_cache_zalloc(bar_cache, GFP_KERNEL);\n' });
    run({ body: '	if (bar_off)\n		return NULL;\n	return kmem_cache_zalloc(bar_cache, GFP_KERNEL);\n' });
  });
});

describe('pernet/registered-before-resource, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/registered-before-resource');
  });
});
