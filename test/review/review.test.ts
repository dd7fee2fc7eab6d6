import { createTwoFilesPatch } from 'diff';
import { describe, expect, it } from 'vitest';
import { patchChange } from '../../src/review/patch-change.ts';
import { review, type Review } from '../../src/review/review.ts';
import type { Finding } from '../../src/rules/index.ts';
import { loadNative } from '../../src/syntax/index.ts';
import { memoryHost } from '../fixture.ts';
import { broken, fixes, tree } from './fixes.ts';

const parser = await loadNative();

type Tree = ReadonlyMap<string, string>;

function patchBetween(before: Tree, after: Tree): string {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => {
      const [old, now] = [before.get(path), after.get(path)];
      return createTwoFilesPatch(
        old === undefined ? '/dev/null' : `a/${path}`,
        now === undefined ? '/dev/null' : `b/${path}`,
        old ?? '',
        now ?? '',
        '',
        '',
        { context: 3 },
      );
    })
    .join('');
}

/** The review of a series that leads through some trees. */
function through(...trees: readonly Tree[]): Review {
  const patches = trees.slice(1).map((after, index) => ({
    head: { title: `patch ${index + 1}` },
    text: patchBetween(trees[index]!, after),
  }));
  return review(patchChange(memoryHost(trees[0]!), patches), { parser });
}

const rulesOf = (findings: readonly Finding[]): string[] =>
  [...new Set(findings.map(({ rule }) => rule.replace('pernet/', '')))].sort();

describe('a fix taken back, and applied', () => {
  it('starts from a tree without a problem', () => {
    const all = through(new Map(), tree);
    expect(all.introduced).toEqual([]);
    expect(all.notAnalysed).toEqual([]);
    expect(all.stats).toEqual({ files: 4, looked: 1 });
  });

  for (const fix of fixes) {
    it(fix.name, () => {
      const rules = [...fix.rules].sort();
      const back = through(tree, broken(fix));
      expect({ introduced: rulesOf(back.introduced), mended: back.mended }).toEqual({ introduced: rules, mended: [] });
      const forth = through(broken(fix), tree);
      expect({ introduced: forth.introduced, mended: rulesOf(forth.mended) }).toEqual({
        introduced: [],
        mended: rules,
      });
    });
  }
});
