import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/init-returns-positive', () => {
  it('an errno without its sign', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table)
		return ENOMEM;
//		^^^^^^^^^^^^^^ warning: init-returns-positive: foo_net_init() returns 
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('not what a macro may have found to be an error', () => {
    check(`
#define foo_is_err(e) ((e) < 0 && (e) >= -MAX_ERRNO)

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_tab *tab = kzalloc(64, GFP_KERNEL) ?: ERR_PTR(-ENOMEM);
	int err = PTR_ERR(tab);

	if (foo_is_err(err))
		return err;
	fn->tab = tab;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->tab);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('a number by way of a label', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err = 1;

	net->foo.stats = alloc_percpu(struct foo_stats);
	if (!net->foo.stats)
		goto out;
	err = 0;
out:
	return err;
//	^^^^^^^^^^^ warning: init-returns-positive: foo_net_init() returns 
}

static void __net_exit foo_net_exit(struct net *net)
{
	free_percpu(net->foo.stats);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('an init that acquires nothing', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.limit = 16;
	return 1;
//	^^^^^^^^^ warning: init-returns-positive: foo_net_init() returns 
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('true for success', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!net->foo.hdr)
		return -ENOMEM;
	return true;
//	^^^^^^^^^^^^ warning: init-returns-positive: foo_net_init() returns 
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_net_sysctl_table(net->foo.hdr);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('a helper of the same file', () => {
    check(`
static int foo_sysctl_add(struct net *net)
{
	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!net->foo.hdr)
		return EINVAL;
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_sysctl_add(net);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: init-returns-positive: foo_net_init() returns 
}

static void __net_exit foo_net_exit(struct net *net)
{
	unregister_net_sysctl_table(net->foo.hdr);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('a helper of another file', () => {
    check(`
//- net/foo/Makefile
obj-$(CONFIG_FOO) += foo.o
foo-y := main.o sysctl.o
//- net/foo/sysctl.c
/* Called from the pernet_operations in main.c. */
int foo_sysctl_init(struct net *net)
{
	net->foo.hdr = register_net_sysctl(net, "net/foo", foo_table);
	if (!net->foo.hdr)
		return 1;
	return 0;
}

void foo_sysctl_exit(struct net *net)
{
	unregister_net_sysctl_table(net->foo.hdr);
}
//- net/foo/main.c
static int __net_init foo_net_init(struct net *net)
{
	int err;

	err = foo_sysctl_init(net);
	return err;
//	^^^^^^^^^^^ warning: init-returns-positive: foo_net_init() returns 
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_sysctl_exit(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('a truth value of what went wrong', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kzalloc(64, GFP_KERNEL);
	return !fn->table;
//	^^^^^^^^^^^^^^^^^^ warning: init-returns-positive: foo_net_init() returns 
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('the sign that a conditional forgets', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.sk = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	return net->foo.sk ? 0 : ENOMEM;
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: init-returns-positive: foo_net_init() returns 
}

static void __net_exit foo_net_exit(struct net *net)
{
	netlink_kernel_release(net->foo.sk);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about 0 and negative errnos', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.table = kzalloc(64, GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	if (foo_limit > FOO_MAX) {
		kfree(net->foo.table);
		return -1;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about a result that is not known', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int ret;

	net->foo.table = kzalloc(64, GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	ret = foo_arch_fill(net->foo.table);
	if (ret < 0)
		kfree(net->foo.table);
	return ret;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about a count that init makes 0', () => {
    check(`
static int foo_fill(struct net *net)
{
	net->foo.table = kcalloc(16, sizeof(*net->foo.table), GFP_KERNEL);
	if (!net->foo.table)
		return -ENOMEM;
	return 16;
}

static int __net_init foo_net_init(struct net *net)
{
	int count = foo_fill(net);

	if (count < 0)
		return count;
	net->foo.count = count;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about conditionals with the sign', () => {
    check(`
static int foo_fill(struct net *net)
{
	net->foo.sk = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	return net->foo.sk ? 1 : -ENOMEM;
}

static int __net_init foo_net_init(struct net *net)
{
	int ret = foo_fill(net);

	return ret > 0 ? 0 : ret;
}

static void __net_exit foo_net_exit(struct net *net)
{
	netlink_kernel_release(net->foo.sk);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about error pointers', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.rules_ops = fib_rules_register(&foo_rules_template, net);

	return PTR_ERR_OR_ZERO(net->foo.rules_ops);
}

static void __net_exit foo_net_exit(struct net *net)
{
	fib_rules_unregister(net->foo.rules_ops);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about a truth value that becomes an errno', () => {
    check(`
static bool foo_prepare(struct net *net)
{
	net->foo.table = kzalloc(64, GFP_KERNEL);
	return net->foo.table != NULL;
}

static int __net_init foo_net_init(struct net *net)
{
	if (!foo_prepare(net))
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	kfree(net->foo.table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about the tail call of what returns 0 or an errno', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	net->foo.limit = 16;
	return nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static void __net_exit foo_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('is quiet about a number that is negated', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err = ENOMEM;

	net->foo.stats = alloc_percpu(struct foo_stats);
	if (!net->foo.stats)
		goto out;
	err = 0;
out:
	return -err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	free_percpu(net->foo.stats);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });
});
