import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const init = (guard = '', of = 'net'): string => `
static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static bool foo_is_root(struct net *net)
{
	return net_eq(net, &init_net);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(${of});

${guard}	fn->sock = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	return fn->sock ? 0 : -ENOMEM;
}
`;
const ops = (exit: 'exit' | 'exit_batch'): string => `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.${exit} = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
const exit = (...lines: readonly string[]): string => `
static void __net_exit foo_net_exit(struct net *net)
{
${lines.map((line) => (line.startsWith('//') ? `${line}\n` : `\t${line}\n`)).join('')}}
${ops('exit')}`;
const marker = (call: string, tabs = '\t'): string =>
  `//${tabs}${'^'.repeat(call.length)} error: exit-leak: foo_net_exit() gives back what init_net has by netlink_kernel_release(), whichever namespace dies: netlink kernel socket net_generic(net, foo_net_id)->sock`;

describe('an exit callback that gives back what is of init_net', () => {
  it('for each of the namespaces that die at once', () => {
    check(`${init()}
static void __net_exit foo_net_exit(struct list_head *nets)
{
	struct foo_net *fn;
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		fn = foo_pernet(&init_net);
		netlink_kernel_release(fn->sock);
${marker('netlink_kernel_release(fn->sock)', '\t\t')}
	}
}
${ops('exit_batch')}`);
  });

  it.each([
    ['struct foo_net *fn = foo_pernet(&init_net);\n', 'netlink_kernel_release(fn->sock)'],
    ['', 'netlink_kernel_release(foo_pernet(&init_net)->sock)'],
  ])('for one: %s %s', (before, call) => {
    check(`${init()}${exit(before, `${call};`, marker(call))}`);
  });

  it.each([
    ['for its own', '', 'net', ['struct foo_net *fn = foo_pernet(net);\n', 'netlink_kernel_release(fn->sock);']],
    [
      'for that alone, which alone has it',
      '\tif (!net_eq(net, &init_net))\n\t\treturn 0;\n',
      'net',
      ['if (net_eq(net, &init_net))', '\tnetlink_kernel_release(foo_pernet(&init_net)->sock);'],
    ],
    [
      'for that alone, by a helper',
      '\tif (!foo_is_root(net))\n\t\treturn 0;\n',
      'net',
      ['if (foo_is_root(net))', '\tnetlink_kernel_release(foo_pernet(&init_net)->sock);'],
    ],
    [
      'for who has it, by a flag',
      '\tif (!foo_is_root(net))\n\t\treturn 0;\n\tfn->root = true;\n',
      'net',
      [
        'struct foo_net *fn = foo_pernet(net);\n',
        'if (fn->root)',
        '\tnetlink_kernel_release(foo_pernet(&init_net)->sock);',
      ],
    ],
    [
      'with the last of all that count',
      '\tif (foo_users++)\n\t\treturn 0;\n',
      'net',
      ['if (--foo_users == 0)', '\tnetlink_kernel_release(foo_pernet(&init_net)->sock);'],
    ],
    [
      'which has it for all',
      '\tif (fn->sock)\n\t\treturn 0;\n',
      '&init_net',
      ['struct foo_net *fn = foo_pernet(&init_net);\n', 'if (!foo_users)', '\tnetlink_kernel_release(fn->sock);'],
    ],
  ])('is quiet about one that does so %s', (_, guard, of, lines) => {
    check(`${init(guard, of)}${exit(...lines)}`);
  });
});

