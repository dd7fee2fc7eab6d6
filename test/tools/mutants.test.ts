import { describe, expect, test } from 'vitest';
import { readFile, type FileFacts } from '../../src/facts/index.ts';
import { loadNative, prepare, withTree } from '../../src/syntax/index.ts';
import { Folders } from '../../src/tools/mutants/folders.ts';
import { chooseEach } from '../../src/tools/mutants/choose.ts';
import { apply, mutantClasses } from '../../src/tools/mutants/index.ts';
import { sourceOf } from '../../src/tools/mutants/source.ts';
import { World } from '../../src/tools/mutants/world.ts';

const parser = await loadNative();
const file = 'net/foo/foo.c';

const fixture = `
static struct kmem_cache *foo_cache;
static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err = 0;

	foo_use(foo_cache);
	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	if (!proc_create_net("foo", 0444, net->proc_net, &foo_seq_ops, 0)) {
		err = -ENOMEM;
		goto err_table;
	}
	return 0;

err_table:
	kfree(fn->table);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry("foo", net->proc_net);
	kfree(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int foo_event(struct notifier_block *this, unsigned long event, void *ptr)
{
	struct foo_net *fn = net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id);

	return fn->table ? NOTIFY_OK : NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

static int __init foo_init(void)
{
	int err;

	foo_cache = kmem_cache_create("foo", 64, 0, 0, NULL);
	if (!foo_cache)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_cache;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_pernet;
	err = genl_register_family(&foo_family);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_netdevice_notifier(&foo_notifier);
err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
err_cache:
	kmem_cache_destroy(foo_cache);
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cache);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;

interface Made {
  readonly planted: readonly string[];
  readonly skipped: readonly string[];
}

/** What a class makes of a text: each mutant as the lines that go and come, and the reasons for places left alone. */
function plant(name: string, text: string, loadable?: boolean, other = ''): Made {
  const factsOf = (path: string, each: string): FileFacts => {
    const prepared = prepare(each);
    return withTree(parser, prepared, (root) => readFile(path, each, prepared, root));
  };
  const prepared = prepare(text);
  const beside = 'net/foo/other.c';
  const folders = new Folders({
    listFolder: () => [file, beside],
    text: (path) => (path === file ? text : other),
    facts: (path) => factsOf(path, path === file ? text : other),
  });
  const world = new World(
    [factsOf(file, text)],
    () => (loadable === undefined ? undefined : { name: 'foo', loadable }),
    folders,
  );
  const each = mutantClasses.find((one) => one.name === name)!;
  const made = withTree(parser, prepared, (root) => [...each.mutants(sourceOf(file, text, root, world))]);
  return {
    planted: made.flatMap((one) => ('skipped' in one ? [] : [changes(text, apply(text, one.edits))])),
    skipped: made.flatMap((one) => ('skipped' in one ? [one.skipped] : [])),
  };
}

/** The lines of one text that are not in the other in their order, `-` and `+` before them, by longest common part. */
function changes(before: string, after: string): string {
  const lines = (text: string): string[] =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const [a, b] = [lines(before), lines(after)];
  const longest = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i]![j] = a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
  const result: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) [i, j] = [i + 1, j + 1];
    else if (i < a.length && (j === b.length || longest[i + 1]![j]! >= longest[i]![j + 1]!)) result.push(`-${a[i++]!}`);
    else result.push(`+${b[j++]!}`);
  }
  return result.join(' ');
}

/** What each class makes of the fixture, as lines that go and come. */
const expected: Record<string, readonly string[]> = {
  'dropped-unregister-exit': ['-unregister_pernet_subsys(&foo_net_ops);'],
  'dropped-unregister-error': ['-unregister_pernet_subsys(&foo_net_ops); +;'],
  'wrong-label-early': ['-goto err_cache; +goto err_pernet;', '-goto err_pernet; +goto err_notifier;'],
  'wrong-label-late': ['-goto err_pernet; +goto err_cache;', '-goto err_notifier; +goto err_pernet;'],
  'return-instead-of-goto': [
    '-goto err_table; +return err;',
    '-goto err_cache; +return err;',
    '-goto err_pernet; +return err;',
    '-goto err_notifier; +return err;',
  ],
  'swapped-kind': [
    '-unregister_pernet_subsys(&foo_net_ops); +unregister_pernet_device(&foo_net_ops);',
    '-unregister_pernet_subsys(&foo_net_ops); +unregister_pernet_device(&foo_net_ops);',
  ],
  'dropped-size': ['-.size = sizeof(struct foo_net),'],
  'dropped-id': ['-.id = &foo_net_id,'],
  'double-register': ['+goto err_cache; err = register_pernet_subsys(&foo_net_ops); +if (err)'],
  'double-unregister': [
    '-unregister_pernet_subsys(&foo_net_ops); +unregister_pernet_subsys(&foo_net_ops); unregister_pernet_subsys(&foo_net_ops);',
    '-unregister_pernet_subsys(&foo_net_ops); +unregister_pernet_subsys(&foo_net_ops); unregister_pernet_subsys(&foo_net_ops);',
  ],
  'unchecked-register': ['-if (err) -goto err_cache;'],
  'dropped-release-error': ['-unregister_netdevice_notifier(&foo_notifier); +;', '-kmem_cache_destroy(foo_cache); +;'],
  'dropped-release-exit': [
    '-genl_unregister_family(&foo_family);',
    '-unregister_netdevice_notifier(&foo_notifier);',
    '-kmem_cache_destroy(foo_cache);',
  ],
  'dropped-release-callback-error': ['-kfree(fn->table); +;'],
  'dropped-release-callback-exit': ['-remove_proc_entry("foo", net->proc_net);', '-kfree(fn->table);'],
  'dropped-exit-field': ['-.exit = foo_net_exit,'],
  'dropped-init-field': ['-.init = foo_net_init,'],
  'double-release': [
    '-genl_unregister_family(&foo_family); +genl_unregister_family(&foo_family); genl_unregister_family(&foo_family);',
    '-unregister_netdevice_notifier(&foo_notifier); +unregister_netdevice_notifier(&foo_notifier); unregister_netdevice_notifier(&foo_notifier);',
    '-kmem_cache_destroy(foo_cache); +kmem_cache_destroy(foo_cache); kmem_cache_destroy(foo_cache);',
    '-remove_proc_entry("foo", net->proc_net); +remove_proc_entry("foo", net->proc_net); remove_proc_entry("foo", net->proc_net);',
    '-kfree(fn->table); +kfree(fn->table); kfree(fn->table);',
  ],
  'error-lost': ['-err = -ENOMEM;', '-return err; +return 0;', '-return err; +return 0;'],
  'registered-late': [
    '-err = register_pernet_subsys(&foo_net_ops); +err = register_netdevice_notifier(&foo_notifier); -err = register_netdevice_notifier(&foo_notifier); +err = register_pernet_subsys(&foo_net_ops); -unregister_netdevice_notifier(&foo_notifier); -err_pernet: +err_pernet: +unregister_netdevice_notifier(&foo_notifier);',
  ],
  'unregistered-early': [
    '-genl_unregister_family(&foo_family); +unregister_pernet_subsys(&foo_net_ops); genl_unregister_family(&foo_family); -unregister_pernet_subsys(&foo_net_ops);',
  ],
  'resource-after-pernet': [
    '-foo_cache = kmem_cache_create("foo", 64, 0, 0, NULL); -if (!foo_cache) -return -ENOMEM; -goto err_cache; +return -ENOMEM; +foo_cache = kmem_cache_create("foo", 64, 0, 0, NULL); +if (!foo_cache) +{ err = -ENOMEM; goto err_cache; } -unregister_pernet_subsys(&foo_net_ops); -err_cache: +err_cache: +unregister_pernet_subsys(&foo_net_ops);',
  ],
  'resource-gone-early': [
    '-unregister_pernet_subsys(&foo_net_ops); -kmem_cache_destroy(foo_cache); +kmem_cache_destroy(foo_cache); unregister_pernet_subsys(&foo_net_ops);',
  ],
  'positive-init': ['-return 0; +return 1;'],
  'init-section': [
    '-static int __net_init foo_net_init(struct net *net) +static int __init foo_net_init(struct net *net)',
    '-static void __net_exit foo_net_exit(struct net *net) +static void __net_init foo_net_exit(struct net *net)',
    '-static void __net_exit foo_net_exit(struct net *net) +static void __init foo_net_exit(struct net *net)',
  ],
  'lost-result': ['-err = register_pernet_subsys(&foo_net_ops); +register_pernet_subsys(&foo_net_ops);'],
  'inverted-check': [
    '-if (!foo_cache) +if (!(!foo_cache))',
    '-if (err) +if (!(err))',
    '-if (err) +if (!(err))',
    '-if (err) +if (!(err))',
  ],
};

describe('each class plants its bugs', () => {
  test.each(mutantClasses.map(({ name }) => name).filter((name) => name !== 'other-ops'))('%s', (name) => {
    expect(plant(name, fixture, true)).toEqual({ planted: expected[name], skipped: [] });
  });
});

test('in code that is only built in, the bugs of modules are left alone, those of namespaces are not', () => {
  const inNamespaces = mutantClasses.filter(({ name }) => plant(name, fixture, false).planted.length > 0);
  expect(inNamespaces.map(({ name }) => name)).toEqual([
    'return-instead-of-goto',
    'dropped-size',
    'dropped-id',
    'dropped-release-callback-error',
    'dropped-release-callback-exit',
    'dropped-exit-field',
    'dropped-init-field',
    'double-release',
    'error-lost',
    'positive-init',
    'init-section',
  ]);
  expect(plant('return-instead-of-goto', fixture, false)).toEqual({
    planted: ['-goto err_table; +return err;'],
    skipped: ['built-in', 'built-in', 'built-in'],
  });
  expect(plant('dropped-unregister-exit', fixture, false)).toEqual({ planted: [], skipped: ['built-in'] });
});

test('an exit callback of what is never unregistered may be __net_init, which is only odd', () => {
  expect(plant('init-section', fixture, false).planted).toEqual(
    expected['init-section']!.filter((each) => !each.includes('+static void __net_init')),
  );
});

test('a label behind which something is only said is left alone', () => {
  const said = fixture.replace('\tkmem_cache_destroy(foo_cache);\n\treturn err;', '\tpr_err("no foo");\n\treturn err;');
  const { planted, skipped } = plant('return-instead-of-goto', said, true);
  expect(planted).not.toContain('-goto err_cache; +return err;');
  expect(skipped).toEqual(['the label undoes nothing']);
});

test('another ops of the file is unregistered in place of the right one', () => {
  const two = `static struct pernet_operations bar_net_ops = {\n\t.init = bar_net_init,\n};\n${fixture}`;
  const change = '-unregister_pernet_subsys(&foo_net_ops); +unregister_pernet_subsys(&bar_net_ops);';
  expect(plant('other-ops', two, true).planted).toEqual([change, change]);
  expect(plant('other-ops', fixture, true).skipped).toContain('the file has no other ops');
});

test('an order that matters to nobody is left alone', () => {
  const unused = fixture.replace('foo_use(foo_cache);', '');
  for (const name of ['resource-after-pernet', 'resource-gone-early'])
    expect(plant(name, unused, true)).toEqual({ planted: [], skipped: ['no callback of the ops uses it'] });
});

test('a label behind which helpers only free what may not be there does no harm', () => {
  const helped = `void foo_drop_cache(void)\n{\n\tkmem_cache_destroy(foo_cache);\n}\n${fixture.replace(
    'unregister_netdevice_notifier(&foo_notifier);\nerr_pernet',
    'foo_drop_cache();\nerr_pernet',
  )}`;
  expect(plant('wrong-label-early', helped, true).skipped).toContain('the two labels undo the same');
  const waiting = helped.replace(
    '\tkmem_cache_destroy(foo_cache);\n}',
    '\trcu_barrier();\n\tkmem_cache_destroy(foo_cache);\n}',
  );
  expect(plant('wrong-label-early', waiting, true).skipped).toContain('the two labels undo the same');
  const asking = helped.replace(
    '\tkmem_cache_destroy(foo_cache);\n}',
    '\tstruct foo *old;\n\n\told = foo_table;\n\tif (old) {\n\t\tfoo_table = NULL;\n\t\tsock_release(old);\n\t}\n}',
  );
  expect(plant('wrong-label-early', asking, true).skipped).toContain('the two labels undo the same');
});

test('a file that goes by the name of something found is none that init has made', () => {
  const listed = fixture.replace(
    '\tremove_proc_entry("foo", net->proc_net);\n',
    '\tlist_for_each_entry(t, &fn->tables, list)\n\t\tremove_proc_entry(t->name, fn->dir);\n' +
      '\tremove_proc_entry("foo", net->proc_net);\n',
  );
  expect(plant('dropped-release-callback-exit', listed, true).planted).toEqual([
    '-remove_proc_entry("foo", net->proc_net);',
    '-kfree(fn->table);',
  ]);
});

test('a registration that cannot fail is not one to leave unchecked', () => {
  const bare = fixture.replace(/\t\.(?:init|id|size) = .*\n/g, '');
  const none = { planted: [], skipped: ['registering the ops cannot fail'] };
  expect(plant('unchecked-register', bare, true)).toEqual(none);
});

test('what is registered but gets at no state of the ops can come and go before it', () => {
  const apart = fixture.replace('net_generic(dev_net(netdev_notifier_info_to_dev(ptr)), foo_net_id)', 'foo_shared');
  const none = { planted: [], skipped: ['what is registered gets at no state of the ops'] };
  for (const name of ['registered-late', 'unregistered-early']) expect(plant(name, apart, true)).toEqual(none);
});

test('a goto that is never taken is left alone', () => {
  const helper = (result: string): string =>
    `static int foo_prepare(struct foo_net *fn)\n{\n\tfn->ready = 1;\n\treturn ${result};\n}\n`;
  const asked = fixture.replace(
    '\tif (!proc_create_net(',
    '\terr = foo_prepare(fn);\n\tif (err)\n\t\tgoto err_table;\n\tif (!proc_create_net(',
  );
  const planted = (result: string): number =>
    plant('return-instead-of-goto', helper(result) + asked, true).planted.length;
  expect(planted('foo_check()') - planted('0')).toBe(1);
  expect(plant('return-instead-of-goto', helper('0') + asked, true).skipped).toEqual(['what it asks for cannot fail']);
});

test('a helper that forgets what it has given back can be called twice', () => {
  const helper = (after: string): string =>
    `static void foo_table_free(struct foo_net *fn)\n{\n\tkfree(fn->table);\n${after}}\n\n` +
    `static void foo_table_alloc(struct foo_net *fn)\n{\n\tfn->other = 0;\n}\n\n`;
  const exit = '\tremove_proc_entry("foo", net->proc_net);\n\tkfree(fn->table);\n';
  const helped = fixture
    .replace(exit, exit.replace('kfree(fn->table)', 'foo_table_free(fn)'))
    .replace('\tfn->table = kzalloc(', '\tfoo_table_alloc(fn);\n\tfn->table = kzalloc(');
  const double = (after: string): Made => plant('double-release', helper(after) + helped, true);
  const twice = '-foo_table_free(fn); +foo_table_free(fn); foo_table_free(fn);';
  expect(double('').planted).toContain(twice);
  expect(double('\tfn->table = NULL;\n').planted).not.toContain(twice);
  expect(double('\tfn->table = NULL;\n').skipped).toEqual(['the helper forgets what it has given back']);
});

test('what asks before it gives back, or gives back all there is, can be called twice', () => {
  const helper = (body: string): string => `static void foo_table_free(struct foo_net *fn)\n{\n${body}}\n\n`;
  const setUp = 'static void foo_table_alloc(struct foo_net *fn)\n{\n\tfn->other = 0;\n}\n\n';
  const exit = '\tremove_proc_entry("foo", net->proc_net);\n';
  const helped = fixture
    .replace(exit, `${exit}\tfoo_table_free(fn);\n`)
    .replace('\tfn->table = kzalloc(', '\tfoo_table_alloc(fn);\n\tfn->table = kzalloc(');
  const asking = '\tif (fn->dir) {\n\t\tremove_proc_entry("bar", NULL);\n\t\tfn->dir = NULL;\n\t}\n';
  expect(plant('double-release', helper(asking) + setUp + helped, true).skipped).toEqual([
    'the helper forgets what it has given back',
  ]);
  const all = fixture
    .replace('\tgenl_unregister_family(&foo_family);\n', '\trtnl_unregister_all(PF_FOO);\n')
    .replace(
      'genl_register_family(&foo_family)',
      'rtnl_register_module(THIS_MODULE, PF_FOO, RTM_GETFOO, NULL, foo, 0)',
    );
  expect(plant('double-release', all, true).planted.join()).not.toContain('rtnl_unregister_all');
});

test('a device may be queued for its end twice, and one of a link type goes with its namespace', () => {
  const device = (more: string): string =>
    fixture
      .replace('\tif (!proc_create_net(', `\terr = register_netdev(fn->dev);\n${more}\tif (!proc_create_net(`)
      .replace('\tremove_proc_entry("foo"', '\tunregister_netdevice_queue(fn->dev, &dead);\n\tremove_proc_entry("foo"');
  const gone = '-unregister_netdevice_queue(fn->dev, &dead);';
  expect(plant('double-release', device(''), true).skipped).toEqual(['a device is queued for its end a second time']);
  expect(plant('dropped-release-callback-exit', device(''), true).planted).toContain(gone);
  expect(plant('dropped-release-callback-exit', device('\tfn->dev->rtnl_link_ops = &foo_link_ops;\n'), true)).toEqual({
    planted: expected['dropped-release-callback-exit'],
    skipped: ['the core deletes what devices of a link type are left'],
  });
});

/** A module whose init has this body. */
function moduleWith(body: string): string {
  return `
static struct pernet_operations foo_net_ops = { .init = foo_net_init };
static int __init foo_init(void)
{
	int err;
	${body}
}
module_init(foo_init);
`;
}

describe('forms of a registration', () => {
  test.each([
    ['return register_pernet_subsys(&foo_net_ops);', '+register_pernet_subsys(&foo_net_ops); return 0;'],
    [
      'if (register_pernet_subsys(&foo_net_ops)) return -ENOMEM; return 0;',
      '+register_pernet_subsys(&foo_net_ops); return 0;',
    ],
    [
      'if ((err = register_pernet_subsys(&foo_net_ops)) < 0) return err; return 0;',
      '+register_pernet_subsys(&foo_net_ops); return 0;',
    ],
  ])('the check is dropped from %s', (body, after) => {
    expect(plant('unchecked-register', moduleWith(body)).planted).toEqual([`-${body} ${after}`]);
  });

  test('a result that is returned later is still looked at', () => {
    const body = 'err = register_pernet_subsys(&foo_net_ops); if (err) bar(); return err;';
    expect(plant('unchecked-register', moduleWith(body))).toEqual({
      planted: [],
      skipped: ['the result is looked at later'],
    });
  });
});

test('a statement that stands alone behind an if leaves no dangling if', () => {
  const body = `
	if (register_pernet_subsys(&foo_net_ops))
		return -ENOMEM;
	err = foo_start();
	if (err) {
		if (foo_verbose)
			unregister_pernet_subsys(&foo_net_ops);
		return err;
	}
	return 0;`;
  expect(plant('dropped-unregister-error', moduleWith(body)).planted).toEqual([
    '-unregister_pernet_subsys(&foo_net_ops); +;',
  ]);
  expect(plant('double-unregister', moduleWith(body)).planted).toEqual([
    '-unregister_pernet_subsys(&foo_net_ops); +{ unregister_pernet_subsys(&foo_net_ops); unregister_pernet_subsys(&foo_net_ops); }',
  ]);
});

test('labels that undo the same, or only what does no harm when there is nothing, are not told apart', () => {
  const body = `
	foo_buffer = kmalloc(64, GFP_KERNEL);
	if (!foo_buffer)
		goto err_none;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_buffer;
	return 0;
err_buffer:
	kfree(foo_buffer);
err_none:
	return err;`;
  expect(plant('wrong-label-early', moduleWith(body))).toEqual({
    planted: [],
    skipped: ['the two labels undo the same'],
  });
  expect(plant('wrong-label-late', moduleWith(body)).planted).toEqual(['-goto err_buffer; +goto err_none;']);
});

test('an error variable that is an error already makes its assignment no bug to drop', () => {
  const body = `
	err = -EINVAL;
	if (register_pernet_subsys(&foo_net_ops)) {
		err = -ENOMEM;
		goto out;
	}
	return 0;
out:
	return err;`;
  expect(plant('error-lost', moduleWith(body))).toEqual({
    planted: [],
    skipped: ['the variable is an error already'],
  });
});

test('edits that overlap are refused', () => {
  const edits = [
    { start: 0, end: 3, text: 'a' },
    { start: 2, end: 4, text: 'b' },
  ];
  expect(() => apply('0123456', edits)).toThrow('overlap');
});

test('how the kernel itself does what it offers all modules is no part of the life of one that calls it', () => {
  const text = (name: string): string => `
static int __init foo_init(void)
{
	return ${name}_register(&foo_ops);
}
static void __exit foo_exit(void)
{
	${name}_unregister(&foo_ops);
}
int ${name}_register(struct ops *ops)
{
	ops->table = kzalloc(64, GFP_KERNEL);
	return ops->table ? 0 : -ENOMEM;
}
void ${name}_unregister(struct ops *ops)
{
	kfree(ops->table);
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;
  expect(plant('dropped-release-exit', text('foo_link')).planted).toContain('-kfree(ops->table);');
  expect(plant('dropped-release-exit', text('rtnl_link')).planted).not.toContain('-kfree(ops->table);');
});

describe('what a removed or repeated call does not change', () => {
  const module = (calls: { init: string; exit: string; helpers?: string }): string => `
${calls.helpers ?? ''}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return ${calls.init};
}
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${calls.exit};
}
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;

  test('a file of sysfs that is not there is not removed', () => {
    const text = module({
      init: 'netdev_class_create_file_ns(&fn->attr, net)',
      exit: 'netdev_class_remove_file_ns(&fn->attr, net)',
    });
    expect(plant('double-release', text)).toEqual({ planted: [], skipped: ['what is not there is not removed'] });
  });

  test('a helper in another file that only warns', () => {
    const text = module({ init: 'foo_nl_init(fn)', exit: 'foo_nl_exit(fn)' });
    const kinds = (body: string): Made =>
      plant(
        'dropped-release-callback-exit',
        text,
        undefined,
        `void foo_nl_exit(struct foo_net *fn)\n{\n\t${body};\n}\n`,
      );
    expect(kinds('WARN(fn->users, "still in use")')).toEqual({
      planted: [],
      skipped: ['the helper takes nothing down'],
    });
    expect(kinds('fn->users = NULL').skipped).toEqual([]);
    expect(kinds('queue_work(foo_wq, &fn->work)').skipped).toEqual([]);
  });

  test('a reference that the function takes itself is nothing that init has made', () => {
    const text = module({
      init: 'foo_device_init(fn, &fn->dev)',
      exit: 'get_foo_device(&fn->dev);\n\tfoo_flush(fn);\n\tput_foo_device(&fn->dev)',
      helpers: 'static void foo_flush(struct foo_net *fn)\n{\n\tkfree(fn->queue);\n}',
    });
    const reason = ['a reference that the function takes itself'];
    expect(plant('dropped-release-callback-exit', text)).toEqual({ planted: [], skipped: reason });
  });

  test('devices of a link type are deleted by the core, and with them all that the exit is there for', () => {
    const text = module({
      init: 'register_netdevice(fn->dev)',
      exit: 'unregister_netdevice_queue(fn->dev, NULL)',
      helpers: 'static void foo_setup(struct net_device *dev)\n{\n\tdev->rtnl_link_ops = &foo_link_ops;\n}',
    });
    const reason = ['the core deletes what devices of a link type are left'];
    expect(plant('dropped-exit-field', text)).toEqual({ planted: [], skipped: reason });
    expect(plant('dropped-exit-field', text.replace('->rtnl_link_ops = &foo_link_ops', '->mtu = 0')).skipped).toEqual(
      [],
    );
  });

  test('an init that does nothing, or that another file has', () => {
    const text = `
static int __net_init foo_net_init(struct net *net)
{
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	return err ? err : register_pernet_subsys(&bar_net_ops);
}

module_init(foo_init);
`;
    expect(plant('dropped-init-field', text)).toEqual({
      planted: [],
      skipped: ['the init does nothing', 'the init is of another file'],
    });
  });

  test('what a caller does as well when it gives up', () => {
    const text = `
static int foo_sub_init(void)
{
	int err = rtnl_register_module(THIS_MODULE, PF_FOO, RTM_GETFOO, foo_doit, NULL, 0);

	if (err)
		return err;
	err = foo_more_init();
	if (err)
		rtnl_unregister_all(PF_FOO);
	if (err)
		goto out;
	return 0;
out:
	rtnl_unregister_all(PF_FOO);
	return err;
}
static int __init foo_init(void)
{
	int err = foo_sub_init();

	if (err)
		goto out;
	return 0;
out:
	rtnl_unregister_all(PF_FOO);
	return err;
}
static void __exit foo_exit(void)
{
	rtnl_unregister_all(PF_FOO);
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;
    const made = plant('dropped-release-error', text);
    expect(made.skipped).toContain('the caller does the same when it gives up');
  });

  test('the core that lives are run on is no part of any', () => {
    const text = (name: string): string => `
static int ${name}(struct ops *ops)
{
	ops->table = kzalloc(64, GFP_KERNEL);
	return ops->table ? 0 : -ENOMEM;
}
static void un${name}(struct ops *ops)
{
	kfree(ops->table);
}
static int __init foo_init(void)
{
	return ${name}(&foo_ops);
}
static void __exit foo_exit(void)
{
	un${name}(&foo_ops);
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;
    expect(plant('dropped-release-exit', text('register_foo')).planted).toContain('-kfree(ops->table);');
    expect(plant('dropped-release-exit', text('register_pernet_subsys')).planted).not.toContain('-kfree(ops->table);');
  });

  test('a goto past what only asks whether it is the first namespace', () => {
    const text = module({ init: 'foo_make(net)', exit: 'foo_drop(net)' }).replace(
      'return foo_make(net);',
      'int err = foo_make(net);\n\n\tif (err)\n\t\tgoto out;\n\treturn 0;\nout:\n\tif (net_eq(net, &init_net))\n\t\tpanic("foo");\n\treturn err;',
    );
    expect(plant('return-instead-of-goto', text)).toEqual({ planted: [], skipped: ['the label undoes nothing'] });
  });
});

test('of each class so many bugs are chosen, evenly spaced over the files', () => {
  const files = [
    { file: 'a.c', counts: new Map([['swap', 2]]) },
    {
      file: 'b.c',
      counts: new Map([
        ['drop', 1],
        ['swap', 4],
      ]),
    },
    { file: 'c.c', counts: new Map() },
  ];
  const plain = (each: number): unknown =>
    [...chooseEach(files, each)].map(([file, of]) => [file, Object.fromEntries(of)]);
  expect(plain(2)).toEqual([
    ['a.c', { swap: [1] }],
    ['b.c', { swap: [2], drop: [0] }],
  ]);
  expect(plain(Infinity)).toEqual([
    ['a.c', { swap: [0, 1] }],
    ['b.c', { swap: [0, 1, 2, 3], drop: [0] }],
  ]);
});
