import { type At } from '../facts/ir.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import { reachedFrom } from './known.ts';
import { blocksFrom, canReach, reaching } from './loops.ts';
import { callsIn, type Call } from './may-stop.ts';
import { printExpression } from './print.ts';

/** A lock that a function holds where it returns. */
export interface KeptLock {
  readonly lock: string;
  readonly unlock: string;
  /** As a reader would write the call that takes it. */
  readonly text: string;
  readonly at: At;
}

/** Calls that take a lock whatever happens, with those that give it back (net/core/rtnetlink.c, kernel/locking/mutex.c). */
const locks: ReadonlyMap<string, string> = new Map([
  ['rtnl_lock', 'rtnl_unlock'],
  ['mutex_lock', 'mutex_unlock'],
]);

/**
 * A lock that a callback of the core's takes on all ways to one of its returns and gives back on none of them. What it calls
 * in between may give it back: where anything there does without taking it as well, or was not read and sounds like it,
 * nothing is said, nor where it gives back another of the kind.
 */
export function keptLocked(program: Program, fn: FunctionEntry): KeptLock | null {
  const blocks = fn.fact.blocks ?? [];
  const calls = blocks.flatMap((block, at) => callsIn(block).map((call, order) => ({ call, at, order })));
  for (const { call, at, order } of calls) {
    const lock = nameOf(call);
    const unlock = locks.get(lock);
    if (unlock === undefined || reaching(blocks, at).has(at)) continue;
    const behind = blocksFrom(blocks, [at]);
    for (const end of behind) {
      const last = blocks[end]!.end;
      if (last.e !== 'return' || (end !== at && canReach(blocks, end, at))) continue;
      const before = reaching(blocks, end);
      const between = calls.filter((each) =>
        each.at === at ? each.order > order : behind.has(each.at) && (each.at === end || before.has(each.at)),
      );
      if (between.some((each) => mayUnlock(program, fn, each.call, { lock, unlock }))) continue;
      return { lock, unlock, text: printExpression(call), at: last.at };
    }
  }
  return null;
}

function mayUnlock(
  program: Program,
  { file }: FunctionEntry,
  call: Call,
  { lock, unlock }: { readonly lock: string; readonly unlock: string },
): boolean {
  const name = nameOf(call);
  if (name === '' || name === unlock || /unlock|UNLOCK/.test(name)) return true;
  const callee = program.lookUp(file, name);
  if (!callee) return false;
  return [...reachedFrom(program, [callee.id])].some((id) => {
    const names = program.calls(id);
    return names.has(unlock) && !names.has(lock);
  });
}

function nameOf({ fn }: Call): string {
  return fn.k === 'id' ? fn.name : '';
}
