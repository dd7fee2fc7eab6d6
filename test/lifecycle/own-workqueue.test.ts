import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A module with a workqueue for each namespace, on which a work item is put (once a time is over) that puts itself there again. */
function queueing(exit: string, isDelayed = true): string {
  const [struct, setUp, queue] = isDelayed
    ? ['delayed_work', 'INIT_DELAYED_WORK', 'queue_delayed_work(fn->wq, &fn->gc, HZ)']
    : ['work_struct', 'INIT_WORK', 'queue_work(fn->wq, &fn->gc)'];
  return `
struct foo_net {
	struct workqueue_struct *wq;
	struct ${struct} gc;
};

static unsigned int foo_net_id;

static void foo_gc(struct work_struct *work)
{
	struct foo_net *fn = container_of(work, struct foo_net, gc.work);

	${queue};
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${setUp}(&fn->gc, foo_gc);
	fn->wq = alloc_workqueue("foo", 0, 0);
	if (!fn->wq)
		return -ENOMEM;
	${queue};
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
}

describe('pernet/exit-order, the workqueue of a namespace', () => {
  it('goes after what is put on it once a time is over', () => {
    check(queueing('	cancel_delayed_work_sync(&fn->gc);\n	destroy_workqueue(fn->wq);\n'));
    check(
      queueing(`	destroy_workqueue(fn->wq);
//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases workqueue net_generic(net, foo_net_id)->wq before fn->gc, from which foo_gc() uses it: until cancel_delayed_work_sync() that can run
	cancel_delayed_work_sync(&fn->gc);
`),
    );
  });

  it('waits for what is on it', () => {
    check(queueing('	destroy_workqueue(fn->wq);\n	cancel_work_sync(&fn->gc);\n', false));
  });

  it('may go before what was stopped before as well', () => {
    const stop = '	cancel_delayed_work_sync(&fn->gc);\n';
    check(queueing(`${stop}	destroy_workqueue(fn->wq);\n${stop}`));
  });

  it('does not wait for what puts itself there once a time is over', () => {
    const exit = '	destroy_workqueue(fn->wq);\n';
    const left = (text: string): string =>
      text.replace(
        'static void __net_exit foo_net_exit(struct net *net)\n',
        (line) =>
          `${line}//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves fn->gc running, which foo_net_init() sets up for every namespace\n`,
      );
    check(left(queueing(exit)));
    check(queueing(exit, false));
    const asking = (text: string): string =>
      text.replace('	queue_delayed_work(fn->wq', '	if (!fn->dying)\n		queue_delayed_work(fn->wq');
    check(left(asking(queueing(exit))));
    check(asking(queueing(`	fn->dying = true;\n${exit}`)));
  });

  it('is one of two of that name, each with work that puts itself there', () => {
    check(`
static unsigned int foo_net_id;

static void foo_work(struct work_struct *work)
{
	struct foo_item *item = container_of(work, struct foo_item, work);

	queue_work(item->wq, &item->work);
}

static void foo_start(struct foo_item *item)
{
	INIT_WORK(&item->work, foo_work);
	queue_work(item->wq, &item->work);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_start(fn->rx);
	foo_start(fn->tx);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_item *item = fn->rx;

	cancel_work_sync(&item->work);
	item = fn->tx;
	cancel_work_sync(&item->work);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is done with what a macro of the file stops', () => {
    const macro = '#define FOO_STOP(f) cancel_delayed_work_sync(&(f)->gc)\n';
    check(macro + queueing('\tFOO_STOP(fn);\n\tdestroy_workqueue(fn->wq);\n'));
  });
});
