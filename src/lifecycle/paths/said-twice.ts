import { walkExpression, type Expr, type FunctionFact, type Step } from '../../facts/ir.ts';
import { steady } from '../bodies/known.ts';
import { printExpression } from '../bodies/print.ts';
import { readAs } from '../bodies/reader.ts';
import type { Pair } from '../resources/index.ts';
import type { Repeated } from './trace.ts';

/** What takes back one of several references, or one of several wishes. */
const countsDown = /(?:^|_)(?:put|dec|unref|disable|release)(?:_|$)/;

/**
 * Whether a call that takes back what it names stands right beside the very same call: nothing can have come to be there
 * in between, whoever has registered it, and whenever.
 */
export function saidTwice(
  fact: FunctionFact | undefined,
  e: Expr & { k: 'call' },
  pairs: readonly Pair[],
): Repeated | undefined {
  if (e.fn.k !== 'id' || countsDown.test(e.fn.name) || !pairs.every(isByArguments)) return undefined;
  for (const { steps } of readAs('follows', () => fact?.blocks) ?? []) {
    const at = steps.findIndex((step) => step.s === 'eval' && step.of === e);
    if (at < 0) continue;
    if (isSame(steps[at - 1], e)) return 'again';
    return isSame(steps[at + 1], e) ? 'first' : undefined;
  }
  return undefined;
}

/** Whether a thing is told from others by what the calls are passed, and not by a value that has been kept. */
function isByArguments({ lasting, of, stores }: Pair): boolean {
  return lasting && Array.isArray(of) && of.length > 0 && stores !== true;
}

function isSame(other: Step | undefined, e: Expr & { k: 'call' }): boolean {
  return (
    other?.s === 'eval' &&
    other.of.k === 'call' &&
    printExpression(other.of) === printExpression(e) &&
    e.args.every(isSteady)
  );
}

/** Whether an argument is the same where it is evaluated again. */
function isSteady(argument: Expr): boolean {
  for (const e of walkExpression(argument)) if (!isSteadyPart(e)) return false;
  return true;
}

function isSteadyPart(e: Expr): boolean {
  switch (e.k) {
    case 'id':
    case 'str':
    case 'field':
    case 'index':
    case 'unary':
    case 'binary':
      return true;
    case 'num':
      return e.value !== null || e.name !== undefined;
    case 'call':
      return e.fn.k === 'id' && steady.has(e.fn.name);
    default:
      return false;
  }
}
