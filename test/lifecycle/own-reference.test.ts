import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A namespace's data with a reference of a namespace in it. */
const module = (init: string, exit = '\tput_net(fn->net);', before = ''): string => `
struct foo_net { struct net *net; netns_tracker tracker; struct work_struct work; };
${before}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${init}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const mark =
  'error: exit-leak: foo_net_init() keeps a reference of the namespace that it is for: foo_net_exit() is only called when the last one is gone, so that no namespace ever dies';

describe('a namespace whose init holds it', () => {
  it('never dies', () => {
    check(module(`	fn->net = get_net(net);\n//		  ^^^^^^^^^^^^ ${mark}`));
    check(
      module(
        `	fn->net = get_net_track(net, &fn->tracker, GFP_KERNEL);\n//		  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ ${mark}`,
        '\tput_net_track(fn->net, &fn->tracker);',
      ),
    );
  });

  it('is not told of where the exit gives it back by what others may call as well', () => {
    const before = `
struct foo_ctx { struct list_head list; struct net *net; struct kref ref; };
static LIST_HEAD(foo_all);

static void foo_release(struct kref *ref)
{
	struct foo_ctx *ctx = container_of(ref, struct foo_ctx, ref);

	put_net(ctx->net);
	kfree(ctx);
}
`;
    const init = `	struct foo_ctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	kref_init(&ctx->ref);
	ctx->net = get_net(net);
	list_add(&ctx->list, &foo_all);`;
    const exit = `	struct foo_ctx *ctx, *next;

	list_for_each_entry_safe(ctx, next, &foo_all, list) {
		if (!net_eq(ctx->net, net))
			continue;
		list_del(&ctx->list);
		kref_put(&ctx->ref, foo_release);
	}`;
    check(module(init, exit, before));
  });

  it('dies where something else lets it go', () => {
    const work = `
static void foo_work(struct work_struct *work)
{
	struct foo_net *fn = container_of(work, struct foo_net, work);

	put_net(fn->net);
}
`;
    check(
      module(
        '\tfn->net = get_net(net);\n\tINIT_WORK(&fn->work, foo_work);\n\tschedule_work(&fn->work);',
        '\tif (cancel_work_sync(&fn->work))\n\t\tput_net(fn->net);',
        work,
      ),
    );
    const inOneLine =
      'static void foo_late(struct foo_net *fn) { put_net(fn->net); }\nvoid (*foo_fn)(struct foo_net *) = foo_late;\n';
    check(module('\tfn->net = get_net(net);', '\tpr_debug("%p\\n", fn);', inOneLine));
    check(module('\tget_net(net);\n\tfoo_look(net);\n\tput_net(net);', '\tpr_debug("%p\\n", fn);'));
  });

  it('dies where it is another one that is held, where it need not be, and where another owner has it', () => {
    check(module('\tfn->net = get_net(&init_net);'));
    check(module('\tif (foo_holds)\n\t\tfn->net = get_net(net);', '\tif (fn->net)\n\t\tput_net(fn->net);'));
    check(module('\tfoo_start(get_net(net));', '\tfoo_stop(net);'));
    check(module('\tfn->net = maybe_get_net(net);', '\tif (fn->net)\n\t\tput_net(fn->net);'));
    check(module('\tfn->net = net;', '\tfn->net = NULL;'));
  });
});
