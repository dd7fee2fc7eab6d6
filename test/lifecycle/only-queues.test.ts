import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { fooNetOps } from '../registering.ts';

/** A module whose exit takes down its objects by a helper that says of each change, and by that queues a work item. */
function telling({
  tell = 'schedule_delayed_work(&net->foo.rescan, 0);',
  name = 'foo_updated',
  exit = '',
  marker = '',
}: {
  readonly tell?: string;
  readonly name?: string;
  readonly exit?: string;
  readonly marker?: string;
}): string {
  return `
static void foo_rescan(struct work_struct *work)
{
	struct net *net = container_of(work, struct net, foo.rescan.work);

	net->foo.scans++;
	schedule_delayed_work(&net->foo.rescan, HZ);
}

static void ${name}(struct foo *foo)
{
	struct net *net = read_pnet(&foo->net);

	${tell}
}

static int foo_add(struct foo *foo)
{
	list_add(&foo->list, &read_pnet(&foo->net)->foo.list);
	${name}(foo);
	return 0;
}

static void foo_remove(struct foo *foo)
{
	list_del(&foo->list);
	${name}(foo);
	kfree(foo);
}

static int __net_init foo_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->foo.list);
	INIT_DELAYED_WORK(&net->foo.rescan, foo_rescan);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo *foo, *next;

	list_for_each_entry_safe(foo, next, &net->foo.list, list)
		foo_remove(foo);
${exit}}

${fooNetOps('no data')}`;
}

const marker = `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves net->foo.rescan running
`;

describe('a work item that what an exit calls queues', () => {
  it('is left running where nothing stops it', () => {
    check(telling({ marker }));
  });

  it.each([
    ['by the exit itself', { exit: '\tcancel_delayed_work_sync(&net->foo.rescan);\n' }],
    ['by a function that is not known', { exit: '\tfoo_halt(&net->foo.rescan);\n' }],
    ['by the helper itself', { tell: 'foo_kick_or_stop(net, &net->foo.rescan, schedule_delayed_work);' }],
    [
      'by the helper in some state',
      {
        tell: 'if (foo->dead)\n\t\tcancel_delayed_work_sync(&net->foo.rescan);\n\telse\n\t\tschedule_delayed_work(&net->foo.rescan, 0);',
      },
    ],
    ['by waiting for what it says', { exit: '\twait_for_completion(&net->foo.done);\n' }],
    ['at the end of a teardown of which it is a part', { name: 'foo_release_later' }],
  ])('is stopped %s', (_, module) => {
    check(telling(module));
  });
});
