import type { Block, FunctionFact } from '../../facts/ir.ts';

/** A function's parameters and local variables. */
export function localsOf(fact: FunctionFact): Set<string> {
  const locals = new Set(fact.params);
  for (const block of fact.blocks ?? []) {
    for (const step of block.steps) if (step.s === 'declare' && !step.isStatic) locals.add(step.name);
  }
  return locals;
}

/** The lists that a function declares for itself: `LIST_HEAD(list);`. */
export function listsIn(blocks: readonly Block[]): Set<string> {
  const lists = new Set<string>();
  for (const { steps } of blocks)
    for (const step of steps) {
      const call = step.s === 'eval' && step.of.k === 'call' ? step.of : undefined;
      const [list] = call?.fn.k === 'id' && declares.test(call.fn.name) ? call.args : [];
      if (list?.k === 'id') lists.add(list.name);
    }
  return lists;
}

const declares = /^H?LIST_HEAD$|^LLIST_HEAD$/;
