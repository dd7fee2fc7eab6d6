import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops of some callbacks, in a module that registers nothing else. */
const module = (callbacks: string, ops = '.init = foo_net_init,\n\t.exit = foo_net_exit,'): string => `
${callbacks}
static struct pernet_operations foo_net_ops = {
	${ops}
};
${registering()}`;

describe('what is passed to functions', () => {
  /** Two pieces of memory, the first of which a function of the file is passed, and exit frees the other alone. */
  const withHelper = (helper: string, marker: string): string =>
    module(`
${helper}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_conf *conf;

	conf = kzalloc(sizeof(*conf), GFP_KERNEL);
	if (!conf)
		return -ENOMEM;
	net->foo.table = kzalloc(64, GFP_KERNEL);
	if (!net->foo.table) {
		kfree(conf);
		return -ENOMEM;
	}
	foo_tell(net, conf);
	net->foo.conf = conf;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	kfree(net->foo.table);
}
`);
  const leak =
    '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.conf, which foo_net_init() acquires for every namespace\n';

  it('that only look at it is not theirs', () => {
    check(
      withHelper(
        `
static int foo_fill(struct sk_buff *skb, struct foo_conf *conf)
{
	if (conf->mtu && nla_put_u32(skb, FOO_MTU, conf->mtu))
		return -EMSGSIZE;
	return 0;
}

static void foo_tell(struct net *net, struct foo_conf *conf)
{
	struct sk_buff *skb = nlmsg_new(64, GFP_KERNEL);

	if (!skb || foo_fill(skb, conf) < 0)
		return;
	rtnl_notify(skb, net, 0, RTNLGRP_FOO, NULL, GFP_KERNEL);
}
`,
        leak,
      ),
    );
  });

  it.each([
    ['a list', 'list_add(&conf->list, &foo_confs);'],
    ['a global', 'foo_last = conf;'],
    ['a local that goes on', 'struct foo_conf *own = conf;\n\n\tfoo_publish(own);'],
    ['a part of it', 'foo_publish(&conf->node);'],
    ['another function, which keeps it', 'foo_keep(conf);'],
  ])('may be theirs where it goes into %s', (_name, body) => {
    check(
      withHelper(
        `
static void foo_keep(struct foo_conf *conf)
{
	foo_last = conf;
}

static void foo_tell(struct net *net, struct foo_conf *conf)
{
	${body}
}
`,
        '',
      ),
    );
  });

  it('before one of them fails is given back all the same', () => {
    check(
      module(`
static int __net_init foo_net_init(struct net *net)
{
	struct fib_rules_ops *ops;
	int err;

	ops = fib_rules_register(&foo_rules_template, net);
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	err = fib_default_rule_add(ops, 0, RT_TABLE_LOCAL);
	if (err)
		return err;
//		^^^^^^^^^^^ error: init-error-leak: without fib_rules_unregister() for routing rules
	err = fib_default_rule_add(ops, 0x7ffe, RT_TABLE_MAIN);
	if (err)
		goto out_rules;
	net->foo.rules = ops;
	return 0;

out_rules:
	fib_rules_unregister(ops);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	fib_rules_unregister(net->foo.rules);
}
`),
    );
  });

  it('is theirs where the module never gives it back after that', () => {
    check(
      module(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_conf *conf;
	int err;

	conf = kzalloc(sizeof(*conf), GFP_KERNEL);
	if (!conf)
		return -ENOMEM;
	if (!foo_enabled) {
		kfree(conf);
		return -ENODEV;
	}
	err = foo_take_over(conf);
	if (err)
		return err;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_drop(net);
}
`),
    );
  });

  /** A socket that a function is passed in init; exit does what it does. */
  const withSocket = (exit: string, marker: string): string =>
    module(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = inet_ctl_sock_create(&net->foo.sk, PF_INET, SOCK_RAW, IPPROTO_FOO, net);
	if (err)
		return err;
	foo_prepare(net->foo.sk);
	err = foo_start(net);
	if (err) {
		inet_ctl_sock_destroy(net->foo.sk);
		return err;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
${exit}}
`);

  it('in init is not given back by them later', () => {
    check(
      withSocket(
        '\tfoo_count--;\n',
        '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves control socket net->foo.sk\n',
      ),
    );
  });

  it('may be given back by those that get it in exit', () => {
    check(withSocket('\tfoo_stop(net->foo.sk);\n', ''));
  });

  it('may be given back by a helper that hands it on', () => {
    check(
      withSocket('\tfoo_kill(net);\n', '').replace(
        'static int __net_init',
        `static void foo_kill(struct net *net)
{
	struct sock *sk = net->foo.sk;

	net->foo.sk = NULL;
	kfree(net->foo.table);
	foo_listen_stop(sk);
}

static int __net_init`,
      ),
    );
  });
});

describe('what lies in memory that is freed', () => {
  const chain = (undo: string, marker: string): string =>
    module(`
static int foo_conf_register(struct net *net, struct foo_conf *conf)
{
	struct foo_table *t;

	t = kmemdup(&foo_table, sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	conf->table = t;
	return 0;
}

static void foo_conf_unregister(struct net *net, struct foo_conf *conf)
{
	kfree(conf->table);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_conf *conf;
	int err;

	conf = kzalloc(sizeof(*conf), GFP_KERNEL);
	if (!conf)
		return -ENOMEM;
	err = foo_conf_register(net, conf);
	if (err)
		goto err_conf;
	err = -ENOMEM;
	net->foo.stats = alloc_percpu(struct foo_stats);
	if (!net->foo.stats)
		goto err_stats;
${marker}	net->foo.conf = conf;
	return 0;

err_stats:
${undo}err_conf:
	kfree(conf);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	free_percpu(net->foo.stats);
	foo_conf_unregister(net, net->foo.conf);
	kfree(net->foo.conf);
}
`);

  it('is lost with it', () => {
    check(chain('', '//		^^^^^^^^^^^^^^^ error: init-error-leak: without kfree() for memory\n'));
  });

  it('is not when it was freed before', () => {
    check(chain('\tfoo_conf_unregister(net, conf);\n', ''));
  });

  it('is not what was freed', () => {
    check(
      module(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_conf *conf;

	conf = kzalloc(sizeof(*conf), GFP_KERNEL);
	if (!conf)
		return -ENOMEM;
	conf->mux = foo_mux_create();
	if (!conf->mux) {
		kfree(conf);
		return -ENOMEM;
	}
	conf->ctrl = foo_ctrl_create();
	if (!conf->ctrl) {
		kfree(conf->mux);
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: without kfree() for memory
	}
	net->foo.conf = conf;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_ctrl_destroy(net->foo.conf->ctrl);
	kfree(net->foo.conf->mux);
	kfree(net->foo.conf);
}
`),
    );
  });
});

describe('a directory that is removed', () => {
  it('takes its own entries along, and no others', () => {
    check(
      module(`
static int __net_init foo_net_init(struct net *net)
{
	if (!proc_create_net("foo_socks", 0444, net->proc_net, &foo_seq_ops, 8))
		return -ENOMEM;
	net->foo.dir = proc_mkdir("foo", net->proc_net);
	if (!net->foo.dir)
		goto err_dir;
	if (!proc_create_net("stats", 0444, net->foo.dir, &foo_seq_ops, 8))
		goto err_stats;
	return 0;

err_stats:
	remove_proc_entry("foo", net->proc_net);
err_dir:
	remove_proc_entry("foo_socks", net->proc_net);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc entry "foo_socks", net->proc_net
{
	remove_proc_subtree("foo", net->proc_net);
}
`),
    );
  });
});

describe('a directory that is removed by its name', () => {
  it('leaves what is in it', () => {
    check(
      module(
        `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->net = net;
	fn->dir = proc_mkdir(FOO_DIR, fn->net->proc_net);
	if (!fn->dir)
		return -ENODEV;
	if (!proc_create(FOO_CTRL, 0600, fn->dir, &foo_proc_ops)) {
		remove_proc_entry(FOO_DIR, fn->net->proc_net);
		return -EINVAL;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc entry FOO_CTRL
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry(FOO_DIR, fn->net->proc_net);
}
`,
        '.init = foo_net_init,\n\t.exit = foo_net_exit,\n\t.id = &foo_net_id,\n\t.size = sizeof(struct foo_net),',
      ),
    );
  });
});

describe('what a helper puts into memory that is kept', () => {
  const twoTables = (exit: string, marker: string): string =>
    module(`
static int foo_register(struct net *net, const char *path, struct foo_conf *conf)
{
	struct ctl_table *table;

	table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	if (!table)
		return -ENOBUFS;
	conf->header = register_net_sysctl(net, path, table);
	if (!conf->header) {
		kfree(table);
		return -ENOBUFS;
	}
	return 0;
}

static void foo_unregister(struct net *net, struct foo_conf *conf)
{
	const struct ctl_table *table = conf->header->ctl_table_arg;

	unregister_net_sysctl_table(conf->header);
	kfree(table);
}

static int __net_init foo_net_init(struct net *net)
{
	int err = -ENOMEM;
	struct foo_conf *all, *dflt;

	all = kmemdup(&foo_conf, sizeof(foo_conf), GFP_KERNEL);
	if (!all)
		goto err_all;
	dflt = kmemdup(&foo_conf_dflt, sizeof(foo_conf_dflt), GFP_KERNEL);
	if (!dflt)
		goto err_dflt;
	net->foo.all = all;
	net->foo.dflt = dflt;
	err = foo_register(net, "net/foo/all", all);
	if (err < 0)
		goto err_reg_all;
	err = foo_register(net, "net/foo/default", dflt);
	if (err < 0)
		goto err_reg_dflt;
	return 0;

err_reg_dflt:
	foo_unregister(net, all);
err_reg_all:
	kfree(dflt);
err_dflt:
	kfree(all);
err_all:
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
${exit}	kfree(net->foo.dflt);
	kfree(net->foo.all);
}
`);

  it('is given back by way of that', () => {
    check(twoTables('\tfoo_unregister(net, net->foo.dflt);\n\tfoo_unregister(net, net->foo.all);\n', ''));
  });

  it('is left when only one of two is given back', () => {
    check(
      twoTables(
        '\tfoo_unregister(net, net->foo.all);\n',
        '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves sysctl table net->foo.dflt->header\n',
      ),
    );
  });
});

describe('the table of actions of a kind', () => {
  it('is given back by exit_batch', () => {
    check(
      module(
        `
static __net_init int foo_net_init(struct net *net)
{
	struct tc_action_net *tn = net_generic(net, act_foo_ops.net_id);

	return tc_action_net_init(net, tn, &act_foo_ops);
}

static void __net_exit foo_net_exit(struct list_head *net_list)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves action table
{
	foo_count--;
}
`,
        '.init = foo_net_init,\n\t.exit_batch = foo_net_exit,\n\t.id = &act_foo_ops.net_id,\n\t.size = sizeof(struct tc_action_net),',
      ),
    );
  });
});
