import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

interface Parts {
  /** What stands before the function that makes the mask. */
  readonly before?: string;
  /** What that does where it has made one. */
  readonly keep?: string;
  /** What it does first. */
  readonly first?: string;
  /** What stands between it and the exit. */
  readonly after?: string;
  readonly exit?: string;
  readonly write?: string;
  readonly ops?: string;
  readonly leaks?: boolean;
}

const mark =
  "//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves what foo_mask_make() allocates by kzalloc() when it is asked for, and keeps at mask of the namespace's struct foo_net: nothing frees it\n";

/** A module that makes the mask of a namespace when its sysctl is written. */
function foo(parts: Parts): string {
  const { before = '', keep = '	fn->mask = mask;\n', first = '', after = '', leaks = false } = parts;
  const { exit = '', write = '	mask->bits = 1;\n', ops = '' } = parts;
  return `
struct foo_mask {
	struct rcu_head rcu;
	struct list_head list;
	struct work_struct work;
	refcount_t refs;
	unsigned long bits;
};

struct foo_net {
	struct ctl_table_header *hdr;
	struct foo_mask *mask;
	struct foo_mask *other;
};

static unsigned int foo_net_id;
${before}
static struct foo_mask *foo_mask_make(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_mask *mask;

${first}	if (fn->mask)
		return fn->mask;
	mask = kzalloc(sizeof(*mask), GFP_KERNEL);
	if (!mask)
		return NULL;
${keep}	return mask;
}

static int foo_sysctl(const struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct foo_mask *mask = foo_mask_make(table->data);

	if (!mask)
		return -ENOMEM;
${write}	return 0;
}

static struct ctl_table foo_table[] = {
	{ .procname = "mask", .mode = 0644, .proc_handler = foo_sysctl },
};
${after}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->hdr = register_net_sysctl(net, "net/foo", foo_table);
	return fn->hdr ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${leaks ? mark : ''}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_net_sysctl_table(fn->hdr);
${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${ops}${registering()}`;
}

const bits = '	return fn->mask ? fn->mask->bits : 0;\n';
const reader = (body: string): string => `
static unsigned long foo_bits(struct foo_net *fn)
{
${body}}
`;

