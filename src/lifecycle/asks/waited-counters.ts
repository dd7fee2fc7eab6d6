import { type At, type Expr, type FunctionFact } from '../../facts/ir.ts';
import { structBehind } from '../bodies/structs.ts';

/** A counter of a structure for which a function waits until it is zero, or one. */
export interface WaitedCounter {
  readonly member: string;
  /** What the pointer points at by which it is named: `foo_net*`. */
  readonly struct: string;
  readonly pointer: string;
  /** The block that asks for it, and where. */
  readonly block: number;
  readonly at: At;
}

const reading = /^(?:atomic(?:_long|64)?|refcount)_read(?:_acquire)?$/;
const waiting = /^(?:s?wait_event(?:_idle)?|wait_var_event)$/;

/**
 * The counters that a function waits for until they are zero, or one, and for nothing else: `while (atomic_read(&fn->count))
 * cond_resched();`, `wait_event(fn->wq, !atomic_read(&fn->count))`, `wait_var_event(&fn->count, !atomic_read(&fn->count))`.
 */
export function waitedCounters(fact: FunctionFact): WaitedCounter[] {
  return (fact.blocks ?? []).flatMap(({ steps, end }, block) => {
    const asked = end.e === 'branch' && end.loop ? whileThere(end.on) : undefined;
    const waits = steps.flatMap((step) =>
      step.s === 'eval' && step.of.k === 'call' && step.of.fn.k === 'id' && waiting.test(step.of.fn.name)
        ? (untilGone(step.of.args.at(-1)) ?? [])
        : [],
    );
    return [...(asked ? [asked] : []), ...waits].flatMap((e) => readIn(fact, e, block));
  });
}

/** What is read by a condition that holds as long as there is something: `x`, `x > 0`, `x != 1`. */
function whileThere(e: Expr): Expr | undefined {
  if (e.k === 'call') return e;
  return e.k === 'binary' && /^(?:>|!=)$/.test(e.op) && isFew(e.r) ? e.l : undefined;
}

/** The same of one that holds once there is nothing. */
function untilGone(e: Expr | undefined): Expr | undefined {
  if (e?.k === 'unary' && e.op === '!') return e.of;
  return e?.k === 'binary' && /^(?:==|<=)$/.test(e.op) && isFew(e.r) ? e.l : undefined;
}

function isFew(e: Expr): boolean {
  return e.k === 'num' && (e.value === 0 || e.value === 1);
}

function readIn(fact: FunctionFact, e: Expr, block: number): WaitedCounter[] {
  if (e.k !== 'call' || e.fn.k !== 'id' || !reading.test(e.fn.name)) return [];
  const counter = memberIn(e.args[0]);
  const struct = counter && structBehind(fact, counter.of);
  return counter?.of.k === 'id' && struct !== undefined
    ? [{ member: counter.name, struct, pointer: counter.of.name, block, at: e.at }]
    : [];
}

/** The member whose address an expression is: `&fn->count`. */
export function memberIn(e: Expr | undefined): (Expr & { k: 'field' }) | undefined {
  return e?.k === 'unary' && e.op === '&' && e.of.k === 'field' && e.of.arrow ? e.of : undefined;
}
