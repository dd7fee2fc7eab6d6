import type { Expr } from '../facts/ir.ts';
import type { FunctionEntry } from '../program/program.ts';
import type { Called } from './calls.ts';
import { componentOf } from './components.ts';
import { place, type Frame, type Result } from './frame.ts';
import { hold, isNothing, release, type Held, type Target } from './held.ts';
import type { Failure, Pair } from './resources/index.ts';
import { isLocal, type State } from './state.ts';
import type { Place } from './trace.ts';
import { ANY, NEG, POS, ZERO, type Value } from './values.ts';

/** The results of a call that acquires: which mean success, and which failure (0: it cannot fail). */
const resultMasks: Readonly<Record<Failure, readonly [success: number, failure: number]>> = {
  negative: [ZERO, NEG],
  null: [POS, ZERO],
  'error-pointer': [POS, NEG],
  'error-pointer-or-null': [POS, NEG | ZERO],
  nonzero: [ZERO, NEG | POS],
  never: [ANY, 0],
};

/**
 * What a call of the table of pairs (or of a pair that the module's own names show) does: null when it is none. `callee`
 * is the function of the program that it names, null where there is none, undefined where that one is followed anyway.
 */
export function applyEffect(
  frame: Frame,
  e: Expr & { k: 'call' },
  called: Called,
  callee: FunctionEntry | null | undefined,
): Result[] | null {
  const { pairs } = frame.summaries;
  const released = pairs.releases(called.name, callee);
  if (released) return applyRelease(frame, e, called, released);
  const acquired = pairs.acquires(called.name, callee);
  return acquired ? applyAcquire(frame, e, called, acquired) : null;
}

function applyAcquire(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called, pair: Pair): Result[] {
  const at = place(frame, e.at);
  const [success, failure] = resultMasks[pair.fails];
  const call = { name, place: at };
  const done = state.copy();
  const mask = pair.of === 'result' && pair.fails === 'negative' ? ZERO | POS : success;
  let value = done.fresh({ mask, call });
  const stored = pair.stores ? addressed(values[(pair.of as readonly number[])[0]!]) : null;
  const thing = stored === null ? value : done.fresh({ mask: POS });
  const held: Held = {
    pair,
    of: componentsOf(done, pair, values, thing),
    result:
      pair.of === 'result' || stored !== null || (pair.alsoReleasedBy?.length ?? 0) > 0
        ? componentOf(done, thing)
        : null,
    at: null,
    checked: frame.discarded !== e,
    escaped: false,
    place: at,
  };
  hold(done, held);
  const args = values.map((each) => componentOf(done, each));
  done.push({
    t: 'acquire',
    call: name,
    pair,
    of: held.of,
    result: held.result,
    at: null,
    checked: held.checked,
    args,
    place: at,
  });
  if (stored !== null) {
    done.write(stored, thing);
    noteStored(done, stored, thing, at);
  }
  const isDropped = frame.discarded === e;
  if (failure === 0 && pair.of !== 'result') value = done.fresh();
  if (failure === 0 || isDropped || state.failures > 0) return [{ state: done, value }];
  const failed = state.copy();
  failed.failures++;
  return [
    { state: done, value },
    { state: failed, value: failed.fresh({ mask: failure, call }) },
  ];
}

function applyRelease(
  frame: Frame,
  e: Expr & { k: 'call' },
  { name, state, values }: Called,
  pairs: readonly Pair[],
): Result[] {
  const at = place(frame, e.at);
  const next = state.copy();
  const value = next.fresh({ call: { name, place: at } });
  if (pairs.every((pair) => Array.isArray(pair.of) === false) && isNothing(state, values[pairs[0]!.releaseOf[0] ?? 0]))
    return [{ state: next, value }];
  const targets = pairs.map((pair): Target => ({ pair, of: releasedBy(next, pair, name, values) }));
  releaseStep(next, { call: name, targets, place: at });
  return [{ state: next, value }];
}

/** Releases in a state, and writes it into the trace. */
export function releaseStep(
  state: State,
  step: { readonly call: string; readonly targets: readonly Target[]; readonly place: Place },
): void {
  const { undone, again } = release(state, step.targets);
  const first = undone[0] ?? again;
  if (undone.length === 0) state.freed++;
  const unclear = !first && state.held.length === 0 && step.targets.every((target) => target.of.length === 0);
  state.push({
    t: 'release',
    ...step,
    of: first?.of ?? step.targets[0]!.of.map((each) => each ?? '*'),
    pair: first?.pair ?? step.targets[0]!.pair,
    origins: undone.map((held) => held.place),
    again: again !== null && !unclear,
  });
}

function releasedBy(state: State, pair: Pair, name: string, values: readonly Value[]): (string | null)[] {
  const component = (index: number): string | null => (values[index] ? componentOf(state, values[index]) : null);
  const all = pair.allReleasedBy?.find((each) => each.call === name);
  if (all && Array.isArray(pair.of)) {
    return pair.of.map((argument: number) => {
      const at = all.of.indexOf(argument);
      return at < 0 ? null : component(all.releaseOf[at]!);
    });
  }
  const byResult = pair.alsoReleasedBy?.some((also) => also.call === name) === true && !pair.release.includes(name);
  return (byResult ? [0] : pair.releaseOf).filter((index) => values[index] !== undefined).map(component);
}

function componentsOf(state: State, pair: Pair, values: readonly Value[], thing: Value): string[] {
  if (pair.of === 'fixed') return [];
  if (pair.of === 'result' || pair.stores) return [componentOf(state, thing)];
  return pair.of.flatMap((index) => (values[index] ? [componentOf(state, values[index])] : []));
}

function addressed(value: Value | undefined): string | null {
  return value?.v === 'addr' ? value.path : null;
}

/** Notes where a resource that the acquiring call returned is kept, the first time that it is kept outside the function. */
export function noteStored(state: State, path: string, value: Value, at: Place): void {
  if (value.v !== 'sym' || isLocal(path)) return;
  const id = `#${value.id}`;
  const index = state.held.findIndex((held) => held.result === id && held.at === null);
  if (index < 0) return;
  // Another element of the same array, or the next one of the same list, takes the place of the one before.
  state.held = state.held.flatMap((held, i) =>
    i === index ? [{ ...held, at: path }] : held.at === path && path.includes('[*]') ? [] : [held],
  );
  state.push({ t: 'stored', result: id, at: path, place: at });
}
