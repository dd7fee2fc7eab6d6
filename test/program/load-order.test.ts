import { describe, expect, it } from 'vitest';
import { LinkOrder, LoadOrder, Program, type ModuleInfo } from '../../src/program/index.ts';
import { factsOfText } from '../facts/read.ts';

interface Side {
  /** The macro of its init; default: that of a module. */
  readonly level?: string;
  /** Whether it can be a module, as Kbuild says. */
  readonly loadable?: boolean;
  /** More functions of its own. */
  readonly more?: string;
  /** Another file of the same module. */
  readonly beside?: string;
}

interface Case {
  readonly makefile?: string;
  readonly isConfigured?: boolean;
}

/** Why foo starts before bar, and why bar does before foo. */
function orders(foo: Side, bar: Side, { makefile = '', isConfigured = false }: Case = {}): (string | null)[] {
  const main = (name: string, { level = 'module_init', more = '', loadable }: Side): string =>
    `${more}static int __init ${name}_init(void)\n{\n\treturn 0;\n}\n${level}(${name}_init);\n` +
    (loadable === true ? 'MODULE_LICENSE("GPL");\n' : '');
  const info = (file: string): ModuleInfo => {
    const isFoo = file.includes('foo');
    return { name: isFoo ? 'foo' : 'bar', loadable: (isFoo ? foo : bar).loadable };
  };
  const texts = {
    'net/x/foo.c': main('foo', foo),
    'net/x/bar.c': main('bar', bar),
    'net/x/foo_more.c': foo.beside ?? '',
    'net/x/bar_more.c': bar.beside ?? '',
  };
  const program = new Program(
    Object.entries(texts).map(([file, text]) => factsOfText(text, { file })),
    info,
  );
  const linked = new LinkOrder((path) => (path === 'net/x/Makefile' ? makefile : undefined));
  let uses = 0;
  const order = new LoadOrder({
    program,
    moduleInfo: info,
    linkedFirst: (one, other) => linked.isFirst(one, other),
    isConfigured,
    onUses: () => uses++,
  });
  const [first, second] = ['foo', 'bar'].map((name) => program.modules.find((module) => module.name === name)!);
  const found = [order.isFirst(first!, second!), order.isFirst(second!, first!)];
  expect(found).toContain(null);
  return found;
}

const builtIn: Side = { level: 'fs_initcall', loadable: false };
const module: Side = { loadable: true };
const exporting: Side = {
  ...module,
  more: 'int foo_lookup(int x)\n{\n\treturn x;\n}\nEXPORT_SYMBOL_GPL(foo_lookup);\n',
};
const calling = 'int bar_find(int x)\n{\n\treturn foo_lookup(x);\n}\n';
const fooFirst = { makefile: 'obj-y += foo.o bar.o\n' };
const barFirst = { makefile: 'obj-y += bar.o foo.o\n' };
const linkedFirst = 'foo.c is linked before bar.c (net/x/Makefile:1), so of two';
const loadedAfter = 'bar uses foo_lookup(), which foo exports, so it is loaded after foo';

describe('which of two modules starts first', () => {
  it('of two that are built in is told by levels, and by link order within one', () => {
    const levels =
      'foo_init() runs at an earlier initcall level than bar_init(): fs_initcall comes before late_initcall';
    const late = { ...builtIn, level: 'late_initcall' };
    expect(orders(builtIn, late, barFirst)).toEqual([levels, null]);
    expect(orders(late, builtIn, fooFirst)[0]).toBeNull();
    expect(orders(builtIn, builtIn, fooFirst)).toEqual([`${linkedFirst} fs_initcalls foo_init() runs first`, null]);
    expect(orders(builtIn, builtIn)).toEqual([null, null]);
  });

  it('of one that is built in and one that may be a module is told where both ways to build that agree', () => {
    expect(orders(builtIn, module)).toEqual([
      'foo_init() runs at an earlier initcall level than bar_init(): fs_initcall comes before device_initcall',
      null,
    ]);
    const plain = { loadable: false };
    expect(orders(plain, module, fooFirst)).toEqual([`${linkedFirst} device_initcalls foo_init() runs first`, null]);
    expect(orders(plain, module, barFirst)).toEqual([null, null]);
    expect(orders(module, plain, fooFirst)).toEqual([null, null]);
  });

  it('is not known of what is built in and starts when modules may be loaded already', () => {
    expect(orders({ level: 'late_initcall', loadable: false }, module, { isConfigured: true })).toEqual([null, null]);
    expect(orders(builtIn, module, { isConfigured: true })).toEqual([
      'foo_init() runs at boot, before any module is loaded',
      null,
    ]);
  });

  it('of two modules is told by the symbols that one of them exports and the other uses', () => {
    for (const bar of [
      { ...module, more: calling },
      { ...module, beside: calling },
    ]) {
      expect(orders(exporting, bar, { isConfigured: true })).toEqual([loadedAfter, null]);
      expect(orders(exporting, bar, fooFirst)).toEqual([
        `${linkedFirst} device_initcalls foo_init() runs first; ${loadedAfter}`,
        null,
      ]);
      // Built in, they start the other way round.
      expect(orders(exporting, bar, barFirst)).toEqual([null, null]);
    }
    expect(
      orders({ ...module, beside: exporting.more! }, { ...module, more: calling }, { isConfigured: true }),
    ).toEqual([loadedAfter, null]);
    expect(
      orders({ ...module, more: calling }, { ...module, beside: exporting.more! }, { isConfigured: true }),
    ).toEqual([null, 'foo uses foo_lookup(), which bar exports, so it is loaded after bar']);
  });

  it.each([
    ['is not exported', exporting.more!.replace(/EXPORT.*\n/, ''), calling],
    ['is exported by others as well', exporting.more!, `${calling}EXPORT_SYMBOL(foo_lookup);\n`],
    ['is asked for', exporting.more!, 'int bar_find(void)\n{\n\treturn symbol_get(foo_lookup) ? 1 : 0;\n}\n'],
    [
      'an option decides over',
      exporting.more!,
      `int bar_find(int x)\n{\n#ifdef CONFIG_X\n\treturn foo_lookup(x);\n#endif\n}\n`,
    ],
    [
      'is its own function of that name',
      exporting.more!,
      `static int foo_lookup(int x)\n{\n\treturn 0;\n}\n${calling}`,
    ],
  ])('is not told by a symbol that %s', (_, more, beside) => {
    expect(orders({ ...module, more }, { ...module, beside }, { isConfigured: true })).toEqual([null, null]);
  });

  it('is told by levels where what is built in uses a symbol of what may be a module, which is built in for that', () => {
    const foo = { ...builtIn, more: calling };
    const bar = { ...module, beside: exporting.more! };
    expect(orders(foo, bar)[0]).toContain('fs_initcall comes before device_initcall');
    const early = { ...bar, level: 'core_initcall' };
    expect(orders(foo, early)).toEqual([
      null,
      'bar_init() runs at an earlier initcall level than foo_init(): core_initcall comes before fs_initcall',
    ]);
    // Which of them is loaded, if one is, is not known without that.
    expect(orders(builtIn, early)).toEqual([null, null]);
  });
});
