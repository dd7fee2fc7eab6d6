import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module of two ops: one has state, the init of the other one lets the outside at it in each namespace (`opens`). */
function twoOps({
  opens,
  init,
  exit,
}: {
  readonly opens: string;
  readonly init: string;
  readonly exit: string;
}): string {
  return `
struct foo_net {
	spinlock_t lock;
	u64 seen;
};

static unsigned int foo_net_id;

static void foo_count(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	spin_lock(&fn->lock);
	fn->seen++;
	spin_unlock(&fn->lock);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	spin_lock_init(&fn->lock);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int foo_seq_show(struct seq_file *seq, void *v)
{
	foo_count(seq_file_single_net(seq));
	return 0;
}

static int bar_seq_show(struct seq_file *seq, void *v)
{
	return 0;
}

static netdev_tx_t foo_xmit(struct sk_buff *skb, struct net_device *dev)
{
	foo_count(dev_net(dev));
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops foo_netdev_ops = {
	.ndo_start_xmit = foo_xmit,
};

static void foo_setup(struct net_device *dev)
{
	dev->netdev_ops = &foo_netdev_ops;
}
${opens}
static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.exit = bar_net_exit,
};

static int __init foo_init(void)
{
	int err;
${init}
	return err;
}

static void __exit foo_exit(void)
{
${exit}
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

function proc(show: string): string {
  return `
static int __net_init bar_net_init(struct net *net)
{
	if (!proc_create_net_single("bar", 0444, net->proc_net, ${show}, NULL))
		return -ENOMEM;
	return 0;
}

static void __net_exit bar_net_exit(struct net *net)
{
	remove_proc_entry("bar", net->proc_net);
}
`;
}

/** With `asked`, only where something asks for it. */
function device(asked = ''): string {
  return `
static int __net_init bar_net_init(struct net *net)
{
	struct net_device *dev;
	int err;
${asked}
	dev = alloc_netdev(0, "bar%d", NET_NAME_ENUM, foo_setup);
	if (!dev)
		return -ENOMEM;
	dev_net_set(dev, net);
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	net->bar.dev = dev;
	return 0;
}

static void __net_exit bar_net_exit(struct net *net)
{
	unregister_netdev(net->bar.dev);
	free_netdev(net->bar.dev);
}
`;
}

const stateFirst = `
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_pernet_device(&bar_net_ops);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);`;

const stateLast = `
	err = register_pernet_device(&bar_net_ops);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
//LATE
	if (err)
		unregister_pernet_device(&bar_net_ops);`;

const goingLast = `	unregister_pernet_device(&bar_net_ops);
	unregister_pernet_subsys(&foo_net_ops);`;

const goingFirst = `	unregister_pernet_subsys(&foo_net_ops);
//EARLY
	unregister_pernet_device(&bar_net_ops);`;

function marked(text: string, kind: string): string {
  const [late, early] = [
    `//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after bar_net_ops, whose init bar_net_init() makes a ${kind} in each namespace; its callbacks use net_generic(net, foo_net_id)`,
    `//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before bar_net_ops, whose init bar_net_init() makes a ${kind} in each namespace; its callbacks use net_generic(net, foo_net_id)`,
  ];
  return text.replace('//LATE', late).replace('//EARLY', early);
}

describe('ops beside others whose init lets the outside at their state in each namespace', () => {
  it.each([
    ['proc entry', proc('foo_seq_show')],
    ['registered net device', device()],
  ])('are registered before them and unregistered after them: by a %s', (kind, opens) => {
    check(twoOps({ opens, init: stateFirst, exit: goingLast }));
    check(twoOps({ opens, init: marked(stateLast, kind), exit: goingLast }));
    check(twoOps({ opens, init: stateFirst, exit: marked(goingFirst, kind) }));
  });

  it.each([
    ['has nothing to do with it', proc('bar_seq_show')],
    ['may let nobody in', device('\n\tif (!bar_wanted)\n\t\treturn 0;\n')],
  ])('may come in any order where that init %s', (_, opens) => {
    check(twoOps({ opens, init: stateLast.replace('//LATE\n', ''), exit: goingLast }));
    check(twoOps({ opens, init: stateFirst, exit: goingFirst.replace('//EARLY\n', '') }));
  });

  it.each([
    ['a flag', 'if (foo_ready)'],
    ['a flag that is published', 'if (smp_load_acquire(&foo_of(net)->ready))'],
    ['a member', 'if (bn->ready)'],
    ['a bit', 'if (test_bit(FOO_READY, foo_of(net)->state))'],
    ['the module', 'if (try_module_get(THIS_MODULE))'],
  ])('may come in any order where who is called asks for %s', (_, question) => {
    const asking = (text: string): string =>
      text
        .replace('\tfoo_count(seq_file', `\t${question}\n\t\tfoo_count(seq_file`)
        .replace('static void foo_count', 'static bool foo_ready;\n\nstatic void foo_count');
    const opens = proc('foo_seq_show');
    check(asking(twoOps({ opens, init: stateLast.replace('//LATE\n', ''), exit: goingLast })));
    check(asking(twoOps({ opens, init: stateFirst, exit: goingFirst.replace('//EARLY\n', '') })));
  });
});
