import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';

describe('pernet/register-twice', () => {
  it('init and its helper both register', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_setup(void)
{
	foo_fill_tables();
	return register_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	int err;

	err = foo_setup();
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: register-twice: foo_net_ops is registered while it is registered already
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
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

  it('a registration in a loop', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int i, err;

	for (i = 0; i < FOO_FAMILIES; i++) {
		err = register_pernet_subsys(&foo_net_ops);
//		      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: register-twice: corrupts the list
		if (err)
			return err;
//			^^^^^^^^^^^ error: left-registered-on-error: foo_net_ops still registered
	}
	return 0;
}

module_init(foo_init);
`);
  });

  it('two files that use one ops, as a subsys and as a device', () => {
    check(`
//- net/foo/main.c
struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = foo_dev_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_dev_exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/dev.c
extern struct pernet_operations foo_net_ops;

int __init foo_dev_init(void)
{
	return register_pernet_device(&foo_net_ops);
//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: register-twice
}

void foo_dev_exit(void)
{
	foo_dev_flush();
}
`);
  });

  it('is quiet about one registration in each arm of a switch, an if and an #if', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
#ifdef CONFIG_FOO_EARLY
	return register_pernet_subsys(&foo_net_ops);
#else
	switch (foo_mode) {
	case 0:
		return register_pernet_subsys(&foo_net_ops);
	case 1:
		if (!foo_fancy)
			return register_pernet_subsys(&foo_net_ops);
		else
			return register_pernet_subsys(&foo_net_ops);
	default:
		return -EINVAL;
	}
#endif
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about registering again what was unregistered in between', () => {
    check(`
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
	if (foo_wants_device) {
		unregister_pernet_subsys(&foo_net_ops);
		err = register_pernet_device(&foo_net_ops);
	}
	return err;
}

static void __exit foo_exit(void)
{
	if (foo_wants_device)
		unregister_pernet_device(&foo_net_ops);
	else
		unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

describe('pernet/register-twice, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/register-twice');
  });
});
