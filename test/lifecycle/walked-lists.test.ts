import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const walk = `	rcu_read_lock();
	list_for_each_entry_rcu(r, &fn->rules, list)
		seq_printf(m, "%u\\n", r->prio);
	rcu_read_unlock();
`;

const clean = `	list_for_each_entry_safe(r, next, &fn->rules, list) {
		list_del(&r->list);
		kfree(r);
	}
`;

/** A list that init fills and a file of the namespace shows. */
const module = ({
  show = walk,
  cleaning = clean,
  mark = false,
  isFirst = true,
  callback = 'exit',
  more = '',
}): string => {
  const free = '	foo_free_rules(net_generic(net, foo_net_id));\n';
  const remove = '	remove_proc_entry("foo", net->proc_net);\n';
  const error =
    '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->rules[*] by foo_free_rules() before proc entry "foo", net->proc_net, which uses it\n';
  return `
struct foo_rule {
	struct list_head list;
	struct rcu_head rcu;
	u32 prio;
};

struct foo_net {
	struct list_head rules;
	struct mutex lock;
};

static unsigned int foo_net_id;

static int foo_show(struct seq_file *m, void *v)
{
	struct foo_net *fn = net_generic(seq_file_single_net(m), foo_net_id);
	struct foo_rule *r;

${show}	return 0;
}

static int foo_add(struct foo_net *fn, u32 prio)
{
	struct foo_rule *r = kmalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	r->prio = prio;
	list_add_tail_rcu(&r->list, &fn->rules);
	return 0;
}

static void foo_free_rules(struct foo_net *fn)
{
	struct foo_rule *r, *next;

${cleaning}}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	mutex_init(&fn->lock);
	INIT_LIST_HEAD(&fn->rules);
	err = foo_add(fn, 32766);
	if (err)
		return err;
	if (!proc_create_net_single("foo", 0444, net->proc_net, foo_show, NULL)) {
		foo_free_rules(fn);
		return -ENOMEM;
	}
	return 0;
}
${more}
static void __net_exit foo_net_exit(struct net *net)
{
${isFirst ? `${free}${mark ? error : ''}${remove}` : `${remove}${free}`}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.${callback} = foo_net_exit,
${more === '' ? '' : '	.pre_exit = foo_net_pre_exit,\n'}	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
};

describe('a list of a namespace whose elements an exit frees', () => {
  it('before a file that goes through it is removed', () => {
    check(module({ mark: true }));
    const kick = clean.replace('		kfree(r);\n', '		pr_debug("%u\\n", r->prio);\n		kfree(r);\n');
    check(module({ mark: true, cleaning: kick }));
    check(module({ isFirst: false }));
  });

  it('is not gone through, or only asked whether there is any', () => {
    check(module({ show: '	seq_printf(m, "%d\\n", list_empty(&fn->rules));\n' }));
    check(module({ show: '	seq_puts(m, "foo\\n");\n' }));
  });

  it('under a lock, behind a grace period, or when RCU likes', () => {
    check(module({ cleaning: `	mutex_lock(&fn->lock);\n${clean}	mutex_unlock(&fn->lock);\n` }));
    check(module({ cleaning: clean.replace('kfree(r)', 'kfree_rcu(r, rcu)') }));
    const behind = clean.replace('		kfree(r)', '		synchronize_rcu();\n		kfree(r)');
    check(module({ cleaning: behind }));
    const before = `
static void foo_net_pre_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	spin_lock(&foo_lock);
	foo_hide(fn);
	spin_unlock(&foo_lock);
}
`;
    check(module({ more: before }));
  });
});
