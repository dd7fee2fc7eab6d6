import { nameOfHeld, releaseText } from '../lifecycle/index.ts';
import page from './init-error-leak.md';
import { acquisitionOf, callEventOf, causePlaces, ifCause, jumpsAfterCause, leavingStep } from './reading.ts';
import type { Rule } from './rule.ts';
import { sparedFirst } from './spared.ts';

export const initErrorLeak: Rule = {
  id: 'pernet/init-error-leak',
  severity: 'error',
  invariant: 'An init that fails has released what it acquired.',
  page,
  check(history) {
    const { init, path } = history;
    if (history.fate !== 'init-failed' || !init || !path.of) return [];
    const { ops } = path.of;
    const left = path.left.map((held) => {
      const { place, pair } = held;
      const leaving = leavingStep(history, init.fact.name, place)?.place ?? place;
      const last = jumpsAfterCause(history).at(-1)?.place ?? leaving;
      return {
        spot: leaving,
        fn: leaving.fn,
        ops,
        message:
          `${ifCause(history)}${init.fact.name}() returns ${history.result} without ${releaseText(pair)} for ` +
          `${nameOfHeld(held)}: the core calls no exit of an ops whose init failed, and it leaks with each try`,
        failing: callEventOf(history, 'init'),
        related: [
          { ...place, message: `acquired here by ${acquisitionOf(history, held)}()` },
          ...causePlaces(history),
          ...(last === leaving
            ? []
            : [{ ...last, message: `${init.fact.name}() returns here without ${releaseText(pair)}` }]),
        ],
        about: nameOfHeld(held),
        key: `${place.file}:${place.at.join(':')}|${leaving.file}:${leaving.at.join(':')}`,
      };
    });
    return [...left, ...sparedFirst(history)];
  },
};
