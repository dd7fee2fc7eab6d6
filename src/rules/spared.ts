import type { History } from '../lifecycle/index.ts';
import { ifCause, spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** What the unwinding of an init undoes of each but the first, by the condition of its loop. */
export function sparedFirst(history: History): Problem[] {
  return history.events.flatMap(({ trace }, index) => {
    if (trace?.t !== 'spared') return [];
    const { place, of } = trace;
    return [
      {
        spot: spotOf(trace),
        fn: place.fn,
        ops: history.path.of?.ops ?? null,
        message:
          `${ifCause(history)}${place.fn}() goes back through ${of} to the second element and not to the first: ` +
          `what it has done for ${of}[0] is left`,
        failing: index,
        related: [],
        key: `spared|${place.file}:${place.at.join(':')}`,
      },
    ];
  });
}
