import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A directory in /proc/net with a file in it, and what takes them down: in the exit, and where memory is short. */
const module = (exit: string, failing: string, { mark = '', markInit = '', kept = true } = {}): string => `
struct foo_net { struct proc_dir_entry *dir; void *table; };

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct proc_dir_entry *dir = proc_mkdir("foo", net->proc_net);

	if (!dir)
		return -ENOMEM;
${kept ? '	fn->dir = dir;\n' : ''}	if (!proc_create_net_single("stat", 0444, dir, foo_show, NULL)) {
		remove_proc_entry("foo", net->proc_net);
		return -ENOMEM;
	}
	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table)
		goto err_table;
${markInit}	return 0;

err_table:
${failing}
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${mark}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const subtree = '\tremove_proc_subtree("foo", net->proc_net);';
const alone = '\tremove_proc_entry("foo", net->proc_net);';
const stat = '\tremove_proc_entry("stat", fn->dir);';

describe('a directory in /proc that is removed by remove_proc_entry()', () => {
  it('leaves what is in it', () => {
    const mark =
      '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc entry "stat", which foo_net_init() acquires for every namespace\n';
    check(module(alone, subtree, { mark, kept: false }));
    check(module(alone, `${stat}\n${alone}`, { mark }));
  });

  it('leaves it where init fails, whatever the exit does', () => {
    const failing = module(subtree, alone, { kept: false }).replace(
      '\t\tgoto err_table;\n',
      '\t\tgoto err_table;\n//		^^^^^^^^^^^^^^^ error: init-error-leak: if kzalloc() fails, foo_net_init() returns -ENOMEM without remove_proc_entry() for proc entry "stat"\n',
    );
    check(failing);
  });

  it('is empty where that has been removed before', () => {
    check(module(`${stat}\n${alone}`, `${stat}\n${alone}`));
    check(module(`${stat}\n${alone}`, `\tremove_proc_entry("stat", dir);\n${alone}`));
    check(module(`${stat}\n\tproc_remove(fn->dir);`, subtree));
    check(module(`\tremove_proc_subtree("stat", fn->dir);\n${alone}`, subtree, { kept: true }));
  });

  it('is empty where that has been removed by its path, or made by it', () => {
    const path = '\tremove_proc_entry("foo/stat", net->proc_net);';
    check(module(`${path}\n${alone}`, `${path}\n${alone}`));
    const made = (exit: string): string =>
      module(`${exit}\n${alone}`, subtree).replace('"stat", 0444, dir', '"foo/stat", 0444, net->proc_net');
    check(made(stat));
    check(made(path));
  });

  it('is none of what the directory lies in: the file is left, by the path that it was made by', () => {
    const root = `\tremove_proc_entry("stat", net->proc_net);\n${alone}`;
    const mark = (of: string): string =>
      `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves proc entry "${of}, which foo_net_init() acquires for every namespace\n`;
    check(module(root, `${stat}\n${alone}`, { mark: mark('stat"') }));
    check(
      module(root, subtree, { mark: mark('foo/stat", net->proc_net') }).replace(
        '"stat", 0444, dir',
        '"foo/stat", 0444, net->proc_net',
      ),
    );
  });

  it('is taken down with all that is in it by others', () => {
    check(module(subtree, subtree, { kept: false }));
    // A thread that the exit stops takes away what it has made.
    check(module(alone, alone).replaceAll('"stat"', 'foo_thread->comm'));
    check(module('\tproc_remove(fn->dir);', '\tproc_remove(dir);'));
  });
});

describe('the directory that is the root of /proc/net', () => {
  it('is that of what who makes it puts into it', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct proc_dir_entry *root = kmem_cache_zalloc(foo_cache, GFP_KERNEL), *stat;

	if (!root)
		return -ENOMEM;
	foo_set_owner(root, net);
	stat = proc_net_mkdir(net, "stat", root);
	if (!stat) {
		kmem_cache_free(foo_cache, root);
		return -ENOMEM;
	}
	net->proc_net = root;
	net->proc_net_stat = stat;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("stat", net->proc_net);
	kmem_cache_free(foo_cache, net->proc_net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });
});
