import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A module whose namespaces have a tree of nodes; `drop` is what exit does with it. */
function planted(drop: string, leaks = false): string {
  return `
struct foo_node {
	struct foo_node *left, *right;
};

struct foo_net {
	struct foo_node *root;
	struct foo_node *spare;
};

static unsigned int foo_net_id;

static void foo_cut(struct foo_node *node)
{
	if (!node)
		return;
	foo_cut(node->left);
	foo_cut(node->right);
	kfree(node);
}

static void foo_cut_left(struct foo_node *node);

static void foo_cut_right(struct foo_node *node)
{
	if (node->left)
		foo_cut_left(node->left);
	kfree(node);
}

static void foo_cut_left(struct foo_node *node)
{
	if (node->right)
		foo_cut_right(node->right);
	kfree(node);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->root = kzalloc(sizeof(*fn->root), GFP_KERNEL);
	if (!fn->root)
		return -ENOMEM;
	fn->spare = kzalloc(sizeof(*fn->spare), GFP_KERNEL);
	if (!fn->spare) {
		foo_cut(fn->root);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)${leaks ? '\n//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->spare' : ''}
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${drop}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
}

/** A module whose functions call one another in a circle before the ops is registered; its exit takes that back, or leaves it. */
function circling(leaves = false): string {
  return `
static struct pernet_operations foo_net_ops = { .init = foo_net_init };

static int foo_add(int depth)
{
	if (depth)
		return foo_add(depth - 1);
	return register_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	return foo_add(3);
}

static void __exit foo_exit(void)${leaves ? '\n//\t\t   ^^^^^^^^ error: left-registered-on-exit' : ''}
{
	${leaves ? '' : 'unregister_pernet_subsys(&foo_net_ops);'}
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

describe('a function that calls itself', () => {
  it('is followed once more in itself', () => {
    check(planted('foo_cut(fn->root);\n\tfoo_cut(fn->spare);'));
    check(circling());
  });

  it('by way of another one as well', () => {
    check(planted('foo_cut_left(fn->root);\n\tfoo_cut_right(fn->spare);'));
  });

  it('and what it does not undo is seen', () => {
    check(planted('foo_cut(fn->root);', true));
  });

  it('and what it registers', () => {
    check(circling(true));
  });
});
