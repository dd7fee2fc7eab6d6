import page from './init-returns-positive.md';
import { callEventOf, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

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
    const end = path.load.findLast((step) => step.t === 'jump' && step.kind === 'return');
    if (!end) return [];
    return [
      {
        spot: spotOf(end),
        fn: end.place.fn,
        ops: path.of.ops,
        message:
          `${init.fact.name}() returns ${history.result}: setup_net() takes a positive result for success, but a ` +
          `registration over living namespaces takes it for a failure and undoes it`,
        failing: callEventOf(history, 'init'),
        related: [],
      },
    ];
  },
};
