import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A module whose hook uses what a namespace's data has, with the init that a test is about. */
const withHook = (
  init: string,
  {
    hook = `rhashtable_lookup(&fn->ht, skb, foo_params);\n\tfn->table[0]++;`,
    exit = '',
    rest = registering(),
  }: { readonly hook?: string; readonly exit?: string; readonly rest?: string } = {},
): string => `
static unsigned int foo_net_id;

struct foo_net {
	struct rhashtable ht;
	u32 *table;
	bool ready;
	struct list_head list;
	struct mutex lock;
};

static unsigned int foo_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct foo_net *fn = net_generic(state->net, foo_net_id);

	${hook}
	return NF_ACCEPT;
}

static const struct nf_hook_ops foo_hooks[] = {
	{ .hook = foo_hook, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN },
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

${init}
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${rest}`;

const freesTable = '\tkfree(fn->table);';

const register = `	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));`;
const marker = (text: string): string =>
  `//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: init-order: ${text}`;

const builtIn = `
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

device_initcall(foo_init);
`;

const tableLate = (mark: string, between = ''): string => `${register}
${mark}
	if (err)
		return err;
${between}	fn->table = kcalloc(16, sizeof(u32), GFP_KERNEL);
	if (!fn->table) {
		nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
		return -ENOMEM;
	}
	return 0;`;

/** Nothing is said of what an init makes late when the hook does this. */
const silent = (hook: string, init = tableLate('')): void => {
  expect(check(withHook(init, { hook, exit: freesTable })).findings).toEqual([]);
};

