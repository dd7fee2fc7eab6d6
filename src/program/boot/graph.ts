import { successorsOf, type Block, type FunctionFact } from '../../facts/ir.ts';

const memo = new WeakMap<FunctionFact, readonly (number | null)[]>();

/** For each block the nearest one that every way from it to a return goes through; null where there is none but the return. */
export function meetingPoints(fact: FunctionFact): readonly (number | null)[] {
  let points = memo.get(fact);
  if (!points) memo.set(fact, (points = postDominators(fact.blocks ?? [])));
  return points;
}

/** Cooper, Harvey and Kennedy's dominance algorithm on the reversed graph; the exit is the block after the last. */
function postDominators(blocks: readonly Block[]): (number | null)[] {
  const exit = blocks.length;
  const order = postOrder(blocks);
  const rank = new Map(order.map((block, index) => [block, index]));
  rank.set(exit, -1);
  const parent = new Map<number, number>([[exit, exit]]);
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      while (rank.get(a)! > rank.get(b)!) a = parent.get(a)!;
      while (rank.get(b)! > rank.get(a)!) b = parent.get(b)!;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const block of order) {
      const next = successorsOf(blocks[block]!);
      const known = (next.length === 0 ? [exit] : next).filter((each) => parent.has(each));
      if (known.length === 0) continue;
      const found = known.reduce(meet);
      if (parent.get(block) !== found) {
        parent.set(block, found);
        changed = true;
      }
    }
  }
  return blocks.map((_, block) => {
    const found = parent.get(block);
    return found === undefined || found === exit ? null : found;
  });
}

/** The blocks that can be reached from the entry, each after those that follow it where there is no loop. */
function postOrder(blocks: readonly Block[]): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  const stack: { block: number; next: number }[] = [{ block: 0, next: 0 }];
  seen.add(0);
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const following = blocks[top.block] ? successorsOf(blocks[top.block]!) : [];
    const next = following[top.next++];
    if (next === undefined) {
      order.push(top.block);
      stack.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      stack.push({ block: next, next: 0 });
    }
  }
  return order;
}
