import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { exiting, fooNetOps, registering } from '../registering.ts';

describe('pernet/init-error-leak', () => {
  it('an early return that forgets the memory', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if proc_create_net() fails, foo_net_init() returns -ENOMEM without kfree() for memory
	return 0;
}

${exiting('remove_proc_entry("foo", net->proc_net);', 'kfree(fn->table);')}`);
  });

  /** A listening socket that a helper opens, and gives back where `undo` does so; or it was handed to `keeper` before. */
  const listening = ({ undo = '', keeper = '', inCaller = '', marker = '' }): string => `
static void foo_stop(struct socket *sock, struct work_struct *work)
{
	if (!sock)
		return;
	flush_work(work);
	sock_release(sock);
}

static void foo_drop(struct foo_net *fn)
{
	struct socket *sock = fn->pending;

	fn->pending = NULL;
	foo_stop(sock, &fn->work);
}

static struct socket *foo_listen(struct net *net, struct foo_net *fn)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct socket *sock = NULL;
	int err;

	err = sock_create_kern(net, PF_INET, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err < 0)
		goto out;
	sock_set_reuseaddr(sock->sk);
	${keeper}
	err = kernel_bind(sock, (struct sockaddr *)&sin, sizeof(sin));
	if (err < 0)
		goto out;
${marker}
	err = kernel_listen(sock, 64);
	if (err < 0)
		goto out;
	return sock;
out:
	${undo}
	return NULL;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->sock = foo_listen(net, fn);
	if (!fn->sock) {
		${inCaller}
		return -EAFNOSUPPORT;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct socket *sock = fn->sock;

	fn->sock = NULL;
	foo_stop(sock, &fn->work);
}

${fooNetOps('data')}`;

  it('a socket that a helper which could not bind it forgets', () => {
    check(
      listening({
        marker:
          '//		^^^^^^^^^ error: init-error-leak: if kernel_bind() fails, foo_net_init() returns -EAFNOSUPPORT without sock_release() for kernel socket',
      }),
    );
  });

  it.each([
    ['gives back', { undo: 'if (sock)\n\t\tsock_release(sock);' }],
    [
      'has kept somewhere, for its caller',
      { keeper: 'fn->pending = sock;', inCaller: 'foo_stop(fn->pending, &fn->work);' },
    ],
    ['has kept for a function that stops it', { keeper: 'fn->pending = sock;', undo: 'foo_drop(fn);' }],
  ])('is quiet about one that the helper %s', (_, parts) => {
    check(listening(parts));
  });

  it('a macro that goes to the label below the one that it needs', () => {
    const module = (label: string, marker: string): string => `
#define FOO_CHECK(p, label) if (!(p)) goto label
#define FOO_TRY(call, label) do { err = (call); if (err < 0) goto label; } while (0)

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err = -ENOMEM;

	fn->table = kmalloc(64, GFP_KERNEL);
	FOO_CHECK(fn->table, out)
	FOO_TRY(nf_register_net_hook(net, &foo_hook), ${label});
${marker}	return 0;
out_free:
	kfree(fn->table);
out:
	return err;
}

${exiting('nf_unregister_net_hook(net, &foo_hook);', 'kfree(fn->table);')}`;
    check(module('out_free', ''));
    check(
      module(
        'out',
        '//\t^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: init-error-leak: if nf_register_net_hook() fails, foo_net_init() returns an error without kfree() for memory\n',
      ),
    );
  });

  it('a goto to the label below the one that it needs', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err = -ENOMEM;

	net->foo.stats = alloc_percpu(struct foo_stats);
	if (!net->foo.stats)
		goto out;
	net->foo.hash = kvcalloc(64, sizeof(struct hlist_head), GFP_KERNEL);
	if (!net->foo.hash)
		goto out;
//		^^^^^^^^^ error: init-error-leak: if kvcalloc() fails, foo_net_init() returns -ENOMEM without free_percpu() for percpu memory net->foo.stats
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err < 0)
		goto out_hash;
	return 0;

out_hash:
	kvfree(net->foo.hash);
	free_percpu(net->foo.stats);
out:
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	kvfree(net->foo.hash);
	free_percpu(net->foo.stats);
}

${fooNetOps('no data')}`);
  });

  it('a helper of the same file that leaves its first step', () => {
    check(`
static int __net_init foo_proc_init(struct net *net)
{
	net->foo.proc_tab = proc_create_net("foo_tab", 0444, net->proc_net, &foo_tab_ops, sizeof(struct seq_net_private));
	if (!net->foo.proc_tab)
		return -ENOMEM;
	if (!proc_create_net_single("foo_stat", 0444, net->proc_net, foo_stat_show, NULL))
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if proc_create_net_single() fails, foo_net_init() returns -ENOMEM without remove_proc_entry() for proc entry net->foo.proc_tab
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	foo_defaults(&net->foo);
	return foo_proc_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo_stat", net->proc_net);
	remove_proc_entry("foo_tab", net->proc_net);
}

${fooNetOps('no data')}`);
  });

  it('a helper of another file whose work the caller does not undo', () => {
    check(`
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
foo-y := main.o proc.o
//- net/foo/proc.c
/* Called from the pernet_operations in main.c. */
int foo_proc_net_init(struct net *net)
{
	net->foo.proc = proc_net_mkdir(net, "foo", net->proc_net);
	if (!net->foo.proc)
		return -ENOMEM;
	return 0;
}

void foo_proc_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
}
//- net/foo/main.c
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = foo_proc_net_init(net);
	if (err)
		return err;
	net->foo.sk = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	if (!net->foo.sk)
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if netlink_kernel_create() fails, foo_net_init() returns -ENOMEM without remove_proc_entry() for proc directory
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	netlink_kernel_release(net->foo.sk);
	foo_proc_net_exit(net);
}

${fooNetOps('no data')}`);
  });

  it('a loop that gives up without undoing what it has done', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int i;

	for (i = 0; i < FOO_TABLES; i++) {
		fn->tables[i] = kzalloc(sizeof(struct foo_table), GFP_KERNEL);
		if (!fn->tables[i])
			return -ENOMEM;
//			^^^^^^^^^^^^^^^ error: init-error-leak: foo_net_init() returns -ENOMEM without kfree() for memory
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int i;

	for (i = 0; i < FOO_TABLES; i++)
		kfree(fn->tables[i]);
}

${fooNetOps('data')}`);
  });

  it('the copied table of a sysctl that could not be registered', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *table = foo_table;

	if (!net_eq(net, &init_net)) {
		table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
		if (!table)
			return -ENOMEM;
		table[0].data = &net->foo.limit;
	}
	net->foo.sysctl_table = table;
	net->foo.sysctl_header = register_net_sysctl(net, "net/foo", table);
	if (!net->foo.sysctl_header)
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if register_net_sysctl() fails, foo_net_init() returns -ENOMEM without kfree() for memory net->foo.sysctl_table
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_net_sysctl_table(net->foo.sysctl_header);
	if (!net_eq(net, &init_net))
		kfree(net->foo.sysctl_table);
}

${fooNetOps('no data')}`);
  });

  it('a second control socket', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = inet_ctl_sock_create(&net->foo.ctl_sk, PF_INET, SOCK_RAW, IPPROTO_FOO, net);
	if (err < 0)
		return err;
	return inet_ctl_sock_create(&net->foo.ctl6_sk, PF_INET6, SOCK_RAW, IPPROTO_FOO, net);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: init-error-leak: if inet_ctl_sock_create() fails, foo_net_init() returns an error without inet_ctl_sock_destroy() for control socket net->foo.ctl_sk
}

