import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** What init collects in a structure of its own and copies into the namespace's when all is there. */
const copied = (put: string, exit = ''): string => `
struct foo_parts { void *table; struct proc_dir_entry *entry; };
struct foo_net { struct foo_parts parts; };

static void foo_parts_put(struct foo_parts *p)
{
${put}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_parts p = {};

	p.table = kmalloc(10, GFP_KERNEL);
	if (!p.table)
		return -ENOMEM;
	p.entry = proc_create_net_single("foo", 0444, net->proc_net, foo_show, NULL);
	if (!p.entry) {
		kfree(p.table);
		return -ENOMEM;
	}
	fn->parts = p;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${exit}
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_parts_put(&fn->parts);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('a structure that is assigned as a whole', () => {
  it('takes along what its members hold', () => {
    check(copied('\tproc_remove(p->entry);\n\tkfree(p->table);'));
  });

  it('and what of that is never released', () => {
    check(
      copied(
        '\tproc_remove(p->entry);',
        '//\t\t       ^^^^^^^^^^^^ error: exit-leak: leaves memory net_generic(net, foo_net_id)->parts.table, which',
      ),
    );
  });

  it('also by a pointer to where it lies', () => {
    check(`
struct foo_parts { void *table; };
struct foo_net { struct foo_parts *parts; };

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_parts p;

	p.table = kmalloc(10, GFP_KERNEL);
	if (!p.table)
		return -ENOMEM;
	fn->parts = kmalloc(sizeof(*fn->parts), GFP_KERNEL);
	if (!fn->parts) {
		kfree(p.table);
		return -ENOMEM;
	}
	*fn->parts = p;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->parts->table);
	kfree(fn->parts);
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
