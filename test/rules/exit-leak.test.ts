import { describe, expect, it } from 'vitest';
import { analyseFiles, check, rulesMended } from '../check.ts';
import { parseFixture } from '../fixture.ts';
import { exiting, fooNetOps, registering } from '../registering.ts';

describe('pernet/exit-leak', () => {
  it('memory behind a helper that is passed the id', () => {
    check(`
static struct foo_net *foo_data(struct net *net, unsigned int id)
{
	return net_generic(net, id);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_data(net, foo_net_id);
	struct foo_net *other = foo_data(net, foo_other_id);
	int err;

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	other->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!other->table) {
		kfree(fn->table);
		return -ENOMEM;
	}
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err) {
		kfree(other->table);
		kfree(fn->table);
	}
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->table, which foo_net_init() acquires for every namespace: kfree() is missing
{
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	kfree(foo_data(net, foo_other_id)->table);
}

${fooNetOps('data')}`);
  });

  it('what a destructor that init and exit share has forgotten', () => {
    const withDestructor = (destructor: string, leaves: string): string => `
static void foo_destroy(struct foo_net *fn)
{
${destructor}}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->key = kmalloc(32, GFP_KERNEL);
	if (!fn->key)
		return -ENOMEM;
	err = percpu_counter_init(&fn->count, 0, GFP_KERNEL);
	if (err)
		goto fail;
	fn->has_count = true;
	fn->tfm = crypto_alloc_shash("hmac(sha256)", 0, 0);
	if (IS_ERR(fn->tfm)) {
		err = PTR_ERR(fn->tfm);
		goto fail;
	}
	err = crypto_shash_setkey(fn->tfm, fn->key, 32);
	if (err)
		goto fail;
	return 0;
fail:
	foo_destroy(fn);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
${leaves === '' ? '' : `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves ${leaves}\n`}{
	foo_destroy(net_generic(net, foo_net_id));
}

${fooNetOps('data')}`;
    const transform = '	if (!IS_ERR_OR_NULL(fn->tfm))\n		crypto_free_shash(fn->tfm);\n';
    const counter = '	if (fn->has_count)\n		percpu_counter_destroy(&fn->count);\n';
    const key = '	kfree_sensitive(fn->key);\n';
    check(withDestructor(transform + counter + key, ''));
    check(withDestructor(counter + key, 'hash transform net_generic(net, foo_net_id)->tfm'));
    check(withDestructor(transform + key, 'percpu counter net_generic(net, foo_net_id)->count'));
    check(withDestructor(transform + counter, 'memory net_generic(net, foo_net_id)->key'));
    // Somebody else may have been told of it, and what was not read may end it.
    check(withDestructor(`${transform}${key}	foo_release_counts(fn);\n`, ''));
  });

  it('of an ops that only an arm which is left out holds', () => {
    check(`
//- net/foo/resolve.c
#ifdef CONFIG_FOO_KERNEL_RESOLVER
int foo_resolve(struct net *net)
{
	return foo_query(net);
}
#else
static int __net_init foo_net_init(struct net *net)
{
	net->foo.table = kcalloc(FOO_BUCKETS, sizeof(*net->foo.table), GFP_KERNEL);
	return net->foo.table ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak [CONFIG_FOO_KERNEL_RESOLVER=n]: foo_net_exit() leaves memory net->foo.table
{
	net->foo.count = 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

int foo_resolver_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

void foo_resolver_destroy(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}
#endif
//- net/foo/super.c
static int __init foo_init(void)
{
	return foo_resolver_init();
}

static void __exit foo_exit(void)
{
	foo_resolver_destroy();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a timer that goes on running', () => {
    check(`
static void foo_tick(struct timer_list *t)
{
	struct foo_net *fn = from_timer(fn, t, timer);

	mod_timer(&fn->timer, jiffies + HZ);
}

static void foo_start(struct foo_net *fn)
{
	timer_setup(&fn->timer, foo_tick, 0);
	mod_timer(&fn->timer,
		  jiffies + HZ);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	if (foo_ticks)
		foo_start(fn);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves fn->timer running, which foo_net_init() sets up for every namespace: nothing stops it, and foo_tick() is called when the namespace's memory is gone
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
}

${fooNetOps('data')}`);
  });

  it('a work item of struct net', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	INIT_DEFERRABLE_WORK(&net->foo.balance, foo_balance);
	net->foo.table = kcalloc(FOO_BUCKETS, sizeof(*net->foo.table), GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	schedule_delayed_work(&net->foo.balance, HZ);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves net->foo.balance running
{
	kfree(net->foo.table);
}

${fooNetOps('no data')}`);
  });

  it('a timer and memory beside a step that was not read, which undoes another one', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.stats = alloc_percpu(struct foo_stats);
	if (!net->foo.stats)
		return -ENOMEM;
	timer_setup(&net->foo.timer, foo_tick, 0);
	mod_timer(&net->foo.timer, jiffies + HZ);
	foo_init_proc(net);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves percpu memory net->foo.stats
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves net->foo.timer running
{
	foo_remove_proc(net);
}

${fooNetOps('no data')}`);
  });

  describe('memory that goes by another name when it is freed', () => {
    const module = (alloc: string, free: string, marker = ''): string => `
static unsigned int foo_net_id;
static struct kmem_cache *foo_cache;

static void *foo_alloc(unsigned int size)
{
	return ${alloc};
}

static void foo_free(void *data, unsigned int size)
{
	${free};
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->data = foo_alloc(64);
	if (!fn->data)
		return -ENOMEM;
	if (!proc_mkdir("foo", net->proc_net)) {
		foo_free(fn->data, 64);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry("foo", net->proc_net);
	foo_free(fn->data, 64);
}

${fooNetOps('data')}`;

    it.each([
      ['a bitmap', 'bitmap_zalloc(size, GFP_KERNEL)', 'kfree(data)'],
      ['an object of a cache', 'kmem_cache_alloc(foo_cache, GFP_KERNEL)', 'kfree(data)'],
      [
        'what its size tells',
        'size <= PAGE_SIZE ? kzalloc(size, GFP_KERNEL) : (void *)__get_free_pages(GFP_KERNEL, get_order(size))',
        'if (size <= PAGE_SIZE)\n		kfree(data);\n	else\n		free_pages((unsigned long)data, get_order(size))',
      ],
    ])('is freed: %s', (_, alloc, free) => {
      check(module(alloc, free));
    });

    it('is not by what frees memory of another sort', () => {
      check(
        module(
          'alloc_percpu(u64)',
          'kfree(data)',
          '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves percpu memory\n',
        ),
      );
    });
  });

  it('is quiet about a timer of the file itself, which is stopped by whoever it belongs to', () => {
    const stop = 'del_timer_sync(&foo_timer);';
    const module = (inExit: string, atUnload: string): string => `
static struct timer_list foo_timer;

static void foo_tick(struct timer_list *t)
{
	mod_timer(&foo_timer, jiffies + HZ);
}

static int __net_init foo_net_init(struct net *net)
{
	if (!net_eq(net, &init_net))
		return 0;
	timer_setup(&foo_timer, foo_tick, 0);
	mod_timer(&foo_timer, jiffies + HZ);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	if (net_eq(net, &init_net)) {
		foo_forget(net);
		${inExit}
	}
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
	${atUnload}
}

module_init(foo_init);
module_exit(foo_exit);
`;
    check(module(stop, ''));
    check(module('', stop));
  });

  /** The shapes of xfrm_policy_fini() up to Linux 6.1 and of sctp_free_addr_wq() up to 5.15. */
  const queuedByOthers = (exit: string, marker = '', other = ''): string => `
static void foo_rebuild(struct work_struct *work)
{
	foo_walk(container_of(work, struct net, foo.hash.work));
}

static void foo_tick(struct timer_list *t)
{
	foo_walk(from_timer(net, t, foo.hash.timer));
}

void foo_hash_rebuild(struct net *net)
{
	schedule_work(&net->foo.hash.work);
	mod_timer(&net->foo.hash.timer, jiffies + HZ);
}
${other}
static int __net_init foo_net_init(struct net *net)
{
	net->foo.table = kcalloc(FOO_BUCKETS, sizeof(*net->foo.table), GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	INIT_WORK(&net->foo.hash.work, foo_rebuild);
	timer_setup(&net->foo.hash.timer, foo_tick, 0);
	return 0;
}

static void foo_free(struct net *net)
{
	spin_lock_bh(&net->foo.lock);
${exit}	spin_unlock_bh(&net->foo.lock);
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	foo_free(net);
	kfree(net->foo.table);
}

${fooNetOps('no data')}`;

  it('a work item that others than init queue', () => {
    check(
      queuedByOthers(
        '	timer_delete_sync(&net->foo.hash.timer);\n',
        `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves net->foo.hash.work running, which foo_net_init() sets up for every namespace: nothing stops it, and foo_rebuild() is called when the namespace's memory is gone
`,
      ),
    );
  });

  /** The shape of Open vSwitch's dp_notify_work: what it runs, and who queues it, is in a file of its own. */
  const queuedBesideIt = (exit: string, marker = '', other = ''): string => `
//- net/foo/main.c
int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	INIT_WORK(&fn->notify_work, foo_notify_fn);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}	kfree(fn->table);
}

${fooNetOps('data')}
//- net/foo/notify.c
void foo_notify_fn(struct work_struct *work)
{
	struct foo_net *fn = container_of(work, struct foo_net, notify_work);

	foo_detach(fn);
}

int foo_device_event(struct net_device *dev)
{
	struct foo_net *fn = net_generic(dev_net(dev), foo_net_id);

	queue_work(system_wq, &fn->notify_work);
	return NOTIFY_DONE;
}
${other}`;

  it('a work item that is queued in the file of what it runs', () => {
    check(
      queuedBesideIt(
        '',
        `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves fn->notify_work running, which foo_net_init() sets up for every namespace: nothing stops it, and foo_notify_fn() is called when the namespace's memory is gone
`,
      ),
    );
  });

  const byCount = `
static void foo_put(struct foo_item *item)
{
	if (refcount_dec_and_test(&item->ref))
		schedule_work(&item->free_work);
}
`;
  const byKref = `
static void foo_release(struct kref *kref)
{
	struct foo_item *item = container_of(kref, struct foo_item, kref);

	schedule_work(&item->free_work);
}

static void foo_put(struct foo_item *item)
{
	kref_put(&item->kref, foo_release);
}
`;
  const stoppedByWork = (stop: string, { marker = '', put = byCount } = {}): string => `
struct foo_item {
	struct work_struct free_work;
	struct delayed_work poll;
};

static unsigned int foo_net_id;

static void foo_poll(struct work_struct *work)
{
	struct foo_item *item = container_of(work, struct foo_item, poll.work);

	schedule_delayed_work(&item->poll, HZ);
}

static void foo_free_work(struct work_struct *work)
{
	struct foo_item *item = container_of(work, struct foo_item, free_work);

	${stop}
	kfree(item);
}
${put}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_item *item = kzalloc(sizeof(*item), GFP_KERNEL);

	if (!item)
		return -ENOMEM;
	INIT_WORK(&item->free_work, foo_free_work);
	INIT_DELAYED_WORK(&item->poll, foo_poll);
	schedule_delayed_work(&item->poll, HZ);
	foo_add(fn, item);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_item *item = foo_take(fn);

	foo_put(item);
	wait_event(fn->gone, foo_is_empty(fn));
}

${fooNetOps('data')}`;

  it('a work item that is stopped where a scope of the exit ends', () => {
    const marker = '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves item->poll running\n';
    const inScope = (stop: string, more = {}): string =>
      stoppedByWork(stop, {
        put: `${byKref}\nDEFINE_FREE(foo_item, struct foo_item *, if (_T) foo_put(_T))\n`,
        ...more,
      }).replace(
        'item = foo_take(fn);\n\n\tfoo_put(item);\n\twait_event(fn->gone, foo_is_empty(fn));',
        'item __free(foo_item) = foo_take(fn);',
      );
    check(inScope('cancel_delayed_work_sync(&item->poll);'));
    check(inScope('', { marker }));
  });

  it.each([
    ['the exit queues', byCount],
    ['what gives the last reference back queues', byKref],
  ])('a work item that another one stops, which %s', (_name, put) => {
    const marker = '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves item->poll running\n';
    check(stoppedByWork('cancel_delayed_work_sync(&item->poll);', { put }));
    check(stoppedByWork('', { marker, put }));
  });

  it.each([
    ['the exit stops', '	cancel_work_sync(&fn->notify_work);\n', ''],
    [
      'that file stops',
      '',
      `
void foo_device_gone(struct foo_net *fn)
{
	cancel_work_sync(&fn->notify_work);
}
`,
    ],
  ])('is quiet about such a work item that %s', (_name, exit, other) => {
    check(queuedBesideIt(exit, '', other));
  });

  /** The shapes of Linux 6.12's rxrpc_exit_net(), tipc_exit_net() and nf_tables_exit_net(), each without its stop. */
  const withItem = ({
    setUp,
    queue,
    exit,
    marker = '',
    other = '',
  }: Readonly<Record<'setUp' | 'queue' | 'exit', string>> & {
    readonly marker?: string;
    readonly other?: string;
  }): string => `
struct foo_net {
	struct foo_table *table;
	struct work_struct work;
	struct timer_list timer;
};

static void foo_work_fn(struct work_struct *work)
{
	foo_walk(container_of(work, struct foo_net, work));
}

static void foo_tick(struct timer_list *t)
{
	foo_walk(from_timer(fn, t, timer));
}

void foo_commit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${queue}
}
${other}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	${setUp}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}	kfree(fn->table);
}

