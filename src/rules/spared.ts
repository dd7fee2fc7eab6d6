import type { History } from '../lifecycle/index.ts';
import { ifCause, spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** What the unwinding of an init undoes of each but the first, or but the last, by the condition of its loop. */
export function sparedFirst(history: History): Problem[] {
  return history.events.flatMap(({ trace }, index) => {
    if (trace?.t !== 'spared') return [];
    const { place, of, last } = trace;
    const left = last ? `and leaves out the last that was done` : `to the second element and not to the first`;
    return [
      {
        spot: spotOf(trace),
        fn: place.fn,
        ops: history.path.of?.ops ?? null,
        message:
          `${ifCause(history)}${place.fn}() goes back through ${of} ${left}: ` +
          `what it has done for ${last ? 'that' : `${of}[0]`} is left`,
        failing: index,
        related: [],
        key: `spared|${place.file}:${place.at.join(':')}`,
      },
    ];
  });
}
