import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CParser, prepare, withTree } from '../../src/syntax/index.ts';
import { editsBetween } from '../../src/syntax/edit.ts';
import { idioms } from './idioms.ts';
import { native, outline, wasm } from './parsers.ts';

function outlineOf(source: string, parser: CParser): string {
  return withTree(parser, prepare(source), outline);
}

/** Parses a text by way of the tree of an earlier one, and expects the tree that it has by itself. */
function expectSameTree(parser: CParser, before: string, after: string): void {
  const old = parser.parse(before);
  const fresh = parser.parse(after, { tree: old, text: before });
  const incremental = outline(fresh.rootNode);
  parser.free(old);
  parser.free(fresh);
  const whole = parser.parse(after);
  const expected = outline(whole.rootNode);
  parser.free(whole);
  expect(incremental).toBe(expected);
}

/** Lets the native binding free the trees of what was parsed before. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('both bindings', () => {
  it('say which they are', () => {
    expect([native.kind, wasm.kind]).toEqual(['native', 'wasm']);
  });

  it.each(idioms)('give the same tree: $name', ({ source }) => {
    expect(outlineOf(source, wasm)).toBe(outlineOf(source, native));
  });

  it('count columns and offsets in UTF-16 units', () => {
    const source = '/* é 🐧 */ int a; /* 🐧 */ int b;\nint /* 🐧🐧 */ c;\n';
    expect(outlineOf(source, wasm)).toBe(outlineOf(source, native));
    const [, b = ''] = /identifier (\d+)-\d+ 0:\d+-0:\d+\n.*\n.*comment/.exec(outlineOf(source, native)) ?? [];
    expect(source.slice(Number(b), Number(b) + 1)).toBe('a');
  });

  it('free a tree even where reading it fails', () => {
    for (const parser of [native, wasm]) {
      const freed: unknown[] = [];
      const counting: CParser = {
        kind: parser.kind,
        spendsTrees: parser.spendsTrees,
        parse: (text) => parser.parse(text),
        free: (tree) => {
          freed.push(tree);
          parser.free(tree);
        },
      };
      const fail = (): never => {
        throw new Error('no');
      };
      expect(() => withTree(counting, prepare('int a;'), fail)).toThrow('no');
      expect(freed).toHaveLength(1);
    }
  });
});

describe('an incremental parse', () => {
  const edits = fc.record({
    source: fc.constantFrom(...idioms.map((idiom) => idiom.source)),
    at: fc.nat(),
    length: fc.nat({ max: 40 }),
    by: fc.constantFrom(
      '',
      ';',
      '}',
      '{',
      '(',
      '\n',
      ' ',
      'x',
      '"',
      '/*',
      '🐧',
      'int y;\n',
      '#if 0\n',
      'for_each_foo(a)',
    ),
  });

  it.each([native, wasm])('gives the tree of a whole one ($kind)', (parser) => {
    fc.assert(
      fc.property(edits, ({ source, at, length, by }) => {
        const from = at % (source.length + 1);
        const before = prepare(source).text;
        const after = prepare(source.slice(0, from) + by + source.slice(from + length)).text;
        expectSameTree(parser, before, after);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it.each([native, wasm])('gives that tree after changes far apart ($kind)', (parser) => {
    const source = Array.from(
      { length: 120 },
      (_, index) => `static int foo_${index}(int a)\n{\n\treturn a + ${index};\n}\n`,
    ).join('\n');
    const place = fc.record({
      at: fc.nat(),
      length: fc.nat({ max: 12 }),
      by: fc.constantFrom('', 'x', ' ', '\n', '\n\n\t', '/* 🐧 */', '1'),
    });
    const changed = ({ at, length, by }: { at: number; length: number; by: string }): string => {
      const from = at % (source.length + 1);
      return source.slice(0, from) + by + source.slice(from + length);
    };
    fc.assert(
      fc.property(place, place, (one, other) => {
        const [before, after] = [changed(one), changed(other)];
        const edits = editsBetween(before, after);
        // They are told the later places first, so that the earlier ones are where they were.
        let text = before;
        for (const { startIndex, oldEndIndex, newEndIndex, newEndPosition } of edits) {
          const told = edits.length === 1 || startIndex !== edits[1]!.startIndex ? edits[1] : undefined;
          const shift = told ? told.newEndIndex - told.oldEndIndex : 0;
          text =
            text.slice(0, startIndex) + after.slice(startIndex + shift, newEndIndex + shift) + text.slice(oldEndIndex);
          const lines = text.slice(0, newEndIndex).split('\n');
          expect(newEndPosition).toEqual({ row: lines.length - 1, column: lines.at(-1)!.length });
        }
        expect(text).toBe(after);
        expectSameTree(parser, before, after);
      }),
      { numRuns: 100, seed: 11 },
    );
    const far = editsBetween(`x${source}`, `${source}y`);
    expect(far.map((edit) => edit.newEndIndex - edit.startIndex)).toEqual([1, 0]);
  });

  it.each([native, wasm])('bears every kind of change ($kind)', (parser) => {
    const steps = [
      '',
      'int a;',
      'int a;\nint b;',
      'int b;',
      '',
      'struct foo {',
      'struct foo {\n\tint a;\n};',
      'x'.repeat(70_000),
    ];
    let text = '';
    let tree = parser.parse(text);
    for (const step of steps) {
      const next = parser.parse(step, { tree, text });
      parser.free(tree);
      tree = next;
      text = step;
      expect(tree.rootNode.endIndex).toBe(step.length);
    }
    parser.free(tree);
  });
});

const trees = (process.env.PERNET_TREES ?? '').split(':').filter((tree) => tree !== '');

describe.skipIf(trees.length === 0)('over the kernel trees of PERNET_TREES', () => {
  for (const tree of trees) {
    it(`both bindings give the same tree for each file of ${tree} that mentions pernet_`, async () => {
      const files = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.c'));
      let compared = 0;
      for (const file of files.sort()) {
        const bytes = readFileSync(path.join(tree, file));
        if (!bytes.includes('pernet_')) continue;
        const source = bytes.toString('utf8');
        expect(outlineOf(source, wasm) === outlineOf(source, native), file).toBe(true);
        compared++;
        await turn();
      }
      expect(compared).toBeGreaterThan(100);
    }, 600_000);
  }
});

afterAll(() => {
  if (trees.length === 0)
    console.warn('Skipped: comparing both parsers over real kernel files. Set PERNET_TREES=TREE[:TREE…] to do it.');
});
