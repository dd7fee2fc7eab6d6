import { successorsOf, walkExpression, type Block, type Expr, type FunctionFact } from '../facts/ir.ts';
import type { Frame } from './frame.ts';
import { factOf } from './releasing.ts';
import type { Value } from './values.ts';

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

/** What a local that counts the steps done so far comes to. */
export function counted(frame: Frame, e: Expr & { k: 'update' }, before: Value | null): Value | null {
  if (before?.v !== 'num' || before.text !== undefined || e.of.k !== 'id' || !frame.locals.has(e.of.name)) return null;
  const fact = factOf(frame);
  if (!fact || !countedOnce(fact).has(e)) return null;
  return { v: 'num', num: before.num + (e.op === '++' ? 1 : -1) };
}
