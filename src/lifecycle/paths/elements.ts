import { walkExpression, type Expr } from '../../facts/ir.ts';
import { printExpression } from '../bodies/print.ts';
import { elementMark, isLocal } from './place-names.ts';
import type { State } from './state.ts';
import type { Value } from './values.ts';

/**
 * Of an array whose elements are not told apart, the one that a path has just set: whoever names it by the same words
 * gets what was put there, until something that the words speak of changes.
 */
function keyOf(e: Expr, path: string): string | null {
  if (!path.includes('[*]') || isLocal(path) || !isSteady(e)) return null;
  return `${elementMark}${path}.=${printExpression(e)}`;
}

/** Whether an expression means the same when it is written again: `slots[n++]` is the next one. */
function isSteady(e: Expr): boolean {
  for (const { k } of walkExpression(e)) if (k === 'update' || k === 'assign' || k === 'call') return false;
  return true;
}

export function noteElement(e: Expr, state: State, path: string, value: Value): void {
  const key = keyOf(e, path);
  if (key !== null) state.env.set(key, value);
}

export function elementAt(e: Expr, state: State, path: string): Value | undefined {
  const key = keyOf(e, path);
  return key === null ? undefined : state.env.get(key);
}

/** Whether something that the path holds is kept in an element of an array. */
export function isHeldInElement(state: State, path: string): boolean {
  return path.includes('[*]') && state.held.some(({ at }) => at === path);
}
