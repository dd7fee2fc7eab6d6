import type { Doubts, Path } from './history.ts';
import { isTail } from './causes.ts';
import { isOwnName } from '../paths/components.ts';
import { mayBeFoundElsewhere } from './found-elsewhere.ts';
import { hiddenIn } from '../paths/hidden.ts';
import { isLost, isLostThough, type Held } from '../paths/held.ts';
import { withoutIdle } from './idle.ts';
import { mixedElements } from './mixed.ts';
import { isOwed, isPerNet, type Shown } from './owed.ts';
import { isByValue, isOfNothing } from '../paths/releasing.ts';
import { keyOfResource } from '../paths/resource.ts';
import { isLocal } from '../paths/place-names.ts';
import { isPassedOver, keyOfPlace, type Place, type TraceStep } from '../paths/trace.ts';
import { undoesBefore } from './unwound.ts';

const noPlaces: ReadonlySet<string> = new Set();

export const noDoubts: Doubts = { left: new Set(), unregistered: new Set(), takenBack: new Set() };

/**
 * Marks what a path's siblings contradict. A path's siblings agree with it up to its failure (or up to the unload) and
 * then differ only in how conditions that are not known were answered: a search that finds its element or not, a flag
 * from elsewhere. What only one of them shows is not proven, and nothing is said of it.
 */
export function withDoubts(
  given: readonly Path[],
  ledger: ReadonlySet<string>,
  known: {
    /** Whether something besides the paths shows that a thing is given back. */
    readonly isShown: (path: Path, held: Held) => boolean;
    /** Whether all that may give a thing back is seen, also where a call is not followed. */
    readonly isSeen?: (path: Path, held: Held) => boolean;
  },
): Path[] {
  const paths = given.map(withoutIdle);
  const all = paths.map((path) => ({ path, text: textOf(path), ...effectsOf([...path.load, ...path.unload]) }));
  const shown = { anywhere: ledger, onFailure: releasedSomewhere(paths.filter(isFailure)) };
  const acquired = acquiredBy(paths);
  const mixed = mixedElements(paths);
  const undone = unregisteredBy(paths);
  const takenBack = unregisteredBy(paths.filter(isFailure));
  const shownBy = (path: Path): Shown => ({
    ...shown,
    elsewhere: (held) => known.isShown(path, held),
    isPassed: (held) =>
      isFailure(path) && path.of === null && !held.pair.isEmpty && isPassedOver(path.load, held.place),
  });
  return all.map(({ path, left, wrong }) => {
    const hidden = hiddenIn([...path.load, ...path.unload]);
    // What is never taken away stays as it is, but for what its own code undoes on some path.
    const isBuiltIn = path.of === null && !path.module.unloadable;
    const owners = path.left.length > 0 ? placesOf(path.load) : noPlaces;
    // A module that stays loaded has what it registered and acquired.
    const kept =
      path.fate === 'loaded'
        ? []
        : path.left.filter(
            (held) =>
              !isElsewhere(path, held) &&
              !(hidden.hides(held) && known.isSeen?.(path, held) !== true) &&
              !mayBeFoundElsewhere(path, held) &&
              !goesWithModule(path, held) &&
              !held.of.some((name) => mixed.has(name)) &&
              !(held.pair.byName && isTail(path)) &&
              !(isBuiltIn && !ledger.has(keyOfPlace(held.place))) &&
              isOwed(placed(held, path.load), shownBy(path), owners) &&
              (path.of === null || isLost(held) || isLostThough(held) || isPerNet(placed(held, path.load))),
          );
    const doubled = [...path.load, ...path.unload].filter((step) => step.t === 'release' && step.again);
    const unmet = isBuiltIn ? [] : releasesOfNothing(path, acquired);
    if (
      unmet.length === 0 &&
      doubled.length === 0 &&
      wrong.size === 0 &&
      kept.length === 0 &&
      (left.size === 0 || path.fate === 'loaded')
    )
      return { ...path, left: [], doubts: { ...noDoubts, takenBack } };
    const beginning = textOf(path, sharedSteps(path));
    const siblings = all.filter((other) => other.text.startsWith(beginning) && !areOfOthers(path, other.path));
    const doubted = (ops: ReadonlySet<string>, of: (other: (typeof all)[number]) => ReadonlySet<string>): Set<string> =>
      new Set([...ops].filter((each) => isKept(each) || siblings.some((other) => !of(other).has(each))));
    const isKept = (ops: string): boolean =>
      isBuiltIn && !undone.has(ops) && !(isFailure(path) && undoesBefore(path, ops));
    const isProven = (held: Held): boolean => siblings.every((other) => leaves(other.path, held));
    return {
      ...path,
      left: kept
        .filter((held) => isProven(held) && !kept.some((owner) => owner !== held && goesWith(held, owner, path.load)))
        .map((held) => (held.of.length === 1 ? placed(held, path.load) : held)),
      again: new Set(
        doubled.filter((step) => isRepeated(step) || siblings.every((other) => releasesAgain(other.path, step))),
      ),
      never: new Set(unmet.filter((step) => siblings.every((other) => releasesNothing(other.path, step, acquired)))),
      doubts: {
        left: new Set([...doubted(left, (other) => other.left), ...hidden.ops]),
        unregistered: doubted(wrong, (other) => other.wrong),
        takenBack,
      },
    };
  });
}