static void __net_exit foo_net_exit(struct net *net)
{
	inet_ctl_sock_destroy(net->foo.ctl6_sk);
	inet_ctl_sock_destroy(net->foo.ctl_sk);
}

${fooNetOps('no data')}`);
  });

  it('what only exit_batch would release', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->stats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!fn->stats)
		return -ENOMEM;
	if (rhashtable_init(&fn->flows, &foo_flow_params) < 0)
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if rhashtable_init() fails, foo_net_init() returns -ENOMEM without free_percpu() for percpu memory
	return 0;
}

static void __net_exit foo_net_exit_batch(struct list_head *net_exit_list)
{
	struct net *net;

	list_for_each_entry(net, net_exit_list, exit_list) {
		struct foo_net *fn = net_generic(net, foo_net_id);

		rhashtable_destroy(&fn->flows);
		free_percpu(fn->stats);
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit_batch,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('hooks that stay when the sysctl fails, in a chain with one label too few', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int ret;

	ret = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (ret < 0)
		goto err;
	net->foo.header = register_net_sysctl_sz(net, "net/foo", foo_table, ARRAY_SIZE(foo_table));
	if (!net->foo.header) {
		ret = -ENOMEM;
		goto err;
//		^^^^^^^^^ error: init-error-leak: if register_net_sysctl_sz() fails, foo_net_init() returns -ENOMEM without nf_unregister_net_hooks() for netfilter hooks
	}
	return 0;

err:
	pr_err("foo: cannot set up a namespace\\n");
	return ret;
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_net_sysctl_table(net->foo.header);
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

${fooNetOps('no data')}`);
  });

  it('a pointer that readers see already', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_table *table;
	int err;

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	rcu_assign_pointer(net->foo.table, table);
	err = register_fib_notifier(net, &foo_fib_nb, NULL, NULL);
	if (err)
		return err;
//		^^^^^^^^^^^ error: init-error-leak: if register_fib_notifier() fails, foo_net_init() returns an error without kfree() for memory net->foo.table
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_table *table = rcu_dereference_protected(net->foo.table, 1);

	unregister_fib_notifier(net, &foo_fib_nb);
	kfree_rcu(table, rcu);
}

