import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';

describe('pernet/registered-too-late', () => {
  it('a protocol whose handler asks for the per-net data', () => {
    check(`
struct foo_net {
	struct net_device *fallback;
};

static unsigned int foo_net_id;

static int foo_rcv(struct sk_buff *skb)
{
	struct foo_net *fn = net_generic(dev_net(skb->dev), foo_net_id);

	return fn->fallback ? 0 : -ENOENT;
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

	err = inet_add_protocol(&foo_protocol, IPPROTO_GRE);
	if (err < 0)
		return err;
	err = register_pernet_device(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after IPv4 protocol foo_protocol
	if (err < 0)
		inet_del_protocol(&foo_protocol, IPPROTO_GRE);
	return err;
}

static void __exit foo_exit(void)
{
	inet_del_protocol(&foo_protocol, IPPROTO_GRE);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a netlink family, by way of a table of operations and a helper', () => {
    check(`
static unsigned int foo_net_id;

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static int foo_nl_get(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_net *fn = foo_pernet(genl_info_net(info));

	return foo_reply(info, fn->limit);
}

static const struct genl_small_ops foo_nl_ops[] = {
	{
		.cmd = FOO_CMD_GET,
		.doit = foo_nl_get,
	},
};

static struct genl_family foo_family = {
	.name = "foo",
	.netnsok = true,
	.small_ops = foo_nl_ops,
	.n_small_ops = ARRAY_SIZE(foo_nl_ops),
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

	err = genl_register_family(&foo_family);
	if (err)
		goto out;
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after generic netlink family foo_family
	if (err)
		goto out_family;
out:
	return err;

out_family:
	genl_unregister_family(&foo_family);
	goto out;
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

  it('a notifier that is called for the devices there are, within its registration', () => {
    check(`
static int foo_device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct foo_net *fn = net_generic(dev_net(dev), foo_net_id);

	if (event == NETDEV_UNREGISTER)
		foo_forget(fn, dev);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_device_event,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err = register_netdevice_notifier(&foo_notifier);

	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after netdevice notifier foo_notifier
	if (err)
		unregister_netdevice_notifier(&foo_notifier);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a socket family registered first, whose sockets are counted per namespace in struct net', () => {
    check(`
static int foo_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	mutex_lock(&net->foo.lock);
	list_add(&foo_new(sock)->node, &net->foo.sockets);
	mutex_unlock(&net->foo.lock);
	return 0;
}

static const struct net_proto_family foo_family_ops = {
	.family = PF_FOO,
	.create = foo_create,
};

static int __net_init foo_net_init(struct net *net)
{
	mutex_init(&net->foo.lock);
	INIT_LIST_HEAD(&net->foo.sockets);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	WARN_ON_ONCE(!list_empty(&net->foo.sockets));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int rc;

	rc = proto_register(&foo_proto, 0);
	if (rc)
		return rc;
	rc = sock_register(&foo_family_ops);
	if (rc)
		goto out_proto;
	rc = register_pernet_subsys(&foo_net_ops);
//	     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after socket family
	if (rc)
		goto out_sock;
	return 0;

out_sock:
	sock_unregister(PF_FOO);
out_proto:
	proto_unregister(&foo_proto);
	return rc;
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

  it('a table template that lets the first user make the table', () => {
    check(`
static unsigned int foo_nat_net_id;

static int foo_nat_table_init(struct net *net)
{
	struct foo_nat_net *nn = net_generic(net, foo_nat_net_id);

	nn->ops = foo_nat_hooks(net);
	return nn->ops ? 0 : -ENOMEM;
}

static struct pernet_operations foo_nat_net_ops = {
	.pre_exit = foo_nat_net_pre_exit,
	.exit = foo_nat_net_exit,
	.id = &foo_nat_net_id,
	.size = sizeof(struct foo_nat_net),
};

static int __init foo_nat_init(void)
{
	int ret;

	ret = xt_register_template(&foo_nat_table, foo_nat_table_init);
	if (ret < 0)
		return ret;
	ret = register_pernet_subsys(&foo_nat_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_nat_net_ops is registered after xt table template
	if (ret) {
		xt_unregister_template(&foo_nat_table);
		return ret;
	}
	return 0;
}

static void __exit foo_nat_exit(void)
{
	xt_unregister_template(&foo_nat_table);
	unregister_pernet_subsys(&foo_nat_net_ops);
}

module_init(foo_nat_init);
module_exit(foo_nat_exit);
`);
  });

  it('handlers of routing netlink that a helper of another file registers', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o neigh.o
//- net/foo/main.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

unsigned int foo_net_id;

static int __init foo_init(void)
{
	int err;

	err = foo_neigh_init();
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after rtnl handler
	if (err)
		foo_neigh_exit();
	return err;
}

static void __exit foo_exit(void)
{
	foo_neigh_exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/neigh.c
/* Its state lies in the data of a struct pernet_operations: foo_net_ops. */
static int foo_neigh_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct foo_net *fn = net_generic(sock_net(skb->sk), foo_net_id);

	return foo_neigh_fill(skb, fn);
}

int foo_neigh_init(void)
{
	return rtnl_register_module(THIS_MODULE, PF_FOO, RTM_GETNEIGH, NULL, foo_neigh_dump, 0);
}

void foo_neigh_exit(void)
{
	rtnl_unregister(PF_FOO, RTM_GETNEIGH);
}
`);
  });

  it('is quiet about the ops first, then what lets the outside in', () => {
    check(`
static unsigned int foo_net_id;

static int foo_rcv(struct sk_buff *skb)
{
	struct foo_net *fn = net_generic(dev_net(skb->dev), foo_net_id);

	return foo_input(fn, skb);
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
	if (err < 0)
		return err;
	err = inet_add_protocol(&foo_protocol, IPPROTO_GRE);
	if (err < 0)
		goto err_protocol;
	err = rtnl_link_register(&foo_link_ops);
	if (err < 0)
		goto err_link;
	return 0;

err_link:
	inet_del_protocol(&foo_protocol, IPPROTO_GRE);
err_protocol:
	unregister_pernet_device(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	inet_del_protocol(&foo_protocol, IPPROTO_GRE);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a notifier whose handler has no use for the per-net state', () => {
    check(`
static int foo_device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_CHANGEMTU)
		atomic_inc(&foo_changes);
	netdev_dbg(dev, "foo: event %lu\\n", event);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_device_event,
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

	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		unregister_netdevice_notifier(&foo_notifier);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  describe("an ops' data that its init puts into struct net, for handlers of another file", () => {
    const module = ({
      member = 'fn',
      handler = '\tfn->limit = optval;\n\treturn 0;',
      getter = 'net_foo',
      first = false,
    }: {
      readonly member?: string;
      readonly handler?: string;
      readonly getter?: string;
      readonly first?: boolean;
    }): string => {
      const problem =
        '//\t      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after netfilter sockopt foo_sockopts, whose callbacks use net->foo: they can run for namespaces that do not have it yet\n';
      const [register, unregister] = [
        '\terr = nf_register_sockopt(&foo_sockopts);\n',
        '\tnf_unregister_sockopt(&foo_sockopts);\n',
      ];
      const found = member === 'fn' && !first && handler.startsWith('\tfn') && getter === 'net_foo';
      return `
//- include/net/foo.h
struct foo_net {
	int limit;
};

int foo_register_sockopt(void);
void foo_unregister_sockopt(void);

static inline struct foo_net *${getter}(struct net *net)
{
	return net->foo;
}
//- net/foo/foo_core.c
#include <net/foo.h>

static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->limit = 0;
	net->foo = ${member};
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_flush(${getter}(net));
	net->foo = NULL;
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

${first ? '\terr = register_pernet_subsys(&foo_net_ops);\n' : '\terr = foo_register_sockopt();\n'}	if (err)
		return err;
${first ? '\terr = foo_register_sockopt();\n' : '\terr = register_pernet_subsys(&foo_net_ops);\n'}${found ? problem : ''}	if (err)
		${first ? 'unregister_pernet_subsys(&foo_net_ops)' : 'foo_unregister_sockopt()'};
	return err;
}

static void __exit foo_exit(void)
{
	foo_unregister_sockopt();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
//- net/foo/foo_ctl.c
#include <net/foo.h>

static int foo_set_ctl(struct sock *sk, int cmd, sockptr_t ptr, unsigned int len)
{
	struct foo_net *fn = ${getter}(sock_net(sk));
	int optval = cmd;

${handler}
}

static struct nf_sockopt_ops foo_sockopts = {
	.pf = PF_INET,
	.set = foo_set_ctl,
};

int __init foo_register_sockopt(void)
{
	int err;

${register}	return err;
}

void foo_unregister_sockopt(void)
{
${unregister}}
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
foo-y := foo_core.o foo_ctl.o
`;
    };

    it('is told', () => {
      check(module({}));
    });

    it.each([
      ['the ops come first', { first: true }],
      [
        'the handler asks whether it is there',
        { handler: '\tif (!fn)\n\t\treturn -ENODEV;\n\tfn->limit = optval;\n\treturn 0;' },
      ],
      ['the handler compares it', { handler: '\tif (fn != NULL)\n\t\tfn->limit = optval;\n\treturn 0;' }],
      [
        'the handler asks for it beside other things',
        { handler: '\tif (optval && fn)\n\t\tfn->limit = optval;\n\treturn 0;' },
      ],
      ['what is read by the getter may be asked for where nobody looks', { getter: 'foo_of' }],
      ['it is no data of the namespace', { member: '&foo_defaults' }],
    ])('is quiet where %s', (_, parts) => {
      check(module(parts));
    });
  });

  describe('sockets that can be opened before the state is there which their init reads', () => {
    const found = (ops: string, uses: string): string =>
      `//\t      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: ${ops} is registered after IPv4 socket type foo_protosw, whose sockets use ${uses} from the first on`;
    const sockets = ({
      init = '',
      sock,
      opened = '',
      first = false,
    }: Partial<Record<string, string | boolean>>): string => {
      const problem = opened === '' || first ? '' : String(opened);
      const entry = '\tinet_register_protosw(&foo_protosw);\n';
      return `
static unsigned int foo_net_id;

static int foo_init_sock(struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct foo_sock *fs = foo_sk(sk);

${String(sock)}
	return 0;
}

static struct proto foo_prot = {
	.name = "FOO",
	.init = foo_init_sock,
	.close = foo_close,
};

static struct inet_protosw foo_protosw = {
	.type = SOCK_SEQPACKET,
	.protocol = IPPROTO_FOO,
	.prot = &foo_prot,
	.ops = &foo_seqpacket_ops,
};

static int __net_init foo_defaults_init(struct net *net)
{
	net->foo.retries = 8;
	net->foo.sloppy = 0;
${String(init)}
	return 0;
}

static struct pernet_operations foo_defaults_ops = {
	.init = foo_defaults_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = proto_register(&foo_prot, 1);
	if (err)
		return err;
${first ? '' : entry}	err = register_pernet_subsys(&foo_defaults_ops);
${problem}
	if (err)
		goto out;
${first ? entry : ''}	return 0;

out:
${first ? '' : '\tinet_unregister_protosw(&foo_protosw);\n'}	proto_unregister(&foo_prot);
	return err;
}

static void __exit foo_exit(void)
{
	inet_unregister_protosw(&foo_protosw);
	unregister_pernet_subsys(&foo_defaults_ops);
	proto_unregister(&foo_prot);
}

module_init(foo_init);
module_exit(foo_exit);
`;
    };

    it('a default that the init of the ops sets', () => {
      const sock = '\tfs->retries = net->foo.retries;';
      check(sockets({ sock, opened: found('foo_defaults_ops', 'net->foo.retries') }));
    });

    it('data by the id', () => {
      const sock = '\tstruct foo_net *fn = net_generic(net, foo_net_id);\n\n\tatomic_inc(&fn->sockets);';
      check(sockets({ sock, opened: found('foo_defaults_ops', 'net_generic(net, foo_net_id)') }));
    });

    const sock = '\tfs->retries = net->foo.retries;';
    /** The protocol lies in another file of the module (net/sctp/socket.c). */
    const apart = (whole: string, { before = '', variable = 'struct proto foo_prot' } = {}): string => {
      const from = whole.indexOf('static int foo_init_sock');
      const to = whole.indexOf('static struct inet_protosw');
      const protocol = whole.slice(from, to).replace('static struct proto foo_prot', variable);
      return `
//- net/foo/Makefile
obj-m += foo.o
foo-y := protocol.o socket.o
//- net/foo/protocol.c
${whole.slice(0, from)}${whole.slice(to)}
//- net/foo/socket.c
${before}${protocol}`;
    };

    it('of a protocol that another file has', () => {
      check(apart(sockets({ sock, opened: found('foo_defaults_ops', 'net->foo.retries') })));
    });

    it.each<[string, string]>([
      ['the entry comes last', apart(sockets({ sock, first: true }))],
      ['they read nothing of it', apart(sockets({ sock: '\tfs->retries = foo_retries;' }))],
      [
        'the init asks whether it is there',
        apart(sockets({ sock: `\tif (!net->foo.table)\n\t\treturn -EAGAIN;\n${sock}` })),
      ],
      ...[
        'if (!READ_ONCE(foo_ready))',
        'if (unlikely(!READ_ONCE(net->foo.ready)))',
        'if (!static_branch_likely(&foo_key))',
        'if (!foo_is_ready(net))',
      ].map((asking): [string, string] => [
        `its init first asks by ${asking}`,
        apart(sockets({ sock: `\t${asking}\n\t\treturn -EAGAIN;\n${sock}` }), {
          before: 'static bool foo_is_ready(struct net *net)\n{\n\treturn smp_load_acquire(&net->foo.ready);\n}\n\n',
        }),
      ]),
      [
        'ops that were registered before set the same',
        apart(sockets({ sock }))
          .replace(
            'static int __init foo_init(void)',
            'static int __net_init foo_early_init(struct net *net)\n{\n\tnet->foo.retries = 4;\n\treturn 0;\n}\n\nstatic struct pernet_operations foo_early_ops = {\n\t.init = foo_early_init,\n};\n\n$&',
          )
          .replace(
            '\tinet_register_protosw(&foo_protosw);',
            '\terr = register_pernet_subsys(&foo_early_ops);\n\tif (err)\n\t\tgoto out_proto;\n$&',
          )
          .replace(
            '\tproto_unregister(&foo_prot);\n\treturn err;',
            '\tunregister_pernet_subsys(&foo_early_ops);\nout_proto:\n$&',
          )
          .replace('\tproto_unregister(&foo_prot);\n}', '\tunregister_pernet_subsys(&foo_early_ops);\n$&'),
      ],
      [
        'the file keeps one of that name to itself',
        apart(sockets({ sock }), { variable: 'static struct proto foo_prot' }),
      ],
    ])('is quiet about a protocol that another file has where %s', (_, whole) => {
      check(whole);
    });

    it.each([
      ['the entry comes last', { sock: '\tfs->retries = net->foo.retries;', first: true }],
      ['what they read begins as zero', { sock: '\tfs->sloppy = net->foo.sloppy;' }],
      ['they read nothing of it', { sock: '\tfs->retries = net->bar.retries;' }],
      [
        'the init opens one of them',
        {
          sock: '\tfs->retries = net->foo.retries;',
          init: '\tif (inet_ctl_sock_create(&net->foo.ctl_sk, PF_INET, SOCK_SEQPACKET, IPPROTO_FOO, net))\n\t\treturn -ENOMEM;\n\tinet_ctl_sock_destroy(net->foo.ctl_sk);',
        },
      ],
    ])('is quiet where %s', (_, parts) => {
      check(sockets(parts));
    });
  });

  describe('what a registrar of another module shows before it registers the ops that it is passed', () => {
    const list = '\tmutex_lock(&kinds_lock);\n\tlist_add_tail(&kind->list, &kinds);\n\tmutex_unlock(&kinds_lock);\n';
    const register = (marker = '', failing = ''): string =>
      `\terr = register_pernet_subsys(ops);\n${marker}\tif (err) {\n${failing}\t\treturn err;\n\t}\n`;
    const gone = '\t\tmutex_lock(&kinds_lock);\n\t\tlist_del(&kind->list);\n\t\tmutex_unlock(&kinds_lock);\n';
    const found =
      '//\t      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: kind_register() registers the ops that it is passed after list_add_tail() has put what comes with them into kinds: the callbacks of foo_kind use net_generic(net, foo_kind.net_id)\n';
    const kindFind = (looked: boolean): string => `
static struct kind *kind_find(const char *name)
{
	struct kind *kind, *found = NULL;

	mutex_lock(&kinds_lock);
	list_for_each_entry(kind, ${looked ? '&kinds' : '&others'}, list)
		if (!strcmp(kind->name, name))
			found = kind;
	mutex_unlock(&kinds_lock);
	return found;
}
`;
    const walking = (head: string, body: string, end: string): string =>
      `static ${head}\n{\n\tstruct kind *kind;\n\n\tlist_for_each_entry(kind, &kinds, list)\n\t\t${body}\n\treturn ${end};\n}\n`;
    const helper = (name: string, does: string): string => `static void ${name}(struct kind *kind) { ${does}; }\n`;
    const unlocked = '\tlist_add_tail(&kind->list, &kinds);\n';
    /** The shape of tcf_register_action() and its callers. */
    const modules = ({
      body = '',
      parse = 'net_generic(net, foo_kind.net_id)',
      exported = true,
      looked = true,
      kinds = kindFind(looked),
      init = 'return kind_register(&foo_kind, &foo_net_ops);',
    }): string => `
//- net/kinds/Makefile
obj-m += kinds.o foo.o bar.o
//- net/kinds/kinds.c
static LIST_HEAD(kinds);
static DEFINE_MUTEX(kinds_lock);

${kinds}
int kind_register(struct kind *kind, struct pernet_operations *ops)
{
	int err;

${body}	return 0;
}
${exported ? 'EXPORT_SYMBOL(kind_register);\n' : ''}
void kind_unregister(struct kind *kind, struct pernet_operations *ops)
{
	mutex_lock(&kinds_lock);
	list_del(&kind->list);
	mutex_unlock(&kinds_lock);
	unregister_pernet_subsys(ops);
}
EXPORT_SYMBOL(kind_unregister);
${['foo', 'bar']
  .map(
    (name) => `//- net/kinds/${name}.c
static int ${name}_parse(struct net *net, struct nlattr *nla)
{
	struct kind_net *kn = ${parse.replaceAll('foo', name)};

	return kind_insert(kn, nla);
}

static struct kind ${name}_kind = {
	.name = "${name}",
	.parse = ${name}_parse,
};

static int __net_init ${name}_net_init(struct net *net)
{
	struct kind_net *kn = net_generic(net, ${name}_kind.net_id);

	mutex_init(&kn->lock);
	return 0;
}

static struct pernet_operations ${name}_net_ops = {
	.init = ${name}_net_init,
	.id = &${name}_kind.net_id,
	.size = sizeof(struct kind_net),
};

static int __init ${name}_init(void)
{
	${init.replaceAll('foo', name)}
}

static void __exit ${name}_exit(void)
{
	kind_unregister(&${name}_kind, &${name}_net_ops);
}

module_init(${name}_init);
module_exit(${name}_exit);
`,
  )
  .join('')}`;

    it('is told once, where it registers them', () => {
      check(
        modules({ body: list + register(found, gone) }).replace(
          'callbacks of foo_kind use net_generic(net, foo_kind',
          'callbacks of bar_kind use net_generic(net, bar_kind',
        ),
      );
    });

    it('is told where others call by what is there', () => {
      const kinds = walking('int kinds_call(struct net *net, void *v)', 'kind->parse(net, v);', '0');
      check(
        modules({ body: list + register(found, gone), kinds }).replace(
          'callbacks of foo_kind use net_generic(net, foo_kind',
          'callbacks of bar_kind use net_generic(net, bar_kind',
        ),
      );
    });

    it.each<[string, Parameters<typeof modules>[0]]>([
      ['it registers them first', { body: register() + list }],
      [
        'others that look for it wait until it is done',
        {
          body:
            '\tmutex_lock(&kinds_lock);\n\tlist_add_tail(&kind->list, &kinds);\n' +
            register('', '\t\tlist_del(&kind->list);\n\t\tmutex_unlock(&kinds_lock);\n') +
            '\tmutex_unlock(&kinds_lock);\n',
        },
      ],
      ['it says when it is done', { body: `${list}${register('', gone)}\tkind->is_ready = true;\n` }],
      ...[
        'refcount_set(&kind->users, 1)',
        'atomic_set(&kind->users, 1)',
        'kref_init(&kind->kref)',
        'kind_ready(kind)',
      ].map((open): [string, Parameters<typeof modules>[0]] => [
        `${open} comes last`,
        {
          body: `${list}${register('', gone)}\t${open};\n`,
          kinds: kindFind(true) + helper('kind_ready', 'kind->is_ready = true'),
        },
      ]),
      [
        'it puts it on another list last',
        { body: `${list}${register('', gone)}\tlist_add_tail(&kind->live, &live_kinds);\n` },
      ],
      [
        'it holds a lock by functions of its own',
        {
          body: `\tkinds_enter(kind);\n${unlocked}${register('', '\t\tkinds_leave(kind);\n')}\tkinds_leave(kind);\n`,
          kinds:
            kindFind(true) +
            helper('kinds_enter', 'mutex_lock(&kinds_lock)') +
            helper('kinds_leave', 'mutex_unlock(&kinds_lock)'),
        },
      ],
      [
        'it holds a lock as far as a block goes',
        {
          body: `\tscoped_guard(mutex, &kinds_lock) {\n${unlocked}${register('', '\t\tlist_del(&kind->list);\n')}\t}\n`,
        },
      ],
      [
        'its callers hold a lock',
        {
          body: unlocked + register('', '\t\tlist_del(&kind->list);\n'),
          init: 'int err;\n\n\tkinds_lock_all();\n\terr = kind_register(&foo_kind, &foo_net_ops);\n\tkinds_unlock_all();\n\treturn err;',
        },
      ],
      [
        'others only print what is there',
        {
          body: list + register('', gone),
          kinds: walking('int kinds_show(struct seq_file *seq, void *v)', 'seq_puts(seq, kind->name);', '0'),
        },
      ],
      [
        'others only ask whether there is something',
        { body: list + register('', gone), kinds: 'int kinds_busy(void)\n{\n\treturn !list_empty(&kinds);\n}\n' },
      ],
      [
        'it alone looks for one of the same name',
        {
          body: `\tif (kind_same(kind->name))\n\t\treturn -EEXIST;\n${list}${register('', gone)}`,
          kinds: walking(
            'struct kind *kind_same(const char *name)',
            'if (!strcmp(kind->name, name))\n\t\t\treturn kind;',
            'NULL',
          ),
        },
      ],
      ['what is shown needs nothing of theirs', { body: list + register('', gone), parse: 'kind_of(nla)' }],
      ['nobody else goes through the list', { body: list + register('', gone), looked: false }],
      ['it does so for its own module alone', { body: list + register('', gone), exported: false }],
    ])('is quiet where %s', (_, parts) => {
      check(modules(parts));
    });
  });

  it('is quiet about a socket protocol and a protocol switch entry, through which init opens its control socket', () => {
    check(`
static int foo_v4_init_sock(struct sock *sk)
{
	struct foo_net *fn = net_generic(sock_net(sk), foo_net_id);

	return foo_sock_setup(sk, fn->ctl_sk);
}

static struct proto foo_v4_prot = {
	.name = "FOO",
	.init = foo_v4_init_sock,
};

static struct inet_protosw foo_v4_protosw = {
	.type = SOCK_FOO,
	.protocol = IPPROTO_FOO,
	.prot = &foo_v4_prot,
	.ops = &foo_dgram_ops,
};

static int __net_init foo_v4_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return inet_ctl_sock_create(&fn->ctl_sk, PF_INET, SOCK_FOO, IPPROTO_FOO, net);
}

static void __net_exit foo_v4_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	inet_ctl_sock_destroy(fn->ctl_sk);
}

static struct pernet_operations foo_v4_ops = {
	.init = foo_v4_net_init,
	.exit = foo_v4_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_v4_init(void)
{
	int err;

	err = proto_register(&foo_v4_prot, 1);
	if (err)
		return err;
	inet_register_protosw(&foo_v4_protosw);
	err = register_pernet_subsys(&foo_v4_ops);
	if (err)
		goto out_protosw;
	err = inet_add_protocol(&foo_v4_protocol, IPPROTO_FOO);
	if (err)
		goto out_pernet;
	return 0;

out_pernet:
	unregister_pernet_subsys(&foo_v4_ops);
out_protosw:
	inet_unregister_protosw(&foo_v4_protosw);
	proto_unregister(&foo_v4_prot);
	return err;
}

static void __exit foo_v4_exit(void)
{
	inet_del_protocol(&foo_v4_protocol, IPPROTO_FOO);
	unregister_pernet_subsys(&foo_v4_ops);
	inet_unregister_protosw(&foo_v4_protosw);
	proto_unregister(&foo_v4_prot);
}

module_init(foo_v4_init);
module_exit(foo_v4_exit);
`);
  });

  it('is quiet about a protocol that no packet gets to before its packet type is added', () => {
    check(`
static int foo_tcp_rcv(struct sk_buff *skb)
{
	return foo_lookup(net_generic(dev_net(skb->dev), foo_net_id), skb);
}

static const struct net_protocol foo_tcp_protocol = {
	.handler = foo_tcp_rcv,
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

	err = inet_add_protocol(&foo_tcp_protocol, IPPROTO_TCP);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		inet_del_protocol(&foo_tcp_protocol, IPPROTO_TCP);
		return err;
	}
	dev_add_pack(&foo_packet_type);
	return 0;
}

module_init(foo_init);
MODULE_LICENSE("GPL");
`);
  });

  it('is quiet about an ops that is last on purpose, since its init asks the family that is there by then', () => {
    check(`
static int foo_nl_ready(struct sk_buff *skb, struct genl_info *info)
{
	return foo_answer(info, READ_ONCE(foo_count));
}

static const struct genl_small_ops foo_nl_ops[] = {
	{ .cmd = FOO_CMD_READY, .doit = foo_nl_ready },
};

static struct genl_family foo_family = {
	.name = "foo",
	.small_ops = foo_nl_ops,
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->requests);
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

	err = genl_register_family(&foo_family);
	if (err)
		return err;
	/* Last, so that a namespace that has the data has the family too. */
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		genl_unregister_family(&foo_family);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	genl_unregister_family(&foo_family);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a handler that knows that the state may not be there yet', () => {
    check(`
static struct workqueue_struct *foo_wq;

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	if (!foo_wq)
		return NOTIFY_DONE;
	queue_work(foo_wq, &foo_work);
	return NOTIFY_OK;
}

static struct notifier_block foo_notifier = {
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

	err = register_netevent_notifier(&foo_notifier);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq) {
		err = -ENOMEM;
		goto err_wq;
	}
	return 0;

err_wq:
	unregister_pernet_subsys(&foo_net_ops);
err_pernet:
	unregister_netevent_notifier(&foo_notifier);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netevent_notifier(&foo_notifier);
	destroy_workqueue(foo_wq);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  const gates = [
    [
      'static struct foo_conf __rcu *foo_gate;',
      'rcu_dereference(foo_gate)',
      'rcu_assign_pointer(foo_gate, &foo_conf);',
    ],
    [
      'static struct foo_conf { int limit; } __rcu *foo_gate;',
      'rcu_dereference(foo_gate)',
      'rcu_assign_pointer(foo_gate, foo_conf_of());',
    ],
    [
      'static DEFINE_STATIC_KEY_FALSE(foo_gate);',
      'static_branch_likely(&foo_gate)',
      'static_branch_enable(&foo_gate);',
    ],
    ['static int foo_gate;', 'smp_load_acquire(&foo_gate)', 'smp_store_release(&foo_gate, 1);'],
    ['static bool foo_gate;', 'READ_ONCE(foo_gate)', 'WRITE_ONCE(foo_gate, true);'],
    ['static atomic_t foo_gate;', 'atomic_read(&foo_gate)', 'atomic_set(&foo_gate, 1);'],
    ['static unsigned long foo_gate;', 'test_bit(FOO_READY, &foo_gate)', 'set_bit(FOO_READY, &foo_gate);'],
    ['static struct { bool ready; } foo_gate;', 'foo_gate.ready', 'foo_gate.ready = true;'],
    ['static bool foo_gate;\n\nstatic void foo_open(void)\n{\n\tfoo_gate = true;\n}', 'foo_gate', 'foo_open();'],
    ['static bool foo_gate = true;', '(foo_gate == false)', 'foo_gate = false;'],
  ] as const;
  for (const [gate, asked, opened] of gates)
    it(`is quiet about a handler that waits until init has opened a gate: ${opened}`, () => {
      const module = (opening: string, late = ''): string => `
static unsigned int foo_net_id;
${gate}

static int foo_nl_get(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_net *fn;

	if (!${asked})
		return -ENODEV;
	fn = net_generic(genl_info_net(info), foo_net_id);
	return foo_reply(info, fn->limit);
}

static const struct genl_small_ops foo_nl_ops[] = {
	{ .cmd = FOO_CMD_GET, .doit = foo_nl_get },
};

static struct genl_family foo_family = {
	.name = "foo",
	.small_ops = foo_nl_ops,
	.n_small_ops = ARRAY_SIZE(foo_nl_ops),
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

	err = genl_register_family(&foo_family);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);${late}
	if (err) {
		genl_unregister_family(&foo_family);
		return err;
	}
	${opening}
	return 0;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
      check(module(opened));
      check(module('', '\n//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late'));
    });

  const early = [
    ['static bool foo_gate;', 'READ_ONCE(foo_gate)', 'foo_gate = true;', 'foo_gate = false;'],
    ['static unsigned long foo_gate;', 'test_bit(0, &foo_gate)', 'set_bit(0, &foo_gate);', 'clear_bit(0, &foo_gate);'],
    [
      'static struct foo_conf __rcu *foo_gate;',
      'rcu_access_pointer(foo_gate)',
      'rcu_assign_pointer(foo_gate, &foo_conf);',
      '',
    ],
    [
      'static DEFINE_STATIC_KEY_FALSE(foo_gate);',
      'static_branch_likely(&foo_gate)',
      'static_branch_enable(&foo_gate);',
      '',
    ],
  ] as const;
  for (const [gate, asked, opened, closed] of early)
    it(`finds a handler whose gate stands open by the time: ${opened}`, () => {
      const module = (before: string, after: string, mark = ''): string => `
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

	${before}
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);${mark}
	if (err) {
		unregister_netdevice_notifier(&foo_nb);
		return err;
	}
	${after}
	return 0;
}

static void __exit foo_exit(void)
{
	${closed}
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
      check(module('', opened));
      check(module(opened, '', '\n//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late'));
    });

  it('is quiet about two ops, where the handler uses the one that is there', () => {
    check(`
static unsigned int foo_net_id;
static unsigned int foo_stat_id;

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

static struct pernet_operations foo_stat_ops = {
	.init = foo_stat_init,
	.exit = foo_stat_exit,
	.id = &foo_stat_id,
	.size = sizeof(struct foo_stat),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	dev_add_pack(&foo_packet_type);
	err = register_pernet_subsys(&foo_stat_ops);
	if (err) {
		dev_remove_pack(&foo_packet_type);
		unregister_pernet_subsys(&foo_net_ops);
	}
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_stat_ops);
	dev_remove_pack(&foo_packet_type);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about boot code that cannot be a module', () => {
    check(`
//- net/foo/Kconfig
config FOO
	bool "Foo"
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
//- net/foo/foo.c
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

static int __init foo_init(void)
{
	dev_add_pack(&foo_packet_type);
	return register_pernet_subsys(&foo_net_ops);
}

fs_initcall(foo_init);
`);
  });

  it('a wrapper that is passed the ops, after what it serves is open', () => {
    check(`
static int foo_nl_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return foo_fill(skb, net_generic(sock_net(skb->sk), foo_net_id));
}

static const struct nfnl_callback foo_nl_cb[] = {
	[FOO_MSG_GET] = { .call = foo_nl_dump },
};

static const struct nfnetlink_subsystem foo_subsys = {
	.name = "foo",
	.cb = foo_nl_cb,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int foo_register(struct pernet_operations *ops)
{
	int err = register_pernet_subsys(ops);
//		  ^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after nfnetlink subsystem foo_subsys

	if (err)
		pr_err("foo: no per-net state\\n");
	return err;
}

static int __init foo_init(void)
{
	int err;

	err = nfnetlink_subsys_register(&foo_subsys);
	if (err < 0)
		return err;
	err = foo_register(&foo_net_ops);
	if (err < 0)
		nfnetlink_subsys_unregister(&foo_subsys);
	return err;
}

static void __exit foo_exit(void)
{
	nfnetlink_subsys_unregister(&foo_subsys);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('the second of two ops, which the handler uses', () => {
    check(`
static unsigned int foo_net_id;
static unsigned int foo_stat_id;

static int foo_rcv(struct sk_buff *skb)
{
	struct foo_stat *stat = net_generic(dev_net(skb->dev), foo_stat_id);

	stat->packets++;
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

static struct pernet_operations foo_stat_ops = {
	.init = foo_stat_init,
	.exit = foo_stat_exit,
	.id = &foo_stat_id,
	.size = sizeof(struct foo_stat),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	dev_add_pack(&foo_packet_type);
	err = register_pernet_subsys(&foo_stat_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_stat_ops is registered after packet handler foo_packet_type
	if (err) {
		dev_remove_pack(&foo_packet_type);
		unregister_pernet_subsys(&foo_net_ops);
	}
	return err;
}

static void __exit foo_exit(void)
{
	dev_remove_pack(&foo_packet_type);
	unregister_pernet_subsys(&foo_stat_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

/** The shape of iptable_filter_init() from Linux 5.15 on, and of its companions for IPv6, ARP and bridges. */
const template = (exit: string, init: string): string => `
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
	${exit}
}

static struct pernet_operations foo_net_ops = {
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};

static int __init foo_filter_init(void)
{
	int ret;

${init}
	return ret;
}

static void __exit foo_filter_fini(void)
{
	xt_unregister_template(&foo_filter);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_filter_init);
module_exit(foo_filter_fini);
`;

const templateFirst = (marker: string): string => `	ret = xt_register_template(&foo_filter, foo_table_init);
	if (ret < 0)
		return ret;
	ret = register_pernet_subsys(&foo_net_ops);${marker}
	if (ret < 0)
		xt_unregister_template(&foo_filter);`;

describe('pernet/registered-too-late, what only the exit takes down', () => {
  const takeDown = `ipt_unregister_table_exit(net, "foo");`;

  it('a table template from which a namespace can get a table before there is an exit that takes it down', () => {
    check(
      template(
        takeDown,
        templateFirst(`
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after xt table template, whose callbacks make by ipt_register_table() what only its exit takes down: it stays behind when a namespace dies before that, or the registration fails`),
      ),
    );
  });

  it('a table template that comes after the ops', () => {
    check(
      template(
        takeDown,
        `	ret = register_pernet_subsys(&foo_net_ops);
	if (ret < 0)
		return ret;
	ret = xt_register_template(&foo_filter, foo_table_init);
	if (ret < 0)
		unregister_pernet_subsys(&foo_net_ops);`,
      ),
    );
  });

  it('a table that the exit has nothing to do with', () => {
    check(template('foo_forget(net);', templateFirst('')).replace('ipt_unregister_table_pre_exit', 'foo_tell'));
  });
});

describe('pernet/registered-too-late, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/registered-too-late');
  });
});