describe('an exit callback that names what is of init_net', () => {
  const module = (...lines: readonly string[]): string => `
static int __net_init foo_net_init(struct net *net)
{
	INIT_HLIST_HEAD(&net->foo.peers);
	skb_queue_head_init(&net->foo.events);
	return foo_caches_create(net);
}
${exit(...lines)}`;
  const named = (name: string, call: string, tabs = '\t'): string =>
    `//${tabs}${'^'.repeat(call.length)} error: exit-leak: foo_net_exit() gives back what init_net has by ${name}(), whichever namespace dies: what that has itself is left, and init_net goes on using what is gone`;

  it.each([
    ['skb_queue_purge', 'skb_queue_purge(&init_net.foo.events)'],
    ['foo_caches_destroy', 'foo_caches_destroy(&init_net)'],
    ['fqdir_pre_exit', 'fqdir_pre_exit(init_net.foo.fqdir)'],
  ])('by %s()', (name, call) => {
    check(module(`${call};`, named(name, call)));
  });

  it('in a loop', () => {
    check(
      module(
        'struct foo_peer *peer;',
        'struct hlist_node *next;\n',
        'hlist_for_each_entry_safe(peer, next, &init_net.foo.peers, node) {',
        '\thlist_del(&peer->node);',
        named('hlist_del', 'hlist_del(&peer->node)', '\t\t'),
        '\tkfree(peer);',
        '}',
      ),
    );
  });

  it('in a loop for each kind, which tells what it finds that its namespace is gone', () => {
    const set = 'peer->net = NULL';
    check(
      module(
        'struct foo_peer *peer;',
        'int type;\n',
        'for (type = 0; type < FOO_TYPES; type++) {',
        '\tlist_for_each_entry(peer, &init_net.foo.kinds[type], node) {',
        `\t\t${set};`,
        named(`setting ${set.replace(' = NULL', ' to NULL')}`, set, '\t\t\t').replace(' to NULL()', ' to NULL'),
        '\t\tfoo_unneed(type);',
        '\t}',
        '\tfoo_run_detach(net, type);',
        '}',
      ),
    );
  });

  it('by a call that walks what is there', () => {
    const walks = `
static void foo_table_destroy(struct foo_table *table)
{
	struct foo_entry *entry;
	struct foo_iter iter;

	foo_iter_start(table, &iter);
	entry = foo_table_next(&iter);
	if (entry && !IS_ERR(entry))
		foo_entry_put(entry);
}
`;
    const call = 'foo_table_destroy(init_net.foo.table)';
    check(walks + module(`${call};`, named('foo_table_destroy', call)));
  });

  it('of which init sets up the member for all, whatever else depends on which it is', () => {
    const call = 'foo_table_destroy(init_net.foo.table)';
    const sysctl = `
static int foo_caches_create(struct net *net)
{
	if (net_eq(net, &init_net))
		return 0;
	return foo_sysctl_register(net);
}
`;
    const set = (from: string): string =>
      from.replace('INIT_HLIST', 'foo_table_init(&net->foo.table, net);\n\tINIT_HLIST');
    check(sysctl + set(module(`${call};`, named('foo_table_destroy', call))));
    // Whose it is may depend on that.
    check(sysctl + module(`${call};`));
  });

  it('in a loop that gives back each element', () => {
    const call = 'foo_peer_free(peer)';
    check(
      module(
        'struct foo_peer *peer;\n',
        'list_for_each_entry(peer, &init_net.foo.peers, node)',
        `\t${call};`,
        named('foo_peer_free', call, '\t\t'),
      ),
    );
  });

  it.each([
    ['moves there what it has', ['foo_release_to(net, &init_net);']],
    [
      'asks which namespace it is',
      ['if (net != &init_net)', '\tskb_queue_purge(&net->foo.events);', 'foo_free(&init_net.foo);'],
    ],
    ['does so where something else says so', ['if (--foo_users == 0)', '\tfoo_caches_destroy(&init_net);']],
    ['takes what is stale', ['foo_table_free_stale(init_net.foo.table);']],
    [
      'forgets what it only keeps as a hint',
      ['struct foo_peer *peer;\n', 'list_for_each_entry(peer, &init_net.foo.list, node)', '\tpeer->cached_net = NULL;'],
    ],
    [
      'empties a list of the dead',
      [
        'struct foo_peer *peer, *next;\n',
        'list_for_each_entry_safe(peer, next, &init_net.foo.dead, node)',
        '\tlist_del(&peer->node);',
      ],
    ],
    ['only looks there', ['foo_count(&init_net.foo.events);']],
    [
      'takes its own out of a table there',
      ['struct foo_net *fn = foo_pernet(net);\n', 'ida_free(&init_net.foo.ida, fn->id);'],
    ],
    [
      'takes its own off a list there',
      [
        'struct foo_peer *peer, *next;\n',
        'list_for_each_entry_safe(peer, next, &init_net.foo.list, node) {',
        '\tif (peer->net != net)',
        '\t\tcontinue;',
        '\tlist_del(&peer->node);',
        '}',
      ],
    ],
    [
      'takes off what nobody holds any more',
      [
        'struct foo_peer *peer, *next;\n',
        'list_for_each_entry_safe(peer, next, &init_net.foo.list, node) {',
        '\tif (refcount_read(&peer->users))',
        '\t\tcontinue;',
        '\tlist_del(&peer->node);',
        '}',
      ],
    ],
    ['asks in the call', ['foo_is_first(net) ? foo_caches_destroy(&init_net) : foo_caches_stop(net);']],
    ['does so as often as it has to', ['while (net->foo.users--)', '\tfoo_ref_free(&init_net);']],
    ['collects its own', ['LIST_HEAD(kill);\n', 'foo_collect(net, &kill);', 'foo_unregister_many(&init_net, &kill);']],
    ['tells of it', ['foo_notify_exit(&init_net);']],
    ['locks there', ['mutex_unlock(&init_net.foo.lock);']],
    [
      'goes there for its own',
      [
        'struct foo_peer *peer;\n',
        'hlist_for_each_entry(peer, &init_net.foo.peers, node)',
        '\tfoo_peer_del(peer, net);',
      ],
    ],
  ])('is quiet about one that %s', (_, lines) => {
    check(module(...lines));
  });

  it('is quiet where it counts who is there, or init takes part in it', () => {
    const counted = `
static void foo_users_destroy(struct net *net)
{
	if (--net->foo.users == 0)
		foo_hooks_unregister(net);
}
`;
    check(counted + module('foo_users_destroy(&init_net);'));
    const noted = counted
      .replace('{\n', '{\n\tbool last = --net->foo.users == 0;\n\n')
      .replace('(--net->foo.users == 0)', '(last)');
    check(noted + module('foo_users_destroy(&init_net);'));
    check(noted.replace('--net->foo.users == 0', 'foo_users_put(net)') + module('foo_users_destroy(&init_net);'));
    const joined = `
static int foo_caches_create(struct net *net)
{
	init_net.foo.users++;
	return 0;
}
`;
    check(joined + module('foo_users_free(&init_net);'));
  });

  it('is quiet where init speaks of init_net too', () => {
    check(module('foo_caches_destroy(&init_net);').replace('foo_caches_create(net)', 'foo_caches_create(&init_net)'));
  });
});

