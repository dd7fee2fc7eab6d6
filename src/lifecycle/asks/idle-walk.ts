import { expressionsOf, walkExpression, type At, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { allIn, callsOf, nameOf } from '../bodies/body.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import { handsOn, onlyTells } from '../bodies/known.ts';
import { localsOf } from '../bodies/locals.ts';
import { blocksFrom, bodyOf } from '../bodies/loops.ts';
import { memberOf } from '../bodies/may-stop.ts';
import { printExpression } from '../bodies/print.ts';

/** A loop that goes through a list and does nothing with what lies there. */
export interface IdleWalk {
  readonly list: string;
  readonly at: At;
}

/** The kernel's own, which do nothing but go through (include/linux/list.h, hashtable.h, idr.h, xarray.h). */
const walking =
  /^(?:h?list_for_each(?:_entry)?(?:_safe|_rcu|_reverse)*|hash_for_each(?:_safe|_rcu)?|idr_for_each_entry|xa_for_each)$/;

/** The kernel's own locks. */
const locking =
  /^(?:rcu_read_|rtnl_|(?:raw_)?(?:spin|read|write)_|mutex_)(?:un)?lock(?:_(?:bh|irq|irqsave|irqrestore|nested))?$|^(?:up|down)_(?:read|write)$/;
const unlocking = /unlock|^up_/;

/** What an exit may call beside that: it comes to nothing of the file's lists. */
const plain =
  /^(?:net_generic|remove_proc_(?:entry|subtree)|proc_remove|unregister_net_sysctl_table|mutex_destroy|kv?free|free_percpu)$/;

/** How many calls the exits are followed through. */
const mostDeep = 3;

/**
 * A loop of an exit callback's through a list whose turns do nothing, or give back a lock that the loop stands in, and that
 * leaves nothing behind: what was to be done with each thing is missing. Nothing where an option decides over anything in
 * the function, what the loop has come to is used behind it, or the exits of an ops of the file come to anything that may
 * empty the list: what names its member again, is not read, or is passed a function.
 */
export function idleWalk(program: Program, ops: OpsEntry, fn: FunctionEntry): IdleWalk | null {
  const walk = walkIn(fn);
  const member = walk && memberOf(walk.list);
  if (!walk || member === null) return null;
  const exits = program
    .allOps()
    .filter(({ file }) => file === ops.file)
    .flatMap((each) => exitsOf(program, each));
  // The walk itself names it once.
  let named = 0;
  const seen = new Set(exits);
  let last = [...seen];
  for (let round = 0; last.length > 0; round++) {
    const next: FunctionEntry[] = [];
    for (const each of last) {
      if (round > mostDeep || each.fact.unreadable || !each.fact.blocks) return null;
      named += [...allIn(each)].filter((e) => e.k === 'field' && e.name === member).length;
      for (const call of callsOf(each)) {
        const name = nameOf(call);
        if (locking.test(name) || plain.test(name) || onlyTells(name) || handsOn.has(name)) continue;
        const callee = program.lookUp(each.file, name);
        if (!callee) return null;
        if (!seen.has(callee)) next.push(callee);
        seen.add(callee);
      }
    }
    last = next;
  }
  return named === 1 ? walk : null;
}

function walkIn({ fact }: FunctionEntry): IdleWalk | null {
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
  return (
    e.k === 'call' && e.fn.k === 'id' && locking.test(e.fn.name) && unlocking.test(e.fn.name) && !names([e], cursors)
  );
}

function names(all: readonly Expr[], cursors: readonly string[]): boolean {
  return all.some((whole) => [...walkExpression(whole)].some((e) => e.k === 'id' && cursors.includes(e.name)));
}
