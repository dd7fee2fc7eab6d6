import type { At, Expr } from '../facts/ir.ts';
import { componentOf, isOwnName } from './components.ts';
import { place, type Frame, type Result } from './frame.ts';

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
  if (!isReset && (set === null || !isOwnName(set))) return result;
  state.push({ t: 'published', call, pointer: to.name, value: isReset ? null : set, place: place(frame, at) });
  return result;
}
