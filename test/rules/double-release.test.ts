import { describe, expect, it } from 'vitest';
import { analyseFiles, check, rulesMended } from '../check.ts';
import { exiting, fooNetOps, registering } from '../registering.ts';

describe('pernet/double-release', () => {
  it('memory freed twice by exit', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	fn->stats = alloc_percpu(struct foo_stats);
	if (!fn->stats) {
		kfree(fn->table);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
	free_percpu(fn->stats);
	kfree(fn->table);
//	^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() releases memory
}

${fooNetOps('data')}`);
  });

  it('a proc entry that is named by what creating it returned', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	foo_link = proc_symlink("fs/foo", NULL, "../self/net/foo");
	if (!foo_link)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		proc_remove(foo_link);
	return err;
}

static void __exit foo_exit(void)
{
	proc_remove(foo_link);
	unregister_pernet_subsys(&foo_net_ops);
	proc_remove(foo_link);
//	^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_exit() releases proc entry "fs/foo" by proc_remove(), which foo_exit() has released already
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('hooks that both pre_exit and exit unregister', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	return nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static void __net_exit foo_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() releases netfilter hooks
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it("data of the core's that RCU is asked to free, and not what that names", () => {
    const exit = (freed: string, mark: string, before = ''): string => `
struct foo_net {
	struct net_device *dev;
	struct rcu_head rcu;
};
${before}
static void foo_free_rcu(struct rcu_head *head)
{
	struct foo_net *fn = container_of(head, struct foo_net, rcu);

	${freed}
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	call_rcu(&fn->rcu, foo_free_rcu);
${mark}	foo_wait();
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
    check(exit('free_netdev(fn->dev);', ''));
    check(exit('kfree(fn->dev);\n\tcomplete(&fn->done);', ''));
    check(exit('u32 *dev = fn->dev;\n\n\tkfree(dev);', ''));
    check(exit('spin_lock_destroy(&fn->lock);', ''));
    check(exit('foo_fini(fn);', '', 'static void foo_fini(struct foo_net *fn)\n{\n\tkfree(fn->dev);\n}\n'));
    const to = 'static struct foo_net *foo_of(struct rcu_head *h) { return container_of(h, struct foo_net, rcu); }\n';
    for (const [freed, before] of [
      ['kfree(fn);'],
      ['struct foo_net *old = fn;\n\n\tkfree(old);'],
      ['void *mem = fn;\n\n\tkfree(mem);'],
      ['kfree(head);'],
      ['kfree((char *)head - offsetof(struct foo_net, rcu));'],
      ['struct foo_net *it = foo_of(head);\n\n\tkfree(it);', to],
      ['foo_release(fn);'],
    ] as const) {
      const { findings } = analyseFiles([{ path: 'foo.c', text: exit(freed, '', before) }]);
      expect(findings.map(({ message }) => message)).toEqual([
        expect.stringContaining('frees net_generic(net, foo_net_id) by call_rcu()'),
      ]);
    }
  });

  it('a helper that has cleaned up, and a caller that does it again', () => {
    check(`
static int foo_tables_alloc(struct net *net)
{
	net->foo.by_name = kvcalloc(64, sizeof(struct hlist_head), GFP_KERNEL);
	if (!net->foo.by_name)
		return -ENOMEM;
	net->foo.by_addr = kvcalloc(64, sizeof(struct hlist_head), GFP_KERNEL);
	if (!net->foo.by_addr) {
		kvfree(net->foo.by_name);
		return -ENOMEM;
	}
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = foo_tables_alloc(net);
	if (err)
		goto err_tables;
	err = nf_register_net_hook(net, &foo_hook);
	if (err)
		goto err_hook;
	return 0;

err_hook:
	kvfree(net->foo.by_addr);
err_tables:
	kvfree(net->foo.by_name);
//	^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: if kvcalloc() fails, foo_net_init() releases memory
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	nf_unregister_net_hook(net, &foo_hook);
	kvfree(net->foo.by_addr);
	kvfree(net->foo.by_name);
}

${fooNetOps('no data')}`);
  });

  it('unwinding in place and once more at the label', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = inet_ctl_sock_create(&net->foo.ctl_sk, PF_INET, SOCK_RAW, IPPROTO_FOO, net);
	if (err)
		return err;
	err = nf_register_net_hook(net, &foo_hook);
	if (err) {
		inet_ctl_sock_destroy(net->foo.ctl_sk);
		goto err_hook;
	}
	return 0;

err_hook:
	inet_ctl_sock_destroy(net->foo.ctl_sk);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: if nf_register_net_hook() fails, foo_net_init() releases control socket
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	nf_unregister_net_hook(net, &foo_hook);
	inet_ctl_sock_destroy(net->foo.ctl_sk);
}

${fooNetOps('no data')}`);
  });

  it('exit and exit_batch', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->stats = alloc_percpu(struct foo_stats);
	if (!fn->stats)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_stop(fn);
	free_percpu(fn->stats);
}

static void __net_exit foo_net_exit_batch(struct list_head *net_exit_list)
{
	struct net *net;

	list_for_each_entry(net, net_exit_list, exit_list) {
		struct foo_net *fn = net_generic(net, foo_net_id);

		free_percpu(fn->stats);
//		^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit_batch() releases percpu memory
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('exit called by a failing init, and then what it did once more', () => {
    check(`
static void foo_net_exit(struct net *net)
{
	unregister_net_sysctl_table(net->foo.hdr);
	free_percpu(net->foo.stats);
}

static int __net_init foo_net_init(struct net *net)
{
	int err;

	net->foo.stats = alloc_percpu(struct foo_stats);
	if (!net->foo.stats)
		return -ENOMEM;
	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!net->foo.hdr) {
		free_percpu(net->foo.stats);
		return -ENOMEM;
	}
	err = nf_register_net_hook(net, &foo_hook);
	if (err) {
		foo_net_exit(net);
		free_percpu(net->foo.stats);
//		^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: if nf_register_net_hook() fails, foo_net_init() releases percpu memory
	}
	return err;
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	nf_unregister_net_hook(net, &foo_hook);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('a pointer for RCU readers, freed at once and later', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_table *table;

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	rcu_assign_pointer(net->foo.table, table);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_table *table = rcu_dereference_protected(net->foo.table, 1);

	kfree_rcu(table, rcu);
	kfree(table);
//	^^^^^^^^^^^^ error: double-release: foo_net_exit() releases memory
}

${fooNetOps('no data')}`);
  });

  it('a helper of another file that exit calls on top', () => {
    check(`
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
foo-y := main.o sock.o
//- net/foo/sock.c
/* Called from the pernet_operations in main.c. */
int foo_sock_init(struct net *net)
{
	net->foo.sk = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	if (!net->foo.sk)
		return -ENOMEM;
	return 0;
}

void foo_sock_exit(struct net *net)
{
	netlink_kernel_release(net->foo.sk);
}
//- net/foo/main.c
static int __net_init foo_net_init(struct net *net)
{
	return foo_sock_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_sock_exit(net);
	netlink_kernel_release(net->foo.sk);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() releases netlink kernel socket
}

${fooNetOps('no data')}`);
  });

  it('a sysctl table on both sides of something else', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!net->foo.hdr)
		return -ENOMEM;
	err = foo_rules_register(net);
	if (err)
		goto out;
	return 0;
out:
	unregister_net_sysctl_table(net->foo.hdr);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_net_sysctl_table(net->foo.hdr);
	foo_rules_unregister(net);
	unregister_net_sysctl_table(net->foo.hdr);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() releases sysctl table
}

${fooNetOps('no data')}`);
  });

  it('a proc entry removed by its pointer and by its name', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.proc = proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private));
	if (!net->foo.proc)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	proc_remove(net->foo.proc);
	remove_proc_entry("foo", net->proc_net);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() releases proc entry
}

