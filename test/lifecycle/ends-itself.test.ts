import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A namespace with a thread of its own, which nobody stops. */
const module = (
  thread: string,
  marker = '',
  exit = '\tWRITE_ONCE(fn->stop, true);\n\twait_for_completion(&fn->done);',
  { before = '', init = '' } = {},
): string => `${before}
static int foo_main(void *data)
{
	struct foo_net *fn = data;

${thread}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${init}
	fn->task = kthread_run(foo_main, fn, "foo");
	return PTR_ERR_OR_ZERO(fn->task);
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
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

const marker =
  '//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves kernel thread net_generic(net, foo_net_id)->task\n';

describe('a kernel thread that ends by itself', () => {
  it('and says so need not be stopped', () => {
    check(module('\twait_event(fn->wq, READ_ONCE(fn->stop));\n\tkthread_complete_and_exit(&fn->done, 0);'));
    check(module('\twait_event(fn->wq, READ_ONCE(fn->stop));\n\tcomplete(&fn->done);\n\treturn 0;'));
    check(
      module('\tfoo_scan(fn->net);\n\tput_net(fn->net);\n\treturn 0;', '', undefined, {
        init: '\tfn->net = get_net(net);',
      }),
    );
    check(module('\twhile (!READ_ONCE(fn->stop))\n\t\tfoo_scan(fn);\n\tkthread_exit(0);'));
    check(module('\tfoo_scan(fn);\n\tcomplete(&fn->done);\n\treturn 0;', '', '\twait_for_completion(&fn->done);'));
  });

  it('is none that asks whether it should stop, nor one that goes on', () => {
    check(module('\twhile (!kthread_should_stop())\n\t\tfoo_scan(fn);\n\tcomplete(&fn->done);\n\treturn 0;', marker));
    check(module('\tfor (;;)\n\t\tfoo_scan(fn);', marker));
  });

  it('is none that asks so by a helper or a macro', () => {
    const asking = '\twhile (!foo_quits())\n\t\tfoo_scan(fn);\n\tcomplete(&fn->done);\n\treturn 0;';
    check(
      module(asking, marker, undefined, {
        before: 'static bool foo_quits(void)\n{\n\treturn kthread_should_stop();\n}\n',
      }),
    );
    check(module(asking, marker, undefined, { before: '#define foo_quits() kthread_should_stop()\n' }));
  });

  it('is none that completes something in its loop, or before it', () => {
    check(module('\tfor (;;) {\n\t\tfoo_scan(fn);\n\t\tcomplete(&fn->done);\n\t}', marker));
    check(module('\tcomplete(&fn->done);\n\tfor (;;)\n\t\tfoo_scan(fn);\n\treturn 0;', marker));
    check(module('\twhile (!signal_pending(current)) {\n\t\tfoo_scan(fn);\n\t\tput_net(fn->net);\n\t}', marker));
  });

  it('is none for which no exit waits, or which waits for what nobody says', () => {
    const waiting = '\twait_event(fn->wq, READ_ONCE(fn->stop));\n\tcomplete(&fn->done);\n\treturn 0;';
    check(module(waiting, marker, '\tWRITE_ONCE(fn->stop, true);'));
    check(module(waiting, marker, '\twait_for_completion(&fn->done);'));
    check(module('\tfoo_scan(fn->net);\n\tput_net(fn->net);\n\treturn 0;', marker));
  });
});
