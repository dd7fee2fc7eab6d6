import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module that others call by a pointer, with the end of its exit and what the function does that they call. */
const withPointer = (end: string, { does = 'hash_first(foo_table, hash)', more = '' } = {}): string => `
static struct hlist_head *foo_table;

static int foo_find(u32 hash)
{
	return ${does};
}

static const struct core_hook foo_hook = {
	.find = foo_find,
};

static int __net_init foo_net_init(struct net *net)
{
	return foo_set_up(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
${more}
static int __init foo_init(void)
{
	int err;

	foo_table = kvzalloc(4096, GFP_KERNEL);
	if (!foo_table)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		kvfree(foo_table);
		return err;
	}
	RCU_INIT_POINTER(core_foo_hook, &foo_hook);
	return 0;
}

static void __exit foo_exit(void)
{
	RCU_INIT_POINTER(core_foo_hook, NULL);
${end}
}

module_init(foo_init);
module_exit(foo_exit);
`;

const free = '\tkvfree(foo_table);\n\tunregister_pernet_subsys(&foo_net_ops);';

describe('what others use by a pointer that a module has set, and that its exit has taken back:', () => {
  it('is still used when the exit frees it at once', () => {
    check(
      withPointer(`
	kvfree(foo_table);
//	^^^^^^^^^^^^^^^^^ error: exit-order: foo_exit() frees foo_table by kvfree() with no grace period after core_foo_hook is set to NULL
	unregister_pernet_subsys(&foo_net_ops);`),
    );
  });

  it('also where what is done in between waits for nobody', () => {
    check(
      withPointer(
        `
	foo_forget();
	kvfree(foo_table);
//	^^^^^^^^^^^^^^^^^ error: exit-order: foo_exit() frees foo_table by kvfree() with no grace period after core_foo_hook is set to NULL
	unregister_pernet_subsys(&foo_net_ops);`,
        {
          more: 'static void foo_forget(void)\n{\n\tspin_lock_bh(&foo_lock);\n\tlist_del_rcu(&foo_list);\n\tspin_unlock_bh(&foo_lock);\n}\n',
        },
      ),
    );
  });

  it('is not where something waits for readers, or may', () => {
    check(withPointer(`\tsynchronize_rcu();\n${free}`));
    check(withPointer('\tunregister_pernet_subsys(&foo_net_ops);\n\tkvfree(foo_table);'));
    check(withPointer(`\tcore_quiesce();\n${free}`));
  });

  const reset = '\tRCU_INIT_POINTER(core_foo_hook, NULL);\n';
  const lockIt =
    '\nstatic void foo_quiet(void)\n{\n\tmutex_lock(&core_foo_mutex);\n\tfoo_on = false;\n\tmutex_unlock(&core_foo_mutex);\n}\n';
  const waitIt = '\nstatic void foo_quiet(void)\n{\n\tfoo_on = false;\n\tsynchronize_rcu();\n}\n';
  it.each<readonly [string, string, string]>([
    ['they lock', `\tmutex_lock(&core_foo_mutex);\n${reset}\tmutex_unlock(&core_foo_mutex);\n`, ''],
    ['a scope locks', `\tscoped_guard(mutex, &core_foo_mutex)\n\t${reset}`, ''],
    ['a guard locks', `\tguard(mutex)(&core_foo_mutex);\n${reset}`, ''],
    ['a macro locks', `\tFOO_LOCK(&core_foo);\n${reset}\tFOO_UNLOCK(&core_foo);\n`, ''],
    ['somebody else locks', `\tcore_foo_lock(&core_foo);\n${reset}\tcore_foo_unlock(&core_foo);\n`, ''],
    ['a writer locks', `\tdown_write(&core_foo_sem);\n${reset}\tup_write(&core_foo_sem);\n`, ''],
    [
      'they ask for what was lowered and waited for',
      `\tstatic_branch_disable(&foo_on);\n\tsynchronize_rcu();\n${reset}`,
      '',
    ],
    ['a helper has lowered it and waited', `\tfoo_quiet();\n${reset}`, waitIt],
    ['a helper has lowered it in a locked section', `\tfoo_quiet();\n${reset}`, lockIt],
    ['somebody else has stopped them', `\tcore_foo_stop();\n${reset}`, ''],
    ['somebody else has stopped them by a pointer', `\tcore_foo->stop();\n${reset}`, ''],
  ])('is not where %s', (_, taking, more) => {
    check(withPointer(free, { more }).replace(`{\n${reset}`, `{\n${taking}`), {
      severities: { 'pernet/blocking-rcu-in-exit': 'off' },
    });
  });

  it('is where something has been done before that keeps nobody out', () => {
    check(
      withPointer(`
	kvfree(foo_table);
//	^^^^^^^^^^^^^^^^^ error: exit-order: foo_exit() frees foo_table by kvfree() with no grace period after core_foo_hook is set to NULL
	unregister_pernet_subsys(&foo_net_ops);`).replace(`{\n${reset}`, `{\n\tpr_info("leaving\\n");\n${reset}`),
    );
  });

  it('is not where what they call does not use it', () => {
    check(withPointer(free, { does: 'jhash(hash)' }));
  });

  it('is not where they hold the module by it', () => {
    check(withPointer(free).replace('.find =', '.owner = THIS_MODULE,\n\t.find ='));
  });
});