describe('an exit callback that has the data of init_net alone', () => {
  const module = (lines: readonly string[], init = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	spin_lock_init(&fn->lock);
	INIT_LIST_HEAD(&fn->requests);
${init}	return 0;
}
${exit(...lines)}`;
  const told = (call: string): string =>
    `//	${'^'.repeat(call.length)} error: exit-leak: foo_net_exit() gives back what init_net has by ${call.replace(/\(.*/, '')}(), whichever namespace dies: what that has itself is left, and init_net goes on using what is gone`;
  const first = 'struct foo_net *fn = net_generic(&init_net, foo_net_id);';
  const splice = 'list_splice_init(&fn->requests, &requests)';
  const empty = (...marks: readonly string[]): readonly string[] => [
    'LIST_HEAD(requests);\n',
    'spin_lock_bh(&fn->lock);',
    `${splice};`,
    ...marks,
    'spin_unlock_bh(&fn->lock);',
    'foo_cancel_all(&requests);',
  ];

  it('and takes from there what it finds', () => {
    check(module([first, ...empty(told(splice))]));
  });

  it.each([
    ['looks for its own there', ['foo_note(net);', first, ...empty()], ''],
    ['has its own', [first.replace('&init_net', 'net'), ...empty()], ''],
    ['asks before', [first, 'if (--foo_users)', '\treturn;', ...empty()], ''],
    ['only wakes up who sees to it', [first, 'wake_up(&fn->wq);', 'schedule_work(&fn->gc_cleanup);'], ''],
    ['takes what init has put there', [first, ...empty()], '\tfoo_join(net_generic(&init_net, foo_net_id), net);\n'],
    ['only tells what lies there', [first, 'kill_fasync(&fn->requests, SIGIO, POLL_IN);'], ''],
    ['takes one of what lies there', [first, 'ida_free(&fn->requests, foo_dying_id());'], ''],
    ['puts back what is left', [first, ...empty(), 'list_splice(&requests, &fn->requests);'], ''],
    [
      'empties what nobody wants any more',
      [first, ...empty().map((line) => line.replace('&fn->requests', '&fn->gc'))],
      '\tINIT_LIST_HEAD(&fn->gc);\n',
    ],
    [
      'takes what init does not set up',
      [first, ...empty().map((line) => line.replace('&fn->requests', '&fn->dead'))],
      '',
    ],
  ])('is quiet about one that %s', (_, lines, init) => {
    check(module(lines, init));
  });
});

