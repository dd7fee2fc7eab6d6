import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** Objects on two lists of each namespace, which `purge` takes down: in exit, and where init fails half-way. */
const objects = (purge: string, exit = ''): string => `
struct foo_item { struct list_head list; void *data; };
struct foo_net { struct list_head active, idle; };

static struct foo_item *foo_item_alloc(void)
{
	struct foo_item *it = kmalloc(sizeof(*it), GFP_KERNEL);

	if (!it)
		return NULL;
	it->data = kzalloc(100, GFP_KERNEL);
	if (!it->data) {
		kfree(it);
		return NULL;
	}
	return it;
}

static void foo_item_free(struct foo_item *it)
{
	kfree(it->data);
	kfree(it);
}

static void foo_purge(struct foo_net *fn)
{
	struct foo_item *it, *next;
${purge}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_item *it;
	int i;

	INIT_LIST_HEAD(&fn->active);
	INIT_LIST_HEAD(&fn->idle);
	for (i = 0; i < 10; i++) {
		it = foo_item_alloc();
		if (!it) {
			foo_purge(fn);
			return -ENOMEM;
		}
		list_add(&it->list, i & 1 ? &fn->active : &fn->idle);
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${exit}
{
	foo_purge(net_generic(net, foo_net_id));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const leaks = '//\t\t       ^^^^^^^^^^^^ error: exit-leak: leaves memory net_generic(net, foo_net_id)->idle[*], which';

describe('what is gathered on a list of a function’s own', () => {
  const freed = '\tlist_for_each_entry_safe(it, next, &gone, list)\n\t\tfoo_item_free(it);';

  it.each([
    [
      'splices',
      'LIST_HEAD(gone);',
      'list_splice_init(&fn->active, &gone);\n\tlist_splice_tail_init(&fn->idle, &gone);',
    ],
    [
      'splices to a local',
      'struct list_head gone;',
      'INIT_LIST_HEAD(&gone);\n\tlist_splice(&fn->active, &gone);\n\tlist_splice(&fn->idle, &gone);',
    ],
    ['replaces', 'LIST_HEAD(gone);', 'list_replace_init(&fn->idle, &gone);\n\tlist_splice(&fn->active, &gone);'],
    [
      'moves one by one',
      'LIST_HEAD(gone);',
      'list_for_each_entry_safe(it, next, &fn->idle, list)\n\t\tlist_move_tail(&it->list, &gone);\n\tlist_splice(&fn->active, &gone);',
    ],
  ])('is freed from there: %s', (_, declared, gathered) => {
    check(objects(`\t${declared}\n\n\t${gathered}\n${freed}`));
  });

  it('by a loop that takes the first as long as there is one', () => {
    check(
      objects(`	LIST_HEAD(gone);

	list_splice_init(&fn->active, &gone);
	list_splice_init(&fn->idle, &gone);
	while (!list_empty(&gone)) {
		it = list_first_entry(&gone, struct foo_item, list);
		list_del(&it->list);
		foo_item_free(it);
	}`),
    );
  });

  it('leaves the other list as it is', () => {
    const other = `	LIST_HEAD(gone);

	list_splice_init(&fn->active, &gone);
${freed}`;
    const init = `			return -ENOMEM;
//			^^^^^^^^^^^^^^^ error: init-error-leak: without kfree() for memory net_generic(net, foo_net_id)->idle[*]`;
    check(objects(other, leaks).replace('\t\t\treturn -ENOMEM;', init));
  });

  it('is someone else’s where it goes to another list', () => {
    check(
      objects(`	list_splice_init(&fn->idle, &fn->active);
	list_for_each_entry_safe(it, next, &fn->active, list)
		foo_item_free(it);`),
    );
  });

  const batch = (body: string, exit = ''): string => `
struct foo_item { struct list_head list; };
struct foo_net { struct list_head items; };

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_item *it;
	int err;

	INIT_LIST_HEAD(&fn->items);
	it = kzalloc(sizeof(*it), GFP_KERNEL);
	if (!it)
		return -ENOMEM;
	list_add_tail(&it->list, &fn->items);
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err) {
		list_del(&it->list);
		kfree(it);
	}
	return err;
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static void __net_exit foo_net_exit_batch(struct list_head *nets)
${exit}
{
	struct foo_item *it, *next;
	struct net *net;
	LIST_HEAD(gone);

	list_for_each_entry(net, nets, exit_list) {
		struct foo_net *fn = net_generic(net, foo_net_id);

		list_splice_init(&fn->items, &gone);
	}
	list_for_each_entry_safe(it, next, &gone, list)
		${body};
}

static struct pernet_operations foo_net_ops = {
	.pre_exit = foo_net_pre_exit,
	.init = foo_net_init,
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('of all namespaces that die is freed at the end', () => {
    check(batch('kfree(it)'));
    check(
      batch(
        'list_del(&it->list)',
        '//\t\t       ^^^^^^^^^^^^^^^^^^ error: exit-leak: net_generic(net, foo_net_id)->items[*]',
      ),
    );
  });
});
