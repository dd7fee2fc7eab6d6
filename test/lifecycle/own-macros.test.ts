import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module that registers and unregisters its ops by macros of its own. */
const module = (macros: string, [reg, unreg]: readonly [string, string], isLeft = false): string => `
${macros}

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

	${reg}
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		${unreg}
	return err;
}

static void __exit foo_exit(void)
${isLeft ? '//		   ^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_net_ops registered\n' : ''}{
	unregister_netdevice_notifier(&foo_nb);
	${isLeft ? '' : unreg}
}

module_init(foo_init);
module_exit(foo_exit);
`;

const plain = 'err = register_pernet_subsys(&foo_net_ops);';

describe("ops that a file's own macros register", () => {
  it.each([
    ['#define foo_unreg(kind, ops) unregister_pernet_##kind(ops)', plain, 'foo_unreg(subsys, &foo_net_ops);'],
    ['#define foo_unreg(name) unregister_pernet_subsys(&name##_net_ops)', plain, 'foo_unreg(foo);'],
    ['#define FOO_UNREG unregister_pernet_subsys(&foo_net_ops)', plain, 'FOO_UNREG;'],
    ['#define foo_unreg unregister_pernet_subsys', plain, 'foo_unreg(&foo_net_ops);'],
    ['#define foo_unreg(ops) do { unregister_pernet_subsys(ops); } while (0)', plain, 'foo_unreg(&foo_net_ops);'],
    [
      '#define foo_unreg(ops) do { pr_debug("bye"); unregister_pernet_subsys(ops); } while (0)',
      plain,
      'foo_unreg(&foo_net_ops);',
    ],
    [
      '#define foo_reg(ops) do { err = register_pernet_subsys(ops); } while (0)',
      'foo_reg(&foo_net_ops);',
      'unregister_pernet_subsys(&foo_net_ops);',
    ],
    [
      '#define foo_reg(ops) ({ int __err = register_pernet_subsys(ops); __err; })',
      'err = foo_reg(&foo_net_ops);',
      'unregister_pernet_subsys(&foo_net_ops);',
    ],
    ['#define foo_unreg(ops) unregister_pernet_subsys(ops)', plain, 'foo_unreg(&foo_net_ops) /* ends by itself */'],
    [
      '#define foo_unreg(x, ops) do { unregister_pernet_subsys(ops); } while (0)',
      plain,
      'foo_unreg(1, &foo_net_ops) /* ends by itself */',
    ],
  ])('%s', (macros, reg, unreg) => {
    check(module(macros, [reg, unreg]));
    check(module(macros, [reg, unreg], true));
  });
});

describe('a macro without its semicolon', () => {
  const freeing = (free: string): string => `
struct foo_net {
	void *buf;
};

static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->buf = kzalloc(512, GFP_KERNEL);
	return fn->buf ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${free === '' ? '//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory\n' : ''}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${free}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

module_init(foo_init);

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
`;

  it.each(['FOO_FREE(fn->buf);', 'FOO_FREE(fn->buf)', 'FOO_FREE(0, fn->buf)'])(
    '%s may free what it is passed',
    (free) => {
      check(freeing(free));
    },
  );

  it('is nothing that frees where there is none', () => {
    check(freeing(''));
  });
});

describe('another name that a macro gives', () => {
  it.each(['foo_net_id', 'bar_net_id', 'baz_net_id'])('%s stands for the same', (id) => {
    check(`
static unsigned int foo_net_id;
#define bar_net_id foo_net_id
#define baz_net_id (foo_net_id)

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kzalloc(64, GFP_KERNEL);
	return fn->table ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, ${id});

	kfree(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
`);
  });
});

describe('steps that macros take, and take back', () => {
  it.each([
    [
      'err = (e); if (err) { pr_err("foo: " #e " = %d\\n", err); goto undo; } __set_bit(at, &foo_up);',
      'if (__test_and_clear_bit(at, &foo_up)) { e; }',
    ],
    ['err = (e); if (err) { goto undo; } foo_up = at;', 'if (foo_up >= at) { pr_info("%s\\n", #e); e; }'],
    [
      'err = (e); if (err) { printk(KERN_ERR "foo: " # e " = %d\\n", err); goto undo; } __set_bit(at, &foo_up);',
      'if (__test_and_clear_bit(at, &foo_up)) { printk(KERN_DEBUG #e "\\n"); e; }',
    ],
    ['err = (e); if (err) goto undo; foo_up |= 1 << at;', 'if (foo_up & (1 << at)) e; foo_up &= ~(1 << at);'],
  ])('%s … %s', (step, undo) => {
    check(`
static unsigned long foo_up;
#define FOO_STEP(at, e) do { ${step} } while (0)
#define FOO_UNDO(at, e) do { ${undo} } while (0)

static int __net_init foo_net_init(struct net *net)
{
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static void foo_undo(void)
{
	FOO_UNDO(2, unregister_netdevice_notifier(&foo_nb));
	FOO_UNDO(1, unregister_pernet_subsys(&foo_net_ops));
}

static int __init foo_init(void)
{
	int err;

	FOO_STEP(1, register_pernet_subsys(&foo_net_ops));
	FOO_STEP(2, register_netdevice_notifier(&foo_nb));
	return 0;
undo:
	foo_undo();
	return err;
}

static void __exit foo_exit(void)
{
	foo_undo();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('are missed where they are not taken back', () => {
    check(`
#define FOO_STEP(e, to) do { err = (e); if (err) { printk(KERN_ERR "foo: " # e "\\n"); goto to; } } while (0)

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

	FOO_STEP(register_pernet_subsys(&foo_net_ops), out);
	FOO_STEP(register_netdevice_notifier(&foo_nb), out);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered
out:
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});
