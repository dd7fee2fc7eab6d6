import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** Tables of a namespace that are made on demand, and by the module's init for init_net; `exit` is what gives them back. */
function module(exit: string, marker = ''): string {
  return `
static int foo_table_init(struct net *net)
{
	return ipt_register_table(net, &foo_table, NULL, foo_ops, &net->ipv4.iptable_foo);
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	foo_note(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	if (!net->ipv4.iptable_foo)
		return;
	${exit}
	net->ipv4.iptable_foo = NULL;
}

static struct pernet_operations foo_net_ops = {
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret = register_pernet_subsys(&foo_net_ops);

	if (ret)
		return ret;
	ret = foo_table_init(&init_net);
	if (ret)
		unregister_pernet_subsys(&foo_net_ops);
	return ret;
}

static void __exit foo_fini(void)
${marker}{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_fini);
`;
}

describe('what a module makes for init_net by name', () => {
  it("is given back by its own ops' exit, which unregistering calls for init_net as well", () => {
    check(module('ipt_unregister_table_exit(net, net->ipv4.iptable_foo);'));
  });

  it('is left behind where no exit gives it back', () => {
    check(
      module(
        'foo_forget(net);',
        '//		   ^^^^^^^^ warning: left-behind-on-exit: foo_fini() leaves the iptables table init_net behind\n',
      ),
    );
  });
});

/** An entry of every namespace, and one that the module makes in init_net alone; `exit` is what an ops' exit does besides. */
function entries(exit: string, marker = ''): string {
  return `
static int __net_init foo_net_init(struct net *net)
{
	return proc_create_net("foo", 0, net->proc_net, &foo_ops, 8) ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
	${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	if (!proc_create_net("foo_all", 0, init_net.proc_net, &foo_all_ops, 8)) {
		unregister_pernet_subsys(&foo_net_ops);
		return -ENOMEM;
	}
	return 0;
}

static void __exit foo_fini(void)
${marker}{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_fini);
`;
}

describe('what a module makes for init_net by a name of its own', () => {
  it("is not given back by an ops' exit that gives back what has another name", () => {
    check(
      entries(
        '',
        `//		   ^^^^^^^^ warning: left-behind-on-exit: foo_fini() leaves the proc entry "foo_all", init_net.proc_net\n`,
      ),
    );
  });

  it('is given back by one that does so for it', () => {
    check(entries('if (net_eq(net, &init_net))\n\t\tremove_proc_entry("foo_all", net->proc_net);'));
  });

  it('may be given back by one that is told which', () => {
    check(entries('remove_proc_entry(foo_names[0], net->proc_net);'));
  });
});

describe('why a path gave up', () => {
  it('is not a question that was answered long before', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	if (foo_is_loud(net))
		foo_note(net);
	else
		foo_hush(net);
	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	if (!net->loopback_dev)
		return -ENODEV;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if \`net->loopback_dev\` is not set, foo_net_init() returns -ENODEV without kfree() for memory net_generic(net, foo_net_id)->table
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
}

static unsigned int foo_net_id;
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_fini(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_fini);
`);
  });
});
