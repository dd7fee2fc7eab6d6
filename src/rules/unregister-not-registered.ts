import page from './unregister-not-registered.md';
import { causeText, nameOfResource, type History, type TraceStep } from '../lifecycle/index.ts';
import { miscounted } from './miscounted.ts';
import {
  causePlaces,
  ifCause,
  isRefused,
  isRegister,
  jumpsAfterCause,
  lostFailure,
  registrationsOf,
  spotOf,
  type Registration,
} from './reading.ts';
import type { Problem, Rule } from './rule.ts';
import { unnamedInit } from './unnamed-init.ts';

export const unregisterNotRegistered: Rule = {
  id: 'pernet/unregister-not-registered',
  severity: 'error',
  invariant: 'Only what is registered on this path is unregistered.',
  page,
  check(history) {
    const all = registrationsOf(history);
    return [
      ...releasesOfNothing(history),
      ...miscounted(history, 'more'),
      ...unnamedInit(history),
      ...all.flatMap((registration) => problemsOf(history, registration, all)),
    ];
  },
};

function problemsOf(history: History, registration: Registration, all: readonly Registration[]): Problem[] {
  const { step, ops, index } = registration;
  if (isRegister(step) || !violates(history.events, index)) return [];
  if (history.path.doubts.unregistered.has(ops.id)) return [];
  const earlier = all.filter((other) => other.index < index && other.ops.id === ops.id);
  if (earlier.length === 0 && history.state.isRegisteredByPointer(ops)) return [];
  // What comes of an error that was lost is reported where it was lost.
  if (history.path.lost?.holdsNothing && earlier.some((other) => !isRegister(other.step) && other.phase === 'load'))
    return [];
  // A failed registration whose result nobody looked at is the cause: register-unchecked reports that. One that can
  // only fail is reported where its ops is defined.
  if (earlier.some((other) => history.unchecked.has(other.index) || isRefused(history, other))) return [];
  return [
    {
      spot: spotOf(step),
      fn: step.place.fn,
      ops,
      message: `${sentence(history, registration, earlier)}: ${effect}`,
      failing: index + 1,
      related: [...wayTo(history, earlier), ...causePlaces(history)],
      key: `${ops.id}|${step.place.file}:${step.place.at.join(':')}`,
    },
  ];
}

/** What init acquires and has not acquired on this path: the same wrong label, with a thing other than an ops. */
function releasesOfNothing(history: History): Problem[] {
  // What an error that was lost leads to is reported where it was lost.
  if (!history.fate.endsWith('failed')) return [];
  return history.events.flatMap(({ trace }, index) => {
    if (trace?.t !== 'release' || !history.path.never.has(trace)) return [];
    const undoing = undoingStep(history, trace, index);
    const isHere = undoing.place === trace.place;
    return [
      {
        spot: spotOf(undoing),
        fn: undoing.place.fn,
        ops: history.path.of?.ops ?? null,
        message:
          `${ifCause(history)}${undoing.place.fn}() releases ${nameOfResource(trace)} by ` +
          `${undoing.t === 'enter' ? undoing.name : trace.call}(), which has not been acquired on this path`,
        failing: index,
        related: [
          ...causePlaces(history),
          ...(isHere ? [] : [{ ...spotOf(trace), message: `released here by ${trace.call}()` }]),
        ],
        about: nameOfResource(trace),
      },
    ];
  });
}

/** The step of the unwinding that releases: the call, in the function that jumped there, of what releases in the end. */
function undoingStep(history: History, release: TraceStep, index: number): TraceStep {
  const steps = history.events.slice(0, index).flatMap(({ trace }) => trace ?? []);
  const jumped = new Set(jumpsAfterCause(history).flatMap(({ kind, place }) => (kind === 'goto' ? place.fn : [])));
  const entered: TraceStep[] = [];
  for (const step of steps) {
    if (step.t === 'enter') entered.push(step);
    else if (step.t === 'leave') entered.pop();
  }
  return [...entered, release].findLast(({ place }) => jumped.has(place.fn)) ?? release;
}

const effect =
  'list_del() runs on an entry that is not in pernet_list, and exits run for namespaces that were never initialised';

function sentence(history: History, { step, ops }: Registration, earlier: readonly Registration[]): string {
  const lost = lostFailure(history);
  const undone = earlier.findLast((other) => !isRegister(other.step));
  if (lost && undone?.phase === 'load' && history.init) {
    const init = history.init.fact.name;
    return (
      `if ${causeText(lost)}, ${init}() unregisters ${ops.fact.name} but does not return the error, so that the module ` +
      `stays loaded and ${step.place.fn}() unregisters it again`
    );
  }
  return `${ifCause(history)}${step.place.fn}() unregisters ${ops.fact.name}, which ${why(earlier)}`;
}

/** What became of the ops before, and the failure whose error was lost, in the order of the run. */
function wayTo(history: History, earlier: readonly Registration[]): Problem['related'] {
  const places: { index: number; step: TraceStep; message: string }[] = earlier.map((other) => ({
    index: other.index,
    step: other.step,
    message: said(other),
  }));
  const lost = lostFailure(history);
  if (lost && !places.some(({ step }) => step === lost)) {
    const index = history.events.findIndex(({ trace }) => trace === lost);
    places.push({ index, step: lost, message: `on the path where ${causeText(lost)}` });
  }
  return places.sort((a, b) => a.index - b.index).map(({ step, message }) => ({ ...spotOf(step), message }));
}

function violates(events: Parameters<Rule['check']>[0]['events'], index: number): boolean {
  const next = events[index + 1]?.event;
  return next?.event === 'violation' && next.kind === 'unregister-unregistered';
}

function why(earlier: readonly Registration[]): string {
  const last = earlier.at(-1);
  if (!last) return 'was not registered on this path';
  return isRegister(last.step) ? 'could not be registered on this path' : 'has been unregistered already';
}

function said({ step, ops }: Registration): string {
  if (!isRegister(step)) return `${ops.fact.name} is unregistered here`;
  return step.ok ? `${ops.fact.name} is registered here` : `registering ${ops.fact.name} fails here`;
}
