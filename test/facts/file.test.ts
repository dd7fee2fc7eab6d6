import { describe, expect, it } from 'vitest';
import { factsOfText, without } from './read.ts';

describe('initcalls', () => {
  it.each([
    'early_initcall',
    'pure_initcall',
    'core_initcall',
    'core_initcall_sync',
    'postcore_initcall',
    'arch_initcall',
    'subsys_initcall',
    'fs_initcall',
    'rootfs_initcall',
    'device_initcall',
    'late_initcall',
    'late_initcall_sync',
    'console_initcall',
    'security_initcall',
    '__initcall',
    'module_init',
    'module_exit',
    '__exitcall',
  ])('%s', (macro) => {
    expect(factsOfText(`static int foo(void)\n{\n\treturn 0;\n}\n${macro}(foo);\n`).initcalls).toEqual([
      { macro, fn: 'foo', at: [5, 1, 5, macro.length + 6] },
    ]);
  });

  it('start a security module from its record', () => {
    const { initcalls } = factsOfText(`DEFINE_LSM(foo) = {
	.name = "foo",
	.flags = LSM_FLAG_LEGACY_MAJOR,
	.init = foo_lsm_init,
};
`);
    expect(initcalls).toMatchObject([{ macro: 'DEFINE_LSM', fn: 'foo_lsm_init' }]);
  });

  it('stand behind one another on a line', () => {
    const line = 'MODULE_LICENSE("GPL"); module_init(foo_init); module_exit(foo_exit);';
    const { initcalls } = factsOfText(`${line}\n// x; module_exit(old);\n`);
    expect(initcalls).toEqual([
      { macro: 'module_init', fn: 'foo_init', at: [1, 24, 1, 45] },
      { macro: 'module_exit', fn: 'foo_exit', at: [1, 47, 1, 68] },
    ]);
  });

  it.each([
    'static int foo_x(void) { return 0; } module_init(foo_init); module_exit(foo_exit);',
    '/* both */ module_init(foo_init); module_exit(foo_exit);',
    'static const char *text = "x; module_init(foo_init)";',
    '#define FOO() ; module_init(foo_init)',
    'static void foo(void) { int x; module_init(foo_init); }',
  ])('are not half read: %s', (line) => {
    expect(factsOfText(`${line}\n`).initcalls).toEqual([]);
  });

  it('count after a comment of one line that holds what would begin one of several', () => {
    const text = '// foo_start/*_stop is started here\n\nmodule_init(foo_init);\n';
    expect(factsOfText(text).initcalls.map(({ macro }) => macro)).toEqual(['module_init']);
  });

  it('do not count in comments and in arms that are left out', () => {
    const text = `/*
module_init(foo_old);
*/
#ifdef CONFIG_FOO_LATE
late_initcall(foo_init);
#else
module_init(foo_init);
#endif
`;
    expect(factsOfText(text).initcalls.map(({ macro }) => macro)).toEqual(['late_initcall']);
    expect(
      factsOfText(text, { configuration: without('CONFIG_FOO_LATE') }).initcalls.map(({ macro }) => macro),
    ).toEqual(['module_init']);
  });
});

