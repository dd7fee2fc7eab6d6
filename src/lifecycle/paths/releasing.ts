import type { Expr, FunctionFact } from '../../facts/ir.ts';
import type { Called } from './calls.ts';
import { componentOf, idOf, isOwnName, isUnknown, somewhereBehind } from './components.ts';
import { place, type Frame, type Result } from './frame.ts';
import { chosenPairs } from './freed-either-way.ts';
import { gatheredFrom } from './gathered.ts';
import { escape } from './handed.ts';
import { inDirectory, isNothing, keyOfHandedOn, release, type Held, type Target } from './held.ts';
import { keptOrLostName } from './kept-name.ts';
import { lvalue } from './paths.ts';
import type { Pair } from '../resources/index.ts';
import { isLocal } from './place-names.ts';
import { saidTwice } from './said-twice.ts';
import type { State } from './state.ts';
import { structBehind } from '../bodies/structs.ts';
import { renamed, someName, withComponents } from './targets.ts';
import { keyOfPlace, stepsOf, type Place, type TraceStep } from './trace.ts';
import type { Value } from './values.ts';

export function applyRelease(
  frame: Frame,
  e: Expr & { k: 'call' },
  { name, state, values }: Called,
  pairs: readonly Pair[],
): Result[] {
  const at = place(frame, e.at);
  const next = state.copy();
  const value = next.fresh({ call: { name, place: at } });
  const [by] = pairs[0]!.releaseOf;
  // What there is but one of is not named.
  if (by !== undefined && pairs.every(isByValue) && isNothing(state, values[by])) {
    const argument = e.args[by];
    const named = argument ? lvalue(frame, argument, state) : null;
    const isKnown = named !== null && (!isLocal(named) || isOwnFailure(state, values[by], pairs));
    if (pairs.every(({ needsThing }) => needsThing) && isKnown)
      releaseNone(next, { call: name, targets: pairs.map((pair) => ({ pair, of: [named] })), place: at });
    return [{ state: next, value }];
  }
  let isGuessed = false;
  const component = (index: number): string | null => {
    const argument = e.args[index];
    if (!values[index] || !argument) return null;
    const { name: named, isPlace } = releasedComponent(frame, argument, next, values[index]);
    isGuessed ||= (isPlace && next.assigned.has(named)) || isWhatLayThere(next, values[index]);
    return named;
  };
  const targets = chosenPairs(frame, name, pairs).map((pair): Target => {
    const struct = pair.memory === true ? structBehind(factOf(frame), e.args[pair.releaseOf[0] ?? 0]) : undefined;
    const apart = frame.program.facts(frame.file)?.apart ?? [];
    const more = { ...(struct === undefined ? {} : { struct }), ...(apart.length === 0 ? {} : { apart }) };
    return { pair, of: releasedBy(pair, name, component), ...more };
  });
  // What else a call does that is known by its name alone is not known.
  if (pairs.every(({ byName }) => byName)) escape(next, values);
  const repeated = saidTwice(factOf(frame), e, pairs);
  releaseStep(next, { call: name, targets, sure: !isGuessed, place: at, repeated });
  return [{ state: next, value }];
}

/** Whether a local is nothing because the call that acquires what is released has failed, as the path has asked. */
function isOwnFailure(state: State, value: Value | undefined, pairs: readonly Pair[]): boolean {
  return (
    value?.v === 'sym' &&
    state.failures > 0 &&
    stepsOf(state.trace).some(
      (step) => step.t === 'call' && step.failed && pairs.some(({ acquire }) => acquire.includes(step.name)),
    )
  );
}

export function factOf({ program, file, fn }: Frame): FunctionFact | undefined {
  return program.functionById(`${file}#${fn}`)?.fact;
}

/** Whether a value is what lay at a place before something else was put there: it has no other name than that place. */
function isWhatLayThere(state: State, value: Value): boolean {
  const input = value.v === 'sym' ? state.symbols.get(value.id)?.input : undefined;
  if (input === undefined || !state.assigned.has(input)) return false;
  const now = state.env.get(input);
  return now?.v !== 'sym' || value.v !== 'sym' || now.id !== value.id;
}

/** What releases, and what it names. */
interface Releasing extends Pick<Release, 'call' | 'targets' | 'sure' | 'place'> {
  readonly match?: Release['match'] | undefined;
  readonly repeated?: Release['repeated'] | undefined;
}

