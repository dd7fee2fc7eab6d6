import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/facts/ir.ts';
import { turnsOf } from '../../src/lifecycle/paths/turns.ts';
import { factsOfText } from '../facts/read.ts';
import { outcomesOf, statesOf } from './outcomes.ts';

const ops = 'static struct pernet_operations a = { .init = a_init };\n';

function blocksOf(body: string): readonly Block[] {
  const { functions } = factsOfText(`${ops}int foo(int x)\n{\n${body}\n}\n`);
  return functions.find(({ name }) => name === 'foo')!.blocks!;
}

/** The turn of the block in which a function is called. */
function turnOf(blocks: readonly Block[], call: string): number {
  const at = blocks.findIndex(({ steps }) => JSON.stringify(steps).includes(`"${call}"`));
  expect(at).toBeGreaterThanOrEqual(0);
  return turnsOf(blocks).turns[at]!;
}

const order = (body: string): string[] => {
  const blocks = blocksOf(`${body}\n\tregister_pernet_subsys(&a);\n\treturn 0;`);
  const calls = [...new Set(body.match(/\b[a-z]+(?=\(\))/g))];
  return calls.sort((a, b) => turnOf(blocks, a) - turnOf(blocks, b));
};

describe('the order in which the paths through a function are followed', () => {
  it('is that of the text where nothing branches', () => {
    expect(order('one(); if (x) two(); else three(); four();')).toEqual(['one', 'two', 'three', 'four']);
  });

  it('has a loop whole before what follows it', () => {
    expect(order('while (x) { one(); if (x > 1) two(); three(); } four();').at(-1)).toBe('four');
    expect(order('for (;;) { if (x) break; one(); two(); } three();').at(-1)).toBe('three');
    expect(order('again: one(); if (x) goto again; two();')).toEqual(['one', 'two']);
    expect(order('do { one(); for (x = 0; x < 3; x++) two(); three(); } while (x); four();').at(-1)).toBe('four');
  });

  it('has an inner loop whole before the rest of the outer one', () => {
    expect(order('while (x) { one(); while (x > 1) two(); three(); }')).toEqual(['one', 'two', 'three']);
  });

  it('gives every block that can be reached a turn of its own, also in a loop that is entered in two places', () => {
    const blocks = blocksOf(
      '\tif (x)\n\t\tgoto in;\nagain:\n\tone();\nin:\n\ttwo();\n\tif (x > 1)\n\t\tgoto again;\n\treturn 0;',
    );
    const turns = turnsOf(blocks).turns.filter((turn) => turn < blocks.length);
    expect(new Set(turns).size).toBe(turns.length);
    expect(turns.length).toBeGreaterThan(4);
  });

  it('copes with very many blocks', () => {
    const { turns } = turnsOf(blocksOf(`${'\tif (x)\n\t\tone();\n'.repeat(20_000)}\treturn 0;`));
    expect(turns.length).toBeGreaterThan(40_000);
  });

  it('copes with very many loops in loops', () => {
    const labels = Array.from({ length: 6_000 }, (_, i) => i);
    const text = `${labels.map((i) => `l${i}: one();`).join('\n')}\n${labels
      .map((i) => `if (x) goto l${i};`)
      .reverse()
      .join('\n')}\nreturn 0;`;
    const blocks = blocksOf(text);
    expect(new Set(turnsOf(blocks).turns.filter((turn) => turn < blocks.length)).size).toBeGreaterThan(6_000);
  });
});

describe('paths that meet', () => {
  const ladder = (rungs: number): string =>
    `${ops}int foo(int *x)\n{\n\tint err = 0;\n${Array.from({ length: rungs }, (_, i) => `\tif (x[${i}] > limit)\n\t\tlog(${i});\n\telse if (last_${i} == x[${i}])\n\t\tnote(${i});`).join('\n')}\n\terr = register_pernet_subsys(&a);\n\treturn err;\n}\n`;

  it('are gone on with as one when all have come', () => {
    const [few, many] = [statesOf(ladder(4)), statesOf(ladder(8))];
    // As many more as there is more text, not twice as many a rung.
    expect(many).toBeLessThan(2.2 * few);
  });

  it('forget a condition on a local that is written before it is read again', () => {
    const body = (between: string): string =>
      `${ops}int foo(int *x)\n{\n\tint i = x[0], j = x[1], err;\n\tif (i == j)\n\t\tlog(i);\n\t${between}\n\tif (i == j)\n\t\treturn 0;\n\terr = register_pernet_subsys(&a);\n\treturn err;\n}\n`;
    const both = outcomesOf(body('i = next(); j = next();'));
    expect(both).toEqual(outcomesOf(body('i = next(); j = next();').replace('if (i == j)\n\t\tlog(i);', '')));
    expect(both.length).toBeGreaterThan(1);
  });
});
