import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const ops = (exit: string): string => `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.${exit},
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('a batch callback that leaves its loop', () => {
  const inBatch = (turn: string, marker = '', before = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
	return 0;
}

static void __net_exit foo_net_exit_batch(struct list_head *list)
{
	struct net *net;
${before}
	list_for_each_entry(net, list, exit_list) {
		struct foo_net *fn = net_generic(net, foo_net_id);
${turn}
${marker}		foo_flush(&fn->list);
	}
}
${ops('exit_batch = foo_net_exit_batch')}`;

  it('for one that has nothing', () => {
    check(
      inBatch(
        '\t\tif (list_empty(&fn->list))\n\t\t\treturn;',
        '//			^^^^^^^ error: exit-leak: foo_net_exit_batch() returns out of its loop over the namespaces that die at once: those behind that one on the list are left as they are, and what they have leaks\n',
      ),
    );
  });

  it.each([
    ['goes on with the next', '\t\tif (list_empty(&fn->list))\n\t\t\tcontinue;', ''],
    ['asks of none of them', '\t\tif (!foo_enabled)\n\t\t\treturn;', ''],
    ['is done with all of them', '\t\tfoo_flush(&fn->list);\n\t\tif (!fn->users)\n\t\t\treturn;', ''],
    ['waits once for all', '\t\tif (fn->users) {\n\t\t\trcu_barrier();\n\t\t\treturn;\n\t\t}', ''],
    ['knows the last one', '\t\tif (list_is_last(&net->exit_list, list))\n\t\t\treturn;', ''],
    ['returns before it', '', '\tif (list_empty(list))\n\t\treturn;\n'],
    ['says that something cannot be', '\t\tif (WARN_ON(!fn))\n\t\t\treturn;', ''],
  ])('is quiet about one that %s', (_, turn, before) => {
    check(inBatch(turn, '', before));
  });
});

describe('an exit that returns where its namespace was never used', () => {
  /** The shape of brnf_exit_net() (net/bridge): a notifier sets the flag. */
  const early = (exit: string, marker = '', init = '', member = ''): string => `
struct foo_net {
	struct ctl_table_header *hdr;
	bool enabled;
${member}};

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);

	if (fn->enabled)
		return 0;
	foo_hook(fn);
	fn->enabled = true;
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!fn->hdr)
		return -ENOMEM;
${init}	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}${marker}}
${ops('exit = foo_net_exit')}`;
  const asks = '\tif (!fn->enabled)\n\t\treturn;\n';
  const rest = '\tfoo_unhook(fn);\n\tunregister_net_sysctl_table(fn->hdr);\n';

  it('by a member that its init does not set', () => {
    check(
      early(
        `${asks}//		^^^^^^^ error: exit-leak: foo_net_exit() returns here where \`fn->enabled\` is not set, as it is in each namespace until something sets it, and leaves sysctl table net_generic(net, foo_net_id)->hdr\n${rest}`,
      ),
    );
  });

  it.each([
    ['its init sets', `${asks}${rest}`, '\tfn->enabled = true;\n'],
    ['comes first', `\tunregister_net_sysctl_table(fn->hdr);\n${asks}\tfoo_unhook(fn);\n`, ''],
    [
      'the exit asks for alone',
      `\tif (fn->enabled)\n\t\tfoo_unhook(fn);\n\tunregister_net_sysctl_table(fn->hdr);\n`,
      '',
    ],
    ['what was not read may set', `${asks}${rest}`, '\tfoo_core_attach(fn);\n'],
    ['a copy of the whole may set', `${asks}${rest}`, '\t*fn = foo_defaults;\n'],
    ['is what is released', '\tif (!fn->hdr)\n\t\treturn;\n\tunregister_net_sysctl_table(fn->hdr);\n', ''],
  ])('is quiet where that %s', (_, exit, init) => {
    check(early(exit, '', init));
  });

  it('is quiet where a union may set it', () => {
    check(early(`${asks}${rest}`, '', '', '\tunion {\n\t\tint flags;\n\t\tchar on;\n\t};\n'));
  });
});

