import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { exiting, fooNetOps } from '../registering.ts';

const init = (table: string, undone: string, marker = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->table = ${table};
	if (!fn->table)
		return -ENOMEM;
	err = foo_start(net);
	if (err)
		${undone};
${marker}	return err;
}
`;
const exit = (undone: string, marker: string): string => `
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${undone};
${marker}}

${fooNetOps('data')}`;

describe('memory that may be of vmalloc(), and is freed as what kmalloc() gives', () => {
  it.each([
    ['kvcalloc(foo_buckets, 8, GFP_KERNEL)', 'kfree(fn->table)'],
    ['kvmalloc(sizeof(*fn->table) * fn->buckets, GFP_KERNEL)', 'kfree(fn->table)'],
    ['kvmalloc_array(8, foo_size(net), GFP_KERNEL)', 'kfree_sensitive(fn->table)'],
    ['kvzalloc_objs(*fn->table, foo_buckets)', 'kfree(fn->table)'],
  ])('%s by the exit', (table, freed) => {
    const call = /^\w+/.exec(freed)![0];
    check(
      `${init(table, 'kvfree(fn->table)')}${exit(
        freed,
        `//	${'^'.repeat(freed.length)} error: exit-leak: foo_net_exit() frees memory net_generic(net, foo_net_id)->table by ${call}(), which ${/^\w+/.exec(table)![0]}() has allocated\n`,
      )}`,
    );
  });

  it('on the way out of an init that fails', () => {
    check(
      `${init(
        'kvcalloc(foo_buckets, 8, GFP_KERNEL)',
        'kfree(fn->table)',
        '//		^^^^^^^^^^^^^^^^ error: init-error-leak: if foo_start() fails, foo_net_init() frees memory\n',
      )}${exiting('kvfree(fn->table);')}`,
    );
  });

  it.each([
    ['of a constant size', 'kvcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL)', 'kfree(fn->table)'],
    ['of one structure', 'kvzalloc(sizeof(struct foo_table), GFP_KERNEL)', 'kfree(fn->table)'],
    ['that kvfree() frees', 'kvcalloc(foo_buckets, 8, GFP_KERNEL)', 'kvfree(fn->table)'],
    ['that RCU frees', 'kvcalloc(foo_buckets, 8, GFP_KERNEL)', 'kfree_rcu(fn->table, rcu)'],
    [
      'that is asked for what it is',
      'kvcalloc(foo_buckets, 8, GFP_KERNEL)',
      'if (is_vmalloc_addr(fn->table))\n\t\tkvfree(fn->table);\n\telse\n\t\tkfree(fn->table)',
    ],
    [
      'that is freed in another way where it is large',
      'kvcalloc(foo_buckets, 8, GFP_KERNEL)',
      'if (foo_is_large)\n\t\tkvfree(fn->table);\n\telse\n\t\tkfree(fn->table)',
    ],
  ])('is quiet about memory %s', (_, table, freed) => {
    check(`${init(table, 'kvfree(fn->table)')}${exit(freed, '')}`);
  });
});