${fooNetOps('no data')}`);
  });

  it('an error pointer', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct fib_rules_ops *ops;

	net->foo.cache = kzalloc(sizeof(*net->foo.cache), GFP_KERNEL);
	if (!net->foo.cache)
		return -ENOMEM;
	ops = fib_rules_register(&foo_rules_template, net);
	if (IS_ERR(ops))
		return PTR_ERR(ops);
//		^^^^^^^^^^^^^^^^^^^^ error: init-error-leak: if fib_rules_register() fails, foo_net_init() returns an error without kfree() for memory net->foo.cache
	net->foo.rules_ops = ops;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	fib_rules_unregister(net->foo.rules_ops);
	kfree(net->foo.cache);
}

${fooNetOps('no data')}`);
  });

  it('a helper to undo that undoes half', () => {
    check(`
static void foo_free(struct foo_net *fn)
{
	kfree(fn->buckets);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->buckets = kcalloc(16, sizeof(*fn->buckets), GFP_KERNEL);
	if (!fn->buckets)
		return -ENOMEM;
	fn->locks = kcalloc(16, sizeof(*fn->locks), GFP_KERNEL);
	if (!fn->locks) {
		foo_free(fn);
		return -ENOMEM;
	}
	err = nf_register_net_hook(net, &foo_hook);
	if (err) {
		foo_free(fn);
		return err;
//		^^^^^^^^^^^ error: init-error-leak: if nf_register_net_hook() fails, foo_net_init() returns an error without kfree() for memory
	}
	return 0;
}

${exiting('nf_unregister_net_hook(net, &foo_hook);', 'kfree(fn->locks);', 'foo_free(fn);')}`);
  });

  it('is quiet about a chain of labels', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err = -ENOMEM;

	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		goto out;
	fn->stats = alloc_percpu(struct foo_stats);
	if (!fn->stats)
		goto out_table;
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
		goto out_stats;
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err)
		goto out_proc;
	return 0;

