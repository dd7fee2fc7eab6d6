import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const told = (call: string, tabs = '\t'): string =>
  `//${tabs}${'^'.repeat(call.length)} error: exit-leak: foo_net_exit() gives back what init_net has by ${call.replace(/\(.*/, '')}(), whichever namespace dies: what that has itself is left, and init_net goes on using what is gone`;
const brought = (call: string, tabs = '\t'): string =>
  `//${tabs}${'^'.repeat(call.length)} error: exit-leak: foo_net_exit() gives back what init_net has to init_net itself by ${call.replace(/\(.*/, '')}(), whichever namespace dies: what is in that one is left in it`;
const body = (lines: readonly string[]): string =>
  lines.map((line) => (line.startsWith('//') ? `${line}\n` : `\t${line}\n`)).join('');
const exit = (lines: readonly string[], batch = false): string => `
static void __net_exit foo_net_exit(struct ${batch ? 'list_head *nets' : 'net *net'})
{
${body(lines)}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.${batch ? 'exit_batch' : 'exit'} = foo_net_exit,
};
${registering()}`;

describe('an exit callback that has what lies in init_net by a getter', () => {
  const getter = `
static inline struct netns_foo *foo_of(struct net *net)
{
	return &net->foo;
}
`;
  const sysctl = `
static void foo_sysctl_unregister(struct net *net)
{
	if (!net_eq(net, &init_net))
		foo_table_unregister(net);
}

static int foo_sysctl_register(struct net *net)
{
	if (net_eq(net, &init_net))
		return 0;
	return foo_table_register(net);
}
`;
  const init = `
static int __net_init foo_net_init(struct net *net)
{
	struct netns_foo *fn = foo_of(net);
	int err;

	err = foo_dir_init(&fn->dir, net);
	if (err)
		return err;
	err = foo_sysctl_register(net);
	if (err)
		foo_dir_exit(fn->dir);
	return err;
}
`;
  const module = (lines: readonly string[]): string => getter + sysctl + init + exit(lines);
  const first = 'struct netns_foo *fn = foo_of(&init_net);\n';
  const own = first.replace('&init_net', 'net');
  const call = 'foo_dir_exit(fn->dir)';
  const rest = 'foo_sysctl_unregister(net);';

  it('and takes from there what init sets up in each, whatever else it does with its own', () => {
    check(module([first, rest, `${call};`, told(call)]));
    check(module([first, `${call};`, told(call), rest]));
  });

  it('of a header that is not read', () => {
    check(module([first, rest, `${call};`, told(call)]).replace(getter, ''));
  });

  it.each([
    ['has its own', module([own, rest, `${call};`])],
    ['asks before which one it is', module([first, rest, 'if (net != &init_net)', '\treturn;', `${call};`])],
    ['asks its own', module([first, rest, 'if (!foo_of(net)->root)', '\treturn;', `${call};`])],
    ['asks who is left', module([first, rest, 'if (--foo_users == 0)', `\t${call};`])],
    [
      'takes its own out of what is there',
      module([first, `struct netns_foo *own = foo_of(net);\n`, rest, 'foo_dir_free(fn->dir, own->id);']).replace(
        'foo_dir_init(&fn->dir, net)',
        'foo_dir_init(&fn->dir, net, &fn->id)',
      ),
    ],
    [
      'takes each of its own out of what is there',
      module([
        first,
        'struct foo_peer *peer;\n',
        rest,
        'list_for_each_entry(peer, &net->foo.peers, node)',
        '\tfoo_dir_free(fn->dir, peer);',
      ]),
    ],
    ['only stops it', module([first, rest, 'foo_dir_sync(fn->dir);'])],
    ['takes what init does not set up', module([first, rest, 'foo_dir_exit(fn->spare);'])],
    [
      'has a getter that chooses',
      module([first, rest, `${call};`]).replace(
        '\treturn &net->foo;',
        '\tif (foo_shared)\n\t\treturn &foo_all;\n\treturn &net->foo;',
      ),
    ],
    [
      'has by a getter what all share',
      module([first, rest, `${call};`]).replace('return &net->foo;', 'return &foo_all;'),
    ],
    [
      'counts who is there',
      `
static void foo_dir_exit(struct foo_dir *dir)
{
	if (--dir->users == 0)
		foo_dir_stop(dir);
}
` + module([first, rest, `${call};`]),
    ],
    [
      'is of an init that sets it up in init_net alone',
      `
static int foo_dir_init(struct foo_dir **dir, struct net *net)
{
	if (net != &init_net)
		return 0;
	*dir = foo_dir_new();
	return 0;
}
` + module([first, rest, `${call};`]),
    ],
    [
      'is of an init that asks before',
      module([first, rest, `${call};`]).replace(
        '\terr = foo_dir',
        '\tif (foo_users++)\n\t\treturn 0;\n\terr = foo_dir',
      ),
    ],
    [
      'has brought there its own',
      `
static void foo_dir_leave(struct net *net)
{
	foo_dir_merge(foo_of(net), foo_of(&init_net));
}
` + module([first, 'foo_dir_leave(net);', rest, `${call};`]),
    ],
    [
      'finds there what others have put there',
      `
int foo_dir_give(struct foo_item *item)
{
	struct netns_foo *fn = foo_of(&init_net);

	return foo_dir_insert(fn->dir, item);
}
` + module([first, rest, `${call};`]),
    ],
  ])('is quiet about one that %s', (_, text) => {
    check(text);
  });
});

