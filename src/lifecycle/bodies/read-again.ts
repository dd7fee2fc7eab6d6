import { expressionsOf, successorsOf, walkExpression, type Expr, type FunctionFact } from '../../facts/ir.ts';
import { macroNames } from '../../facts/words.ts';

/**
 * The calls of a function that stand in a loop which reads a member each time: `for (i…) { it = fn->table[i]; it->ops->free(it); }`.
 * None of them gives back what the member points at. A macro of the file may read it as well (`macroNames`).
 */
export function callsBeforeReading(
  { blocks }: FunctionFact,
  member: string,
  inFile: readonly string[],
): ReadonlySet<Expr> {
  const found = new Set<Expr>();
  if (!blocks) return found;
  const all = blocks.map((block) => [...expressionsOf([block])].flatMap((whole) => [...walkExpression(whole)]));
  const reads = (e: Expr): boolean =>
    e.k === 'call'
      ? e.fn.k === 'id' && inFile.includes(macroNames(e.fn.name, member))
      : e.k === 'field' && e.name === member;
  const readers = all.flatMap((each, at) => (each.some(reads) ? at : []));
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
