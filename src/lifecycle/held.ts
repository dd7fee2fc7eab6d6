import {
  componentOf,
  isBehind,
  isOwnedBy,
  isOwnName,
  isUnknown,
  mayBeSame,
  mayLieAt,
  sameComponent,
} from './components.ts';
import type { Pair } from './resources/index.ts';
import type { State } from './state.ts';
import { keyOfPlace, type Place } from './trace.ts';
import { ANY, ZERO, type Value } from './values.ts';

/** Something that the path has acquired and not released. */
export interface Held {
  readonly pair: Pair;
  /** What names it: components (`componentOf`), in the order of the pair's `of`. */
  readonly of: readonly string[];
  /** The acquiring call's result, where the release may name that. */
  readonly result: string | null;
  /** The first place outside the function that it was stored in. */
  readonly at: string | null;
  /** Whether the acquiring call's result was used: a call that can fail. */
  readonly checked: boolean;
  /** True when it was handed to something that may have taken it over. */
  readonly escaped: boolean;
  /** True when someone besides the function may know of it. */
  readonly shown: boolean;
  /** True when it goes with something else that is held: a device's memory with the registered device. */
  readonly covered: boolean;
  readonly place: Place;
}

/** What a releasing call names, for one of the pairs that it serves. */
export interface Target {
  readonly pair: Pair;
  /** Components in the order of the pair's `of`; null stands for any. */
  readonly of: readonly (string | null)[];
}

/** How far a release reaches beyond what it names: to all of its kind, or no further at all. */
export type Match = 'any' | 'exact';

/** What a release came to: what it undid, or whether that had been undone before. */
export interface Released {
  readonly undone: readonly Held[];
  /** Whether what it undid is not what it names, but may be. */
  readonly isGuess: boolean;
  readonly again: Held | null;
}

