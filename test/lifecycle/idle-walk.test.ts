import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { fooNetOps } from '../registering.ts';

/** A module whose exit goes through a namespace's peers; in the marker `^` stands where the loop does. */
function foo(walk: string, declarations = ''): string {
  return `
struct foo_net {
	struct list_head peers;
	struct hlist_head hash[16];
	spinlock_t lock;
	int count;
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->peers);
	spin_lock_init(&fn->lock);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_peer *p, *next;
${declarations}
${walk}}

${fooNetOps('data')}`;
}

const marked = (head: string, body: string): string =>
  `	${head}\n//	${'^'.repeat(head.indexOf('('))} error: exit-leak: foo_net_exit() goes through \`&fn->peers\` and does nothing with what lies there\n${body}`;

describe('an exit that goes through a list', () => {
  it('and does nothing with what lies there', () => {
    check(foo(`	rcu_read_lock();\n${marked('list_for_each_entry_rcu(p, &fn->peers, list)', '		rcu_read_unlock();\n')}`));
    check(foo(marked('list_for_each_entry_safe(p, next, &fn->peers, list)', '		;\n	fn->count = 0;\n')));
    const held = marked('list_for_each_entry(p, &fn->peers, list) {', '	}\n	spin_unlock(&fn->lock);\n');
    check(foo(`	spin_lock(&fn->lock);\n${held}`));
  });

  it('and does something', () => {
    check(foo('	list_for_each_entry(p, &fn->peers, list)\n		foo_free(p);\n'));
    check(foo('	list_for_each_entry_safe(p, next, &fn->peers, list)\n		list_del(&p->list);\n'));
    check(foo('	list_for_each_entry(p, &fn->peers, list)\n		fn->count--;\n'));
    check(foo('	list_for_each_entry(p, &fn->peers, list)\n		n++;\n	WARN_ON(n);\n', '	int n = 0;\n'));
    check(foo('	list_for_each_entry(p, &fn->peers, list)\n		WARN_ON(1);\n'));
    check(foo('	list_for_each_entry(p, &fn->peers, list)\n		pr_warn("foo: left\\n");\n'));
    check(foo('	list_for_each_entry(p, &fn->peers, list)\n		return;\n'));
    // The last one is used behind the loop.
    check(foo('	list_for_each_entry(p, &fn->peers, list)\n		;\n	foo_free(p);\n'));
    check(foo('	list_for_each_entry_reverse(p, &fn->peers, list)\n		foo_next(fn);\n'));
    // It does its work by its name.
    check(foo('	foo_for_each_freed(p, &fn->peers)\n		;\n'));
    check(foo('	list_for_each_entry(p, &fn->peers, list) {\n#ifdef CONFIG_FOO_STATS\n		foo_free(p);\n#endif\n	}\n'));
    check(foo('	list_for_each_entry(p, &fn->peers, list) {\n#ifndef CONFIG_FOO_STATS\n		foo_free(p);\n#endif\n	}\n'));
  });

  const free = `
static void foo_peers_free(struct foo_net *fn)
{
	struct foo_peer *p, *next;

	list_for_each_entry_safe(p, next, &fn->peers, list)
		kfree(p);
}
`;
  const off = `
static void foo_unlock(struct foo_net *fn)
{
	module_put(THIS_MODULE);
}
`;
  const idle = '	list_for_each_entry(p, &fn->peers, list) {\n	}\n';
  it.each([
    ['goes through it again', `${idle}	foo_peers_free(fn);\n`, free],
    ['has somebody else do so', `${idle}	foo_peers_zap(fn);\n`, ''],
    ['moves all of it elsewhere', `${idle}	list_splice_init(&fn->peers, &dead);\n`, ''],
    [
      'gives something back by a function of its own',
      '	list_for_each_entry(p, &fn->peers, list)\n		foo_unlock(fn);\n',
      off,
    ],
    ['ends what may empty it', `${idle}	unregister_netdev(fn->dev);\n`, ''],
  ])('and %s', (_, walk, before) => {
    check(foo(walk).replace('static void __net_exit', `${before}\n$&`));
  });
});
