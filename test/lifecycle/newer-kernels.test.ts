import { describe, expect, it } from 'vitest';
import { hold, release } from '../../src/lifecycle/paths/held.ts';
import { kernelTable } from '../../src/lifecycle/index.ts';
import { State } from '../../src/lifecycle/paths/state.ts';
import { analyseFiles, check } from '../check.ts';
import { parseFixture } from '../fixture.ts';
import { registering } from '../registering.ts';

const place = { file: 'foo.c', fn: 'foo', at: [1, 1, 1, 2] } as const;

const ops = `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
`;

/** What kernels after 6.12 write, and what their files do that earlier ones did not. */
describe('code as kernels after Linux 6.12 have it', () => {
  it('memory by its type', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kzalloc_obj(*fn->table);
	if (!fn->table)
		return -ENOMEM;
	fn->buckets = kvmalloc_objs(*fn->buckets, FOO_BUCKETS);
	if (!fn->buckets)
		return -ENOMEM;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if kvmalloc_objs() fails, foo_net_init() returns -ENOMEM without kfree() for memory
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kvfree(fn->buckets);
	kfree(fn->table);
}
${ops}${registering()}`);
  });

  it('numbers of an ida that is destroyed go with it', () => {
    check(`
static int foo_number(struct foo_net *fn)
{
	struct ida inuse;
	int rc;

	ida_init(&inuse);
	rc = ida_alloc_range(&inuse, 3, 3, GFP_KERNEL);
	if (rc >= 0)
		rc = ida_alloc(&inuse, GFP_KERNEL);
	ida_destroy(&inuse);
	return rc;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int rc = foo_number(fn);

	if (rc < 0)
		return rc;
	fn->number = rc;
	return register_netdevice_notifier_net(net, &fn->nb);
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdevice_notifier_net(net, &fn->nb);
}
${ops}${registering()}`);
  });

  it('work that is disabled is not queued again', () => {
    const withStop = (stop: string, marker: string): string => `
static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn = container_of(nb, struct foo_net, nb);

	schedule_work(&fn->work);
	return NOTIFY_DONE;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_WORK(&fn->work, foo_work);
	fn->nb.notifier_call = foo_netdev_event;
	return register_netdevice_notifier_net(net, &fn->nb);
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${stop}(&fn->work);
${marker}	unregister_netdevice_notifier_net(net, &fn->nb);
}
${ops}${registering()}`;
    check(withStop('disable_work_sync', ''));
    check(
      withStop('cancel_work_sync', '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() stops fn->work\n'),
    );
  });
});

describe('what releases all of a kind', () => {
  const pair = kernelTable.acquires.get('rtnl_register_many')!;
  const goneAfter = (of: readonly (string | null)[]): readonly string[] => {
    const state = new State();
    const held = { pair, of: ['foo_handlers'], result: null, at: null, checked: true, place };
    hold(state, { ...held, escaped: false, shown: false, covered: false });
    expect(release(state, { call: 'foo', targets: [{ pair, of }], sure: true }).undone).toHaveLength(1);
    return state.gone.flatMap((each) => each.of);
  };

  it('is not known to mean what is released by its name after it', () => {
    expect(goneAfter(['foo_handlers'])).toEqual(['foo_handlers']);
    expect(goneAfter([null])).toEqual([]);
  });
});

describe('what has one name and is not one thing', () => {
  const notifier = (name: string): string => `
static int ${name}_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	return NOTIFY_DONE;
}

static struct notifier_block nb_netdevice = {
	.notifier_call = ${name}_event,
};
`;
  const main = (exit: string): string => `//- net/foo/foo.c
static int __net_init foo_net_init(struct net *net)
{
	return foo_setup(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
${notifier('foo')}
static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = foo_gids_init();
	if (err)
		goto err_gids;
	err = register_netdevice_notifier(&nb_netdevice);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	foo_gids_exit();
err_gids:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
${exit}	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/Makefile
obj-m := foo_all.o
foo_all-y := foo.o gids.o
//- net/foo/gids.c
${notifier('gids')}
int foo_gids_init(void)
{
	return register_netdevice_notifier(&nb_netdevice);
}

void foo_gids_exit(void)
{
	unregister_netdevice_notifier(&nb_netdevice);
}
`;

  it('a static of two files, each with a release of its own', () => {
    check(main('\tunregister_netdevice_notifier(&nb_netdevice);\n\tfoo_gids_exit();\n'));
  });

  it('the one that is left behind is named as the source names it', () => {
    const files = parseFixture(main('\tunregister_netdevice_notifier(&nb_netdevice);\n'));
    const messages = analyseFiles(files).findings.map(({ message }) => message);
    expect(messages).toEqual([
      "foo_exit() leaves the netdevice notifier nb_netdevice behind, which needs unregister_netdevice_notifier(): its callbacks are called after the module's text is gone",
    ]);
  });
});
