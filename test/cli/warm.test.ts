import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { lint as Lint } from '../../src/cli/lint.ts';
import { parseLintArgs } from '../../src/cli/lint-args.ts';
import { prepareOptions } from '../../src/cli/options.ts';
import { targetsOf } from '../../src/cli/paths.ts';

/** A module with an ops whose init takes a step that lies beside it, and that another file's init registers. */
const foo = (name: string): string => `#include <net/${name}.h>
#include "local.h"
static int ${name}_net_init(struct net *net)
{
	struct ${name}_net *fn = ${name}_pernet(net);

	fn->buf = kmalloc(16, GFP_KERNEL);
	if (!fn->buf)
		return -ENOMEM;
	return ${name}_proc_init(net);
}
static void ${name}_net_exit(struct net *net)
{
	${name}_proc_exit(net);
	kfree(${name}_pernet(net)->buf);
}
static struct pernet_operations ${name}_net_ops = {
	.init = ${name}_net_init,
	.exit = ${name}_net_exit,
	.id = &${name}_net_id,
	.size = sizeof(struct ${name}_net),
};
int ${name}_net_register(void)
{
	return register_pernet_subsys(&${name}_net_ops);
}
void ${name}_net_unregister(void)
{
	unregister_pernet_subsys(&${name}_net_ops);
}
`;
const steps = (name: string): string => `int ${name}_proc_init(struct net *net)
{
	return proc_create_net("${name}", 0, net->proc_net, &${name}_seq, 8) ? 0 : -ENOMEM;
}
void ${name}_proc_exit(struct net *net)
{
	remove_proc_entry("${name}", net->proc_net);
}
`;
const main = (name: string): string => `static int __init ${name}_init(void)
{
	int err = ${name}_net_register();

	if (err)
		return err;
	err = genl_register_family(&${name}_family);
	if (err)
		goto out;
	${name}_hooks_init();
	return 0;
out:
	${name}_net_unregister();
	return err;
}
static void __exit ${name}_exit(void)
{
	${name}_hooks_fini();
	genl_unregister_family(&${name}_family);
	${name}_net_unregister();
}
module_init(${name}_init);
module_exit(${name}_exit);
MODULE_LICENSE("GPL");
`;
/** With an arm that is left out, and one that an option decides over. */
const arms = `#ifdef CONFIG_SHUT
static int shut_register(void)
{
	return 0;
}
#else
static int shut_register(void)
{
	return register_pernet_subsys(&shut_net_ops);
}
#endif
static int shut_net_init(struct net *net)
{
	return foo_proc_init(net);
}
static struct pernet_operations shut_net_ops = {
	.init = shut_net_init,
#ifdef CONFIG_SHUT_EXIT
	.exit = foo_proc_exit,
#endif
};
static int __init shut_init(void)
{
	return shut_register();
}
subsys_initcall(shut_init);
`;
/** External, and called by nobody at first. */
const lone = `static int lone_net_init(struct net *net)
{
	return 0;
}
static struct pernet_operations lone_net_ops = {
	.init = lone_net_init,
};
int lone_register(void)
{
	return register_pernet_subsys(&lone_net_ops);
}
`;
const starts = (name: string, call: string): string => `static int __init ${name}_init(void)
{
	return ${call};
}
late_initcall(${name}_init);
`;
const header = (name: string): string => `static inline struct ${name}_net *${name}_pernet(struct net *net)
{
	return net_generic(net, ${name}_net_id);
}
`;

