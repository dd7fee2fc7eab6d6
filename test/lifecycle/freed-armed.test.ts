import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

interface Parts {
  /** What the walk of the exit does with each element before it frees it by a helper. */
  readonly walk?: string;
  /** What the helper does before it frees the element. */
  readonly free?: string;
  readonly marker?: string;
  readonly arm?: string;
  readonly expire?: string;
  readonly setUp?: string;
  readonly exit?: string;
  readonly other?: string;
}

/** An ops of which each namespace has a list of elements, each with a timer. */
const withTimers = ({ walk, free, marker, arm, expire, setUp, exit, other }: Parts): string => `
struct foo_table {
	struct list_head list;
	struct timer_list timer;
	struct foo_pending *pending;
	bool dead;
};

struct foo_net {
	struct list_head tables;
};

static unsigned int foo_net_id;
${other ?? ''}
static void foo_expire(struct timer_list *t)
{
	struct foo_table *table = from_timer(table, t, timer);

	${expire ?? 'foo_flush_pending(table->pending);'}
}

static void foo_hold_back(struct foo_table *table, unsigned long expires)
{
	${arm ?? 'mod_timer(&table->timer, jiffies + expires);'}
}

static struct foo_table *foo_table_alloc(struct foo_net *fn)
{
	struct foo_table *table = kzalloc(sizeof(*table), GFP_KERNEL);

	if (!table)
		return NULL;
	${setUp ?? 'timer_setup(&table->timer, foo_expire, 0);'}
	list_add(&table->list, &fn->tables);
	return table;
}

static void foo_table_free(struct foo_table *table)
{
${free ?? ''}
	kfree(table);${marker === undefined ? '' : `\n//	^^^^^^^^^^^^ ${marker}`}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->tables);
	return 0;
}

int foo_table_new(struct net *net)
{
	return foo_table_alloc(net_generic(net, foo_net_id)) ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_table *table, *next;

${exit ?? ''}
	list_for_each_entry_safe(table, next, &fn->tables, list) {
		list_del(&table->list);
		${walk ?? 'foo_table_free(table);'}
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const marker =
  'error: exit-order: foo_table_free() frees table by kfree() with its timer timer, which may still be waiting for its time';

describe('what an exit frees with a timer in it that nothing stops', () => {
  it('an element of a list', () => {
    check(withTimers({ marker }));
    // Another one's is stopped; who has nothing to do takes this one off its queue in passing.
    check(
      withTimers({
        marker,
        other: `
static void foo_peer_free(struct foo_peer *peer)
{
	timer_delete_sync(&peer->timer);
	kfree(peer);
}

static void foo_add(struct foo_table *table, struct foo_pending *found)
{
	foo_resolve(found);
	table->pending = foo_next(found);
	if (!table->pending)
		timer_delete(&table->timer);
}
`,
      }),
    );
  });

  it.each<[string, Parts]>([
    ['stopped by the helper', { free: '	timer_shutdown_sync(&table->timer);' }],
    ['stopped by the walk', { walk: 'timer_delete_sync(&table->timer);\n\t\tfoo_table_free(table);' }],
    ['stopped by what is not at hand', { free: '	foo_table_quiet(table);' }],
    ['stopped by a macro', { walk: 'FOO_STOP(table);\n\t\tfoo_table_free(table);' }],
    ['stopped by a macro that gets the namespace', { walk: 'FOO_STOP_ALL(fn);\n\t\tfoo_table_free(table);' }],
    ['stopped with all others', { exit: '	foo_stop_tables(net);' }],
    ['stopped by its address', { free: '	struct timer_list *t = &table->timer;\n\n\tfoo_end(t);' }],
    ['only freed where it was taken off', { walk: 'if (timer_delete(&table->timer))\n\t\t\tfoo_table_free(table);' }],
    ['asked for', { walk: 'if (!timer_pending(&table->timer))\n\t\t\tfoo_table_free(table);' }],
    ['only freed where it is dead', { walk: 'if (table->dead)\n\t\t\tfoo_table_free(table);' }],
    ['freed on one of two ways', { free: '	if (!refcount_dec_and_test(&table->refs))\n\t\treturn;' }],
    ['never armed', { arm: 'table->dead = true;' }],
    ['no timer', { setUp: 'INIT_WORK(&table->timer, foo_expire);', arm: 'schedule_work(&table->timer);' }],
    ['one that frees it itself', { expire: 'list_del(&table->list);\n\tkfree(table);' }],
    ['one that gives the namespace back', { expire: 'put_net(table->net);' }],
    ['waited for', { exit: '	wait_event(fn->wait, list_empty(&fn->tables));' }],
    ['armed as another structure', { arm: 'mod_timer(&foo_peer_of(table)->timer, jiffies + expires);' }],
    [
      'ended with its user',
      {
        other: `
static void foo_table_close(struct foo_table *table)
{
	foo_drop_pending(table->pending);
	timer_delete(&table->timer);
}
`,
      },
    ],
    [
      'ended by a helper',
      { other: '\nstatic void foo_table_idle(struct foo_table *table)\n{\n\ttimer_delete(&table->timer);\n}\n' },
    ],
  ])('is quiet about one that is %s', (_, parts) => {
    check(withTimers(parts));
  });
});
