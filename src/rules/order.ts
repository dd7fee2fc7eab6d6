import { keyOfPlace, plainName, type History, type TraceStep } from '../lifecycle/index.ts';
import type { FunctionEntry } from '../program/index.ts';
import { isDevice, isRegister, isWithoutInitcall, onceFor, registrationsOf, type Registration } from './reading.ts';

type Acquire = TraceStep & { readonly t: 'acquire' };
type Release = TraceStep & { readonly t: 'release' };

export interface Acquired {
  readonly index: number;
  readonly step: Acquire;
}

export interface Released {
  readonly index: number;
  readonly step: Release;
  /** What it released, as it was acquired. */
  readonly acquired: Acquired;
}

/** A registration that succeeds, and where it is undone again. */
export interface Span {
  readonly from: Registration;
  readonly to: Registration | null;
}

export const acquisitionsOf = onceFor(({ events }): readonly Acquired[] => {
  const acquired: Acquired[] = [];
  for (let index = 0; index < events.length; index++) {
    const step = events[index]!.trace;
    if (step?.t === 'acquire') acquired.push({ index, step });
  }
  return acquired;
});

/** Releases of what the history has acquired before. */
export const releasesOf = onceFor((history): readonly Released[] => {
  const acquired = new Map<string, Acquired[]>();
  for (const each of acquisitionsOf(history)) {
    const key = keyOfPlace(each.step.place);
    const there = acquired.get(key);
    if (there) there.push(each);
    else acquired.set(key, [each]);
  }
  const released: Released[] = [];
  for (let index = 0; index < history.events.length; index++) {
    const step = history.events[index]!.trace;
    if (step?.t !== 'release') continue;
    for (const origin of step.origins) {
      const all = acquired.get(keyOfPlace(origin)) ?? [];
      const there = all.filter((each) => each.index < index && each.step.pair.kind === step.pair.kind);
      // A helper that is called twice acquires two things at one place.
      const found = there.find((each) => each.step.of.join() === step.of.join()) ?? there[0];
      if (found) released.push({ index, step, acquired: found });
    }
  }
  return released;
});

export const spansOf = onceFor((history): readonly Span[] => {
  const all = registrationsOf(history);
  return all.flatMap((from) => {
    if (!isRegister(from.step) || !from.step.ok) return [];
    const to = all.find((other) => other.index > from.index && !isRegister(other.step) && other.ops.id === from.ops.id);
    return [{ from, to: to ?? null }];
  });
});

/**
 * Whether what a step exposes may be reached by way of what another file of the same module exposes later, and closes
 * first: of a module whose initcall is in a file that is not at hand that is not known (net/ipv6/reassembly.c alone).
 */
export function mayBeClosed(history: History, { pair }: Acquire): boolean {
  return pair.fedBy !== undefined && isWithoutInitcall(history);
}

/** Whether one ops stands in pernet_list after another one: registered later, or a device where that is a subsystem. */
export function laterThan(first: Registration, later: Registration): boolean {
  const kinds = Number(isDevice(later.step)) - Number(isDevice(first.step));
  return first.ops.id !== later.ops.id && (kinds > 0 || (kinds === 0 && later.index > first.index));
}

/**
 * The global variable that a thing is, or is kept in; null where there is none. `isShared` where other files have a static
 * variable of their own by that name.
 */
export function variableOf({
  of,
  at,
  place,
  result,
}: Acquire): { readonly name: string; readonly file: string; readonly isShared: boolean } | null {
  const component = at ?? (result === null ? of[0] : undefined);
  if (component === undefined) return null;
  const name = /^&?([A-Za-z_]\w*)/.exec(plainName(component))?.[1];
  // A part of a bigger thing is not told from its other parts.
  const isPart = /[."]|->|^&fn:/.test(component);
  return name === undefined || isPart ? null : { name, file: place.file, isShared: plainName(component) !== component };
}

/** Whether what was acquired stands on a list of the file: who goes through that finds what is on it, be it nothing. */
export function isOnList({ state }: History, step: Acquire): boolean {
  const head = headOf(step);
  return head !== null && state.isListHead(step.place.file, head);
}

/** Whether a function that gives back what stands on a list takes it off that. */
export function takesOffList({ state }: History, step: Acquire, { place }: TraceStep): boolean {
  const head = headOf(step);
  return head !== null && state.isListHead(step.place.file, head, place);
}

function headOf({ at }: Acquire): string | null {
  return /^([A-Za-z_]\w*)(?:\[[^\]]*\])*\[\*\]$/.exec(plainName(at ?? ''))?.[1] ?? null;
}