describe('an exit callback that empties a list of init_net', () => {
  const takes = [
    'hlist_for_each_entry_safe(job, next, &net->foo.jobs, node) {',
    '\thlist_del(&job->node);',
    '\tkfree(job);',
    '}',
  ];
  const remove = (lines: readonly string[] = takes): string => `
static void foo_remove_all(struct net *net)
{
	struct hlist_node *next;
	struct foo_job *job;

	ASSERT_RTNL();
${body(lines)}}
`;
  const init = `
static int __net_init foo_net_init(struct net *net)
{
	INIT_HLIST_HEAD(&net->foo.jobs);
	return 0;
}
`;
  const call = 'foo_remove_all(&init_net)';
  const batch = (line: string, ...marks: readonly string[]): readonly string[] => [
    'struct net *net;\n',
    'rtnl_lock();',
    'list_for_each_entry(net, nets, exit_list)',
    `\t${line};`,
    ...marks,
    'rtnl_unlock();',
  ];

  it('for each of those that die, and for one', () => {
    check(remove() + init + exit(batch(call, told(call, '\t\t')), true));
    check(remove() + init + exit([`${call};`, told(call)]));
  });

  it.each([
    ['empties its own', remove() + init + exit(batch('foo_remove_all(net)'), true)],
    [
      'asks for who has gone',
      remove([
        'hlist_for_each_entry_safe(job, next, &net->foo.jobs, node) {',
        '\tif (job->dead) {',
        '\t\thlist_del(&job->node);',
        '\t\tkfree(job);',
        '\t}',
        '}',
      ]) +
        init +
        exit(batch(call), true),
    ],
    [
      'asks how many there are',
      remove(['if (--net->foo.users)', '\treturn;', ...takes]) + init + exit(batch(call), true),
    ],
    ['goes through them only', remove([takes[0]!, '\tfoo_touch(job);', '}']) + init + exit(batch(call), true)],
    ['is of an init that sets up none', remove() + init.replace('.jobs', '.others') + exit(batch(call), true)],
    ['asks which one it is', remove() + init + exit(batch(`if (net == &init_net)\n\t\t\t${call}`), true)],
    [
      'is of an init that joins there',
      remove() +
        init.replace('\treturn', '\thlist_add_head(&net->foo.node, &init_net.foo.jobs);\n\treturn') +
        exit(batch(call), true),
    ],
    [
      'brings there first what is its own',
      `
static void foo_retire(struct net *net)
{
	hlist_move_list(&net->foo.jobs, &init_net.foo.jobs);
}
` +
        remove() +
        init +
        exit(['foo_retire(net);', `${call};`]),
    ],
    [
      'empties what others have put there for it',
      `
void foo_later(struct foo_job *job)
{
	hlist_add_head(&job->node, &init_net.foo.jobs);
}
EXPORT_SYMBOL_GPL(foo_later);
` +
        remove() +
        init +
        exit(batch(call), true),
    ],
    [
      'empties what others have put there by a helper',
      `
static void foo_add(struct net *net, struct foo_job *job)
{
	hlist_add_head(&job->node, &net->foo.jobs);
}

void foo_later(struct foo_job *job)
{
	foo_add(&init_net, job);
}
EXPORT_SYMBOL_GPL(foo_later);
` +
        remove() +
        init +
        exit(batch(call), true),
    ],
  ])('is quiet about one that %s', (_, text) => {
    check(text);
  });
});

