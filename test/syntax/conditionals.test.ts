import { describe, expect, it } from 'vitest';
import { type Configuration, prepare, variantsFor } from '../../src/syntax/index.ts';

/** The lines that stay, without those of directives. */
function live(source: string, configuration?: Configuration): string[] {
  return prepare(source, configuration)
    .text.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Whether the arm of one `#if` is taken. */
function holds(condition: string, before = ''): boolean {
  return live(`${before}\n#if ${condition}\nyes;\n#endif\n`).includes('yes;');
}

function without(...names: string[]): Configuration {
  return { value: (name) => (names.includes(name) ? false : undefined) };
}

describe('conditions', () => {
  it.each([
    'CONFIG_FOO',
    'defined(CONFIG_FOO) && defined CONFIG_BAR',
    'IS_ENABLED(CONFIG_FOO)',
    '!IS_BUILTIN(CONFIG_FOO)',
    'IS_REACHABLE(CONFIG_FOO)',
    'IS_ENABLED(CONFIG_FOO) || defined(CONFIG_FOO_MODULE)',
    'defined(MODULE)',
    '!defined(UNKNOWN)',
    '!(0 || !1)',
    'BITS_PER_LONG == 64',
    '(1 << 3) == 0x8UL && 10 % 4 == 2 && 7 / 2 == 3',
    '-1 < 0 && ~0 == -1',
    "'a' == 97",
    '1 ? 2 : 0',
    '1 /* comment */ && \\\n 1',
    'UNKNOWN_VERSION(6, 1) == 0',
    'LINUX_VERSION_CODE >= KERNEL_VERSION(6,12,0) && KERNEL_VERSION(6, 12, 117) > KERNEL_VERSION(6, 12, 9)',
    'KERNEL_VERSION(4, 19, 300) == KERNEL_VERSION(4, 19, 255) && KERNEL_VERSION(2, 6, 31) == 0x02061f',
    '1 == 1 == 1',
    '2 > 1 && 1 + 2 * 3 == 7 && (1 | 6) == 7 && (5 & 4) && (6 ^ 2) == 4',
    '017 == 15 && 0b11 != 4',
  ])('%s holds', (condition) => {
    expect(holds(condition)).toBe(true);
  });

  it.each([
    '0',
    '!CONFIG_FOO',
    'IS_MODULE(CONFIG_FOO)',
    'defined(CONFIG_FOO_MODULE)',
    'UNKNOWN',
    'defined(UNKNOWN) || UNKNOWN > 0',
    'CONFIG_HZ > 1',
    'LINUX_VERSION_CODE < KERNEL_VERSION(5, 9, 0)',
    '1 / 0',
    '',
    '(((',
    '&& ||',
  ])('%s does not hold', (condition) => {
    expect(holds(condition)).toBe(false);
  });

  it('reads what the file defines, expands it and forgets it', () => {
    expect(holds('LEVEL > 2', '#define LEVEL BASE + 1\n#define BASE 2')).toBe(true);
    expect(holds('defined(LEVEL)', '#define LEVEL 0\n#undef LEVEL')).toBe(false);
    expect(holds('CONFIG_FOO', '#undef CONFIG_FOO')).toBe(false);
    expect(holds('LOOP', '#define LOOP LOOP + LOOP')).toBe(false);
    expect(holds('defined(LEFT_OUT)', '#if 0\n#define LEFT_OUT\n#endif')).toBe(false);
  });

  it('asks the configuration first', () => {
    const source = '#ifdef CONFIG_A\na;\n#else\nb;\n#endif\n#ifdef MODULE\nm;\n#endif\n';
    expect(live(source)).toEqual(['a;', 'm;']);
    expect(live(source, without('CONFIG_A', 'MODULE'))).toEqual(['b;']);
    expect(live('#if IS_MODULE(CONFIG_A)\na;\n#endif', { value: (name) => name === 'CONFIG_A_MODULE' })).toEqual([
      'a;',
    ]);
  });
});

describe('arms', () => {
  it('takes one arm of a chain', () => {
    const source = '#if 0\na;\n#elif CONFIG_X\nb;\n#elif 1\nc;\n#else\nd;\n#endif\ne;\n';
    expect(live(source)).toEqual(['b;', 'e;']);
    expect(live('#if 1\na;\n#elif 1\nb;\n#else\nc;\n#endif')).toEqual(['a;']);
    expect(live('#ifdef NO\n#elifdef CONFIG_Y\nb;\n#else\nc;\n#endif')).toEqual(['b;']);
    expect(live('#ifndef CONFIG_Y\n#elifndef CONFIG_Z\nb;\n#else\nc;\n#endif')).toEqual(['c;']);
  });

  it('says of each arm what makes it live, the arms around it included', () => {
    const source = `#ifdef CONFIG_A
#if defined(CONFIG_B) || IS_ENABLED(CONFIG_C)
b;
#elif CONFIG_D > 2
d;
#else
e;
#endif
#else
n;
#endif
`;
    expect(prepare(source).arms.map(({ condition, taken, options }) => [condition, taken, options])).toEqual([
      ['CONFIG_A', true, ['CONFIG_A']],
      ['CONFIG_A && (CONFIG_B || CONFIG_C)', true, ['CONFIG_A', 'CONFIG_B', 'CONFIG_C']],
      ['CONFIG_A && !(CONFIG_B || CONFIG_C) && CONFIG_D > 2', false, ['CONFIG_A', 'CONFIG_B', 'CONFIG_C', 'CONFIG_D']],
      [
        'CONFIG_A && !(CONFIG_B || CONFIG_C) && !(CONFIG_D > 2)',
        false,
        ['CONFIG_A', 'CONFIG_B', 'CONFIG_C', 'CONFIG_D'],
      ],
      ['!CONFIG_A', false, ['CONFIG_A']],
    ]);
  });

  it('places each arm between its directives', () => {
    const source = '#ifdef CONFIG_A\n  a;\n#else\nb;\n#endif\n';
    expect(prepare(source).arms.map(({ start, end }) => source.slice(start, end))).toEqual(['\n  a;\n', '\nb;\n']);
  });

  it('counts an include guard as no condition', () => {
    const { arms, text } = prepare('#ifndef FOO_H\n#define FOO_H\n#ifdef CONFIG_A\na;\n#endif\n#endif\n');
    expect(arms.map((arm) => arm.condition)).toEqual(['', 'CONFIG_A']);
    expect(text).toContain('a;');
  });

  it('bears directives that do not match', () => {
    expect(live('#endif\n#else\na;\n#elif 0\nb;\n')).toEqual(['a;', 'b;']);
    const open = prepare('#ifdef CONFIG_A\na;\n#ifdef CONFIG_B');
    expect(open.arms.map((arm) => arm.end)).toEqual([open.text.length, open.text.length]);
  });

  it('is not led astray by what a left out arm holds', () => {
    expect(live(`#if 0\ndon't "stop\n/* #endif */ // #endif\n"#endif"\n#if 1\n#endif\n#else\na;\n#endif\nb;`)).toEqual([
      'a;',
      'b;',
    ]);
  });
});

describe('directives', () => {
  it('are blanked with their continuation lines and comments', () => {
    expect(
      live('#define A(x) \\\n\tb; \\\n\tc;\n#include <a.h>\n#pragma x /* over\nlines */\n# error no\n#\nd;'),
    ).toEqual(['d;']);
  });

  it('begin a line only', () => {
    expect(live('a = b # c;')).toEqual(['a = b # c;']);
    expect(live('/* over\nlines */ #define A\nb;')).toEqual(['/* over', 'lines */', 'b;']);
  });
});

describe('variants', () => {
  const source = `#ifdef CONFIG_A
a;
#else
pernet_one;
#if !defined(CONFIG_B) && CONFIG_C
pernet_two;
#endif
#endif
#if 0
pernet_never;
#endif
#ifndef CONFIG_D
other;
#endif
`;

  it('make the wanted arms live that the configuration leaves out, with few changes', () => {
    const variants = variantsFor(source, /pernet_/);
    expect(variants.map((variant) => variant.assumes)).toEqual([['!CONFIG_A'], ['!CONFIG_A', '!CONFIG_B']]);
    expect(live(source, variants[0])).toEqual(['pernet_one;']);
    expect(live(source, variants[1])).toEqual(['pernet_one;', 'pernet_two;']);
  });

  it('leave alone what the configuration reads anyway', () => {
    expect(variantsFor('pernet_one;\n#ifdef CONFIG_A\npernet_two;\n#endif\n', /pernet_/)).toEqual([]);
  });

  it('turn on what the file asks for beyond the options', () => {
    const [debug] = variantsFor('#ifdef DEBUG_FOO\npernet_one;\n#endif\n', /pernet_/);
    expect(debug?.assumes).toEqual(['DEBUG_FOO']);
  });
});
