import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

interface Parts {
  /** How init leaves the object to its work item, which has a reference of its own. */
  readonly queue?: string;
  /** How exit gets at the object. */
  readonly take?: string;
  /** What the last reference comes to. */
  readonly last?: string;
  /** What the item's function does at its end. */
  readonly end?: string;
  readonly lost?: string;
  readonly leaks?: string;
}

const plainQueue = '\tif (!queue_work(foo_wq, &o->work))\n\t\tkref_put(&o->kref, foo_release);';
const put = '\tkref_put(&o->kref, foo_release);';

/** An object of each namespace that goes with its last reference, a work item's or the namespace's. */
const object = ({ queue = plainQueue, take, last, end = put, lost = '', leaks = '' }: Parts): string => `
struct foo_obj { struct kref kref; struct rcu_head rcu; struct work_struct work; u64 *hist; };

static struct workqueue_struct *foo_wq;

static void foo_free_rcu(struct rcu_head *head)
{
	struct foo_obj *o = container_of(head, struct foo_obj, rcu);

	kfree(o->hist);
	kfree(o);
}

static void foo_release(struct kref *kref)
{
	struct foo_obj *o = container_of(kref, struct foo_obj, kref);

	${last ?? 'call_rcu(&o->rcu, foo_free_rcu);'}
}

static void foo_work(struct work_struct *work)
{
	struct foo_obj *o = container_of(work, struct foo_obj, work);

	o->hist[0]++;
${end}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_obj **slot = net_generic(net, foo_net_id);
	struct foo_obj *o = kzalloc(sizeof(*o), GFP_KERNEL);

	if (!o)
		return -ENOMEM;
	o->hist = kcalloc(8, sizeof(u64), GFP_KERNEL);
	if (!o->hist) {
		kfree(o);
		return -ENOMEM;
	}
	kref_init(&o->kref);
	INIT_WORK(&o->work, foo_work);
	*slot = o;
	kref_get(&o->kref);
${queue}
	return 0;
${lost}}

static void __net_exit foo_net_exit(struct net *net)
${leaks}{
	struct foo_obj **slot = net_generic(net, foo_net_id);
${take ?? '\tstruct foo_obj *o = xchg(slot, NULL);'}

	kref_put(&o->kref, foo_release);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_obj *),
};
${registering()}`;

describe('an object that goes with its last reference', () => {
  it.each<[string, Parts]>([
    ['by RCU', {}],
    ['taken from its place', { take: '\tstruct foo_obj *o = *slot;' }],
    ['at once', { last: 'kfree(o->hist);\n\tkfree(o);' }],
    ['by RCU, in a hurry', { last: 'call_rcu_hurry(&o->rcu, foo_free_rcu);' }],
    ['queued by the plain call', { queue: plainQueue.replace('queue_work(foo_wq, ', 'schedule_work(') }],
  ])('outlives its item, %s', (_, parts) => {
    check(object(parts));
  });

  it('outlives no item that has no reference', () => {
    check(
      object({
        queue: '\tschedule_work(&o->work);',
        end: '',
        leaks: '//\t\t       ^^^^^^^^^^^^ error: exit-leak: leaves o->work running, which\n',
      }),
    );
  });
});