${fooNetOps('no data')}`);
  });

  it('is quiet about one label for what may be NULL', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.a = kzalloc(64, GFP_KERNEL);
	net->foo.b = kzalloc(64, GFP_KERNEL);
	if (!net->foo.a || !net->foo.b)
		goto err;
	return 0;
err:
	kfree(net->foo.a);
	kfree(net->foo.b);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.a);
	kfree(net->foo.b);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about memory that is taken anew', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.buffer = kmalloc(64, GFP_KERNEL);
	if (!net->foo.buffer)
		return -ENOMEM;
	if (foo_needs_more(net)) {
		kfree(net->foo.buffer);
		net->foo.buffer = kmalloc(4096, GFP_KERNEL);
		if (!net->foo.buffer)
			return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.buffer);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about elements of an array and of a list', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int i;

	for (i = 0; i < FOO_MAX; i++)
		net->foo.slots[i] = kzalloc(sizeof(struct foo_slot), GFP_KERNEL);
	net->foo.first = kzalloc(sizeof(struct foo_slot), GFP_KERNEL);
//			 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked
	net->foo.last = kzalloc(sizeof(struct foo_slot), GFP_KERNEL);
//			^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_rule *rule, *next;
	int i;

	for (i = 0; i < FOO_MAX; i++)
		kfree(net->foo.slots[i]);
	kfree(net->foo.slots[FOO_MAX]);
	list_for_each_entry_safe(rule, next, &net->foo.rules, list) {
		kfree(rule->name);
		kfree(rule);
	}
	kfree(net->foo.first);
	kfree(net->foo.last);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about one hook for each family', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = nf_ct_netns_get(net, NFPROTO_IPV4);
	if (err)
		return err;
	err = nf_ct_netns_get(net, NFPROTO_IPV6);
	if (err)
		nf_ct_netns_put(net, NFPROTO_IPV4);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	nf_ct_netns_put(net, NFPROTO_IPV6);
	nf_ct_netns_put(net, NFPROTO_IPV4);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about members of two ops that are named alike', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->v4.table = kzalloc(64, GFP_KERNEL);
	if (!fn->v4.table)
		return -ENOMEM;
	fn->v6.table = kzalloc(64, GFP_KERNEL);
	if (!fn->v6.table) {
		kfree(fn->v4.table);
		return -ENOMEM;
	}
	return 0;
}

static void foo_table_put(struct foo_family *family)
{
	kfree(family->table);
}

${exiting('foo_table_put(&fn->v6);', 'foo_table_put(&fn->v4);')}`);
  });

  it('is quiet about data that the ops allocates itself', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn;

	fn = kzalloc(sizeof(*fn), GFP_KERNEL);
	if (!fn)
		return -ENOMEM;
	net->foo = fn;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net->foo;

	foo_flush(fn);
	net->foo = NULL;
	kfree(fn);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a directory after its entries', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.proc = proc_net_mkdir(net, "foo", net->proc_net);
	if (!net->foo.proc)
		return -ENOMEM;
	if (!proc_create_net("rules", 0444, net->foo.proc, &foo_rules_ops, sizeof(struct seq_net_private)))
		goto err;
	return 0;
err:
	remove_proc_entry("foo", net->proc_net);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("rules", net->foo.proc);
	remove_proc_entry("foo", net->proc_net);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about an early return after the first release', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.table = kzalloc(64, GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	if (foo_is_fast(net)) {
		kfree_rcu(net->foo.table, rcu);
		return;
	}
	kfree(net->foo.table);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a pointer that is NULL before it is released again', () => {
    check(`
static void foo_table_free(struct net *net)
{
	kfree(net->foo.table);
	net->foo.table = NULL;
}

static int __net_init foo_net_init(struct net *net)
{
	net->foo.table = kcalloc(16, sizeof(*net->foo.table), GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_table_free(net);
	kfree(net->foo.table);
}

${fooNetOps('no data')}`);
  });

  /** A directory that a failure takes down twice, with a call of a function that was read in between. */
  const unwoundTwice = (between: string, marker: string): string => `
${between}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->dir = proc_net_mkdir(net, "foo", net->proc_net);
	if (!fn->dir)
		return -ENOMEM;
	err = sock_create_kern(net, PF_INET, SOCK_DGRAM, IPPROTO_UDP, &fn->sock);
	if (err < 0)
		goto err_sock;
	return 0;

err_sock:
	proc_remove(fn->dir);
	foo_purge(fn);
	proc_remove(fn->dir);
${marker}
	return err;
}

${exiting('sock_release(fn->sock);', 'proc_remove(fn->dir);')}`;

  it('on both sides of a function that hands on other members alone', () => {
    check(
      unwoundTwice(
        `
static void foo_purge(struct foo_net *fn)
{
	mod_timer(&fn->timer, jiffies + HZ);
	queue_work(system_wq, &fn->work);
}`,
        '//	^^^^^^^^^^^^^^^^^^^^ error: double-release: if sock_create_kern() fails, foo_net_init() releases proc directory',
      ),
    );
  });

  it.each([
    [
      'may set it',
      `
static void foo_purge(struct foo_net *fn)
{
	mod_timer(&fn->timer, jiffies + HZ);
	fn->dir = NULL;
}`,
    ],
    [
      'may set it by its address',
      `
static void foo_forget(struct proc_dir_entry **dir)
{
	*dir = NULL;
}

static void foo_purge(struct foo_net *fn)
{
	mod_timer(&fn->timer, jiffies + HZ);
	foo_forget(&fn->dir);
}`,
    ],
    [
      'comes back to it from another member',
      `
static void foo_forget(struct work_struct *work)
{
	struct foo_net *fn = container_of(work, struct foo_net, work);

	fn->dir = NULL;
}

static void foo_purge(struct foo_net *fn)
{
	mod_timer(&fn->timer, jiffies + HZ);
	foo_forget(&fn->work);
}`,
    ],
  ])('is quiet about one on both sides of a function that %s', (_, between) => {
    check(unwoundTwice(between, ''));
  });

  it('is quiet about a question that comes before the second release', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!fn->hdr)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	if (foo_is_early) {
		unregister_net_sysctl_table(fn->hdr);
		fn->hdr = NULL;
	}
	foo_stop();
	if (fn->hdr)
		unregister_net_sysctl_table(fn->hdr);
}

