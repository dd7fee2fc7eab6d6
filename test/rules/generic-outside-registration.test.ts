import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/generic-outside-registration', () => {
  it('the data of init_net, asked for before the ops is registered', () => {
    check(`
static unsigned int foo_net_id __read_mostly;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn = net_generic(&init_net, foo_net_id);
//			     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: net_generic(net, foo_net_id) is used before foo_net_ops is registered
	int err;

	fn->limit = 16;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		pr_err("foo: no memory\\n");
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a last look at init_net after everything is gone', () => {
    check(`
static unsigned int foo_net_id __read_mostly;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_device(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	struct foo_net *fn;

	unregister_pernet_device(&foo_net_ops);
	fn = net_generic(&init_net, foo_net_id);
//	     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: net_generic(net, foo_net_id) is used after foo_net_ops is unregistered
	WARN_ON(fn->users);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about the data of init_net while the ops is registered', () => {
    check(`
static unsigned int foo_net_id __read_mostly;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn;
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	fn = net_generic(&init_net, foo_net_id);
	fn->limit = 16;
	return 0;
}

static void __exit foo_exit(void)
{
	struct foo_net *fn = net_generic(&init_net, foo_net_id);

	WARN_ON(fn->users);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a pointer taken before, that nobody follows after', () => {
    check(`
static unsigned int foo_net_id __read_mostly;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	struct foo_net *fn = net_generic(&init_net, foo_net_id);
	unsigned int count = fn->count;

	unregister_pernet_subsys(&foo_net_ops);
	pr_info("foo: %u flows\\n", count);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about callbacks, which run while the ops is being registered and unregistered', () => {
    check(`
static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	WARN_ON(!list_empty(&fn->list));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it("is quiet about the data of another module's ops", () => {
    check(`
extern unsigned int bar_net_id;

static unsigned int foo_net_id;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct bar_net *bn = net_generic(&init_net, bar_net_id);

	if (!bn->enabled)
		return -ENODEV;
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a second registration after the first was undone', () => {
    check(`
static unsigned int foo_net_id;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn;
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	if (foo_probe() < 0) {
		unregister_pernet_subsys(&foo_net_ops);
		foo_legacy = true;
		err = register_pernet_subsys(&foo_net_ops);
		if (err)
			return err;
	}
	fn = net_generic(&init_net, foo_net_id);
	fn->limit = foo_legacy ? 1 : 16;
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a helper that is only called when its ops is there', () => {
    check(`
static unsigned int foo_net_id;
static bool foo_registered;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static void foo_report(void)
{
	struct foo_net *fn = net_generic(&init_net, foo_net_id);

	pr_info("foo: %u users\\n", fn->users);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto fail;
	foo_registered = true;
	err = genl_register_family(&foo_family);
	if (err)
		goto fail;
	return 0;

fail:
	if (foo_registered) {
		foo_report();
		unregister_pernet_subsys(&foo_net_ops);
	}
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	foo_report();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an accessor in the one line that has it', () => {
    check(`
static unsigned int foo_net_id;

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: is used before foo_net_ops is registered
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn = foo_pernet(&init_net);

	fn->limit = 16;
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper of another file that registers, after it has used what it registers', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o stat.o
//- net/foo/main.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = foo_stat_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_stat_exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/stat.c
static unsigned int foo_stat_id __read_mostly;

static struct pernet_operations foo_stat_ops = {
	.id = &foo_stat_id,
	.size = sizeof(struct foo_stat),
};

int __init foo_stat_init(void)
{
	struct foo_stat *stat = net_generic(&init_net, foo_stat_id);
//				^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: net_generic(net, foo_stat_id) is used before foo_stat_ops is registered

	seqcount_init(&stat->seq);
	return register_pernet_subsys(&foo_stat_ops);
}

void foo_stat_exit(void)
{
	unregister_pernet_subsys(&foo_stat_ops);
}
`);
  });

  it('an unwinding that looks at what it has just undone', () => {
    check(`
static unsigned int foo_net_id;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn;
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = genl_register_family(&foo_family);
	if (err)
		goto err_family;
	return 0;

err_family:
	unregister_pernet_subsys(&foo_net_ops);
	fn = net_generic(&init_net, foo_net_id);
//	     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: is used after foo_net_ops is unregistered
	foo_drop_list(&fn->list);
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
