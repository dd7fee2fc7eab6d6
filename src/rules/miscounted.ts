import { isCounted, keyOfPlace, type History, type TraceStep } from '../lifecycle/index.ts';
import { releasesOf } from './order.ts';
import { ifCause, spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

type Step = TraceStep & { readonly t: 'acquire' | 'release' };

/** What is given back with another number of elements than it was acquired with: some are left, or some never were there. */
export function miscounted(history: History, kind: 'fewer' | 'more'): Problem[] {
  return releasesOf(history).flatMap(({ index, step, acquired }) => {
    if (!isCounted(step.pair.kind) || step.isGuess || !step.sure || step.match !== undefined) return [];
    const found = history.state.bodies.miscount(acquired.step, step);
    if (!found || found.isFewer !== (kind === 'fewer')) return [];
    const { array, done, undone } = found;
    if (isNamedElsewhere(history, array, [acquired.step, step])) return [];
    const { fn } = step.place;
    return [
      {
        spot: spotOf(step),
        fn,
        ops: history.path.of?.ops ?? null,
        message:
          `${ifCause(history)}${fn}() gives back ${undone} of ${array} by ${step.call}(), of which ` +
          `${acquired.step.place.fn}() has set up ${done}: ` +
          (kind === 'fewer'
            ? `what is behind them ${step.pair.lasting ? 'stays registered' : 'leaks'}`
            : `what lies behind that was never set up`),
        failing: index,
        related: [{ ...spotOf(acquired.step), message: `${acquired.step.call}() sets up ${done} here` }],
        about: array,
        key: `count|${step.place.file}:${step.place.at.join(':')}`,
      },
    ];
  });
}

/** Whether other steps set up or give back something of an array: what is left may be theirs. */
function isNamedElsewhere({ events }: History, array: string, own: readonly Step[]): boolean {
  const word = new RegExp(`\\b${array}\\b`);
  return events.some(
    ({ trace }) =>
      (trace?.t === 'acquire' || trace?.t === 'release') &&
      !own.some(({ place }) => keyOfPlace(place) === keyOfPlace(trace.place)) &&
      word.test(trace.of.join()),
  );
}