describe('pernet/init-order', () => {
  it('memory that a hook looks into is made after the hook is registered', () => {
    check(
      withHook(
        tableLate(
          marker(
            'foo_net_init() lets the outside reach netfilter hooks foo_hooks before fn->table is set by kcalloc(): foo_hook() can run at once, uses that without asking and finds a NULL pointer',
          ),
        ),
        { hook: 'fn->table[skb->len & 15]++;', exit: freesTable },
      ),
    );
  });

  it('likewise by a helper of the hook, behind a question about the packet', () => {
    check(
      withHook(tableLate(marker('foo_net_init() lets')), {
        hook: `struct iphdr *iph = ip_hdr(skb);

	if (!pskb_may_pull(skb, sizeof(*iph)) || iph->protocol != IPPROTO_UDP)
		return NF_ACCEPT;
	foo_count(fn, skb);`,
        exit: freesTable,
      }).replace(
        'static unsigned int foo_hook',
        `static void foo_count(struct foo_net *fn, struct sk_buff *skb)
{
	u32 *table = READ_ONCE(fn->table);

	table[skb->len & 15]++;
}

static unsigned int foo_hook`,
      ),
    );
  });

  it('a table, a list or a lock of the data is set up after the hook is registered', () => {
    check(
      withHook(
        `${register}
${marker('foo_net_init() lets the outside reach netfilter hooks foo_hooks before fn->ht is set up by rhashtable_init(): foo_hook() can run at once, uses that without asking and finds zeroes that nothing has set up')}
	if (err)
		return err;
	err = rhashtable_init(&fn->ht, &foo_params);
	if (err)
		nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	return err;`,
        { hook: 'rhashtable_lookup(&fn->ht, skb, foo_params);', exit: '\trhashtable_destroy(&fn->ht);' },
      ),
    );
    for (const [setUp, hook] of [
      ['INIT_LIST_HEAD(&fn->list)', 'list_for_each_entry(skb, &fn->list, list)\n\t\tfoo_see(skb);'],
      ['mutex_init(&fn->lock)', 'mutex_lock(&fn->lock);\n\tmutex_unlock(&fn->lock);'],
    ] as const)
      check(
        withHook(
          `${register}
${marker('foo_net_init() lets')}
	if (err)
		return err;
	${setUp};
	return 0;`,
          { hook },
        ),
      );
  });

  it('likewise where helpers register and set up', () => {
    check(
      withHook(
        `	err = foo_register(net);
	if (err)
		return err;
	foo_lists(fn);
	return 0;`,
        { hook: 'list_add(&skb->list, &fn->list);' },
      ).replace(
        'static int __net_init foo_net_init',
        `static int foo_register(struct net *net)
{
	return nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: init-order: foo_register() lets the outside reach netfilter hooks foo_hooks before fn->list is set up by INIT_LIST_HEAD()
}

static void foo_lists(struct foo_net *fn)
{
	INIT_LIST_HEAD(&fn->list);
}

static int __net_init foo_net_init`,
      ),
    );
  });

  it('says nothing where all is there before', () => {
    check(
      withHook(
        `	fn->table = kcalloc(16, sizeof(u32), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	INIT_LIST_HEAD(&fn->list);
	err = rhashtable_init(&fn->ht, &foo_params);
	if (err)
		goto err_ht;
${register}
	if (err)
		goto err_hooks;
	return 0;

err_hooks:
	rhashtable_destroy(&fn->ht);
err_ht:
	kfree(fn->table);
	return err;`,
        { exit: '\trhashtable_destroy(&fn->ht);\n\tkfree(fn->table);' },
      ),
    );
  });

  it('says nothing where the hook asks for the thing, or for a flag, or finds nothing to do yet', () => {
    silent('if (!fn->table)\n\t\treturn NF_ACCEPT;\n\tfn->table[0]++;');
    silent('u32 *table = READ_ONCE(fn->table);\n\n\tif (!table)\n\t\treturn NF_ACCEPT;\n\ttable[0]++;');
    silent('if (!READ_ONCE(fn->ready))\n\t\treturn NF_ACCEPT;\n\tfn->table[0]++;');
    silent('if (fn->table && fn->table[0])\n\t\treturn NF_DROP;');
    silent('if (!static_branch_unlikely(&foo_enabled))\n\t\treturn NF_ACCEPT;\n\tfn->table[0]++;');
    silent('if (!foo_is_on(fn))\n\t\treturn NF_ACCEPT;\n\tfn->table[0]++;');
    silent('list_for_each_entry(skb, &foo_all, list)\n\t\tfn->table[0]++;');
    silent('FOO_REQUIRE(fn, NF_ACCEPT);\n\tfn->table[0]++;');
    silent('if (ksize(fn->table))\n\t\treturn NF_DROP;');
  });

  it('says nothing where a macro of the file asks, in small letters too', () => {
    const text = withHook(tableLate(''), { hook: 'foo_require(fn);\n\tfn->table[0]++;', exit: freesTable });
    check(`#define foo_require(p) \\\n\tif (!READ_ONCE((p)->table)) return NF_ACCEPT\n${text}`);
    const other = withHook(tableLate(marker('foo_net_init() lets')), {
      hook: 'foo_note(skb);\n\tfn->table[0]++;',
      exit: freesTable,
    });
    check(`#define foo_note(p) ((p)->mark = 1)\n${other}`);
    const nested = withHook(tableLate(''), { hook: 'foo_with(fn)\n\t\tfn->table[0]++;', exit: freesTable });
    check(`#define foo_with(p) if ((p)->table)\n${nested}`);
    check(`#define foo_require(p) do { if (!(p)->table) return NF_ACCEPT; } while (0)\n${text}`);
  });

  it('tells of the hook where a macro of the file only notes, chooses or asks for what is not passed', () => {
    const noted = (define: string, call: string): void => {
      const hook = `${call};\n\tfn->table[0]++;`;
      check(`${define}\n${withHook(tableLate(marker('foo_net_init() lets')), { hook, exit: freesTable })}`);
    };
    noted('#define foo_dbg(fmt, ...) \\\n\tdo { printk(fmt, ##__VA_ARGS__); } while (0)', 'foo_dbg("packet")');
    noted('#define foo_dbg(fmt) do { if (foo_debug) printk(fmt); } while (0)', 'foo_dbg("packet")');
    noted('#define foo_max(a, b) ((a) > (b) ? (a) : (b))', 'foo_longest = foo_max(skb->len, foo_longest)');
    noted('#define foo_count(net, by) do { foo_pernet(net)->other += by; } while (0)', 'foo_count(net, 1)');
  });

  it('says nothing where the hook takes a lock or waits first, nor where all members were set before', () => {
    silent('mutex_lock(&foo_mutex);\n\tfn->table[0]++;\n\tmutex_unlock(&foo_mutex);');
    silent('foo_lock();\n\tfn->table[0]++;\n\tfoo_unlock();');
    silent('guard(mutex)(&foo_mutex);\n\tfn->table[0]++;');
    silent('schedule();\n\tfn->table[0]++;');
    silent('fn->table[0]++;', `\t*fn = foo_template;\n${tableLate('')}`);
    silent('fn->table[0]++;', `\tfoo_pernet(net)->table = foo_table;\n${tableLate('')}`);
    const helper = 'static void foo_defaults(struct net *net)\n{\n\tfoo_pernet(net)->table = foo_table;\n}\n\n';
    const init = `\tfoo_defaults(net);\n${tableLate('')}`;
    const text = withHook(init, { hook: 'fn->table[0]++;', exit: freesTable });
    expect(check(text.replace('static int __net_init', `${helper}static int __net_init`)).findings).toEqual([]);
  });

  it('says nothing where a lock is held meanwhile, nor of code that is only built in', () => {
    silent(
      'mutex_lock(&foo_mutex);\n\tfn->table[0]++;\n\tmutex_unlock(&foo_mutex);',
      `	mutex_lock(&foo_mutex);
${register}
	if (err)
		goto out;
	fn->table = kcalloc(16, sizeof(u32), GFP_KERNEL);
	if (!fn->table) {
		nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
		err = -ENOMEM;
	}
out:
	mutex_unlock(&foo_mutex);
	return err;`,
    );
    const hook = 'fn->table[0]++;';
    expect(check(withHook(tableLate(''), { hook, exit: freesTable, rest: builtIn })).findings).toEqual([]);
  });

  it('says nothing where a member is only made anew later, nor of what is made on some paths alone', () => {
    silent(
      'fn->table[0]++;',
      `	fn->table = foo_default_table;
${tableLate('')}`,
    );
    silent(
      'fn->table[0]++;',
      `${register}
	if (err)
		return err;
	if (foo_wide)
		fn->table = foo_wide_table;
	return 0;`,
    );
  });
});

