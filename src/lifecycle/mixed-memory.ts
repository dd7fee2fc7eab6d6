import { walkExpression, type Expr } from '../facts/ir.ts';
import type { Program } from '../program/program.ts';
import { argumentsAt, callsIn, type CallAt } from './calls-at.ts';
import { printExpression } from './print.ts';

/** Calls that take memory of vmalloc() where there is no other (mm/util.c), and which of their arguments say how much that is. */
const sizes: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...['kvmalloc', 'kvzalloc', 'kvmalloc_node', 'kvzalloc_node'].map((name) => [name, [0]] as const),
  ...['kvcalloc', 'kvmalloc_array', 'kvcalloc_node', 'kvmalloc_array_node'].map((name) => [name, [0, 1]] as const),
  ...['kvmalloc_objs', 'kvzalloc_objs', 'kvmemdup'].map((name) => [name, [1]] as const),
  ...['kvmalloc_flex', 'kvzalloc_flex'].map((name) => [name, [2]] as const),
]);

/** Calls that only free what kmalloc() has given (mm/slub.c). */
const linear: ReadonlySet<string> = new Set(['kfree', 'kfree_sensitive', 'kzfree']);

/** Whether a release may be one of the kind that is looked at here: the rest is asked of the program. */
export function isLinearFree(call: string): boolean {
  return linear.has(call);
}

/**
 * Whether memory that kvmalloc() and its kin have given is freed by a call that only takes what kmalloc() gives. Memory of
 * a constant size is taken to be small, and who frees that memory in another way as well has chosen which.
 */
export function isMixed(program: Program, acquire: CallAt, release: CallAt): boolean {
  const at = sizes.get(acquire.call);
  const given = at && argumentsAt(program, acquire);
  const freed = isLinearFree(release.call) ? argumentsAt(program, release)?.[0] : undefined;
  if (!given || !freed || !at.some((index) => given[index] && isVariable(given[index]))) return false;
  const text = printExpression(freed);
  return !callsIn(program, release.place).some(({ fn, args: [first] }) => {
    const name = fn.k === 'id' ? fn.name : '';
    return (
      name === 'is_vmalloc_addr' || name === 'vfree' || (name === 'kvfree' && first && printExpression(first) === text)
    );
  });
}

/** Whether an expression names a variable or a member of one, be it in a call: what is written in capitals is a constant. */
function isVariable(e: Expr): boolean {
  return [...walkExpression(e)].some(
    (each) => each.k === 'field' || (each.k === 'id' && each.name !== 'sizeof' && !/^[A-Z_][A-Z\d_]*$/.test(each.name)),
  );
}