${fooNetOps('data')}`);
  });

  it('what exit releases if it is there, and then once more', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.dir = proc_net_mkdir(net, "foo", net->proc_net);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	if (net->foo.dir)
		remove_proc_entry("foo", net->proc_net);
	remove_proc_entry("foo", net->proc_net);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() releases proc directory
}

${fooNetOps('no data')}`);
  });

  it('is quiet about what exit releases if it is there', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.dir = proc_net_mkdir(net, "foo", net->proc_net);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	if (net->foo.dir)
		remove_proc_entry("foo", net->proc_net);
}

${fooNetOps('no data')}`);
  });

  it('a copied table that is freed twice', () => {
    check(`
static int __net_init foo_sysctl_init(struct net *net)
{
	struct ctl_table *table = foo_table;
	struct ctl_table_header *hdr;

	if (!net_eq(net, &init_net)) {
		table = kmemdup(table, sizeof(foo_table), GFP_KERNEL);
		if (!table)
			goto err_alloc;
		table[0].data = &net->foo.limit;
	}
	hdr = register_net_sysctl(net, "net/foo", table);
	if (!hdr)
		goto err_reg;
	net->foo.hdr = hdr;
	return 0;

err_reg:
	if (!net_eq(net, &init_net))
		kfree(table);
err_alloc:
	return -ENOMEM;
}

