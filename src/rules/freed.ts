import type { History } from '../lifecycle/index.ts';
import { callEventOf, spotOf } from './reading.ts';
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

/** Memory that the exits of an ops free with a timer in it that may be pending. */
export function freedWithTimer(history: History): Problem[] {
  const { of } = history.path;
  const last = of?.phases.at(-1);
  const armed = of && last ? history.state.runs.freedArmed(of.ops) : null;
  if (!of || !last || !armed) return [];
  const { freed, call, timer, place } = armed;
  // What init sets up for every namespace is told as what goes on running.
  if (history.state.runs.leftRunning(of.ops).some(({ text }) => text.endsWith(`->${timer}`))) return [];
  return [
    {
      spot: { file: place.file, at: place.at },
      fn: place.fn,
      ops: of.ops,
      message:
        `${place.fn}() frees ${freed} by ${call}() with its timer ${timer}, which may still be waiting for its time: ` +
        `nothing stops that, and what it calls finds memory that may be someone else's by then`,
      failing: callEventOf(history, last.callback),
      related: [],
      key: `armed|${place.file}:${place.at.join(':')}`,
    },
  ];
}
