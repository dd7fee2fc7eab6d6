import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module that lets others call it by a pointer of theirs, which `set` sets; `declares` is what its file declares. */
function hooking({
  init,
  exit,
  declares = 'static const struct bar_hooks foo_hooks = {\n\t.find = foo_find,\n};',
  find = '',
}: {
  readonly init: string;
  readonly exit: string;
  readonly declares?: string;
  readonly find?: string;
}): string {
  return `
struct foo_net {
	struct list_head all;
};

static unsigned int foo_net_id;
static bool foo_ready;

static struct foo *foo_find(struct net *net, const char *name)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo *foo;
${find}
	list_for_each_entry_rcu(foo, &fn->all, list)
		if (strcmp(foo->name, name) == 0)
			return foo;
	return NULL;
}

${declares}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->all);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	int err;

${init}
	return 0;
}

static void __exit foo_exit(void)
{
${exit}
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

const inOrder = `	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	RCU_INIT_POINTER(bar_hook, &foo_hooks);`;

const late = (marker = ''): string => `	rcu_assign_pointer(bar_hook, &foo_hooks);
	err = register_pernet_subsys(&foo_net_ops);
${marker}	if (err) {
		RCU_INIT_POINTER(bar_hook, NULL);
		return err;
	}`;

const outOfOrder = (marker = ''): string => `	unregister_pernet_subsys(&foo_net_ops);
${marker}	RCU_INIT_POINTER(bar_hook, NULL);
	synchronize_rcu();`;

const goingInOrder = `	RCU_INIT_POINTER(bar_hook, NULL);
	synchronize_rcu();
	unregister_pernet_subsys(&foo_net_ops);`;

const early = `//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_net_ops before hook bar_hook, whose callbacks use net_generic(net, foo_net_id): until RCU_INIT_POINTER() they can run for namespaces whose state is gone
`;

describe('a pointer of others by which they call a module', () => {
  it('is set after the ops is registered, and set to NULL before it is unregistered', () => {
    check(hooking({ init: inOrder, exit: goingInOrder }));
  });

  it('is set to NULL too late', () => {
    check(hooking({ init: inOrder, exit: outOfOrder(early) }));
    check(hooking({ init: inOrder.replace('&foo_hooks', 'foo_find'), exit: outOfOrder(early), declares: '' }));
  });

  it('is set too early', () => {
    const marker = `//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after hook bar_hook, whose callbacks use net_generic(net, foo_net_id)
`;
    check(hooking({ init: late(marker), exit: goingInOrder }));
  });

  it.each([
    [
      'is a variable of the file',
      'static const struct bar_hooks __rcu *bar_hook;\nstatic const struct bar_hooks foo_hooks = {\n\t.find = foo_find,\n};',
    ],
    [
      'leads to what has an owner',
      'static const struct bar_hooks foo_hooks = {\n\t.owner = THIS_MODULE,\n\t.find = foo_find,\n};',
    ],
    ['leads to what does without', 'static const struct bar_hooks foo_hooks = {\n\t.find = foo_count,\n};'],
  ])('may be set in any order where it %s', (_, declares) => {
    check(hooking({ init: late(), exit: outOfOrder(), declares }));
  });

  it('may be set to NULL too late where what is looked through lies in struct net, and is empty then', () => {
    const inNet = (init: string, exit: string): string =>
      hooking({ init, exit })
        .replaceAll('&fn->all', '&net->foo.all')
        .replaceAll('\tstruct foo_net *fn = net_generic(net, foo_net_id);\n', '')
        .replace('\t.id = &foo_net_id,\n\t.size = sizeof(struct foo_net),\n', '');
    check(inNet(inOrder, outOfOrder()));
    const marker = `//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: registered-too-late: foo_net_ops is registered after hook bar_hook, whose callbacks use net->foo.all
`;
    check(inNet(late(marker), goingInOrder));
  });

  it('may be set too early for who asks for what is set later', () => {
    const init = `${late()}\n\tfoo_ready = true;`;
    check(hooking({ init, exit: goingInOrder, find: '\n\tif (!foo_ready)\n\t\treturn NULL;' }));
  });

  it.each([
    ['by which it was set', 'RCU_INIT_POINTER(bar_hook, NULL);'],
    ['that gives what was there', 'rcu_replace_pointer(bar_hook, NULL, true);'],
    ['that is a plain one', 'bar_hook = NULL;'],
    ['that takes an address', 'WRITE_ONCE(bar_hook, NULL);'],
    ['that puts back what was there before', 'RCU_INIT_POINTER(bar_hook, foo_before);'],
  ])('may be set to NULL once more where it was reset before by a call %s', (_, reset) => {
    check(hooking({ init: inOrder, exit: `\t${reset}\n\tsynchronize_rcu();\n${outOfOrder()}` }));
  });

  it.each([
    ['a macro may give it an owner', 'static const struct bar_hooks foo_hooks = {\n\tBAR_HOOKS(foo_find)\n};', '', ''],
    ['init gives it an owner', undefined, 'foo_hooks.owner = THIS_MODULE;', ''],
    ['who is called holds the module', undefined, '', '\n\tif (!try_module_get(THIS_MODULE))\n\t\treturn NULL;'],
  ])('may be set to NULL too late where %s', (_, declares, first, find) => {
    const of = declares === undefined ? {} : { declares };
    check(hooking({ init: `${inOrder}\n\t${first}`, exit: outOfOrder(), find, ...of }));
  });
});
