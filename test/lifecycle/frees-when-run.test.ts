import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** Objects of a slab cache that a namespace's exit leaves to a work item of their own. */
const leftToWork = (frees: string, queue: string, exit = ''): string => `
struct foo_obj { struct rcu_work rwork; struct list_head node; };
struct foo_net { struct list_head objs; };

static void foo_free_work(struct work_struct *work)
{
	struct foo_obj *o = container_of(to_rcu_work(work), struct foo_obj, rwork);

	${frees}
}

static void foo_drop(struct foo_obj *o)
{
	rhashtable_destroy(&o->table);
	list_del_rcu(&o->node);
	INIT_RCU_WORK(&o->rwork, foo_free_work);
	${queue}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_obj *o = kmem_cache_zalloc(foo_cache, GFP_KERNEL);

	if (!o)
		return -ENOMEM;
	if (rhashtable_init(&o->table, &foo_params)) {
		kmem_cache_free(foo_cache, o);
		return -ENOMEM;
	}
	INIT_LIST_HEAD(&fn->objs);
	list_add_rcu(&o->node, &fn->objs);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${exit}
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_obj *o, *next;

	list_for_each_entry_safe(o, next, &fn->objs, node)
		foo_drop(o);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const leaks =
  '//\t\t       ^^^^^^^^^^^^ error: exit-leak: leaves slab object net_generic(net, foo_net_id)->objs[*], which';

describe('what is left to a work item', () => {
  it('is freed by that', () => {
    check(leftToWork('kmem_cache_free(foo_cache, o);', 'queue_rcu_work(foo_wq, &o->rwork);'));
  });

  it('is left where that does not free it', () => {
    check(leftToWork('pr_info("%p\\n", o);', 'queue_rcu_work(foo_wq, &o->rwork);', leaks));
  });

  it('is left where it is not queued', () => {
    check(leftToWork('kmem_cache_free(foo_cache, o);', 'pr_info("%p\\n", o);', leaks));
  });
});