/** The places where a path keeps memory that it has allocated: what lies in that is its own as well. */
function placesOf(steps: readonly TraceStep[]): Set<string> {
  const places = new Set<string>();
  for (const step of steps) if (step.t === 'acquire' && step.pair.memory && step.at !== null) places.add(step.at);
  return places;
}

/**
 * Whether a thing that is left is in another one that is left as well, and would go with that: a file in a directory, the
 * table of a sysctl registration.
 */
function goesWith({ pair, of, at, place }: Held, owner: Held, steps: readonly TraceStep[]): boolean {
  if (at !== null && owner.at !== null && at === `${owner.at}->ctl_table_arg`) return true;
  if (owner.pair.takesAlong?.includes(pair.kind) !== true || owner.result === null) return false;
  if (pair.of !== 'result') return of.includes(owner.result);
  return argsOf(place, steps).some((arg) => arg === owner.result || arg === owner.at);
}

/** Whether a directory or file of debugfs is made for init_net alone, in another one: it goes with that when the module does. */
function goesWithModule({ ofFirst, load }: Path, { pair, place }: Held): boolean {
  if (pair.optional !== true || ofFirst !== true) return false;
  const parents = argsOf(place, load).slice(1, 3);
  return parents.length > 0 && !parents.includes('=0');
}

/** What was passed where a thing was acquired. */
function argsOf(place: Place, steps: readonly TraceStep[]): readonly string[] {
  const key = keyOfPlace(place);
  const made = steps.find((step) => step.t === 'acquire' && keyOfPlace(step.place) === key);
  return made?.t === 'acquire' ? made.args : [];
}

