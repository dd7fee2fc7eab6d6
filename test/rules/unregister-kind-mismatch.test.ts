import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';

describe('pernet/unregister-kind-mismatch', () => {
  it('a device that exit unregisters as a subsys, with the fix for it', () => {
    const { findings } = check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit_batch,
};

static int __init foo_init(void)
{
	return register_pernet_device(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-kind-mismatch: foo_net_ops is registered by register_pernet_device() but unregistered by unregister_pernet_subsys()
}

module_init(foo_init);
module_exit(foo_exit);
`);
    expect(findings[0]?.fix).toEqual({
      title: 'Unregister it by unregister_pernet_device()',
      edits: [
        { file: 'net/foo/foo.c', line: 13, column: 2, endLine: 13, endColumn: 26, text: 'unregister_pernet_device' },
      ],
    });
    const { events, failing } = findings[0]!.witness;
    expect(events[failing!]).toMatchObject({ event: 'violation', kind: 'dangling-first-device' });
  });

  it('a subsys that the error path unregisters as a device', () => {
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
	err = foo_link_register();
	if (err)
		goto err_link;
	return 0;

err_link:
	unregister_pernet_device(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-kind-mismatch: foo_net_ops is registered by register_pernet_subsys() but unregistered by unregister_pernet_device()
	return err;
}

static void __exit foo_exit(void)
{
	foo_link_unregister();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('two ops of two kinds, mixed up', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct pernet_operations foo_dev_ops = {
	.exit = foo_dev_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_pernet_device(&foo_dev_ops);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_device(&foo_net_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-kind-mismatch: foo_net_ops is registered by register_pernet_subsys()
	unregister_pernet_subsys(&foo_dev_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-kind-mismatch: foo_dev_ops is registered by register_pernet_device()
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('wrappers that disagree over the kind', () => {
    check(`
//- net/foo/api.c
int foo_register(struct pernet_operations *ops)
{
	return register_pernet_device(ops);
}

void foo_unregister(struct pernet_operations *ops)
{
	unregister_pernet_subsys(ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-kind-mismatch: drop_net_ops is registered by register_pernet_device()
}
//- net/foo/drop.c
static struct pernet_operations drop_net_ops = {
	.init = drop_net_init,
	.exit = drop_net_exit,
};

static int __init drop_init(void)
{
	return foo_register(&drop_net_ops);
}

static void __exit drop_exit(void)
{
	foo_unregister(&drop_net_ops);
}

module_init(drop_init);
module_exit(drop_exit);
`);
  });

  it('is quiet when a parameter chooses the kind for both', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct pernet_operations foo_dev_ops = {
	.init = foo_dev_init,
	.exit = foo_dev_exit,
};

static int foo_add(struct pernet_operations *ops, bool device)
{
	if (device)
		return register_pernet_device(ops);
	return register_pernet_subsys(ops);
}

static void foo_del(struct pernet_operations *ops, bool device)
{
	if (device)
		unregister_pernet_device(ops);
	else
		unregister_pernet_subsys(ops);
}

static int __init foo_init(void)
{
	int err = foo_add(&foo_net_ops, false);

	if (err)
		return err;
	err = foo_add(&foo_dev_ops, true);
	if (err)
		foo_del(&foo_net_ops, false);
	return err;
}

static void __exit foo_exit(void)
{
	foo_del(&foo_dev_ops, true);
	foo_del(&foo_net_ops, false);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

describe('pernet/unregister-kind-mismatch, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/unregister-kind-mismatch');
  });
});
