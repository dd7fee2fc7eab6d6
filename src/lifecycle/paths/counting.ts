import { successorsOf, walkExpression, type Block, type Expr, type FunctionFact } from '../../facts/ir.ts';
import type { Frame, Result } from './frame.ts';
import { lvalue } from './paths.ts';
import { isPostfix } from '../bodies/print.ts';
import { factOf } from './releasing.ts';
import { choosesBy } from '../bodies/chosen-steps.ts';
import { isCounter } from './counters.ts';
import type { State } from './state.ts';
import { ANY, POS, ZERO, type Value } from './values.ts';

const known = new WeakMap<FunctionFact, ReadonlySet<Expr>>();

/**
 * The `x++` and `x--` of a function that run once at most, as where a path counts the steps that it has done: what a loop
 * counts is a number that nobody knows.
 */
function countedOnce(fact: FunctionFact): ReadonlySet<Expr> {
  let once = known.get(fact);
  if (!once) {
    const blocks = fact.blocks ?? [];
    once = new Set(
      blocks.flatMap((block, index) =>
        updatesIn(block).length > 0 && !isInLoop(blocks, index) ? updatesIn(block) : [],
      ),
    );
    known.set(fact, once);
  }
  return once;
}

function updatesIn({ steps }: Block): Expr[] {
  return steps.flatMap((step) =>
    step.s === 'eval' ? [...walkExpression(step.of)].filter((e) => e.k === 'update' && e.of.k === 'id') : [],
  );
}

function isInLoop(blocks: readonly Block[], start: number): boolean {
  const seen = new Set<number>();
  const queue = [start];
  for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
    for (const next of successorsOf(blocks[index]!)) {
      if (next === start) return true;
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return false;
}

/** What counts the steps done so far comes to: a local, or one by which they are chosen one after another, or the file's own counter. */
function counted(frame: Frame, e: Expr & { k: 'update' }, before: Value | null): Value | null {
  if (before?.v !== 'num' || before.text !== undefined || e.of.k !== 'id') return null;
  const { name: counter } = e.of;
  const fact = factOf(frame);
  if (!fact) return null;
  const isKnown = frame.locals.has(counter)
    ? countedOnce(fact).has(e) || choosesBy(fact, counter, (name) => frame.program.lookUp(frame.file, name))
    : isCounter(frame.program, frame.file, counter);
  if (!isKnown) return null;
  return { v: 'num', num: before.num + (e.op === '++' ? 1 : -1) };
}

/** Whether a loop's condition is one on a number that is known, and is answered by that alone. */
export function isCountedOut(frame: Frame, on: Expr, state: State): boolean {
  const isKnown = (e: Expr): boolean => isKnownNumber(frame, e, state);
  const element = on.k === 'field' ? on.of : on;
  if (element.k === 'index') return element.elements !== undefined && isKnown(element.index);
  const [left, right] = on.k === 'binary' ? [on.l, on.r] : [on, null];
  const counter = left.k === 'update' ? left.of : left;
  return counter.k !== 'num' && isKnown(counter) && (right === null || isKnown(right));
}

function isKnownNumber(frame: Frame, e: Expr, state: State): boolean {
  if (e.k === 'binary')
    return /^[-+]$/.test(e.op) && isKnownNumber(frame, e.l, state) && isKnownNumber(frame, e.r, state);
  if (e.k !== 'id' || frame.locals.has(e.name))
    return e.k === 'num' || (e.k === 'id' && state.env.get(`%${e.name}`)?.v === 'num');
  const path = isCounter(frame.program, frame.file, e.name) ? lvalue(frame, e, state) : null;
  return path !== null && state.env.get(path)?.v === 'num';
}

/**
 * Of a loop through a table of which it is not known how far it goes, no element is told from another: undone would be no
 * more of them than the loop is followed for.
 */
export function forgetIndexes(on: Expr, state: State, indexes: ReadonlySet<string>): void {
  for (const e of walkExpression(on))
    if (e.k === 'id' && indexes.has(e.name) && state.env.get(`%${e.name}`)?.v === 'num') state.forget(`%${e.name}`);
}

/** What counts up from 0 or from more is more than 0: `if (i)` after a turn of `for (i = 0; i < n; i++)`. */
function maskAfter({ op }: Expr & { k: 'update' }, before: Value | null, state: State): number {
  return op === '++' && before !== null && (state.maskOf(before) & ~(ZERO | POS)) === 0 ? POS : ANY;
}

/** `i++`, `--i`: what is counted is known where it is one of the steps done so far. */
export function update(frame: Frame, e: Expr & { k: 'update' }, state: State): Result[] {
  const path = lvalue(frame, e.of, state);
  const next = state.copy();
  const before = path === null ? null : state.read(path);
  const sum = counted(frame, e, before);
  const value = sum ?? next.fresh({ mask: maskAfter(e, before, state) });
  if (path !== null) next.write(path, value);
  // `a[i]` is another element when i is another number: what was learnt of one says nothing of the next.
  const elements = [...next.env].filter(([key, of]) => key.includes('[*]') && next.maskOf(of) !== ANY);
  for (const [key] of elements) next.forget(key);
  return [{ state: next, value: sum && before && isPostfix(e) ? before : value }];
}