/** Takes off what is held and was made in a directory, where one that is none is removed: it may have been that. */
function loseWithin(state: State, targets: readonly Target[]): void {
  const takesAlong = ({ kind }: Pair): boolean => targets.some(({ pair }) => pair.takesAlong?.includes(kind) === true);
  const inside = new Set<string>();
  for (const step of stepsOf(state.trace))
    if (step.t === 'acquire' && takesAlong(step.pair) && !step.args.slice(1, 3).includes('=0'))
      inside.add(keyOfPlace(step.place));
  const isIn = ({ pair, place: made }: Held): boolean => takesAlong(pair) && inside.has(keyOfPlace(made));
  if (state.held.some(isIn)) state.held = state.held.filter((held) => !isIn(held));
}

/** Releases in a state, and writes it into the trace. */
export function releaseStep(state: State, step: Releasing): void {
  let { sure } = step;
  const isAny = someName(step.targets, (name) => isFound(state, name));
  const match = step.match ?? (isAny ? 'any' : undefined);
  // A value that is not known any more is most likely still what lay at its place.
  const named = (component: string): string => {
    const id = idOf(component);
    const at = id === undefined ? undefined : state.symbols.get(id)?.place;
    if (at === undefined || state.held.some((held) => held.result === component)) return component;
    sure = false;
    return at;
  };
  // A file in a directory was made by what lies at that place now.
  const made = (component: string | null): string | null =>
    state.held.find(({ at, escaped }) => at !== null && at === component && !escaped)?.result ?? component;
  const targets = renamed(step.targets, named).flatMap((target) =>
    target.of.length > 1
      ? withComponents(target, inDirectory(state, target.pair, target.of.map(made), true))
      : fromLists(state, target),
  );
  const before = state.held;
  const { undone, isGuess, again } = release(state, { call: step.call, targets, sure, match });
  const first = undone[0] ?? again;
  // What was not there holds nothing: what was to be made in a directory that could not be made was not made either.
  if (!first && state.failures > 0 && targets.some(({ pair }) => pair.optional)) loseWithin(state, targets);
  if (undone.length === 0) state.freed.add(`${keyOfPlace(step.place)}|${nameless(targets[0]?.of.join() ?? '')}`);
  else if (state.failures > 0) state.undid = true;
  for (const held of undone) {
    state.ledger.add(keyOfPlace(held.place));
    // Memory that is freed when all has gone well may have been someone else's until then.
    const isHandedOn = held.escaped || held.wasHandedOn === true;
    if (isHandedOn && !isGuess && (held.pair.lasting || state.failures > 0)) state.ledger.add(keyOfHandedOn(held));
  }
  const unclear = !first && state.held.length === 0 && step.targets.every((target) => target.of.length === 0);
  const repeated = undone.length === 0 ? step.repeated : undefined;
  // Made of its members one by one, as they are made most of all: V8 copies objects of many shapes slowly.
  const plain: Release = {
    t: 'release',
    call: step.call,
    pair: first?.pair ?? step.targets[0]!.pair,
    of: first?.of ?? step.targets[0]!.of.map((each) => each ?? '*'),
    targets,
    origins: undone.map((held) => held.place),
    isGuess,
    again: (again !== null && !unclear) || repeated === 'again',
    sure: step.sure,
    place: step.place,
  };
  const known = repeated ? { ...plain, repeated } : plain;
  const pushed = match ? { ...known, match } : known;
  state.push(pushed);
  const isUsed = ({ pair }: Held): boolean => pair.used === true || pair.memory === true;
  const hasOps = state.standing.some(({ op }) => op === 'registered');
  const isEarly =
    state.failures > 0 &&
    undone.some(
      (held) =>
        (isUsed(held) && isOpenSince(state, before.indexOf(held), before)) ||
        // Its work items may be the namespaces', which only the exit of an ops stops.
        (hasOps && held.pair.kind === 'workqueue'),
    );
  if (isEarly) state.astray.add(keyOfPlace(step.place));
  else if (state.failures > 0 && (plain.again || isOfNothing(pushed))) noteNothing(state, step.place);
}

/** What is on a list of the function's own is named by the lists that it was on before. */
function fromLists(state: State, target: Target): readonly Target[] {
  const [only] = target.of;
  const places = only ? gatheredFrom(state, only) : null;
  return places ? places.map((place) => withComponents(target, [place])) : [target];
}

