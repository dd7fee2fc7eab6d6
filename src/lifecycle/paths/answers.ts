import type { Expr } from '../../facts/ir.ts';
import { place, type Frame, type Result, type Truth } from './frame.ts';
import { printExpression } from '../bodies/print.ts';
import type { State } from './state.ts';
import type { CallOutcome } from './trace.ts';
import { ANY, NEG, ZERO, type Value } from './values.ts';

/** How a call has turned out, by the sign of its result, to who asks for it in one way or another. */
export const throughZero = (mask: number): CallOutcome =>
  mask & ZERO && !(mask & NEG) ? 'succeeds' : mask & ZERO ? 'returns 0' : 'fails';
export const throughBang = (mask: number): CallOutcome =>
  mask === ZERO ? 'fails' : mask & ZERO ? 'returns 0' : 'succeeds';
export const throughIsErr = (mask: number): CallOutcome => (mask === NEG ? 'fails' : 'succeeds');

/**
 * `if (err)` on a call's result: by the kernel's convention what is not zero is a negative errno, and `if (err < 0)`
 * further up would agree. `if (!p)` says nothing of the kind.
 */
export function errorIfNot({ state, value }: Result, outcome: (mask: number) => CallOutcome): Value {
  const symbol = value.v === 'sym' ? state.symbols.get(value.id) : undefined;
  if (outcome !== throughZero || value.v !== 'sym' || !symbol?.call || symbol.mask !== ANY) return value;
  state.symbols.set(value.id, { ...symbol, mask: NEG | ZERO });
  return value;
}

/** Both ways in which a value can lie within a mask or not; one of them when it is known. */
export function split(state: State, value: Value, mask: number, outcome: (mask: number) => CallOutcome): Truth[] {
  const yes = state.refine(value, mask, outcome);
  const no = state.refine(value, ANY & ~mask, outcome);
  return [...(yes ? [{ state: yes, holds: true }] : []), ...(no ? [{ state: no, holds: false }] : [])];
}

/** Writes a condition on something that is not a call's result into the trace. */
export function tell(frame: Frame, e: Expr, before: Result, t: Truth): Truth {
  if (before.value.v === 'sym' && before.state.symbols.get(before.value.id)?.call) return t;
  const state = t.state === before.state ? t.state.copy() : t.state;
  state.push({ t: 'test', text: printExpression(e), answer: t.holds, place: place(frame, e.at) });
  return { state, holds: t.holds };
}

/** A comparison with zero: what is not known is told in the trace, as any other condition on it is. */
export function withZero(
  frame: Frame,
  e: Expr,
  compared: Result,
  mask: number,
  outcome: (mask: number) => CallOutcome,
): Truth[] {
  const known = compared.state.maskOf(compared.value);
  const answers = split(compared.state, compared.value, mask, outcome);
  return known === ANY && answers.length === 2 ? answers.map((t) => tell(frame, e, compared, t)) : answers;
}

/** `x == NULL` asks after a pointer; `x == 0` after a result. */
export function throughEquals(e: Expr & { k: 'num' }): (mask: number) => CallOutcome {
  return e.name === undefined && e.at[3] - e.at[1] === 4 ? throughBang : throughZero;
}
