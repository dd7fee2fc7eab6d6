import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';

describe('pernet/unregistered-too-early', () => {
  it('a link type and a family that outlive the ops', () => {
    check(`
static unsigned int foo_net_id;

static int foo_newlink(struct net *src_net, struct net_device *dev, struct nlattr *tb[],
		       struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct foo_net *fn = net_generic(dev_net(dev), foo_net_id);

	list_add_rcu(&foo_priv(dev)->list, &fn->devices);
	return register_netdevice(dev);
}

static struct rtnl_link_ops foo_link_ops = {
	.kind = "foo",
	.newlink = foo_newlink,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err < 0)
		return err;
	err = rtnl_link_register(&foo_link_ops);
	if (err < 0)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before rtnl link ops foo_link_ops, whose callbacks use net_generic(net, foo_net_id)
	rtnl_link_unregister(&foo_link_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a family whose table is in a generated file, which names handlers of this one', () => {
    const family = (table: string): string => `
static unsigned int foo_net_id;

int foo_nl_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_net *fn = net_generic(genl_info_net(info), foo_net_id);

	return foo_fill(skb, fn);
}
${table}
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err < 0)
		return err;
	err = genl_register_family(&foo_nl_family);
	if (err < 0)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	genl_unregister_family(&foo_nl_family);
}

module_init(foo_init);
module_exit(foo_exit);
`;
    const tableElsewhere = `
static struct genl_family foo_nl_family = {
	.name = "foo",
	.netnsok = true,
	.small_ops = foo_nl_ops,
	.n_small_ops = ARRAY_SIZE(foo_nl_ops),
};
`;
    const tableHere = `
static const struct genl_small_ops foo_nl_ops[] = {
	{ .cmd = FOO_CMD_PING, .doit = foo_ping },
};
${tableElsewhere}`;
    const marked = (text: string): string =>
      text.replace(
        /(__exit foo_exit\(void\)\n\{\n\tunregister_pernet_subsys\(&foo_net_ops\);\n)/,
        '$1//\t^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before generic netlink family foo_nl_family, whose callbacks use net_generic(net, foo_net_id)\n',
      );
    check(marked(family(tableElsewhere)));
    // The family may be in the generated file itself.
    check(marked(family('')));
    // A table of this file says all that the family calls.
    check(family(tableHere));
    // What no other file can name is in no table of theirs.
    check(family(tableElsewhere).replace('int foo_nl_get_doit', 'static int foo_nl_get_doit'));
  });

  it('a table template that can make the table again in a namespace whose exit has run', () => {
    check(`
static int foo_table_init(struct net *net)
{
	return ipt_register_table(net, &foo_filter, &foo_initial, foo_ops);
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	ipt_unregister_table_pre_exit(net, "foo");
}

static void __net_exit foo_net_exit(struct net *net)
{
	ipt_unregister_table_exit(net, "foo");
}

static struct pernet_operations foo_net_ops = {
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};

static int __init foo_filter_init(void)
{
	int ret = register_pernet_subsys(&foo_net_ops);

	if (ret < 0)
		return ret;
	ret = xt_register_template(&foo_filter, foo_table_init);
	if (ret < 0)
		unregister_pernet_subsys(&foo_net_ops);
	return ret;
}

static void __exit foo_filter_fini(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_filter_fini() unregisters foo_net_ops before xt table template
	xt_unregister_template(&foo_filter);
}

module_init(foo_filter_init);
module_exit(foo_filter_fini);
`);
  });

  it('a table that init makes only where it was asked to: the template makes it later', () => {
    check(`
static int foo_table_init(struct net *net)
{
	return ipt_register_table(net, &foo_filter, &foo_initial, foo_ops);
}

static int __net_init foo_net_init(struct net *net)
{
	if (foo_eager)
		return foo_table_init(net);
	return 0;
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	ipt_unregister_table_pre_exit(net, "foo");
}

static void __net_exit foo_net_exit(struct net *net)
{
	ipt_unregister_table_exit(net, "foo");
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};

static int __init foo_filter_init(void)
{
	int ret = register_pernet_subsys(&foo_net_ops);

	if (ret < 0)
		return ret;
	ret = xt_register_template(&foo_filter, foo_table_init);
	if (ret < 0)
		unregister_pernet_subsys(&foo_net_ops);
	return ret;
}

static void __exit foo_filter_fini(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_filter_fini() unregisters foo_net_ops before xt table template
	xt_unregister_template(&foo_filter);
}

module_init(foo_filter_init);
module_exit(foo_filter_fini);
`);
  });

  it('a notifier that still gets the events of devices', () => {
    check(`
static int foo_device_notify(struct notifier_block *nb, unsigned long what, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct foo_net *fn = foo_pernet(dev_net(dev));

	return foo_device_event(fn, what, dev);
}

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_device_notify,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int result;

	result = register_pernet_subsys(&foo_net_ops);
	if (result)
		return result;
	result = register_netdevice_notifier(&foo_notifier);
	if (result) {
		unregister_pernet_subsys(&foo_net_ops);
		return result;
	}
	dev_add_pack(&foo_packet_type);
	return 0;
}

static void __exit foo_exit(void)
{
	dev_remove_pack(&foo_packet_type);
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: before netdevice notifier foo_notifier
	unregister_netdevice_notifier(&foo_notifier);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  describe('an init that unwinds', () => {
    const unwinding = (steps: string): string => `
static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);

	return foo_device_event(fn, event);
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_netdev_event,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_notifier);
	if (err) {
		unregister_pernet_subsys(&foo_net_ops);
		return err;
	}
	err = genl_register_family(&foo_family);
	if (err) {
${steps}
		return err;
	}
	return 0;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

    it('before the notifier goes', () => {
      check(
        unwinding(`		unregister_pernet_subsys(&foo_net_ops);
//		^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: if genl_register_family() fails, foo_init() unregisters foo_net_ops before netdevice notifier foo_notifier
		unregister_netdevice_notifier(&foo_notifier);`),
      );
    });

    it('after that', () => {
      check(
        unwinding('\t\tunregister_netdevice_notifier(&foo_notifier);\n\t\tunregister_pernet_subsys(&foo_net_ops);'),
      );
    });
  });

  it('a helper of another file that closes the door too late', () => {
    check(`
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
foo-y := core.o netlink.o
//- net/foo/core.c
unsigned int foo_net_id;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_device(&foo_net_ops);
	if (err)
		return err;
	err = foo_netlink_init();
	if (err)
		unregister_pernet_device(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_device(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before generic netlink family
	foo_netlink_exit();
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/netlink.c
/* Works on the data of foo_net_ops, a pernet_operations. */
static int foo_nl_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct foo_net *fn = net_generic(sock_net(skb->sk), foo_net_id);

	return foo_nl_fill(skb, fn);
}

static const struct genl_ops foo_nl_ops[] = {
	{
		.cmd = FOO_CMD_DUMP,
		.dumpit = foo_nl_dump,
	},
};

static struct genl_family foo_nl_family __ro_after_init = {
	.name = "foo",
	.ops = foo_nl_ops,
	.n_ops = ARRAY_SIZE(foo_nl_ops),
};

int __init foo_netlink_init(void)
{
	return genl_register_family(&foo_nl_family);
}

void foo_netlink_exit(void)
{
	genl_unregister_family(&foo_nl_family);
}
`);
  });

  it('a list in struct net that init sets up', () => {
    check(`
static int foo_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct sock *sk = foo_alloc(net, sock);

	if (!sk)
		return -ENOMEM;
	spin_lock(&net->foo.lock);
	sk_add_node(sk, &net->foo.sklist);
	spin_unlock(&net->foo.lock);
	return 0;
}

static const struct net_proto_family foo_family_ops = {
	.family = PF_FOO,
	.create = foo_create,
};

static int __net_init foo_net_init(struct net *net)
{
	spin_lock_init(&net->foo.lock);
	INIT_HLIST_HEAD(&net->foo.sklist);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int rc;

	rc = register_pernet_subsys(&foo_net_ops);
	if (rc)
		return rc;
	rc = sock_register(&foo_family_ops);
	if (rc)
		unregister_pernet_subsys(&foo_net_ops);
	return rc;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before socket family
	sock_unregister(PF_FOO);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a proc file whose show function looks at the namespace', () => {
    check(`
static int foo_seq_show(struct seq_file *seq, void *v)
{
	struct foo_net *fn = net_generic(seq_file_net(seq), foo_net_id);

	seq_printf(seq, "%u\\n", fn->count);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	if (!proc_create_net_single("foo", 0444, init_net.proc_net, foo_seq_show, NULL)) {
		unregister_pernet_subsys(&foo_net_ops);
		return -ENOMEM;
	}
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before proc entry
	remove_proc_entry("foo", init_net.proc_net);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about the exit as the mirror of init', () => {
    check(`
static unsigned int foo_net_id;

static int foo_rcv(struct sk_buff *skb)
{
	return foo_input(net_generic(dev_net(skb->dev), foo_net_id), skb);
}

static const struct net_protocol foo_protocol = {
	.handler = foo_rcv,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_device(&foo_net_ops);
	if (err)
		return err;
	err = inet_add_protocol(&foo_protocol, IPPROTO_FOO);
	if (err)
		unregister_pernet_device(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	inet_del_protocol(&foo_protocol, IPPROTO_FOO);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a notifier that outlives the ops, and never asks for its state', () => {
    check(`
static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	if (event == NETEVENT_NEIGH_UPDATE)
		schedule_work(&foo_work);
	return NOTIFY_DONE;
}

static struct notifier_block foo_nb = {
	.notifier_call = foo_event,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netevent_notifier(&foo_nb);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	unregister_netevent_notifier(&foo_nb);
	cancel_work_sync(&foo_work);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a socket protocol, which only has a slab, after the ops', () => {
    check(`
static int foo_init_sock(struct sock *sk)
{
	struct foo_net *fn = net_generic(sock_net(sk), foo_net_id);

	return foo_hash(fn, sk);
}

static struct proto foo_proto = {
	.name = "FOO",
	.owner = THIS_MODULE,
	.init = foo_init_sock,
	.obj_size = sizeof(struct foo_sock),
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = proto_register(&foo_proto, 1);
	if (err)
		goto err_proto;
	err = sock_register(&foo_family_ops);
	if (err)
		goto err_sock;
	return 0;

err_sock:
	proto_unregister(&foo_proto);
err_proto:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	sock_unregister(PF_FOO);
	unregister_pernet_subsys(&foo_net_ops);
	proto_unregister(&foo_proto);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about unwinding that can meet nobody, since what lets the outside in has failed', () => {
    check(`
static int foo_rcv(struct sk_buff *skb)
{
	return foo_input(net_generic(dev_net(skb->dev), foo_net_id), skb);
}

static const struct net_protocol foo_protocol = {
	.handler = foo_rcv,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto out_cache;
	err = inet_add_protocol(&foo_protocol, IPPROTO_FOO);
	if (err)
		goto out_pernet;
	return 0;

out_pernet:
	unregister_pernet_subsys(&foo_net_ops);
out_cache:
	kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	inet_del_protocol(&foo_protocol, IPPROTO_FOO);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about handlers taken away by one call for all of a family', () => {
    check(`
static int foo_addr_doit(struct sk_buff *skb, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	return foo_addr_change(net_generic(sock_net(skb->sk), foo_net_id), nlh);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWADDR, foo_addr_doit, NULL, 0);
	if (err)
		goto err_rtnl;
	err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_DELADDR, foo_addr_doit, NULL, 0);
	if (err)
		goto err_rtnl;
	return 0;

err_rtnl:
	rtnl_unregister_all(PF_FOO);
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_unregister_all(PF_FOO);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about two ops, each gone after its own users', () => {
    check(`
static int foo_rcv(struct sk_buff *skb)
{
	return foo_input(net_generic(dev_net(skb->dev), foo_net_id), skb);
}

static struct packet_type foo_packet_type = {
	.type = cpu_to_be16(ETH_P_FOO),
	.func = foo_rcv,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static struct pernet_operations foo_log_ops = {
	.init = foo_log_init,
	.exit = foo_log_exit,
	.id = &foo_log_id,
	.size = sizeof(struct foo_log),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_log_ops);
	if (err) {
		unregister_pernet_subsys(&foo_net_ops);
		return err;
	}
	dev_add_pack(&foo_packet_type);
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_log_ops);
	dev_remove_pack(&foo_packet_type);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about handlers that are gone by then, taken away by a helper that loops', () => {
    check(`
static int foo_rcv(struct sk_buff *skb)
{
	return foo_input(net_generic(dev_net(skb->dev), foo_net_id), skb);
}

static struct packet_type foo_packet_types[] = {
	{ .type = cpu_to_be16(ETH_P_FOO), .func = foo_rcv },
	{ .type = cpu_to_be16(ETH_P_BAR), .func = foo_rcv },
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static void foo_stop(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(foo_packet_types); i++)
		dev_remove_pack(&foo_packet_types[i]);
}

static int __init foo_init(void)
{
	int err, i;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(foo_packet_types); i++)
		dev_add_pack(&foo_packet_types[i]);
	return 0;
}

static void __exit foo_exit(void)
{
	foo_stop();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a socket family whose sockets hold the module', () => {
    check(`
static unsigned int foo_net_id;

static int foo_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return foo_attach(fn, sock);
}

static const struct net_proto_family foo_family = {
	.family = PF_FOO,
	.create = foo_create,
	.owner = THIS_MODULE,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = sock_register(&foo_family);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	sock_unregister(PF_FOO);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a kind of link whose devices get to the per-net data by a file beside', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o proc.o
//- net/foo/main.c
unsigned int foo_net_id __read_mostly;

static void foo_dellink(struct net_device *dev, struct list_head *head)
{
	foo_remove_entry(dev);
	unregister_netdevice_queue(dev, head);
}

static struct rtnl_link_ops foo_link_ops = {
	.kind = "foo",
	.dellink = foo_dellink,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->entries);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = rtnl_link_register(&foo_link_ops);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: whose callbacks use net_generic(net, foo_net_id)
	rtnl_link_unregister(&foo_link_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/proc.c
/* For the pernet_operations of main.c. */
void foo_remove_entry(struct net_device *dev)
{
	struct foo_net *fn = net_generic(dev_net(dev), foo_net_id);

	foo_drop(fn, dev);
}
`);
  });

  it('is quiet about a notifier that may get to the per-net data by a file beside, for a device of its own', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o proc.o
//- net/foo/main.c
unsigned int foo_net_id __read_mostly;

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (foo_is_port(dev))
		foo_remove_entry(dev);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->entries);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/proc.c
/* For the pernet_operations of main.c. */
void foo_remove_entry(struct net_device *dev)
{
	struct foo_net *fn = net_generic(dev_net(dev), foo_net_id);

	foo_drop(fn, dev);
}
`);
  });

  it('a hook that the same call sets and takes back', () => {
    const module = (exit: string): string => `
static int foo_ioctl(struct net *net, void __user *arg)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return copy_to_user(arg, &fn->type, sizeof(fn->type)) ? -EFAULT : 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	vlan_ioctl_set(foo_ioctl);
	return 0;
}

static void __exit foo_exit(void)
{
${exit}}

module_init(foo_init);
module_exit(foo_exit);
`;
    check(module('	vlan_ioctl_set(NULL);\n	unregister_pernet_subsys(&foo_net_ops);\n'));
    check(
      module(`	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before VLAN ioctl hook, whose callbacks use net_generic(net, foo_net_id)
	vlan_ioctl_set(NULL);
`),
    );
  });

  const closings = [
    ['static bool foo_gate;', 'READ_ONCE(foo_gate)', 'WRITE_ONCE(foo_gate, false);'],
    ['static struct foo_conf __rcu *foo_gate;', 'rcu_dereference(foo_gate)', 'RCU_INIT_POINTER(foo_gate, NULL);'],
    [
      'static DEFINE_STATIC_KEY_FALSE(foo_gate);',
      'static_branch_likely(&foo_gate)',
      'static_branch_disable(&foo_gate);',
    ],
    ['static atomic_t foo_gate;', 'atomic_read(&foo_gate)', 'atomic_set(&foo_gate, 0);'],
    ['static unsigned long foo_gate;', 'test_bit(FOO_READY, &foo_gate)', 'clear_bit(FOO_READY, &foo_gate);'],
    ['static struct { bool ready; } foo_gate;', 'foo_gate.ready', 'foo_gate.ready = false;'],
    // What a handler goes by until it is set: it is dying.
    ['static bool foo_gate;', '(READ_ONCE(foo_gate) == false)', 'WRITE_ONCE(foo_gate, true);'],
    ['static bool foo_gate = false;', '(foo_gate == false)', 'foo_gate = true;'],
  ] as const;
  for (const [gate, asked, closed] of closings)
    it(`is quiet about a handler that goes no further once exit has closed a gate: ${closed}`, () => {
      const module = (before: string, after: string, marks = ''): string => `
static unsigned int foo_net_id;
${gate}

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn;

	if (!${asked})
		return NOTIFY_DONE;
	fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);
	fn->events++;
	return NOTIFY_DONE;
}

static struct notifier_block foo_nb = {
	.notifier_call = foo_event,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	${before}
	unregister_pernet_subsys(&foo_net_ops);${marks}
	${after}
	unregister_netdevice_notifier(&foo_nb);
}

module_init(foo_init);
module_exit(foo_exit);
`;
      check(module(closed, ''));
      check(module('', closed, '\n//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early'));
    });

  it('is quiet about a gate that a helper of the exit has closed', () => {
    const module = (exit: string): string => `
static unsigned int foo_net_id;
static bool foo_open;

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn;

	if (!smp_load_acquire(&foo_open))
		return NOTIFY_DONE;
	fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);
	fn->events++;
	return NOTIFY_DONE;
}

static struct notifier_block foo_nb = {
	.notifier_call = foo_event,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static void foo_close(void)
{
	smp_store_release(&foo_open, false);
	synchronize_net();
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
${exit}
	unregister_netdevice_notifier(&foo_nb);
}

module_init(foo_init);
module_exit(foo_exit);
`;
    check(module('\tfoo_close();\n\tunregister_pernet_subsys(&foo_net_ops);'));
    check(
      module(`	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early
	foo_close();`),
    );
  });

  const withGate = (handler: string, exit: string): string => `
static unsigned int foo_net_id;
static int foo_gate;
static bool foo_quiet;

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn;
	int open = READ_ONCE(foo_gate);

${handler}
	fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);
	fn->events++;
	return NOTIFY_DONE;
}

static struct notifier_block foo_nb = {
	.notifier_call = foo_event,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
${exit}
	unregister_netdevice_notifier(&foo_nb);
}

module_init(foo_init);
module_exit(foo_exit);
`;
  const going = '\tif (!foo_gate)\n\t\treturn NOTIFY_DONE;';
  const unregistering = '\tunregister_pernet_subsys(&foo_net_ops);\n';
  const mark = `${unregistering}//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early\n`;

  it.each([
    ['says something by it', '\tif (foo_gate)\n\t\tpr_info("event\\n");', '\tfoo_gate = 0;\n'],
    ['counts by it', '\tfoo_gate++;', '\tfoo_gate = 0;\n'],
    ['is told by it, where exit opens it again', going, '\tfoo_gate = 0;\n\tfoo_gate = 1;\n'],
  ])('a handler that %s', (_, handler, closing) => {
    check(withGate(handler, closing + mark));
  });

  it.each([
    ['asks what it has read of it', '\tif (open < 1)\n\t\treturn NOTIFY_DONE;', '\tfoo_gate = 0;\n'],
    ['asks for it, where exit closes what is open', going, '\tif (foo_gate)\n\t\tfoo_gate = 0;\n'],
    ['asks for it, where exit opens and closes it', going, '\tfoo_gate = 1;\n\tfoo_gate = 0;\n'],
  ])('is quiet about a handler that %s', (_, handler, closing) => {
    check(withGate(handler, closing + unregistering));
  });

  it('does not take for a gate what exit has passed to what takes it down', () => {
    check(`
static unsigned int foo_net_id;
static struct workqueue_struct *foo_wq;

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);

	queue_work(foo_wq, &fn->work);
	return NOTIFY_DONE;
}

static struct notifier_block foo_nb = {
	.notifier_call = foo_event,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_queue_end(foo_wq);
	foo_wq = NULL;
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early
	unregister_netdevice_notifier(&foo_nb);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

describe('pernet/unregistered-too-early, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/unregistered-too-early');
  });
});

describe('pernet/unregistered-too-early, a notifier that gets to the data in another file', () => {
  const module = (...exit: string[]): string => `
//- net/foo/foo_main.c
static int foo_device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (!foo_is_dev(dev))
		return NOTIFY_DONE;
	if (event == NETDEV_REGISTER)
		return notifier_from_errno(foo_proc_add(dev));
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_device_event,
};

static struct rtnl_link_ops foo_link_ops __read_mostly = {
	.kind = "foo",
	.newlink = foo_newlink,
};

static int __net_init foo_net_init(struct net *net)
{
	return foo_proc_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_proc_exit(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto out_ops;
	err = rtnl_link_register(&foo_link_ops);
	if (err)
		goto out_notifier;
	return 0;
out_notifier:
	unregister_netdevice_notifier(&foo_notifier);
out_ops:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
${exit.map((line) => (line.startsWith('//') ? `${line}\n` : `	${line}\n`)).join('')}}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/foo_proc.c
int foo_proc_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->dir = proc_net_mkdir(net, "foo", net->proc_net);
	return fn->dir ? 0 : -ENOBUFS;
}

void foo_proc_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	proc_remove(fn->dir);
}

int foo_proc_add(struct net_device *dev)
{
	struct foo_net *fn = net_generic(dev_net(dev), foo_net_id);

	return foo_proc_make(fn->dir, dev) ? 0 : -ENOBUFS;
}
`;
  const ops = 'unregister_pernet_subsys(&foo_net_ops);';
  const notifier = 'unregister_netdevice_notifier(&foo_notifier);';
  const link = 'rtnl_link_unregister(&foo_link_ops);';
  const marker =
    '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before netdevice notifier foo_notifier, whose callbacks use net_generic(net, foo_net_id)';

  it.each([
    [ops, marker, link, notifier],
    [ops, marker, notifier, link],
  ])('while the module makes devices: %s %s %s %s', (...exit) => {
    check(module(...exit));
  });

  it.each([
    [link, notifier, ops],
    [link, ops, notifier],
    // What comes first may see to it that there are none.
    ['foo_dying = true;', ops, link, notifier],
    ['foo_destroy_all();', ops, link, notifier],
  ])('is quiet where it has none of its own any more: %s %s %s', (...exit) => {
    check(module(...exit));
  });

  it('is quiet where its link ops make none', () => {
    check(module(ops, link, notifier).replace('.newlink = foo_newlink', '.validate = foo_validate'));
  });
});
