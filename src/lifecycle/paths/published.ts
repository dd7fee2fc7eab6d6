import { expressionsOf, walkExpression, type At, type Expr } from '../../facts/ir.ts';
import type { Program } from '../../program/program.ts';
import { componentOf, isOwnName } from './components.ts';
import { place, type Frame, type Result } from './frame.ts';

/** What a pointer is set to that is none of the module's, or not known: what was there before, perhaps. */
export const unknownValue = '?';

/**
 * Notes that a call sets a global pointer by which others may call the module to a function or a variable of it, or to
 * NULL. A variable that is static in its file is followed by that file alone.
 */
export function published(
  frame: Frame,
  { call, to, at }: { readonly call: string; readonly to: Expr; readonly at: At },
  result: Result,
): Result {
  const { state, value } = result;
  if (to.k !== 'id' || frame.locals.has(to.name)) return result;
  if (frame.program.facts(frame.file)?.statics.includes(to.name)) return result;
  const isReset = value.v === 'num' && value.num === 0;
  const set = value.v === 'addr' ? componentOf(state, value) : null;
  const known = set !== null && isOwnName(set) ? set : unknownValue;
  state.push({ t: 'published', call, pointer: to.name, value: isReset ? null : known, place: place(frame, at) });
  return result;
}

/**
 * Whether the functions of a file do anything else with a global pointer than to publish by it: who sets it by other ways as
 * well (`foo_hook = NULL`, `rcu_replace_pointer(foo_hook, …)`) is not followed.
 */
export function isSetOtherwise(program: Program, file: string, pointer: string): boolean {
  const isIt = (e: Expr | undefined): boolean =>
    e?.k === 'id' ? e.name === pointer : e?.k === 'unary' && e.op === '&' && isIt(e.of);
  return (program.facts(file)?.functions ?? []).some(({ blocks }) =>
    [...expressionsOf(blocks ?? [])].some((whole) =>
      [...walkExpression(whole)].some(
        (e) =>
          (e.k === 'assign' && isIt(e.to)) ||
          (e.k === 'call' && !(e.fn.k === 'id' && publishing.test(e.fn.name)) && e.args.some(isIt)),
      ),
    ),
  );
}

const publishing = /^(?:rcu_assign_pointer|RCU_INIT_POINTER|rcu_access_pointer|rcu_dereference\w*)$/;
