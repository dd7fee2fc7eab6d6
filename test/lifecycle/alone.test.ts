import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A part of a module whose initcall is in another file, which was not given. */
const part = (register: string, rest: string): string => `
//- net/foo/neigh.c
static int foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.neighbours);
	return 0;
}

static void foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

int __init foo_neigh_init(void)
{
${register}
}
${rest}`;

const exit = `
void __exit foo_neigh_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	rtnl_unregister(PF_FOO, RTM_NEWNEIGH);
}
`;

describe('a file without the one that calls it', () => {
  it('handlers that stay when the ops cannot be registered', () => {
    check(
      part(
        `	rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWNEIGH, foo_newneigh, NULL, 0);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of rtnl_register_module() is not checked
	return register_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_neigh_init() returns an error and leaves the rtnl handler`,
        exit,
      ),
    );
  });

  it('is quiet about one that undoes what it did', () => {
    check(
      part(
        `	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWNEIGH, foo_newneigh, NULL, 0);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;`,
        exit,
      ),
    );
  });

  it('a failure that leaves the ops behind', () => {
    check(
      part(
        `	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	return rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWNEIGH, foo_newneigh, NULL, 0);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-registered-on-error: if rtnl_register_module() fails, foo_neigh_init() returns an error with foo_net_ops`,
        exit,
      ),
    );
  });

  it('is quiet about what has no exit: it is never taken away', () => {
    check(
      part(
        `	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	return rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWNEIGH, foo_newneigh, NULL, 0);`,
        '',
      ),
    );
  });

  it('is quiet about a function that registers what it is passed: that is for its callers', () => {
    check(`
//- net/foo/api.c
int foo_register_action(struct foo_action *act, struct pernet_operations *ops)
//! not analysed: it registers or unregisters a pernet_operations, but no initcall or module exit that calls it was found
{
	int err;

	err = register_pernet_subsys(ops);
	if (err)
		return err;
	return foo_enlist(act);
}

void foo_unregister_action(struct foo_action *act, struct pernet_operations *ops)
//! not analysed: it registers or unregisters a pernet_operations, but no initcall or module exit that calls it was found
{
	foo_unlist(act);
	unregister_pernet_subsys(ops);
}
`);
  });
});

/** The getter of the per-net data is in a header that was not given. */
const withGetter = (load: string): string => `
static int foo_get(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_data *data = foo_pernet(genl_info_net(info));

	return data->source ? 0 : -ENOENT;
}

static const struct genl_ops foo_genl_ops[] = {
	{ .cmd = FOO_CMD_GET, .doit = foo_get, },
};

static struct genl_family foo_family = {
	.name = "foo",
	.ops = foo_genl_ops,
	.n_ops = ARRAY_SIZE(foo_genl_ops),
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_data *data;

	data = kzalloc(sizeof(*data), GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	data->source = kzalloc(sizeof(*data->source), GFP_KERNEL);
	if (!data->source) {
		kfree(data);
		return -ENOMEM;
	}
	net->foo.data = data;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_data *data = foo_pernet(net);

	kfree(data->source);
	kfree(data);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${load}
static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

const inOrder = `
static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = genl_register_family(&foo_family);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}
`;

describe('a getter of per-net data that was not read', () => {
  it('is quiet about what is released by way of it', () => {
    check(withGetter(inOrder));
  });

  it('a family registered first, whose handler asks it as exit does', () => {
    check(
      withGetter(`
static int __init foo_init(void)
{
	int err;

	err = genl_register_family(&foo_family);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after generic netlink family foo_family, whose callbacks use foo_pernet()
	if (err)
		genl_unregister_family(&foo_family);
	return err;
}
`),
    );
  });
});

describe('a module whose main file has no pernet code of its own', () => {
  it('is quiet about an exit that undoes by a helper which only the other file calls as well', () => {
    check(`
//- net/foo/af_foo.c
static int __init foo_init(void)
{
	int err;

	err = foo_device_init();
	if (err)
		return err;
	err = sock_register(&foo_family);
	if (err)
		foo_device_exit();
	return err;
}

static void __exit foo_exit(void)
{
	sock_unregister(PF_FOO);
	foo_device_exit();
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/foo_dev.c
static struct pernet_operations foo_net_ops = {
	.init = foo_init_net,
	.exit = foo_exit_net,
};

int __init foo_device_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	register_netdevice_notifier(&foo_notifier);
	err = foo_netlink_register();
	if (err)
		foo_device_exit();
	return err;
}

