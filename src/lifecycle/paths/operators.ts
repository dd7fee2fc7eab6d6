import type { Expr } from '../../facts/ir.ts';
import type { Frame } from './frame.ts';
import { steady } from '../bodies/known.ts';
import { printExpression } from '../bodies/print.ts';
import type { State } from './state.ts';
import { maskWhere, NEG, negate, ZERO, type Value } from './values.ts';

const namesErrno = /^[A-Z][A-Z\d_]*_E(?!RR)[A-Z]{3,}$/;

export function minus(state: State, value: Value): Value {
  if (value.v === 'num') {
    return {
      v: 'num',
      num: -value.num,
      ...(value.text ? { text: value.text.startsWith('-') ? value.text.slice(1) : `-${value.text}` } : {}),
    };
  }
  const { input = '' } = state.symbols.get(value.v === 'sym' ? value.id : -1) ?? {};
  // A header's own name for an errno is as positive as those are.
  return state.fresh({ mask: namesErrno.test(input) ? NEG : negate(state.maskOf(value)) });
}

/** `a | b` of two results, as in `err |= register_x()`: an error stays one. */
export function either(state: State, a: Value, b: Value): Value {
  const known = sum('|', a, b);
  if (known) return known;
  const [left, right] = [state.maskOf(a), state.maskOf(b)];
  if (left === ZERO) return b;
  if (right === ZERO || left === NEG) return a;
  if (right === NEG) return b;
  return state.fresh();
}

/** What two numbers that are known come to; null where they are not. */
export function sum(operator: string, a: Value, b: Value): Value | null {
  if (a.v !== 'num' || b.v !== 'num' || a.text !== undefined || b.text !== undefined) return null;
  const num = arithmetic.get(operator)?.(a.num, b.num);
  // JavaScript's operators on bits are those of an int.
  return num === undefined || (isOnBits.test(operator) && ![a.num, b.num, num].every(isPlainMask))
    ? null
    : { v: 'num', num };
}

const arithmetic: ReadonlyMap<string, (l: number, r: number) => number> = new Map([
  ['+', (l, r) => l + r],
  ['-', (l, r) => l - r],
  ['|', (l, r) => l | r],
  ['&', (l, r) => l & r],
  ['<<', (l, r) => l * 2 ** r],
]);

const isOnBits = /[|&<]/;

/** Whether a number is one of whose bits JavaScript's operators tell what C's do. */
export function isPlainMask(num: number): boolean {
  return num >= 0 && num <= 0x7fffffff;
}

export function mirrored(operator: string): string {
  return operator.startsWith('<') ? operator.replace('<', '>') : operator.replace('>', '<');
}

export function holds(operator: string, a: number, b: number): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

export function hasCall(e: Expr): boolean {
  if (e.k === 'call') return !(e.fn.k === 'id' && steady.has(e.fn.name));
  if (e.k === 'binary') return hasCall(e.l) || hasCall(e.r);
  if (e.k === 'unary' || e.k === 'field') return hasCall(e.of);
  return e.k === 'other' ? e.of.length > 0 : false;
}

export function hasLocal(frame: Frame, e: Expr): boolean {
  if (e.k === 'id') return frame.locals.has(e.name);
  if (e.k === 'call') return e.args.some((arg) => hasLocal(frame, arg));
  if (e.k === 'binary') return hasLocal(frame, e.l) || hasLocal(frame, e.r);
  if (e.k === 'unary' || e.k === 'field' || e.k === 'index') return hasLocal(frame, e.of);
  return false;
}

/** Whether an expression may be a question that is answered alike as long as nothing in it changes. */
export function isQuestion(e: Expr): boolean {
  if (e.k === 'call') return e.fn.k === 'id' && steady.has(e.fn.name);
  return e.k === 'binary' && maskWhere(e.op) !== null;
}

/** The text of a question; `a != b` is asked as `a == b`, so that both are answered alike. */
export function questionText(e: Expr): string {
  return printExpression(e.k === 'binary' && e.op === '!=' ? { ...e, op: '==' } : e);
}

/** The place of a question's answer. */
export function question(frame: Frame, e: Expr): string {
  return `?${hasLocal(frame, e) ? '%' : ''}${questionText(e)}`;
}
