import type { Expr } from '../facts/ir.ts';
import { noteStored } from './effects.ts';
import { place, type Frame } from './frame.ts';
import { lvalue } from './paths.ts';
import type { State } from './state.ts';

/** `fn->parts = parts;`: a structure that is assigned as a whole takes along what its members hold. */
export function copyMembers(frame: Frame, e: Expr & { k: 'assign' }, state: State, to: string): void {
  const from = e.from.k === 'id' || e.from.k === 'field' ? lvalue(frame, e.from, state) : null;
  if (from === null || from === to) return;
  // What `*p` has as a member is that of what p points at.
  const whole = to.replace(/->\*$/, '->');
  const members = [...state.env].filter(([key]) => key.startsWith(`${from}.`));
  for (const [key, value] of members) {
    const rest = key.slice(from.length);
    const at = whole === to ? `${to}${rest}` : `${whole}${rest.slice(1)}`;
    state.write(at, value);
    noteStored(state, at, value, place(frame, e.at));
  }
}
