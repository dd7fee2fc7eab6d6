import { describe, expect, it } from 'vitest';
import { locksNeverSetUp } from '../../src/facts/never-set-up.ts';

const file = (body: string, more = ''): string => `
struct foo_list {
	struct list_head list;
	struct mutex lock;
};

struct foo_net {
	int count;
	struct foo_list entries;
};
${more}
static void foo_add(struct foo_list *all, struct foo *foo)
{
	mutex_lock(&all->lock);
	list_add(&foo->list, &all->list);
	mutex_unlock(&all->lock);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${body}
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
`;

describe('locks that a file takes and never sets up', () => {
  const found = [']!foo_net:mutex:foo_list->lock'];

  it.each(['', '\tmutex_lock_nested(&fn->entries.lock, 1);', '\tguard(mutex)(&fn->entries.lock);'])('%s', (body) => {
    expect([...locksNeverSetUp(file(body))]).toEqual(found);
  });

  it('a semaphore', () => {
    const text = file('')
      .replace('struct mutex', 'struct rw_semaphore')
      .replaceAll(/mutex_(un)?lock/g, 'down_write');
    expect([...locksNeverSetUp(text)]).toEqual([']!foo_net:rw_semaphore:foo_list->lock']);
  });

  it.each([
    '\tmutex_init(&fn->entries.lock);',
    '\t__mutex_init(&fn->entries.lock, "foo", &foo_key);',
    '\tfoo_lock_init(&fn->entries.lock);',
    '\tFOO_INIT(fn->entries, lock);',
    '\tfn->entries = (struct foo_list){ .lock = foo_unlocked };',
    '\tfoo_set_up(offsetof(struct foo_list, lock));',
  ])('set up by %s', (body) => {
    expect([...locksNeverSetUp(file(body))]).toEqual([]);
  });

  it('set up by a macro, or in memory that is not what the core gives', () => {
    expect([...locksNeverSetUp(file('', '#define FOO_SET_UP(x) mutex_init(&(x)->lock)'))]).toEqual([]);
    expect([...locksNeverSetUp(file('').replace('struct foo_list entries', 'struct foo_list *entries'))]).toEqual([]);
    expect([...locksNeverSetUp(file('').replace('.size = sizeof(struct foo_net),', ''))]).toEqual([]);
  });

  it('set up by what is included behind the structure, or by a name that is made of parts', () => {
    expect([...locksNeverSetUp(`${file('')}\n#include "foo_gen.h"\n`)]).toEqual([]);
    expect([...locksNeverSetUp(file('', '#define FOO_SET_UP(x, what) mutex_init(&(x)->what##_lock)'))]).toEqual([]);
  });
});