describe('an exit callback that unregisters for init_net what others register for any namespace', () => {
  const module = (lines: readonly string[], of = 'net', more = ''): string => `
static const struct nf_hook_ops foo_hooks[] = {
	{ .hook = foo_hook, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN },
};

int foo_enable(struct net *net)
{
	int err = 0;

	if (net->nf.foo_users++ == 0)
		err = nf_register_net_hooks(${of}, foo_hooks, ARRAY_SIZE(foo_hooks));
	return err;
}
EXPORT_SYMBOL_GPL(foo_enable);
${more}
${exit(...lines)
  .replace('\t.init = foo_net_init,\n', '')
  .replace(/\t\.(?:id|size) = .*\n/g, '')}`;
  const call = 'nf_unregister_net_hooks(&init_net, foo_hooks, ARRAY_SIZE(foo_hooks))';
  const asks = 'if (net->nf.foo_users) {';
  const mark = `//		${'^'.repeat(call.length)} error: exit-leak: foo_net_exit() gives back what init_net has by nf_unregister_net_hooks(), whichever namespace dies: what`;

  it('is told', () => {
    check(module([asks, `\t${call};`, mark, '\tnet->nf.foo_users = 0;', '}']));
  });

  const root =
    'bool foo_is_root(struct net *net)\n{\n\treturn net_eq(net, &init_net);\n}\nEXPORT_SYMBOL_GPL(foo_is_root);\n';
  it.each([
    ['they register for init_net', module(['if (foo_users) {', `\t${call};`, '}'], '&init_net')],
    ['it asks which one it is', module(['if (net == &init_net) {', `\t${call};`, '}'])],
    ['it is its own', module([asks, `\t${call.replace('&init_net', 'net')};`, '}'])],
    ['they register other hooks', module([asks, `\t${call.replace('foo_hooks, ', 'foo_late, ')};`, '}'])],
    [
      'who registers asks for init_net',
      module([asks, `\t${call};`, '}']).replace(
        '\tint err = 0;\n',
        '\tint err = 0;\n\n\tif (net != &init_net)\n\t\treturn 0;\n',
      ),
    ],
    [
      'who registers asks for it by a helper',
      module([asks, `\t${call};`, '}'], 'net', root).replace('foo_users++', 'foo_users && foo_is_root(net)'),
    ],
  ])('is quiet where %s', (_, text) => {
    check(text);
  });

  it.each(['net_is_initial(net)', 'net->ns.inum == PROC_NET_INIT_INO', '!--foo_users', 'foo_home_of(net) == net'])(
    'is quiet where it asks for %s',
    (on) => {
      check(module([`if (net->nf.foo_users && ${on}) {`, `\t${call};`, '}']));
    },
  );
});