/** A thing with the places of those that it is named by, where the path keeps these: a file in a directory, a kset. */
function placed(held: Held, steps: readonly TraceStep[]): Held {
  if (!held.of.some((name) => name.startsWith('#')) || !Array.isArray(held.pair.of)) return held;
  const isAlone = held.of.length === 1;
  const placeOf = (name: string): string =>
    steps.flatMap((step) => {
      const at = step.t === 'acquire' && step.result === name ? step.at : null;
      // A device that a namespace keeps goes with that (net/core/dev.c, default_device_exit_batch()).
      return at !== null && isOwnName(at) && !(isAlone && /^(?:@|generic\()/.test(at)) ? at : [];
    })[0] ?? name;
  return { ...held, of: held.of.map(placeOf) };
}

/** The ops that a path or another unregisters. */
function unregisteredBy(paths: readonly Path[]): Set<string> {
  const undone = new Set<string>();
  for (const { load, unload } of paths)
    for (const steps of [load, unload])
      for (const step of steps) if (step.t === 'pernet' && !step.call.startsWith('register')) undone.add(step.ops);
  return undone;
}

/** What some paths acquire while they load, with the places where they do. */
function acquiredBy(paths: readonly Path[]): Acquired {
  const acquired = new Map<string, Set<string>>();
  for (const { load } of paths) {
    for (const step of load) {
      if (step.t !== 'acquire') continue;
      const key = keyOfAcquired(step);
      const places = acquired.get(key);
      if (places) places.add(keyOfPlace(step.place));
      else acquired.set(key, new Set([keyOfPlace(step.place)]));
    }
  }
  return acquired;
}

type Acquired = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The releases that undo nothing: what they name in full is acquired on other paths, and on this one it never was. On a
 * path that goes on to succeed it is what failed, and it is its exit that undoes it all the same.
 */
function releasesOfNothing(path: Path, acquired: Acquired): TraceStep[] {
  const { load, unload, lost } = path;
  if (!isFailure(path) && (!lost || path.fate === 'loaded')) return [];
  const failed = lost ? keyOfPlace(lost.failure.place) : null;
  return (isFailure(path) ? load : unload).filter((step) => {
    // A local that is nothing is known to be what a failed call has returned.
    if (step.t === 'release' && step.ofNone && step.of.every(isLocal)) return isFailure(path);
    if (!isOfNothing(step) || (failed !== null && step.pair.optional)) return false;
    const keys = keysOfReleased(step).filter((key) => {
      const places = acquired.get(key);
      return places && (failed === null || places.has(failed));
    });
    if (keys.length === 0) return false;
    return step.ofNone === true || !load.some((other) => other.t === 'acquire' && keys.includes(keyOfAcquired(other)));
  });
}

/** What a release may be of: remove_proc_entry() removes a file or a directory. */
function keysOfReleased({ targets, of }: TraceStep & { readonly t: 'release' }): string[] {
  return [...new Set(targets.map(({ pair }) => keyOfResource({ pair, of })))];
}

/** What a release that undoes an acquisition calls it: by the place where it is kept, where that is how it is named. */
function keyOfAcquired({ pair, of, at }: TraceStep & { readonly t: 'acquire' }): string {
  return keyOfResource({ pair, of: isByValue(pair) && at !== null ? [at] : of });
}

function releasesNothing(path: Path, step: TraceStep, acquired: Acquired): boolean {
  return releasesOfNothing(path, acquired).some((other) => keyOfPlace(other.place) === keyOfPlace(step.place));
}

/** Whether a thing is released twice by what stands there, and not by how a path has come to it. */
function isRepeated(step: TraceStep): boolean {
  return step.t === 'release' && step.repeated === 'again';
}

function releasesAgain({ load, unload }: Path, step: TraceStep): boolean {
  const same = (other: TraceStep): boolean =>
    other.t === 'release' && other.again && keyOfPlace(other.place) === keyOfPlace(step.place);
  return load.some(same) || unload.some(same);
}

function leaves(path: Path, held: Held): boolean {
  return path.left.some((other) => keyOfPlace(other.place) === keyOfPlace(held.place));
}

/** Where what is released on some path was acquired: the module's own measure of what it owes. */
function releasedSomewhere(paths: readonly Path[]): Set<string> {
  const places = new Set<string>();
  for (const { load, unload } of paths) {
    for (const steps of [load, unload]) {
      for (const step of steps)
        if (step.t === 'release') for (const origin of step.origins) places.add(keyOfPlace(origin));
    }
  }
  return places;
}

/** Whether a thing may be released by someone else: it goes with another one, or was handed on before a success. */
function isElsewhere(path: Path, { covered, escaped, result }: Held): boolean {
  return covered || (escaped && result !== null && !isFailure(path));
}

function isFailure({ fate }: Path): boolean {
  return fate === 'load-failed' || fate === 'init-failed';
}

/** How many of a path's steps its siblings have as well: those up to the failure, or up to the end of the load. */
function sharedSteps(path: Path): number {
  return isFailure(path) && path.cause ? path.load.indexOf(path.cause) + 1 : path.load.length + 1;
}

/** A path's fate and steps, or its first ones, each with what ends it, so that only whole steps compare equal. */
function textOf(path: Path, count = Infinity): string {
  const steps = [...path.load.map(stepKey), 'loaded', ...path.unload.map(stepKey)].slice(0, count);
  return [path.fate, path.exit?.id ?? '', path.result, ...steps].map((part) => `${part}|`).join('');
}

/**
 * Whether a path is of other namespaces than one where a namespace dies: of init_net, or of all but that. What another does
 * for the ones it does for none of the others. init_net itself only goes through the exit callbacks when a module is unloaded.
 */
function areOfOthers({ ofFirst, module }: Path, other: Path): boolean {
  if (ofFirst === undefined || (ofFirst && !module.unloadable)) return false;
  return other.ofFirst === !ofFirst;
}

/** What tells a path from every other: all of its steps, and what is doubted of it. */
export function keyOfPath(path: Path): string {
  const doubts = [...path.doubts.left, '/', ...path.doubts.unregistered];
  return [
    path.fate,
    path.init?.id,
    path.exit?.id,
    path.result,
    ...[...path.load, ...path.unload].map(stepKey),
    ...doubts,
  ].join('|');
}

function stepKey(step: TraceStep): string {
  const what =
    step.t === 'pernet'
      ? `${step.call}${step.ok ? '+' : '-'}${step.ops}`
      : step.t === 'test'
        ? `${step.text}${step.answer ? '+' : '-'}`
        : step.t === 'call'
          ? step.outcome
          : '';
  return `${step.t}:${what}@${keyOfPlace(step.place)}`;
}

function effectsOf(steps: readonly TraceStep[]): { left: Set<string>; wrong: Set<string> } {
  const left = new Set<string>();
  const wrong = new Set<string>();
  for (const step of steps) {
    if (step.t !== 'pernet' || !step.ok) continue;
    if (step.call.startsWith('register')) left.add(step.ops);
    else if (!left.delete(step.ops)) wrong.add(step.ops);
  }
  return { left, wrong };
}
