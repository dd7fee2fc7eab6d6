import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const head = `
static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};
`;

/** A module whose init and exit both call \`undo\`; \`did\` and \`didToo\` are what it notes of its steps. */
const undoing = ({
  declared,
  undo = 'foo_undo();',
  did = '',
  didToo = '',
  markers = '',
}: {
  readonly declared: string;
  readonly undo?: string;
  readonly did?: string;
  readonly didToo?: string;
  readonly markers?: string;
}): string => `${head}${declared}
static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	${did}
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		goto undo;
${markers}	${didToo}
	err = genl_register_family(&foo_family);
	if (err)
		goto undo;
	return 0;

undo:
	${undo}
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	${undo}
}

module_init(foo_init);
module_exit(foo_exit);
`;

const actions = `
static void foo_undo_ops(void *ops)
//! not analysed: it is kept in a pointer, and what calls it by that is not followed
{
	unregister_pernet_subsys(ops);
}

static void foo_undo_nb(void *nb)
//! not analysed: it is kept in a pointer, and what calls it by that is not followed
{
	unregister_netdevice_notifier(nb);
}
`;

const stack = `
static struct foo_action {
	void (*fn)(void *arg);
	void *arg;
} foo_actions[8];
static int foo_n;

static void foo_undo(void)
{
	while (foo_n > 0) {
		foo_n--;
		foo_actions[foo_n].fn(foo_actions[foo_n].arg);
	}
}
`;

const push = `
static void foo_push(void (*fn)(void *arg), void *arg)
{
	foo_actions[foo_n].fn = fn;
	foo_actions[foo_n].arg = arg;
	foo_n++;
}
`;

