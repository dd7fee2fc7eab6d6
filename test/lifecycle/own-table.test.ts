import { describe, it } from 'vitest';
import { check } from '../check.ts';

const module = (init: string, exit: string): string => `
static struct hlist_head *foo_table;

static void foo_flush(struct net *net)
{
	struct foo *foo;
	int i;

	for (i = 0; i < FOO_SIZE; i++)
		hlist_for_each_entry_rcu(foo, &foo_table[i], node)
			foo_del(foo);
}

static void __net_exit foo_net_exit(struct list_head *nets)
{
	struct net *net;

	list_for_each_entry(net, nets, exit_list)
		foo_flush(net);
}

static struct pernet_operations foo_net_ops = {
	.exit_batch = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

${init}
}

static void foo_table_free(void)
{
	kvfree(foo_table);
}

static void __exit foo_exit(void)
{
${exit}
}

module_init(foo_init);
module_exit(foo_exit);
`;

const init = `	foo_table = kvcalloc(FOO_SIZE, sizeof(*foo_table), GFP_KERNEL);
	if (!foo_table)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		kvfree(foo_table);
	return err;`;

/** A table of the module's that the callbacks of an ops go through, as ip_vs_conn_flush() does. */
describe('a table that the callbacks of an ops use', () => {
  it('is freed before the ops is unregistered', () => {
    check(
      module(
        init,
        `	foo_table_free();
//	^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases memory foo_table by foo_table_free() while foo_net_ops is still registered, whose foo_net_exit() uses it
	unregister_pernet_subsys(&foo_net_ops);`,
      ),
    );
  });

  it('is freed after that', () => {
    check(module(init, '\tunregister_pernet_subsys(&foo_net_ops);\n\tfoo_table_free();'));
  });
});