/** An ops that has a work item, whose init a test is about. */
const withWork = (queue: string, mark = ''): string => `
static unsigned int foo_net_id;

struct foo_net {
	struct delayed_work work;
	struct list_head list;
};

static void foo_work(struct work_struct *work)
{
	struct foo_net *fn = container_of(to_delayed_work(work), struct foo_net, work);
	struct foo_item *item;

	list_for_each_entry(item, &fn->list, list)
		foo_see(item);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_DELAYED_WORK(&fn->work, foo_work);
	${queue};
${mark}
	INIT_LIST_HEAD(&fn->list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	cancel_delayed_work_sync(&fn->work);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${builtIn}`;

describe('pernet/init-order, what runs at once', () => {
  it('work is queued without a delay before what it uses is set up, also in what is only built in', () => {
    check(
      withWork(
        'schedule_delayed_work(&fn->work, 0)',
        `//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: init-order: foo_net_init() queues fn->work by schedule_delayed_work() before fn->list is set up by INIT_LIST_HEAD(): foo_work() can run at once`,
      ),
    );
  });

  it('likewise where a lock was set up, or taken and given back, before that', () => {
    for (const lock of ['spin_lock_init(&fn->lock)', 'spin_lock(&foo_lock);\n\tspin_unlock(&foo_lock)'])
      check(
        withWork(
          `${lock};\n\tschedule_delayed_work(&fn->work, 0)`,
          `//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: init-order: foo_net_init() queues fn->work by schedule_delayed_work()`,
        ),
      );
  });

  it('says nothing of work that is queued under a lock', () => {
    for (const lock of ['spin_lock_bh(&foo_lock)', 'lock_sock_nested(sk, 1)', 'mutex_lock(&foo_mutex)'])
      check(withWork(`${lock};\n\tschedule_delayed_work(&fn->work, 0)`));
  });

  it('says nothing of work that comes later', () => {
    check(withWork('schedule_delayed_work(&fn->work, HZ)'));
    check(withWork('schedule_delayed_work(&fn->work, foo_interval)'));
  });

  it('a thread is started before what it uses is there', () => {
    const thread = (mark: string, body: string): string => `
static unsigned int foo_net_id;

struct foo_net {
	struct task_struct *task;
	struct sk_buff_head queue;
	wait_queue_head_t wait;
};

static int foo_thread(void *data)
{
	struct foo_net *fn = data;

	while (!kthread_should_stop()) {
		${body}
	}
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->task = kthread_run(foo_thread, fn, "foo");
${mark}
	if (IS_ERR(fn->task))
		return PTR_ERR(fn->task);
	init_waitqueue_head(&fn->wait);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kthread_stop(fn->task);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${builtIn}`;
    const mark = `//		   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: init-order: foo_net_init() starts`;
    check(thread(mark, 'wait_event_interruptible(fn->wait, kthread_should_stop());'));
    check(thread('', 'ssleep(1);\n\t\twake_up(&fn->wait);'));
  });
});

