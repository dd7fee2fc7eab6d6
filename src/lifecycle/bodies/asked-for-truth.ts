import { walkExpression, type Expr, type FunctionFact } from '../../facts/ir.ts';

/**
 * Whether a function takes the result of one of its calls for a pointer, or a truth: `if (!foo_stats_init(net)) goto err;`,
 * or a local that is declared as one and set to it.
 */
export function isAskedForTruth({ blocks }: FunctionFact, call: Expr): boolean {
  const pointers = new Set<string>();
  for (const { steps } of blocks ?? []) {
    for (const step of steps) {
      if (step.s === 'declare') {
        if (!step.pointer) continue;
        pointers.add(step.name);
        if (step.init === call) return true;
      } else if (step.of.k === 'assign' && step.of.from === call) {
        return step.of.to.k === 'id' && pointers.has(step.of.to.name);
      }
    }
  }
  return (blocks ?? []).some(
    ({ end }) =>
      end.e === 'branch' && [...walkExpression(end.on)].some((e) => e.k === 'unary' && e.op === '!' && e.of === call),
  );
}