void foo_device_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}
`);
  });
});

describe('what is known of a file by its own text alone', () => {
  const life = (init: string, exit: string, field: string): string => `
static int __net_init foo_init_net(struct net *net)
{
${init}
}

${exit}

static struct pernet_operations foo_net_ops = {
	.init = foo_init_net,
	.${field},
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering('device')}`;

  const device = (undo: string, marker = ''): string =>
    life(
      `	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->fb_dev = alloc_netdev(64, "foo0", NET_NAME_UNKNOWN, foo_setup);
	if (!fn->fb_dev)
		return -ENOMEM;
	err = register_netdev(fn->fb_dev);
	if (err)
		goto err_reg;
${marker}	return 0;

err_reg:
${undo}	return err;
`,
      `static void __net_exit foo_exit_batch_rtnl(struct list_head *list, struct list_head *dev_to_kill)
{
	struct net *net;

	list_for_each_entry(net, list, exit_list) {
		struct foo_net *fn = net_generic(net, foo_net_id);

		unregister_netdevice_queue(fn->fb_dev, dev_to_kill);
	}
}`,
      'exit_batch_rtnl = foo_exit_batch_rtnl',
    );

  it('a callback that the ops sets is one that the kernel calls: what it releases is owed', () => {
    check(
      device(
        '',
        '//		^^^^^^^^^^^^^ error: init-error-leak: if register_netdev() fails, foo_init_net() returns an error without free_netdev()\n',
      ),
    );
    check(device('	free_netdev(fn->fb_dev);\n'));
  });

  const stats = (undo: string, marker = ''): string =>
    life(
      `	struct foo_net *fn = foo_pernet(net);
	int err;

	fn->stats = alloc_percpu(struct foo_stats);
	if (!fn->stats)
		return -ENOMEM;
	err = foo_proc_init(net);
	if (err < 0)
		goto err_proc;
${marker}	return 0;

err_proc:
${undo}	return err;
`,
      `static void __net_exit foo_exit_net(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	foo_proc_exit(net);
	free_percpu(fn->stats);
}`,
      'exit = foo_exit_net',
    );

  it('what lies in per-net data whose getter was not read is owed as well', () => {
    check(
      stats(
        '',
        '//		^^^^^^^^^^^^^^ error: init-error-leak: if foo_proc_init() fails, foo_init_net() returns an error without free_percpu()\n',
      ),
    );
    check(stats('	free_percpu(fn->stats);\n'));
  });

  it('a set-up that was not read is no counterpart of a function that was', () => {
    check(
      life(
        `	return foo_init_tables(net);
`,
        `static void foo_fini_tables(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
}

static void __net_exit foo_exit_batch(struct list_head *list)
{
	struct net *net;

	list_for_each_entry(net, list, exit_list)
		foo_fini_tables(net);
	foo_cleanup_list(list);
}`,
        'exit_batch = foo_exit_batch',
      ),
    );
  });
});

describe('the first and the last part of a step', () => {
  it('are undone by parts of their own, and not by those that are named alike', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret = foo_init_start();

	if (ret < 0)
		return ret;
	ret = register_pernet_subsys(&foo_net_ops);
	if (ret < 0)
		foo_cleanup_end();
	return ret;
}

static void __exit foo_exit(void)
{
	foo_cleanup_start();
	unregister_pernet_subsys(&foo_net_ops);
	foo_cleanup_end();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an exit that lies in the init section: only an init that gives up calls it', () => {
    check(`
static struct pernet_operations foo_net_ops __net_initdata = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

int __init foo_proc_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

void __init foo_proc_exit(void)
//! not analysed: it registers or unregisters a pernet_operations, but no initcall or module exit that calls it was found
{
	unregister_pernet_subsys(&foo_net_ops);
}
`);
  });

  it('is quiet about what one call undoes for all namespaces that die', () => {
    check(`
static int foo_pernet_init(struct net *net)
{
	int err;

	err = foo_init_net(net);
	if (err)
		return err;
	err = foo_proc_start(net);
	if (err)
		foo_cleanup_net(net);
	return err;
}

static void foo_pernet_exit(struct list_head *net_list)
{
	struct net *net;

	list_for_each_entry(net, net_list, exit_list)
		foo_proc_stop(net);
	foo_cleanup_net_list(net_list);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_pernet_init,
	.exit_batch = foo_pernet_exit,
};
${registering()}`);
  });
});

/** A protocol of IPv6 itself, registered before its ops, in a file without or with the initcall that calls it. */
const protocol = (init: string, exit: string): string => `
//- net/foo/frag.c
static int foo_rcv(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);

	return foo_frag_queue(net->foo.fqdir, skb);
}