${fooNetOps('data')}`;

  const leaves = (item: string): string =>
    `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves ${item} running\n`;
  const timer = { setUp: 'timer_setup(&fn->timer, foo_tick, 0);', queue: 'mod_timer(&fn->timer, jiffies + HZ);' };
  const onSystems = { setUp: 'INIT_WORK(&fn->work, foo_work_fn);', queue: 'schedule_work(&fn->work);' };
  const onOwn = { setUp: 'INIT_WORK(&fn->work, foo_work_fn);', queue: 'queue_work(foo_wq, &fn->work);' };

  it('a timer, which is on no workqueue that the exit waits for', () => {
    check(withItem({ ...timer, exit: '	flush_workqueue(foo_wq);\n', marker: leaves('fn->timer') }));
    check(withItem({ ...onOwn, exit: '	flush_workqueue(foo_wq);\n' }));
    check(withItem({ ...onSystems, exit: '	flush_workqueue(system_wq);\n' }));
  });

  it('a timer of high resolution whose function stands in a statement of its own', () => {
    const setUp = `hrtimer_init(&fn->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	fn->timer.function = foo_tick;`;
    const queue = 'hrtimer_start(&fn->timer, ms_to_ktime(10), HRTIMER_MODE_REL);';
    check(withItem({ setUp, queue, exit: '	flush_workqueue(foo_wq);\n', marker: leaves('fn->timer') }));
    check(withItem({ setUp, queue, exit: '	hrtimer_cancel(&fn->timer);\n' }));
    check(withItem({ setUp: setUp.split('\n')[0]!, queue, exit: '' }));
  });

  it('a work item that a file which knows nothing of namespaces queues', () => {
    const elsewhere = (queue: string): string => `
struct foo_net {
	struct work_struct work;
};
int foo_net_id;

static void foo_work_fn(struct work_struct *work)
{
	foo_walk(container_of(work, struct foo_net, work));
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	INIT_WORK(&fn->work, foo_work_fn);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${queue === '' ? '' : leaves('fn->work')}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
}

${fooNetOps('data')}
//- net/foo/disc.c
static void foo_found(struct foo_disc *disc)
{
	struct foo_net *fn = foo_pernet(disc->net);

	${queue}
}
`;
    check(elsewhere('schedule_work(&fn->work);'));
    check(elsewhere(''));
  });

  it('is quiet where the exit queues a work item once more and waits for it', () => {
    check(withItem({ ...onSystems, exit: '	schedule_work(&fn->work);\n	flush_work(&fn->work);\n' }));
    check(withItem({ ...onSystems, exit: '	schedule_work(&fn->work);\n	wait_for_completion(&fn->done);\n' }));
  });

  it('a work item that others wait for in passing', () => {
    const wait = (name: string): string => `
void ${name}(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	flush_work(&fn->work);
}
`;
    const event = `${wait('foo_destroy_flush_work')}
static int foo_event(struct net *net)
{
	foo_destroy_flush_work(net);
	return foo_rescan(net);
}
`;
    check(withItem({ ...onSystems, exit: '', other: event, marker: leaves('fn->work') }));
    check(withItem({ ...onSystems, exit: '', other: event.replaceAll('foo_event', 'foo_del_last') }));
  });

  it('a work item of the same name as that of another structure', () => {
    const stop = (struct: string, member = 'work'): string => `
static void foo_crypto_stop(struct ${struct} *c)
{
	cancel_work_sync(&c->${member});
	kfree(c);
}
`;
    const exit = '	foo_crypto_stop(fn->crypto);\n';
    check(withItem({ ...onSystems, exit, other: stop('foo_crypto'), marker: leaves('fn->work') }));
    check(withItem({ ...onSystems, exit, other: stop('foo_net') }));
    // Where it may lie in that, or the other in it, they may be one.
    check(withItem({ ...onSystems, exit, other: stop('foo_crypto', 'inner.work') }));
  });

  it('a work item beside what is known to be freed there', () => {
    check(
      queuedByOthers(
        '	timer_delete_sync(&net->foo.hash.timer);\n',
        `//		       ^^^^^^^^^^^^^ error: exit-leak: xfrm_net_exit() leaves net->foo.hash.work running
`,
      )
        .replace('kcalloc(FOO_BUCKETS, sizeof(*net->foo.table), GFP_KERNEL)', 'xfrm_hash_alloc(64)')
        .replace('kfree(net->foo.table)', 'xfrm_hash_free(net->foo.table, 64)')
        .replaceAll('foo_net_exit', 'xfrm_net_exit'),
    );
  });

  describe('work and a timer that the exit itself takes off their queue', () => {
    const module = ({ run = '', exit = '', marker = '' }: { run?: string; exit?: string; marker?: string }): string => `
static unsigned int foo_net_id;

static void foo_tick(struct timer_list *t)
{
	struct foo_net *fn = from_timer(fn, t, timer);

	fn->ticks++;
${run}}

static void foo_gc(struct work_struct *work)
{
	struct foo_net *fn = container_of(to_delayed_work(work), struct foo_net, gc);

	fn->runs++;
	schedule_delayed_work(&fn->gc, HZ);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	timer_setup(&fn->timer, foo_tick, 0);
	INIT_DELAYED_WORK(&fn->gc, foo_gc);
	mod_timer(&fn->timer, jiffies + HZ);
	schedule_delayed_work(&fn->gc, HZ);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
`;
    const leavesRunning = (text: string, runs: string): string =>
      `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves ${text} running, which foo_net_init() sets up for every namespace: nothing waits for it, and ${runs}() can still run when the namespace's memory is gone\n`;
    const again = '	mod_timer(&fn->timer, jiffies + HZ);\n';
    const gone = '	cancel_delayed_work_sync(&fn->gc);\n';
    const grace =
      '	synchronize_rcu();\n//	^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: foo_net_exit() calls synchronize_rcu()\n';

    it('is still running', () => {
      const marker = leavesRunning('fn->gc', 'foo_gc');
      check(module({ exit: '	timer_delete_sync(&fn->timer);\n	cancel_delayed_work(&fn->gc);\n', marker }));
    });

    it.each(['del_timer', 'timer_delete'])('is a timer for %s()', (call) => {
      const marker = leavesRunning('fn->timer', 'foo_tick');
      const exit = `	${call}(&fn->timer);\n${gone}`;
      check(module({ run: again, exit, marker }));
      check(module({ exit, marker }));
      check(module({ run: again, exit: exit + grace, marker }));
    });

    const gated = `	if (!fn->dead)
		mod_timer(&fn->timer, jiffies + HZ);
`;
    /** The same with a pre_exit. */
    const withEarly = (early: string, run: string, marker = ''): string =>
      module({ run, exit: gone, marker })
        .replace(
          'static void __net_exit',
          `static void __net_exit foo_net_pre_exit(struct net *net)
${marker && marker.replace('foo_net_exit() leaves', 'foo_net_pre_exit() and foo_net_exit() leave')}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${early}}

static void __net_exit`,
        )
        .replace('	.exit =', '	.pre_exit = foo_net_pre_exit,\n	.exit =');

    it('is a timer that is waited for by the grace period after pre_exit', () => {
      check(withEarly('	timer_delete(&fn->timer);\n', ''));
      check(withEarly('	fn->dead = true;\n	timer_delete(&fn->timer);\n', gated));
      check(withEarly('	timer_shutdown(&fn->timer);\n', again));
    });

    it('is a timer that does not queue itself again by then', () => {
      const net =
        '	synchronize_net();\n//	^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: foo_net_exit() calls synchronize_net()\n';
      check(module({ run: again, exit: `	timer_shutdown(&fn->timer);\n${net}${gone}` }));
      check(module({ exit: `	timer_delete(&fn->timer);\n${net}${gone}` }));
      check(module({ run: gated, exit: `	fn->dead = true;\n	timer_delete(&fn->timer);\n${grace}${gone}` }));
      // Nothing waits for what runs, or the flag comes late.
      const marker = leavesRunning('fn->timer', 'foo_tick');
      check(module({ run: again, exit: `	timer_shutdown(&fn->timer);\n${gone}`, marker }));
      check(module({ run: gated, exit: `	timer_delete(&fn->timer);\n	fn->dead = true;\n${grace}${gone}`, marker }));
    });

    it('is a timer that holds the namespace until it has run', () => {
      check(module({ run: '	put_net(fn->net);\n', exit: `	timer_delete(&fn->timer);\n${gone}` }));
      const marker = leavesRunning('fn->timer', 'foo_tick');
      check(
        module({ run: '	get_net(fn->net);\n	put_net(fn->net);\n', exit: `	timer_delete(&fn->timer);\n${gone}`, marker }),
      );
      check(module({ run: `	put_net(fn->peer);\n${again}`, exit: `	timer_delete(&fn->timer);\n${gone}`, marker }));
    });

    it('is work of a thread, for which its end is waited', () => {
      const late = (exit: string, marker = ''): string =>
        module({ exit: `	timer_delete_sync(&fn->timer);\n${exit}`, marker })
          .replaceAll('INIT_DELAYED_WORK', 'kthread_init_delayed_work')
          .replaceAll('schedule_delayed_work(', 'kthread_queue_delayed_work(foo_worker, ');
      check(
        late(
          '	fn->runs = 0;\n',
          leavesRunning('fn->gc', 'foo_gc').replace(
            'nothing waits for it, and foo_gc() can still run',
            'nothing stops it, and foo_gc() is called',
          ),
        ),
      );
      check(late('	kthread_cancel_delayed_work_sync(&fn->gc);\n'));
    });

    it('is waited for', () => {
      check(module({ run: again, exit: `	timer_delete_sync(&fn->timer);\n${gone}` }));
      check(module({ run: again, exit: `	timer_delete(&fn->timer);\n	timer_shutdown_sync(&fn->timer);\n${gone}` }));
      check(module({ exit: `	timer_delete(&fn->timer);\n${grace}${gone}` }));
      check(module({ run: again, exit: `	if (timer_delete(&fn->timer))\n		foo_put(fn);\n${gone}` }));
    });
  });

  it('a timer that is only taken off its queue', () => {
    check(
      queuedByOthers(
        '	del_timer(&net->foo.hash.timer);\n	cancel_work_sync(&net->foo.hash.work);\n',
        `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves net->foo.hash.timer running, which foo_net_init() sets up for every namespace: nothing waits for it, and foo_tick() can still run when the namespace's memory is gone
`,
      ),
    );
  });

  it.each([
    ['are stopped', '	timer_shutdown_sync(&net->foo.hash.timer);\n	cancel_work_sync(&net->foo.hash.work);\n', ''],
    [
      'are taken off their queue and waited for',
      '	del_timer(&net->foo.hash.timer);\n	foo_wait(&net->foo.hash.timer);\n	flush_work(&net->foo.hash.work);\n',
      '',
    ],
    [
      'may have ended with their last user',
      '',
      `
void foo_del(struct net *net)
{
	del_timer_sync(&net->foo.hash.timer);
	flush_work(&net->foo.hash.work);
}
`,
    ],
  ])('is quiet about such that %s', (_name, exit, other) => {
    check(queuedByOthers(exit, '', other));
  });

  it.each([
    ['that is stopped by way of another pointer', '\tdel_timer_sync(&foo_of(net)->timer);\n'],
    ['whose member is given to a helper', '\tfoo_hush(&fn->timer);\n'],
    ['which a step that was not read may stop', '\tfoo_timers_stop(fn);\n'],
  ])('is quiet about a timer %s', (_name, stop) => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	timer_setup(&fn->timer, foo_tick, 0);
	mod_timer(&fn->timer, jiffies + HZ);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${stop}	kfree(fn->table);
}