/** Two that are built in, of which the one that exits last uses the other's data: by the order in which they are linked. */
const first = `static void __net_exit first_net_exit(struct net *net)
{
	second_forget(net);
}
static struct pernet_operations first_net_ops = {
	.exit = first_net_exit,
};
static int __init first_init(void)
{
	return register_pernet_subsys(&first_net_ops);
}
fs_initcall(first_init);
`;
const second = `static unsigned int second_net_id;
void second_forget(struct net *net)
{
	struct second_net *sn = net_generic(net, second_net_id);

	list_del_init(&sn->users);
}
static void __net_exit second_net_exit(struct net *net)
{
	second_free_all(net_generic(net, second_net_id));
}
static struct pernet_operations second_net_ops = {
	.exit = second_net_exit,
	.id = &second_net_id,
	.size = sizeof(struct second_net),
};
static int __init second_init(void)
{
	return register_pernet_subsys(&second_net_ops);
}
fs_initcall(second_init);
`;

const before: Readonly<Record<string, string>> = {
  Kconfig: 'source "net/Kconfig"\n',
  Makefile: '',
  'include/linux/a.h': '',
  'kernel/a.c': '',
  'net/Kconfig': 'config FOO\n\ttristate "foo"\nconfig BAR\n\ttristate "bar"\nconfig SHUT\n\tbool "shut"\n',
  'net/Makefile': 'obj-y += foo/\nobj-y += bar/\nobj-y += shut/\nobj-y += first/ second/\n',
  'net/first/Makefile': 'obj-y += first.o\n',
  'net/second/Makefile': 'obj-y += second.o\n',
  'net/first/first.c': first,
  'net/second/second.c': second,
  'net/foo/Makefile': 'obj-$(CONFIG_FOO) += foo.o\nfoo-y := ops.o main.o steps.o\n',
  'net/bar/Makefile': 'obj-$(CONFIG_BAR) += bar.o\nbar-y := ops.o main.o steps.o\n',
  'net/shut/Makefile': 'obj-y += shut.o\n',
  'include/net/foo.h': header('foo'),
  'include/net/bar.h': header('bar'),
  'net/foo/ops.c': foo('foo'),
  'net/foo/steps.c': steps('foo'),
  'net/foo/main.c': `/* pernet_ */\n${main('foo').replace('\tfoo_hooks_init();\n', '\tfoo_hooks_init();\n\tfoo_up();\n')}`,
  'net/foo/up.c': lone.replaceAll('lone_register', 'foo_up').replaceAll('lone', 'up'),
  'net/foo/local.h': '/* pernet_ */\n',
  'net/bar/ops.c': foo('bar'),
  'net/bar/steps.c': steps('bar'),
  'net/bar/main.c': main('bar'),
  'net/shut/shut.c': arms,
  'net/lone/lone.c': lone,
  'net/late.c': starts('late', '0'),
  'net/early.c': starts('early', 'foo_up()'),
  'net/core/other.c': 'int other(void)\n{\n\treturn 0;\n}\n',
};

/** A change of one file: a text with another in its place (or all of it). */
type Edit = readonly [file: string, from: string, to: string];

