import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare, type RewriteKind } from '../../src/syntax/index.ts';
import { idioms } from './idioms.ts';
import { inFunction } from './parsers.ts';

/** Every span of one kind, as the user wrote it. */
function rewritten(source: string, kind: RewriteKind): string[] {
  return prepare(source)
    .rewrites.filter((one) => one.kind === kind)
    .map(({ start, end }) => source.slice(start, end));
}

function lineBreaks(text: string): string {
  return text.replaceAll(/[^\r\n]/g, '.');
}

/** Pieces that mean something to the preparation, to be put together at random. */
const pieces = fc.constantFrom(
  ...[
    '#if A\n',
    '#else\n',
    '#endif\n',
    '#define X(a) for (a)\n',
    '#define Y\n',
    'X(a)',
    'Y',
    '/*',
    '*/',
    '//',
    '"',
    "'",
  ],
  ...[
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ';',
    ',',
    ':',
    '=',
    '*',
    '...',
    '->',
    '\\\n',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '\0',
    '\uD800',
  ],
  ...['struct', 'enum', 'int', 'static', 'typeof', 'offsetof', 'sizeof', 'asm', 'if', 'else', 'for', 'case', 'return'],
  ...[
    'for_each(',
    '__init',
    '__printf(',
    'struct_group(',
    'FOO',
    'foo',
    '10baseT',
    '0x1f',
    'DEFINE_X(',
    'scoped_guard(',
  ],
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.tuple(fc.constantFrom(...idioms), fc.nat(), fc.nat(), pieces).map(([{ source }, a, b, piece]) => {
    const [from, to] = [a % source.length, b % source.length].sort((x, y) => x - y);
    return source.slice(0, from) + piece + source.slice(to);
  }),
);

describe('whatever the text', () => {
  it('keeps its length and its line breaks, and never throws', () => {
    fc.assert(
      fc.property(texts, (source) => {
        const { text } = prepare(source);
        expect(lineBreaks(text)).toBe(lineBreaks(source));
      }),
      { numRuns: 1500, seed: 20_240_613 },
    );
  });

  it('says of every change that it was made', () => {
    fc.assert(
      fc.property(texts, (source) => {
        const { text, rewrites, refused } = prepare(source);
        fc.pre(refused === undefined);
        const told = new Set(
          rewrites.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
        );
        const untold = changed(source, text).filter((at) => !told.has(at));
        expect(untold.map((at) => source[at])).toEqual([]);
      }),
      { numRuns: 1500, seed: 20_240_613 },
    );
  });

  it('gives the same text again for the same text', () => {
    for (const { source } of idioms) expect(prepare(source)).toEqual(prepare(source));
  });
});

/** The offsets where two texts of one length differ, but for what is no text at all and for a mark put over a blank. */
function changed(before: string, after: string): number[] {
  return Array.from({ length: before.length }, (_, at) => at).filter(
    (at) => before[at] !== after[at] && !/[\0-\x20\x7f\ud800-\udfff]/.test(before[at]!),
  );
}

describe('rewrites', () => {
  it('name loop macros and leave their arguments', () => {
    const source = inFunction('\tlist_for_each_entry_rcu(pos, &net->list,\n\t\t\tmember, lock_is_held()) {\n\t}');
    expect(rewritten(source, 'loop')).toEqual(['list_for_each_entry_rcu']);
    expect(prepare(source).text).toContain('while                  (pos, &net->list,\n');
  });

  it('name attributes with their arguments', () => {
    const source = 'static int __net_init f(void) __printf(1, 2);\nstatic int __made_up g(void);';
    expect(rewritten(source, 'attribute')).toEqual(['__net_init', '__printf(1, 2)', '__made_up']);
  });

  it('name each other kind', () => {
    expect(rewritten(inFunction('\tscoped_guard(rcu)\n\t\ta();'), 'scope')).toEqual(['scoped_guard(rcu)']);
    expect(rewritten(inFunction('\tif_not_guard(m, l)\n\t\ta();'), 'condition')).toEqual(['if_not_guard']);
    expect(rewritten(inFunction('\tf(struct foo *);'), 'type')).toEqual(['struct', '*']);
    expect(rewritten('module_init(f)', 'statement')).toEqual(['module_init(f)']);
    expect(rewritten('static DEFINE_MUTEX(m);', 'declaration')).toEqual(['DEFINE_MUTEX(m)']);
    expect(rewritten('SYSCALL_DEFINE0(f)\n{\n}', 'function')).toEqual(['SYSCALL_DEFINE0']);
    expect(rewritten('asm("nop");', 'asm')).toEqual(['asm("nop")']);
    expect(rewritten('#if 0\na;\n#endif\n', 'arm')).toEqual(['\na;\n']);
    expect(rewritten('#define A \\\n b\n', 'directive')).toEqual(['#define A \\\n b']);
    expect(rewritten(inFunction('\tcase 1 ... 2:'), 'other')).toEqual(['...']);
  });
});

describe('strings, character constants and comments', () => {
  it('are not touched', () => {
    const source = inFunction(`	/* __init list_for_each(x) { struct foo * */
	a("__init for_each(x) { #if 0", '\\'', L"typeof(x)", '"'); // __exit scoped_guard(x) {
	b("two \\
lines __init");`);
    expect(prepare(source).text).toBe(source);
  });

  it('end where they end', () => {
    expect(prepare('a = "open\n__init b;').text).toBe('a = "open\n       b;');
    expect(prepare("a = 'o\n__init b; /* open __init\n").text).toBe("a = 'o\n       b;               \n");
  });
});

describe('what is no C', () => {
  it('is refused, with the reason, and gives a blank text', () => {
    expect(prepare('a\0b\nc')).toMatchObject({ refused: 'binary data', text: '   \n ' });
    expect(prepare(`int x = ${'('.repeat(300)};\n`)).toMatchObject({ refused: 'brackets nested more than 256 deep' });
    expect(prepare(`${'a + '.repeat(20_000)}a;`).refused).toContain('without a separator');
    expect(prepare(inFunction(`\t${'if (a)\n\t\tb();\n\telse '.repeat(2_100)};`)).refused).toContain('else branches');
    expect(prepare('1,'.repeat(800_000)).refused).toContain('1500000 tokens');
  });

  it('does not include much that is odd', () => {
    expect(prepare(`int x = ${'('.repeat(200)}1${')'.repeat(200)};`).refused).toBeUndefined();
    expect(prepare(`${'x'.repeat(9000)}\0`).refused).toBeUndefined();
    expect(prepare('').refused).toBeUndefined();
  });
});