/** An ops that makes a file of a namespace, and sets up the list that is gone through when that is read, before or after. */
const withFile = ({ before = '', after = '', mark = '' }): string => `
static unsigned int foo_net_id;

struct foo_net {
	struct list_head items;
	u32 *table;
};

static void *foo_start(struct seq_file *m, loff_t *pos) { struct foo_net *fn = net_generic(seq_file_net(m), foo_net_id); return seq_list_start(&fn->items, *pos); }

static int foo_show(struct seq_file *m, void *v)
{
	struct foo_net *fn = net_generic(seq_file_net(m), foo_net_id);

	seq_printf(m, "%u", fn->table[0]);
	return 0;
}

static const struct seq_operations foo_seq_ops = {
	.start	= foo_start,
	.next	= foo_next,
	.stop	= foo_stop,
	.show	= foo_show,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${before}	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
${mark}		return -ENOMEM;
${after}	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('pernet/init-order, a file that goes through a list', () => {
  const setUp = '\tINIT_LIST_HEAD(&fn->items);\n';

  it('the list is set up after the file can be read, by a function that stands on one line too', () => {
    const call = 'proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private))';
    const mark = `//	     ${'^'.repeat(call.length)} warning: init-order: foo_net_init() lets the outside reach proc entry\n`;
    check(withFile({ after: setUp, mark }));
  });

  it('says nothing of what is only done for an element of the list: there is none yet', () => {
    check(withFile({ before: setUp, after: '\tfn->table = foo_default_table;\n' }));
  });
});

describe('pernet/init-order, a lock that nothing ever sets up', () => {
  const withLock = (init: string, mark = ''): string => `
static unsigned int foo_net_id;

struct foo_net {
	struct list_head list;
	struct mutex lock;
};

static int __net_init foo_net_init(struct net *net)
${mark}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
${init}	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	mutex_lock(&fn->lock);
	foo_forget(&fn->list);
	mutex_unlock(&fn->lock);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('in the data that the core has zeroed', () => {
    const mark = `//${' '.repeat(20)}${'^'.repeat(12)} warning: init-order: foo_net_init() does not set up the mutex foo_net->lock\n`;
    check(withLock('', mark));
  });

  it('is none where init sets it up, or passes it on', () => {
    check(withLock('\tmutex_init(&fn->lock);\n'));
    check(withLock('\tfoo_lock_init(&fn->lock);\n'));
  });
});