static void __net_exit foo_sysctl_exit(struct net *net)
{
	struct ctl_table *table;

	if (!net->foo.hdr)
		return;
	table = net->foo.hdr->ctl_table_arg;
	unregister_net_sysctl_table(net->foo.hdr);
	if (net_eq(net, &init_net))
		return;
	kfree(table);
	kfree(table);
//	^^^^^^^^^^^^ error: double-release: foo_sysctl_exit() releases memory
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_sysctl_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_sysctl_exit(net);
}

${fooNetOps('no data')}`);
  });
});

describe('pernet/double-release of a device', () => {
  const monitor = (exit: string): string => `
static struct net_device *foo_mon;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_mon = alloc_netdev(0, "foo%d", NET_NAME_UNKNOWN, foo_mon_setup);
	if (!foo_mon) {
		err = -ENOMEM;
		goto err_ops;
	}
	err = register_netdev(foo_mon);
	if (err)
		goto err_mon;
	return 0;

err_mon:
	free_netdev(foo_mon);
err_ops:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
${exit}
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('that is unregistered twice', () => {
    check(
      monitor(`	unregister_netdev(foo_mon);
	unregister_netdev(foo_mon);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_exit() releases registered net device`),
    );
  });

  it('is none of one that is unregistered once, and of its memory', () => {
    check(monitor('	unregister_netdev(foo_mon);'));
    check(monitor('	unregister_netdev(foo_mon);\n	free_netdev(foo_mon);'));
  });
});

