import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const init = `static int __net_init foo_net_init(struct net *net)
{
	return foo_pipe_make(net);
}
`;

const exit = `static void __net_exit foo_net_exit(struct net *net)
{
	foo_pipe_drop(net);
}
`;

const ops = `static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};
`;

/** A module of such parts, in which there is nothing to find. */
function correct(...parts: string[]): void {
  check(`${parts.join('\n')}\n${registering()}`);
}

describe('pernet/unregister-not-registered of an init that no ops names', () => {
  it('where the ops has the exit that undoes it', () => {
    check(`
${init}
${exit}
static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: unregister-not-registered: foo_net_ops does not name foo_net_init() as its init, and nothing else does: foo_net_exit() takes down for every namespace what nothing has set up for it
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('where the ops has none, nor anything else', () => {
    check(`
static int foo_net_setup(struct net *net)
{
	net->foo.sysctl_rate = 1000;
	return 0;
}

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: unregister-not-registered: foo_net_ops does not name foo_net_setup() as its init, and nothing else does: nothing sets up what that is there to set up for a namespace
};
${registering()}`);
  });

  it('declared before, with a batch and data of a size', () => {
    check(`
static unsigned int foo_net_id;
static int foo_init_net(struct net *net);

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: unregister-not-registered: foo_net_ops does not name foo_init_net() as its init
	.exit_batch = foo_exit_net,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

/* foo_init_net() is called for each namespace. */
static __net_init int foo_init_net(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return foo_table_make(net, fn);
}
${registering()}`);
  });

  it('beside what a macro makes of a part of its name', () => {
    check(`
${init}
${exit}
static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: unregister-not-registered: foo_net_ops does not name foo_net_init() as its init
	.exit = foo_net_exit,
};

DEFINE_BPF_ITER_FUNC(foo, struct bpf_iter_meta *meta, struct foo *foo)
${registering()}`);
  });

  it('of several ops the one that is called alike', () => {
    check(`
static int __net_init foo_tap_init_net(struct net *net)
{
	return foo_pipe_make(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_exit_net,
};

static struct pernet_operations foo_tap_net_ops = {
//				^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_tap_net_ops does not name foo_tap_init_net()
	.exit = foo_tap_exit_net,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = register_pernet_subsys(&foo_tap_net_ops);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_tap_net_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('that an action hands on to be registered with it', () => {
    check(`
${init}
${exit}
static struct tc_action_ops foo_action = {
	.kind = "foo",
	.owner = THIS_MODULE,
};

static struct pernet_operations foo_net_ops = {
//				^^^^^^^^^^^ error: unregister-not-registered: foo_net_ops does not name foo_net_init() as its init
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return tcf_register_action(&foo_action, &foo_net_ops);
}

static void __exit foo_exit(void)
{
	tcf_unregister_action(&foo_action, &foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  describe('is quiet where', () => {
    it('it is named in an arm of an #if, for the ops or for another', () => {
      correct(
        init,
        exit,
        '#ifdef CONFIG_FOO_OLD\nint foo_old(struct net *net)\n{\n\treturn foo_net_init(net);\n}\n#endif',
        ops,
      );
      correct(
        init,
        exit,
        'static struct pernet_operations foo_net_ops = {\n#ifndef CONFIG_FOO_LATE\n\t.init = foo_net_init,\n#endif\n\t.exit = foo_net_exit,\n};',
      );
    });

    it('it may be left unused', () => {
      correct(init.replace('static int', 'static int __maybe_unused'), exit, ops);
      correct(init.replace('static int __net_init', 'static inline int'), exit, ops);
    });

    it('a macro of the file names it, or makes names of parts', () => {
      correct(init, exit, '#define foo_up(net) foo_net_init(net)', ops);
      correct(init, exit, '#define foo_call(what, net) foo_net_##what(net)', ops);
    });

    it('a macro stands in the place of members', () => {
      correct(init, exit, ops.replace('\t.exit', '\tFOO_NET_INIT,\n\t.exit'));
    });

    it('a macro of a header is handed a part of its name', () => {
      correct(init, exit, ops, 'FOO_DEFINE_ACTION(foo_net);');
    });

    it('what is included behind it knows it', () => {
      correct(init, '#include "foo_table.h"\n', exit, ops);
    });

    it.each([
      ['may be left unused, by the line before', [`__maybe_unused\n${init}`, exit, ops]],
      [
        'may be left unused, as it is declared',
        ['static int foo_net_init(struct net *net) __maybe_unused;', init, exit, ops],
      ],
      [
        'is declared, and known to what is included then',
        ['static int foo_net_init(struct net *net);', '#include "foo_table.h"', init, exit, ops],
      ],
      ['may be made by a macro’s second part', [init, exit, 'FOO_PROTO(stream, foo_net);', ops]],
      ['may be made by a macro behind a word', [init, exit, 'static FOO_PROTO(foo_net);', ops]],
      [
        'may be made in a function',
        [init, exit, 'int foo_up(struct net *net)\n{\n\treturn FOO_CALL(foo_net, net);\n}', ops],
      ],
      [
        'may be made in a table',
        [init, exit, 'static const struct foo_type foo_types[] = {\n\tFOO_TYPE(foo_net),\n};', ops],
      ],
      ['may be made by a macro that is called like a module’s', [init, exit, 'MODULE_FOO_PROTO(foo_net);', ops]],
      ['is put together', [init, exit, '#define FOO_FN(x) CONCATENATE(foo_net_, x)', ops]],
      [
        'may have another name',
        [init, exit, 'int foo_up(struct net *net) __attribute__((alias("foo_net_init")));', ops],
      ],
      ['may be named by a whole ops', [init, exit, 'static struct pernet_operations foo_ops = FOO_OPS(foo_net);', ops]],
      [
        'may be put into the ops',
        [init, exit, ops, 'static void foo_prepare(void)\n{\n\tfoo_set_init(&foo_net_ops);\n}'],
      ],
    ])('it %s', (_, parts) => {
      correct(...parts);
    });

    it('a table holds it', () => {
      correct(init, exit, ops, 'static const struct foo_type foo_types[] = {\n\t{ .net_init = foo_net_init },\n};');
    });

    it('the ops is given it where it is registered', () => {
      check(`
${init}
${exit}
${ops}
static int __init foo_init(void)
{
	foo_net_ops.init = foo_net_init;
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
    });

    it('it sets up for a device or yields something', () => {
      correct('static int foo_dev_init(struct net_device *dev)\n{\n\treturn 0;\n}\n', exit, ops);
      correct('static struct foo_net *foo_net_init(struct net *net)\n{\n\treturn NULL;\n}\n', exit, ops);
      correct('static int foo_net_count(struct net *net)\n{\n\treturn 0;\n}\n', exit, ops);
    });

    it('the ops that is called alike has an init', () => {
      check(`
static int __net_init foo_tap_init_net(struct net *net)
{
	return 0;
}

static struct pernet_operations bar_net_ops = {
	.exit = bar_exit_net,
};

static struct pernet_operations foo_tap_net_ops = {
	.init = foo_tap_late_init_net,
	.exit = foo_tap_exit_net,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&bar_net_ops);

	if (err)
		return err;
	err = register_pernet_subsys(&foo_tap_net_ops);
	if (err)
		unregister_pernet_subsys(&bar_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_tap_net_ops);
	unregister_pernet_subsys(&bar_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
    });

    it('it is written down for what is never read', () => {
      correct(`#if 0\n${init}#endif\n`, exit, ops);
    });
  });
});
