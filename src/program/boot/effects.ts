import { successorsOf, walkExpression, type Expr, type FunctionFact } from '../../facts/ir.ts';
import type { Names } from './names.ts';

const memo = new WeakMap<FunctionFact, ReadonlySet<number>>();

/** The blocks of a function from which a call that can register may come before paths meet the rest of the function again. */
export function effectBlocks(file: string, fact: FunctionFact, names: Names): ReadonlySet<number> {
  let found = memo.get(fact);
  if (!found) memo.set(fact, (found = find(file, fact, names)));
  return found;
}

/** A block counts when it registers itself, or when all that follows it up to the next place where paths meet does. */
function find(file: string, fact: FunctionFact, names: Names): Set<number> {
  const blocks = fact.blocks ?? [];
  const comeFrom = new Map<number, number>();
  for (const block of blocks) for (const next of successorsOf(block)) comeFrom.set(next, (comeFrom.get(next) ?? 0) + 1);
  const own = blocks.map(({ steps, end }) => {
    const inSteps = steps.some((step) =>
      step.s === 'eval' ? registersIn(file, step.of, names) : step.init !== null && registersIn(file, step.init, names),
    );
    const on = end.e === 'branch' || end.e === 'switch' ? end.on : end.e === 'return' ? end.value : null;
    return inSteps || (on !== null && registersIn(file, on, names));
  });
  const found = new Set<number>();
  for (let start = 0; start < blocks.length; start++) {
    const seen = new Set<number>();
    const queue = [start];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (own[at]) {
        found.add(start);
        break;
      }
      for (const next of successorsOf(blocks[at]!)) if ((comeFrom.get(next) ?? 0) < 2) queue.push(next);
    }
  }
  return found;
}

export function registersIn(file: string, expression: Expr, names: Names): boolean {
  for (const inner of walkExpression(expression)) {
    if (inner.k === 'call' && inner.fn.k === 'id' && names.registers(file, inner.fn.name)) return true;
    // A function that is handed on may be called by whoever gets it.
    if (inner.k === 'id' && names.registers(file, inner.name)) return true;
  }
  return false;
}
