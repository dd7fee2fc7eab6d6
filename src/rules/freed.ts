import type { History } from '../lifecycle/index.ts';
import { spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** What the functions that a life comes through free and use after that: in a teardown, or in the unwinding of an init. */
export function usedWhenFreed({ path, events }: History): Problem[] {
  return events.flatMap(({ trace }, index) => {
    if (trace?.t !== 'misuse') return [];
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