describe('an exit that keeps a lock', () => {
  const locked = (exit: string, other = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	mutex_init(&fn->lock);
	return 0;
}

static void foo_flush(struct foo_net *fn)
{
	fn->empty = true;
}
${other}
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}}
${ops('exit = foo_net_exit')}`;
  const kept = (lock: string, unlock: string): string =>
    `error: exit-leak: foo_net_exit() returns here with what ${lock} has locked: ${unlock}() is missing, and whoever locks it next waits for ever\n`;

  it('at its end, and where it returns early', () => {
    check(
      locked(`\tmutex_lock(&fn->lock);\n\tfoo_flush(fn);\n`).replace(
        /\}\n(?=\nstatic struct)/,
        `}\n^ ${kept('mutex_lock(&fn->lock)', 'mutex_unlock')}`,
      ),
    );
    check(
      locked(
        `\tmutex_lock(&fn->lock);\n\tif (fn->empty)\n\t\treturn;\n//		^^^^^^^ ${kept('mutex_lock(&fn->lock)', 'mutex_unlock')}\tfoo_flush(fn);\n\tmutex_unlock(&fn->lock);\n`,
      ),
    );
  });

  it.each([
    [
      'it gives back on all ways',
      '\tmutex_lock(&fn->lock);\n\tif (!fn->empty)\n\t\tfoo_flush(fn);\n\tmutex_unlock(&fn->lock);\n',
      '',
    ],
    [
      'it takes and gives back under one condition',
      '\tif (fn->busy)\n\t\tmutex_lock(&fn->lock);\n\tfoo_flush(fn);\n\tif (fn->busy)\n\t\tmutex_unlock(&fn->lock);\n',
      '',
    ],
    [
      'what it calls gives back',
      '\tmutex_lock(&fn->lock);\n\tfoo_flush(fn);\n\tfoo_end(fn);\n',
      'static void foo_end(struct foo_net *fn)\n{\n\tmutex_unlock(&fn->lock);\n}\n',
    ],
    ['what was not read may give back', '\tmutex_lock(&fn->lock);\n\tfoo_flush(fn);\n\tfoo_leave(fn);\n', ''],
    [
      'what is called at the end of a scope gives back',
      '\tstruct foo_net *held __cleanup(foo_put) = fn;\n\n\tmutex_lock(&fn->lock);\n\tfoo_flush(held);\n',
      '',
    ],
    ['what was not read gives back by its name', '\tmutex_lock(&fn->lock);\n\tfoo_flush_unlock(fn);\n', ''],
    ['it may not have got', '\tif (!mutex_trylock(&fn->lock))\n\t\treturn;\n\tmutex_unlock(&fn->lock);\n', ''],
    ['a scope gives back', '\tguard(mutex)(&fn->lock);\n\tfoo_flush(fn);\n', ''],
  ])('is quiet about one that %s', (_, exit, other) => {
    check(locked(exit, other));
  });
});

describe('an init that keeps a lock where it fails', () => {
  const locked = (failing: string, end = '\tmutex_unlock(&foo_lock);\n\treturn 0;\n'): string => `
static DEFINE_MUTEX(foo_lock);
static struct workqueue_struct *foo_wq;
static unsigned int foo_users;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	mutex_lock(&foo_lock);
	fn->wq = alloc_ordered_workqueue("foo", 0);
	if (!fn->wq) {
${failing}	}
${end}}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	destroy_workqueue(fn->wq);
}
${ops('exit = foo_net_exit')}`;
  const kept =
    '//		^^^^^^^^^^^^^^^ error: init-error-leak: if alloc_ordered_workqueue() fails, foo_net_init() returns here with what mutex_lock(&foo_lock) has locked: mutex_unlock() is missing, and whoever locks it next waits for ever\n';

  it('at its return', () => {
    check(locked(`\t\treturn -ENOMEM;\n${kept}`));
  });

  it.each([
    ['its own data', '&fn->lock', ''],
    [
      'memory that it frees',
      '&table->lock',
      '\tstruct foo_table *table = kzalloc(sizeof(*table), GFP_KERNEL);\n\n\tif (!table)\n\t\treturn -ENOMEM;\n',
    ],
    ['its own frame', '&own', '\tstruct mutex own;\n\n\tmutex_init(&own);\n'],
  ])('is quiet about one that lies in %s', (_, lock, before) => {
    const end = lock === '&table->lock' ? 'kfree(table);\n' : '';
    const whole = locked(
      `${end && `\t\t${end}`}\t\treturn -ENOMEM;\n`,
      `\tmutex_unlock(${lock});\n${end && `\t${end}`}\treturn 0;\n`,
    );
    check(whole.replace('\tmutex_lock(&foo_lock);\n', `${before}\tmutex_lock(${lock});\n`));
  });

  it.each(['test_fail', 'list_foo_done', 'rcu_foo_release', 'kfree_foo'])(
    'is quiet about one that %s() gives back, which is its own',
    (name) => {
      const own = `static void ${name}(int err)\n{\n\tmutex_unlock(&foo_lock);\n}\n\nstatic int __net_init`;
      check(locked(`\t\t${name}(-ENOMEM);\n\t\treturn -ENOMEM;\n`).replace('static int __net_init', own));
    },
  );

  it('is quiet about one that gives it back', () => {
    check(locked('\t\tmutex_unlock(&foo_lock);\n\t\treturn -ENOMEM;\n'));
    check(
      locked(
        '\t\tgoto unlock;\n',
        '\tmutex_unlock(&foo_lock);\n\treturn 0;\n\nunlock:\n\tmutex_unlock(&foo_lock);\n\treturn -ENOMEM;\n',
      ),
    );
    check(locked('\t\tfoo_give_up();\n\t\treturn -ENOMEM;\n'));
    const macro = '#define FOO_NOMEM ({ mutex_unlock(&foo_lock); -ENOMEM; })\n';
    check(`${macro}${locked('\t\treturn FOO_NOMEM;\n')}`);
  });
});