const edits: Readonly<Record<string, Edit>> = {
  'a call gone, so that another caller counts': ['net/foo/main.c', '\tfoo_up();\n', ''],
  'a caller in a folder above': ['net/late.c', 'return 0;', 'return lone_register();'],
  'a caller gone in a folder above': ['net/early.c', 'foo_up()', '0'],
  'a callback gone': ['net/foo/ops.c', '\t.exit = foo_net_exit,\n', ''],
  'another callback': ['net/bar/ops.c', '.init = bar_net_init', '.init = bar_start'],
  'a size gone': ['net/foo/ops.c', '\t.size = sizeof(struct foo_net),\n', ''],
  'a call that nobody knows': ['net/foo/ops.c', '\treturn register_', '\tfoo_note();\n\treturn register_'],
  'a registration more': [
    'net/bar/main.c',
    'int err = bar_net_register',
    'int err = foo_net_register() + bar_net_register',
  ],
  'an unwinding gone': ['net/foo/main.c', '\tfoo_net_unregister();\n\treturn err;', '\treturn err;'],
  'an unregistration gone': ['net/bar/main.c', '_family);\n\tbar_net_unregister();', '_family);'],
  'a step that does nothing': ['net/foo/steps.c', '\tremove_proc_entry("foo", net->proc_net);\n', ''],
  'a step of another name': ['net/bar/steps.c', 'bar_proc_exit', 'bar_proc_gone'],
  'a getter that is none': ['include/net/foo.h', 'net_generic(net, foo_net_id)', 'NULL'],
  'a header beside': ['net/foo/local.h', '/* pernet_ */', 'int pernet_local(void);'],
  'an initcall gone': ['net/foo/main.c', 'module_init(foo_init);\n', ''],
  'an initcall of an arm gone': ['net/shut/shut.c', 'subsys_initcall(shut_init);\n', ''],
  'a counterpart by name': ['net/foo/main.c', '\tfoo_hooks_fini();\n', '\tbar_hooks_exit();\n'],
  'a caller in a file that says nothing of pernet': ['net/core/other.c', 'return 0;', 'return bar_net_register();'],
  'another function of a name': ['net/core/other.c', '', 'int foo_hooks_init(void)\n{\n\treturn 0;\n}\n'],
  'a file that mentions pernet now': ['net/core/other.c', 'int other', '/* pernet_ */\nint other'],
  'only ever built in': ['net/Kconfig', 'tristate "bar"', 'bool "bar"'],
  'a module of another name': ['net/foo/Makefile', 'foo.o\nfoo-y', 'fool.o\nfool-y'],
  'the option of an arm': ['net/shut/shut.c', 'ifdef CONFIG_SHUT\n', 'ifdef CONFIG_SHOT\n'],
  'an arm that registers otherwise': [
    'net/shut/shut.c',
    'return register_pernet_subsys',
    'return register_pernet_device',
  ],
  'folders linked in another order': ['net/Makefile', 'first/ second/', 'second/ first/'],
  'another level': ['net/second/second.c', 'fs_initcall', 'core_initcall'],
  'a device that exits first': ['net/second/second.c', 'register_pernet_subsys', 'register_pernet_device'],
  'data that is no longer used': ['net/second/second.c', 'list_del_init(&sn->users);', 'if (sn->users)\n\t\treturn;'],
  'lines of what is used that move': ['net/second/second.c', 'static unsigned', '/* more */\n\nstatic unsigned'],
  'what could be a module now': ['net/second/second.c', 'fs_initcall', 'MODULE_LICENSE("GPL");\nfs_initcall'],
  'lines that move': ['net/bar/ops.c', 'static int', '/* more */\n\nstatic int'],
  'a suppression': ['net/foo/ops.c', '\t.exit =', '\t/* pernet-lint: ignore exit-leak -- so */\n\t.exit ='],
  'a file gone': ['net/bar/steps.c', '*', ''],
  'a file more': [
    'net/bar/more.c',
    '*',
    'int bar_hooks_init(void)\n{\n\treturn bar_net_register();\n}\n/* pernet_ */\n',
  ],
};

let root: string;
let tree: string;
let lint: typeof Lint;

beforeAll(async () => {
  // What the build puts in.
  vi.stubGlobal('PERNET_VERSION', '0');
  vi.stubGlobal('PERNET_REPOSITORY', '');
  ({ lint } = await import('../../src/cli/lint.ts'));
});

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-warm-'));
  tree = path.join(root, 'tree');
  vi.stubEnv('XDG_CACHE_HOME', path.join(root, 'cache'));
  // What is written now is old by the time of a run.
  const now = Date.now();
  vi.spyOn(Date, 'now').mockImplementation(() => now + 60_000);
  for (const [file, text] of Object.entries(before)) write(file, text);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  fs.rmSync(root, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
  fs.writeFileSync(path.join(tree, file), text);
}

