import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

interface Parts {
  readonly ladder?: string;
  readonly exit?: string;
  readonly cleanup?: string;
  readonly others?: string;
  readonly init?: string;
  readonly leaks?: boolean;
}

const mark =
  '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves what foo_est_init() sets up: foo_net_init() takes it down by foo_est_cleanup() where it fails, and nothing does when the namespace dies, so that `threads` leaks\n';

/** A module whose estimators get their threads when the first service is added. */
function foo({ ladder, exit = '', cleanup, others = '', init, leaks = false }: Parts): string {
  return `
struct foo_net {
	struct mutex lock;
	struct foo_thread **threads;
	int count;
	void *log;
};

static int foo_est_init(struct foo_net *fn)
{
	mutex_init(&fn->lock);
	fn->threads = NULL;
	return 0;
}

int foo_est_add(struct foo_net *fn)
{
	struct foo_thread **threads;

	threads = krealloc_array(fn->threads, fn->count + 1, sizeof(*threads), GFP_KERNEL);
	if (!threads)
		return -ENOMEM;
	fn->threads = threads;
	fn->threads[fn->count++] = foo_thread_start(fn);
	return 0;
}

static void foo_est_cleanup(struct foo_net *fn)
{
${cleanup ?? '	kfree(fn->threads);\n	mutex_destroy(&fn->lock);\n'}}
${others}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

${init ?? '	if (foo_est_init(fn) < 0)\n		return -ENOMEM;\n'}	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err)
${ladder ?? '		foo_est_cleanup(fn);\n'}	return err;
}

static void __net_exit foo_net_exit(struct net *net)
${leaks ? mark : ''}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	fn->count = 0;
${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
}

const helper = (body: string): string => `
static void foo_end(struct foo_net *fn)
{
${body}}
`;

describe('what an init takes down where it fails', () => {
  it('and no exit does', () => {
    check(foo({ leaks: true }));
    check(foo({ leaks: true, exit: '	mutex_destroy(&fn->lock);\n' }));
    check(foo({ leaks: true, exit: '	foo_end(fn);\n', others: helper('	fn->count = -1;\n') }));
  });

  it('and so does the exit, itself or by others', () => {
    check(foo({ exit: '	foo_est_cleanup(fn);\n' }));
    check(foo({ exit: '	kfree(fn->threads);\n' }));
    check(foo({ exit: '	struct foo_thread **threads = fn->threads;\n\n	kvfree(threads);\n' }));
    check(foo({ exit: '	foo_end(fn);\n', others: helper('	foo_est_cleanup(fn);\n') }));
    check(foo({ exit: '	foo_end(fn);\n', others: helper('	kfree_sensitive(fn->threads);\n') }));
    check(foo({ exit: '	foo_net_free(fn);\n' }));
    check(foo({ exit: '	foo_nets_cleanup(net);\n' }));
    check(foo({ exit: '	schedule_work(&fn->free);\n	foo_put(fn);\n' }));
  });

  it('and others may, or there is nothing to leak', () => {
    check(
      foo({
        others: `
static void foo_last_service_gone(struct foo_net *fn)
{
	foo_est_cleanup(fn);
}
`,
      }),
    );
    // It is no counterpart of anything that init has done.
    check(foo({ init: '	mutex_init(&fn->lock);\n' }));
  });
});
