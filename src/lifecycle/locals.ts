import type { FunctionFact } from '../facts/ir.ts';

/** A function's parameters and local variables. */
export function localsOf(fact: FunctionFact): Set<string> {
  const locals = new Set(fact.params);
  for (const block of fact.blocks ?? []) {
    for (const step of block.steps) if (step.s === 'declare' && !step.isStatic) locals.add(step.name);
  }
  return locals;
}
