import type { FunctionEntry } from '../program/program.ts';

/** A function's parameters and local variables. */
export function localsOf(entry: FunctionEntry): Set<string> {
  const locals = new Set(entry.fact.params);
  for (const block of entry.fact.blocks ?? []) {
    for (const step of block.steps) if (step.s === 'declare' && !step.isStatic) locals.add(step.name);
  }
  return locals;
}
