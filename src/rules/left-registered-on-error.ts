import type { History, TraceStep } from '../lifecycle/index.ts';
import page from './left-registered-on-error.md';
import {
  causePlaces,
  firstCallAfter,
  goneAt,
  ifCause,
  jumpsAfterCause,
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
    if (history.fate !== 'load-failed' || !history.module.unloadable || !init) return [];
    const { left } = history.path.doubts;
    const registered = registeredBefore(history, goneAt(history)).filter(({ ops }) => !left.has(ops.id));
    return registered.map((registration) => problem(history, init.fact.name, registration));
  },
};

function problem(history: History, init: string, registration: Registration): Problem {
  const { ops, step } = registration;
  const jumps = jumpsAfterCause(history);
  const last = jumps.at(-1);
  // A reviewer comments where the failing branch leaves without undoing: in the function that registered, else in init.
  const leaving =
    returnOfCause(history) ??
    jumps.find((jump) => jump.place.fn === step.place.fn && jump.place.file === step.place.file) ??
    jumps.find((jump) => jump.place.fn === init) ??
    history.cause ??
    step;
  const result = history.result === 'an error' ? 'an error' : history.result;
  return {
    spot: spotOf(leaving),
    fn: leaving.place.fn,
    ops,
    message:
      `${ifCause(history)}${init}() returns ${result} with ${ops.fact.name} still registered: ` +
      `its callbacks run for every namespace that is made or dies after the module's text is gone`,
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

/** `return foo();` whose failure only the caller asks about: the place is that `return`. */
function returnOfCause({ cause, events }: History): TraceStep | undefined {
  if (!cause) return undefined;
  const { file, at } = cause.place;
  return events
    .flatMap(({ trace }) => (trace?.t === 'jump' && trace.kind === 'return' ? [trace] : []))
    .find(
      ({ place }) => place.file === file && starts(place.at, at) && starts([at[2], at[3]], [place.at[2], place.at[3]]),
    );
}

function starts(a: readonly number[], b: readonly number[]): boolean {
  return a[0]! < b[0]! || (a[0] === b[0] && a[1]! <= b[1]!);
}

function spotKey(step: TraceStep): string {
  return `${step.place.file}:${step.place.at.join(':')}`;
}