/** All that matters of a thing that is held. `nameOf` tells values that are not known apart where anything still does. */
export function keyOfHeld({ pair, of, at, escaped, shown }: Held, nameOf: (id: number) => string = () => '#'): string {
  const place = at?.startsWith('#') ? at.replace(/^#(\d+)/, (_, id: string) => nameOf(Number(id))) : at;
  return `${pair.kind}(${place ?? of.map((each) => (isUnknown(each) ? '#' : each)).join()})${escaped ? '~' : shown && at === null ? '^' : ''}`;
}

/**
 * Whether a thing is kept in an object that a global of someone else's leads to (`blackhole_netdev->ip6_ptr->stats`): it
 * goes with that, and whether a path holds it decides nothing.
 */
export function isForeign({ at, of }: Held, all: readonly Held[]): boolean {
  const root = at === null ? undefined : /^([A-Za-z_]\w*)->[\w.]+->/.exec(at)?.[1];
  return root !== undefined && !all.some((held) => held.at === root) && !(of.length > 0 && of.every(isOwnName));
}

export function hold(state: State, held: Held): void {
  const same = (other: Held): boolean => other.pair.kind === held.pair.kind && sameAll(other.of, held.of);
  // A registered device's memory goes with the device.
  const isCovered = (other: Held): boolean =>
    held.pair.takesAlong?.includes(other.pair.kind) === true && held.of.some((each) => each === other.result);
  const others = state.held.filter((other) => !same(other));
  state.held = [...others.map((other) => (isCovered(other) ? { ...other, covered: true } : other)), held];
  state.gone = state.gone.filter((other) => !same(other));
}

/** Takes what a releasing call names off what is held. What it may name goes too: nothing is said of it any more. */
export function release(state: State, targets: readonly Target[], sure: boolean, match?: Match): Released {
  const named = (held: Held): boolean => targets.some((target) => names(target, held));
  let undone = state.held.filter(named);
  let again: Held | null = null;
  const isNamed = undone.length > 0;
  if (!isNamed) {
    const isAgain = (held: Held): boolean => targets.some((target) => names(target, held) && isWhole(target, held));
    again = sure ? (state.gone.find(isAgain) ?? null) : null;
    if (!again && match !== 'exact') {
      const owners = new Set(
        [...state.held, ...state.gone].flatMap(({ pair, at }) => (pair.memory && at !== null ? at : [])),
      );
      undone = state.held.filter((held) =>
        targets.some(
          (target) => mayName(target, held, owners) || (match === 'any' && target.pair.kind === held.pair.kind),
        ),
      );
    }
  }
  const along = undone.flatMap(({ pair }) => pair.takesAlong ?? []);
  const taken = state.held.filter((held) => !undone.includes(held) && along.includes(held.pair.kind));
  if (undone.length > 0 || taken.length > 0) {
    const out = [...undone, ...taken];
    state.held = state.held.filter((held) => !out.includes(held));
    if (isNamed && sure)
      state.gone = [
        ...state.gone,
        ...undone.filter((held) => !held.at?.includes('[') && !held.of.some((each) => each.includes('['))),
      ];
  }
  return { undone: [...undone, ...taken], isGuess: undone.length > 0 && !isNamed, again };
}

/** Whether a release names a thing in full. */
function isWhole({ pair, of }: Target, held: Held): boolean {
  const isByAll = pair.allReleasedBy !== undefined && of.length < held.of.length;
  return !isByAll && !of.includes(null) && of.length === held.of.length;
}

function names({ pair, of }: Target, held: Held): boolean {
  if (pair.kind !== held.pair.kind) return false;
  if (namesAll(of, held.of)) return true;
  const only = of[0];
  if (only === undefined || only === null || of.length !== 1) return false;
  return only === held.result || (held.at !== null && sameComponent(only, held.at));
}

function mayName({ pair, of }: Target, held: Held, owners: ReadonlySet<string>): boolean {
  if (pair.kind !== held.pair.kind) return false;
  // What is kept at a place of its own is released by way of that, unless the call names it otherwise.
  const { at } = held;
  const isByArguments = of.length > 1 && Array.isArray(held.pair.of);
  if (at !== null && !held.escaped && !isByArguments) {
    // What lies in something else that the path keeps is not that, however it got there.
    if (isOwnName(at))
      return of.some(
        (each) =>
          each !== null &&
          (isUnknown(each) ? mayLieAt(each, at) || isBehind(each, at) : !isInside(owners, each) && mayBeSame(each, at)),
      );
    // So is what lies in something that is kept there; a way to that something which is not known may lead to it.
    if (isOwnedBy(owners, at))
      return of.some(
        (each) =>
          each !== null &&
          (isOwnName(each) || isOwnedBy(owners, each) ? sameComponent(each, at) : memberOf(each) === memberOf(at)),
      );
  }
  return of.every((each, index) => {
    const other = held.of[index];
    return other === undefined || each === null || mayBeSame(each, other);
  });
}

/** Whether a path leads through what lies at one of some places. */
function isInside(places: ReadonlySet<string>, path: string): boolean {
  for (
    let at = path.replace(/^&/, '').lastIndexOf('->'), rest = path.replace(/^&/, '');
    at > 0;
    at = rest.lastIndexOf('->')
  ) {
    rest = rest.slice(0, at);
    if (places.has(rest)) return true;
  }
  return false;
}

/** The member that a path ends in. */
function memberOf(path: string): string | undefined {
  return /(?:->|\.)(\w+)$/.exec(path)?.[1];
}

/** Whether a release names a thing; one that says less than the acquisition did (`rtnl_unregister_all(family)`) names all that fit. */
function namesAll(of: Target['of'], held: readonly string[]): boolean {
  return of.length <= held.length && of.every((each, index) => each === null || sameComponent(each, held[index]!));
}

function sameAll(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => sameComponent(each, b[index]!));
}

/** Notes that what lies at, or is, one of the values may belong to someone else from now on. */
export function escape(state: State, values: readonly Value[]): void {
  escapeAt(
    state,
    values.map((value) => componentOf(state, value).replace(/^&/, '')),
  );
}

/** The same for what lies at, or is, a place or a value. */
export function escapeAt(state: State, roots: readonly string[]): void {
  for (const root of roots) if (root.startsWith('$')) state.handed.add(root);
  // Who is passed a local gets at what lies in it.
  showAt(
    state,
    roots.filter((root) => root.startsWith('%')).flatMap((root) => valuesIn(state, root)),
  );
  const passed = (held: Held): boolean =>
    held.result !== null && !held.escaped && roots.some((root) => within(root, held.result) || within(root, held.at));
  if (!state.held.some(passed)) return;
  state.held = state.held.map((held) => (passed(held) ? { ...held, escaped: true } : held));
}