static const struct inet6_protocol foo_protocol = {
	.handler = foo_rcv,
};

static int foo_net_init(struct net *net)
{
	net->foo.fqdir = foo_fqdir_create(net);
	return net->foo.fqdir ? 0 : -ENOMEM;
}

static void foo_net_exit(struct net *net)
{
	foo_fqdir_destroy(net->foo.fqdir);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

int __init foo_frag_init(void)
{
	int err;

	err = inet6_add_protocol(&foo_protocol, IPPROTO_FOO);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
${init}
	if (err)
		inet6_del_protocol(&foo_protocol, IPPROTO_FOO);
	return err;
}

void foo_frag_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
${exit}
	inet6_del_protocol(&foo_protocol, IPPROTO_FOO);
}
`;

describe('a protocol that is registered before its ops', () => {
  it('may be one whose packets come only when its module, of which there is but this file, lets them', () => {
    check(protocol('', ''));
  });

  it('gets packets at once where the module is all there', () => {
    check(
      `${protocol(
        '//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: IPv6 protocol',
        '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: IPv6 protocol',
      )}
module_init(foo_frag_init);
module_exit(foo_frag_exit);
`,
    );
  });
});

/** A set-up of another file, which was not given, and what its caller takes the result for. */
const setUp = (ask: string): string => `
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = foo_counters_init(net);
	if (err)
		return err;
${ask}		err = -ENOMEM;
		goto err_counters;
	}
	foo_reset(net);
	return 0;

err_counters:
	foo_counters_exit(net);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_proc_stat_exit(net);
	foo_counters_exit(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

describe('a set-up that is known by its name alone', () => {
  it.each([
    ['returns a pointer, or whether it went well', '	if (!foo_proc_stat_init(net)) {\n'],
    [
      'returns a pointer that is looked at later',
      '	struct proc_dir_entry *entry = foo_proc_stat_init(net);\n\n	if (!entry) {\n',
    ],
    [
      'returns a pointer that a variable is set to',
      '	struct proc_dir_entry *entry;\n\n	entry = foo_proc_stat_init(net);\n	if (!entry) {\n',
    ],
    ['returns an error', '	if (foo_proc_stat_init(net)) {\n'],
    ['returns 0', '	if (!foo_proc_stat_init(net)) {\n		foo_note(net);\n	} else {\n'],
  ])('%s', (_name, ask) => {
    check(setUp(ask));
  });
});

describe('a helper of an ops that was not given', () => {
  const helper = (unwind: string, undo: string, mark = '', marked = ''): string => `
//- net/foo/sysctl.c
static int foo_add_file(struct net *net)
{
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct foo_iter)))
		return -ENOMEM;
	return 0;
}

int __net_init foo_sysctl_net_init(struct net *net)
{
	net->foo.table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	if (foo_add_file(net)) {
${unwind}		return -ENOMEM;
${mark}	}
	return 0;
}

void __net_exit foo_sysctl_net_exit(struct net *net)
${marked}{
	remove_proc_entry("foo", net->proc_net);
${undo}}
`;

  const free = '	kfree(net->foo.table);\n';

  it('is run like the ops that calls it', () => {
    const leak =
      '//		^^^^^^^^^^^^^^^ error: init-error-leak: if proc_create_net() fails, foo_sysctl_net_init() returns -ENOMEM without kfree() for memory net->foo.table\n';
    check(helper('', free, leak));
    const kept = '//		^^^^^^^^^^^^^^^^^^^ error: exit-leak: foo_sysctl_net_exit() leaves memory net->foo.table\n';
    check(helper(free, '', '', kept));
  });

  it('is quiet about one that undoes what it did', () => {
    check(helper(free, free));
  });

  it('counts as no ops, and is nothing where the ops is at hand', () => {
    const main = `
//- net/foo/main.c
static int __net_init foo_net_init(struct net *net)
{
	return foo_sysctl_net_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_sysctl_net_exit(net);
	kfree(net->foo.table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
    const { ops } = check(helper(free, '') + main);
    expect(ops.map(({ name }) => name)).toEqual(['foo_net_ops']);
    expect(check(helper(free, free)).ops).toEqual([]);
  });

  it.each([
    ['another one of its file calls', 'int foo_start(struct net *net)\n{\n\treturn foo_part_init(net);\n}\n'],
    ['is not undone there', ''],
  ])('is quiet about one that %s', (_name, rest) => {
    check(`
//- net/foo/part.c
int foo_part_init(struct net *net)
{
	net->foo.table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	return net->foo.table ? 0 : -ENOMEM;
}
${rest}${rest === '' ? '' : 'void foo_part_exit(struct net *net)\n{\n}\n'}`);
  });
});

describe('a set-up by its name, of what a getter yields that was not read', () => {
  it.each([
    [
      'is undone when a later step fails',
      `	if (err)
		return err;
//		^^^^^^^^^^^ error: init-error-leak: if xa_alloc() fails, foo_net_init() returns an error without foo_nl_net_exit() for what foo_nl_net_init() set up`,
    ],
    [
      'is quiet where it is',
      `	if (err)
		foo_nl_net_exit(fn);`,
    ],
  ])('%s', (_name, unwind) => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_to_dev_net(net);
	int err;

	err = foo_nl_net_init(fn);
	if (err)
		return err;
	err = xa_alloc(&foo_nets, &fn->id, fn, xa_limit_32b, GFP_KERNEL);
${unwind}
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_to_dev_net(net);

	xa_erase(&foo_nets, fn->id);
	foo_nl_net_exit(fn);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });
});

