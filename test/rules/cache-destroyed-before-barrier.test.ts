import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';

describe('pernet/cache-destroyed-before-barrier', () => {
  it('a packet handler that frees by RCU, after the ops is gone', () => {
    check(`
static struct kmem_cache *foo_cachep;

static void foo_flow_free(struct rcu_head *head)
{
	kmem_cache_free(foo_cachep, container_of(head, struct foo_flow, rcu));
}

static int foo_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev)
{
	struct foo_flow *flow = foo_flow_expired(skb);

	if (flow)
		call_rcu(&flow->rcu, foo_flow_free);
	return NET_RX_DROP;
}

static struct packet_type foo_packet_type = {
	.type = htons(ETH_P_FOO),
	.func = foo_rcv,
};

static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_flow, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		kmem_cache_destroy(foo_cachep);
		return err;
	}
	dev_add_pack(&foo_packet_type);
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	dev_remove_pack(&foo_packet_type);
	kmem_cache_destroy(foo_cachep);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() destroys slab cache foo_cachep while RCU callbacks that free into it can be pending: packet handler foo_packet_type could queue them until dev_remove_pack(), and no rcu_barrier() follows
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  describe('works of a workqueue that is destroyed after the last wait', () => {
    const module = (
      exit: string,
      { work = 'call_rcu(&entry->rcu, foo_entry_free);', free = '', netExit = 'foo_forget(net);' } = {},
    ): string => `
static struct workqueue_struct *foo_wq;

static void foo_entry_free(struct rcu_head *head)
{
	struct foo_entry *entry = container_of(head, struct foo_entry, rcu);

	dev_put(entry->dev);
	kfree(entry);
${free}
}

static void foo_del_work(struct work_struct *work)
{
	struct foo_entry *entry = container_of(work, struct foo_entry, del_work);

	${work}
}

void foo_entry_put(struct foo_entry *entry)
{
	queue_work(foo_wq, &entry->del_work);
}

static struct foo_entry *foo_entry_new(struct net_device *dev)
{
	struct foo_entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (entry)
		INIT_WORK(&entry->del_work, foo_del_work);
	return entry;
}

static void __net_exit foo_net_exit(struct net *net)
{
	${netExit}
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		destroy_workqueue(foo_wq);
	return err;
}

static void __exit foo_exit(void)
{
${exit}
}

module_init(foo_init);
module_exit(foo_exit);
`;
    const unregister = '\tunregister_pernet_subsys(&foo_net_ops);\n';
    const destroy = '\tdestroy_workqueue(foo_wq);\n';
    const mark = `//	^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() returns while RCU callbacks of the module can be pending: foo_del_work(), which is queued on foo_wq, can queue them until destroy_workqueue(), and no rcu_barrier() follows\n`;

    it('queue RCU callbacks of the module until then, whatever other queue is waited for', () => {
      check(module(unregister + destroy + mark));
      check(module(`${unregister}\tflush_workqueue(system_unbound_wq);\n${destroy}${mark}`));
    });

    it('says nothing where a wait follows, or one for the works comes before the last of them', () => {
      check(module(`${unregister}${destroy}\trcu_barrier();\n`));
      check(module(`${destroy}${unregister}`));
      check(module(`\tflush_workqueue(foo_wq);\n${unregister}${destroy}`));
      check(module(unregister + destroy, { netExit: 'cancel_work_sync(&foo_entry_of(net)->del_work);' }));
      check(module(unregister + destroy, { netExit: 'wait_event(foo_wait, !atomic_read(&foo_entries));' }));
    });

    it('likewise where another file of the module queues them on a workqueue that is exported', () => {
      const elsewhere = (exit: string): string => {
        const all = module(exit);
        const from = all.indexOf('static void foo_entry_free');
        const to = all.indexOf('static void __net_exit');
        const exported = 'struct workqueue_struct *foo_wq;\nEXPORT_SYMBOL_GPL(foo_wq);\n\n';
        return `${exported}${all.slice(to)}//- net/foo/entry.c\n${all.slice(from, to)}`;
      };
      check(elsewhere(unregister + destroy + mark));
      check(elsewhere(`${unregister}${destroy}\trcu_barrier();\n`));
    });

    it('says nothing of what needs no text of the module, or holds it', () => {
      check(module(unregister + destroy, { work: 'kfree_rcu(entry, rcu);' }));
      check(module(unregister + destroy, { free: '\tmodule_put(THIS_MODULE);' }));
    });
  });

  describe('what is exported to other modules', () => {
    const module = (exit: string, free = 'kmem_cache_free(foo_cachep, rule);'): string => `
static struct kmem_cache *foo_cachep;

static void foo_rule_free_rcu(struct rcu_head *head)
{
	struct foo_rule *rule = container_of(head, struct foo_rule, rcu);

	${free}
}

void foo_rule_del(struct foo_rule *rule)
{
	list_del_rcu(&rule->list);
	call_rcu(&rule->rcu, foo_rule_free_rcu);
}
EXPORT_SYMBOL(foo_rule_del);

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = -ENOMEM;

	foo_cachep = kmem_cache_create("foo_rule", sizeof(struct foo_rule), 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
${exit}}

module_init(foo_init);
module_exit(foo_exit);
`;
    const early = '	kmem_cache_destroy(foo_cachep);\n	unregister_pernet_subsys(&foo_net_ops);\n';

    it('may have queued callbacks for modules that are gone', () => {
      check(
        module(`	kmem_cache_destroy(foo_cachep);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() destroys slab cache foo_cachep while RCU callbacks that free into it can be pending: modules that are gone by now could queue them by foo_rule_del()
	unregister_pernet_subsys(&foo_net_ops);
`),
      );
    });

    it.each([
      [
        'a wait that comes with the ops',
        module('	unregister_pernet_subsys(&foo_net_ops);\n	kmem_cache_destroy(foo_cachep);\n'),
      ],
      ['a wait of its own', module(`	rcu_barrier();\n${early}`)],
      ['memory of another kind', module(early, 'kfree(rule);')],
      ['a function for the module alone', module(early).replace('EXPORT_SYMBOL(foo_rule_del);', '')],
      [
        'a callback that gives the module back',
        module(early, 'kmem_cache_free(foo_cachep, rule);\n	module_put(THIS_MODULE);'),
      ],
    ])('is no matter after %s', (_, text) => {
      check(text);
    });
  });

  it('a netlink family that deletes by RCU, with a wait for readers only', () => {
    check(`
static struct kmem_cache *foo_rule_cachep;

static void foo_rule_free_rcu(struct rcu_head *head)
{
	struct foo_rule *rule = container_of(head, struct foo_rule, rcu);

	kmem_cache_free(foo_rule_cachep, rule);
}

static void foo_rule_del(struct foo_rule *rule)
{
	list_del_rcu(&rule->list);
	call_rcu(&rule->rcu, foo_rule_free_rcu);
}

static int foo_nl_del(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_rule *rule = foo_rule_find(info);

	if (!rule)
		return -ENOENT;
	foo_rule_del(rule);
	return 0;
}

static const struct genl_small_ops foo_nl_ops[] = {
	{ .cmd = FOO_CMD_DEL, .doit = foo_nl_del },
};

static struct genl_family foo_family = {
	.name = "foo",
	.small_ops = foo_nl_ops,
	.n_small_ops = ARRAY_SIZE(foo_nl_ops),
};

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = -ENOMEM;

	foo_rule_cachep = kmem_cache_create("foo_rule", sizeof(struct foo_rule), 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!foo_rule_cachep)
		goto out;
	err = genl_register_family(&foo_family);
	if (err)
		goto out_cache;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto out_family;
	return 0;

out_family:
	genl_unregister_family(&foo_family);
out_cache:
	kmem_cache_destroy(foo_rule_cachep);
out:
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	genl_unregister_family(&foo_family);
	synchronize_rcu();
	kmem_cache_destroy(foo_rule_cachep);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() destroys slab cache foo_rule_cachep while RCU callbacks that free into it can be pending
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a barrier that comes before the notifier which can still queue', () => {
    check(`
static struct kmem_cache *foo_cachep;

static void foo_entry_free(struct rcu_head *head)
{
	kmem_cache_free(foo_cachep, container_of(head, struct foo_entry, rcu));
}

static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_entry *entry = foo_entry_of(netdev_notifier_info_to_dev(ptr));

	if (entry && event == NETDEV_UNREGISTER)
		call_rcu(&entry->rcu, foo_entry_free);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_netdev_event,
};

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_entry, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_pernet_subsys(&foo_net_ops);
err_pernet:
	kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	rcu_barrier();
	unregister_netdevice_notifier(&foo_notifier);
	kmem_cache_destroy(foo_cachep);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() destroys slab cache foo_cachep while RCU callbacks that free into it can be pending
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about an ops that is unregistered last, which ends with a barrier', () => {
    check(`
static struct kmem_cache *foo_cachep;

static void foo_flow_free(struct rcu_head *head)
{
	kmem_cache_free(foo_cachep, container_of(head, struct foo_flow, rcu));
}

static int foo_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev)
{
	struct foo_flow *flow = foo_flow_expired(skb);

	if (flow)
		call_rcu(&flow->rcu, foo_flow_free);
	return NET_RX_DROP;
}

static struct packet_type foo_packet_type = {
	.type = htons(ETH_P_FOO),
	.func = foo_rcv,
};

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_flow, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		kmem_cache_destroy(foo_cachep);
		return err;
	}
	dev_add_pack(&foo_packet_type);
	return 0;
}

static void __exit foo_exit(void)
{
	dev_remove_pack(&foo_packet_type);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a barrier in a helper that the exit and the unwinding share', () => {
    check(`
static struct kmem_cache *foo_cachep;

static void foo_entry_free(struct rcu_head *head)
{
	kmem_cache_free(foo_cachep, container_of(head, struct foo_entry, rcu));
}

static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_entry *entry = foo_entry_of(netdev_notifier_info_to_dev(ptr));

	if (entry && event == NETDEV_UNREGISTER)
		call_rcu(&entry->rcu, foo_entry_free);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_netdev_event,
};

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static void foo_cache_fini(void)
{
	/* Callbacks of foo_entry_free() may be on their way. */
	rcu_barrier();
	kmem_cache_destroy(foo_cachep);
}

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_entry, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_cache;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_netdevice_notifier(&foo_notifier);
err_cache:
	foo_cache_fini();
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
	foo_cache_fini();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  /** The shape of net/kcm/kcmsock.c: whoever has such a socket holds the module. */
  it('is quiet about sockets, of which there are none any more when the exit runs', () => {
    const module = (owner: string, marker = ''): string => `
static struct kmem_cache *foo_cachep;

static void foo_free(struct rcu_head *head)
{
	kmem_cache_free(foo_cachep, container_of(head, struct foo_sock, rcu));
}

static int foo_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct foo_sock *old = foo_take_expired(net);

	if (old)
		call_rcu(&old->rcu, foo_free);
	return foo_attach(net, sock);
}

static const struct net_proto_family foo_family = {
	.family = PF_FOO,
	.create = foo_create,
${owner}};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_sock, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_cache;
	err = sock_register(&foo_family);
	if (err)
		goto err_pernet;
	return 0;

err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
err_cache:
	kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	sock_unregister(PF_FOO);
	kmem_cache_destroy(foo_cachep);
${marker}}

module_init(foo_init);
module_exit(foo_exit);
`;
    check(module('	.owner = THIS_MODULE,\n'));
    check(
      module(
        '',
        '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() destroys slab cache foo_cachep\n',
      ),
    );
  });

  it('is quiet about a handler that frees at once', () => {
    check(`
static struct kmem_cache *foo_cachep;

static int foo_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev)
{
	struct foo_flow *flow = foo_flow_expired(skb);

	if (flow)
		kmem_cache_free(foo_cachep, flow);
	return NET_RX_DROP;
}

static struct packet_type foo_packet_type = {
	.type = htons(ETH_P_FOO),
	.func = foo_rcv,
};

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_flow, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		kmem_cache_destroy(foo_cachep);
		return err;
	}
	dev_add_pack(&foo_packet_type);
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	dev_remove_pack(&foo_packet_type);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about RCU callbacks that free into another cache, which goes after the barrier', () => {
    check(`
static struct kmem_cache *foo_cachep;
static struct kmem_cache *foo_key_cachep;

static void foo_flow_free(struct rcu_head *head)
{
	kmem_cache_free(foo_cachep, container_of(head, struct foo_flow, rcu));
}

static int foo_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev)
{
	struct foo_flow *flow = foo_flow_expired(skb);

	if (flow)
		call_rcu(&flow->rcu, foo_flow_free);
	return NET_RX_DROP;
}

static struct packet_type foo_packet_type = {
	.type = htons(ETH_P_FOO),
	.func = foo_rcv,
};

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = -ENOMEM;

	foo_key_cachep = KMEM_CACHE(foo_key, 0);
	if (!foo_key_cachep)
		return err;
	foo_cachep = KMEM_CACHE(foo_flow, 0);
	if (!foo_cachep)
		goto err_flow;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	dev_add_pack(&foo_packet_type);
	return 0;

err_pernet:
	kmem_cache_destroy(foo_cachep);
err_flow:
	kmem_cache_destroy(foo_key_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	dev_remove_pack(&foo_packet_type);
	kmem_cache_destroy(foo_key_cachep);
	rcu_barrier();
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about kfree_rcu(), which kmem_cache_destroy() of later kernels waits for', () => {
    check(`
static struct kmem_cache *foo_cachep;

static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_entry *entry = foo_entry_of(netdev_notifier_info_to_dev(ptr));

	if (!entry)
		entry = kmem_cache_zalloc(foo_cachep, GFP_KERNEL);
	if (entry && event == NETDEV_UNREGISTER)
		kfree_rcu(entry, rcu);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_netdev_event,
};

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	foo_cachep = KMEM_CACHE(foo_entry, 0);
	if (!foo_cachep)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_pernet_subsys(&foo_net_ops);
err_pernet:
	kmem_cache_destroy(foo_cachep);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	unregister_netdevice_notifier(&foo_notifier);
	kmem_cache_destroy(foo_cachep);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a cache of code that stays loaded, on the way back from a step that failed', () => {
    check(`
static struct kmem_cache *foo_cachep;

static void foo_entry_free(struct rcu_head *head)
{
	kmem_cache_free(foo_cachep, container_of(head, struct foo_entry, rcu));
}

static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_entry *entry = foo_entry_of(netdev_notifier_info_to_dev(ptr));

	if (entry && event == NETDEV_UNREGISTER)
		call_rcu(&entry->rcu, foo_entry_free);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_netdev_event,
};

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	foo_cachep = KMEM_CACHE(foo_entry, SLAB_PANIC);
	if (register_pernet_subsys(&foo_net_ops))
		panic("foo: no per-net state");
	if (register_netdevice_notifier(&foo_notifier))
		panic("foo: no notifier");
	return 0;
}

subsys_initcall(foo_init);
`);
  });

  /** The shape of Open vSwitch's destroy_dp_rcu(). */
  const nesting = (
    exit: string,
    {
      marker = '',
      always = '	foo_table_destroy(&foo->table);',
      wait = '',
    }: { marker?: string; always?: string; wait?: string } = {},
  ): string => `
static void foo_table_free(struct rcu_head *head)
{
	kfree(container_of(head, struct foo_table, rcu));
}

static void foo_table_destroy(struct foo_table *table)
{
	call_rcu(&table->rcu, foo_table_free);
}

static void foo_free(struct rcu_head *head)
{
	struct foo *foo = container_of(head, struct foo, rcu);

${always}
	kfree(foo);
}

static void foo_destroy(struct foo *foo)
{
	list_del_rcu(&foo->list);
	call_rcu(&foo->rcu, foo_free);
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo *foo, *next;

	list_for_each_entry_safe(foo, next, &fn->foos, list)
		foo_destroy(foo);
${wait}}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->foos);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static struct pernet_operations foo_late_ops = {
	.exit = foo_late_exit,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_late_ops);

	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		unregister_pernet_subsys(&foo_late_ops);
	return err;
}

static void __exit foo_exit(void)
{
${exit}
${marker}}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('a callback that the exit of the last ops queues, and that queues another one', () => {
    check(
      nesting('	unregister_pernet_subsys(&foo_late_ops);\n	unregister_pernet_subsys(&foo_net_ops);', {
        marker: `//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() returns while RCU callbacks of the module can be pending: unregister_pernet_subsys() waits for foo_free(), which queues foo_table_free() when it runs, and no rcu_barrier() follows that waits for this one
`,
      }),
    );
  });

  const last = '	unregister_pernet_subsys(&foo_late_ops);\n	unregister_pernet_subsys(&foo_net_ops);';

  it.each([
    ['the exit waits for', nesting(`${last}\n	rcu_barrier();`)],
    [
      'unregistering another ops waits for',
      nesting('	unregister_pernet_subsys(&foo_net_ops);\n	unregister_pernet_subsys(&foo_late_ops);'),
    ],
    [
      'the exit of the ops waits for',
      nesting(last, {
        wait: `	rcu_barrier();
//	^^^^^^^^^^^^^ hint: blocking-rcu-in-exit
`,
      }),
    ],
    ['need not be queued', nesting(last, { always: '	if (foo->is_shared)\n		foo_table_destroy(&foo->table);' })],
  ])('is quiet about such a callback that %s', (_name, fixture) => {
    check(fixture);
  });
});

describe('a callback that the exit of an ops leaves to SRCU', () => {
  const module = ({
    exit = '',
    wait = '',
    free = 'kfree(container_of(head, struct foo_rule, rcu));',
    call = 'call_srcu(&foo_srcu, &rule->rcu, foo_rule_free)',
  } = {}): string => `
DEFINE_STATIC_SRCU(foo_srcu);

static void foo_rule_free(struct rcu_head *head)
{
	${free}
}

static void foo_settle(void)
{
	srcu_barrier(&foo_srcu);
}

static void foo_rule_del(struct foo_rule *rule)
{
	list_del_rcu(&rule->list);
	${call};
}

static void __net_exit foo_net_exit_batch(struct list_head *list)
{
	struct foo_rule *rule, *next;
	struct net *net;

	list_for_each_entry(net, list, exit_list)
		list_for_each_entry_safe(rule, next, &net->foo.rules, list)
			foo_rule_del(rule);
${wait}}

static struct pernet_operations foo_net_ops = {
	.exit_batch = foo_net_exit_batch,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
${exit}}

module_init(foo_init);
module_exit(foo_exit);
`;
  const marker =
    '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: cache-destroyed-before-barrier: foo_exit() returns while SRCU callbacks of the module can be pending: unregister_pernet_subsys() runs what queues foo_rule_free() by call_srcu()\n';

  it('is pending when the module is gone', () => {
    check(module({ exit: marker }));
    check(module({ exit: `${marker}	rcu_barrier();\n` }));
  });

  it.each([
    ['waited for in the exit of the module', { exit: '	srcu_barrier(&foo_srcu);\n' }],
    ['waited for by what that calls', { exit: '	foo_settle();\n' }],
    ['waited for where it is queued', { wait: '	srcu_barrier(&foo_srcu);\n' }],
    ['one that gives the module back', { free: 'module_put(THIS_MODULE);' }],
    ['of RCU, for which unregistering waits', { call: 'call_rcu(&rule->rcu, foo_rule_free)' }],
    ['perhaps waited for by what was not read', { exit: '	foo_rules_fini();\n' }],
  ])('is %s', (_, parts) => {
    check(module(parts));
  });
});

describe('pernet/cache-destroyed-before-barrier, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/cache-destroyed-before-barrier');
  });
});