/** Whether the outside reaches something that a path still holds and acquired after what it has released. */
function isOpenSince(state: State, at: number, before: readonly Held[]): boolean {
  return before.some((held, index) => index > at && held.pair.exposes === true && state.held.includes(held));
}

/** Notes where a path that has failed takes an ops back while the outside reaches what it has registered since. */
export function noteEarly(state: State, { ops, place: at }: { readonly ops: string; readonly place: Place }): void {
  const open = state.failures > 0 ? state.held.filter(({ pair }) => pair.exposes) : [];
  if (open.length === 0) return;
  const acquired = new Set<string>();
  for (let link = state.trace; link; link = link.previous) {
    const [step] = link.steps;
    if (step?.t === 'acquire') acquired.add(keyOfPlace(step.place));
    if (step?.t !== 'pernet' || step.ops !== ops || !step.call.startsWith('register')) continue;
    if (open.some(({ place: there }) => acquired.has(keyOfPlace(there)))) state.astray.add(keyOfPlace(at));
    return;
  }
}

/** Whether a value is what a call that is not followed returned: that may be anything, wherever it is kept. */
function isFound(state: State, component: string): boolean {
  const id = idOf(component);
  return id !== undefined && state.symbols.get(id)?.isFound === true;
}

/** A text without the numbers of values that are not known. */
export function nameless(text: string): string {
  return text.includes('#') ? text.replace(/#\d+/g, '#') : text;
}

type Release = TraceStep & { readonly t: 'release' };

/** Whether a pair's thing is named by a value: what the acquiring call returned, or stored. */
export function isByValue({ of, stores }: Pair): boolean {
  return !Array.isArray(of) || stores === true;
}

/** A release of what is no thing at all, by a call that does not cope with that: nothing is undone, and it is in the trace. */
export function releaseNone(
  state: State,
  step: { readonly call: string; readonly targets: readonly Target[]; readonly place: Place },
): void {
  const { pair, of } = step.targets[0]!;
  state.push({
    t: 'release',
    ...step,
    of: of.map((each) => each ?? '*'),
    pair,
    origins: [],
    isGuess: false,
    again: false,
    sure: true,
    ofNone: true,
  });
  if (state.failures > 0) noteNothing(state, step.place);
}

/** Notes where a path releases what it has not, or has no more: that is not taken for what it does there too early. */
function noteNothing(state: State, at: Place): void {
  state.astray.add(`${keyOfPlace(at)}!`);
}

/** Whether a release undoes nothing that its path has acquired, and names in full what it would undo. */
export function isOfNothing(step: TraceStep): step is Release {
  return (
    step.t === 'release' &&
    step.origins.length === 0 &&
    !step.again &&
    step.sure &&
    (step.pair.needsThing === true || !isByValue(step.pair)) &&
    step.of.every((component) => isOwnName(component) && !component.includes('['))
  );
}

/** A value that is not known is named by where it lies, if that has a name: something on the way may have looked at it. */
function releasedComponent(
  frame: Frame,
  argument: Expr,
  state: State,
  value: Value,
): { name: string; isPlace: boolean } {
  const name = componentOf(state, value);
  const isHeld = [...state.held, ...state.gone].some((held) => held.result === name);
  const kept = isUnknown(name) && !isHeld ? keptOrLostName(state, name) : name;
  if (kept !== name && !isUnknown(kept)) return { name: kept, isPlace: false };
  const path = isUnknown(name) && !isHeld ? lvalue(frame, argument, state) : null;
  if (path !== null && !isLocal(path) && !isUnknown(path)) return { name: path, isPlace: true };
  const from = value.v === 'sym' && !isHeld ? state.symbols.get(value.id)?.from : undefined;
  return { name: from === undefined ? name : somewhereBehind(from), isPlace: false };
}

function releasedBy(pair: Pair, name: string, component: (index: number) => string | null): (string | null)[] {
  const all = pair.allReleasedBy?.find((each) => each.call === name);
  if (all && Array.isArray(pair.of)) {
    return pair.of.map((argument: number) => {
      const at = all.of.indexOf(argument);
      return at < 0 ? null : component(all.releaseOf[at]!);
    });
  }
  if (all) return [null];
  const byResult = pair.alsoReleasedBy?.some((also) => also.call === name) === true && !pair.release.includes(name);
  return (byResult ? [0] : pair.releaseOf).map(component).filter((each) => each !== null);
}