function within(root: string, name: string | null): boolean {
  return name !== null && root.startsWith(name) && !/^\w/.test(root.slice(name.length));
}

/** Notes that someone besides the function may know of what lies at, or is, one of the values. */
export function show(state: State, values: readonly Value[]): void {
  const roots = values.map((value) => componentOf(state, value).replace(/^&/, ''));
  showAt(state, [...roots, ...roots.filter((root) => root.startsWith('%')).flatMap((root) => valuesIn(state, root))]);
}

/** The same for what lies at, or is, a place or a value. */
export function showAt(state: State, roots: readonly string[]): void {
  for (const root of roots) if (root.startsWith('$')) state.handed.add(`${onlyShown}${root}`);
  const isShown = (held: Held): boolean => !held.shown && roots.some((root) => within(root, held.result));
  if (!state.held.some(isShown)) return;
  state.held = state.held.map((held) => (isShown(held) ? { ...held, shown: true } : held));
}

/** Marks in `State.handed` what is shown to someone who need not take it over. */
export const onlyShown = '~';

/** The values that lie in a local, as components. */
function valuesIn(state: State, local: string): string[] {
  const values: string[] = [];
  for (const [place, value] of state.env)
    if (place.startsWith(local) && /^(?:$|[.[])/.test(place.slice(local.length)))
      values.push(componentOf(state, value).replace(/^&/, ''));
  return values;
}

/**
 * Whether a thing is lost where a function ends: only a local knew of it, and no one was ever handed it, nor anything
 * that lies in it or in which it lies.
 */
export function isLost({ result, at, escaped, shown, pair }: Held): boolean {
  const isOwed = pair.memory === true || (pair.lasting && pair.of === 'result');
  return isOwed && result !== null && isUnknown(result) && at === null && !escaped && !shown;
}

/** Keeps of what is lost already, and was acquired at one place time and again (in a loop), one alone: more say no more. */
export function forgetLostAgain(state: State, returned: Value | null = null): void {
  if (state.held.filter(isLost).length < 2) return;
  const known = new Set(returned ? [componentOf(state, returned)] : []);
  for (const value of state.env.values()) if (value.v === 'sym') known.add(`#${value.id}`);
  const places = new Set<string>();
  const isKept = (held: Held): boolean => {
    if (!isLost(held) || known.has(held.result!)) return true;
    const key = keyOfPlace(held.place);
    return !places.has(key) && places.add(key).size > 0;
  };
  const kept = state.held.filter(isKept);
  if (kept.length < state.held.length) state.held = kept;
}

/**
 * Drops, where a function ends, what no one can name any more: the result of an acquisition that is kept nowhere that is
 * known (nor in anything that is), and not returned. Such a thing belongs to whoever it was handed to; what was handed
 * to no one is lost.
 */
export function forgetNameless(state: State, returned: Value | null): void {
  const kept = new Set<string>();
  const value = returned ? componentOf(state, returned) : '';
  const isNamed = ({ of, at, result }: Held): boolean => {
    const root = rootOf(at ?? of.find(isUnknown) ?? '');
    return root === null || root === value || kept.has(root) || (result !== null && result === value);
  };
  for (let size = -1; size !== kept.size;) {
    size = kept.size;
    for (const held of state.held) if (held.result !== null && isNamed(held)) kept.add(held.result);
  }
  state.held = state.held.filter((held) => isNamed(held) || isLost(held));
  state.gone = state.gone.filter(isNamed);
}

/** The value that is not known in which something lies; null where it has a name of its own. */
function rootOf(path: string): string | null {
  return /^&?(#\d+)/.exec(path)?.[1] ?? null;
}

/** Whether a value that is to be released is none: NULL is released by doing nothing. */
export function isNothing(state: State, value: Value | undefined): boolean {
  return value !== undefined && state.maskOf(value) === ZERO && state.maskOf(value) !== ANY;
}
