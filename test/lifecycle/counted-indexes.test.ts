import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A module whose exit goes through the items of a namespace, and then frees its table; not where it `leaks`. */
function counted(loop: string, leaks = false): string {
  return `
struct foo_item {
	char *entry;
};

struct foo_net {
	struct foo_item items[8];
	int count;
	char *table;
};

static unsigned int foo_net_id;
static int foo_count;
static struct foo_item foo_last;

static void foo_free(struct foo_item *item)
{
	kfree(item->entry);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kzalloc(64, GFP_KERNEL);
	return fn->table ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)${leaks ? '\n//\t\t       ^^^^^^^^^^^^ error: exit-leak' : ''}
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int n = foo_count;

	${loop}
	${leaks ? '' : 'kfree(fn->table);'}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
}

describe('what an index counts by', () => {
  for (const loop of [
    'while (n)\n\t\tfoo_free(&fn->items[--n]);',
    'while (n)\n\t\tkfree(fn->items[--n].entry);',
    'for (; n;) {\n\t\tstruct foo_item *item = &fn->items[--n];\n\n\t\tfoo_free(item);\n\t}',
    'while (n != 8)\n\t\tfoo_free(&fn->items[n++]);',
  ])
    it(`is another number afterwards: ${loop.replace(/\s+/g, ' ')}`, () => {
      check(counted(loop));
      check(counted(loop, true));
    });
});

describe('a loop that nothing which is followed ends', () => {
  const loop = 'while (fn->count)\n\t\tfoo_free(&foo_last);';

  it('is ended by somebody else', () => {
    check(counted(loop));
    check(counted(loop, true));
  });
});
