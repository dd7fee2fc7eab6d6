import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** The shapes of bugs that the kernel really had, each in C of its own: where it was, and in which version. */
describe('bugs that were', () => {
  it('a protocol whose receive function uses per-net data is there before the ops (ip_gre, 2.6.31)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_rcv(struct sk_buff *skb)
{
	struct foo_net *fn = net_generic(dev_net(skb->dev), foo_net_id);

	skb->dev = fn->fallback;
	return 0;
}

static const struct net_protocol foo_protocol = {
	.handler = foo_rcv,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
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

	if (inet_add_protocol(&foo_protocol, IPPROTO_FOO) < 0)
		return -EAGAIN;
	err = register_pernet_device(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after IPv4 protocol foo_protocol, IPPROTO_FOO, whose callbacks use net_generic(net, foo_net_id)
	if (err < 0)
		inet_del_protocol(&foo_protocol, IPPROTO_FOO);
	return err;
}

static void __exit foo_exit(void)
{
	inet_del_protocol(&foo_protocol, IPPROTO_FOO);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a tunnel handler is there before the ops (ip6_tunnel, 2.6.31)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_rcv(struct sk_buff *skb)
{
	struct foo_net *fn = net_generic(dev_net(skb->dev), foo_net_id);

	skb->dev = fn->fallback;
	return 0;
}

static struct xfrm6_tunnel foo_handler = {
	.handler = foo_rcv,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
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

	err = xfrm6_tunnel_register(&foo_handler, AF_INET);
	if (err < 0)
		return err;
	err = register_pernet_device(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after IPv6 tunnel handler foo_handler, AF_INET, whose callbacks use net_generic(net, foo_net_id)
	if (err < 0)
		goto err_tunnel;
	return 0;
err_tunnel:
	xfrm6_tunnel_deregister(&foo_handler, AF_INET);
	return err;
}

static void __exit foo_exit(void)
{
	xfrm6_tunnel_deregister(&foo_handler, AF_INET);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a socket family and a key manager are there before the ops, and after it (af_key, 2.6.31)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	list_add(&foo_sk(sock->sk)->node, &fn->socks);
	return 0;
}

static const struct net_proto_family foo_family = {
	.family = PF_FOO,
	.create = foo_create,
	.owner = THIS_MODULE,
};

static int foo_notify(struct xfrm_state *x, const struct km_event *c)
{
	struct foo_net *fn = net_generic(xs_net(x), foo_net_id);

	return list_empty(&fn->socks);
}

static struct xfrm_mgr foo_mgr = {
	.notify = foo_notify,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err = proto_register(&foo_proto, 0);

	if (err)
		return err;
	err = sock_register(&foo_family);
	if (err)
		goto err_proto;
	err = xfrm_register_km(&foo_mgr);
	if (err)
		goto err_family;
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after socket family, whose callbacks use net_generic(net, foo_net_id)
	if (err)
		goto err_mgr;
	return 0;
err_mgr:
	xfrm_unregister_km(&foo_mgr);
err_family:
	sock_unregister(PF_FOO);
err_proto:
	proto_unregister(&foo_proto);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before xfrm key manager foo_mgr, whose callbacks use net_generic(net, foo_net_id)
	xfrm_unregister_km(&foo_mgr);
	sock_unregister(PF_FOO);
	proto_unregister(&foo_proto);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a protocol answers by a control socket that the ops makes later (dccp, 4.12); its entry in the switch has to come first', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_rcv(struct sk_buff *skb)
{
	struct foo_net *fn = net_generic(dev_net(skb->dev), foo_net_id);

	foo_send_reset(fn->ctl, skb);
	return 0;
}

static const struct net_protocol foo_protocol = {
	.handler = foo_rcv,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	return inet_ctl_sock_create(&fn->ctl, PF_INET, SOCK_FOO, IPPROTO_FOO, net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	inet_ctl_sock_destroy(fn->ctl);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err = proto_register(&foo_prot, 1);

	if (err)
		return err;
	err = inet_add_protocol(&foo_protocol, IPPROTO_FOO);
	if (err)
		goto err_proto;
	inet_register_protosw(&foo_protosw);
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after IPv4 protocol foo_protocol, IPPROTO_FOO, whose callbacks use net_generic(net, foo_net_id)
	if (err)
		goto err_protosw;
	return 0;
err_protosw:
	inet_unregister_protosw(&foo_protosw);
	inet_del_protocol(&foo_protocol, IPPROTO_FOO);
err_proto:
	proto_unregister(&foo_prot);
	return err;
}

static void __exit foo_exit(void)
{
	inet_del_protocol(&foo_protocol, IPPROTO_FOO);
	unregister_pernet_subsys(&foo_net_ops);
	inet_unregister_protosw(&foo_protosw);
	proto_unregister(&foo_prot);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('netlink and the socket family are there before the ops, and after it (tipc, 4.20)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	list_add(&foo_sk(sock->sk)->node, &fn->socks);
	return 0;
}

static const struct net_proto_family foo_family = {
	.family = PF_FOO,
	.create = foo_create,
	.owner = THIS_MODULE,
};

static int foo_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_net *fn = net_generic(genl_info_net(info), foo_net_id);

	return list_empty(&fn->socks) ? -ENOENT : 0;
}

static const struct genl_ops foo_genl_ops[] = {
	{ .cmd = 1, .doit = foo_doit },
};

static struct genl_family foo_genl = {
	.name = "foo",
	.ops = foo_genl_ops,
	.module = THIS_MODULE,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err = genl_register_family(&foo_genl);

	if (err)
		return err;
	err = sock_register(&foo_family);
	if (err)
		goto out_genl;
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after generic netlink family foo_genl, whose callbacks use net_generic(net, foo_net_id)
	if (err)
		goto out_sock;
	return 0;
out_sock:
	sock_unregister(PF_FOO);
out_genl:
	genl_unregister_family(&foo_genl);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before generic netlink family foo_genl, whose callbacks use net_generic(net, foo_net_id)
	genl_unregister_family(&foo_genl);
	sock_unregister(PF_FOO);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a socket family is there before the ops (af_packet, 5.17)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	list_add(&foo_sk(sock->sk)->node, &fn->socks);
	return 0;
}

static const struct net_proto_family foo_family = {
	.family = PF_FOO,
	.create = foo_create,
	.owner = THIS_MODULE,
};

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);

	return list_empty(&fn->socks) ? NOTIFY_DONE : NOTIFY_OK;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int rc;

	rc = proto_register(&foo_proto, 0);
	if (rc)
		goto out;
	rc = sock_register(&foo_family);
	if (rc)
		goto out_proto;
	rc = register_pernet_subsys(&foo_net_ops);
//	     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after socket family, whose callbacks use net_generic(net, foo_net_id)
	if (rc)
		goto out_sock;
	rc = register_netdevice_notifier(&foo_notifier);
	if (rc)
		goto out_pernet;
	return 0;
out_pernet:
	unregister_pernet_subsys(&foo_net_ops);
out_sock:
	sock_unregister(PF_FOO);
out_proto:
	proto_unregister(&foo_proto);
out:
	return rc;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
	sock_unregister(PF_FOO);
	proto_unregister(&foo_proto);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a table template makes tables before the ops is there (ip6table_nat, 5.17)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_table_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return ip6t_register_table(net, &foo_table, foo_repl, fn->ops);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int ret = xt_register_template(&foo_table, foo_table_init);

	if (ret < 0)
		return ret;
	ret = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after xt table template, whose callbacks use net_generic(net, foo_net_id)
	if (ret)
		xt_unregister_template(&foo_table);
	return ret;
}

static void __exit foo_exit(void)
{
	xt_unregister_template(&foo_table);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a table template makes tables when the ops is gone (iptable_filter and its kin, 6.12)', () => {
    check(`
static int foo_table_init(struct net *net)
{
	return ipt_register_table(net, &foo_table, foo_repl, foo_hooks);
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

static int __init foo_init(void)
{
	int ret = register_pernet_subsys(&foo_net_ops);

	if (ret < 0)
		return ret;
	ret = xt_register_template(&foo_table, foo_table_init);
	if (ret < 0)
		unregister_pernet_subsys(&foo_net_ops);
	return ret;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before xt table template, whose callbacks use ipt_register_table()
	xt_unregister_template(&foo_table);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('options and netlink outlive the ops that comes last and goes first (ip_set_core, 4.12)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_get(struct sock *sk, int optval, void __user *user, int *len)
{
	struct foo_net *fn = foo_pernet(sock_net(sk));

	return list_empty(&fn->socks) ? -ENOENT : 0;
}

static struct nf_sockopt_ops foo_sockopts = {
	.pf = PF_INET,
	.get = foo_get,
	.owner = THIS_MODULE,
};

static int foo_nl_get(struct sk_buff *skb, const struct nfnl_info *info, const struct nlattr * const attr[])
{
	struct foo_net *fn = foo_pernet(info->net);

	return list_empty(&fn->socks) ? -ENOENT : 0;
}

static const struct nfnl_callback foo_nl_cb[] = {
	[0] = { .call = foo_nl_get },
};

static struct nfnetlink_subsystem foo_subsys = {
	.name = "foo",
	.cb = foo_nl_cb,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int ret = nfnetlink_subsys_register(&foo_subsys);

	if (ret != 0)
		return ret;
	ret = nf_register_sockopt(&foo_sockopts);
	if (ret != 0)
		goto err_nl;
	ret = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after nfnetlink subsystem foo_subsys, whose callbacks use net_generic(net, foo_net_id)
	if (ret)
		goto err_opt;
	return 0;
err_opt:
	nf_unregister_sockopt(&foo_sockopts);
err_nl:
	nfnetlink_subsys_unregister(&foo_subsys);
	return ret;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before netfilter sockopt foo_sockopts, whose callbacks use net_generic(net, foo_net_id)
	nf_unregister_sockopt(&foo_sockopts);
	nfnetlink_subsys_unregister(&foo_subsys);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('netlink and the link type outlive the ops (gtp, 4.20)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_net *fn = net_generic(genl_info_net(info), foo_net_id);

	return list_empty(&fn->socks) ? -ENOENT : 0;
}

static const struct genl_ops foo_genl_ops[] = {
	{ .cmd = 1, .doit = foo_doit },
};

static struct genl_family foo_family = {
	.name = "foo",
	.ops = foo_genl_ops,
	.module = THIS_MODULE,
};

static int foo_newlink(struct net *net, struct net_device *dev)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	list_add(&foo_priv(dev)->list, &fn->socks);
	return register_netdevice(dev);
}

static struct rtnl_link_ops foo_link_ops = {
	.kind = "foo",
	.newlink = foo_newlink,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err = rtnl_link_register(&foo_link_ops);

	if (err < 0)
		return err;
	err = genl_register_family(&foo_family);
	if (err < 0)
		goto err_link;
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after rtnl link ops foo_link_ops, whose callbacks use net_generic(net, foo_net_id)
	if (err < 0)
		goto err_genl;
	return 0;
err_genl:
	genl_unregister_family(&foo_family);
err_link:
	rtnl_link_unregister(&foo_link_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before generic netlink family foo_family, whose callbacks use net_generic(net, foo_net_id)
	genl_unregister_family(&foo_family);
	rtnl_link_unregister(&foo_link_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a logger outlives the ops (nfnetlink_log, 6.12)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static void foo_log_packet(struct net *net, u_int8_t pf, const struct sk_buff *skb)
{
	struct foo_net *fn = foo_pernet(net);

	if (!list_empty(&fn->socks))
		foo_emit(fn, skb);
}

static struct nf_logger foo_logger = {
	.name = "foo",
	.logfn = foo_log_packet,
	.me = THIS_MODULE,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	nf_log_unset(net, &foo_logger);
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err < 0)
		return err;
	err = nf_log_register(NFPROTO_UNSPEC, &foo_logger);
	if (err < 0)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before netfilter logger foo_logger, whose callbacks use net_generic(net, foo_net_id)
	nf_log_unregister(&foo_logger);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a notifier outlives the ops (caif_dev, 3.0)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);

	return list_empty(&fn->socks) ? NOTIFY_DONE : NOTIFY_OK;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
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
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before netdevice notifier foo_notifier, whose callbacks use net_generic(net, foo_net_id)
	unregister_netdevice_notifier(&foo_notifier);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a chain type is left where the ops cannot be registered (nf_tables_netdev, 4.4)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int ret = nft_register_chain_type(&foo_filter);

	if (ret)
		return ret;
	ret = register_pernet_subsys(&foo_net_ops);
	if (ret)
		return ret;
//		^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the nf_tables chain type foo_filter behind
	register_netdevice_notifier(&foo_notifier);
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
	nft_unregister_chain_type(&foo_filter);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('the result of the registration is ignored (xfrm6_policy, 5.17)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int ret = foo_policy_init();

	if (ret)
		return ret;
	ret = foo_state_init();
	if (ret)
		goto out_policy;
	register_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of register_pernet_subsys(&foo_net_ops) is not checked
	return 0;
out_policy:
	foo_policy_fini();
	return ret;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	foo_policy_fini();
	foo_state_fini();
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('an unwinding that forgets the notifier (mpls, 6.12)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
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
		goto out;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto out_pernet;
	dev_add_pack(&foo_packet_type);
	rtnl_af_register(&foo_af_ops);
	err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_NEWROUTE, foo_newroute, NULL, 0);
	if (err)
		goto out_rtnl;
//		^^^^^^^^^^^^^^ error: left-behind-on-error: if rtnl_register_module() fails, foo_init() returns an error and leaves the netdevice notifier foo_notifier behind
	return 0;
out_rtnl:
	rtnl_af_unregister(&foo_af_ops);
	dev_remove_pack(&foo_packet_type);
out_pernet:
	unregister_pernet_subsys(&foo_net_ops);
out:
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_unregister_all(PF_FOO);
	rtnl_af_unregister(&foo_af_ops);
	dev_remove_pack(&foo_packet_type);
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('a cache goes while RCU callbacks that free into it may be pending (bcm, 6.12)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static struct kmem_cache *foo_cache;

static void foo_free_rcu(struct rcu_head *head)
{
	kmem_cache_free(foo_cache, container_of(head, struct foo_op, rcu));
}

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_op *op = foo_op_of(ptr);

	call_rcu(&op->rcu, foo_free_rcu);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
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

	foo_cache = kmem_cache_create("foo", sizeof(struct foo_op), 0, 0, NULL);
	if (!foo_cache)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_cache;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_pernet;
	return 0;
err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
err_cache:
	kmem_cache_destroy(foo_cache);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
	kmem_cache_destroy(foo_cache);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() destroys slab cache foo_cache while RCU callbacks that free into it can be pending
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('no workqueue, and the ops stays (l2tp_core, 3.10)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
static struct workqueue_struct *foo_wq;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int rc = register_pernet_device(&foo_net_ops);

	if (rc)
		goto out;
	foo_wq = alloc_workqueue("foo", WQ_NON_REENTRANT | WQ_UNBOUND, 0);
	if (!foo_wq) {
		pr_err("no workqueue\\n");
		rc = -ENOMEM;
		goto out;
//		^^^^^^^^^ error: left-registered-on-error: if alloc_workqueue() fails, foo_init() returns -ENOMEM with foo_net_ops still registered
	}
	return 0;
out:
	return rc;
}

static void __exit foo_exit(void)
{
	unregister_pernet_device(&foo_net_ops);
	if (foo_wq) {
		destroy_workqueue(foo_wq);
		foo_wq = NULL;
	}
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('no cache, or no notifier, and the ops stays (can gw, 4.20)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
static struct kmem_cache *foo_cache;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int ret = register_pernet_subsys(&foo_net_ops);

	if (ret)
		return ret;
	foo_cache = kmem_cache_create("foo", sizeof(struct foo_job), 0, 0, NULL);
	if (!foo_cache)
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: left-registered-on-error: if kmem_cache_create() fails, foo_init() returns -ENOMEM with foo_net_ops still registered
	ret = register_netdevice_notifier(&foo_notifier);
	if (ret) {
		kmem_cache_destroy(foo_cache);
		return ret;
//		^^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered
	}
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
	rcu_barrier();
	kmem_cache_destroy(foo_cache);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('the second ops fails, and the first one stays; what comes then fails, and the second one does (smc, 5.17)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __net_init foo_stat_init(struct net *net)
{
	net->foo.stats = alloc_percpu(struct foo_stats);
	return net->foo.stats ? 0 : -ENOMEM;
}

static void __net_exit foo_stat_exit(struct net *net)
{
	free_percpu(net->foo.stats);
}

static struct pernet_operations foo_stat_ops = {
	.init = foo_stat_init,
	.exit = foo_stat_exit,
};

static int __init foo_init(void)
{
	int rc = register_pernet_subsys(&foo_net_ops);

	if (rc)
		return rc;
	rc = register_pernet_subsys(&foo_stat_ops);
	if (rc)
		return rc;
//		^^^^^^^^^^ error: left-registered-on-error: if register_pernet_subsys() fails, foo_init() returns an error with foo_net_ops still registered
	rc = genl_register_family(&foo_family);
	if (rc)
		goto out_pernet;
//		^^^^^^^^^^^^^^^^ error: left-registered-on-error: if genl_register_family() fails, foo_init() returns an error with foo_stat_ops still registered
	return 0;
out_pernet:
	unregister_pernet_subsys(&foo_net_ops);
	return rc;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_stat_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('labels in another order than the steps (af_inet6, 4.12)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_mr_init(void)
{
	return register_netdevice_notifier(&foo_mr_notifier);
}

static void foo_mr_cleanup(void)
{
	unregister_netdevice_notifier(&foo_mr_notifier);
}

static int __init foo_icmp_init(void)
{
	return inet6_add_protocol(&foo_icmp_protocol, IPPROTO_FOO);
}

static void foo_icmp_cleanup(void)
{
	inet6_del_protocol(&foo_icmp_protocol, IPPROTO_FOO);
}

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = foo_mr_init();
	if (err)
		goto icmp_fail;
	err = foo_icmp_init();
	if (err)
		goto mr_fail;
//		^^^^^^^^^^^^^ error: left-behind-on-error: if inet6_add_protocol() fails, foo_init() returns an error and leaves the netdevice notifier foo_mr_notifier behind
	return 0;
icmp_fail:
	foo_mr_cleanup();
//	^^^^^^^^^^^^^^^^ error: unregister-not-registered: if register_netdevice_notifier() fails, foo_init() releases netdevice notifier foo_mr_notifier by foo_mr_cleanup(), which has not been acquired on this path
mr_fail:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_icmp_cleanup();
	foo_mr_cleanup();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('an ops that a helper registers and nothing unregisters (addrconf, 2.6.34)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_label_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	int err = foo_label_init();

	if (err < 0)
		return err;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		return err;
//		^^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered
	return 0;
}

static void __exit foo_exit(void)
//		   ^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_net_ops registered
{
	unregister_netdevice_notifier(&foo_notifier);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('the slab that init takes from comes after the ops, and goes before it (nfsd, 5.11)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
static struct kmem_cache *foo_slab;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	fn->ctl = kmem_cache_alloc(foo_slab, GFP_KERNEL);
	return fn->ctl ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	kmem_cache_free(foo_slab, fn->ctl);
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
//		  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-before-resource: foo_net_ops is registered before slab cache foo_slab is there, which foo_net_init() uses

	if (err)
		return err;
	foo_slab = kmem_cache_create("foo", 64, 0, 0, NULL);
	if (!foo_slab) {
		unregister_pernet_subsys(&foo_net_ops);
		return -ENOMEM;
	}
	return 0;
}

static void __exit foo_exit(void)
{
	kmem_cache_destroy(foo_slab);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: resource-gone-before-unregister: foo_exit() releases slab cache foo_slab while foo_net_ops is still registered, whose foo_net_init() uses it
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('an id without a size (l2tp_ppp, 6.1)', () => {
    check(`
static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, 0))
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
//	^^^^^^^^^^^^^^^^^ warning: id-without-size: foo_net_ops has .id but no .size
};

static int __init foo_init(void)
{
	return register_pernet_device(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });

  it('nothing is said of RCU callbacks of a scheduler that goes before the ops: unregistering that one waits for them (ip_vs_lblcr)', () => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct net_device *fallback;
	struct list_head socks;
	struct sock *ctl;
};

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static void foo_free_rcu(struct rcu_head *head)
{
	kfree(container_of(head, struct foo_entry, rcu));
}

static int foo_done(struct foo_service *svc)
{
	call_rcu(&svc->entry->rcu, foo_free_rcu);
	return 0;
}

static struct ip_vs_scheduler foo_scheduler = {
	.name = "foo",
	.done_service = foo_done,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	INIT_LIST_HEAD(&fn->socks);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	WARN_ON(!list_empty(&fn->socks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int ret = register_pernet_subsys(&foo_net_ops);

	if (ret)
		return ret;
	ret = register_ip_vs_scheduler(&foo_scheduler);
	if (ret)
		unregister_pernet_subsys(&foo_net_ops);
	return ret;
}

static void __exit foo_exit(void)
{
	unregister_ip_vs_scheduler(&foo_scheduler);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`);
  });
});
