import { describe, it } from 'vitest';
import { check } from '../check.ts';

const module = ({ init, exit, more = '' }: { init: string; exit: string; more?: string }): string => `
//- net/sunrpc/Makefile
obj-m += foo.o
foo-y := foo_main.o auth.o
//- net/sunrpc/foo_main.c
static int foo_users;

static int __net_init foo_net_init(struct net *net)
{
	foo_users++;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_users--;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = rpcauth_init_module();
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		rpcauth_remove_module();
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	rpcauth_remove_module();
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
//- net/sunrpc/auth.c
static struct kmem_cache *foo_cache;
static struct workqueue_struct *foo_wq;

int __init rpcauth_init_module(void)
{
${init}
}

void rpcauth_remove_module(void)
{
${exit}
}
${more}`;

const init = `	foo_cache = kmem_cache_create("foo", 8, 0, 0, NULL);
	if (!foo_cache)
		return -ENOMEM;
	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		goto err_cache;
	return 0;

err_cache:
	kmem_cache_destroy(foo_cache);
	return -ENOMEM;`;

/** What the table of pairs has a row for, as the module itself says it: rpcauth_init_module() in another of its files. */
describe('a set-up of the table whose body is the module’s own', () => {
  it('gives all back', () => {
    check(module({ init, exit: '\tdestroy_workqueue(foo_wq);\n\tkmem_cache_destroy(foo_cache);' }));
  });

  it('forgets one of two things where a step of its own fails', () => {
    check(
      module({
        init: init
          .replace('\tif (!foo_wq)\n\t\tgoto err_cache;', '\tif (!foo_wq)\n\t\treturn -ENOMEM;')
          .replace(/\n\nerr_cache:[^]*/, '')
          .replace(
            '\t\treturn -ENOMEM;\n\treturn 0;',
            `		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: left-behind-on-error: if alloc_workqueue() fails, foo_init() returns -ENOMEM and leaves the slab cache foo_cache behind
	return 0;`,
          ),
        exit: '\tdestroy_workqueue(foo_wq);\n\tkmem_cache_destroy(foo_cache);',
      }),
    );
  });

  it('is what the table says where it is for other modules too', () => {
    check(
      module({
        init,
        exit: '\tdestroy_workqueue(foo_wq);',
        more: 'EXPORT_SYMBOL_GPL(rpcauth_init_module);\nEXPORT_SYMBOL_GPL(rpcauth_remove_module);',
      }),
    );
  });

  it('is what the table says where nothing that lasts is seen in it', () => {
    check(
      module({
        init: '\treturn foo_register_all(&foo_cache);',
        exit: '\tfoo_drop_all(&foo_cache);',
      }),
    );
  });
});

/** What undoes it gives back but one of two things. */
describe('what undoes a set-up of the table, in the module itself', () => {
  it('leaves one of two things', () => {
    check(
      module({ init, exit: '\tdestroy_workqueue(foo_wq);' })
        .replace(
          '\tif (err)\n\t\trpcauth_remove_module();\n\treturn err;',
          `	if (err)
		rpcauth_remove_module();
	return err;
//	^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the slab cache foo_cache behind`,
        )
        .replace(
          'static void __exit foo_exit(void)\n',
          `static void __exit foo_exit(void)
//                 ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the slab cache foo_cache behind
`,
        ),
    );
  });
});