describe('what undoes by a pointer', () => {
  it('is not followed: handed to a function of the module', () => {
    check(
      undoing({
        declared: stack + push + actions,
        did: 'foo_push(foo_undo_ops, &foo_net_ops);',
        didToo: 'foo_push(foo_undo_nb, &foo_nb);',
      }),
    );
  });

  it.each([
    ['member by member', 'foo_actions[foo_n].fn = foo_undo_ops;', 'foo_actions[foo_n++].fn = &foo_undo_nb;'],
    [
      'as a structure',
      'foo_actions[foo_n++] = (struct foo_action){ foo_undo_ops, &foo_net_ops };',
      'foo_actions[foo_n++] = (struct foo_action){ .fn = foo_undo_nb, .arg = &foo_nb };',
    ],
  ])('is not followed: put into an array %s', (_, did, didToo) => {
    check(undoing({ declared: stack + actions, did, didToo }));
  });

  it('says nothing of what it does not undo', () => {
    check(
      undoing({
        declared:
          stack +
          push +
          actions.replace(
            /! not analysed: .*\n/,
            '! not analysed: it registers or unregisters a pernet_operations, but no initcall or module exit that calls it was found\n',
          ),
        didToo: 'foo_push(foo_undo_nb, &foo_nb);',
        markers: `//		^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered: its callbacks run for every namespace that is made or dies after the module's text is gone
`,
      }).replace(/static void __exit foo_exit.*/s, (exit) =>
        exit.replace('	foo_undo();\n', '	foo_undo();\n	unregister_pernet_subsys(&foo_net_ops);\n'),
      ),
    );
  });

  it('is not followed in the life of a namespace', () => {
    check(`
static void foo_push(struct foo_net *fn, void (*undo)(struct net *net, const char *name), const char *name)
{
	fn->todo[fn->n].undo = undo;
	fn->todo[fn->n++].name = name;
}

static void foo_pop(struct net *net, struct foo_net *fn)
{
	while (fn->n--)
		fn->todo[fn->n].undo(net, fn->todo[fn->n].name);
}

static void foo_remove(struct net *net, const char *name)
//! not analysed: it is kept in a pointer, and what calls it by that is not followed
{
	remove_proc_entry(name, net->proc_net);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	if (!proc_mkdir("foo", net->proc_net))
		return -ENOMEM;
	foo_push(fn, foo_remove, "foo");
	if (!proc_create_net("bar", 0, net->proc_net, &foo_ops, 8)) {
		foo_pop(net, fn);
		return -ENOMEM;
	}
	foo_push(fn, foo_remove, "bar");
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_pop(net, net_generic(net, foo_net_id));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });
});

describe('a function that is not followed', () => {
  it('may undo what it names', () => {
    check(
      undoing({
        declared: `
static void foo_undo(void)
//! not analysed: line 15 chooses by a number that its loop counts and that is not known
{
	int step;

	for (step = foo_last(); step >= 0; step--) {
		switch (step) {
		case 1:
			unregister_netdevice_notifier(&foo_nb);
			break;
		case 0:
			unregister_pernet_subsys(&foo_net_ops);
			break;
		}
	}
}
`,
      }),
    );
  });

  it('is one that unwinds from a step on that a global counts which others may set', () => {
    check(
      undoing({
        declared: `
static int foo_level;
module_param(foo_level, int, 0644);

static void foo_undo(void)
//! not analysed: line 15 chooses by a number that is not known how far to unwind
{
	switch (foo_level) {
	case 2:
		unregister_netdevice_notifier(&foo_nb);
		fallthrough;
	case 1:
		unregister_pernet_subsys(&foo_net_ops);
		fallthrough;
	default:
		break;
	}
	foo_level = 0;
}
`,
        did: 'foo_level++;',
        didToo: 'foo_level++;',
      }),
    );
  });
});

describe('a module that holds itself', () => {
  const pinned = (get: string, exit: string, marker = ''): string => `${head}
static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	${get}
	return 0;
}

static void __exit foo_exit(void)
${marker}{
	${exit}
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('is never taken away', () => {
    check(pinned('__module_get(THIS_MODULE);', 'pr_info("never\\n");'));
  });

  it('is, where it lets go of itself', () => {
    check(
      pinned(
        '__module_get(THIS_MODULE);\n	module_put(THIS_MODULE);',
        '',
        '//		   ^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_net_ops registered\n',
      ),
    );
  });
});

describe('a table that is found by way of its sysctl registration', () => {
  const tables = (undo: string, declared = ''): string => `
static struct ctl_table_header *foo_add(struct net *net, const char *path, struct ctl_table *from, size_t size)
{
	struct ctl_table_header *header;
	struct ctl_table *table;

	table = kmemdup(from, size, GFP_KERNEL);
	if (!table)
		return NULL;
	header = register_net_sysctl(net, path, table);
	if (!header)
		kfree(table);
	return header;
}

static void foo_drop(struct ctl_table_header *header)
{
	const struct ctl_table *table = header->ctl_table_arg;

	unregister_net_sysctl_table(header);
	kfree(table);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
${declared}
	fn->one = foo_add(net, "net/one", foo_one, sizeof(foo_one));
	if (!fn->one)
		return -ENOMEM;
	fn->two = foo_add(net, "net/two", foo_two, sizeof(foo_two));
	if (!fn->two) {
		${undo}
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_drop(fn->two);
	foo_drop(fn->one);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('is freed after that is gone, by a helper', () => {
    check(tables('foo_drop(fn->one);'));
  });

  it('is freed after that is gone, in init itself', () => {
    check(
      tables(
        'table = fn->one->ctl_table_arg;\n		unregister_net_sysctl_table(fn->one);\n		kfree(table);',
        '	const struct ctl_table *table;\n',
      ),
    );
  });
});

describe('a result that is handed to a function of the module', () => {
  it('is what that returns, where it returns what it is passed', () => {
    check(`${head}
static int foo_told(int err, const char *what)
{
	if (err)
		foo_say(what);
	return err;
}

static int __init foo_init(void)
{
	int err;

	err = foo_told(register_pernet_subsys(&foo_net_ops), "ops");
	if (err)
		return err;
	err = foo_told(register_netdevice_notifier(&foo_nb), "notifier");
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

describe('what a namespace keeps and what is to undo it', () => {
  it('is not followed either, when that is called with whatever was handed over beside it', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct list_head undos;
	struct workqueue_struct *wq;
	void *ring;
};

static void foo_destroy_wq(void *data)
//! not analysed: it is kept in a pointer, and what calls it by that is not followed
{
	destroy_workqueue(data);
}

static void foo_free(void *data)
//! not analysed: it is kept in a pointer, and what calls it by that is not followed
{
	kfree(data);
}

static int foo_add_undo(struct foo_net *fn, void (*undo)(void *data), void *data)
{
	struct foo_undo *each = kmalloc(sizeof(*each), GFP_KERNEL);

	if (!each)
		return -ENOMEM;
	each->undo = undo;
	each->data = data;
	list_add(&each->list, &fn->undos);
	return 0;
}

static int foo_add_undo_or_reset(struct foo_net *fn, void (*undo)(void *data), void *data)
{
	int err = foo_add_undo(fn, undo, data);

	if (err)
		undo(data);
	return err;
}

static void foo_undo_all(struct foo_net *fn)
{
	struct foo_undo *each, *next;

	list_for_each_entry_safe(each, next, &fn->undos, list) {
		list_del(&each->list);
		each->undo(each->data);
		kfree(each);
	}
}

static void *foo_zalloc(struct foo_net *fn, size_t size)
{
	void *data = kzalloc(size, GFP_KERNEL);

	if (data && foo_add_undo_or_reset(fn, foo_free, data))
		return NULL;
	return data;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int ret = -ENOMEM;

	INIT_LIST_HEAD(&fn->undos);
	fn->ring = foo_zalloc(fn, 4096);
	if (!fn->ring)
		goto err;
	fn->wq = alloc_workqueue("foo", 0, 0);
	if (!fn->wq)
		goto err;
	ret = foo_add_undo_or_reset(fn, foo_destroy_wq, fn->wq);
	if (ret)
		goto err;
	return 0;
err:
	foo_undo_all(fn);
	return ret;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_undo_all(net_generic(net, foo_net_id));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });
});