describe('pernet/double-release, where the caller gives up as well', () => {
  const setUp = (onFailure: string, teardown: string): string => `
static int foo_setup(struct foo_net *fn)
{
	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	fn->ring = kzalloc(FOO_RING, GFP_KERNEL);
	if (!fn->ring) {
		${onFailure}
		return -ENOMEM;
	}
	fn->stats = kzalloc(FOO_STATS, GFP_KERNEL);
	if (!fn->stats)
		return -ENOMEM;
	return 0;
}

static void foo_teardown(struct foo_net *fn)
{
	kfree(fn->ring);
	kfree(fn->stats);
	${teardown}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err = foo_setup(fn);

	if (err)
		foo_teardown(fn);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_teardown(net_generic(net, foo_net_id));
}

${fooNetOps('data')}`;

  it('one of several failures frees what the teardown frees', () => {
    check(
      setUp(
        'kfree(fn->table);',
        `kfree(fn->table);
//	^^^^^^^^^^^^^^^^ error: double-release: foo_teardown() releases memory`,
      ),
    );
  });

  it('none of them does', () => {
    check(setUp('', 'kfree(fn->table);'));
  });

  it('the one that does says so', () => {
    check(setUp('kfree(fn->table);\n\t\tfn->table = NULL;', 'kfree(fn->table);'));
    check(setUp('kfree(fn->table);\n\t\tfn->table = NULL;', 'if (fn->table)\n\t\tkfree(fn->table);'));
  });

  it('is quiet about what a failed set-up frees together, what was never made among it', () => {
    check(`
struct foo_ctx { struct list_head node; struct hlist_head *buckets; unsigned long *map; };

static void foo_ctx_free(struct foo_ctx *ctx)
{
	bitmap_free(ctx->map);
	kvfree(ctx->buckets);
	kfree(ctx);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_ctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	ctx->buckets = kvcalloc(64, sizeof(*ctx->buckets), GFP_KERNEL);
	if (!ctx->buckets)
		goto err;
	ctx->map = bitmap_zalloc(64, GFP_KERNEL);
	if (!ctx->map)
		goto err;
	list_add_tail(&ctx->node, &fn->all);
	fn->ctx = ctx;
	return 0;
err:
	foo_ctx_free(ctx);
	return -ENOMEM;
}

${exiting('list_del(&fn->ctx->node);', 'foo_ctx_free(fn->ctx);')}`);
  });

  it('the same call twice in a row, of what was registered when it was asked for', () => {
    const exit = (body: string): string => `
static int foo_enable(struct net *net)
{
	if (net->nf.foo_users++ == 0)
		return nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	if (net->nf.foo_users) {
${body}
		net->nf.foo_users = 0;
	}
}

static struct pernet_operations foo_net_ops = {
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
    check(
      exit(`		nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
		nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
//		^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() releases netfilter hooks foo_hooks by nf_unregister_net_hooks(), which foo_net_exit() has released already`),
    );
    // Other hooks, others of the same array, something in between, one of several references.
    check(
      exit(`		nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
		nf_unregister_net_hooks(net, bar_hooks, ARRAY_SIZE(bar_hooks));`),
    );
    check(
      exit(`		nf_unregister_net_hooks(net, foo_hooks, 2);
		nf_unregister_net_hooks(net, foo_hooks + 2, 1);`),
    );
    check(
      exit(`		inet_del_protocol(net->foo.protocol, IPPROTO_AH);
		inet_del_protocol(net->foo.protocol, IPPROTO_ESP);
		nf_unregister_net_hook(net, foo_next(net));
		nf_unregister_net_hook(net, foo_next(net));
		nf_unregister_net_hook(net, &foo_hooks[net->foo.at++]);
		nf_unregister_net_hook(net, &foo_hooks[net->foo.at++]);`),
    );
  });
});

