import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { fooNetOps } from '../registering.ts';

describe('memory in memory that init keeps', () => {
  const module = (exit: string, other = '', init = ''): string => `
struct foo_table {
	unsigned int size;
	u32 *slots;
};

struct foo_net {
	struct foo_table *table;
	u32 *spare;
};

static unsigned int foo_net_id;
${other}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_table *table;

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	table->slots = kcalloc(16, sizeof(u32), GFP_KERNEL);
	if (!table->slots) {
		kfree(table);
		return -ENOMEM;
	}
${init}	fn->table = table;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}}

${fooNetOps('data')}`;

  it('goes with it, and is lost', () => {
    check(
      module('\tkfree(fn->table);\n').replace(
        'static void __net_exit foo_net_exit(struct net *net)\n',
        '$&//                     ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->table->slots\n',
      ),
    );
  });

  it.each([
    ['is freed before it', '\tkfree(fn->table->slots);\n\tkfree(fn->table);\n', '', ''],
    [
      'is freed by who is given it',
      '\tfoo_table_free(fn->table);\n',
      'static void foo_table_free(struct foo_table *table)\n{\n\tkfree(table->slots);\n\tkfree(table);\n}\n',
      '',
    ],
    [
      'may be freed where it is taken from',
      '\tfoo_table_hide(fn);\n\tkfree(fn->table);\n',
      'static void foo_table_drop(struct foo_net *fn)\n{\n\tkfree(fn->table->slots);\n}\n\nstatic void foo_table_hide(struct foo_net *fn)\n{\n\tfoo_core_call(foo_table_drop, fn);\n}\n',
      '',
    ],
    [
      'is named to a macro',
      '\tFOO_FREE(fn->table, slots);\n\tkfree(fn->table);\n',
      '#define FOO_FREE(t, member) do { kfree((t)->member); (t)->member = NULL; } while (0)\n',
      '',
    ],
    [
      'is freed by way of a copy',
      '\tstruct foo_table old = *fn->table;\n\n\tkfree(fn->table);\n\tfoo_table_clear(&old);\n',
      'static void foo_table_clear(struct foo_table *table)\n{\n\tkfree(table->slots);\n\ttable->size = 0;\n}\n',
      '',
    ],
    ['is known by another name', '\tkfree(fn->table);\n\tkfree(fn->spare);\n', '', '\tfn->spare = table->slots;\n'],
    [
      'is known by where it lies',
      '\tkfree(*(void **)((char *)fn->table + foo_members[0]));\n\tkfree(fn->table);\n',
      'static const size_t foo_members[] = {\n\toffsetof(struct foo_table, slots),\n};\n',
      '',
    ],
    ['goes to somebody else with what it lies in', '\tkfree(fn->table);\n', '', '\tfoo_core_attach(net, table);\n'],
    ['is known to somebody else', '\tkfree(fn->table);\n', '', '\tfoo_core_share(table->slots);\n'],
    [
      'is freed when readers are through',
      '\tcall_rcu(&fn->table->rcu, foo_table_free_rcu);\n',
      'static void foo_table_free_rcu(struct rcu_head *head)\n{\n\tstruct foo_table *table = container_of(head, struct foo_table, rcu);\n\n\tkfree(table->slots);\n\tkfree(table);\n}\n',
      '',
    ],
  ])('is quiet where it %s', (_, exit, other, init) => {
    check(module(exit, other, init));
  });
});
