import { plainName, type History, type TraceStep } from '../lifecycle/index.ts';
import { isDevice, isRegister, isWithoutInitcall, registrationsOf, type Registration } from './reading.ts';

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

export function acquisitionsOf(history: History): Acquired[] {
  return history.events.flatMap(({ trace }, index) => (trace?.t === 'acquire' ? [{ index, step: trace }] : []));
}

/** Releases of what the history has acquired before. */
export function releasesOf(history: History): Released[] {
  const acquired = acquisitionsOf(history);
  return history.events.flatMap(({ trace }, index) => {
    if (trace?.t !== 'release') return [];
    return trace.origins.flatMap((origin) => {
      const there = acquired.filter(
        ({ step, index: at }) =>
          at < index &&
          step.pair.kind === trace.pair.kind &&
          step.place.file === origin.file &&
          step.place.at[0] === origin.at[0] &&
          step.place.at[1] === origin.at[1],
      );
      // A helper that is called twice acquires two things at one place.
      const found = there.find(({ step }) => step.of.join() === trace.of.join()) ?? there[0];
      return found ? [{ index, step: trace, acquired: found }] : [];
    });
  });
}

/** Registrations that succeed, with the place where each is undone again. */
export function spansOf(history: History): { readonly from: Registration; readonly to: Registration | null }[] {
  const all = registrationsOf(history);
  return all.flatMap((from) => {
    if (!isRegister(from.step) || !from.step.ok) return [];
    const to = all.find((other) => other.index > from.index && !isRegister(other.step) && other.ops.id === from.ops.id);
    return [{ from, to: to ?? null }];
  });
}

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

/** Where a namespace's thing is kept, in canonical form; null where that has no name. */
export function placeOf({ at, of, result }: Acquire): string | null {
  return at ?? (result === null ? (of[0] ?? null) : null);
}

/** An acquisition that was passed a copy of something was passed what the original leads to: a table of settings by kmemdup(). */
export function withCopied(step: Acquire, all: readonly Acquired[]): Acquire {
  const copied = all.flatMap(({ step: other }) =>
    other.pair.memory && other.result !== null && step.args.includes(other.result) ? other.args : [],
  );
  return copied.length === 0 ? step : { ...step, args: [...step.args, ...copied] };
}

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
