import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A table of each namespace on a list, found there by its name; `exit` takes it down. */
const tables = (exit: string): string => `
struct foo_table { struct list_head list; const char *name; };
struct foo_net { struct list_head tables; };

static struct foo_table *foo_find(struct net *net, const char *name)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_table *t;

	list_for_each_entry(t, &fn->tables, list) {
		if (!strcmp(t->name, name)) {
			list_del(&t->list);
			return t;
		}
	}
	return NULL;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_table *t;

	INIT_LIST_HEAD(&fn->tables);
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->name = kstrdup("filter", GFP_KERNEL);
	if (!t->name) {
		kfree(t);
		return -ENOMEM;
	}
	list_add(&t->list, &fn->tables);
	return 0;
}

${exit}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('an element of a list that a helper looks up', () => {
  it('is what was put there; that none is found is no leak', () => {
    check(
      tables(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_table *t = foo_find(net, "filter");

	if (!t)
		return;
	kfree(t->name);
	kfree(t);
}`),
    );
  });

  it('is left where it was found', () => {
    check(
      tables(`
static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: leaves memory net_generic(net, foo_net_id)->tables[*], which
{
	struct foo_table *t = foo_find(net, "filter");

	if (!t)
		return;
	kfree(t->name);
}`),
    );
  });

  it('is taken off one by one', () => {
    check(`
struct foo_item { struct list_head list; };
struct foo_net { struct mutex lock; struct list_head items; };

static struct foo_item *foo_pop(struct foo_net *fn)
{
	struct foo_item *it;

	mutex_lock(&fn->lock);
	it = list_first_entry_or_null(&fn->items, struct foo_item, list);
	if (it)
		list_del(&it->list);
	mutex_unlock(&fn->lock);
	return it;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_item *it = kzalloc(sizeof(*it), GFP_KERNEL);

	if (!it)
		return -ENOMEM;
	mutex_init(&fn->lock);
	INIT_LIST_HEAD(&fn->items);
	list_add(&it->list, &fn->items);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_item *it;

	while ((it = foo_pop(fn)))
		kfree(it);
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
