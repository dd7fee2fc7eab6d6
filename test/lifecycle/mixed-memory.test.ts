import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { exiting, fooNetOps } from '../registering.ts';

const init = (table: string, undone: string, marker = '', before = ''): string => `
static unsigned int foo_buckets __read_mostly = 1024;
module_param(foo_buckets, uint, 0444);
${before.startsWith('\t') ? '' : before}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

${before.startsWith('\t') ? before : ''}	fn->table = ${table};
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
    [
      'kvmalloc(sizeof(*fn->table) * fn->buckets, GFP_KERNEL)',
      'kfree(fn->table)',
      '\tfn->buckets = foo_buckets ? foo_buckets : FOO_BUCKETS;\n',
    ],
    ['kvmalloc_array(8, size, GFP_KERNEL)', 'kfree_sensitive(fn->table)', '\tunsigned int size = foo_buckets + 1;\n\n'],
    ['kvzalloc(struct_size(fn->table, e, foo_buckets), GFP_KERNEL)', 'kfree(fn->table)'],
    ['kvzalloc_objs(*fn->table, foo_buckets)', 'kfree(fn->table)'],
  ])('%s by the exit', (table, freed, before = '') => {
    const call = /^\w+/.exec(freed)![0];
    check(
      `${init(table, 'kvfree(fn->table)', '', before)}${exit(
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
    [
      'of a size reckoned from constants',
      'kvmalloc(array_size(16, sizeof(*fn->table)), GFP_KERNEL)',
      'kfree(fn->table)',
    ],
    ['of the elements of an array', 'kvcalloc(ARRAY_SIZE(foo_names), 8, GFP_KERNEL)', 'kfree(fn->table)'],
    ['of a known number of parts', 'kvzalloc(struct_size(fn->table, e, 8), GFP_KERNEL)', 'kfree(fn->table)'],
    ['of a size with a limit', 'kvzalloc(min_t(size_t, foo_buckets, 64), GFP_KERNEL)', 'kfree(fn->table)'],
    ['whose size is not known', 'kvcalloc(foo_count, foo_size(net), GFP_KERNEL)', 'kfree(fn->table)'],
    [
      'of a size in a constant local',
      'kvcalloc(n, 8, GFP_KERNEL)',
      'kfree(fn->table)',
      '\tconst unsigned int n = 16;\n\n',
    ],
    [
      'of a size that is asked for',
      'kvcalloc(foo_buckets, 8, GFP_KERNEL)',
      'kfree(fn->table)',
      '\tif (foo_buckets * 8 > PAGE_SIZE)\n\t\treturn -E2BIG;\n',
    ],
    ['that is never of vmalloc()', 'kvmalloc(foo_buckets * 8, GFP_ATOMIC)', 'kfree(fn->table)'],
    [
      'of which some is freed by a helper',
      'kvcalloc(foo_buckets, 8, GFP_KERNEL)',
      'if (foo_is_large)\n\t\tfoo_free_large(fn);\n\telse\n\t\tkfree(fn->table)',
      'static void foo_free_large(struct foo_net *fn)\n{\n\tvfree(fn->table);\n}\n',
    ],
    [
      'that a helper frees that is chosen',
      'kvcalloc(foo_buckets, 8, GFP_KERNEL)',
      'if (fn->is_large)\n\t\tfoo_free_large(fn);\n\telse\n\t\tfoo_free_small(fn)',
      'static void foo_free_small(struct foo_net *fn)\n{\n\tkfree(fn->table);\n}\n\n' +
        'static void foo_free_large(struct foo_net *fn)\n{\n\tvfree(fn->table);\n}\n',
    ],
    [
      'of a constant size that a helper is passed',
      'foo_table_alloc(16)',
      'kfree(fn->table)',
      'static void *foo_table_alloc(unsigned int n)\n{\n\treturn kvcalloc(n, sizeof(u32), GFP_KERNEL);\n}\n',
    ],
    ...['foo_buckets = min(foo_buckets, 64U);', 'if (foo_buckets > 64)\n\t\treturn -EINVAL;'].map((sees) => [
      'of a size that the module sees to',
      'kvcalloc(foo_buckets, 8, GFP_KERNEL)',
      'kfree(fn->table)',
      '',
      sees,
    ]),
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
  ])('is quiet about memory %s', (_, table = '', freed = '', before = '', sees = '') => {
    const whole = `${init(table, 'kvfree(fn->table)', '', before)}${exit(freed, '')}`;
    check(sees === '' ? whole : whole.replace('\treturn register_pernet', `\t${sees}\n\treturn register_pernet`));
  });

  it('is told where a helper is passed a size that users set', () => {
    const helper =
      'static void *foo_table_alloc(unsigned int n)\n{\n\treturn kvcalloc(n, sizeof(u32), GFP_KERNEL);\n}\n';
    const marker =
      '//	^^^^^^^^^^^^^^^^ error: exit-leak: foo_net_exit() frees memory net_generic(net, foo_net_id)->table by kfree(), which kvcalloc() has allocated\n';
    check(
      `${init('foo_table_alloc(foo_buckets)', 'kvfree(fn->table)', '', helper)}${exit('kfree(fn->table)', marker)}`,
    );
  });
});