out_proc:
	remove_proc_entry("foo", net->proc_net);
out_stats:
	free_percpu(fn->stats);
out_table:
	kfree(fn->table);
out:
	return err;
}

${exiting('nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));', 'remove_proc_entry("foo", net->proc_net);', 'free_percpu(fn->stats);', 'kfree(fn->table);')}`);
  });

  it('is quiet about a table that is copied for all namespaces but the first', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *table = foo_table;

	if (!net_eq(net, &init_net)) {
		table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
		if (!table)
			goto err_alloc;
		table[0].data = &net->foo.limit;
	}
	net->foo.hdr = register_net_sysctl(net, "net/foo", table);
	if (!net->foo.hdr)
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
	const struct ctl_table *table = net->foo.hdr->ctl_table_arg;

	unregister_net_sysctl_table(net->foo.hdr);
	if (!net_eq(net, &init_net))
		kfree(table);
}

${fooNetOps('no data')}`);
  });

  it('says only that a proc entry may be missing', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private));
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked
	err = foo_rules_setup(net);
	if (err)
		remove_proc_entry("foo", net->proc_net);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_rules_teardown(net);
	remove_proc_entry("foo", net->proc_net);
}

${fooNetOps('no data')}`);
  });

  it('is quiet when a failing init calls the exit callback', () => {
    check(`
static void foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	if (fn->hdr)
		unregister_net_sysctl_table(fn->hdr);
	kfree(fn->table);
	free_percpu(fn->stats);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->stats = alloc_percpu(struct foo_stats);
	fn->table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	if (!fn->stats || !fn->table)
		goto err;
	fn->hdr = register_net_sysctl(net, "net/foo", fn->table);
	if (!fn->hdr)
		goto err;
	return 0;
err:
	foo_net_exit(net);
	return -ENOMEM;
}

${fooNetOps('data')}`);
  });

  it('is quiet about memory that hangs in a list', () => {
    check(`
static void foo_flush(struct list_head *rules)
{
	struct foo_rule *rule, *next;

	list_for_each_entry_safe(rule, next, rules, list) {
		list_del(&rule->list);
		kfree(rule);
	}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_rule *rule;
	int err;

	INIT_LIST_HEAD(&net->foo.rules);
	rule = kzalloc(sizeof(*rule), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;
	list_add_tail(&rule->list, &net->foo.rules);
	err = nf_register_net_hook(net, &foo_hook);
	if (err)
		foo_flush(&net->foo.rules);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	nf_unregister_net_hook(net, &foo_hook);
	foo_flush(&net->foo.rules);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a helper that releases', () => {
    check(`
static void foo_tables_free(struct foo_net *fn)
{
	kvfree(fn->by_name);
	kvfree(fn->by_addr);
}

static int foo_tables_alloc(struct foo_net *fn)
{
	fn->by_name = kvcalloc(64, sizeof(struct hlist_head), GFP_KERNEL);
	fn->by_addr = kvcalloc(64, sizeof(struct hlist_head), GFP_KERNEL);
	if (!fn->by_name || !fn->by_addr) {
		foo_tables_free(fn);
		return -ENOMEM;
	}
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	err = foo_tables_alloc(fn);
	if (err)
		return err;
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err)
		foo_tables_free(fn);
	return err;
}

${exiting('nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));', 'foo_tables_free(fn);')}`);
  });

  it('is quiet about options that both sides ask for', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

#ifdef CONFIG_PROC_FS
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
#endif
	if (IS_ENABLED(CONFIG_IPV6)) {
		err = inet_ctl_sock_create(&net->foo.ctl6_sk, PF_INET6, SOCK_RAW, IPPROTO_FOO, net);
		if (err)
			goto err_ctl6;
	}
	err = inet_ctl_sock_create(&net->foo.ctl_sk, PF_INET, SOCK_RAW, IPPROTO_FOO, net);
	if (err)
		goto err_ctl;
	return 0;

err_ctl:
	if (IS_ENABLED(CONFIG_IPV6))
		inet_ctl_sock_destroy(net->foo.ctl6_sk);
err_ctl6:
#ifdef CONFIG_PROC_FS
	remove_proc_entry("foo", net->proc_net);
#endif
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	inet_ctl_sock_destroy(net->foo.ctl_sk);
	if (IS_ENABLED(CONFIG_IPV6))
		inet_ctl_sock_destroy(net->foo.ctl6_sk);
#ifdef CONFIG_PROC_FS
	remove_proc_entry("foo", net->proc_net);
#endif
}

