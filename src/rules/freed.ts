import type { History } from '../lifecycle/index.ts';
import { spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** What the functions that a life comes through free and use after that: in a teardown, or in the unwinding of an init. */
export function usedWhenFreed({ path, events }: History): Problem[] {
  return events.flatMap(({ trace }, index) => {
    if (trace?.t !== 'misuse' || trace.before !== undefined) return [];
    const { place, freed, call, use } = trace;
    return [
      {
        spot: spotOf(trace),
        fn: place.fn,
        ops: path.of?.ops ?? null,
        message:
          `${place.fn}() frees ${freed} by ${call}() and then goes on to ${use}: ` +
          `that memory may be someone else's by then`,
        failing: index,
        related: [],
        key: `freed|${place.file}:${place.at.join(':')}`,
      },
    ];
  });
}

/** What the functions that a life comes through free twice, whichever way they go. */
export function freedTwice({ path, events }: History): Problem[] {
  return events.flatMap(({ trace }, index) => {
    if (trace?.t !== 'misuse' || trace.before === undefined) return [];
    const { place, freed, call, use, before } = trace;
    return [
      {
        spot: spotOf(trace),
        fn: place.fn,
        ops: path.of?.ops ?? null,
        message: `${place.fn}() frees ${freed} by ${use}, which ${call}() has freed already`,
        failing: index,
        related: [{ ...spotOf(trace), at: before, message: 'freed here before' }],
        about: freed,
      },
    ];
  });
}
