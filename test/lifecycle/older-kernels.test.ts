import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** As up to Linux 2.6.32: the id is a variable that the registration is passed, and init allocates the data itself. */
const tunnel = (init: string, exit: string, load: string): string => `
static int foo_net_id;

struct foo_net {
	struct net_device *fallback;
};

static struct foo_tunnel *foo_lookup(struct net *net, __be32 remote)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return netdev_priv(fn->fallback);
}

static int foo_rcv(struct sk_buff *skb)
{
	if (foo_lookup(dev_net(skb->dev), 0))
		return 0;
	kfree_skb(skb);
	return 0;
}

static struct net_protocol foo_protocol = {
	.handler = foo_rcv,
	.netns_ok = 1,
};

static int foo_init_net(struct net *net)
{
	struct foo_net *fn;
	int err;

	err = -ENOMEM;
	fn = kzalloc(sizeof(struct foo_net), GFP_KERNEL);
	if (fn == NULL)
		goto err_alloc;
	err = net_assign_generic(net, foo_net_id, fn);
	if (err < 0)
		goto err_assign;
	fn->fallback = alloc_netdev(sizeof(struct foo_tunnel), "foo0", foo_setup);
	if (!fn->fallback) {
		err = -ENOMEM;
		goto err_alloc_dev;
	}
	if ((err = register_netdev(fn->fallback)))
		goto err_reg_dev;
	return 0;

err_reg_dev:
	free_netdev(fn->fallback);
${init}
err_alloc:
	return err;
}

static void foo_exit_net(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdev(fn->fallback);
${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_init_net,
	.exit = foo_exit_net,
};
${load}
module_init(foo_init);
module_exit(foo_fini);
MODULE_LICENSE("GPL");
`;

const freed = `
err_alloc_dev:
err_assign:
	kfree(fn);`;

const opsFirst = `
static int __init foo_init(void)
{
	int err;

	err = register_pernet_gen_device(&foo_net_id, &foo_net_ops);
	if (err < 0)
		return err;
	err = inet_add_protocol(&foo_protocol, IPPROTO_GRE);
	if (err < 0)
		unregister_pernet_gen_device(foo_net_id, &foo_net_ops);
	return err;
}

static void __exit foo_fini(void)
{
	inet_del_protocol(&foo_protocol, IPPROTO_GRE);
	unregister_pernet_gen_device(foo_net_id, &foo_net_ops);
}
`;

