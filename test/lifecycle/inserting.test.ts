import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

describe('what is put into an array of all namespaces', () => {
  const leak =
    '//		^^^^^^^^^^^ error: init-error-leak: if CALL() fails, foo_net_init() returns an error without kfree() for memory';

  /** An object of a namespace, which is found by its number; `onFailure` is what init does where that fails. */
  const module = ({
    insert = 'xa_insert(&foo_all, net->ns.inum, foo, GFP_KERNEL)',
    before = '',
    onFailure = 'return err;',
    marker = '',
  }): string => `
static DEFINE_XARRAY_ALLOC(foo_all);
static LIST_HEAD(foo_list);

static void foo_release(struct kref *ref)
{
	kfree(container_of(ref, struct foo, ref));
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo *foo;
	int err;

	foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	if (!foo)
		return -ENOMEM;
	kref_init(&foo->ref);
	${before}
	err = ${insert};
	if (err < 0) {
		${onFailure}
${marker}
	}
	fn->foo = foo;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	xa_erase(&foo_all, net->ns.inum);
	kfree(fn->foo);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it.each([
    ['xa_insert', 'xa_insert(&foo_all, net->ns.inum, foo, GFP_KERNEL)'],
    ['xa_store', 'xa_err(xa_store(&foo_all, net->ns.inum, foo, GFP_KERNEL))'],
    ['xa_alloc', 'xa_alloc(&foo_all, &fn->id, foo, xa_limit_32b, GFP_KERNEL)'],
    ['idr_alloc_u32', 'idr_alloc_u32(&foo_idr, foo, &fn->id, U32_MAX, GFP_KERNEL)'],
    ['rhashtable_insert_fast', 'rhashtable_insert_fast(&foo_table, &foo->node, foo_params)'],
  ])('is still its owner’s where %s() fails', (call, insert) => {
    check(module({ insert, marker: leak.replace('CALL', call) }));
  });

  it.each([
    ['given back then', { onFailure: 'kfree(foo);\n\t\treturn err;' }],
    ['given back by its count', { onFailure: 'kref_put(&foo->ref, foo_release);\n\t\treturn err;' }],
    ['known to others before', { before: 'list_add(&foo->list, &foo_list);' }],
    ['kept all the same', { onFailure: 'pr_info("foo: not found by number\\n");' }],
    ['one that waits for its memory', { insert: 'xa_insert(&foo_all, 3, foo, GFP_KERNEL | __GFP_NOFAIL)' }],
    [
      'stored and given back then',
      {
        insert: 'xa_err(xa_store(&foo_all, net->ns.inum, foo, GFP_KERNEL))',
        onFailure: 'kfree(foo);\n\t\treturn err;',
      },
    ],
    [
      'stored where the error is asked for by itself',
      {
        before:
          'if (xa_is_err(xa_store(&foo_all, net->ns.inum, foo, GFP_KERNEL))) {\n\t\tkfree(foo);\n\t\treturn -ENOMEM;\n\t}',
        insert: '0',
      },
    ],
    [
      'put where a place was reserved',
      {
        before: 'err = xa_reserve(&foo_all, 3, GFP_KERNEL);\n\tif (err) {\n\t\tkfree(foo);\n\t\treturn err;\n\t}',
        insert: 'xa_insert(&foo_all, 3, foo, GFP_KERNEL)',
      },
    ],
    [
      'one of which the number goes round',
      {
        insert: 'xa_alloc_cyclic(&foo_all, &fn->id, foo, xa_limit_32b, &foo_next, GFP_KERNEL)',
        onFailure: 'kfree(foo);\n\t\treturn err;',
      },
    ],
  ])('is none that is %s', (_, parts) => {
    check(module(parts));
  });

  it('is told where another place was reserved', () => {
    check(
      module({
        before: 'err = xa_reserve(&foo_others, 3, GFP_KERNEL);\n\tif (err) {\n\t\tkfree(foo);\n\t\treturn err;\n\t}',
        marker: leak.replace('CALL', 'xa_insert'),
      }),
    );
  });

  it('may be one of many', () => {
    const onFailure = 'kfree(foo);\n\t\treturn err;';
    const others = Array.from(
      { length: 40 },
      (_, at) => `
	foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	if (foo)
		bad |= xa_insert(&foo_all, ${at}, foo, GFP_KERNEL);`,
    );
    const text = module({ onFailure }).replace(
      '\tfn->foo = foo;',
      `${others.join('')}\n\tif (bad)\n\t\tpr_info("bad\\n");`,
    );
    const exit = 'static void __net_exit foo_net_exit(struct net *net)\n';
    const left = '//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory\n';
    const own = text.replace('int err;', 'int err, bad = 0;').replace('kfree(fn->foo)', 'foo_free_all(fn)');
    check(own.replace(exit, `${exit}${left}`));
  });
});