describe('an exit callback that walks what init_net has', () => {
  const init = `
static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}
`;
  const walk = (call: string, mark = '', of = '&init_net'): readonly string[] => [
    'struct foo_dev *dev;',
    'unsigned long index;',
    'u32 done;\n',
    `foo_for_each_get(${of}, index, dev) {`,
    `\t${call};`,
    ...(mark ? [mark] : []),
    '\tfoo_put(dev);',
    '}',
  ];
  const move = 'devlink_reload(dev, &init_net, &done)';
  const filtered = (on: string, call: string, mark = ''): readonly string[] => [
    'struct foo_dev *dev;\n',
    'list_for_each_entry(dev, &foo_devs, list) {',
    `\tif (${on})`,
    `\t\t${call};`,
    ...(mark ? [mark] : []),
    '}',
  ];
  const switched = 'foo_switch_netns(dev, &init_net)';
  const kind = (of: string, on: string, mark = ''): readonly string[] => [
    'struct net_device *dev, *next;',
    'LIST_HEAD(list);\n',
    `for_each_netdev_safe(${of}, dev, next)`,
    `\tif (${on})`,
    '\t\tunregister_netdevice_queue(dev, &list);',
    ...(mark ? [mark] : []),
    'unregister_netdevice_many(&list);',
  ];
  const takes = 'unregister_netdevice_queue(dev, &list)';
  const isFoo = 'dev->rtnl_link_ops == &foo_link_ops';

  it('to bring it to init_net', () => {
    check(init + exit(walk(move, brought(move, '\t\t'))));
    const [is, isNot] = ['net_eq(foo_net(dev), &init_net)', '!net_eq(foo_net(dev), &init_net)'];
    check(init + exit(filtered(is, switched, brought(switched, '\t\t\t'))));
    check(init + exit(filtered('foo_net(dev) == &init_net', switched, brought(switched, '\t\t\t'))));
    check(init + exit(filtered(`${isNot})\n\t\t\tcontinue;\n\t\tif (dev->up`, switched, brought(switched, '\t\t\t'))));
  });

  it('to take away its devices', () => {
    check(init + exit(kind('&init_net', isFoo, told(takes, '\t\t\t'))));
  });

  it.each([
    ['brings there its own', walk(move, '', 'net')],
    ['brings there what is its own of all', filtered('net_eq(foo_net(dev), net)', switched)],
    ['brings there what is elsewhere', filtered('!net_eq(foo_net(dev), &init_net)', switched)],
    [
      'passes over what is there',
      filtered('net_eq(foo_net(dev), &init_net))\n\t\t\tcontinue;\n\t\tif (dev->up', switched),
    ],
    ['brings there what has been found dead', filtered('dev->dead', switched)],
    ['tells what is there', walk('foo_notify(dev, &init_net)')],
    ['has what is there look again', walk('foo_reload(dev, &init_net)')],
    ['looks there for its own', walk('foo_peer_gone(dev, net)')],
    ['brings to itself what is there', walk('dev_change_net_namespace(dev, net, "foo%d")')],
    ['takes away its own devices', kind('net', isFoo)],
    ['takes away there what has its own for a peer', kind('&init_net', 'foo_peer_net(dev) == net')],
    ['takes away there what nobody needs any more', kind('&init_net', '!foo_users(dev)')],
    ['takes away there those of a kind that are done', kind('&init_net', `${isFoo} && foo_is_done(dev)`)],
    ['does so when the last one goes', ['if (--foo_users)', '\treturn;', ...kind('&init_net', isFoo)]],
    ['does so for that one', ['if (net != &init_net)', '\treturn;', ...kind('&init_net', isFoo)]],
  ])('is quiet about one that %s', (_, lines) => {
    check(init + exit(lines));
  });
});