describe('what a file says of itself', () => {
  it('exports, licence and macros that stand for a call', () => {
    const facts = factsOfText(`#define foo_cleanup(x) bar_cleanup(x)
#define FOO_MAX 16
#define foo_two(x) do { a(x); b(x); } while (0)
EXPORT_SYMBOL(foo_register);
EXPORT_SYMBOL_GPL(foo_unregister);
EXPORT_SYMBOL_NS_GPL(foo_other, FOO);
/* EXPORT_SYMBOL(foo_gone); */
MODULE_LICENSE("GPL");
`);
    expect(facts.exports).toEqual(['foo_register', 'foo_unregister', 'foo_other']);
    expect(facts.hasModuleLicense).toBe(true);
    expect(facts.aliases).toEqual({ foo_cleanup: 'bar_cleanup' });
    expect(factsOfText('/* MODULE_LICENSE("GPL"); */\n').hasModuleLicense).toBe(false);
  });

  it('pernet code that no configuration has read', () => {
    const ops = 'static struct pernet_operations foo_ops = { .init = foo_init };\n';
    const reasonsOf = (text: string): string[] =>
      factsOfText(text).unreadable.map(({ line, reason }) => `${line}: ${reason}`);
    const left = (line: number, condition: string): string =>
      `${line}: pernet code where \`${condition}\` holds, which nothing here decides; it is left out`;
    expect(reasonsOf(`#ifdef FOO_DEBUG\n${ops}#endif\n`)).toEqual([left(2, 'FOO_DEBUG')]);
    expect(reasonsOf(`#undef CONFIG_FOO\n#ifdef CONFIG_FOO\n${ops}#if FOO > 1\n${ops}#endif\n#endif\n`)).toEqual([
      left(3, 'CONFIG_FOO'),
    ]);
    for (const text of [
      `#if 0\n${ops}#endif\n`,
      `#ifndef CONFIG_FOO\n${ops}#endif\n`,
      `#ifdef FOO_DEBUG\n/* ${ops.trim()} */\n#endif\n`,
      `#ifdef FOO_DEBUG\nextern struct pernet_operations foo_ops;\n#endif\n`,
      `#ifndef FOO_DEBUG\n${ops}#endif\n`,
    ])
      expect(reasonsOf(text)).toEqual([]);
  });

  it('options that hide pernet code of it in this configuration', () => {
    const text = `#ifndef CONFIG_FOO_BUILTIN
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
#endif
#ifndef CONFIG_FOO_OTHER
static int foo_other;
#endif
`;
    expect(factsOfText(text)).toMatchObject({ hiddenBy: ['CONFIG_FOO_BUILTIN'], ops: [] });
    expect(factsOfText(text, { configuration: without('CONFIG_FOO_BUILTIN') })).toMatchObject({
      hiddenBy: [],
      ops: [{ name: 'foo_net_ops' }],
    });
  });

  it('options whose other arm holds the stub of a function that registers', () => {
    const text = (body: string): string => `#ifdef CONFIG_FOO_PROC
static void foo_stop(void)
{
	${body}
}
#else
static inline void foo_stop(void)
{
}
#endif
`;
    expect(factsOfText(text('unregister_pernet_subsys(&foo_net_ops);')).hiddenBy).toEqual(['CONFIG_FOO_PROC']);
    expect(factsOfText(text('foo_flush();')).hiddenBy).toEqual([]);
  });
});

describe('suppression comments', () => {
  it.each([
    [
      '/* pernet-lint: ignore pernet/register-unchecked -- boot only */',
      { rules: ['pernet/register-unchecked'], reason: 'boot only', wholeFile: false },
    ],
    [
      '// pernet-lint: ignore register-twice, id-without-size -- a -- b',
      { rules: ['register-twice', 'id-without-size'], reason: 'a -- b', wholeFile: false },
    ],
    [
      '/* pernet-lint: ignore-file left-registered-on-exit -- never unloaded */',
      { rules: ['left-registered-on-exit'], reason: 'never unloaded', wholeFile: true },
    ],
    ['/* pernet-lint: ignore register-twice */', { rules: ['register-twice'], reason: '', wholeFile: false }],
    ['/* pernet-lint: ignore */', { rules: [], reason: '', wholeFile: false }],
    [
      '/* pernet-lint: ignore register-twice -- 2 * 3 is 6 */',
      { rules: ['register-twice'], reason: '2 * 3 is 6', wholeFile: false },
    ],
  ])('%s', (comment, expected) => {
    const { suppressions } = factsOfText(`\nstatic int x; ${comment}\n`);
    expect(suppressions).toMatchObject([expected]);
    expect(suppressions[0]?.at.slice(0, 2)).toEqual([2, 15]);
  });

  it('are only those', () => {
    expect(factsOfText('/* pernet-lint ignore x */\n/* pernet-lint: ignored x -- y */\n').suppressions).toEqual([]);
  });
});

describe('bad input', () => {
  it.each([
    ['nothing', ''],
    ['only blanks', '\n\n\t\n'],
    ['a half-typed struct', 'static struct pernet_operations foo_net_ops = {\n\t.init = foo_net_\n'],
    ['a half-typed call', 'static int __init foo_init(void)\n{\n\treturn register_pernet_subsys(&foo'],
    ['an #if without #endif', '#ifdef CONFIG_X\nstatic struct pernet_operations a_ops = {\n\t.init = a_init,\n};\n'],
    ['an #endif without #if', 'static int a;\n#endif\n#else\nstatic int b;\n'],
    ['braces that close nothing', '}}}}\n{\n'],
    ['a lone quote', "static char c = '\nstatic struct pernet_operations a_ops = { .init = a };\n"],
    ['replacement characters', '\uFFFD\uFFFDstatic struct pernet_operations \uFFFD = {\n'],
  ])('%s is no exception', (_name, text) => {
    for (const prune of [false, true]) expect(factsOfText(text, { prune }).file).toBe('foo.c');
  });

  it('leaves the definitions around a half-typed one readable', () => {
    const { ops } = factsOfText(`static struct pernet_operations a_ops = {
	.init = a_init,
};

static struct pernet_operations b_ops = {
	.init = b_
};
`);
    expect(ops.map(({ name }) => name)).toEqual(['a_ops', 'b_ops']);
  });
});
