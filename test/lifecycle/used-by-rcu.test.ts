import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops whose entries point back at the data of their namespace, with what RCU is to call for one and the exit. */
const withEntries = (callback: string, exit: string, { owner = 'fn' } = {}): string => `
struct foo_net {
	struct list_head list;
	atomic_t live;
};

struct foo_entry {
	struct list_head list;
	struct rcu_head rcu;
	struct foo_net *owner;
};

static unsigned int foo_net_id;

static void foo_entry_free(struct rcu_head *head)
{
	struct foo_entry *entry = container_of(head, struct foo_entry, rcu);
${callback}
	kfree(entry);
}

static int foo_add(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry)
		return -ENOMEM;
	entry->owner = ${owner};
	list_add_rcu(&entry->list, &fn->list);
	return 0;
}
EXPORT_SYMBOL_GPL(foo_add);

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &fn->list, list) {
		list_del_rcu(&entry->list);
${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const queue = '\t\tcall_rcu(&entry->rcu, foo_entry_free);\n\t}';
const found =
  '//		^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() has foo_entry_free() called by call_rcu(), which uses';

describe('what RCU calls after an exit that has asked for it', () => {
  it('uses the data of the namespace, which is freed before', () => {
    check(
      withEntries('\n\tatomic_dec(&entry->owner->live);', queue.replace(';\n', `;\n${found} entry->owner->live\n`)),
    );
    check(
      withEntries(
        '\tstruct foo_net *fn = entry->owner;\n\n\tatomic_dec(&fn->live);',
        queue.replace(';\n', `;\n${found} fn->live\n`),
      ),
    );
  });

  it('may use it where the exit waits for it, or may', () => {
    const uses = '\n\tatomic_dec(&entry->owner->live);';
    const severities = { 'pernet/blocking-rcu-in-exit': 'off' } as const;
    check(withEntries(uses, `${queue}\n\trcu_barrier();`), { severities });
    check(withEntries(uses, `${queue}\n\tfoo_quiesce(net);`));
  });

  const uses = '\n\tatomic_dec(&entry->owner->live);';
  const others = (pre: string): string => `
static void __net_exit foo_last_exit(struct net *net)
{
	${pre}
}

static struct pernet_operations foo_last_ops = {
	.exit = foo_last_exit,
};
`;
  it.each<readonly [string, string, string, string]>([
    ['points them elsewhere', uses, `\t\tentry->owner = &foo_orphans;\n${queue}`, ''],
    ['points them elsewhere by WRITE_ONCE()', uses, `\t\tWRITE_ONCE(entry->owner, &foo_orphans);\n${queue}`, ''],
    ['points them elsewhere by RCU', uses, `\t\trcu_assign_pointer(entry->owner, &foo_orphans);\n${queue}`, ''],
    [
      'may have them be left alone, as the callback asks',
      '\n\tif (!entry->dead)\n\t\tatomic_dec(&entry->owner->live);',
      queue,
      '',
    ],
    ['may have another one be counted', '\n\tatomic_dec(entry->dead ? &foo_none : &entry->owner->live);', queue, ''],
    ['may have none be counted', '\n\t(void)(entry->dead || atomic_dec_and_test(&entry->owner->live));', queue, ''],
    [
      'waits in what puts the last',
      uses,
      `${queue}\n\tfoo_table_put(fn);`,
      '\nstatic void foo_table_put(struct foo_net *fn)\n{\n\trcu_barrier();\n}\n',
    ],
    ['has another one of the file wait', uses, queue, others('synchronize_rcu();')],
  ])('may use it where the exit %s', (_, callback, exit, more) => {
    const whole = withEntries(callback, exit).replace(
      'static void __net_exit',
      `${more.trimStart()}\nstatic void __net_exit`,
    );
    check(whole, { severities: { 'pernet/blocking-rcu-in-exit': 'off', 'pernet/exit-missing': 'off' } });
  });

  it('is used where another ops of the file waits for nobody', () => {
    const marked = queue.replace(';\n', `;\n${found} entry->owner->live\n`);
    check(
      withEntries(uses, marked).replace(
        'static void __net_exit',
        `${others('foo_last = NULL;').trimStart()}\nstatic void __net_exit`,
      ),
    );
  });

  it('does not use it', () => {
    check(withEntries('', queue));
    check(withEntries('\n\tpr_debug("%p\\n", &entry->owner->live);', queue));
    check(withEntries('\n\tif (entry->owner)\n\t\tpr_debug("owned\\n");', queue));
    check(withEntries('\n\tatomic_dec(&entry->owner->live);', queue, { owner: 'foo_owner_get(net)' }));
  });
});
