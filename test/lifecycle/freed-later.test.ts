import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module with an object for each namespace, which exit gives up by `exit`, and `release` frees. */
const giving = ({
  exit,
  release = '',
  marker = '',
  failed = '\t\tkfree(foo);\n\t\treturn -ENOMEM;\n',
}: {
  exit: string;
  release?: string;
  marker?: string;
  failed?: string;
}): string => `
struct foo_base {
	struct rcu_head rcu;
};
struct foo {
	struct foo_base base;
	struct kref ref;
	struct work_struct work;
	struct list_head rules;
	bool dead;
};
struct foo_net {
	struct foo *foo;
};
struct foo_rule {
	struct list_head node;
};

static unsigned int foo_net_id;
static struct workqueue_struct *foo_wq;

static void foo_free(struct foo *foo)
{
	struct foo_rule *rule, *next;

	list_for_each_entry_safe(rule, next, &foo->rules, node)
		kfree(rule);
	kfree(foo);
}
${release}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_rule *rule;
	struct foo *foo;

	foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	if (!foo)
		return -ENOMEM;
	kref_init(&foo->ref);
	INIT_LIST_HEAD(&foo->rules);
	INIT_WORK(&foo->work, foo_work);
	rule = kzalloc(sizeof(*rule), GFP_KERNEL);
	if (!rule) {
${failed}	}
	list_add(&rule->node, &foo->rules);
	fn->foo = foo;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		destroy_workqueue(foo_wq);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	rcu_barrier();
	destroy_workqueue(foo_wq);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;

const byWork = `
static void foo_work(struct work_struct *work)
{
	struct foo *foo = container_of(work, struct foo, work);

	foo_free(foo);
}

static void foo_release(struct kref *ref)
{
	queue_work(foo_wq, &container_of(ref, struct foo, ref)->work);
}
`;
const byRcu = `
static void foo_free_rcu(struct rcu_head *head)
{
	foo_free(container_of(head, struct foo, base.rcu));
}

static void foo_release(struct kref *ref)
{
	struct foo *foo = container_of(ref, struct foo, ref);

	call_rcu(&foo->base.rcu, foo_free_rcu);
}
`;

describe('pernet/exit-leak of what is freed later', () => {
  it('is quiet where the last reference has a work item free it, which nothing need wait for but the queue', () => {
    check(giving({ exit: 'kref_put(&fn->foo->ref, foo_release);', release: byWork }));
  });

  it('is quiet where RCU frees it by a head that lies in a part of it', () => {
    check(giving({ exit: 'call_rcu(&fn->foo->base.rcu, foo_free_rcu);', release: byRcu }));
  });

  it.each(['rcu_replace_pointer(fn->foo, NULL, true)', 'xchg(&fn->foo, NULL)'])(
    'is quiet where it is taken from its place before: %s',
    (taken) => {
      check(giving({ exit: `struct foo *foo = ${taken};\n\n\tkref_put(&foo->ref, foo_release);`, release: byRcu }));
    },
  );

  it('finds what an exit forgets that looks at it and hands it to nobody', () => {
    check(
      giving({
        exit: 'fn->foo->dead = true;',
        release: byRcu,
        marker: `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->foo
`,
      }),
    );
  });

  it('finds what a failed init forgets, whose references were only counted from one', () => {
    check(
      giving({
        exit: 'kref_put(&fn->foo->ref, foo_release);',
        release: byRcu,
        failed:
          '\t\treturn -ENOMEM;\n//\t\t^^^^^^^^^^^^^^^ error: init-error-leak: if kzalloc() fails, foo_net_init() returns -ENOMEM without kfree() for memory\n',
      }),
    );
  });

  it('is quiet where a setter that init calls frees what lay there before', () => {
    check(`
struct foo {
	int limit;
};
struct foo_net {
	struct foo *foo;
};

static unsigned int foo_net_id;

static int foo_set(struct foo_net *fn)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	struct foo *old;

	if (!foo)
		return -ENOMEM;
	old = rcu_replace_pointer(fn->foo, foo, true);
	if (old) {
		synchronize_rcu();
		kfree(old);
	}
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_set(net_generic(net, foo_net_id));
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->foo);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });
});
