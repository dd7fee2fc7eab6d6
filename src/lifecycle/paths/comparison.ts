import type { Expr } from '../../facts/ir.ts';
import { errorIfNot, split, throughZero } from './answers.ts';
import { place, type Frame, type Truth } from './frame.ts';
import { hasCall, question } from './operators.ts';
import { askedForGlobal, sameValue } from './own-places.ts';
import { printExpression } from '../bodies/print.ts';
import type { State } from './state.ts';
import { POS, signOf, ZERO, type Value } from './values.ts';

/** A comparison that is not with zero: answered both ways, and the same way again while nothing in it changes. */
export function unknownComparison(
  frame: Frame,
  e: Expr & { k: 'binary' },
  state: State,
  left: Value,
  right: Value,
): Truth[] {
  // `a != b` is asked as `a == b`, so that both are answered alike.
  if (e.op === '!=') {
    const equal = unknownComparison(frame, { ...e, op: '==' }, state, left, right);
    return equal.map((t) => ({ state: t.state, holds: !t.holds }));
  }
  const same = e.op === '==' ? sameValue(state, left, right) : null;
  if (same !== null) return [{ state, holds: same }];
  const text = printExpression(e);
  const first = e.op === '==' ? askedForGlobal(state, left, right) : null;
  const asked = first ?? (hasCall(e) ? null : question(frame, e));
  const value = asked === null ? state.fresh({ mask: ZERO | POS }) : state.read(asked, ZERO | POS);
  const wasKnown = state.maskOf(value) !== (ZERO | POS);
  const constant = right.v === 'num' ? right : null;
  // Who asks a result for an errno expects 0 or an errno of it, as in `if (err == -EEXIST)`.
  if (constant && constant.num < 0) errorIfNot({ state, value: left }, throughZero);
  return split(state, value, POS, throughZero).flatMap((t) => {
    // `ret == -EEXIST` teaches the sign where it holds.
    const equal = (e.op === '==' && t.holds) || (e.op === '!=' && !t.holds);
    const learnt =
      constant && equal
        ? t.state.refine(left, signOf(constant.num), throughZero)
        : t.state.refine(left, t.state.maskOf(left), throughZero);
    if (!learnt) return [];
    const told = wasKnown ? learnt : learnt === state ? learnt.copy() : learnt;
    if (!wasKnown) told.push({ t: 'test', text, answer: t.holds, place: place(frame, e.at) });
    return [{ state: told, holds: t.holds }];
  });
}

/** `min(err, 0)`, `max_t(int, n, 0)` of what can be asked twice, as the choice that it is; null for what is none. */
export function chosenOf(e: Expr & { k: 'call' }): (Expr & { k: 'cond' }) | null {
  const [, which] = e.fn.k === 'id' ? (/^(min|max)(?:_t)?$/.exec(e.fn.name) ?? []) : [];
  const [l, r] = e.args.slice(-2);
  if (which === undefined || !l || !r || l.k !== 'id' || r.k !== 'num') return null;
  const test: Expr = { k: 'binary', op: which === 'min' ? '<' : '>', l, r, at: e.at };
  return { k: 'cond', test, then: l, else: r, at: e.at };
}
