import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { fooNetOps } from '../registering.ts';

interface Shape {
  /** What is done before the step that can fail. */
  readonly before?: string;
  /** On the way out. */
  readonly out?: string;
  readonly helper?: string;
}

const module = ({ before = '', out = 'kfree(fn->table);', helper = '' }: Shape, mark = ''): string => `
static struct ctl_table foo_table[] = {
	{ .procname = "foo", .maxlen = sizeof(int), .mode = 0644, .proc_handler = proc_dointvec },
};
${helper}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct ctl_table *table;

	table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
${before === '' ? '' : `\t${before}\n`}	fn->hdr = register_net_sysctl_sz(net, "net/foo", table, ARRAY_SIZE(foo_table));
	if (!fn->hdr)
		goto free;
	fn->table = table;
	return 0;

free:
	${out}
${mark}	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_net_sysctl_table(fn->hdr);
	kfree(fn->table);
}

${fooNetOps('data')}`;

describe('a member that a failing init gives back and has not set', () => {
  it('is said, for what it would have been set to', () => {
    check(
      module(
        {},
        '//	^^^^^^^^^^^^^^^^ error: init-error-leak: if register_net_sysctl_sz() fails, foo_net_init() gives back fn->table by kfree(), which it sets to table only further on: what kmemdup() has given leaks with each try\n',
      ),
    );
  });

  it.each([
    ['is what it was set to', { out: 'kfree(table);' }],
    ['was set before', { before: 'fn->table = table;' }],
    ['and the local beside it', { out: 'kfree(table);\n\tkfree(fn->table);' }],
    ['in a call that knows of it', { out: 'kfree(fn->table);\n\tfoo_cleanup(fn, table);' }],
    [
      'was set by a helper, which the init asks for',
      {
        before: 'foo_keep(fn, table);\n\tif (!fn->table)\n\t\treturn -ENOMEM;',
        helper: 'static void foo_keep(struct foo_net *fn, struct ctl_table *table)\n{\n\tfn->table = table;\n}\n',
      },
    ],
    ['was set by another pointer', { before: 'priv->table = table;' }],
    ['was set by a macro', { before: 'rcu_assign_pointer(priv->table, table);' }],
    ['was set with all the rest', { before: '*fn = (struct foo_net){ .table = table };' }],
    ['may be set by what is not at hand', { before: 'bar_install(fn, table);' }],
    ['is another one', { out: 'kfree(table);\n\tkfree(fn->spare);' }],
  ])('is none that %s', (_, shape) => {
    check(module(shape));
  });

  it('is the old one, where it is replaced', () => {
    check(
      module({ out: 'kfree(table);' }).replace('\tfn->table = table;', '\tkfree(fn->table);\n\tfn->table = table;'),
    );
  });
});