/** Where a namespace's thing is kept, in canonical form; null where that has no name. */
export function placeOf({ at, of, result }: Acquire): string | null {
  return at ?? (result === null ? (of[0] ?? null) : null);
}

/** An acquisition that was passed a copy of something was passed what the original leads to: a table of settings by kmemdup(). */
export function withCopied(history: History, step: Acquire): Acquire {
  const copies = copiesIn(history);
  const copied = step.args.flatMap((arg) => copies.get(arg) ?? []);
  return copied.length === 0 ? step : { ...step, args: [...step.args, ...copied] };
}

/** What went into memory that a history allocates, by what the allocation returned. */
const copiesIn = onceFor((history): ReadonlyMap<string, readonly string[]> => {
  const copies = new Map<string, string[]>();
  for (const { step } of acquisitionsOf(history)) {
    if (!step.pair.memory || step.result === null) continue;
    const before = copies.get(step.result);
    copies.set(step.result, before ? [...before, ...step.args] : [...step.args]);
  }
  return copies;
});

/**
 * Where two steps are put in order: the earlier one itself, or the call in which it lies and the later one does not.
 */
export function callBefore(
  history: History,
  index: number,
  later: number,
): { readonly step: TraceStep; readonly index: number } {
  const open: number[] = [];
  let around: readonly number[] = [];
  history.events.slice(0, later).forEach(({ trace }, at) => {
    if (at === index) around = [...open];
    if (trace?.t === 'enter') open.push(at);
    if (trace?.t === 'leave') open.pop();
  });
  const call = around.find((at, depth) => open[depth] !== at) ?? index;
  return { step: history.events[call]!.trace!, index: call };
}

/** The calls in which an event lies, the outermost first, and its own. */
export function waysTo({ events }: History, index: number): TraceStep['place'][] {
  const open: TraceStep['place'][] = [];
  for (const { trace } of events.slice(0, index)) {
    if (trace?.t === 'enter') open.push(trace.place);
    if (trace?.t === 'leave') open.pop();
  }
  return [...open, events[index]!.trace!.place];
}

/**
 * The gates that a module's exit has closed when it comes to an event of the unload, itself or by what it calls there: a
 * handler that asks for one of them (`if (!foo_ready) return`) goes no further from then on.
 */
export function gatesClosed(history: History, index: number): ReadonlySet<string> {
  const { exit, fate, state } = history;
  const at = exit && fate === 'unloaded' ? placeIn(history, exit, { index, phase: 'unload' }) : null;
  return at ? state.closedBefore(history, at) : new Set();
}

/** The gates that a module's init opens when it has come to an event of the load: those that stood open before let everybody through. */
export function gatesOpened(history: History, index: number): ReadonlySet<string> {
  const { init, state } = history;
  return state.openedBy(history, init && placeIn(history, init, { index, phase: 'load' }));
}

/** Where a function of a module comes to an event of a phase, itself or by what it calls there. */
function placeIn(
  { events }: History,
  { fact }: FunctionEntry,
  { index, phase }: { readonly index: number; readonly phase: 'load' | 'unload' },
): TraceStep['place']['at'] | null {
  for (let at = index; events[at]?.phase === phase; at--) {
    const trace = events[at]!.trace;
    // What comes before the event in other functions is no call that it lies in.
    if (trace && trace.place.fn === fact.name && (at === index || trace.t === 'enter')) return trace.place.at;
  }
  return null;
}

export type Stop = TraceStep & { readonly t: 'stop' };

/** Where a stop stands in the teardown. */
export function siteOf(
  { exit, path }: History,
  { call, text, place }: Stop,
): Parameters<History['state']['runs']['isKeptOut']>[1] {
  const fns = [...(path.of?.phases ?? []).map(({ fn }) => fn), ...(exit ? [exit] : [])];
  return {
    call,
    text,
    file: place.file,
    name: place.fn,
    through: fns.map(({ file, fact }) => ({ file, name: fact.name })),
  };
}