${fooNetOps('no data')}`);
  });

  it('is quiet about one label for all, since kfree() takes NULL', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.a = kzalloc(64, GFP_KERNEL);
	net->foo.b = kzalloc(64, GFP_KERNEL);
	net->foo.c = kzalloc(64, GFP_KERNEL);
	if (!net->foo.a || !net->foo.b || !net->foo.c)
		goto err;
	return 0;
err:
	kfree(net->foo.c);
	kfree(net->foo.b);
	kfree(net->foo.a);
	net->foo.a = net->foo.b = net->foo.c = NULL;
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.a);
	kfree(net->foo.b);
	kfree(net->foo.c);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a label that success and failure share', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	void *scratch;
	int err;

	scratch = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!scratch)
		return -ENOMEM;
	err = percpu_counter_init(&net->foo.count, 0, GFP_KERNEL);
	if (err)
		goto out;
	err = foo_fill(net, scratch);
	if (err)
		percpu_counter_destroy(&net->foo.count);
out:
	kfree(scratch);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	percpu_counter_destroy(&net->foo.count);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a directory that takes its entries along', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.proc = proc_net_mkdir(net, "foo", net->proc_net);
	if (!net->foo.proc)
		return -ENOMEM;
	if (!proc_create_net("rules", 0444, net->foo.proc, &foo_rules_ops, sizeof(struct seq_net_private)))
		goto err;
	if (!proc_create_net("stats", 0444, net->foo.proc, &foo_stats_ops, sizeof(struct seq_net_private)))
		goto err;
	return 0;
err:
	remove_proc_subtree("foo", net->proc_net);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	proc_remove(net->foo.proc);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a device that is freed when it cannot be registered', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct net_device *dev;
	int err = -ENOMEM;

	dev = alloc_netdev(0, "foo0", NET_NAME_UNKNOWN, foo_dev_setup);
	if (!dev)
		goto out;
	dev_net_set(dev, net);
	err = register_netdev(dev);
	if (err)
		goto out_free;
	net->foo.dev = dev;
	return 0;

out_free:
	free_netdev(dev);
out:
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_netdev(net->foo.dev);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering('device')}`);
  });

  it('is quiet about what is made for the first namespace only', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err;

	if (net_eq(net, &init_net)) {
		foo_shared = kzalloc(sizeof(*foo_shared), GFP_KERNEL);
		if (!foo_shared)
			return -ENOMEM;
	}
	net->foo.stats = alloc_percpu(struct foo_stats);
	if (!net->foo.stats) {
		err = -ENOMEM;
		goto err_stats;
	}
	return 0;

err_stats:
	if (net_eq(net, &init_net))
		kfree(foo_shared);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	free_percpu(net->foo.stats);
	if (net_eq(net, &init_net))
		kfree(foo_shared);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about results joined by ?:', () => {
    check(`
static int foo_init_hash(struct foo_net *fn)
{
	fn->hash = kvcalloc(64, sizeof(struct hlist_head), GFP_KERNEL);
	return fn->hash ? 0 : -ENOMEM;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	err = foo_init_hash(fn) ?: nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err)
		kvfree(fn->hash);
	return err;
}

${exiting('nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));', 'kvfree(fn->hash);')}`);
  });

  it('a proc entry whose pointer nobody keeps', () => {
    check(`
static int __net_init foo_proc_init(struct net *net)
{
	if (!proc_create_net("foo_tab", 0444, net->proc_net, &foo_tab_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
	if (!proc_create_net_single("foo_stat", 0444, net->proc_net, foo_stat_show, NULL))
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if proc_create_net_single() fails, foo_net_init() returns -ENOMEM without remove_proc_entry() for proc entry "foo_tab"
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	foo_defaults(&net->foo);
	return foo_proc_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo_stat", net->proc_net);
	remove_proc_entry("foo_tab", net->proc_net);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about hooks that are undone backwards', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(foo_hooks); i++) {
		err = nf_register_net_hook(net, &foo_hooks[i]);
		if (err)
			goto err;
	}
	return 0;

err:
	while (--i >= 0)
		nf_unregister_net_hook(net, &foo_hooks[i]);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(foo_hooks); i++)
		nf_unregister_net_hook(net, &foo_hooks[i]);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about an element that is freed where the loop has come past it', () => {
    const module = (asked: string): string => `
static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int i;

	for (i = 0; i < 2; i++) {
		fn->stats[i] = alloc_percpu(struct foo_stats);
		if (!fn->stats[i])
			goto err;
	}
	return 0;

err:
	${asked}
		free_percpu(fn->stats[0]);
	return -ENOMEM;
}

${exiting('free_percpu(fn->stats[1]);', 'free_percpu(fn->stats[0]);')}`;
    check(module('if (i)'));
    check(module('if (i > 0)'));
    check(
      module('if (!i)').replace(
        '			goto err;\n',
        '			goto err;\n//			^^^^^^^^^ error: init-error-leak: if alloc_percpu() fails, foo_net_init() returns -ENOMEM without free_percpu()\n',
      ),
    );
  });

  it('is quiet about memory that moves into the namespace after the last failure', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_table *table;
	int i;

	for (i = 0; i < FOO_TABLES; i++) {
		table = kzalloc(sizeof(*table), GFP_KERNEL);
		if (!table)
			goto err;
		net->foo.tables[i] = table;
	}
	return 0;

err:
	for (i--; i >= 0; i--)
		kfree(net->foo.tables[i]);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	int i;

	for (i = 0; i < FOO_TABLES; i++)
		kfree(net->foo.tables[i]);
}

${fooNetOps('no data')}`);
  });

  it('elements that a loop has put into a list before a later one fails', () => {
    check(`
static struct foo_label *foo_label_alloc(const struct foo_init *from)
{
	struct foo_label *label = kmalloc(sizeof(*label), GFP_KERNEL);

	if (!label)
		return ERR_PTR(-ENOMEM);
	label->value = from->value;
	return label;
}

static int foo_label_add(struct net *net, const struct foo_init *from)
{
	struct foo_label *label = foo_label_alloc(from);

	if (IS_ERR(label))
		return PTR_ERR(label);
	spin_lock(&net->foo.lock);
	hlist_add_head_rcu(&label->list, &net->foo.labels);
	spin_unlock(&net->foo.lock);
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_label *label;
	struct hlist_node *n;
	int i, err;

	INIT_HLIST_HEAD(&net->foo.labels);
	for (i = 0; i < ARRAY_SIZE(foo_table); i++) {
		err = foo_label_add(net, &foo_table[i]);
		if (err)
			return err;
//			^^^^^^^^^^^ error: init-error-leak: memory net->foo.labels[*]
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_label *label;
	struct hlist_node *n;

	hlist_for_each_entry_safe(label, n, &net->foo.labels, list) {
		hlist_del_rcu(&label->list);
		kfree_rcu(label, rcu);
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
`);
    check(`
static struct foo_label *foo_label_alloc(const struct foo_init *from)
{
	struct foo_label *label = kmalloc(sizeof(*label), GFP_KERNEL);

	if (!label)
		return ERR_PTR(-ENOMEM);
	label->value = from->value;
	return label;
}

static int foo_label_add(struct net *net, const struct foo_init *from)
{
	struct foo_label *label = foo_label_alloc(from);

	if (IS_ERR(label))
		return PTR_ERR(label);
	spin_lock(&net->foo.lock);
	hlist_add_head_rcu(&label->list, &net->foo.labels);
	spin_unlock(&net->foo.lock);
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_label *label;
	struct hlist_node *n;
	int i, err;

	INIT_HLIST_HEAD(&net->foo.labels);
	for (i = 0; i < ARRAY_SIZE(foo_table); i++) {
		err = foo_label_add(net, &foo_table[i]);
		if (err)
			goto err_add;
	}
	return 0;

err_add:
	hlist_for_each_entry_safe(label, n, &net->foo.labels, list) {
		hlist_del_rcu(&label->list);
		kfree_rcu(label, rcu);
	}
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_label *label;
	struct hlist_node *n;

	hlist_for_each_entry_safe(label, n, &net->foo.labels, list) {
		hlist_del_rcu(&label->list);
		kfree_rcu(label, rcu);
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
`);
  });

  it('a cache that only a local knows, when it cannot be registered', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct cache_detail *cd;
	int err;

	cd = cache_create_net(&foo_cache_template, net);
	if (IS_ERR(cd))
		return PTR_ERR(cd);
	err = cache_register_net(cd, net);
	if (err)
		return err;
//		^^^^^^^^^^^ error: init-error-leak: if cache_register_net() fails, foo_net_init() returns an error without cache_destroy_net() for RPC cache
	fn->cache = cd;
	return 0;
}

