import { describe, expect, it } from 'vitest';
import { analyseFiles, check, rulesMended } from '../check.ts';
import { parseFixture } from '../fixture.ts';

describe('pernet/left-registered-on-exit', () => {
  it('an exit that forgets the ops', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
//                 ^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_net_ops registered
{
	foo_free_tables();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('one of two ops forgotten, in a head that is broken over lines', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static struct pernet_operations foo_stat_ops = {
	.init = foo_stat_init,
};

static int __init
foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_pernet_device(&foo_stat_ops);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit
foo_exit(void)
^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_stat_ops registered
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a subsystem in another file whose cleanup nobody calls', () => {
    check(`
//- net/foo/main.c
int __init foo_init(void)
{
	int err = foo_label_init();

	if (err)
		return err;
	err = foo_link_register();
	if (err)
		foo_label_cleanup();
	return err;
}

void foo_exit(void)
//   ^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_label_ops registered
{
	foo_link_unregister();
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
//- net/foo/label.c
static struct pernet_operations foo_label_ops = {
	.init = foo_label_net_init,
	.exit = foo_label_net_exit,
};

int __init foo_label_init(void)
{
	return register_pernet_subsys(&foo_label_ops);
}

void foo_label_cleanup(void)
{
	unregister_pernet_subsys(&foo_label_ops);
}
`);
  });

  it('an ops that its own file registers through a wrapper, and forgets', () => {
    check(`
//- net/foo/api.c
int foo_register_action(struct foo_action *act, struct pernet_operations *ops)
{
	int err;

	err = register_pernet_subsys(ops);
	if (err)
		return err;
	list_add_tail(&act->head, &foo_actions);
	return 0;
}
EXPORT_SYMBOL(foo_register_action);

void foo_unregister_action(struct foo_action *act, struct pernet_operations *ops)
{
	list_del(&act->head);
	unregister_pernet_subsys(ops);
}
EXPORT_SYMBOL(foo_unregister_action);
//- net/foo/act_drop.c
static struct pernet_operations drop_net_ops = {
	.init = drop_net_init,
	.exit_batch = drop_net_exit,
};

static int __init drop_init_module(void)
{
	return foo_register_action(&act_drop, &drop_net_ops);
}

static void __exit drop_cleanup_module(void)
//                 ^^^^^^^^^^^^^^^^^^^ error: left-registered-on-exit: drop_net_ops
{
	drop_free();
}

module_init(drop_init_module);
module_exit(drop_cleanup_module);
//- net/foo/act_pass.c
static struct pernet_operations pass_net_ops = {
	.init = pass_net_init,
	.exit_batch = pass_net_exit,
};

static int __init pass_init_module(void)
{
	return foo_register_action(&act_pass, &pass_net_ops);
}

static void __exit pass_cleanup_module(void)
{
	foo_unregister_action(&act_pass, &pass_net_ops);
}

module_init(pass_init_module);
module_exit(pass_cleanup_module);
`);
  });

  it('an unregistration under an #ifdef that the registration does not have', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
//                 ^^^^^^^^ error: left-registered-on-exit [CONFIG_FOO_PROC=n]: foo_exit() leaves foo_net_ops registered
{
#ifdef CONFIG_FOO_PROC
	foo_proc_exit();
	unregister_pernet_subsys(&foo_net_ops);
#endif
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an unregistration whose stub does nothing', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

#ifdef CONFIG_FOO_PROC
static void foo_stop(void)
{
	foo_proc_stop();
	unregister_pernet_subsys(&foo_net_ops);
}
#else
static inline void foo_stop(void)
{
}
#endif

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
//                 ^^^^^^^^ error: left-registered-on-exit [CONFIG_FOO_PROC=n]: foo_exit() leaves foo_net_ops registered
{
	foo_stop();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an ops of an arm that is left out, whose callers say nothing of pernet', () => {
    check(`
//- net/foo/resolve.c
#ifdef CONFIG_FOO_KERNEL_RESOLVER
int foo_resolve(struct net *net)
{
	return foo_query(net);
}
#else
static struct pernet_operations foo_resolve_ops = {
	.init = foo_resolve_net_init,
	.exit = foo_resolve_net_exit,
};

int foo_resolver_init(void)
{
	return register_pernet_subsys(&foo_resolve_ops);
}

void foo_resolver_destroy(void)
{
	unregister_pernet_subsys(&foo_resolve_ops);
}
#endif
//- net/foo/super.c
static int __init foo_init(void)
{
	int err = foo_resolver_init();

	if (err)
		return err;
	err = foo_fs_register();
	if (err)
		foo_resolver_destroy();
	return err;
}

static void __exit foo_exit(void)
//                 ^^^^^^^^ error: left-registered-on-exit [CONFIG_FOO_KERNEL_RESOLVER=n]: foo_resolve_ops
{
	foo_fs_unregister();
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an unregistration that IS_ENABLED() decides over', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
//                 ^^^^^^^^ error: left-registered-on-exit [CONFIG_IPV6=n]: foo_exit() leaves foo_net_ops registered
{
	if (IS_ENABLED(CONFIG_IPV6))
		unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper that is told to keep the ops', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void foo_shutdown(bool pernet)
{
	foo_flush();
	if (pernet)
		unregister_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
//                 ^^^^^^^^ error: left-registered-on-exit: foo_net_ops
{
	foo_shutdown(false);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet when the same flag decides over both', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int foo_ipv6 = 1;
module_param(foo_ipv6, int, 0444);

static int __init foo_init(void)
{
	int err = 0;

	if (foo_ipv6)
		err = register_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	if (foo_ipv6)
		unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet when a flag that init sets decides over the exit', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static bool foo_registered;

static int __init foo_init(void)
{
	if (register_pernet_subsys(&foo_net_ops))
		pr_warn("foo: no namespaces\\n");
	else
		foo_registered = true;
	return 0;
}

static void __exit foo_exit(void)
{
	if (foo_registered)
		unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a search that finds its element before it unregisters', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int foo_register(struct foo_action *act, struct pernet_operations *ops)
{
	struct foo_action *each;
	int err;

	err = register_pernet_subsys(ops);
	if (err)
		return err;
	write_lock(&foo_lock);
	list_for_each_entry(each, &foo_actions, head) {
		if (each->id == act->id) {
			err = -EEXIST;
			goto err_out;
		}
	}
	list_add_tail(&act->head, &foo_actions);
	write_unlock(&foo_lock);
	return 0;

err_out:
	write_unlock(&foo_lock);
	unregister_pernet_subsys(ops);
	return err;
}

static int foo_unregister(struct foo_action *act, struct pernet_operations *ops)
{
	struct foo_action *each;
	int err = -ENOENT;

	write_lock(&foo_lock);
	list_for_each_entry(each, &foo_actions, head) {
		if (each == act) {
			list_del(&act->head);
			err = 0;
			break;
		}
	}
	write_unlock(&foo_lock);
	if (!err)
		unregister_pernet_subsys(ops);
	return err;
}

static int __init foo_init(void)
{
	return foo_register(&act_foo, &foo_net_ops);
}

static void __exit foo_exit(void)
{
	foo_unregister(&act_foo, &foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about code that cannot be unloaded', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	if (register_pernet_subsys(&foo_net_ops))
		panic("foo: cannot register\\n");
	return 0;
}

fs_initcall(foo_init);
`);
  });

  it('says that it cannot follow an array of ops of which it is not known which is which', () => {
    check(
      arrayOf({
        first: '[FOO_A] =',
        undo: '',
        exit: '',
        gap: '//! not analysed: the struct pernet_operations that is passed here is not known\n',
      }),
    );
  });

  it.each([
    ['&foo_net_ops[i]', 'while (--i >= 0)', 'for (i = ARRAY_SIZE(foo_net_ops) - 1; i >= 0; i--)'],
    ['&foo_net_ops[i]', 'while (i--)', 'for (i = 0; i < ARRAY_SIZE(foo_net_ops); i++)'],
    ['foo_net_ops + i', 'for (i--; i >= 0; i--)', 'for (i = 0; i < FOO_N; i++)'],
  ])('is quiet about an array of ops, %s, %s', (ops, undo, exit) => {
    check(arrayOf({ ops, undo, exit }));
  });

  it('the first of an array of ops, which the exit does not come to', () => {
    const left =
      '//                 ^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_net_ops[0] registered\n';
    check(arrayOf({ undo: 'while (--i >= 0)', exit: 'for (i = ARRAY_SIZE(foo_net_ops) - 1; i > 0; i--)', left }));
  });
});

/** A module that registers an array of ops in a loop. */
function arrayOf({
  first = '',
  ops = '&foo_net_ops[i]',
  undo,
  exit,
  gap = '',
  left = '',
}: {
  readonly first?: string;
  readonly ops?: string;
  readonly undo: string;
  readonly exit: string;
  readonly gap?: string;
  readonly left?: string;
}): string {
  const unregister = `\n\t\tunregister_pernet_subsys(${ops});\n`;
  return `
#define FOO_N 2
static struct pernet_operations foo_net_ops[] = {
	${first} { .init = foo_a_init, .exit = foo_a_exit, },
	{ .init = foo_b_init, .exit = foo_b_exit, },
};

static int __init foo_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(foo_net_ops); i++) {
		err = register_pernet_subsys(${ops});
${gap}		if (err)
			goto undo;
	}
	return 0;

undo:
	${undo}${undo && unregister}
	return err;
}

static void __exit foo_exit(void)
${left}{
	int i;

	${exit}${exit && unregister}
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

describe('pernet/left-registered-on-exit, by way of others', () => {
  it.each([
    ['beside it', 'undo.h'],
    ['in a folder of its own', 'lib/undo.h'],
  ])('an exit by way of a header %s', (_, header) => {
    const exit = (body: string): string => `
#include "${header}"
#include <net/foo.h>
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
void foo_forget(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
static void __exit foo_exit(void)
{
	foo_cleanup();
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
//- net/foo/${header}
void foo_forget(void);
static inline void foo_cleanup(void)
{
${body}
}
`;
    check(exit('\tfoo_forget();'));
    const { findings } = analyseFiles(parseFixture(exit('\tfoo_note();')));
    expect(findings.map(({ rule }) => rule)).toContain('pernet/left-registered-on-exit');
  });
});

describe('pernet/left-registered-on-exit, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/left-registered-on-exit');
  });
});
