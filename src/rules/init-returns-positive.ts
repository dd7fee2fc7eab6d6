import { walkExpression } from '../facts/ir.ts';
import type { FunctionEntry } from '../program/index.ts';
import page from './init-returns-positive.md';
import { callEventOf, spotOf } from './reading.ts';
import type { Rule, Spot } from './rule.ts';

/** The mask of a positive result (lifecycle/values.ts). */
const positive = 4;

export const initReturnsPositive: Rule = {
  id: 'pernet/init-returns-positive',
  severity: 'warning',
  invariant: "An ops' init returns 0 or a negative errno.",
  page,
  check(history) {
    const { init, path } = history;
    if (history.fate !== 'net-gone' || !path.of || !init || path.returned !== positive) return [];
    const jump = path.load.findLast((step) => step.t === 'jump' && step.kind === 'return');
    const spot = jump ? spotOf(jump) : positiveReturn(init);
    if (!spot || isJudged(init, spot)) return [];
    return [
      {
        spot,
        fn: jump?.place.fn ?? init.fact.name,
        ops: path.of.ops,
        message:
          `${init.fact.name}() returns ${/^\d/.test(history.result) ? history.result : 'a positive number'}: setup_net() takes a positive result for success, but a ` +
          `registration over living namespaces takes it for a failure and undoes it`,
        failing: callEventOf(history, 'init'),
        related: [],
      },
    ];
  },
};

/** What only wraps a condition. */
const wraps = /^(?:likely|unlikely|WARN_ON|WARN_ON_ONCE)$/;

/** Whether what is returned somewhere is a local that a call has been asked about: a macro may say that it is an error. */
function isJudged({ fact: { blocks } }: FunctionEntry, { at }: Spot): boolean {
  const returned = (blocks ?? []).flatMap(({ end }) =>
    end.e === 'return' && end.at.join() === at.join() ? (end.value ?? []) : [],
  )[0];
  const name = returned?.k === 'id' ? returned.name : null;
  if (name === null) return false;
  return (blocks ?? []).some(
    ({ end: last }) =>
      last.e === 'branch' &&
      [...walkExpression(last.on)].some(
        (e) =>
          e.k === 'call' &&
          !(e.fn.k === 'id' && wraps.test(e.fn.name)) &&
          e.args.some((arg) => arg.k === 'id' && arg.name === name),
      ),
  );
}

/** The first `return` of a function that returns a positive number as such. */
function positiveReturn({ file, fact }: FunctionEntry): Spot | null {
  for (const { end } of fact.blocks ?? []) {
    if (end.e === 'return' && end.value?.k === 'num' && (end.value.value ?? 0) > 0) return { file, at: end.at };
  }
  return null;
}
