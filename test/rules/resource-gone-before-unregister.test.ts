import { describe, expect, it } from 'vitest';
import { analyseFiles, check, rulesMended } from '../check.ts';
import { parseFixture } from '../fixture.ts';

describe('pernet/resource-gone-before-unregister', () => {
  it('a slab cache destroyed before the exit callback frees into it', () => {
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
	kmem_cache_destroy(foo_cachep);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases slab cache foo_cachep while foo_net_ops is still registered
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('fragment queues of a kind that is gone by then', () => {
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

	ret = inet_frags_init(&foo_frags);
	if (ret)
		goto out;
	ret = register_pernet_subsys(&foo_frags_ops);
	if (ret)
		goto err_pernet;
out:
	return ret;
err_pernet:
	inet_frags_fini(&foo_frags);
	return ret;
}

static void __exit foo_frag_exit(void)
{
	inet_frags_fini(&foo_frags);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_frag_exit() releases fragment kind foo_frags while foo_frags_ops is still registered
	unregister_pernet_subsys(&foo_frags_ops);
}

module_init(foo_frag_init);
module_exit(foo_frag_exit);
`);
  });

  it('a work queue, on the way back from a step that failed', () => {
    check(`
static struct workqueue_struct *foo_wq;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_WORK(&fn->work, foo_work);
	queue_work(foo_wq, &fn->work);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	cancel_work_sync(&fn->work);
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

	foo_wq = alloc_workqueue("foo", WQ_MEM_RECLAIM, 0);
	if (!foo_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = genl_register_family(&foo_family);
	if (err)
		goto err_family;
	return 0;

err_family:
	destroy_workqueue(foo_wq);
//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: if genl_register_family() fails, foo_init() releases workqueue foo_wq while foo_net_ops is still registered, whose foo_net_init() uses it
	unregister_pernet_subsys(&foo_net_ops);
	return err;

err_pernet:
	destroy_workqueue(foo_wq);
	return err;
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

  it('slabs that a helper of another file takes down first', () => {
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

	retval = foo_init_slabs();
	if (retval)
		return retval;
	retval = register_pernet_subsys(&foo_net_ops);
	if (retval < 0)
		foo_exit_slabs();
	return retval;
}

static void __exit foo_exit(void)
{
	foo_exit_slabs();
//	^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases slab cache foo_client_slab by foo_exit_slabs() while foo_net_ops is still registered
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/slabs.c
/* For the pernet_operations of main.c. */
int foo_init_slabs(void)
{
	foo_client_slab = KMEM_CACHE(foo_client, 0);
	return foo_client_slab ? 0 : -ENOMEM;
}

void foo_exit_slabs(void)
{
	kmem_cache_destroy(foo_client_slab);
}
`);
  });

  it('a batch that flushes the work queue', () => {
    check(`
static struct workqueue_struct *foo_wq;

static void __net_exit foo_net_exit_batch(struct list_head *net_list)
{
	flush_workqueue(foo_wq);
	foo_drop_all(net_list);
}

static struct pernet_operations foo_net_ops = {
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	foo_wq = alloc_ordered_workqueue("foo", 0);
	if (!foo_wq)
		return -ENOMEM;
	err = register_pernet_device(&foo_net_ops);
	if (err)
		destroy_workqueue(foo_wq);
	return err;
}

static void __exit foo_exit(void)
{
	destroy_workqueue(foo_wq);
//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: whose foo_net_exit_batch() uses it
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about the ops first, then the cache', () => {
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
	int err = -ENOMEM;

	foo_cachep = KMEM_CACHE(foo_root, 0);
	if (!foo_cachep)
		goto out;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto out_cache;
	err = misc_register(&foo_misc);
	if (!err)
		goto out;
	unregister_pernet_subsys(&foo_net_ops);
out_cache:
	kmem_cache_destroy(foo_cachep);
out:
	return err;
}

static void __exit foo_exit(void)
{
	misc_deregister(&foo_misc);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a cache that no callback of the ops uses', () => {
    check(`
static struct kmem_cache *foo_cachep;

static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	WARN_ON(!list_empty(&net->foo.list));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_flow, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	dev_add_pack(&foo_packet_type);
	return 0;

err_pernet:
	kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	dev_remove_pack(&foo_packet_type);
	kmem_cache_destroy(foo_cachep);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an exit callback that has nothing left to free by then', () => {
    check(`
static struct kmem_cache *foo_cachep;

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

	if (!foo_live)
		return;
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

	foo_cachep = KMEM_CACHE(foo_flow, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		kmem_cache_destroy(foo_cachep);
		return err;
	}
	foo_live = true;
	return 0;
}

static void __exit foo_exit(void)
{
	foo_live = false;
	foo_flush_all();
	kmem_cache_destroy(foo_cachep);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about two caches, of which each goes after its own ops', () => {
    check(`
static struct kmem_cache *foo_cachep;
static struct kmem_cache *bar_cachep;

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

static int __net_init bar_net_init(struct net *net)
{
	net->bar.root = kmem_cache_zalloc(bar_cachep, GFP_KERNEL);
	return net->bar.root ? 0 : -ENOMEM;
}

static void __net_exit bar_net_exit(struct net *net)
{
	kmem_cache_free(bar_cachep, net->bar.root);
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
};

static int __init foo_init(void)
{
	int err = -ENOMEM;

	foo_cachep = KMEM_CACHE(foo_root, 0);
	if (!foo_cachep)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_foo;
	bar_cachep = KMEM_CACHE(bar_root, 0);
	if (!bar_cachep) {
		err = -ENOMEM;
		goto err_cache;
	}
	err = register_pernet_subsys(&bar_net_ops);
	if (err)
		goto err_bar;
	return 0;

err_bar:
	kmem_cache_destroy(bar_cachep);
err_cache:
	unregister_pernet_subsys(&foo_net_ops);
err_foo:
	kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&bar_net_ops);
	kmem_cache_destroy(bar_cachep);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a socket protocol that goes before the ops, which only unhashes by name', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
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

static int __init foo_init(void)
{
	int err;

	err = proto_register(&foo_proto, 1);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = sock_register(&foo_family_ops);
	if (err)
		goto err_sock;
	return 0;

err_sock:
	unregister_pernet_subsys(&foo_net_ops);
err_pernet:
	proto_unregister(&foo_proto);
	return err;
}

static void __exit foo_exit(void)
{
	sock_unregister(PF_FOO);
	proto_unregister(&foo_proto);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about unwinding by a helper that is given what to free', () => {
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

static void foo_teardown(struct kmem_cache *cache)
{
	unregister_pernet_subsys(&foo_net_ops);
	rcu_barrier();
	kmem_cache_destroy(cache);
}

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_root, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		kmem_cache_destroy(foo_cachep);
		return err;
	}
	err = misc_register(&foo_misc);
	if (err)
		foo_teardown(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	misc_deregister(&foo_misc);
	foo_teardown(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an exit callback that gets to the cache in a helper, past a loop', () => {
    check(`
static struct kmem_cache *foo_cachep;

static void foo_free_flow(struct foo_flow *flow)
{
	kmem_cache_free(foo_cachep, flow);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->first = kmem_cache_alloc(foo_cachep, GFP_KERNEL);
	return fn->first ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_flow *flow, *next;

	list_for_each_entry_safe(flow, next, &fn->flows, list)
		foo_free_flow(flow);
	foo_free_flow(fn->first);
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

	foo_cachep = KMEM_CACHE(foo_flow, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	kmem_cache_destroy(foo_cachep);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases slab cache foo_cachep while foo_net_ops is still registered
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a work queue that the exit callback flushes in a helper of another file, whatever happens there', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o socket.o
//- net/foo/main.c
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->live = true;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->live = false;
	foo_close_socket(fn);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err = -ENOMEM;

	foo_calls = alloc_workqueue("foo", WQ_MEM_RECLAIM, 0);
	if (!foo_calls)
		goto error_calls;
	foo_locks = alloc_workqueue("foo_locks", WQ_MEM_RECLAIM, 0);
	if (!foo_locks)
		goto error_locks;
	err = register_pernet_device(&foo_net_ops);
	if (err < 0)
		goto error_net;
	return 0;

error_net:
	destroy_workqueue(foo_locks);
error_locks:
	destroy_workqueue(foo_calls);
error_calls:
	return err;
}

static void __exit foo_exit(void)
{
	destroy_workqueue(foo_calls);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: whose foo_net_exit() uses it
	destroy_workqueue(foo_locks);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/socket.c
struct workqueue_struct *foo_calls;
struct workqueue_struct *foo_locks;

void foo_close_socket(struct foo_net *fn)
{
	kernel_listen(fn->socket, 0);
	if (fn->spare)
		kernel_sock_shutdown(fn->spare, SHUT_RDWR);
	flush_workqueue(foo_calls);
	if (fn->locked)
		flush_workqueue(foo_locks);
}
`);
  });

  it('is quiet about a work queue that a helper of the exit callback asks for before it flushes it', () => {
    check(`
static struct workqueue_struct *foo_calls;

static void foo_stop_calls(struct foo_net *fn)
{
	if (foo_calls)
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

	foo_calls = alloc_workqueue("foo", 0, 0);
	if (!foo_calls)
		return -ENOMEM;
	err = register_pernet_device(&foo_net_ops);
	if (err)
		destroy_workqueue(foo_calls);
	return err;
}

static void __exit foo_exit(void)
{
	destroy_workqueue(foo_calls);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  /** A work queue that goes before the ops, whose exit flushes it in its own way. */
  const flushed = ({
    exit = 'if (foo_wq)\n\t\tflush_workqueue(foo_wq);',
    macros = '',
    after = '',
    isFound = false,
  }): string => `
static struct workqueue_struct *foo_wq;
static bool foo_live = true;
${macros}

static void foo_flush(struct workqueue_struct *wq)
{
	if (foo_live)
		flush_workqueue(wq);
}

static void foo_flush_always(struct workqueue_struct *wq)
{
	flush_workqueue(wq);
}

static int __net_init foo_net_init(struct net *net)
{
	net->foo.count = 0;
	return 0;
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	net->foo.count = 0;
	${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		destroy_workqueue(foo_wq);
	return err;
}

static void __exit foo_exit(void)
{
	destroy_workqueue(foo_wq);
${isFound ? '//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases workqueue foo_wq while foo_net_ops is still registered' : ''}
	${after}
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it.each([
    ['asks for', {}],
    ['asks for, by a function of the file,', { exit: 'if (foo_wq)\n\t\tfoo_flush_always(foo_wq);' }],
    ['asks by a comparison', { exit: 'if (foo_wq != NULL)\n\t\tflush_workqueue(foo_wq);' }],
    ['asks so for the other way round', { exit: 'if (NULL == foo_wq)\n\t\treturn;\n\tflush_workqueue(foo_wq);' }],
    ['asks for the other way round', { exit: 'if (!foo_wq)\n\t\treturn;\n\tflush_workqueue(foo_wq);' }],
  ])('a work queue that the exit callback %s, and finds though it is gone', (_, parts) => {
    check(flushed({ ...parts, isFound: true }));
  });

  it.each([
    ['is NULL by then', { after: 'foo_wq = NULL;' }],
    ['may be NULL by then', { after: 'foo_forget(&foo_wq);' }],
    ['is NULL by then with another', { after: 'foo_wq = net_wq = NULL;' }],
    ['is NULL by then in the name of a local', { after: 'struct workqueue_struct *none = NULL;\n\tfoo_wq = none;' }],
    ['is NULL by then or another one', { after: 'foo_wq = foo_keeps ? system_wq : NULL;' }],
    ['is another one by then', { after: 'foo_wq = system_wq;' }],
    ['may be none by then', { after: 'foo_wq = foo_none();' }],
    ['is written NULL once', { after: 'WRITE_ONCE(foo_wq, NULL);' }],
    ['is NULL by then for RCU', { after: 'RCU_INIT_POINTER(foo_wq, NULL);' }],
    ['is replaced by NULL', { after: 'rcu_replace_pointer(foo_wq, NULL, true);' }],
    ['is published as NULL', { after: 'rcu_assign_pointer(foo_wq, NULL);' }],
    ['is taken away', { after: 'foo_old = no_free_ptr(foo_wq);' }],
    ['a macro clears', { macros: '#define foo_clear() foo_wq = NULL', after: 'foo_clear();' }],
    ['is only printed', { exit: 'if (foo_wq)\n\t\tpr_debug("%p\\n", foo_wq);' }],
    ['is flushed where a flag says so', { exit: 'if (foo_wq)\n\t\tfoo_flush(foo_wq);', after: 'foo_live = false;' }],
    [
      'is flushed where something else is there as well',
      { exit: 'if (foo_wq && net->foo.used)\n\t\tflush_workqueue(foo_wq);' },
    ],
    ['is not flushed where it is there', { exit: 'if (foo_wq)\n\t\treturn;\n\tnet->foo.table = NULL;' }],
  ])('is quiet about one that %s', (_, parts) => {
    check(flushed(parts));
  });

  it('a slab cache into which the exit callback frees what it finds in a list, once RCU allows', () => {
    check(`
static struct kmem_cache *foo_cachep;

static void foo_free_job(struct rcu_head *head)
{
	kmem_cache_free(foo_cachep, container_of(head, struct foo_job, rcu));
}

static void foo_remove_jobs(struct net *net)
{
	struct foo_job *job, *next;

	hlist_for_each_entry_safe(job, next, &net->foo.jobs, list) {
		hlist_del(&job->list);
		call_rcu(&job->rcu, foo_free_job);
	}
}

static int __net_init foo_net_init(struct net *net)
{
	INIT_HLIST_HEAD(&net->foo.jobs);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_remove_jobs(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_job, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(foo_cachep);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: whose foo_net_exit() uses it
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a list that is empty as long as nothing of the outside came in', () => {
    check(`
static struct kmem_cache *foo_cachep;

static int __net_init foo_net_init(struct net *net)
{
	INIT_HLIST_HEAD(&net->foo.jobs);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_job *job, *next;

	hlist_for_each_entry_safe(job, next, &net->foo.jobs, list)
		kmem_cache_free(foo_cachep, job);
}

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
	err = -ENOMEM;
	foo_cachep = KMEM_CACHE(foo_job, 0);
	if (!foo_cachep)
		goto err_cache;
	err = misc_register(&foo_misc);
	if (err)
		goto err_misc;
	return 0;

err_misc:
	kmem_cache_destroy(foo_cachep);
err_cache:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	misc_deregister(&foo_misc);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  describe('a kind of fragments, whose queues each namespace has', () => {
    const module = (exit: string): string => `
static int __net_init foo_net_init(struct net *net)
{
	return fqdir_init(&net->foo.fqdir, &foo_frags, net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	fqdir_exit(net->foo.fqdir);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = inet_frags_init(&foo_frags);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		inet_frags_fini(&foo_frags);
	return err;
}

static void __exit foo_exit(void)
{
${exit}}

module_init(foo_init);
module_exit(foo_exit);
`;

    it('gone before exit gives these back', () => {
      check(
        module(`	inet_frags_fini(&foo_frags);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases fragment kind foo_frags while foo_net_ops is still registered, whose foo_net_exit() uses it
	unregister_pernet_subsys(&foo_net_ops);
`),
      );
    });

    it('is quiet when it goes after the ops', () => {
      check(module('\tunregister_pernet_subsys(&foo_net_ops);\n\tinet_frags_fini(&foo_frags);\n'));
    });
  });

  describe('a workqueue on which a work item of each namespace is put once its time is over', () => {
    /** The shape of addrconf_wq and net->ipv6.addr_chk_work. */
    const module = (
      exit: string,
      {
        marker = '',
        unwind = '	unregister_netdevice_notifier(&foo_nb);\nout_ops:\n	unregister_pernet_subsys(&foo_net_ops);\n	destroy_workqueue(foo_wq);\n',
        queue = 'mod_delayed_work(foo_wq, &net->foo.check, HZ);',
        stop = 'cancel_delayed_work_sync(&net->foo.check);',
      } = {},
    ): string => `
static struct workqueue_struct *foo_wq;

static void foo_check(struct work_struct *work)
{
	foo_walk(container_of(to_delayed_work(work), struct net, foo.check));
}

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net *net = dev_net(netdev_notifier_info_to_dev(ptr));

	${queue}
	return NOTIFY_DONE;
}

static struct notifier_block foo_nb = {
	.notifier_call = foo_event,
};

static int __net_init foo_net_init(struct net *net)
{
	INIT_DELAYED_WORK(&net->foo.check, foo_check);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	${stop}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		destroy_workqueue(foo_wq);
		return err;
	}
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		goto out_ops;
	err = genl_register_family(&foo_family);
	if (err)
		goto out_nb;
	return 0;

out_nb:
${unwind}${marker}	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_netdevice_notifier(&foo_nb);
${exit}}

module_init(foo_init);
module_exit(foo_exit);
`;
    const late = '	destroy_workqueue(foo_wq);\n	unregister_pernet_subsys(&foo_net_ops);\n';
    const right = '	unregister_pernet_subsys(&foo_net_ops);\n	destroy_workqueue(foo_wq);\n';

    it('gone before the exit stops that', () => {
      check(
        module(`	destroy_workqueue(foo_wq);
//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases workqueue foo_wq while foo_net_ops is still registered, whose foo_net_exit() stops net->foo.check: until then the timer of that queues it there
	unregister_pernet_subsys(&foo_net_ops);
`),
      );
    });

    it('gone so by an init that fails, where the outside has come in', () => {
      check(
        module(right, {
          unwind: `	unregister_netdevice_notifier(&foo_nb);
	destroy_workqueue(foo_wq);
//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: if genl_register_family() fails, foo_init() releases workqueue foo_wq while foo_net_ops is still registered
	unregister_pernet_subsys(&foo_net_ops);
	return err;

out_ops:
	unregister_pernet_subsys(&foo_net_ops);
	destroy_workqueue(foo_wq);
`,
        }),
      );
    });

    it.each([
      ['goes after the ops', module(right)],
      [
        'is drained of what has no timer',
        module(late, {
          queue: 'queue_work(foo_wq, &net->foo.check);',
          stop: 'cancel_work_sync(&net->foo.check);',
        }).replace('INIT_DELAYED_WORK', 'INIT_WORK'),
      ],
      ['is not the one', module(late, { queue: 'mod_delayed_work(system_wq, &net->foo.check, HZ);' })],
    ])('is quiet when it %s', (_name, fixture) => {
      check(fixture);
    });
  });
  describe('what stands on a list that an exit callback goes through', () => {
    const module = (off: string, unload: string): string => `
static LIST_HEAD(foo_list);

static int foo_add(struct net *net)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->net = net;
	list_add_tail(&foo->list, &foo_list);
	return 0;
}

static void foo_free_all(void)
{
	struct foo *foo, *next;

	list_for_each_entry_safe(foo, next, &foo_list, list) {
${off}		kfree(foo);
	}
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo *foo, *next;

	list_for_each_entry_safe(foo, next, &foo_list, list) {
		if (foo->net != net)
			continue;
		list_del(&foo->list);
		kfree(foo);
	}
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
	err = foo_add(&init_net);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
${unload}}

module_init(foo_init);
module_exit(foo_exit);
`;
    const early = '	foo_free_all();\n	unregister_pernet_subsys(&foo_net_ops);\n';

    it('is not found there any more when it was taken off that', () => {
      check(module('		list_del(&foo->list);\n', early));
    });

    it('is one of many', () => {
      check(
        module('		list_del(&foo->list);\n', early)
          .replaceAll('&foo_list', '&foo_list[1]')
          .replace('LIST_HEAD(foo_list)', 'struct list_head foo_list[2]'),
      );
    });

    it.each([
      ['it was not', ''],
      ['it was taken off another one', '		list_del(&foo->siblings);\n'],
    ])('is when %s', (_, off) => {
      check(
        module(
          off,
          `	foo_free_all();
//	^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases memory foo_list[*] by foo_free_all() while foo_net_ops is still registered, whose foo_net_exit() uses it
	unregister_pernet_subsys(&foo_net_ops);
`,
        ),
      );
    });
  });
});

describe('pernet/resource-gone-before-unregister, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/resource-gone-before-unregister');
  });
});

describe('pernet/resource-gone-before-unregister, a directory', () => {
  const module = (exit: string, { parent = 'foo_root', removes = 'debugfs_remove(fn->dir);' } = {}): string => `
static struct dentry *foo_root;
static struct dentry *foo_other;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	snprintf(fn->name, sizeof(fn->name), "ns-%u", net->ns.inum);
	fn->dir = debugfs_create_dir(fn->name, ${parent});
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${removes}
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

	foo_root = debugfs_create_dir("foo", NULL);
	foo_other = debugfs_create_dir("foo-other", NULL);
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		debugfs_remove(foo_other);
		debugfs_remove(foo_root);
	}
	return err;
}

static void __exit foo_exit(void)
{
${exit}
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('of debugfs in which namespaces have theirs', () => {
    check(
      module(`	debugfs_remove(foo_other);
	debugfs_remove(foo_root);
//	^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases debugfs directory foo_root while foo_net_ops is still registered, whose foo_net_init() uses it
	unregister_pernet_subsys(&foo_net_ops);`),
    );
  });

  it('of proc, by its name', () => {
    check(`
static struct proc_dir_entry *foo_dir;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return proc_create_single_data(fn->name, 0444, foo_dir, foo_show, fn) ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry(fn->name, foo_dir);
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

	foo_dir = proc_mkdir("foo", NULL);
	if (!foo_dir)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		proc_remove(foo_dir);
	return err;
}

static void __exit foo_exit(void)
{
	remove_proc_entry("foo", NULL);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases proc directory foo_dir while foo_net_ops is still registered, whose foo_net_init() uses it
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it.each([
    [
      'that goes last',
      '	unregister_pernet_subsys(&foo_net_ops);\n	debugfs_remove(foo_root);\n	debugfs_remove(foo_other);',
      {},
    ],
    [
      'that has nothing of namespaces in it',
      '	debugfs_remove(foo_other);\n	unregister_pernet_subsys(&foo_net_ops);\n	debugfs_remove(foo_root);',
      {},
    ],
    [
      'in which namespaces do not lie',
      '	debugfs_remove(foo_other);\n	debugfs_remove(foo_root);\n	unregister_pernet_subsys(&foo_net_ops);',
      { parent: 'NULL' },
    ],
  ])('is quiet about one %s', (_, exit, how) => {
    check(module(exit, how));
  });

  const early = '	debugfs_remove(foo_other);\n	debugfs_remove(foo_root);\n	unregister_pernet_subsys(&foo_net_ops);';
  const none = early.replace('	unregister', '	foo_root = ERR_PTR(-ENODEV);\n	unregister');
  const make = 'fn->dir = debugfs_create_dir(fn->name, foo_root);';
  it.each([
    ['that is never used once it is gone', none, make, ''],
    ['whose init asks whether it may', early, `if (!foo_dying)\n\t\t${make}`, ''],
    ['whose init asks that first', early, `if (foo_dying)\n\t\treturn 0;\n\t${make}`, ''],
    ['whose exit asks whether it is there', early, make, 'if (!foo_dying)\n\t\tdebugfs_remove(fn->dir);'],
    ['in which init_net lies alone', early, `if (net_eq(net, &init_net))\n\t\t${make}`, ''],
    ['in which some lie, as a helper says', early, `if (foo_is_root(net))\n\t\t${make}`, ''],
    ['that a helper has to do with', early, 'foo_stats_add(fn, foo_root);', ''],
    ['that is only looked at', early, 'fn->on = !IS_ERR_OR_NULL(foo_root);', ''],
    ['in which it never removes anything', early, make, 'fn->dir = NULL;'],
  ])('is quiet about one %s', (_, exit, makes, removes) => {
    const files = parseFixture(module(exit, removes ? { removes } : {}).replace(make, makes));
    const found = analyseFiles(files, {}).findings.map(({ rule }) => rule);
    expect(found).not.toContain('pernet/resource-gone-before-unregister');
  });
});
