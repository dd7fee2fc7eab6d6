import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops with entries that a work item frees, what its function does, what queues it, and the exit. */
const withGc = (exit: string, { gc = '', flush = 'schedule_work(&fn->gc);', more = '' } = {}): string => `
struct foo_net {
	struct list_head list;
	struct list_head dead;
	spinlock_t lock;
	bool dying;
	wait_queue_head_t empty;
	struct workqueue_struct *wq;
	struct work_struct gc;
};

struct foo_entry {
	struct list_head list;
};

static unsigned int foo_net_id;
static LIST_HEAD(foo_nets);

static void foo_gc_run(struct work_struct *work)
{
	struct foo_net *fn = container_of(work, struct foo_net, gc);
	struct foo_entry *entry, *next;

	spin_lock_bh(&fn->lock);
	list_for_each_entry_safe(entry, next, &fn->dead, list) {
		list_del(&entry->list);
		kfree(entry);
	}
	spin_unlock_bh(&fn->lock);
	${gc}
}
${more}
static void foo_flush(struct foo_net *fn)
{
	spin_lock_bh(&fn->lock);
	list_splice_init(&fn->list, &fn->dead);
	spin_unlock_bh(&fn->lock);
	${flush}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
	INIT_LIST_HEAD(&fn->dead);
	spin_lock_init(&fn->lock);
	init_waitqueue_head(&fn->empty);
	INIT_WORK(&fn->gc, foo_gc_run);
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
${registering()}`;

const early = `	flush_work(&fn->gc);
//	^^^^^^^^^^^^^^^^^^^ error: exit-order: waits for fn->gc by flush_work() before foo_flush(), which queues it again
	foo_flush(fn);`;

const unmarked = `	flush_work(&fn->gc);
	foo_flush(fn);`;

describe('a work item that an exit waits for before it has it queued', () => {
  it('is told', () => {
    check(withGc(early));
  });

  it('is told where a helper of the helper queues it', () => {
    const more = `
static void foo_kick(struct foo_net *fn)
{
	queue_work(system_wq, &fn->gc);
}
`;
    check(withGc(early, { flush: 'foo_kick(fn);', more }));
  });

  it('is left alone where the wait comes behind that', () => {
    check(withGc('	foo_flush(fn);\n	flush_work(&fn->gc);'));
  });

  it('is left alone where the exit waits again, or stops it', () => {
    for (const end of [
      'flush_work(&fn->gc);',
      'cancel_work_sync(&fn->gc);',
      'destroy_workqueue(fn->wq);',
      'foo_gone(fn);',
    ])
      check(withGc(`${unmarked}\n	${end}`));
  });

  it.each([
    ['it is disabled', withGc(`	disable_work(&fn->gc);\n${unmarked}`)],
    ['the exit goes on until it is done', withGc(`${unmarked}\n	while (work_busy(&fn->gc))\n		cpu_relax();`)],
    ['the exit calls what was not read', withGc(`${unmarked}\n	foo_gc_quiesce();`)],
    [
      'there may be nothing to queue it for',
      withGc(unmarked, { flush: 'if (!list_empty(&fn->dead))\n		schedule_work(&fn->gc);' }),
    ],
    [
      'who queues it is told how',
      withGc('	flush_work(&fn->gc);\n	foo_flush(fn, FOO_SYNC);', {
        flush: 'if (!(how & FOO_SYNC))\n		schedule_work(&fn->gc);',
      }).replace('foo_flush(struct foo_net *fn)', 'foo_flush(struct foo_net *fn, int how)'),
    ],
    ['it holds the namespace by a tracker', withGc(unmarked, { gc: 'put_net_track(fn->net, &fn->tracker);' })],
  ])('is left alone where %s', (_, module) => {
    check(module);
  });

  it('is left alone where the exit waits for what it does', () => {
    check(withGc(`${unmarked}\n	wait_event(fn->empty, list_empty(&fn->dead));`, { gc: 'wake_up(&fn->empty);' }));
    check(withGc(unmarked, { flush: 'schedule_work(&fn->gc);\n	wait_event(fn->empty, list_empty(&fn->dead));' }));
  });

  it('is left alone where who queues it asks what the exit has set', () => {
    check(withGc(`	fn->dying = true;\n${unmarked}`, { flush: 'if (!fn->dying)\n		schedule_work(&fn->gc);' }));
  });

  it('is left alone where the exit has set that once it has waited', () => {
    const flush = 'if (!fn->dying)\n		schedule_work(&fn->gc);';
    check(withGc('	flush_work(&fn->gc);\n	fn->dying = true;\n	foo_flush(fn);', { flush }));
  });

  it("is left alone where it may be another namespace's", () => {
    const flush = `{
		struct foo_net *other;

		list_for_each_entry(other, &foo_nets, list)
			schedule_work(&other->gc);
	}`;
    check(withGc(unmarked, { flush }));
  });

  it('is left alone where it holds the namespace', () => {
    check(withGc(unmarked, { gc: 'put_net(fn->net);' }));
  });

  it('is left alone where who queues it is told whether to, or may do the same itself', () => {
    const sync = withGc('	flush_work(&fn->gc);\n	foo_flush(fn, true);', {
      flush: 'if (!sync)\n		schedule_work(&fn->gc);',
    }).replace('foo_flush(struct foo_net *fn)', 'foo_flush(struct foo_net *fn, bool sync)');
    check(sync);
    const more = `
static void foo_free_dead(struct foo_net *fn)
{
	fn->dying = false;
}
`;
    check(
      withGc(unmarked, { gc: 'foo_free_dead(fn);', flush: 'foo_free_dead(fn);\n	schedule_work(&fn->gc);' }).replace(
        'static void foo_gc_run',
        `${more}static void foo_gc_run`,
      ),
    );
  });
});