${exiting('cache_unregister_net(fn->cache, net);', 'cache_destroy_net(fn->cache, net);')}`);
  });

  it('what was made in memory that is freed', () => {
    const module = (undo: string): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_table *table;
	int err;

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	err = rhltable_init(&table->hash, &foo_params);
	if (err) {
		kfree(table);
		return err;
	}
	err = foo_rules_add(net);
	if (err) {
${undo}
	}
	fn->table = table;
	return 0;
}

${exiting('rhltable_destroy(&fn->table->hash);', 'kfree(fn->table);')}`;
    check(
      module(`		kfree(table);
		return err;
//		^^^^^^^^^^^ error: init-error-leak: if foo_rules_add() fails, foo_net_init() returns an error without rhltable_destroy() for hash list table`),
    );
    check(
      module(`		rhltable_destroy(&table->hash);
		kfree(table);
		return err;`),
    );
  });

  it('a socket that only freed memory knew of', () => {
    const module = (undo: string): string => `
static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_end *end;
	int err;

	end = kzalloc(sizeof(*end), GFP_KERNEL);
	if (!end)
		return -ENOMEM;
	err = sock_create_kern(net, AF_INET, SOCK_DGRAM, 0, &end->sock);
	if (err)
		goto err_sock;
	end->buffer = kzalloc(64, GFP_KERNEL);
	if (!end->buffer) {
		err = -ENOMEM;
${undo}
	}
	fn->end = end;
	return 0;

err_buffer:
	sock_release(end->sock);
err_sock:
	kfree(end);
	return err;
}

${exiting('sock_release(fn->end->sock);', 'kfree(fn->end->buffer);', 'kfree(fn->end);')}`;
    check(module('		goto err_buffer;'));
    check(
      module(`		goto err_sock;
//		^^^^^^^^^^^^^^ error: init-error-leak: if kzalloc() fails, foo_net_init() returns -ENOMEM without sock_release() for kernel socket`),
    );
  });

  it('memory that only a local knew of', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_data *data;

	data = kzalloc(sizeof(*data), GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	data->source = kzalloc(sizeof(*data->source), GFP_KERNEL);
	if (!data->source) {
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if kzalloc() fails, foo_net_init() returns -ENOMEM without kfree() for memory
	}
	net->foo.data = data;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.data->source);
	kfree(net->foo.data);
}

