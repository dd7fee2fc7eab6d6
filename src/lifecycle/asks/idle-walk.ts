import { expressionsOf, walkExpression, type At, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry } from '../../program/program.ts';
import { localsOf } from '../bodies/locals.ts';
import { blocksFrom, bodyOf } from '../bodies/loops.ts';
import { printExpression } from '../bodies/print.ts';

/** A loop that goes through a list and does nothing with what lies there. */
export interface IdleWalk {
  readonly list: string;
  readonly at: At;
}

/** The kernel's own, which do nothing but go through (include/linux/list.h, hashtable.h, idr.h, xarray.h). */
const walking =
  /^(?:h?list_for_each(?:_entry)?(?:_safe|_rcu|_reverse)*|hash_for_each(?:_safe|_rcu)?|idr_for_each_entry|xa_for_each)$/;

/**
 * A loop of an exit callback's through a list whose turns do nothing, or give back a lock that the loop stands in, and that
 * leaves nothing behind: what was to be done with each thing is missing. Nothing where an option decides over anything in
 * the function, or what the loop has come to is used behind it.
 */
export function idleWalk({ fact }: FunctionEntry): IdleWalk | null {
  const blocks = fact.blocks ?? [];
  if (fact.unreadable || fact.options.length > 0) return null;
  const locals = localsOf(fact);
  for (const [head, { end }] of blocks.entries()) {
    if (end.e !== 'each' || !walking.test(end.macro)) continue;
    const [first] = end.args;
    const cursors = end.args.flatMap((arg) => (arg.k === 'id' && locals.has(arg.name) ? arg.name : []));
    const list = end.args.find((arg) => arg !== first && (arg.k === 'unary' || arg.k === 'field'));
    if (!list || cursors.length === 0) continue;
    const body = bodyOf(blocks, head, end.body).map((at) => blocks[at]!);
    // Where it leaves with the first one there is no turn.
    const goesRound = end.body === head || body.includes(blocks[end.body]!);
    const isIdle = body.every(
      (block) =>
        block.end.e === 'goto' && block.steps.every((step) => step.s === 'eval' && isUnlocking(step.of, cursors)),
    );
    const behind = [...blocksFrom(blocks, [end.after])].map((at) => blocks[at]!);
    if (goesRound && isIdle && !names([...expressionsOf(behind)], cursors))
      return { list: printExpression(list), at: end.at };
  }
  return null;
}

function isUnlocking(e: Expr, cursors: readonly string[]): boolean {
  return e.k === 'call' && e.fn.k === 'id' && /(?:^|_)unlock(?:_|$)/.test(e.fn.name) && !names([e], cursors);
}

function names(all: readonly Expr[], cursors: readonly string[]): boolean {
  return all.some((whole) => [...walkExpression(whole)].some((e) => e.k === 'id' && cursors.includes(e.name)));
}
