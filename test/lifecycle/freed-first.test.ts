import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A ring that a thread fills, and what `exit` does with both. */
const threaded = (exit: string): string => `
static int foo_thread(void *data)
{
	struct foo_net *fn = data;

	while (!kthread_should_stop()) {
		fn->ring[0]++;
		schedule_timeout_interruptible(HZ);
	}
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->ring = kcalloc(8, sizeof(*fn->ring), GFP_KERNEL);
	if (!fn->ring)
		return -ENOMEM;
	fn->task = kthread_run(foo_thread, fn, "foo");
	if (IS_ERR(fn->task)) {
		kfree(fn->ring);
		return PTR_ERR(fn->task);
	}
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

/** A table that a file of the namespace shows, freed before that is removed, in a module or in what is built in. */
const shown = (mark: string, rest: string): string => `
static int foo_show(struct seq_file *m, void *v)
{
	struct foo_net *fn = net_generic(seq_file_single_net(m), foo_net_id);

	seq_printf(m, "%u\\n", fn->table[0]);
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(8, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	if (!proc_create_net_single("foo", 0444, net->proc_net, foo_show, NULL)) {
		kfree(fn->table);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
${mark}
	remove_proc_entry("foo", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${rest}`;

describe('what a thread of the namespace uses', () => {
  it('goes after the thread', () => {
    check(threaded('\tkthread_stop(fn->task);\n\tkfree(fn->ring);'));
  });

  it('may be waited for otherwise, and is not used by one that was never woken', () => {
    check(
      threaded(
        '\tfn->is_over = true;\n\twait_for_completion(&fn->done);\n\tkfree(fn->ring);\n\tkthread_stop(fn->task);',
      ),
    );
    check(threaded('\tkfree(fn->ring);\n\tkthread_stop(fn->task);').replace('kthread_run', 'kthread_create'));
  });

  it('is used when it is freed before', () => {
    check(
      threaded(
        '\tkfree(fn->ring);\n//\t^^^^^^^^^^^^^^^ error: exit-order: before kernel thread net_generic(net, foo_net_id)->task, which uses it: until kthread_stop() it still runs\n\tkthread_stop(fn->task);',
      ),
    );
  });
});

describe('what a file of the namespace shows', () => {
  it('is shown while a module is unloaded: the namespaces live on then', () => {
    check(
      shown(
        '//\t^^^^^^^^^^^^^^^^ error: exit-order: before proc entry "foo", net->proc_net, which uses it',
        registering(),
      ),
    );
  });

  it('is shown to nobody when the namespace dies', () => {
    check(
      shown(
        '',
        `
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
subsys_initcall(foo_init);
`,
      ),
    );
  });
});