${fooNetOps('no data')}`);
  });

  it.each([
    ['that is freed', '', '\t\tkfree(data);\n'],
    ['that was put into a list', '\tlist_add(&data->list, &foo_list);\n', ''],
    ['that was put into a list that is not known', '\tlist_add(&data->list, foo_list_of(net));\n', ''],
    ['a part of which is kept', '\tfoo_last = &data->node;\n', ''],
    ['that is kept as a number', '\tfoo_last = (unsigned long)data + FOO_SET;\n', ''],
    ['that someone was passed', '\tfoo_announce(data);\n', ''],
    ['that lies in a local which someone was passed', '\tmsg.data = data;\n\tfoo_announce(&msg);\n', ''],
    ['that a helper keeps', '\tfoo_keep(net, data);\n', ''],
  ])('is quiet about memory %s', (_, mid, err) => {
    check(`
static struct list_head foo_list;

static void foo_keep(struct net *net, struct foo_data *data)
{
	foo_base(net)->last->data = data;
	kfree(foo_spare);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_data *data;

	data = kzalloc(sizeof(*data), GFP_KERNEL);
	if (!data)
		return -ENOMEM;
${mid}	data->source = kzalloc(sizeof(*data->source), GFP_KERNEL);
	if (!data->source) {
${err}		return -ENOMEM;
	}
	net->foo.data = data;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.data->source);
	kfree(net->foo.data);
}