describe('pernet/double-release, of what a list holds', () => {
  const walk = (body: string): string => `
static void foo_free(struct foo_entry *p)
{
	kfree(p->name);
	kfree(p);
}

static void foo_put(struct foo_entry *p)
{
	if (refcount_dec_and_test(&p->refs))
		kfree(p);
}

static int __net_init foo_net_init(struct net *net)
{
	INIT_HLIST_HEAD(&net->foo.list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_entry *p, *q;
	struct hlist_node *n;

	hlist_for_each_entry_safe(p, n, &net->foo.list, list) {
		hlist_del_rcu(&p->list);
${body}
	}
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

  it('frees it twice', () => {
    check(
      walk(`		kfree_rcu(p, rcu);
		kfree_rcu(p, rcu);
//		^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() frees p by kfree_rcu(p, rcu), which kfree_rcu() has freed already`),
    );
    check(
      walk(`		kfree(p);
		kfree(p);
//		^^^^^^^^ error: double-release: foo_net_exit() frees p by kfree(p), which kfree() has freed already`),
    );
    check(
      walk(`		call_rcu(&p->rcu, foo_free_rcu);
		call_rcu(&p->rcu, foo_free_rcu);
//		^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: double-release: foo_net_exit() frees &p->rcu`),
    );
    check(
      walk(`		foo_free(p);
		foo_free(p);
//		^^^^^^^^^^^ error: double-release: foo_net_exit() frees p by foo_free(p)`),
    );
  });

  it.each([
    'kfree(p->buf);\n\t\tp++;\n\t\tkfree(p->buf);',
    'kfree_rcu(p, rcu);\n\t\t({ p = q; });\n\t\tkfree_rcu(p, rcu);',
    'kfree_rcu(p, rcu);\n\t\tWRITE_ONCE(p, q);\n\t\tkfree_rcu(p, rcu);',
    'struct foo_entry **pp = &p;\n\n\t\tkfree_rcu(p, rcu);\n\t\t*pp = q;\n\t\tkfree_rcu(p, rcu);',
    'kfree(p->buf);\n\t\tq->buf = foo_next(net);\n\t\tkfree(p->buf);',
    'foo_free(p);\n\t\tfoo_take_resized(net, &p);\n\t\tfoo_free(p);',
  ])('of what may be written between: %s', (body) => {
    check(walk(`\t\t${body}`));
  });

  it('of a member that the function which frees it may set', () => {
    check(
      walk('\t\tfoo_pop(p, p->first);\n\t\tfoo_pop(p, p->first);').replace(
        'static int __net_init',
        'static void foo_pop(struct foo_entry *p, struct foo_entry *of)\n{\n\tp->first = of->next;\n\tkfree(of);\n}\n\nstatic int __net_init',
      ),
    );
  });

  it('of another thing, of one of several references, or on one of two ways', () => {
    check(
      walk(`		q = p->next;
		kfree_rcu(p, rcu);
		p = q;
		kfree_rcu(p, rcu);`),
    );
    check(
      walk(`		foo_put(p);
		foo_put(p);`),
    );
    check(
      walk(`		if (p->is_new)
			kfree(p);
		else
			kfree_rcu(p, rcu);`),
    );
    check(
      walk(`		if (p->is_new)
			kfree_rcu(p->old, rcu);
		kfree_rcu(p->name, rcu);
		kfree_rcu(p, rcu);`),
    );
    check(
      walk(`		kfree_rcu(p, rcu);
		foo_take_next(p, net);
		kfree_rcu(p, rcu);`),
    );
    check(
      walk(`		kfree_rcu(p, rcu);
		pr_debug("%p\n", p->name);`),
    );
    check(
      walk(`		call_rcu(&p->rcu, foo_free_rcu);
		call_rcu(&p->name_rcu, foo_free_name);`),
    );
  });
});

