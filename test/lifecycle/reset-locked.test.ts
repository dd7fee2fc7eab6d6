import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A table that a file of the namespace shows, what that does with it, the exit, and how it is loaded. */
const shown = (show: string, exit: string, rest = registering()): string => `
static int foo_show(struct seq_file *m, void *v)
{
	struct foo_net *fn = net_generic(seq_file_single_net(m), foo_net_id);

${show}
	return 0;
}

static void foo_drop(struct foo_net *fn)
{
	kfree(fn->table);
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

${exit}
	remove_proc_entry("foo", net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${rest}`;

const asking = `	mutex_lock(&fn->lock);
	if (fn->table)
		seq_printf(m, "%u\\n", fn->table[0]);
	mutex_unlock(&fn->lock);`;
const using = `	mutex_lock(&fn->lock);
	seq_printf(m, "%u\\n", fn->table[0]);
	mutex_unlock(&fn->lock);`;
const unlocked = `	if (fn->table)
		seq_printf(m, "%u\\n", fn->table[0]);`;
const reset = '\tkfree(fn->table);\n\tfn->table = NULL;';
const locked = (body: string): string => `	mutex_lock(&fn->lock);
${body}
	mutex_unlock(&fn->lock);`;
const marked = (exit: string): string =>
  exit.replace(/^(\t(?:kfree|foo_drop)\()(.*)\);$/m, (line, call: string, args: string) => {
    const length = call.length - 1 + args.length + 1;
    return `${line}\n//\t${'^'.repeat(length)} error: exit-order: before proc entry "foo", net->proc_net, which uses it`;
  });

describe('what is set to NULL under the lock under which others ask for it', () => {
  it('is found by nobody, whichever comes first', () => {
    check(shown(asking, locked(reset)));
    check(shown(asking, `\tu32 *table = fn->table;\n\n${locked('\tfn->table = NULL;')}\n\tkfree(table);`));
    check(shown(asking, locked('\tfoo_drop(fn);\n\tfn->table = NULL;')));
  });

  it('is found by who does not ask, or takes no lock', () => {
    check(shown(using, marked(locked(reset))));
    check(shown(unlocked, marked(locked(reset))));
  });

  it('is found where it is set without the lock, or behind another section, or not at all', () => {
    check(shown(asking, marked(reset)));
    check(shown(asking, marked(`${locked('\tkfree(fn->table);')}\n${locked('\tfn->table = NULL;')}`)));
    check(shown(asking, marked(locked('\tkfree(fn->table);'))));
    check(shown(asking, marked(locked('\tkfree(fn->table);\n\tfn->other = NULL;'))));
  });
});

describe('a module without an exit', () => {
  it('is never unloaded', () => {
    const init = `
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
`;
    check(shown(using, reset, `${init}\nmodule_init(foo_init);\nMODULE_LICENSE("GPL");\n`));
    check(shown(using, reset, `${init}\nsubsys_initcall(foo_init);\nMODULE_LICENSE("GPL");\n`));
  });
});
