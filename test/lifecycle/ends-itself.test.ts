import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A namespace with a thread of its own, which nobody stops. */
const module = (thread: string, marker = ''): string => `
static int foo_main(void *data)
{
	struct foo_net *fn = data;

${thread}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->task = kthread_run(foo_main, fn, "foo");
	return PTR_ERR_OR_ZERO(fn->task);
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	WRITE_ONCE(fn->stop, true);
	wait_for_completion(&fn->done);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('a kernel thread that ends by itself', () => {
  it('and says so need not be stopped', () => {
    check(module('\twait_event(fn->wq, READ_ONCE(fn->stop));\n\tkthread_complete_and_exit(&fn->done, 0);'));
    check(module('\twait_event(fn->wq, READ_ONCE(fn->stop));\n\tcomplete(&fn->done);\n\treturn 0;'));
    check(module('\tfoo_scan(fn->net);\n\tput_net(fn->net);\n\treturn 0;'));
  });

  it('is none that asks whether it should stop, nor one that goes on', () => {
    const marker =
      '//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves kernel thread net_generic(net, foo_net_id)->task\n';
    check(module('\twhile (!kthread_should_stop())\n\t\tfoo_scan(fn);\n\tcomplete(&fn->done);\n\treturn 0;', marker));
    check(module('\tfor (;;)\n\t\tfoo_scan(fn);', marker));
  });
});