describe('the table of a sysctl registration that is kept in what a getter yields that was not read', () => {
  it.each([
    ['leaks', ''],
    ['is quiet where it is freed', '	kfree(table);\n'],
  ])('%s', (_name, free) => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);
	struct ctl_table *table;

	table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	fn->header = register_net_sysctl(net, "net/foo", table);
	if (!fn->header)
		goto out;
	return 0;
out:
	kfree(table);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${free === '' ? '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory\n' : ''}{
	struct foo_net *fn = foo_pernet(net);
	const struct ctl_table *table = fn->header->ctl_table_arg;

	unregister_net_sysctl_table(fn->header);
${free}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });
});

describe('what undoes the set-ups of other parts of the module, which were not given', () => {
  /** By names that the headers of some kernel's modules declare. */
  const module = (init: string, exit: string): string => `
static int __init vlan_proto_init(void)
{
	int err = register_pernet_subsys(&vlan_net_ops);

	if (err)
		return err;
	err = vlan_mvrp_init();
	if (err)
		goto unregister;
${init}	return 0;
unregister:
	unregister_pernet_subsys(&vlan_net_ops);
	return err;
}

static void __exit vlan_cleanup_module(void)
${exit}	unregister_pernet_subsys(&vlan_net_ops);
}

static struct pernet_operations vlan_net_ops = {
	.init = vlan_init_net,
};

module_init(vlan_proto_init);
module_exit(vlan_cleanup_module);
`;

  it('is known where nothing speaks of it', () => {
    check(
      module(
        '',
        `//		   ^^^^^^^^^^^^^^^^^^^ warning: left-behind-on-exit: vlan_cleanup_module() leaves what vlan_mvrp_init() set up behind, which needs vlan_mvrp_uninit()
{
`,
      ),
    );
  });

  it.each([
    ['it is called', '', '	vlan_mvrp_uninit();\n'],
    ['something else may undo all', '', '	vlan_parts_exit();\n'],
  ])('is quiet where %s', (_name, init, exit) => {
    check(module(init, `{\n${exit}`));
  });

  it('is quiet about a set-up that nobody asks for its result: it may leave nothing', () => {
    check(module('', '{\n').replace('	err = vlan_mvrp_init();\n	if (err)\n		goto unregister;\n', '	vlan_mvrp_init();\n'));
  });

  it('is quiet about a last step that was not read and whose result is returned as it is', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err = foo_sysctl_net_init(net);

	if (err)
		return err;
	return foo_table_net_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_sysctl_net_exit(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is to be called by the exit where the init that fails calls it, even if the caller of both was not given', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

int __init foo_part_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = foo_local_init();
	if (err)
		goto unregister;
	err = genl_register_family(&foo_family);
	if (err)
		goto local;
	return 0;
local:
	foo_local_exit();
unregister:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

void foo_part_exit(void)
//   ^^^^^^^^^^^^^ warning: left-behind-on-exit: foo_part_exit() leaves what foo_local_init() set up behind, which needs foo_local_exit()
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
}
`);
  });
});