/** The same with an item that all namespaces share, and that the exit waits for by a helper. */
const shared = (exit: string, gc: string): string => `
struct foo_net {
	struct list_head list;
};

static unsigned int foo_net_id;
static void foo_gc_run(struct work_struct *work);
static DECLARE_WORK(foo_gc, foo_gc_run);

static void foo_gc_run(struct work_struct *work)
{
	${gc}
}

static void foo_gc_wait(void)
{
	flush_work(&foo_gc);
}

static void foo_flush(struct foo_net *fn)
{
	schedule_work(&foo_gc);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
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
${registering()}`;

describe('a shared work item that an exit waits for before it has it queued', () => {
  it('is left alone where it does not use the namespace, whatever the exit asserts', () => {
    check(shared('	foo_gc_wait();\n	foo_flush(fn);', 'pr_debug("gone\\n");'));
    check(shared('	foo_gc_wait();\n	foo_flush(fn);\n	WARN_ON_ONCE(!list_empty(&fn->list));', 'cond_resched();'));
  });

  it('is left alone where the wait comes behind that', () => {
    check(shared('	foo_flush(fn);\n	foo_gc_wait();\n	WARN_ON_ONCE(!list_empty(&fn->list));', 'cond_resched();'));
  });
});

describe('what the kernel has a call of its own to wait for', () => {
  const type = `
int foo_register(void)
{
	return xfrm_register_type(&foo_type, AF_INET6);
}
`;
  const xfrm = (calls: string, more = type): string => `${more}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${calls}
	WARN_ON_ONCE(!list_empty(&fn->list));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('is told where more is queued behind that', () => {
    check(
      xfrm(`	xfrm_flush_gc();
//	^^^^^^^^^^^^^^^ error: exit-order: waits for what is queued by xfrm_flush_gc() before xfrm_state_flush(), which queues more
	xfrm_state_flush(net, 0, false);`),
    );
  });

  it('is left alone in the right order, waited for again, or where the flush itself waits', () => {
    check(xfrm('	xfrm_state_flush(net, 0, false);\n	xfrm_flush_gc();'));
    check(xfrm('	xfrm_flush_gc();\n	xfrm_state_flush(net, 0, false);\n	xfrm_flush_gc();'));
    check(xfrm('	xfrm_flush_gc();\n	xfrm_state_flush(net, 0, false, true);'));
    // What the exit asserts has nothing to do with states.
    check(xfrm('	xfrm_flush_gc();\n	xfrm_state_flush(net, 0, false);', ''));
  });
});
