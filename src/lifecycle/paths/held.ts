import { isOwnName, isUnknown, mayBeSame } from './components.ts';
import { insideOf, liesInside, loseInside } from './inside.ts';
import { isOfAnotherStruct, isOfKind, isWhole, mayName, names, sameAll, type Around } from './naming.ts';
import { isNamedOtherwise } from './other-names.ts';
import type { Pair } from '../resources/index.ts';
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
  /** The places that it was put at as well (`noteOtherName`). */
  readonly also?: readonly string[];
  /** Whether the acquiring call's result was used: a call that can fail. */
  readonly checked: boolean;
  /** True when it was handed to something that may have taken it over. */
  readonly escaped: boolean;
  /** True when it was handed on by a set-up that succeeded, and is no longer taken to be someone else's (`keptAfterSetUp`). */
  readonly wasHandedOn?: true;
  /** True when someone besides the function may know of it. */
  readonly shown: boolean;
  /** True when the memory or the directory that it was made in is gone: nothing can undo it any more. */
  readonly isBuried?: true;
  /** True when it goes with something else that is held: a device's memory with the registered device. */
  readonly covered: boolean;
  /** The structure that memory was allocated for, as the code declares it (`foo*`, a pointer to one). */
  readonly struct?: string;
  readonly place: Place;
}