describe('what a callback of RCU frees', () => {
  const exit = (body: string, callback = 'kfree(p);'): string => `
static void foo_free_rcu(struct rcu_head *rcu)
{
	struct foo *p = container_of(rcu, struct foo, rcu);

	dev_put(p->dev);
	${callback}
}

static void foo_free_at_once(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct foo, rcu));
}

static int __net_init foo_net_init(struct net *net)
{
	INIT_HLIST_HEAD(&net->foo.list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct hlist_node *n;
	struct foo *p;

	hlist_for_each_entry_safe(p, n, &net->foo.list, list) {
		hlist_del_rcu(&p->list);
${body}
	}
}

${fooNetOps('no data')}`;
  const twice = (use: string, by: string): string =>
    `//		${'^'.repeat(use.length)} error: double-release: foo_net_exit() frees p by ${use}, which ${by}() has freed already`;

  it.each([
    ['call_rcu(&p->rcu, foo_free_rcu)', 'kfree(p)', 'call_rcu'],
    ['call_rcu(&p->rcu, foo_free_at_once)', 'kfree(p)', 'call_rcu'],
    ['call_rcu(&p->rcu, foo_free_rcu)', 'kfree_rcu(p, rcu)', 'call_rcu'],
    ['kfree_rcu(p, rcu)', 'kfree(p)', 'kfree_rcu'],
    ['kfree_rcu(p, rcu)', 'call_rcu(&p->rcu, foo_free_rcu)', 'kfree_rcu'],
  ])('%s, and %s after that', (first, second, by) => {
    check(exit(`\t\t${first};\n\t\t${second};\n${twice(second, by)}`));
  });

  it.each([
    ['where it asks first', 'call_rcu(&p->rcu, foo_free_rcu);\n\t\tkfree(p);', 'if (!p->is_kept)\n\t\tkfree(p);'],
    ['of what it only holds', 'call_rcu(&p->rcu, foo_free_rcu);\n\t\tkfree(p);', 'kfree(p->name);'],
    ['by another member', 'call_rcu(&p->name_rcu, foo_free_rcu);\n\t\tkfree(p);', 'kfree(p);'],
    ['and the exit what it holds', 'kfree(p->name);\n\t\tcall_rcu(&p->rcu, foo_free_rcu);', 'kfree(p);'],
    [
      'or the exit at once',
      'if (p->is_new)\n\t\t\tkfree(p);\n\t\telse\n\t\t\tcall_rcu(&p->rcu, foo_free_rcu);',
      'kfree(p);',
    ],
    ['which is not at hand', 'call_rcu(&p->rcu, foo_drop_rcu);\n\t\tkfree(p);', 'kfree(p);'],
    ['of what it finds there', 'call_rcu(&p->rcu, foo_free_rcu);\n\t\tkfree(p);', 'p = p->old;\n\tkfree(p);'],
    [
      'of what it puts in its place',
      'call_rcu(&p->rcu, foo_free_rcu);\n\t\tkfree(p);',
      'swap(p->old, p);\n\tkfree(p);',
    ],
    [
      'where another scope has one by that name',
      '{\n\t\t\tstruct foo *p = net->foo.spare;\n\n\t\t\tcall_rcu(&p->rcu, foo_free_rcu);\n\t\t}\n\t\tcall_rcu(&p->rcu, foo_free_rcu);',
      'kfree(p);',
    ],
    ['behind a macro that may take another', 'kfree_rcu(p, rcu);\n\t\tFOO_TAKE(spare);\n\t\tkfree_rcu(p, rcu);', ''],
  ])('is quiet %s', (_, body, callback) => {
    check(exit(`\t\t${body}`, callback));
  });
});

describe('pernet/double-release, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/double-release');
  });
});
