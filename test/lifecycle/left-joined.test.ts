import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A namespace that is in a list, a hash or an array of all, or counted. */
const module = (init: string, exit: string, { before = '', mark = '', markInit = '' } = {}): string => `
struct foo_net { struct list_head list; struct hlist_node node; u32 index; void *table; struct foo_peer *peer; };

static LIST_HEAD(foo_all);
static DEFINE_HASHTABLE(foo_hash, 4);
static DEFINE_XARRAY_ALLOC(foo_array);
static DEFINE_STATIC_KEY_FALSE(foo_key);
${before}
static int __net_init foo_net_init(struct net *net)
${markInit}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${init}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${mark}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const left = (text: string): { mark: string } => ({
  mark: `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves ${text}\n`,
});

const add = '\tmutex_lock(&foo_mutex);\n\tlist_add(&fn->list, &foo_all);\n\tmutex_unlock(&foo_mutex);';
const idle = '\tpr_debug("%p\\n", fn);';

describe('what a namespace puts where all namespaces have theirs', () => {
  it('is left in a list, a hash table, an array, or counted', () => {
    check(
      module(
        add,
        idle,
        left(
          'fn->list in foo_all, where foo_net_init() puts it for every namespace by list_add(): list_del() is missing, and who goes through foo_all then gets to memory that is gone with the namespace',
        ),
      ),
    );
    check(module('\thash_add_rcu(foo_hash, &fn->node, 3);', idle, left('fn->node in foo_hash')));
    check(module('\thlist_add_head(&fn->node, &foo_hash[fn->index]);', idle, left('fn->node in foo_hash')));
    check(
      module(
        '\tint err = xa_alloc(&foo_array, &fn->index, fn, xa_limit_32b, GFP_KERNEL);\n\n\tif (err)\n\t\treturn err;',
        idle,
        left('fn in foo_array'),
      ),
    );
    check(
      module(
        '\tstatic_branch_inc(&foo_key);',
        idle,
        left(
          'foo_key counted up, as foo_net_init() does for every namespace by static_branch_inc(): static_branch_dec() is missing',
        ),
      ),
    );
  });

  it('is left where only a failing init takes it away, or what goes is of another structure', () => {
    const unlink = 'static void foo_unlink(struct foo_net *fn)\n{\n\tlist_del(&fn->list);\n}\n';
    const failing = `${add}
	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table) {
		foo_unlink(fn);
		return -ENOMEM;
	}`;
    check(module(failing, '\tkfree(fn->table);', { before: unlink, ...left('fn->list in foo_all') }));
    check(module(failing, '\tfoo_unlink(fn);\n\tkfree(fn->table);', { before: unlink }));
    const peer = 'struct foo_peer { struct list_head list; };\n';
    const gone = '\tstruct foo_peer *peer = fn->peer;\n\n\tlist_del(&peer->list);';
    check(module(add, gone, { before: peer, ...left('fn->list in foo_all') }));
  });

  it('is put there by a helper, and there is no exit at all', () => {
    const link = 'static void foo_link(struct foo_net *fn)\n{\n\tlist_add_tail(&fn->list, &foo_all);\n}\n';
    check(module('\tfoo_link(fn);', idle, { before: link, ...left('fn->list in foo_all') }));
    check(
      module(add, idle)
        .replace(/static void __net_exit foo_net_exit[^}]*}\n/, '')
        .replace('\t.exit = foo_net_exit,\n', '')
        .replace(
          'static struct pernet_operations foo_net_ops = {\n',
          'static struct pernet_operations foo_net_ops = {\n//			        ^^^^^^^^^^^ error: exit-missing: foo_net_ops has no exit, but leaves fn->list in foo_all\n',
        ),
    );
  });

  it('is taken away by the exit, by what that calls, or by who goes through all', () => {
    check(module(add, '\tlist_del_init(&fn->list);'));
    check(module('\thash_add(foo_hash, &fn->node, 3);', '\thash_del(&fn->node);'));
    check(module('\tstatic_branch_inc(&foo_key);', `${idle}\n\tstatic_branch_slow_dec_deferred(&foo_key);`));
    check(
      module('\txa_store(&foo_array, 3, fn, GFP_KERNEL);', `${idle}\n\txa_store(&foo_array, 3, NULL, GFP_KERNEL);`),
    );
    check(
      module(
        add,
        '\tstruct foo_net *other, *next;\n\n\tlist_for_each_entry_safe(other, next, &foo_all, list)\n\t\tif (other == fn)\n\t\t\tlist_del(&other->list);',
      ),
    );
    const deferred =
      'static void foo_work(struct foo_net *fn)\n{\n\tlist_del(&fn->list);\n}\nstatic void (*foo_end)(struct foo_net *) = foo_work;\n';
    check(module(add, '\tfoo_end(fn);', { before: deferred }));
  });

  it('may be taken away by what was not read', () => {
    check(module(add, '\tfoo_net_unlink(fn);'));
    check(module(add, '\tunlink_the(&fn->list);'));
    check(module(add, `${idle}\n\tsweep_list(&foo_all);`));
    check(module(add, '\tFOO_UNLINK(fn);', { before: '#define FOO_UNLINK(fn) list_del(&(fn)->list)\n' }));
  });

  it('is not there where the list is the namespace’s own, a local one, or the entry is no part of its memory', () => {
    check(module('\tlist_add(&fn->list, &net->foo_list);', idle));
    check(module('\tLIST_HEAD(some);\n\n\tlist_add(&fn->list, &some);\n\tfoo_do(&some);', idle));
    check(module('\tif (net_eq(net, &init_net))\n\t\tlist_add(&fn->list, &foo_all);', idle));
    check(module('\tlist_add(&foo_one.list, &foo_all);', idle));
    check(module('\tif (net == &init_net)\n\t\tlist_add(&fn->list, &foo_all);', idle));
    const asks = 'static bool foo_is_root(const struct net *net)\n{\n\treturn net == &init_net;\n}\n';
    check(module('\tif (foo_is_root(net))\n\t\tlist_add(&fn->list, &foo_all);', idle, { before: asks }));
    check(module('\tlist_add(&fn->list, &foo_head);', idle, { before: '#define foo_head fn->head\n' }));
  });

  it('is left where a helper speaks of the first namespace for another reason, or is asked without bearing on it', () => {
    const helper = (body: string): string => `static bool foo_is_root(const struct net *net)\n{\n${body}\n}\n`;
    const fails = `\tif (!foo_is_root(net))\n\t\treturn -EINVAL;\n${add}`;
    const mark = left('fn->list in foo_all');
    const isRoot = helper('\treturn net_eq(net, &init_net);');
    check(module(fails, idle, { before: isRoot }));
    check(module(`\tif (foo_is_root(net))\n\t\tpr_info("first");\n${add}`, idle, { before: isRoot, ...mark }));
    check(module(`${add}\n\tif (foo_is_root(net))\n\t\tfn->index = 1;`, idle, { before: isRoot, ...mark }));
    for (const body of [
      '\treturn foo_enabled || net_eq(net, &init_net);',
      '\treturn ns_capable(init_net.user_ns, CAP_NET_ADMIN);',
      '\tif (!net_eq(net, &init_net))\n\t\tfoo_note(net);\n\treturn true;',
    ])
      check(module(fails, idle, { before: helper(body), ...mark }));
  });

  it('is not there when init has succeeded', () => {
    check(module('\tstatic_branch_inc(&foo_key);\n\tfoo_probe(fn);\n\tstatic_branch_dec(&foo_key);', idle));
    const drain = 'static void foo_drain(struct foo_net *fn)\n{\n\tlist_del_init(&fn->list);\n}\n';
    check(module(`${add}\n\tfoo_scan(&foo_all);\n\tfoo_drain(fn);`, idle, { before: drain }));
  });

  it('is taken away by a pointer to what all share, by its neighbours, or as another type', () => {
    const table = 'struct foo_table { struct xarray array; };\nstatic struct foo_table foo_table;\n';
    const put = '\txa_store(&foo_table.array, 3, fn, GFP_KERNEL);';
    check(
      module(put, `${idle}\n\tstruct foo_table *table = &foo_table;\n\n\txa_erase(&table->array, 3);`, {
        before: table,
      }),
    );
    check(module(put, idle, { before: table, ...left('fn in foo_table') }));
    check(module(add, '\t__list_del(fn->list.prev, fn->list.next);'));
    const common =
      'struct foo_common { struct list_head list; };\nstatic void foo_drop(void *p)\n{\n\tstruct foo_common *common = p;\n\n\tlist_del(&common->list);\n}\n';
    check(module(add, '\tfoo_drop(fn);', { before: common }));
  });
});

describe('what a failing init has put where all namespaces have theirs', () => {
  const fails = '\tfn->table = kzalloc(64, GFP_KERNEL);';
  const mark = (text: string): string => `//	            ^^^^^^^^^^^^^^^^^^^^^^^ error: init-error-leak: ${text}\n`;
  const exit = '\tlist_del(&fn->list);\n\tkfree(fn->table);';

  it('is left there', () => {
    check(
      module(
        `${add}\n${fails}\n${mark('if kzalloc() fails, foo_net_init() returns -ENOMEM without list_del() for fn->list in foo_all: the core calls no exit of an ops whose init failed')}	if (!fn->table)\n\t\treturn -ENOMEM;`,
        exit,
      ),
    );
    check(
      module(
        `\tstatic_branch_inc(&foo_key);\n${fails}\n${mark('if kzalloc() fails, foo_net_init() returns -ENOMEM without static_branch_dec() for foo_key')}	if (!fn->table)\n\t\treturn -ENOMEM;`,
        '\tstatic_branch_dec(&foo_key);\n\tkfree(fn->table);',
      ),
    );
  });

  it('is left on one of two ways', () => {
    check(
      module(
        `${add}
	fn->index = foo_number(net);
	if (fn->index > 8) {
		list_del(&fn->list);
		return -EINVAL;
	}
${fails}
${mark('if kzalloc() fails, foo_net_init() returns -ENOMEM without list_del() for fn->list in foo_all')}	if (!fn->table)
		return -ENOMEM;`,
        exit,
      ),
    );
  });

  it('is taken away again, comes later, or need not be there', () => {
    check(module(`${add}\n${fails}\n\tif (!fn->table) {\n\t\tlist_del(&fn->list);\n\t\treturn -ENOMEM;\n\t}`, exit));
    check(module(`${fails}\n\tif (!fn->table)\n\t\treturn -ENOMEM;\n${add}`, exit));
    check(
      module(
        `\tif (foo_wanted)\n\t\tlist_add(&fn->list, &foo_all);\n${fails}\n\tif (!fn->table)\n\t\treturn -ENOMEM;`,
        exit,
      ),
    );
    check(module(`${add}\n${fails}\n\tif (!fn->table) {\n\t\tunlink_it(fn);\n\t\treturn -ENOMEM;\n\t}`, exit));
    check(
      module(
        `${add}\n${fails}\n\tif (!fn->table) {\n\t\tfoo_unlink(fn);\n\t\treturn -ENOMEM;\n\t}`,
        '\tfoo_unlink(fn);\n\tkfree(fn->table);',
        { before: 'static void foo_unlink(struct foo_net *fn)\n{\n\tlist_del(&fn->list);\n}\n' },
      ),
    );
  });
});
