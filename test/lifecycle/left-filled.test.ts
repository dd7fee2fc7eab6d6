import { describe, it } from 'vitest';
import { check } from '../check.ts';

interface Parts {
  readonly add?: string;
  readonly del?: string;
  readonly more?: string;
  readonly init?: string;
  readonly exit?: string;
  readonly structs?: string;
  readonly header?: string;
  readonly tables?: string;
  readonly marks?: string | null;
}

const structs = `
struct foo_peer {
	struct list_head list;
	struct hlist_node node;
	struct rcu_head rcu;
	struct net *net;
	u32 id;
};

struct foo_net {
	struct mutex lock;
	struct list_head peers;
	struct hlist_head hash[16];
	struct idr ids;
	struct xarray all;
	void *stats;
};
`;

const add = `	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	mutex_lock(&fn->lock);
	list_add_tail_rcu(&p->list, &fn->peers);
	mutex_unlock(&fn->lock);
	return 0;
`;

const del = `	mutex_lock(&fn->lock);
	list_for_each_entry(p, &fn->peers, list) {
		if (p->id != foo_wanted(info))
			continue;
		list_del_rcu(&p->list);
		kfree_rcu(p, rcu);
		break;
	}
	mutex_unlock(&fn->lock);
	return 0;
`;

const takesAll = `	struct foo_peer *p, *next;

	list_for_each_entry_safe(p, next, &fn->peers, list) {
		list_del(&p->list);
		kfree(p);
	}
`;

const tables = `
static const struct genl_small_ops foo_commands[] = {
	{ .cmd = FOO_ADD, .doit = foo_cmd_add },
	{ .cmd = FOO_DEL, .doit = foo_cmd_del },
};

static struct genl_family foo_family = {
	.name = "foo",
	.netnsok = true,
	.small_ops = foo_commands,
	.n_small_ops = ARRAY_SIZE(foo_commands),
};
`;

/** What commands of users keep in a namespace's data. */
const module = ({ marks = 'peers', ...parts }: Parts): string => `
${parts.header === undefined ? '' : `//- net/foo/foo.h\n${parts.header}\n//- net/foo/foo_core.c\n#include "foo.h"\n`}
static unsigned int foo_net_id;
${parts.structs ?? structs}
static int foo_cmd_add(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_net *fn = net_generic(genl_info_net(info), foo_net_id);
	struct foo_peer *p;

${parts.add ?? add}}

static int foo_cmd_del(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_net *fn = net_generic(genl_info_net(info), foo_net_id);
	struct foo_peer *p;

${parts.del ?? del}}
${parts.more ?? ''}${parts.tables ?? tables}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	mutex_init(&fn->lock);
	INIT_LIST_HEAD(&fn->peers);
${parts.init ?? ''}	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${
  marks === null
    ? ''
    : `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves what foo_cmd_add() allocates and puts into \`${marks}\` of the namespace's struct foo_net: nothing but commands of users takes it out\n`
}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${parts.exit ?? ''}	mutex_destroy(&fn->lock);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = genl_register_family(&foo_family);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

const made = (put: string): string => `	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	${put}
	return 0;
`;