/** Makes the tree what it is with some of the edits, in order. */
function become(names: Iterable<string>): void {
  const texts = new Map(Object.entries(before));
  for (const name of names) {
    const [file, from, to] = edits[name]!;
    const text = texts.get(file) ?? '';
    if (from !== '*') texts.set(file, from === '' ? to + text : text.replace(from, to));
    else if (to === '') texts.delete(file);
    else texts.set(file, to);
  }
  for (const file of new Set([...Object.keys(before), ...Object.values(edits).map(([each]) => each)])) {
    const text = texts.get(file);
    const at = path.join(tree, file);
    if (text === undefined) fs.rmSync(at, { force: true });
    else if (!fs.existsSync(at) || fs.readFileSync(at, 'utf8') !== text) write(file, text);
  }
}

async function result(...more: string[]): Promise<string> {
  const parsed = parseLintArgs(['--jobs', '1', '--root', tree, ...more, tree]);
  if ('error' in parsed) throw new Error(parsed.error);
  const targets = targetsOf(parsed.args.paths, parsed.args.root);
  const prepared = prepareOptions(parsed.args, targets);
  if ('error' in prepared) throw new Error(prepared.error);
  const { stdout } = process;
  return JSON.stringify(await lint(parsed.args, targets, prepared, { stdout, stderr: new PassThrough() }));
}

/** What a run without earlier ones says of the tree as it is before all edits: it is the same for all tests. */
let freshBefore: string | undefined;

async function same(what: string, isEdited = true): Promise<void> {
  const fresh = isEdited ? await result('--no-cache') : (freshBefore ??= await result('--no-cache'));
  expect(await result(), what).toBe(fresh);
}

describe('a run after earlier ones says what one without them says', () => {
  test.each(Object.keys(edits))('after %s, and after that is undone', async (name) => {
    become([]);
    await same('before', false);
    become([name]);
    await same(name);
    become([]);
    await same('undone', false);
  });

  test.each([
    ['folders linked in another order', false],
    ['another level', false],
    ['a device that exits first', true],
    ['data that is no longer used', false],
    ['lines of what is used that move', true],
  ] as const)('what is found of two modules after %s: %s', async (name, isFound) => {
    become([]);
    expect(await result()).toContain('exit-uses-later-ops');
    become([name]);
    expect((await result()).includes('exit-uses-later-ops')).toBe(isFound);
  });

  test('after edits that come and go in any order', { timeout: 300_000 }, async () => {
    const names = Object.keys(edits);
    const on = new Set<string>();
    let seed = 7;
    for (let step = 0; step < 60; step++) {
      for (let more = step % 3; more >= 0; more--) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        const name = names[Math.floor((seed / 2147483648) * names.length)]!;
        if (!on.delete(name)) on.add(name);
      }
      become(on);
      await same(`step ${step}: ${[...on].join(', ')}`);
    }
  });

  test(
    'where what is kept of one kind is damaged, gone, of an earlier run, or cannot be kept',
    { timeout: 300_000 },
    async () => {
      const cache = path.join(root, 'cache/pernet-lint');
      await result();
      const early = path.join(root, 'early');
      fs.cpSync(cache, early, { recursive: true });
      become(['a call that nobody knows', 'an initcall gone']);
      await result();
      for (const kind of fs.readdirSync(cache)) {
        for (const harm of ['damaged', 'gone', 'early', 'blocked'] as const) {
          const kept = path.join(root, 'kept');
          fs.cpSync(cache, kept, { recursive: true });
          const folder = path.join(cache, kind);
          if (harm === 'damaged')
            for (const file of fs.readdirSync(folder)) fs.truncateSync(path.join(folder, file), 60);
          else fs.rmSync(folder, { recursive: true });
          if (harm === 'early') fs.cpSync(path.join(early, kind), folder, { recursive: true });
          // As a read-only folder is to whoever is not root.
          if (harm === 'blocked') fs.writeFileSync(folder, '');
          become(['a callback gone', 'another callback']);
          await same(`${kind} ${harm}`);
          fs.rmSync(cache, { recursive: true });
          fs.renameSync(kept, cache);
        }
      }
    },
  );
});
