import {
  causeText,
  type Held,
  type History,
  type HistoryEvent,
  type Place,
  type TraceStep,
} from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import type { Problem, Spot } from './rule.ts';

type PernetStep = TraceStep & { readonly t: 'pernet' };

/** A registration or unregistration in a history: its source event, its place in the events, and the ops it names. */
export interface Registration {
  readonly index: number;
  readonly step: PernetStep;
  readonly ops: OpsEntry;
  /** The ops' name in the scenario. */
  readonly name: string;
  readonly phase: HistoryEvent['phase'];
}

/** What several rules ask of a history, found once: a history does not change. */
export function onceFor<T>(find: (history: History) => T): (history: History) => T {
  const memo = new WeakMap<History, { readonly found: T }>();
  return (history) => {
    let known = memo.get(history);
    if (!known) memo.set(history, (known = { found: find(history) }));
    return known.found;
  };
}

export const registrationsOf = onceFor(({ events, ops: all }): readonly Registration[] => {
  const registrations: Registration[] = [];
  const byId = new Map<string, readonly [string, OpsEntry]>();
  for (const entry of all) if (!byId.has(entry[1].id)) byId.set(entry[1].id, entry);
  for (let index = 0; index < events.length; index++) {
    const { trace, phase } = events[index]!;
    const found = trace?.t === 'pernet' ? byId.get(trace.ops) : undefined;
    if (trace?.t === 'pernet' && found)
      registrations.push({ index, step: trace, ops: found[1], name: found[0], phase });
  }
  return registrations;
});

/** Whether a module's initcall is in a file that was not given: what else it does, and in which order, is not known. */
export function isWithoutInitcall({ module }: History): boolean {
  return module.init?.call.macro === 'called';
}

export function isRegister(step: PernetStep): boolean {
  return step.call.startsWith('register');
}

export function isDevice(step: PernetStep): boolean {
  return step.call.endsWith('device');
}

export function spotOf(step: TraceStep): Spot {
  return { file: step.place.file, at: step.place.at };
}

/** What is registered when the events before `end` have happened, in the order of registration; each ops once. */
export function registeredBefore(history: History, end: number): Registration[] {
  const standing: Registration[] = [];
  for (const registration of registrationsOf(history)) {
    if (registration.index >= end) break;
    if (isRegister(registration.step)) {
      const already = standing.some((other) => other.ops.id === registration.ops.id);
      if (registration.step.ok && !already && !isRefused(history, registration)) standing.push(registration);
    } else {
      const index = standing.findLastIndex((other) => other.ops.id === registration.ops.id);
      if (index >= 0) standing.splice(index, 1);
    }
  }
  return standing;
}

/**
 * Whether the model refuses a registration that the path takes to succeed: with one of `.id` and `.size` alone, later
 * kernels let none succeed, and what would follow from its success says nothing.
 */
export function isRefused(history: History, { index, step }: Registration): boolean {
  if (!isRegister(step) || !step.ok) return false;
  const returned = history.events[returnAfter(history, index)]?.event;
  return returned?.event === 'return' && 'ret' in returned && returned.ret < 0;
}

/** The index of the first event after the module's code is gone, or the number of events. */
export function goneAt(history: History): number {
  const index = history.events.findIndex((event) => event.phase === 'gone');
  return index < 0 ? history.events.length : index;
}

/**
 * The event that shows what a forgotten ops does: its first callback after the module is gone, else the last event,
 * the state that still lists it.
 */
export function firstCallAfter(history: History, start: number, ops: string): number {
  const index = history.events.findIndex(
    (each, at) => at >= start && isOf(each, ops) && /^(init|pre_exit|exit)/.test(each.event.event),
  );
  return index < 0 ? history.events.length - 1 : index;
}

/** The steps of the load that lead to its failure, as related places. */
export function causePlaces(history: History): Problem['related'] {
  const { cause } = history;
  return cause ? [{ ...spotOf(cause), message: `on the path where ${causeText(cause)}` }] : [];
}