${fooNetOps('data')}`);
  });

  it('is quiet about a timer that nothing in sight starts', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	timer_setup(&net->foo.timer, foo_tick, 0);
	net->foo.table = kcalloc(FOO_BUCKETS, sizeof(*net->foo.table), GFP_KERNEL);
	return net->foo.table ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.table);
}

${fooNetOps('no data')}`);
  });

  it('memory that only the error path frees', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err)
		kfree(fn->table);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->table, which foo_net_init() acquires for every namespace: kfree() is missing
{
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

${fooNetOps('data')}`);
  });

  it('memory that exit takes off a list of all namespaces', () => {
    const module = (exit: string, marker = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->sock = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	if (!foo->sock) {
		kfree(foo);
		return -ENODEV;
	}
	net->foo = foo;
	list_add_tail(&foo->list, &all_foos);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo *foo = net->foo;

	list_del(&foo->list);
	netlink_kernel_release(foo->sock);
	${exit}
}

${fooNetOps('no data')}`;
    check(
      module(
        'foo_count--;',
        '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo, which foo_net_init() acquires for every namespace: kfree() is missing\n',
      ),
    );
    check(module('kfree(foo);'));
    check(module('foo_put(foo);'));
  });

  it('a proc entry that is not removed', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.proc_tab = proc_create_net("foo_tab", 0444, net->proc_net, &foo_tab_ops, sizeof(struct seq_net_private));
	if (!net->foo.proc_tab)
		return -ENOMEM;
	net->foo.proc_stat = proc_create_net_single("foo_stat", 0444, net->proc_net, foo_stat_show, NULL);
	if (!net->foo.proc_stat)
		goto err;
	return 0;
err:
	remove_proc_entry("foo_tab", net->proc_net);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc entry net->foo.proc_stat
{
	remove_proc_entry("foo_tab", net->proc_net);
}

${fooNetOps('no data')}`);
  });

  it('an exit_batch that forgets one of two', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->stats = alloc_percpu(struct foo_stats);
	if (!fn->stats)
		return -ENOMEM;
	err = rhashtable_init(&fn->flows, &foo_flow_params);
	if (err)
		free_percpu(fn->stats);
	return err;
}

static void __net_exit foo_net_exit_batch(struct list_head *net_exit_list)
//		       ^^^^^^^^^^^^^^^^^^ error: exit-leak: foo_net_exit_batch() leaves percpu memory net_generic(net, foo_net_id)->stats
{
	struct net *net;

	list_for_each_entry(net, net_exit_list, exit_list) {
		struct foo_net *fn = net_generic(net, foo_net_id);

		rhashtable_destroy(&fn->flows);
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('a batch that takes down the first of its namespaces alone', () => {
    const batch = (body: string, marks = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}

static void __net_exit foo_net_exit_batch(struct list_head *net_exit_list)
${marks}
{
	struct net *net;

${body}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit_batch,
};
${registering()}`;
    const wrong =
      '//\t\t       ^^^^^^^^^^^^^^^^^^ error: exit-leak: foo_net_exit_batch() takes down the first of the namespaces ' +
      'that die at once and no other: exit_batch is called once for all of them, and what the others have is left';
    check(
      batch(
        `	net = list_first_entry(net_exit_list, struct net, exit_list);
	foo_drop_all(net);`,
        wrong,
      ),
    );
    check(
      batch(
        `	list_for_each_entry(net, net_exit_list, exit_list) {
		foo_drop_all(net);
		break;
	}`,
        wrong,
      ),
    );
    check(
      batch(
        `	struct foo_net *fn;

	list_for_each_entry(net, net_exit_list, exit_list) {
		fn = net_generic(net, foo_net_id);
	}
	foo_drop_all(fn->table);`,
        wrong.replace('the first', 'the last'),
      ),
    );
    // What is looked for, and what the turns have used as well.
    check(
      batch(`	struct foo_net *fn;

	list_for_each_entry(net, net_exit_list, exit_list) {
		fn = net_generic(net, foo_net_id);
		if (fn->is_busy)
			break;
	}
	foo_drop_all(fn->table);`),
    );
    check(
      batch(`	struct foo_net *fn;

	list_for_each_entry(net, net_exit_list, exit_list) {
		fn = net_generic(net, foo_net_id);
		foo_drop_all(fn->table);
	}
	foo_log(fn->name);`),
    );
    // What else is done in each turn may be what there is to do.
    check(
      batch(`	int err = 0;

	list_for_each_entry(net, net_exit_list, exit_list) {
		err = foo_take_down(net);
	}
	foo_say(err);`),
    );
    check(
      batch(`	struct foo_net *fn;

	list_for_each_entry(net, net_exit_list, exit_list) {
		fn = net_generic(net, foo_net_id);
		foo_take_down(net);
	}
	foo_log(fn->name);`),
    );
    // One after the other, one that is looked for, and one that stands for all of them.
    check(
      batch(`	while (!list_empty(net_exit_list)) {
		net = list_first_entry(net_exit_list, struct net, exit_list);
		foo_drop_all(net);
		list_del(&net->exit_list);
	}`),
    );
    check(
      batch(`	list_for_each_entry(net, net_exit_list, exit_list) {
		if (foo_has_any(net)) {
			foo_flush();
			break;
		}
	}`),
    );
    check(
      batch(`	net = list_first_entry(net_exit_list, struct net, exit_list);
	foo_note(net);
	foo_drop_list(net_exit_list);`),
    );
  });

  it('lists of its own that an exit callback only fills, or only has taken down', () => {
    const exit = (body: string, mark = '', helpers = ''): string => `
${helpers}
static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.devices);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${mark}
{
	struct foo_device *dev, *next;
	LIST_HEAD(list);

${body}
}

${fooNetOps('no data')}`;
    const collect = `	list_for_each_entry_safe(dev, next, &net->foo.devices, list)
		list_move(&dev->list, &list);
`;
    const wrong = (what: string): string => `//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() ${what}`;
    check(exit(collect, wrong('puts what goes on `list` (list_move()) and takes nothing from there')));
    check(
      exit(
        '\tunregister_netdevice_many(&list);',
        wrong('has nothing on `list` for unregister_netdevice_many() to take down'),
      ),
    );
    check(
      exit(`${collect}
	list_for_each_entry_safe(dev, next, &list, list)
		kfree(dev);`),
    );
    check(exit('\tfoo_collect(net, &list);\n\tunregister_netdevice_many(&list);'));
    const queued = '\tunregister_netdevice_queue(net->foo.dev, &list);';
    check(exit(queued, wrong('puts what goes on `list` (unregister_netdevice_queue()) and takes nothing from there')));
    check(exit(`${queued}\n\tunregister_netdevice_many(&list);`));
    const helpers = `
static void foo_dellink(struct net_device *dev, struct list_head *head)
{
	list_del(&netdev_priv(dev)->list);
	unregister_netdevice_queue(dev, head);
}

static void foo_drop_all(struct net *net, struct list_head *head)
{
	struct foo_device *dev, *next;

	list_for_each_entry_safe(dev, next, &net->foo.devices, list)
		foo_dellink(dev->dev, head);
}`;
    const dropped = '\tfoo_drop_all(net, &list);';
    check(exit(dropped, wrong('puts what goes on `list` (foo_drop_all()) and takes nothing from there'), helpers));
    check(exit(`${dropped}\n\tunregister_netdevice_many(&list);`, '', helpers));
    check(exit(dropped, '', helpers.replace(/}$/, '\tunregister_netdevice_many(head);\n}')));
    check(exit(dropped, '', helpers.replace('dev, head', 'dev, foo_at_once(net) ? NULL : head')));
    check(exit(dropped, '', helpers.replace(/}$/, '\tfoo_flush(head);\n}')));
    // What an option leaves out may be the other half.
    check(
      exit(`#ifdef CONFIG_FOO
	foo_collect(net, &list);
#endif
	unregister_netdevice_many(&list);`),
    );
  });

  it('neither pre_exit nor exit unregisters the hooks', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	net->foo.sk = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	if (!net->foo.sk)
		return -ENOMEM;
	err = nf_register_net_hook(net, &foo_hook);
	if (err)
		netlink_kernel_release(net->foo.sk);
	return err;
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	foo_stop_timers(net);
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_pre_exit() and foo_net_exit() leave netfilter hook
{
	netlink_kernel_release(net->foo.sk);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('a second control socket', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	err = inet_ctl_sock_create(&fn->ctl_sk, PF_INET, SOCK_RAW, IPPROTO_FOO, net);
	if (err)
		return err;
	err = inet_ctl_sock_create(&fn->ctl6_sk, PF_INET6, SOCK_RAW, IPPROTO_FOO, net);
	if (err)
		inet_ctl_sock_destroy(fn->ctl_sk);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves control socket net_generic(net, foo_net_id)->ctl6_sk
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	inet_ctl_sock_destroy(fn->ctl_sk);
}

${fooNetOps('data')}`);
  });

  it('a pre_exit alone that does not do all', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = register_netdevice_notifier_net(net, &net->foo.nb);
	if (err)
		return err;
	err = register_fib_notifier(net, &net->foo.fib_nb, NULL, NULL);
	if (err)
		unregister_netdevice_notifier_net(net, &net->foo.nb);
	return err;
}

static void __net_exit foo_net_pre_exit(struct net *net)
//		       ^^^^^^^^^^^^^^^^ error: exit-leak: foo_net_pre_exit() leaves per-net netdevice notifier
{
	unregister_fib_notifier(net, &net->foo.fib_nb);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
};
${registering()}`);
  });

  it('an early return of exit', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!fn->hdr)
		return -ENOMEM;
	fn->wq = alloc_workqueue("foo", WQ_UNBOUND, 0);
	if (!fn->wq) {
		unregister_net_sysctl_table(fn->hdr);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves sysctl table
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	destroy_workqueue(fn->wq);
	fn->wq = NULL;
	if (!fn->wq)
		return;
	unregister_net_sysctl_table(fn->hdr);
}