describe('what is allocated for a namespace on demand', () => {
  it('and freed by nobody', () => {
    check(foo({ leaks: true }));
    check(foo({ leaks: true, after: reader(bits) }));
    check(foo({ leaks: true, keep: '	rcu_assign_pointer(fn->mask, mask);\n' }));
    check(foo({ leaks: true, keep: '	if (cmpxchg(&fn->mask, NULL, mask))\n		kfree(mask);\n' }));
    check(foo({ leaks: true, exit: '	fn->mask = NULL;\n' }));
    check(foo({ leaks: true, exit: '	if (fn->mask)\n		pr_debug("foo: %lx\\n", fn->mask->bits);\n' }));
    check(foo({ leaks: true, exit: '	kfree(fn->other);\n' }));
    check(
      foo({
        leaks: true,
        after: reader('	struct foo_mask *mask = rcu_dereference(fn->mask);\n\n	return mask ? mask->bits : 0;\n'),
      }),
    );
  });

  it('and freed by the exit, by whatever name', () => {
    for (const exit of [
      '	kfree(fn->mask);\n',
      '	kfree_sensitive(fn->mask);\n',
      '	kfree_rcu(fn->mask, rcu);\n',
      '	struct foo_mask *mask = fn->mask;\n\n	kfree(mask);\n',
      '	struct foo_mask *mask = rcu_dereference_protected(fn->mask, true);\n\n	kfree(mask);\n',
      '	kfree(xchg(&fn->mask, NULL));\n',
      '	kfree(rcu_replace_pointer(fn->mask, NULL, true));\n',
      '	struct foo_mask *mask = xchg(&fn->mask, NULL);\n\n	if (mask)\n		kfree_rcu(mask, rcu);\n',
      '	kvfree(READ_ONCE(fn->mask));\n',
      '	call_rcu(&fn->mask->rcu, foo_mask_free_rcu);\n',
      '	foo_mask_put(fn->mask);\n',
      '	foo_mask_dispose(&fn->mask);\n',
      '	foo_net_cleanup(fn);\n',
      '	foo_masks_free(net);\n',
      '	struct foo_mask **masks[] = { &fn->mask, &fn->other };\n	int i;\n\n	for (i = 0; i < 2; i++)\n		kfree(*masks[i]);\n',
      '	FOO_FREE(fn, mask);\n',
      '	kfree(foo_mask_make(net));\n',
    ])
      check(foo({ exit }));
  });

  it('and freed by what the exit calls, or a macro, or a table', () => {
    const helper = (body: string): string => `
static void foo_mask_drop(struct foo_net *fn)
{
${body}}
`;
    const exit = '	foo_mask_drop(fn);\n';
    check(foo({ exit, after: helper('	kfree(fn->mask);\n') }));
    check(foo({ exit, after: helper('	struct foo_mask *mask = fn->mask;\n\n	fn->mask = NULL;\n	kfree(mask);\n') }));
    check(foo({ exit, before: '#define foo_mask_drop(fn) kfree((fn)->mask)\n' }));
    check(
      foo({
        before: `
static void foo_free(void *p)
{
	kfree(p);
}
`,
        exit: '	foo_free(fn->mask);\n',
      }),
    );
    check(
      foo({
        after: `
static const size_t foo_members[] = { offsetof(struct foo_net, mask), offsetof(struct foo_net, other) };
`,
        exit: '	int i;\n\n	for (i = 0; i < 2; i++)\n		kfree(*(void **)((char *)fn + foo_members[i]));\n',
      }),
    );
  });

  it('and given back by who holds it, or otherwise', () => {
    for (const keep of [
      '	fn->mask = mask;\n	list_add(&mask->list, &foo_masks);\n',
      '	fn->mask = mask;\n	INIT_WORK(&mask->work, foo_mask_work);\n',
      '	fn->mask = mask;\n	schedule_work(&mask->work);\n',
      '	fn->mask = mask;\n	refcount_set(&mask->refs, 1);\n',
      '	fn->mask = mask;\n	fn->other = mask;\n',
      '	fn->mask = mask;\n	foo_attach(net, mask);\n',
      '	fn->mask = mask;\n	foo_all = mask;\n',
      '	fn->mask = mask;\n	devm_add_action(foo_dev, foo_mask_free, mask);\n',
    ])
      check(foo({ keep }));
    check(foo({ first: '	if (!net_eq(net, &init_net))\n		return NULL;\n' }));
    check(foo({ write: '	foo_install(mask);\n' }));
    check(foo({ write: '	foo_dev->mask = mask;\n' }));
    // Who is no command or setting frees it: the last device that goes.
    check(
      foo({
        after: `
static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);

	if (event == NETDEV_UNREGISTER) {
		kfree(fn->mask);
		fn->mask = NULL;
	}
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = { .notifier_call = foo_netdev_event };
`,
      }),
    );
  });

  it('and replaced by settings', () => {
    const setting = (user: string, exit: string, leaks = false): string =>
      foo({
        keep: '	fn->other = mask;\n',
        after: `
static int foo_resize(struct net *net, size_t size)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_mask *mask = NULL, *old;

	if (size) {
		mask = kzalloc(size, GFP_KERNEL);
		if (!mask)
			return -ENOMEM;
	}
	old = rcu_dereference_protected(fn->mask, true);
	rcu_assign_pointer(fn->mask, mask);
	kfree(old);
	return 0;
}
${user}`,
        exit: `	kfree(fn->other);\n${exit}`,
      })
        .replace('	if (fn->mask)\n		return fn->mask;\n', '	if (fn->other)\n		return fn->other;\n')
        .replace('__net_exit foo_net_exit(struct net *net)\n', (head) =>
          leaks ? head + mark.replace('foo_mask_make', 'foo_resize') : head,
        );
    const bySysctl = `
static int foo_size_sysctl(const struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	return foo_resize(table->data, *lenp);
}

static struct ctl_table foo_size_table[] = {
	{ .procname = "size", .mode = 0644, .proc_handler = foo_size_sysctl },
};
`;
    const byDevices = `
static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	return foo_resize(dev_net(netdev_notifier_info_to_dev(ptr)), event == NETDEV_REGISTER ? 8 : 0);
}

static struct notifier_block foo_notifier = { .notifier_call = foo_netdev_event };
`;
    check(setting(bySysctl, '', true));
    check(setting(bySysctl, '	kfree(fn->mask);\n'));
    check(setting(bySysctl, '	foo_resize(net, 0);\n'));
    check(setting(byDevices, ''));
    check(setting(bySysctl + byDevices, ''));
  });

  it('at a member of struct net, beside those that the exit speaks of', () => {
    const ofNet = (exit: string, more = ''): string => `
//- net/foo/sysctl.c
static struct cpumask *foo_mask_make(struct net *net)
{
	struct cpumask *mask = kzalloc(cpumask_size(), GFP_KERNEL);

	if (mask && cmpxchg(&net->foo.mask, NULL, mask)) {
		kfree(mask);
		return net->foo.mask;
	}
	return mask;
}

static int foo_sysctl(const struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct cpumask *mask = foo_mask_make(table->data);

	return mask ? cpumask_parse(buffer, mask) : -ENOMEM;
}

static struct ctl_table foo_table[] = {
	{ .procname = "mask", .mode = 0644, .proc_handler = foo_sysctl },
};

static int __net_init foo_net_init(struct net *net)
{
	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	return net->foo.hdr ? 0 : -ENOMEM;
}

${exit}
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}${more}`;
    const marked = mark.replace("mask of the namespace's struct foo_net", 'net->foo.mask');
    const exit = (marker: string, body: string): string => `static void __net_exit foo_net_exit(struct net *net)
${marker}{
	unregister_net_sysctl_table(net->foo.hdr);
${body}}
`;
    check(ofNet(exit(marked, '')));
    check(ofNet(exit('', '	kfree(net->foo.mask);\n')));
    check(ofNet(exit('', '	foo_masks_free(net);\n')));
    check(
      ofNet(
        exit('', ''),
        `
//- net/foo/core.c
static void __net_exit foo_core_exit(struct net *net)
{
	kfree(net->foo.mask);
}

static struct pernet_operations foo_core_ops = {
	.exit = foo_core_exit,
};

static int __init foo_core_init(void)
{
	return register_pernet_subsys(&foo_core_ops);
}

subsys_initcall(foo_core_init);
`,
      ),
    );
  });
});