describe('an ops that is registered with its id', () => {
  it('is quiet about the ops first, and data that exit frees', () => {
    check(tunnel(freed, '\tkfree(fn);', opsFirst));
  });

  it('a protocol before it, whose handler asks for the data, and after it when the module goes', () => {
    check(
      tunnel(
        freed,
        '\tkfree(fn);',
        `
static int __init foo_init(void)
{
	int err;

	if (inet_add_protocol(&foo_protocol, IPPROTO_GRE) < 0)
		return -EAGAIN;
	err = register_pernet_gen_device(&foo_net_id, &foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after IPv4 protocol foo_protocol
	if (err < 0)
		goto gen_device_failed;
	err = rtnl_link_register(&foo_link_ops);
	if (err < 0)
		goto rtnl_link_failed;
out:
	return err;
rtnl_link_failed:
	unregister_pernet_gen_device(foo_net_id, &foo_net_ops);
gen_device_failed:
	inet_del_protocol(&foo_protocol, IPPROTO_GRE);
	goto out;
}

static void __exit foo_fini(void)
{
	rtnl_link_unregister(&foo_link_ops);
	unregister_pernet_gen_device(foo_net_id, &foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_fini() unregisters foo_net_ops before IPv4 protocol foo_protocol
	if (inet_del_protocol(&foo_protocol, IPPROTO_GRE) < 0)
		printk(KERN_INFO "foo close: can't remove protocol\\n");
}
`,
      ),
    );
  });

  it('data that no exit frees', () => {
    check(
      tunnel(freed, '', opsFirst).replace(
        'static void foo_exit_net(struct net *net)',
        `static void foo_exit_net(struct net *net)
//          ^^^^^^^^^^^^ error: exit-leak: foo_exit_net() leaves memory net_generic(net, foo_net_id)`,
      ),
    );
  });

  it('data that an init which fails keeps', () => {
    check(
      tunnel('err_alloc_dev:\nerr_assign:', '\tkfree(fn);', opsFirst)
        .replace(
          '		goto err_reg_dev;\n',
          `		goto err_reg_dev;
//		^^^^^^^^^^^^^^^^^ error: init-error-leak: if register_netdev() fails, foo_init_net() returns an error without kfree()
`,
        )
        .replace(
          '		goto err_assign;\n',
          `		goto err_assign;
//		^^^^^^^^^^^^^^^^ error: init-error-leak: if net_assign_generic() fails, foo_init_net() returns an error without kfree()
`,
        )
        .replace(
          '		goto err_alloc_dev;\n',
          `		goto err_alloc_dev;
//		^^^^^^^^^^^^^^^^^^^ error: init-error-leak: if alloc_netdev() fails, foo_init_net() returns -ENOMEM without kfree()
`,
        ),
    );
  });

  it('an unwinding that leaves it', () => {
    check(
      tunnel(
        freed,
        '\tkfree(fn);',
        `
static int __init foo_init(void)
{
	int err;

	err = register_pernet_gen_device(&foo_net_id, &foo_net_ops);
	if (err < 0)
		return err;
	return inet_add_protocol(&foo_protocol, IPPROTO_GRE);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-registered-on-error: if inet_add_protocol() fails, foo_init() returns an error with foo_net_ops
}

static void __exit foo_fini(void)
{
	inet_del_protocol(&foo_protocol, IPPROTO_GRE);
	unregister_pernet_gen_device(foo_net_id, &foo_net_ops);
}
`,
      ),
    );
  });
});

describe('calls of older kernels', () => {
  it('a proc entry of a namespace that exit forgets, and hooks of all namespaces that init does', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	if (!proc_net_fops_create(net, "foo", S_IRUGO, &foo_fops))
		return -ENOMEM;
	if (!proc_net_fops_create(net, "foo_stat", S_IRUGO, &foo_stat_fops)) {
		proc_net_remove(net, "foo");
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//                     ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves net proc entry "foo_stat"
{
	proc_net_remove(net, "foo");
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err < 0)
		return err;
	err = nf_register_hooks(foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err < 0)
		goto err_hooks;
	err = nf_ct_l3proto_register(&foo_l3proto);
	if (err < 0)
		goto err_hooks;
//		^^^^^^^^^^^^^^^ error: left-behind-on-error: if nf_ct_l3proto_register() fails, foo_init() returns an error and leaves the global netfilter hooks
	return 0;

err_hooks:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	nf_ct_l3proto_unregister(&foo_l3proto);
	nf_unregister_hooks(foo_hooks, ARRAY_SIZE(foo_hooks));
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a sysctl table and a family, each undone by its own', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *table = foo_table;

	if (!net_eq(net, &init_net)) {
		table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
		if (table == NULL)
			goto err_alloc;
	}
	net->foo.sysctl_hdr = register_net_sysctl_table(net, net_foo_path, table);
	if (net->foo.sysctl_hdr == NULL)
		goto err_reg;
	return 0;

err_reg:
	if (!net_eq(net, &init_net))
		kfree(table);
err_alloc:
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct ctl_table *table = net->foo.sysctl_hdr->ctl_table_arg;

	unregister_net_sysctl_table(net->foo.sysctl_hdr);
	if (!net_eq(net, &init_net))
		kfree(table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err < 0)
		return err;
	err = genl_register_family_with_ops(&foo_family, foo_ops, ARRAY_SIZE(foo_ops));
	if (err < 0)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});
