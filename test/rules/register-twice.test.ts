import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/register-twice', () => {
  it('init and its helper both register', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_setup(void)
{
	foo_fill_tables();
	return register_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	int err;

	err = foo_setup();
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: register-twice: foo_net_ops is registered while it is registered already
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a registration in a loop', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int i, err;

	for (i = 0; i < FOO_FAMILIES; i++) {
		err = register_pernet_subsys(&foo_net_ops);
//		      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: register-twice: corrupts the list
		if (err)
			return err;
//			^^^^^^^^^^^ error: left-registered-on-error: foo_net_ops still registered
	}
	return 0;
}

module_init(foo_init);
`);
  });

  it('two files that use one ops, as a subsys and as a device', () => {
    check(`
//- net/foo/main.c
struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = foo_dev_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_dev_exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/dev.c
extern struct pernet_operations foo_net_ops;

int __init foo_dev_init(void)
{
	return register_pernet_device(&foo_net_ops);
//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: register-twice
}

void foo_dev_exit(void)
{
	foo_dev_flush();
}
`);
  });

  it('is quiet about one registration in each arm of a switch, an if and an #if', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
#ifdef CONFIG_FOO_EARLY
	return register_pernet_subsys(&foo_net_ops);
#else
	switch (foo_mode) {
	case 0:
		return register_pernet_subsys(&foo_net_ops);
	case 1:
		if (!foo_fancy)
			return register_pernet_subsys(&foo_net_ops);
		else
			return register_pernet_subsys(&foo_net_ops);
	default:
		return -EINVAL;
	}
#endif
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about registering again what was unregistered in between', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	if (foo_wants_device) {
		unregister_pernet_subsys(&foo_net_ops);
		err = register_pernet_device(&foo_net_ops);
	}
	return err;
}

static void __exit foo_exit(void)
{
	if (foo_wants_device)
		unregister_pernet_device(&foo_net_ops);
	else
		unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

/** A module with a notifier block of its own, and what the init callback and the exit callback of its ops do with that. */
const withBlock = (init: string, exit: string): string => `
static unsigned int foo_net_id;
static int foo_users;

struct foo_net {
	struct notifier_block nb;
};

static struct notifier_block foo_nb = {
	.notifier_call = foo_event,
};

static struct packet_type foo_packet __read_mostly = {
	.type = cpu_to_be16(ETH_P_IP),
	.func = foo_rcv,
};

static int foo_watch(struct net *net, struct notifier_block *nb)
{
	return register_fib_notifier(net, nb, NULL, NULL);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

${init}
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('pernet/register-twice, one object for all namespaces', () => {
  it('a static notifier block in the chain of each namespace', () => {
    check(
      withBlock(
        `	err = foo_prepare(fn);
	if (err)
		return err;
	return register_nexthop_notifier(net, &foo_nb, NULL);
//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: register-twice: register_nexthop_notifier() puts foo_nb into a list for each namespace: it is one object with one link`,
        '\tunregister_nexthop_notifier(net, &foo_nb);',
      ),
    );
  });

  it('a static packet handler, the same list for all of them', () => {
    check(
      withBlock(
        `	dev_add_pack(&foo_packet);
//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: register-twice: dev_add_pack() puts foo_packet into a list for each namespace
	return 0;`,
        '\tdev_remove_pack(&foo_packet);',
      ),
    );
  });

  it('likewise by a helper', () => {
    const found = check(
      withBlock('\treturn foo_watch(net, &foo_nb);', '\tunregister_fib_notifier(net, &foo_nb);').replace(
        'NULL, NULL);\n',
        `NULL, NULL);
//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: register-twice: register_fib_notifier() puts foo_nb\n`,
      ),
    ).findings;
    expect(found[0]?.related).toEqual([]);
  });

  it("says nothing where the block is of the namespace's data", () => {
    check(
      withBlock(
        '\tfn->nb.notifier_call = foo_event;\n\treturn register_nexthop_notifier(net, &fn->nb, NULL);',
        '\tunregister_nexthop_notifier(net, &fn->nb);',
      ),
    );
  });

  it('says nothing where only the first, or one of the namespaces, registers it', () => {
    check(
      withBlock(
        `	if (foo_users++ == 0)
		return register_netevent_notifier(&foo_nb);
	return 0;`,
        '\tif (--foo_users == 0)\n\t\tunregister_netevent_notifier(&foo_nb);',
      ),
    );
    check(
      withBlock(
        `	if (!net_eq(net, &init_net))
		return 0;
	return register_nexthop_notifier(net, &foo_nb, NULL);`,
        '\tif (net_eq(net, &init_net))\n\t\tunregister_nexthop_notifier(net, &foo_nb);',
      ),
    );
  });

  it('says nothing of what is copied, nor of what is taken out again at once', () => {
    check(
      withBlock(
        '\treturn nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));',
        '\tnf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));',
      ),
    );
    check(
      withBlock(
        `	err = register_fib_notifier(net, &foo_nb, NULL, NULL);
	if (err)
		return err;
	return unregister_fib_notifier(net, &foo_nb);`,
        '\tfoo_forget(fn);',
      ),
    );
  });
});

describe('pernet/register-twice, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/register-twice');
  });
});
