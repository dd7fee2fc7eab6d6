import { expressionsOf, successorsOf, walkExpression, type Expr, type FunctionFact } from '../facts/ir.ts';

/**
 * The calls of a function that stand in a loop which reads a member each time: `for (i…) { it = fn->table[i]; it->ops->free(it); }`.
 * None of them gives back what the member points at.
 */
export function callsBeforeReading({ blocks }: FunctionFact, member: string): ReadonlySet<Expr> {
  const found = new Set<Expr>();
  if (!blocks) return found;
  const all = blocks.map((block) => [...expressionsOf([block])].flatMap((whole) => [...walkExpression(whole)]));
  const readers = all.flatMap((each, at) => (each.some((e) => e.k === 'field' && e.name === member) ? at : []));
  if (readers.length === 0) return found;
  const after = blocks.map((_, from) => {
    const reached = new Set<number>(successorsOf(blocks[from]!));
    for (const at of reached) for (const next of successorsOf(blocks[at]!)) reached.add(next);
    return reached;
  });
  for (const [at, each] of all.entries())
    if (readers.some((reader) => after[at]!.has(reader) && after[reader]!.has(at)))
      for (const e of each) if (e.k === 'call') found.add(e);
  return found;
}