describe('what commands of users put into the data of a namespace, and no exit takes out', () => {
  it('lies in a list, a hash table, an array', () => {
    check(module({}));
    check(module({ del: '	return -EOPNOTSUPP;\n' }));
    check(module({ add: made('hlist_add_head_rcu(&p->node, &fn->hash[p->id & 15]);'), marks: 'hash' }));
    const inArray = made('if (xa_alloc(&fn->all, &p->id, p, xa_limit_32b, GFP_KERNEL))\n\t\tkfree(p);');
    check(module({ add: inArray, exit: '	xa_destroy(&fn->all);\n', marks: 'all' }));
    const byId = made('idr_alloc(&fn->ids, p, 0, 0, GFP_KERNEL);');
    check(module({ add: byId, exit: '	idr_destroy(&fn->ids);\n', marks: 'ids' }));
  });

  it('is made by a helper, and put there and taken out by others', () => {
    const more = `
static struct foo_peer *foo_peer_new(u32 id)
{
	struct foo_peer *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (p)
		p->id = id;
	return p;
}
`;
    const helped = module({ add: add.replace('kzalloc(sizeof(*p), GFP_KERNEL)', 'foo_peer_new(3)') });
    check(helped.replace('static int foo_cmd_add', `${more.trimStart()}\nstatic int foo_cmd_add`));
    const removing = `
static void foo_peer_free(struct foo_peer *p)
{
	list_del_rcu(&p->list);
	kfree_rcu(p, rcu);
}
`;
    const unhelped = module({ del: del.replace(/\t\tlist_del_rcu.*\n.*\n/, '		foo_peer_free(p);\n') });
    check(unhelped.replace('static int foo_cmd_add', `${removing.trimStart()}\nstatic int foo_cmd_add`));
  });

  it('is quiet where an exit takes it out, or speaks of it', () => {
    check(module({ exit: takesAll, marks: null }));
    check(module({ exit: '	WARN_ON(!list_empty(&fn->peers));\n', marks: null }));
    check(module({ exit: '	foo_dispose(&fn->peers);\n', marks: null }));
    const more = `
static void foo_flush(struct foo_net *fn)
{
${takesAll}}
`;
    check(module({ more, exit: '	foo_flush(fn);\n', marks: null }));
    const byList = `
static void foo_flush_list(struct list_head *head)
{
	while (!list_empty(head))
		kfree(list_first_entry(head, struct foo_peer, list));
}
`;
    check(module({ more: byList, exit: '	foo_flush_list(&fn->peers);\n', marks: null }));
    const inArray = made('xa_store(&fn->all, 1, p, GFP_KERNEL);');
    const each =
      '	unsigned long i;\n	struct foo_peer *p;\n\n	xa_for_each(&fn->all, i, p)\n		kfree(p);\n	xa_destroy(&fn->all);\n';
    check(module({ add: inArray, exit: each, marks: null }));
  });

  it('is quiet where something else may take it out', () => {
    const event = `
static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);
${takesAll}
	return NOTIFY_DONE;
}

static struct notifier_block foo_nb = {
	.notifier_call = foo_event,
};
`;
    check(module({ more: event, marks: null }));
    const expiry = `
static void foo_expire(struct work_struct *work)
{
	struct foo_peer *p = container_of(to_delayed_work(work), struct foo_peer, work);

	kfree(p);
}

static DECLARE_DELAYED_WORK(foo_work, foo_expire);
`;
    check(module({ more: expiry, marks: null }));
    const byRcu = `
static void foo_free_rcu(struct rcu_head *head)
{
	kfree(container_of(head, struct foo_peer, rcu));
}

void foo_forget(struct foo_peer *p)
{
	call_rcu(&p->rcu, foo_free_rcu);
}
`;
    check(module({ more: byRcu, marks: null }));
    const untyped = `
static int foo_free_one(int id, void *ptr, void *data)
{
	kfree(ptr);
	return 0;
}

static int foo_release(struct inode *inode, struct file *file)
{
	return idr_for_each(file->private_data, foo_free_one, NULL);
}

static const struct file_operations foo_fops = {
	.release = foo_release,
};
`;
    check(module({ more: untyped, marks: null }));
    const family = tables.replace('.netnsok = true,', '.netnsok = true,\n\t.mcast_unbind = foo_unbind,');
    const unbind = `
static void foo_unbind(struct net *net, int group)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
${takesAll}}
`;
    check(module({ more: unbind, tables: family, marks: null }));
    const byMacro = `
static void foo_peer_drop(struct foo_peer *p)
{
	list_del(&p->list);
}

#define foo_drop_all(fn) foo_peer_drop(foo_first(fn))
`;
    check(module({ more: byMacro, marks: null }));
  });

  const split = (op: string): string => tables.replace('.netnsok = true,', `.netnsok = true,\n\t${op},`);
  const helper = (name: string, body: string, args = 'struct foo_net *fn'): string =>
    `\nstatic int ${name}(${args})\n{\n${body}\treturn 0;\n}\n`;
  const lookup = '\tstruct foo_net *fn = net_generic(genl_info_net(info), foo_net_id);\n';
  const doit = 'const struct genl_split_ops *ops, struct sk_buff *skb, struct genl_info *info';
  it.each<readonly [string, Parts]>([
    [
      'the command itself, before it returns',
      {
        add: add.replace(
          '\tmutex_unlock(&fn->lock);\n',
          '$&\tfoo_ask(p);\n\tmutex_lock(&fn->lock);\n\tlist_del(&p->list);\n\tmutex_unlock(&fn->lock);\n\tkfree(p);\n',
        ),
      },
    ],
    [
      'another command, for which the first one waits',
      { add: add.replace('\tmutex_unlock(&fn->lock);\n', '$&\twait_for_completion(&p->done);\n') },
    ],
    ['a macro of a header that the exit passes the data to', { exit: '\tfoo_flush_all(fn);\n' }],
    ['a macro that the exit passes a number to', { exit: '\tFOO_FLUSH(foo_net_id);\n' }],
    [
      'what netlink calls when the command is over',
      { tables: split('.post_doit = foo_post_doit'), more: helper('foo_post_doit', `${lookup}${takesAll}`, doit) },
    ],
    [
      'what netlink calls when who asks is gone',
      {
        tables: tables.replace(
          '.doit = foo_cmd_del },',
          `$&\n\t{ .cmd = FOO_GET, .dumpit = foo_dump, .done = foo_dump_done },`,
        ),
        more: helper('foo_dump_done', `\tstruct foo_net *fn = cb->data;\n${takesAll}`, 'struct netlink_callback *cb'),
      },
    ],
    ['nobody, since init_net alone has commands', { tables: tables.replace('\t.netnsok = true,\n', '') }],
    [
      'nobody, since the command asks for init_net',
      { add: `	if (!net_eq(genl_info_net(info), &init_net))\n\t\treturn -EOPNOTSUPP;\n${add}` },
    ],
    [
      'nobody, while it may hold the namespace',
      { add: add.replace('\tmutex_lock', '\tfoo_hold(p, genl_info_net(info));\n\tmutex_lock') },
    ],
    ['a function that is named by nobody at hand', { more: helper('foo_flush', takesAll) }],
    [
      'who knows where the list lies',
      {
        more: '\nstatic const size_t foo_heads[] = {\n\toffsetof(struct foo_net, peers),\n};\n',
        exit: '\tfoo_lists_destroy(net, foo_heads, 1);\n',
      },
    ],
  ])('is quiet about what is taken out by %s', (_, parts) => {
    check(module({ ...parts, marks: null }));
  });

  it('is quiet about what holds the namespace, and about what other files know', () => {
    check(
      module({ add: add.replace('	mutex_lock', '	p->net = get_net(genl_info_net(info));\n	mutex_lock'), marks: null }),
    );
    check(module({ add: add.replace('	mutex_lock', '	p->sk = sockfd_lookup(3, &err);\n	mutex_lock'), marks: null }));
    check(module({ structs: '', header: structs, marks: null }));
    const [own = ''] = /\nstruct foo_net[^]*/.exec(structs) ?? [];
    check(module({ structs: own, header: structs.replace(own, ''), marks: null }));
  });
});
