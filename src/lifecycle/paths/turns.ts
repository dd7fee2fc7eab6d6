import { successorsOf, type Block } from '../../facts/ir.ts';

/** Loops in loops deeper than this are numbered as they come: no code is written so, and the order is only one of speed. */
const mostNested = 30;

export interface Turns {
  readonly turns: readonly number[];
  /** The last turn of the outermost loop that a block is in; its own where it is in none. */
  readonly until: readonly number[];
}

/**
 * For each block of a function its turn: what comes before in all ways has the lower number, and a loop's blocks come
 * before what follows the loop. Paths that meet have all come when they are followed in this order (a weak topological
 * order: F. Bourdoncle, Efficient chaotic iteration strategies with widenings, 1993).
 */
export function turnsOf(blocks: readonly Block[]): Turns {
  const next = blocks.map((block) => [...successorsOf(block)].reverse());
  const turns = blocks.map(() => blocks.length);
  const until = [...turns];
  let turn = 0;
  const number = (roots: readonly number[], within: ReadonlySet<number> | null, depth: number): void => {
    for (const component of componentsOf(roots, (at) => next[at]!.filter((to) => within?.has(to) ?? true)).reverse()) {
      const [head = 0] = component;
      turns[head] = turn++;
      const body = new Set(component.slice(1));
      if (depth === mostNested) for (const at of body) turns[at] = turn++;
      else
        number(
          next[head]!.filter((to) => body.has(to)),
          body,
          depth + 1,
        );
      for (const at of component) until[at] = turn - 1;
    }
  };
  number([0], null, 0);
  return { turns, until };
}

/** What goes in circles together, the last first; of each, where it is entered comes first (R. Tarjan, 1972). */
function componentsOf(roots: readonly number[], next: (at: number) => readonly number[]): number[][] {
  const components: number[][] = [];
  const found = new Map<number, number>();
  const lowest = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  for (const root of roots) {
    const path: { readonly at: number; readonly to: readonly number[]; taken: number }[] = [];
    const enter = (at: number): void => {
      found.set(at, found.size);
      lowest.set(at, found.get(at)!);
      open.push(at);
      isOpen.add(at);
      path.push({ at, to: next(at), taken: 0 });
    };
    if (!found.has(root)) enter(root);
    for (let last = path.at(-1); last; last = path.at(-1)) {
      const { at, to } = last;
      const each = to[last.taken++];
      if (each !== undefined) {
        if (!found.has(each)) enter(each);
        else if (isOpen.has(each)) lowest.set(at, Math.min(lowest.get(at)!, found.get(each)!));
        continue;
      }
      path.pop();
      const from = path.at(-1)?.at;
      if (from !== undefined) lowest.set(from, Math.min(lowest.get(from)!, lowest.get(at)!));
      if (lowest.get(at) !== found.get(at)) continue;
      const component = open.splice(open.lastIndexOf(at));
      for (const one of component) isOpen.delete(one);
      components.push(component);
    }
  }
  return components;
}