${fooNetOps('data')}`);
  });

  it('a pointer for RCU readers', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_table *table;
	int err;

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	err = nf_register_net_hook(net, &foo_hook);
	if (err) {
		kfree(table);
		return err;
	}
	rcu_assign_pointer(net->foo.table, table);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.table
{
	nf_unregister_net_hook(net, &foo_hook);
	RCU_INIT_POINTER(net->foo.table, NULL);
}

${fooNetOps('no data')}`);
  });

  it('a proc entry removed by another name', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	if (!proc_create_net("foo_stat", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc entry "foo_stat"
{
	remove_proc_entry("foo_stats", net->proc_net);
}

${fooNetOps('no data')}`);
  });

  it('a loop that frees too little', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	net->foo.cache = kzalloc(sizeof(*net->foo.cache), GFP_KERNEL);
	if (!net->foo.cache)
		return -ENOMEM;
	net->foo.index = kcalloc(FOO_MAX, sizeof(*net->foo.index), GFP_KERNEL);
	if (!net->foo.index) {
		err = -ENOMEM;
		goto err_index;
	}
	err = percpu_counter_init(&net->foo.used, 0, GFP_KERNEL);
	if (err)
		goto err_used;
	return 0;

err_used:
	kfree(net->foo.index);
err_index:
	kfree(net->foo.cache);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.index
{
	int i;

	for (i = 0; i < FOO_MAX; i++)
		foo_drop(net->foo.index[i]);
	percpu_counter_destroy(&net->foo.used);
	kfree(net->foo.cache);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about an exit in two callbacks', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err)
		kfree(fn->table);
	return err;
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about an exit_batch that does everything, in two loops', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!fn->hdr)
		return -ENOMEM;
	fn->stats = alloc_percpu(struct foo_stats);
	if (!fn->stats) {
		unregister_net_sysctl_table(fn->hdr);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit_batch(struct list_head *net_exit_list)
{
	struct foo_net *fn;
	struct net *net;

	list_for_each_entry(net, net_exit_list, exit_list) {
		fn = net_generic(net, foo_net_id);
		unregister_net_sysctl_table(fn->hdr);
	}
	synchronize_rcu();
	list_for_each_entry(net, net_exit_list, exit_list) {
		fn = net_generic(net, foo_net_id);
		free_percpu(fn->stats);
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about a table that its header knows', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *table;

	table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	if (!table)
		goto out;
	net->foo.hdr = register_net_sysctl(net, "net/foo", table);
	if (!net->foo.hdr)
		goto out_table;
	return 0;

out_table:
	kfree(table);
out:
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct ctl_table *table;

	table = net->foo.hdr->ctl_table_arg;
	unregister_net_sysctl_table(net->foo.hdr);
	kfree(table);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about memory that RCU frees later', () => {
    check(`
static void foo_table_free_rcu(struct rcu_head *head)
{
	kfree(container_of(head, struct foo_table, rcu));
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_table *table, *spare;

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	spare = kzalloc(sizeof(*spare), GFP_KERNEL);
	if (!spare) {
		kfree(table);
		return -ENOMEM;
	}
	rcu_assign_pointer(net->foo.table, table);
	RCU_INIT_POINTER(net->foo.spare, spare);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_table *table = rcu_dereference_protected(net->foo.table, 1);
	struct foo_table *spare = rtnl_dereference(net->foo.spare);

	RCU_INIT_POINTER(net->foo.table, NULL);
	call_rcu(&table->rcu, foo_table_free_rcu);
	kfree_rcu(spare, rcu);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about memory in a list that exit walks', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_rule *rule;

	INIT_LIST_HEAD(&net->foo.rules);
	rule = kzalloc(sizeof(*rule), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;
	net->foo.default_rule = rule;
	list_add_tail(&rule->list, &net->foo.rules);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_rule *rule, *next;

	list_for_each_entry_safe(rule, next, &net->foo.rules, list) {
		list_del(&rule->list);
		kfree(rule);
	}
}

${fooNetOps('no data')}`);
  });

  it('is quiet about entries that go with their directory', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->dir = proc_net_mkdir(net, "foo", net->proc_net);
	if (!fn->dir)
		return -ENOMEM;
	fn->rules = proc_create_net("rules", 0444, fn->dir, &foo_rules_ops, sizeof(struct seq_net_private));
	fn->stats = proc_create_net("stats", 0444, fn->dir, &foo_stats_ops, sizeof(struct seq_net_private));
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_subtree("foo", net->proc_net);
}

${fooNetOps('data')}`);
  });

  it('is quiet about devices that are unregistered in a batch', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->dev = alloc_netdev(0, "foo0", NET_NAME_UNKNOWN, foo_dev_setup);
	if (!fn->dev)
		return -ENOMEM;
	dev_net_set(fn->dev, net);
	err = register_netdev(fn->dev);
	if (err)
		free_netdev(fn->dev);
	return err;
}

static void __net_exit foo_net_exit_batch(struct list_head *net_exit_list)
{
	struct net *net;
	LIST_HEAD(list);

	rtnl_lock();
	list_for_each_entry(net, net_exit_list, exit_list) {
		struct foo_net *fn = net_generic(net, foo_net_id);

		unregister_netdevice_queue(fn->dev, &list);
	}
	unregister_netdevice_many(&list);
	rtnl_unlock();
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering('device')}`);
  });

  it('is quiet about what exit asks for before it releases', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.stats = alloc_percpu(struct foo_stats);
//			 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked
	net->foo.log = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!net->foo.log)
		pr_warn("foo: no log\\n");
	net->foo.sk = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	if (!net->foo.sk)
		goto err;
	return 0;
err:
	if (net->foo.log)
		kfree(net->foo.log);
	free_percpu(net->foo.stats);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	if (net->foo.sk) {
		netlink_kernel_release(net->foo.sk);
		net->foo.sk = NULL;
	}
	if (net->foo.log)
		kfree(net->foo.log);
	free_percpu(net->foo.stats);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about helpers that are passed the data', () => {
    check(`
static void foo_set_free(struct foo_set *set)
{
	if (!set)
		return;
	kfree(set->members);
	kfree(set);
}

static struct foo_set *foo_set_alloc(void)
{
	struct foo_set *set = kzalloc(sizeof(*set), GFP_KERNEL);

	if (!set)
		return NULL;
	set->members = kcalloc(8, sizeof(*set->members), GFP_KERNEL);
	if (!set->members) {
		kfree(set);
		return NULL;
	}
	return set;
}

static int __net_init foo_net_init(struct net *net)
{
	net->foo.set = foo_set_alloc();
	if (!net->foo.set)
		return -ENOMEM;
	net->foo.set6 = foo_set_alloc();
	if (!net->foo.set6) {
		foo_set_free(net->foo.set);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_set_free(net->foo.set6);
	foo_set_free(net->foo.set);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about options that both sides ask for', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = percpu_counter_init(&net->foo.count, 0, GFP_KERNEL);
	if (err)
		return err;
#ifdef CONFIG_SYSCTL
	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!net->foo.hdr) {
		percpu_counter_destroy(&net->foo.count);
		return -ENOMEM;
	}
#endif
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
#ifdef CONFIG_SYSCTL
	unregister_net_sysctl_table(net->foo.hdr);
#endif
	percpu_counter_destroy(&net->foo.count);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a loop on both sides', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int cpu, i, err;

	for (i = 0; i < FOO_TABLES; i++)
		fn->tables[i] = kzalloc(sizeof(struct foo_table), GFP_KERNEL);
	for_each_possible_cpu(cpu)
		foo_cpu_reset(fn, cpu);
	for (i = 0; i < ARRAY_SIZE(fn->counters); i++) {
		err = percpu_counter_init(&fn->counters[i], 0, GFP_KERNEL);
		if (err)
			goto err;
	}
	return 0;
err:
	while (i--)
		percpu_counter_destroy(&fn->counters[i]);
	for (i = 0; i < FOO_TABLES; i++)
		kfree(fn->tables[i]);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int i;

	for (i = 0; i < ARRAY_SIZE(fn->counters); i++)
		percpu_counter_destroy(&fn->counters[i]);
	for (i = FOO_TABLES - 1; i >= 0; i--)
		kfree(fn->tables[i]);
}

${fooNetOps('data')}`);
  });

  it('is quiet about an exit callback that two ops share', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.stats = alloc_percpu(struct foo_stats);
	return net->foo.stats ? 0 : -ENOMEM;
}

static int __net_init bar_net_init(struct net *net)
{
	net->bar.stats = alloc_percpu(struct foo_stats);
	return net->bar.stats ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	free_percpu(net->foo.stats);
	net->foo.stats = NULL;
	free_percpu(net->bar.stats);
	net->bar.stats = NULL;
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = foo_net_exit,
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

  it('a copied table that a helper gets back by way of its header', () => {
    check(`
static int __net_init foo_sysctl_init(struct net *net)
{
	struct ctl_table *table = foo_table;
	struct ctl_table_header *hdr;

	if (!net_eq(net, &init_net)) {
		table = kmemdup(table, sizeof(foo_table), GFP_KERNEL);
		if (!table)
			goto err_alloc;
		table[0].data = &net->foo.limit;
	}
	hdr = register_net_sysctl(net, "net/foo", table);
	if (!hdr)
		goto err_reg;
	net->foo.hdr = hdr;
	return 0;

err_reg:
	if (!net_eq(net, &init_net))
		kfree(table);
err_alloc:
	return -ENOMEM;
}

static void __net_exit foo_sysctl_exit(struct net *net)
{
	struct ctl_table *table;

	if (!net->foo.hdr)
		return;
	table = net->foo.hdr->ctl_table_arg;
	unregister_net_sysctl_table(net->foo.hdr);
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_sysctl_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.hdr->ctl_table_arg
{
	foo_sysctl_exit(net);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a copied table that a helper gets back and frees', () => {
    check(`
static int __net_init foo_sysctl_init(struct net *net)
{
	struct ctl_table *table = foo_table;
	struct ctl_table_header *hdr;

	if (!net_eq(net, &init_net)) {
		table = kmemdup(table, sizeof(foo_table), GFP_KERNEL);
		if (!table)
			goto err_alloc;
		table[0].data = &net->foo.limit;
	}
	hdr = register_net_sysctl(net, "net/foo", table);
	if (!hdr)
		goto err_reg;
	net->foo.hdr = hdr;
	return 0;

err_reg:
	if (!net_eq(net, &init_net))
		kfree(table);
err_alloc:
	return -ENOMEM;
}

static void __net_exit foo_sysctl_exit(struct net *net)
{
	struct ctl_table *table;

	if (!net->foo.hdr)
		return;
	table = net->foo.hdr->ctl_table_arg;
	unregister_net_sysctl_table(net->foo.hdr);
	if (!net_eq(net, &init_net))
		kfree(table);
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_sysctl_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_sysctl_exit(net);
}

${fooNetOps('no data')}`);
  });

  it('a socket in an object that is itself freed', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct netlink_kernel_cfg cfg = { .input = foo_rcv };
	struct foo_sock *fs;

	fs = kzalloc(sizeof(*fs), GFP_KERNEL);
	if (!fs)
		return -ENOMEM;
	fs->sk = netlink_kernel_create(net, NETLINK_FOO, &cfg);
	if (!fs->sk) {
		kfree(fs);
		return -ENODEV;
	}
	net->foo.sock = fs;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves netlink kernel socket net->foo.sock->sk
{
	struct foo_sock *fs = net->foo.sock;

	kfree(fs);
}

${fooNetOps('no data')}`);
  });

  it('a socket that is asked for its namespace', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct netlink_kernel_cfg cfg = { .input = foo_rcv };
	struct foo_sock *fs;

	fs = kzalloc(sizeof(*fs), GFP_KERNEL);
	if (!fs)
		return -ENOMEM;
	fs->sk = netlink_kernel_create(net, NETLINK_FOO, &cfg);
	if (!fs->sk) {
		kfree(fs);
		return -ENODEV;
	}
	net->foo.sock = fs;
	if (sock_net(fs->sk)->user_ns == &init_user_ns)
		list_add_tail(&fs->list, &foo_socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves netlink kernel socket net->foo.sock->sk
{
	struct foo_sock *fs = net->foo.sock;

	if (sock_net(fs->sk)->user_ns == &init_user_ns)
		list_del(&fs->list);
	kfree(fs);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a socket that is released before the object that it lies in', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct netlink_kernel_cfg cfg = { .input = foo_rcv };
	struct foo_sock *fs;

	fs = kzalloc(sizeof(*fs), GFP_KERNEL);
	if (!fs)
		return -ENOMEM;
	fs->sk = netlink_kernel_create(net, NETLINK_FOO, &cfg);
	if (!fs->sk) {
		kfree(fs);
		return -ENODEV;
	}
	net->foo.sock = fs;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_sock *fs = net->foo.sock;

	netlink_kernel_release(fs->sk);
	kfree(fs);
}

${fooNetOps('no data')}`);
  });

  it('what a helper has set up, when exit does not call the one that undoes it', () => {
    check(`
static int __net_init foo_table_init(struct net *net)
{
	return rhashtable_init(&net->foo.table, &foo_params);
}

static void __net_exit foo_table_exit(struct net *net)
{
	rhashtable_destroy(&net->foo.table);
}

static int __net_init foo_net_init(struct net *net)
{
	if (foo_table_init(net))
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves hash table net->foo.table
{
	mutex_destroy(&net->foo.lock);
}

${fooNetOps('no data')}`);
  });

  it('is quiet when exit calls the helper that undoes what another one has set up', () => {
    check(`
static int __net_init foo_table_init(struct net *net)
{
	return rhashtable_init(&net->foo.table, &foo_params);
}

static void __net_exit foo_table_exit(struct net *net)
{
	rhashtable_destroy(&net->foo.table);
}

static int __net_init foo_net_init(struct net *net)
{
	if (foo_table_init(net))
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	mutex_destroy(&net->foo.lock);
	foo_table_exit(net);
}

${fooNetOps('no data')}`);
  });

  it('a proc directory that is kept', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->net = net;
	fn->dir = proc_net_mkdir(fn->net, "foo", fn->net->proc_net);
	if (!fn->dir)
		return -ENOMEM;
	if (!proc_create_net("tab", 0444, fn->dir, &foo_tab_ops, sizeof(struct seq_net_private))) {
		proc_remove(fn->dir);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc directory net_generic(net, foo_net_id)->dir
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_flush(fn);
}

${fooNetOps('data')}`);
  });

  it('is quiet about a proc directory that is removed by its pointer', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->net = net;
	fn->dir = proc_net_mkdir(fn->net, "foo", fn->net->proc_net);
	if (!fn->dir)
		return -ENOMEM;
	if (!proc_create_net("tab", 0444, fn->dir, &foo_tab_ops, sizeof(struct seq_net_private))) {
		proc_remove(fn->dir);
		return -ENOMEM;
	}
	return 0;
}

${exiting('foo_flush(fn);', 'proc_remove(fn->dir);')}`);
  });

  /** The shape of hashlimit_proc_net_exit(). */
  it('one of two directories, of which the exit empties the other one', () => {
    const module = (exit: string, marker = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	fn->dir = proc_mkdir("foo", net->proc_net);
	if (!fn->dir)
		return -ENOMEM;
	fn->dir6 = proc_mkdir("foo6", net->proc_net);
	if (!fn->dir6) {
		remove_proc_entry("foo", net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = foo_pernet(net);
	struct foo_table *table;

	hlist_for_each_entry(table, &fn->tables, node)
		remove_proc_entry(table->name, fn->dir);
${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static inline struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
${registering()}`;
    const first = '	remove_proc_entry("foo", net->proc_net);\n';
    check(
      module(
        first,
        '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc directory net_generic(net, foo_net_id)->dir6\n',
      ),
    );
    check(module(`${first}	remove_proc_entry("foo6", net->proc_net);\n`));
  });

  it('one of two objects of the same making', () => {
    check(`
static int foo_conf_register(struct net *net, struct foo_conf *conf)
{
	struct foo_table *t;

	t = kmemdup(&foo_template, sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->hdr = register_net_sysctl(net, "net/foo", t->vars);
	if (!t->hdr) {
		kfree(t);
		return -ENOMEM;
	}
	conf->table = t;
	return 0;
}

static void foo_conf_unregister(struct net *net, struct foo_conf *conf)
{
	struct foo_table *t = conf->table;

	if (t) {
		conf->table = NULL;
		unregister_net_sysctl_table(t->hdr);
		kfree(t);
	}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_conf *all, *dflt;
	int err = -ENOMEM;

	all = kmemdup(&foo_all, sizeof(foo_all), GFP_KERNEL);
	if (!all)
		return err;
	dflt = kmemdup(&foo_dflt, sizeof(foo_dflt), GFP_KERNEL);
	if (!dflt)
		goto err_dflt;
	err = foo_conf_register(net, all);
	if (err)
		goto err_reg_all;
	err = foo_conf_register(net, dflt);
	if (err)
		goto err_reg_dflt;
	net->foo.all = all;
	net->foo.dflt = dflt;
	return 0;

err_reg_dflt:
	foo_conf_unregister(net, all);
err_reg_all:
	kfree(dflt);
err_dflt:
	kfree(all);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.dflt->table
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves sysctl table net->foo.dflt->table->hdr
{
	foo_conf_unregister(net, net->foo.all);
	kfree(net->foo.dflt);
	kfree(net->foo.all);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about two objects of the same making', () => {
    check(`
static int foo_conf_register(struct net *net, struct foo_conf *conf)
{
	struct foo_table *t;

	t = kmemdup(&foo_template, sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->hdr = register_net_sysctl(net, "net/foo", t->vars);
	if (!t->hdr) {
		kfree(t);
		return -ENOMEM;
	}
	conf->table = t;
	return 0;
}

static void foo_conf_unregister(struct net *net, struct foo_conf *conf)
{
	struct foo_table *t = conf->table;

	if (t) {
		conf->table = NULL;
		unregister_net_sysctl_table(t->hdr);
		kfree(t);
	}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_conf *all, *dflt;
	int err = -ENOMEM;

	all = kmemdup(&foo_all, sizeof(foo_all), GFP_KERNEL);
	if (!all)
		return err;
	dflt = kmemdup(&foo_dflt, sizeof(foo_dflt), GFP_KERNEL);
	if (!dflt)
		goto err_dflt;
	err = foo_conf_register(net, all);
	if (err)
		goto err_reg_all;
	err = foo_conf_register(net, dflt);
	if (err)
		goto err_reg_dflt;
	net->foo.all = all;
	net->foo.dflt = dflt;
	return 0;

err_reg_dflt:
	foo_conf_unregister(net, all);
err_reg_all:
	kfree(dflt);
err_dflt:
	kfree(all);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_conf_unregister(net, net->foo.dflt);
	foo_conf_unregister(net, net->foo.all);
	kfree(net->foo.dflt);
	kfree(net->foo.all);
}

${fooNetOps('no data')}`);
  });

  it('memory that a getter of a getter finds', () => {
    check(`
static inline struct foo_net *foo_data(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static inline struct foo_names *foo_names(struct net *net)
{
	return foo_data(net)->names;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_names *names;

	names = kzalloc(sizeof(*names), GFP_KERNEL);
	if (!names)
		return -ENOMEM;
	foo_data(net)->names = names;
	foo_data(net)->base = kzalloc(sizeof(struct foo_base), GFP_KERNEL);
	if (!foo_data(net)->base) {
		kfree(names);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->names
{
	struct foo_names *names = foo_names(net);

	kfree(foo_data(net)->base);
}

${fooNetOps('data')}`);
  });

  it('is quiet about memory that a getter of a getter finds', () => {
    check(`
static inline struct foo_net *foo_data(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static inline struct foo_names *foo_names(struct net *net)
{
	return foo_data(net)->names;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_names *names;

	names = kzalloc(sizeof(*names), GFP_KERNEL);
	if (!names)
		return -ENOMEM;
	foo_data(net)->names = names;
	foo_data(net)->base = kzalloc(sizeof(struct foo_base), GFP_KERNEL);
	if (!foo_data(net)->base) {
		kfree(names);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_names *names = foo_names(net);

	kfree(names);
	kfree(foo_data(net)->base);
}

${fooNetOps('data')}`);
  });

  it('is quiet about one thing for the first namespace and another for all others', () => {
    check(`
static struct ctl_table_header *foo_first_hdr;

static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *table;

	if (!net_eq(net, &init_net)) {
		table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
		if (!table)
			return -ENOMEM;
	} else {
		foo_first_hdr = register_net_sysctl(net, "net", foo_first_table);
		if (!foo_first_hdr)
			return -ENOMEM;
		table = foo_table;
	}
	net->foo.hdr = register_net_sysctl(net, "net/foo", table);
	if (!net->foo.hdr)
		goto err;
	return 0;

err:
	if (!net_eq(net, &init_net))
		kfree(table);
	else
		unregister_net_sysctl_table(foo_first_hdr);
	return -ENOMEM;
}

static void __net_exit foo_table_exit(struct net *net)
{
	struct ctl_table *table;

	table = net->foo.hdr->ctl_table_arg;
	unregister_net_sysctl_table(net->foo.hdr);
	if (!net_eq(net, &init_net))
		kfree(table);
	else
		unregister_net_sysctl_table(foo_first_hdr);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_table_exit(net);
}

${fooNetOps('no data')}`);
  });

  it('what is made for all namespaces but the first, and given back for that alone', () => {
    check(`
static struct ctl_table_header *foo_first_hdr;

static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *table;

	if (!net_eq(net, &init_net)) {
		table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
		if (!table)
			return -ENOMEM;
	} else {
		foo_first_hdr = register_net_sysctl(net, "net", foo_first_table);
		if (!foo_first_hdr)
			return -ENOMEM;
		table = foo_table;
	}
	net->foo.hdr = register_net_sysctl(net, "net/foo", table);
	if (!net->foo.hdr)
		goto err;
	return 0;

err:
	if (!net_eq(net, &init_net))
		kfree(table);
	else
		unregister_net_sysctl_table(foo_first_hdr);
	return -ENOMEM;
}

static void __net_exit foo_table_exit(struct net *net)
{
	struct ctl_table *table;

	table = net->foo.hdr->ctl_table_arg;
	unregister_net_sysctl_table(net->foo.hdr);
	if (!net_eq(net, &init_net))
		foo_note(net);
	else
		unregister_net_sysctl_table(foo_first_hdr);
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.hdr->ctl_table_arg
{
	foo_table_exit(net);
}

${fooNetOps('no data')}`);
  });

  it('what lies in a directory is not that directory', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->tables);
	fn->dir = proc_mkdir("foo", net->proc_net);
	if (!fn->dir)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc directory net_generic(net, foo_net_id)->dir
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_table *t;

	list_for_each_entry(t, &fn->tables, list)
		remove_proc_entry(t->name, fn->dir);
}

${fooNetOps('data')}`);
  });

  it('an exit that goes through what init has not put there', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.count = 0;
	net->foo.rules = NULL;
	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!net->foo.hdr)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves sysctl table net->foo.hdr
{
	unsigned int count = net->foo.count;
	unsigned int i;

	for (i = 0; i < count; i++)
		kfree(net->foo.rules[i]);
	kvfree(net->foo.rules);
}

${fooNetOps('no data')}`);
  });

  it('what is named by way of the data of an ops, which leads back to the namespace', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->net = net;
	net->foo = fn;
	foo_prepare(fn);
	if (!proc_create_net("foo", 0444, fn->net->proc_net, &foo_seq_ops, sizeof(struct foo_iter)))
		return -ENOMEM;
	if (!proc_create_net("foo_stat", 0444, fn->net->proc_net, &foo_stat_ops, sizeof(struct foo_iter))) {
		remove_proc_entry("foo", fn->net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc entry "foo", net->proc_net
{
	struct foo_net *fn = net->foo;

	foo_retire(fn);
	remove_proc_entry("foo_stat", fn->net->proc_net);
	net->foo = NULL;
}

${fooNetOps('data')}`);
  });

  it('is quiet about a table of a sysctl registration that is kept at a place of its own as well', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct ctl_table *table;

	table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	fn->hdr = register_net_sysctl(net, "net/foo", table);
	if (!fn->hdr) {
		kfree(table);
		return -ENOMEM;
	}
	fn->table = table;
	return 0;
}

${exiting('unregister_net_sysctl_table(fn->hdr);', 'kfree(fn->table);')}`);
  });

  it('fragment queues that are only closed before their end', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return fqdir_init(&net->foo.fqdir, &foo_frags, net);
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	fqdir_pre_exit(net->foo.fqdir);
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_pre_exit() and foo_net_exit() leave fragment queues net->foo.fqdir
{
	net->foo.fqdir = NULL;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  describe('memory that nothing in the module frees', () => {
    const run = (exit: string, { init = '', marked = false } = {}): void => {
      const marker =
        '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.hash, which foo_net_init() acquires for every namespace: kfree() is missing\n';
      check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.hash = kzalloc(FOO_SIZE, GFP_KERNEL);
	if (!net->foo.hash)
		return -ENOMEM;
${init}	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marked ? marker : ''}{
${exit}}

${fooNetOps('no data')}`);
    };

    it('is lost when all that exit does is known', () => {
      run('\tnet->foo.hash = NULL;\n', { marked: true });
    });

    it.each([
      ['a call that takes the namespace', '\tfoo_tables(net);\n'],
      ['a call that takes what lies beside it', '\tbar_forget(&net->foo);\n'],
      ['a call that takes it by another name', '\tstruct hlist_head *hash = net->foo.hash;\n\n\tbar_free_rcu(hash);\n'],
      ['a call that says it flushes', '\tflush_foo_tables(net);\n'],
      ['an RCU callback', '\tcall_rcu(&net->foo.rcu, foo_free_rcu);\n'],
      ['a work item', '\tschedule_work(&net->foo.work);\n'],
    ])('may be freed by %s', (_name, exit) => {
      run(exit);
    });

    it('may be freed by whoever init told of it', () => {
      run('', { init: '\tfoo_publish(net->foo.hash);\n' });
    });
  });
});

describe('pernet/exit-leak, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/exit-leak');
  });
});

describe('two leaks of one exit', () => {
  const leaking = (exit: string): string[] => {
    const files = parseFixture(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->first = kzalloc(64, GFP_KERNEL);
	if (!fn->first)
		return -ENOMEM;
	fn->second = kzalloc(64, GFP_KERNEL);
	if (!fn->second) {
		kfree(fn->first);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

${fooNetOps('data')}`);
    return analyseFiles(files).findings.map(({ fingerprint }) => fingerprint);
  };

  it('keep their fingerprints whichever else there is', () => {
    const both = leaking('\tpr_debug("%p", fn);');
    const [second] = leaking('\tkfree(fn->first);');
    const [first] = leaking('\tkfree(fn->second);');
    expect(both).toHaveLength(2);
    expect(new Set(both)).toEqual(new Set([first, second]));
  });
});

/** An ops that takes a table down by calls of another file, which has `stages` for that. */
const inStages = (
  callbacks: string,
  stages = `
void foo_table_pre_exit(struct net *net, const char *name)
{
	struct foo_table *table = foo_table_find(net, name);

	if (table)
		nf_unregister_net_hooks(net, table->ops, 1);
}

void foo_table_exit(struct net *net, const char *name)
{
	struct foo_table *table = foo_table_find(net, name);

	if (table)
		kfree(table);
}
`,
): string => `
//- net/foo/raw.c
static int foo_raw_net_init(struct net *net)
{
	return 0;
}
${callbacks}
static struct pernet_operations foo_net_ops = {
	.init = foo_raw_net_init,
	.pre_exit = foo_raw_net_pre_exit,
	.exit = foo_raw_net_exit,
};
${registering()}
//- net/foo/tables.c
${stages}`;

describe('a thing that is taken down in two stages', () => {
  it('of which the pre_exit has lost the first', () => {
    check(
      inStages(`
static void __net_exit foo_raw_net_pre_exit(struct net *net)
//		       ^^^^^^^^^^^^^^^^^^^^ error: exit-leak: foo_raw_net_pre_exit() does not call foo_table_pre_exit(), the first of the two stages of which foo_raw_net_exit() takes the second by foo_table_exit(): what foo_table_pre_exit() releases by nf_unregister_net_hooks() is left when the namespace is gone
{
}

static void __net_exit foo_raw_net_exit(struct net *net)
{
	foo_table_exit(net, "raw");
}`),
    );
  });

  const exit = `
static void __net_exit foo_raw_net_exit(struct net *net)
{
	foo_table_exit(net, "raw");
}`;
  const empty = `
static void __net_exit foo_raw_net_pre_exit(struct net *net)
{
}
`;

  it('which both are taken', () => {
    check(inStages(empty.replace('{\n}', '{\n\tfoo_table_pre_exit(net, "raw");\n}') + exit));
    // By a helper, or where the file says who else does.
    check(
      inStages(
        `
static void foo_raw_quiesce(struct net *net)
{
	foo_table_pre_exit(net, "raw");
}
` +
          empty.replace('{\n}', '{\n\tfoo_raw_quiesce(net);\n}') +
          exit,
      ),
    );
  });

  it('of which the pre_exit has another first stage', () => {
    const own = `
static void foo_raw_unregister_lookups(struct net *net)
{
	nf_unregister_net_hooks(net, foo_raw_hooks, 2);
}
`;
    check(inStages(own + empty.replace('{\n}', '{\n\tfoo_raw_unregister_lookups(net);\n}') + exit));
  });

  it('that a step which was not read may take', () => {
    check(inStages(empty.replace('{\n}', '{\n\tfoo_raw_stop(net);\n}') + exit));
  });

  it('of which the second takes the first itself, or another thing', () => {
    const second = `
void foo_table_exit(struct net *net, const char *name)
{
	foo_table_pre_exit(net, name);
}
`;
    const first = `
void foo_table_pre_exit(struct net *net, const char *name)
{
	nf_unregister_net_hooks(net, foo_table_find(net, name)->ops, 1);
}
`;
    check(inStages(empty + exit, first + second));
    const other = first
      .replace('struct net *net, const char *name', 'struct foo_table *table')
      .replace('foo_table_find(net, name)', 'table');
    check(
      inStages(
        empty + exit,
        `${other}
void foo_table_exit(struct net *net, const char *name)
{
	kfree(foo_table_find(net, name));
}
`,
      ),
    );
  });
});

describe('an exit that gives back for some namespaces alone what init acquires for all', () => {
  const givingBackIf = (condition: string, marker = '', registered = registering()): string => `
static int __net_init foo_net_init(struct net *net)
{
	net->foo.stats = alloc_percpu(struct foo_stats);
	if (!net->foo.stats)
		return -ENOMEM;
	if (!proc_create_net("foo", 0, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private))) {
		free_percpu(net->foo.stats);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	remove_proc_entry("foo", net->proc_net);
	if (${condition})
		free_percpu(net->foo.stats);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registered}`;
  const leaks = `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves percpu memory net->foo.stats
`;

  it('for all but init_net, which goes through it when the module is unloaded', () => {
    check(givingBackIf('!net_eq(net, &init_net)', leaks));
    check(givingBackIf('net != &init_net', leaks));
  });

  it('for init_net', () => {
    check(givingBackIf('net_eq(&init_net, net)', leaks));
    check(givingBackIf('net == &init_net', leaks));
  });

  it('is quiet where init_net never goes, and about other conditions', () => {
    const builtIn = `
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

device_initcall(foo_init);
`;
    check(givingBackIf('!net_eq(net, &init_net)', '', builtIn));
    check(givingBackIf('net == &init_net', leaks, builtIn));
    check(givingBackIf('net != foo_first_net'));
  });
});

describe('pernet/exit-leak of devices', () => {
  /** A module whose link ops keep each device that they make in the data of a namespace. */
  const linking = ({
    keep = 'list_add(&foo->next, &fn->devices);',
    more = '',
    exit = '',
    setup = '',
    marker = '',
  }: Readonly<Partial<Record<'keep' | 'more' | 'exit' | 'setup' | 'marker', string>>>): string => `
struct foo_net {
	struct list_head devices;
	struct foo_dev *only;
};

static unsigned int foo_net_id;

static void foo_setup(struct net_device *dev)
{
	dev->netdev_ops = &foo_netdev_ops;
	${setup}
}

static void foo_keep(struct foo_net *fn, struct net_device *dev)
{
	struct foo_dev *foo = netdev_priv(dev);

	${keep}
}

static int foo_newlink(struct net *src_net, struct net_device *dev, struct nlattr *tb[], struct nlattr *data[],
		       struct netlink_ext_ack *extack)
{
	struct foo_net *fn = net_generic(src_net, foo_net_id);
	int err;

	${more}
	err = register_netdevice(dev);
	if (err)
		return err;
	foo_keep(fn, dev);
	return 0;
}

static struct rtnl_link_ops foo_link_ops = {
	.kind = "foo",
	.setup = foo_setup,
	.newlink = foo_newlink,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->devices);
	return 0;
}

static void __net_exit foo_net_exit_batch_rtnl(struct list_head *net_list, struct list_head *kill)
${marker}{
	struct foo_dev *foo, *next;
	struct net *net;

	list_for_each_entry(net, net_list, exit_list) {
		struct foo_net *fn = net_generic(net, foo_net_id);

		${exit}
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch_rtnl = foo_net_exit_batch_rtnl,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = rtnl_link_register(&foo_link_ops);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;
  const leaves = (member: string): string =>
    `//		       ^^^^^^^^^^^^^^^^^^^^^^^ error: exit-leak: foo_net_exit_batch_rtnl() leaves the devices that foo_keep() keeps at \`${member}\`
`;
  const killing =
    'list_for_each_entry_safe(foo, next, &fn->devices, next)\n\t\t\tunregister_netdevice_queue(foo->dev, kill);';

  it('that lie in other namespaces', () => {
    check(linking({ marker: leaves('devices') }));
    check(linking({ exit: killing }));
  });

  it('of which there is one in a namespace', () => {
    const keep = 'rcu_assign_pointer(fn->only, foo);';
    check(linking({ keep, exit: killing, marker: leaves('only') }));
    check(linking({ keep, exit: 'if (fn->only)\n\t\t\tunregister_netdevice_queue(fn->only->dev, kill);' }));
  });

  it.each(['dev->netns_local = true;', 'dev->netns_immutable = true;', 'dev->features |= NETIF_F_NETNS_LOCAL;'])(
    'is quiet where these cannot be moved: %s',
    (setup) => {
      check(linking({ more: 'foo_setup(dev);', setup }));
    },
  );

  it('is quiet where these hold the namespace, where another structure has the list, and about what is no device', () => {
    check(linking({ more: 'get_net(src_net);' }));
    check(linking({ keep: 'list_add(&foo->next, &foo->lower->devices);' }));
    check(
      linking({
        exit: 'foo_note(net);',
        keep: 'struct foo_port *port = foo_port(dev);\n\n\tlist_add(&port->next, &fn->devices);',
      }),
    );
  });

  it('is quiet where the exit calls what was not read', () => {
    check(linking({ exit: 'foo_destroy_tunnels(net, kill);' }));
  });

  it.each(['udp_sock_create', 'udp_sock_create4', 'udp_sock_create6'])('a socket of %s()', (create) => {
    const withExit = (exit: string, marker = ''): string => `
static unsigned int foo_net_id;

static struct socket *foo_create_sock(struct net *net)
{
	struct udp_port_cfg conf = { .family = AF_INET6 };
	struct socket *sock;
	int err;

	err = ${create}(net, &conf, &sock);
	return err < 0 ? ERR_PTR(err) : sock;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct udp_tunnel_sock_cfg conf = {};
	struct socket *sock = foo_create_sock(net);

	if (IS_ERR(sock))
		return PTR_ERR(sock);
	setup_udp_tunnel_sock(net, sock, &conf);
	fn->sock = sock;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${exit}
}

${fooNetOps('data')}`;
    check(withExit('udp_tunnel_sock_release(fn->sock);'));
    check(withExit('sock_release(fn->sock);'));
    const marker = '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves UDP tunnel socket\n';
    check(withExit('fn->sock = NULL;', marker));
  });
});

describe('an exit that looks into a copy of a structure', () => {
  const exit = (body: string, marker = ''): string => `
static void foo_parts_free(struct foo_parts *parts)
{
	kfree(parts->table);
	kfree(parts->in.cache);
}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->parts.table = kzalloc(64, GFP_KERNEL);
	if (!fn->parts.table)
		return -ENOMEM;
	fn->parts.in.cache = kzalloc(64, GFP_KERNEL);
	if (!fn->parts.in.cache) {
		kfree(fn->parts.table);
		return -ENOMEM;
	}
	return 0;
}
static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);
${body}
}
${fooNetOps('data')}`;
  const left = (member: string): string =>
    `//                     ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->parts.${member}\n`;

  it.each([
    ['from its beginning', 'struct foo_parts old = fn->parts;\n\tkfree(old.table);\n\tkfree(old.in.cache);'],
    [
      'after which the structure is cleared',
      'struct foo_parts old;\n\told = fn->parts;\n\tmemset(&fn->parts, 0, sizeof(fn->parts));\n\tkfree(old.table);\n\tkfree(old.in.cache);',
    ],
    [
      'and a copy of a part of that',
      'struct foo_parts old = fn->parts;\n\tstruct foo_in in = old.in;\n\tkfree(old.table);\n\tkfree(in.cache);',
    ],
    ['by a helper', 'struct foo_parts old = fn->parts;\n\tfoo_parts_free(&old);'],
  ])('is quiet about one %s', (_, body) => {
    check(exit(`\t${body}`));
  });

  it('and forgets a part of it, or copies nothing', () => {
    check(exit('\tstruct foo_parts old = fn->parts;\n\tkfree(old.table);', left('in.cache')));
    check(exit('\tstruct foo_parts old;\n\told = fn->parts;\n\tkfree(old.in.cache);', left('table')));
  });
});

describe('a directory of debugfs that init makes', () => {
  const module = (end: string, marker = ''): string => `
static unsigned int foo_net_id;
static struct dentry *foo_root;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->dir = debugfs_create_dir(fn->name, foo_root);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${end}
}

${fooNetOps('data')}`;

  it('is left', () => {
    check(
      module(
        '\tfn->dir = NULL;',
        '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves debugfs directory net_generic(net, foo_net_id)->dir\n',
      ),
    );
  });

  it.each([
    '\tstruct dentry *dir = debugfs_lookup(fn->name, foo_root);\n\n\tdebugfs_remove(dir);\n\tdput(dir);',
    '\tdebugfs_lookup_and_remove(fn->name, foo_root);',
    '\tsimple_recursive_removal(fn->dir, NULL);',
  ])('is removed by %s', (end) => {
    check(module(end));
  });
});
