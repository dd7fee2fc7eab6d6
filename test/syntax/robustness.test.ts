import { beforeAll, describe, expect, it } from 'vitest';
import { type CParser, prepare, withTree } from '../../src/syntax/index.ts';
import { inFunction, native, parse, wasm } from './parsers.ts';

/** Whether a text can be prepared and parsed, with all of it in the tree. */
function isRead(source: string, parser: CParser): boolean {
  return withTree(parser, prepare(source), (root) => root.endIndex === source.length);
}

function repeat(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length));
}

const megabyte = 1_000_000;
const both = [native, wasm];

beforeAll(() => {
  // The first texts are read by code that is not compiled yet.
  for (const parser of both) isRead(repeat(inFunction('\tfor_each(a) {\n\t}'), 200_000), parser);
});

describe.each(both)('odd texts ($kind)', (parser) => {
  it.each([
    ['an empty file', ''],
    ['a blank file', ' \n\t\r\n'],
    ['NULs', 'int a;\0\0int b;'],
    ['control characters', 'int\u0001 a;\u007f\n'],
    ['lone surrogates', 'int a; /* \uD800 */ int b\uDC00;'],
    ['a byte order mark', '\uFEFFint a;\n'],
    ['carriage returns', 'int a;\r\n#define A \\\r\n b\r\n#if 0\r\nx\r\n#endif\r\nint c;\r\n'],
    ['a half-typed struct', 'struct foo {\n\tint a;\n\tstruct pernet_oper'],
    ['a half-typed call', inFunction('\tregister_pernet_subsys(&')],
    ['a half-typed directive', 'int a;\n#'],
    ['a half-typed string', inFunction('\ta("b')],
    ['a stray brace', '}\n}\nint a;\n'],
  ])('%s', (_, source) => {
    expect(isRead(source, parser)).toBe(true);
  });
});

describe('a text that is being typed', () => {
  it('keeps the functions around the half-typed one', () => {
    const source = `${inFunction('\ta();')}\nstruct foo {\n\tint x\n\n${inFunction('\tb();').replace(' f(', ' g(')}`;
    expect(parse(source).all('call_expression')).toContain('a()');
    const call = parse(inFunction('\ta(;\n\tb();') + inFunction('\tc();'));
    expect(call.all('call_expression')).toEqual(expect.arrayContaining(['b()', 'c()']));
  });

  it('blanks what follows a comment that is not closed', () => {
    expect(parse(`${inFunction('\ta();')}/* here`).errors).toEqual([]);
  });
});

describe.each(both)('large texts ($kind)', (parser) => {
  it('a generated header of 10 MB', () => {
    const source = repeat(
      '#define REG_FOO_BAR__SHIFT 0x00000010\n#define REG_FOO_BAR_MASK 0xffff0000L\n',
      10 * megabyte,
    );
    expect(isRead(source, parser)).toBe(true);
  });

  it('a line of 1 MB', () => {
    expect(isRead(`static int numbers[] = { ${repeat('0x12, ', megabyte)} };\n`, parser)).toBe(true);
  });

  it('a file of 1 MB', () => {
    expect(isRead(repeat(inFunction('\tlist_for_each_entry(a, b, c)\n\t\tuse(a);'), megabyte), parser)).toBe(true);
  });
});

/** Pieces whose repetition takes a careless reader quadratic time, or a stack as deep as the text is long. */
const adversaries: Readonly<Record<string, string>> = {
  'open parentheses': '(',
  'open braces': '{',
  'closing braces': '}',
  'open calls': 'f(a,',
  quotes: '"',
  apostrophes: "'",
  words: 'abc ',
  'attributes left open': '__printf(',
  'assembler words': 'asm ',
  'storage classes': 'static ',
  conditionals: '#if A\n',
  'long chains of conditionals': '#if A\n#elif B || C\n',
  definitions: '#define A A + B\n#if A\n#endif\n',
  'loop heads': 'for_each(x) ',
  stars: '* ',
  commas: ',',
  semicolons: ';',
  labels: 'a: ',
  cases: 'case 1 ... 2: ',
  'else branches': 'else if (a) { b(); } ',
  'struct words': 'struct ',
  types: 'typeof(',
  backslashes: '\\\n',
  'comment starts': '/* ',
};

describe('texts made to be slow', () => {
  it.each(Object.entries(adversaries))(
    '%s are prepared in linear time',
    (_, piece) => {
      for (const around of [
        '',
        'static int f(void)\n{\n',
        'struct foo {\n',
        'int a[] = {\n',
        'enum {\n',
        'int x = g(',
      ]) {
        const { text } = prepare(around + repeat(piece, megabyte / 10));
        expect(text.length).toBeGreaterThanOrEqual(megabyte / 10);
      }
    },
    20_000,
  );

  it('take no longer for each character when they are longer', () => {
    for (const piece of Object.values(adversaries)) {
      const time = (length: number): number => {
        const source = `static int f(void)\n{\n${repeat(piece, length)}`;
        return Math.min(...[1, 2].map(() => measure(() => prepare(source))));
      };
      const short = time(20_000);
      const long = time(160_000);
      // Eight times the text; a quadratic reader takes sixty-four times as long.
      expect(long, piece).toBeLessThan(30 * short + 50);
    }
  });
});

/** What a run costs in processor time, in milliseconds: other work on the machine does not count. */
function measure(run: () => unknown): number {
  const begin = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}
