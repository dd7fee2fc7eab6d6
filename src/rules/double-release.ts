import { nameOfResource } from '../lifecycle/index.ts';
import page from './double-release.md';
import { ifCause, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const doubleRelease: Rule = {
  id: 'pernet/double-release',
  severity: 'error',
  invariant: 'Nothing is released twice.',
  page,
  check(history) {
    // What an error that was lost leads to is reported where it was lost.
    if (history.path.lost) return [];
    return history.events.flatMap(({ trace }, index) => {
      if (trace?.t !== 'release' || !trace.again || !history.path.again.has(trace)) return [];
      const first = history.events.find(
        ({ trace: other }, at) =>
          at < index &&
          other?.t === 'release' &&
          !other.again &&
          other.pair.kind === trace.pair.kind &&
          other.of.join() === trace.of.join(),
      )?.trace;
      return [
        {
          spot: spotOf(trace),
          fn: trace.place.fn,
          ops: history.path.of?.ops ?? null,
          message:
            `${ifCause(history)}${trace.place.fn}() releases ${nameOfResource(trace)} by ${trace.call}(), which has been ` +
            `released already on this path`,
          failing: index,
          related: first ? [{ ...spotOf(first), message: 'released here before' }] : [],
        },
      ];
    });
  },
};