/** A step of a load that failed although init went on to return success: its error was lost on the way. */
export function lostFailure(history: History): TraceStep | null {
  if (history.fate === 'load-failed') return null;
  return (
    history.events.findLast(
      ({ trace, phase }) =>
        phase === 'load' &&
        ((trace?.t === 'call' && trace.outcome === 'fails') || (trace?.t === 'pernet' && !trace.ok)),
    )?.trace ?? null
  );
}

/** "if rtnl_link_register() fails, " or nothing. */
export function ifCause(history: History): string {
  return history.cause ? `if ${causeText(history.cause, history.init?.fact.name)}, ` : '';
}

/** The jumps after the failure, until init returns. */
export function jumpsAfterCause(history: History): (TraceStep & { readonly t: 'jump' })[] {
  const steps = history.events.flatMap(({ trace, phase }) => (trace && phase === 'load' ? [trace] : []));
  const from = history.cause ? steps.indexOf(history.cause) : 0;
  return steps.slice(from + 1).flatMap((step) => (step.t === 'jump' ? [step] : []));
}

/**
 * Where a reviewer of a failing load puts the comment: where the failing branch leaves without undoing, in the function
 * that acquired (`acquired`) if it still runs then, else in the one that has called it and still runs, else in init.
 */
export function leavingStep(history: History, init: string, acquired: Place): TraceStep | null {
  const jumps = jumpsAfterCause(history);
  const returning = history.cause ? returnOfCause(history, [history.cause.place.fn]) : undefined;
  const owner = runningSince(history, acquired, returning ?? history.cause) ?? acquired.fn;
  return (
    returnOfCause(history, [owner, init]) ??
    jumps.find(({ place }) => place.fn === owner) ??
    jumps.find(({ place }) => place.fn === init) ??
    history.cause
  );
}

/** The function around an acquisition that has not returned when the load fails; null where that cannot be told. */
function runningSince({ events }: History, acquired: Place, failure: TraceStep | null): string | null {
  const failed = failure ? events.findIndex(({ trace }) => trace === failure) : -1;
  const open: { readonly index: number; readonly name: string }[] = [];
  let around: readonly { readonly index: number; readonly name: string }[] | null = null;
  for (const [index, { trace }] of events.slice(0, Math.max(0, failed)).entries()) {
    if (trace?.t === 'enter') open.push({ index, name: trace.name });
    if (trace?.t === 'leave') open.pop();
    if ((trace?.t === 'acquire' || trace?.t === 'pernet') && samePlace(trace.place, acquired)) around = [...open];
  }
  return around?.findLast((frame) => open.some((other) => other.index === frame.index))?.name ?? null;
}

/** `return foo();` in one of some functions, whose failure only the caller asks about: the place is that `return`. */
function returnOfCause({ cause, events }: History, functions: readonly string[]): TraceStep | undefined {
  if (!cause || !functions.includes(cause.place.fn)) return undefined;
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

/** The name of the call that acquired something. */
export function acquisitionOf(history: History, { place, pair }: Held): string {
  const step = history.events.find(({ trace }) => trace?.t === 'acquire' && samePlace(trace.place, place))?.trace;
  return step?.t === 'acquire' ? step.call : pair.acquire[0]!;
}

function samePlace(a: Place, b: Place): boolean {
  return a.file === b.file && a.at[0] === b.at[0] && a.at[1] === b.at[1];
}

/** Whether an event is the model's, and of an ops. The code's own are many, and made only where they are looked at. */
export function isOf(each: HistoryEvent, ops: string | undefined): boolean {
  return !each.trace && 'ops' in each.event && each.event.ops === ops;
}

/** The model's first `return` after an event; -1 where there is none. */
export function returnAfter(history: History, index: number): number {
  return history.events.findIndex((each, at) => at > index && !each.trace && each.event.event === 'return');
}

/** The model's event that calls a callback of the history's ops, or the last event. */
export function callEventOf(history: History, callback: string): number {
  const name = [...history.ops.keys()][0];
  const index = history.events.findLastIndex((each) => isOf(each, name) && each.event.event === callback);
  return index < 0 ? history.events.length - 1 : index;
}

/** The last of the exit callbacks that a history of a namespace calls. */
export function lastExitEventOf(history: History): number {
  const last = history.path.of?.phases.at(-1)?.callback ?? 'exit';
  return callEventOf(history, last);
}