/** What a releasing call names, for one of the pairs that it serves. */
export interface Target {
  readonly pair: Pair;
  /** Components in the order of the pair's `of`; null stands for any. */
  readonly of: readonly (string | null)[];
  /** The structure that the released pointer is declared to point at. */
  readonly struct?: string;
  /** The members of parts that are others than those by the plain names in what it releases (`FileFacts.apart`). */
  readonly apart?: readonly string[];
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
export function keyOfHeld(
  { pair, of, at, also, escaped, shown, isBuried }: Held,
  nameOf: (id: number) => string = () => '#',
): string {
  const place = at?.startsWith('#') === true ? at.replace(/^#(\d+)/, (_, id: string) => nameOf(Number(id))) : at;
  return `${pair.kind}(${place ?? of.map((each) => (isUnknown(each) ? '#' : each)).join()})${escaped ? '~' : shown && at === null ? '^' : ''}${isBuried ? '!' : ''}${also?.length ? `+${also.map((each) => each.replace(/#\d+/, '#')).join('+')}` : ''}`;
}

/**
 * Whether a thing is kept in an object that a global of someone else's leads to (`blackhole_netdev->ip6_ptr->stats`): it
 * goes with that, and whether a path holds it decides nothing.
 */
export function isForeign({ at, of }: Held, all: readonly Held[]): boolean {
  const root = at?.includes('->') === true ? /^([A-Za-z_]\w*)->[\w.]+->/.exec(at)?.[1] : undefined;
  return root !== undefined && !all.some((held) => held.at === root) && !(of.length > 0 && of.every(isOwnName));
}

export function hold(state: State, held: Held): void {
  const same = (other: Held): boolean => other.pair.kind === held.pair.kind && sameAll(other.of, held.of);
  // A registered device's memory goes with the device.
  const isCovered = (other: Held): boolean =>
    held.pair.takesAlong?.includes(other.pair.kind) === true && held.of.some((each) => each === other.result);
  const others = state.held.filter((other) => !same(other));
  state.held = [
    ...(held.pair.takesAlong
      ? others.map((other) => (isCovered(other) ? { ...other, covered: true } : other))
      : others),
    held,
  ];
  if (state.gone.some(same)) state.gone = state.gone.filter((other) => !same(other));
}

/**
 * What is held when a set-up has succeeded: who was passed what the kernel handed out (a registration, a socket), and what
 * is kept at a place of its own as well, uses it; so does who was passed memory, unless it can be found elsewhere (in some
 * list). Whoever is passed it from now on may give it back.
 */
export function keptAfterSetUp(held: readonly Held[]): readonly Held[] {
  const isKept = ({ escaped, shown, pair, at }: Held): boolean =>
    escaped && (pair.lasting || (pair.memory === true && !shown)) && at !== null && isOwnName(at);
  return held.some(isKept)
    ? held.map((each) => (isKept(each) ? { ...each, escaped: false, wasHandedOn: true } : each))
    : held;
}

/** Takes what a releasing call names off what is held. What it may name goes too: nothing is said of it any more. */
export function release(
  state: State,
  {
    call,
    targets,
    sure,
    match,
  }: { call: string; targets: readonly Target[]; sure: boolean; match?: Match | undefined },
): Released {
  const named = (held: Held): boolean => targets.some((target) => names(target, held));
  let undone = state.held.filter(named);
  let again: Held | null = null;
  const isNamed = undone.length > 0;
  if (!isNamed) {
    const isAgain = (held: Held): boolean => targets.some((target) => names(target, held) && isWhole(target, held));
    again = sure ? (state.gone.find(isAgain) ?? null) : null;
    if (!again) undone = state.held.filter((held) => targets.some((target) => isNamedOtherwise(target, held)));
    if (!again && undone.length === 0 && match !== 'exact') {
      const around = aroundIn([...state.held, ...state.gone]);
      undone = state.held.filter(
        (held) =>
          !(match === 'any' && isSecret(held)) &&
          !targets.every((target) => isOfAnotherStruct(target, held)) &&
          targets.some(
            (target) => mayName(target, held, around) || (match === 'any' && isOfKind(target.pair, held.pair)),
          ),
      );
    }
  }
  if (undone.length === 0) return { undone, isGuess: false, again };
  // What RCU or the last reference ends, or what may not be meant, takes with it what lies in it: that is not known either.
  const isUpToOthers = match === 'exact' || !isNamed || !sure || call.startsWith('call_rcu');
  const insides = isUpToOthers ? undone.flatMap(insideOf) : [];
  const owners = undone.filter(({ pair }) => pair.takesAlong);
  const taken =
    insides.length === 0 && owners.length === 0
      ? []
      : state.held.filter(
          (held) =>
            !undone.includes(held) &&
            (owners.some((owner) => isTakenAlong(held, owner, call)) || liesInside(held, insides)),
        );
  const out = taken.length > 0 ? [...undone, ...taken] : undone;
  const rest = state.held.filter((held) => !out.includes(held));
  state.held = isNamed && sure ? loseIn(loseInside(rest, out), undone, call) : rest;
  // Of what only went with all of its kind it is not known that it was meant: another handler may be of another family.
  const isMeant = (held: Held): boolean => targets.some((target) => names(target, held) && isWhole(target, held));
  if (isNamed && sure)
    state.gone = [
      ...state.gone,
      ...undone.filter(
        (held) => !held.at?.includes('[') && !held.of.some((each) => each.includes('[')) && isMeant(held),
      ),
    ];
  return { undone: out, isGuess: !isNamed, again };
}

function aroundIn(all: readonly Held[]): Around {
  const owners = new Set<string>();
  const kept = new Map<string, string | null>();
  for (const { pair, at, result } of all) {
    if (pair.memory && at !== null) owners.add(at);
    if (result !== null) kept.set(result, at);
  }
  return { owners, kept };
}

/** Whether nobody besides the path knows of a thing: it is nothing that a call which is not followed could find. */
function isSecret({ result, at, escaped, shown }: Held): boolean {
  return result !== null && isUnknown(result) && at === null && !escaped && !shown;
}

/** Whether a thing goes with another one: what has a name in something (a file in a directory) with that alone. */
function isTakenAlong({ pair, of }: Held, owner: Held, call: string): boolean {
  if (owner.pair.takesAlong?.includes(pair.kind) !== true) return false;
  if (owner.pair.takesAlongBy?.includes(call) === false) return false;
  if (!Array.isArray(pair.of) || of.length < 2) return true;
  const isOwner = (name: string): boolean =>
    isUnknown(name) || name === owner.result || (owner.at !== null && mayBeSame(name, owner.at));
  const path = owner.of[0]?.startsWith('&"') ? `${owner.of[0].slice(0, -1)}/` : null;
  return of.some((name) => isOwner(name) || (path !== null && name.startsWith(path)));
}

/** What lies in a directory that is removed by a call which leaves it there: nothing finds it any more. */
function loseIn(all: readonly Held[], removed: readonly Held[], call: string): readonly Held[] {
  const owners = removed.filter(({ pair, result }) => result !== null && pair.takesAlongBy?.includes(call) === false);
  const isAt = (of: readonly string[], { of: [path, root], result }: Held): boolean =>
    of.includes(result!) ||
    (path?.startsWith('&"') === true && of[1] === root && of[0]!.startsWith(`${path.slice(0, -1)}/`));
  const isIn = ({ pair, of }: Held): boolean =>
    of.length > 1 && owners.some((owner) => owner.pair.takesAlong?.includes(pair.kind) === true && isAt(of, owner));
  return all.some(isIn) ? all.map((held) => (isIn(held) ? { ...held, isBuried: true } : held)) : all;
}

/**
 * What is in a directory that has a path of its own (`proc_mkdir("fs/foo", NULL)`) has one as well, by which it may be
 * removed: `"fs/foo/bar", NULL` for `"bar", dir`.
 */
export function inDirectory<T extends string | null>(
  state: State,
  { kind }: Pair,
  of: readonly T[],
  isReleased = false,
): (T | string)[] {
  const [name, parent] = of;
  if (of.length !== 2 || name?.startsWith('&"') !== true || !parent || parent === nothing) return [...of];
  const isParent = ({ pair, result, at, of: [path, root] }: Held): boolean =>
    pair.takesAlong?.includes(kind) === true &&
    (result === parent || at === parent) &&
    path?.startsWith('&"') === true &&
    root === nothing;
  const path = [...state.held, ...state.gone].find(isParent)?.of[0];
  if (path !== undefined) return [`${path.slice(0, -1)}/${name.slice(2)}`, nothing];
  return isReleased ? byPath(state, kind, [name, parent]) : [...of];
}

/**
 * What a release names as it was made: `"foo/bar", net->proc_net` may be `"bar"` in the directory `"foo", net->proc_net`,
 * and the other way round.
 */
function byPath(state: State, kind: string, written: readonly [string, string]): string[] {
  const [name, parent] = written;
  const all = [...state.held, ...state.gone];
  const isThere = ([file, directory]: readonly [string, string]): boolean =>
    all.some(({ pair, of }) => pair.kind === kind && of[0] === file && of[1] === directory);
  const others = all.flatMap(({ pair, result, at, of: [path, root] }): [string, string][] => {
    if (pair.takesAlong?.includes(kind) !== true || !path?.startsWith('&"') || root === undefined || !result) return [];
    const inside = `${path.slice(0, -1)}/`;
    if (parent === root) return name.startsWith(inside) ? [[`&"${name.slice(inside.length)}`, result]] : [];
    return parent === result || parent === at ? [[`${inside}${name.slice(2)}`, root]] : [];
  });
  return [...(isThere(written) ? written : (others.find(isThere) ?? written))];
}

/** The component of an argument that is NULL. */
const nothing = '=0';

/**
 * Whether a thing is lost where a function ends: only a local knew of it, and no one was ever handed it, nor anything
 * that lies in it or in which it lies.
 */
export function isLost(held: Held): boolean {
  return held.isBuried === true || (!held.escaped && isKeptNowhere(held));
}

/**
 * The same of what was handed on before something failed: whoever it was handed to need not have taken it over. It is lost
 * where another path gives it back after that.
 */
export function isLostThough(held: Held): boolean {
  return held.escaped && isKeptNowhere(held);
}

function isKeptNowhere({ result, at, shown, pair }: Held): boolean {
  const isOwn = pair.of === 'result' || pair.stores === true;
  const isOwed = pair.memory === true || ((pair.lasting || pair.used === true) && isOwn);
  return isOwed && result !== null && isUnknown(result) && at === null && !shown;
}

/** Where what was released after it was handed on had been acquired, in `State.ledger`. */
export function keyOfHandedOn(held: Held): string {
  return `${keyOfPlace(held.place)}~`;
}

/** Whether a value that is to be released is none: NULL is released by doing nothing. */
export function isNothing(state: State, value: Value | undefined): boolean {
  return value !== undefined && state.maskOf(value) === ZERO && state.maskOf(value) !== ANY;
}
