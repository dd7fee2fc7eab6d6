import type { History, TraceStep } from '../lifecycle/index.ts';
import page from './left-registered-on-error.md';
import {
  causePlaces,
  firstCallAfter,
  goneAt,
  ifCause,
  jumpsAfterCause,
  leavingStep,
  registeredBefore,
  spotOf,
  type Registration,
} from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const leftRegisteredOnError: Rule = {
  id: 'pernet/left-registered-on-error',
  severity: 'error',
  invariant: 'When module init has failed, none of its ops is in pernet_list.',
  page,
  check(history) {
    const { init } = history;
    if (history.fate !== 'load-failed' || !init) return [];
    const { left } = history.path.doubts;
    const registered = registeredBefore(history, goneAt(history)).filter(({ ops }) => !left.has(ops.id));
    return registered.map((registration) => problem(history, init.fact.name, registration));
  },
};

function problem(history: History, init: string, registration: Registration): Problem {
  const { ops, step } = registration;
  const jumps = jumpsAfterCause(history);
  const last = jumps.at(-1);
  const leaving = leavingStep(history, init, step.place) ?? step;
  const result = history.result === 'an error' ? 'an error' : history.result;
  return {
    spot: spotOf(leaving),
    fn: leaving.place.fn,
    ops,
    message:
      `${ifCause(history)}${init}() returns ${result} with ${ops.fact.name} still registered: ` +
      `its callbacks run for every namespace that is made or dies ` +
      (history.module.unloadable ? `after the module's text is gone` : `although the rest is undone`),
    failing: firstCallAfter(history, goneAt(history), registration.name),
    related: [
      { ...spotOf(step), message: `${ops.fact.name} is registered here` },
      ...causePlaces(history),
      ...(last && last !== leaving
        ? [{ ...spotOf(last), message: `${init}() returns here without unregistering it` }]
        : []),
    ],
    // Failures that share an unwinding chain share the mistake in it.
    key: `${ops.id}|${spotKey(last ?? leaving)}`,
  };
}

function spotKey(step: TraceStep): string {
  return `${step.place.file}:${step.place.at.join(':')}`;
}