${fooNetOps('no data')}`);
  });

  it('a registration that only a local knows', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct fib_rules_ops *ops;
	int err;

	ops = fib_rules_register(&foo_rules_ops_template, net);
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	net->foo.table = kzalloc(sizeof(*net->foo.table), GFP_KERNEL);
	if (!net->foo.table) {
		err = -ENOMEM;
		goto err1;
//		^^^^^^^^^^ error: init-error-leak: if kzalloc() fails, foo_net_init() returns -ENOMEM without fib_rules_unregister()
	}
	net->foo.rules_ops = ops;
	return 0;

err1:
	pr_err("no table\\n");
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.table);
	fib_rules_unregister(net->foo.rules_ops);
}

${fooNetOps('no data')}`);
  });

  it('is quiet about a registration that only a local knows, and that is undone', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct fib_rules_ops *ops;
	int err;

	ops = fib_rules_register(&foo_rules_ops_template, net);
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	net->foo.table = kzalloc(sizeof(*net->foo.table), GFP_KERNEL);
	if (!net->foo.table) {
		err = -ENOMEM;
		goto err1;
	}
	net->foo.rules_ops = ops;
	return 0;

err1:
	fib_rules_unregister(ops);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.table);
	fib_rules_unregister(net->foo.rules_ops);
}

${fooNetOps('no data')}`);
  });

  const sized = (count: string): string => `
struct foo_detail { int size; void *table; struct proc_dir_entry *entry; };
static const struct foo_detail foo_template = { .size = 16 };

static struct foo_detail *foo_create(const struct foo_detail *from)
{
	struct foo_detail *detail = kzalloc(sizeof(*detail), GFP_KERNEL);

	if (!detail)
		return NULL;
	memcpy(detail, from, sizeof(*detail));
	detail->table = kcalloc(${count}, sizeof(long), GFP_KERNEL);
	if (!detail->table) {
		kfree(detail);
		return NULL;
	}
	return detail;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_detail *detail = foo_create(&foo_template);

	if (!detail)
		return -ENOMEM;
	detail->entry = proc_mkdir("foo", net->proc_net);
	if (!detail->entry)
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if proc_mkdir() fails, foo_net_init() returns -ENOMEM without kfree() for memory
	net->foo.detail = detail;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	proc_remove(net->foo.detail->entry);
	kfree(net->foo.detail->table);
	kfree(net->foo.detail);
}

${fooNetOps('no data')}`;

  it('memory that says itself how large other memory is to be', () => {
    check(sized('16'));
    check(sized('detail->size'));
  });
});

describe('pernet/init-error-leak, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/init-error-leak');
  });
});
