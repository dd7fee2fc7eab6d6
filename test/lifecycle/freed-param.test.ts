import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops whose init makes a pipe, with what frees that and the rest of the exit. */
const withPipe = (free: string, exit: string): string => `
struct foo_net {
	struct foo_pipe *pipe;
};

static unsigned int foo_net_id;

static void foo_pipe_free(struct foo_pipe *pipe)
{
${free}
}

static void foo_pipe_unlink(struct net *net, struct foo_pipe *pipe)
{
	if (pipe->dentry)
		foo_unlink(net, pipe->dentry);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->pipe = kzalloc(sizeof(*fn->pipe), GFP_KERNEL);
	if (!fn->pipe)
		return -ENOMEM;
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

describe('what is used after another function has freed it:', () => {
  it('one that frees it whatever else it does', () => {
    check(
      withPipe(
        `
	if (!pipe)
		return;
	if (pipe->name)
		kfree(pipe->name);
	kfree(pipe);`,
        `
	foo_pipe_free(fn->pipe);
//	^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() frees fn->pipe by foo_pipe_free() and then goes on to foo_pipe_unlink(net, fn->pipe)
	foo_pipe_unlink(net, fn->pipe);`,
      ),
    );
  });

  it('one of the kernel whose body is in another folder', () => {
    check(
      withPipe(
        '\tpr_debug("unused\\n");',
        `
	rpc_destroy_pipe_data(fn->pipe);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() frees fn->pipe by rpc_destroy_pipe_data() and then goes on to foo_pipe_unlink(net, fn->pipe)
	foo_pipe_unlink(net, fn->pipe);
	foo_pipe_free(NULL);`,
      )
        .replace('kzalloc(sizeof(*fn->pipe), GFP_KERNEL)', 'rpc_mkpipe_data(&foo_pipe_ops, 0)')
        .replace('if (!fn->pipe)\n\t\treturn -ENOMEM', 'if (IS_ERR(fn->pipe))\n\t\treturn PTR_ERR(fn->pipe)'),
    );
  });

  it('by what is not at hand and takes it down by its name', () => {
    check(
      withPipe(
        '\tkfree(pipe->name);\n\tkfree(pipe);',
        `
	foo_pipe_free(fn->pipe);
//	^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() frees fn->pipe by foo_pipe_free() and then goes on to bar_unregister_pipe(net, fn->pipe)
	bar_unregister_pipe(net, fn->pipe);`,
      ),
    );
    // Its address may be a key, or nothing by a macro.
    for (const call of [
      'bar_unregister_key(net, (unsigned long)pipe)',
      'bar_unregister_owner(net, pipe)',
      'bar_pipe_stats_destroy(pipe)',
      'foo_ids_destroy(&fn->pipes, pipe)',
    ])
      check(
        withPipe(
          '\tkfree(pipe->name);\n\tkfree(pipe);',
          `\n\tstruct foo_pipe *pipe = fn->pipe;\n\n\tfoo_pipe_free(pipe);\n\t${call};`,
        ),
      );
    // Another one, one that holds something else by then, and what may only look for it.
    check(
      withPipe(
        '\tkfree(pipe->name);\n\tkfree(pipe);',
        `
	struct foo_pipe *pipe = fn->pipe, *next = pipe->next;

	foo_pipe_free(pipe);
	bar_unregister_pipe(net, next);
	bar_forget(net, pipe);
	pipe = foo_take_pipe(net);
	bar_unregister_pipe(net, pipe);`,
      ),
    );
  });

  it('is quiet about who frees it on one of several ways, frees another, or frees nothing by then', () => {
    const last = 'if (!refcount_dec_and_test(&pipe->users))\n\t\treturn;\n\tkfree(pipe);';
    check(withPipe(`\t${last}`, '\tfoo_pipe_free(fn->pipe);\n\tfoo_pipe_unlink(net, fn->pipe);\n\tkfree(fn->pipe);'));
    const rest = 'kfree(pipe->name);\n\tpipe->name = NULL;';
    check(withPipe(`\t${rest}`, '\tfoo_pipe_free(fn->pipe);\n\tfoo_pipe_unlink(net, fn->pipe);\n\tkfree(fn->pipe);'));
    check(
      withPipe('\tkfree(pipe);', '\tfoo_pipe_unlink(net, fn->pipe);\n\tfoo_pipe_free(fn->pipe);\n\tfn->pipe = NULL;'),
    );
    const other = 'pipe = pipe->next;\n\tkfree(pipe);';
    check(withPipe(`\t${other}`, '\tfoo_pipe_free(fn->pipe);\n\tfoo_pipe_unlink(net, fn->pipe);\n\tkfree(fn->pipe);'));
  });

  it('is quiet about a pointer that holds something else by then', () => {
    check(
      withPipe(
        '\tkfree(pipe);',
        `
	struct foo_pipe *pipe = fn->pipe;

	fn->pipe = pipe->next;
	foo_pipe_free(pipe);
	pipe = fn->pipe;
	if (pipe)
		foo_pipe_unlink(net, pipe);
	foo_pipe_free(pipe);`,
      ),
    );
  });

  it.each([
    ['what asks for its size', '\tfn->used -= struct_size(pipe, slots, 16) + ARRAY_SIZE(pipe->slots);'],
    ['its address as a key', '\txa_erase(&foo_all, (unsigned long)pipe);\n\twake_up_var(&pipe->users);'],
    ['who only compares it', '\tfoo_pipe_forget(fn, pipe);'],
    ['who only prints it', '\tfoo_pipe_gone(pipe);'],
    ['a macro that sets it', '\tswap(pipe, fn->other);\n\tif (pipe)\n\t\tpipe->users--;'],
  ])('is quiet about %s', (_, use) => {
    const pipes = `
static void foo_pipe_forget(struct foo_net *fn, struct foo_pipe *pipe)
{
	if (fn->other == pipe)
		fn->other = NULL;
}

static void foo_pipe_gone(const void *at)
{
	pr_debug("%p is gone\\n", at);
}

static int __net_init`;
    const text = withPipe(
      '\tkfree(pipe->name);\n\tkfree(pipe);',
      `\tstruct foo_pipe *pipe = fn->pipe;\n\n\tfoo_pipe_free(pipe);\n${use}`,
    );
    check(text.replace('static int __net_init', pipes));
  });

  it('is quiet about a local of the name of a parameter', () => {
    check(
      withPipe(
        '\tif (pipe->name) {\n\t\tchar *pipe = foo_take_name();\n\n\t\tkfree(pipe);\n\t}',
        '\tfoo_pipe_free(fn->pipe);\n\tfoo_pipe_unlink(net, fn->pipe);\n\tkfree(fn->pipe);',
      ),
    );
  });
});
