import type { Program } from '../../program/program.ts';
import { componentOf, isUnknown } from './components.ts';
import { isFreeToMove, isKeptAt, leaveToChain, noteStored } from './effects.ts';
import type { Result } from './frame.ts';
import { answerOf } from './own-places.ts';
import { escapeAt, onlyShown, showAt } from './handed.ts';
import { hold, isNothing, type Held, type Target } from './held.ts';
import { isElement, loseUnfound } from './looked-up.ts';
import { keptName, keptOrLostName } from './kept-name.ts';
import { canFail } from '../bodies/known.ts';
import { heldBy, inCaller, type Names } from './in-caller.ts';
import { alsoAt, noteFromCalled } from './other-names.ts';
import { isByValue, noteEarly, releaseNone, releaseStep } from './releasing.ts';
import { mapped } from './shared.ts';
import { renamed, someName } from './targets.ts';
import type { State, Symbol } from './state.ts';
import type { Outcome } from './summary.ts';
import { isInert, keyOfPlace, type Place, type TraceStep } from './trace.ts';
import { ANY, POS, ZERO, type Value } from './values.ts';

interface Call {
  readonly state: State;
  readonly args: readonly Value[];
  readonly name: string;
  readonly place: Place;
  /** Whether the function can fail and its result is thrown away. */
  readonly dropped?: boolean;
  /** The lists of which the function returns an element when it finds one (`foundIn`). */
  readonly elements?: readonly string[];
  readonly program: Program;
}

/** An outcome as it is applied, time and again. */
interface Ready {
  /** What it assumes of what the function was entered with. */
  readonly inputs: readonly (readonly [id: number, symbol: Symbol & { readonly input: string }])[];
  /** What of its inputs it hands on, and what it only shows. */
  readonly handed: readonly string[];
  readonly shown: readonly string[];
  /** What of these, and of what it has acquired, it puts somewhere, and where (`noteOtherName`). */
  readonly also: readonly string[];
  /** Its steps, those in a row that only tell of the way (`isInert`) together. */
  readonly steps: readonly (readonly TraceStep[])[];
}

const readied = new WeakMap<Outcome, Ready>();

function readyOf(outcome: Outcome): Ready {
  let ready = readied.get(outcome);
  if (!ready) {
    const steps: TraceStep[][] = [];
    let isRow = false;
    for (const step of outcome.steps) {
      const goesOn = isInert(step);
      if (goesOn && isRow) steps.at(-1)!.push(step);
      else steps.push([step]);
      isRow = goesOn;
    }
    const handed = [...outcome.handed];
    const inputs = [...outcome.symbols].flatMap(([id, symbol]) =>
      symbol.input === undefined ? [] : [[id, { ...symbol, input: symbol.input }] as const],
    );
    ready = {
      inputs,
      handed: handed.filter((name) => !name.startsWith(onlyShown) && !name.startsWith(alsoAt)),
      also: handed.flatMap((name) => (name.startsWith(alsoAt) ? name.slice(alsoAt.length) : [])),
      shown: handed.flatMap((name) => (name.startsWith(onlyShown) ? name.slice(onlyShown.length) : [])),
      steps,
    };
    readied.set(outcome, ready);
  }
  return ready;
}

/** What a function may have released by then, as someone else knew of it, is as little held where the same is told again. */
function loseGuessed(state: State, origins: readonly Place[]): void {
  for (const origin of origins) {
    const key = keyOfPlace(origin);
    const index = state.held.findLastIndex((held) => keyOfPlace(held.place) === key);
    if (index >= 0) state.held = state.held.toSpliced(index, 1);
  }
}

/**
 * One outcome of a called function in the caller's terms: its parameters become the arguments, its conditions on them
 * are put to what the caller knows, its steps and writes follow. Empty when the caller knows that it cannot happen.
 */
export function applyOutcome(outcome: Outcome, call: Call): Result[] {
  if (outcome.failures > 0 && call.state.failures > 0) return [];
  const state = call.state.copy();
  state.failures += outcome.failures;
  const ready = readyOf(outcome);
  const inputs = new Map<number, Value>();
  const fresh = new Map<number, Value>();
  const substitute = (value: Value): Value => {
    if (value.v === 'num') return value;
    if (value.v === 'addr')
      return value.path.startsWith('%') ? state.fresh({ mask: POS }) : addressOf(value.path, call.args, path);
    const input = inputs.get(value.id);
    if (input) return input;
    const known = fresh.get(value.id);
    if (known) return known;
    const symbol = outcome.symbols.get(value.id);
    const made = state.fresh({
      mask: symbol?.mask ?? ANY,
      ...(symbol?.call ? { call: symbol.call } : {}),
      ...(symbol?.isForgotten ? { isForgotten: true } : {}),
      ...(symbol?.isFound ? { isFound: true } : {}),
      ...(symbol?.assumed ? { assumed: true } : {}),
      ...(isElement(symbol) ? { place: path(symbol.place) } : {}),
    });
    fresh.set(value.id, made);
    return made;
  };
  const path = (name: string): string => {
    // net_generic()'s data by an id that the function was passed, or got.
    const data = name.startsWith('generic(') ? /^generic\(([$#]\d[^)]*)\)(.*)$/.exec(name) : null;
    if (data) return `generic(${component(data[1]!)})${data[2]!}`;
    const own = name.startsWith('#') ? /^#(\d+)(.*)$/.exec(name) : null;
    if (!own) return ofNet(substitutePath(name, call.args, state), state);
    // What lies behind a value that the called function got is behind the caller's own name for that value.
    const value = substitute({ v: 'sym', id: Number(own[1]) });
    return placeBehind(value, own[2]!, state);
  };
  const symbolOf = (id: number): number => {
    const value = substitute({ v: 'sym', id });
    return value.v === 'sym' ? value.id : 0;
  };
  const component = (name: string): string => {
    if (name.startsWith('=')) return name;
    const own = name.startsWith('#') || name.startsWith('&#') ? /^(&?)#(\d+)(.*)$/.exec(name) : null;
    if (own) {
      const value = substitute({ v: 'sym', id: Number(own[2]) });
      const root = componentOf(state, value);
      const [, address = '', , member = ''] = own;
      if (member === '') return `${address}${root}`;
      // What is read there is not the address of that.
      return root.startsWith('&') ? `${root}${member}` : `${address}${root}${member}`;
    }
    if (name.startsWith('&')) return `&${path(name.slice(1))}`;
    return componentOf(state, readInput(name, call.args, state, path));
  };
  for (const [id, symbol] of ready.inputs) {
    const value = readInput(symbol.input, call.args, state, path);
    inputs.set(id, value);
    // Where something is kept, there is something.
    const isEmpty = (symbol.mask & POS) === 0 && !symbol.input.startsWith('?');
    if (isEmpty && isKeptAt(state, placeOf(state, value) ?? path(symbol.input))) return [];
    if (!state.restrict(value, symbol.mask, (mask) => (mask === ZERO ? 'returns 0' : 'returns nonzero'))) return [];
  }
  // What is released is found by where it lies as well, where its value is not known.
  const isGuess = (name: string): boolean => {
    if (/^[&#=]/.test(name)) return false;
    const found = component(name);
    const isIt = ({ result }: Held): boolean => result === found;
    // What was made of it alone, and took it along when it went: a device that was registered, and its memory.
    const isOfIt = ({ of }: Held): boolean => of.length === 1 && of[0] === found;
    return isUnknown(found) && !state.held.some(isIt) && !state.gone.some((each) => isIt(each) || isOfIt(each));
  };
  const released = (name: string): string => (isGuess(name) ? keptOrLostName(state, path(name)) : component(name));
  const handed = (name: string): string => component(name).replace(/^&/, '');
  if (ready.handed.length > 0) escapeAt(state, ready.handed.map(component));
  if (ready.shown.length > 0) showAt(state, ready.shown.map(handed));
  if (outcome.steps.length > 0)
    state.push({ t: 'enter', name: call.name, ...(call.dropped ? { dropped: true } : {}), place: call.place });
  const names: Names = { path, placed: (name) => keptName(state, path(name)), symbolOf, component };
  for (const row of ready.steps) {
    const [step] = row;
    if (!step || isInert(step)) {
      state.pushInert(row);
      continue;
    }
    if (step.t === 'release') {
      const { call: by, match, place } = step;
      const targets = renamed(step.targets, released);
      // NULL is released by doing nothing.
      if (targets.every(({ pair, of }) => !Array.isArray(pair.of) && of[0] === '=0')) continue;
      // Where some paths do not release, they may well have asked first.
      const isSure = step.sure && !outcome.sometimes.has(keyOfPlace(place));
      const none = step.ofNone ? targets : isSure ? noneOf(step, state, { path, args: call.args }) : null;
      if (none && !isSure) continue;
      if (none) {
        releaseNone(state, { call: by, targets: none, place });
        continue;
      }
      const isGuessed =
        state.assigned.size > 0 && someName(step.targets, (name) => isGuess(name) && state.assigned.has(path(name)));
      const { held } = state;
      releaseStep(state, { call: by, targets, match, sure: isSure && !isGuessed, repeated: step.repeated, place });
      if (step.isGuess && state.held.length === held.length) loseGuessed(state, step.origins);
      continue;
    }
    const here = inCaller(step, names);
    state.push(here);
    if (here.t === 'acquire') hold(state, heldBy(here));
    if (here.t === 'stored') keepAt(state, here);
    if (here.t === 'pernet') {
      stand(state, here);
      // A wrapper's failure with an ops that cannot fail is the caller's to ask for (Symbol.assumed).
      const isPassed = step.t === 'pernet' && step.ops !== here.ops;
      const cannot = isPassed && !here.ok && !canFail(call.program, here.ops);
      const symbol = cannot ? state.symbols.get(here.sym) : undefined;
      if (symbol) state.symbols.set(here.sym, { ...symbol, assumed: true });
    }
  }
  if (outcome.escaped.size > 0 || outcome.shown.size > 0) {
    state.held = mapped(state.held, (held) => {
      if (held.escaped && held.shown) return held;
      const key = keyOfPlace(held.place);
      const [escaped, shown] = [held.escaped || outcome.escaped.has(key), held.shown || outcome.shown.has(key)];
      return escaped === held.escaped && shown === held.shown ? held : { ...held, escaped, shown };
    });
  }
  if (outcome.steps.length > 0) {
    const { value } = outcome;
    const returned = value?.v === 'sym' && outcome.pending.includes(value.id) ? { sym: symbolOf(value.id) } : {};
    state.push({ t: 'leave', name: call.name, place: call.place, ...returned });
  }
  for (const id of outcome.pending) state.pending.add(symbolOf(id));
  for (const [name, value] of outcome.writes) {
    const [at, written] = [path(name), substitute(value)];
    state.write(at, written);
    noteStored(state, at, written, call.place);
  }
  for (const told of ready.also) noteFromCalled(state, told, { component, path });
  if (call.elements) loseUnfound(state, outcome, call.elements.map(path));
  return [{ state, value: outcome.value ? substitute(outcome.value) : { v: 'num', num: 0 } }];
}

/** Where a value lies that may have changed there since it was known. */
function placeOf(state: State, value: Value): string | undefined {
  return value.v === 'sym' ? state.symbols.get(value.id)?.place : undefined;
}

/** What a called function's release names, where each of it is NULL here and none copes with that; else null. */
function noneOf(
  { targets }: TraceStep & { t: 'release' },
  state: State,
  { path, args }: { readonly path: (name: string) => string; readonly args: readonly Value[] },
): readonly Target[] | null {
  if (!targets.every(({ pair }) => pair.needsThing === true && isByValue(pair))) return null;
  // What is passed may have been taken from a place where there is nothing any more.
  const valueOf = (name: string, at: string): Value | undefined =>
    /^\$\d+$/.test(name) ? args[Number(name.slice(1))] : state.env.get(at);
  const named = targets.map(({ pair, of }) => ({ pair, of: of.map((name) => (name === null ? null : path(name))) }));
  const isNone = named.every(({ of: [at] }, index) => {
    const [name] = targets[index]!.of;
    const isGlobal = at !== null && at !== undefined && !/^[#&=$%]/.test(at);
    return isGlobal && isNothing(state, valueOf(name!, at));
  });
  return isNone ? named : null;
}

function keepAt(state: State, { result, at, isPushed }: TraceStep & { t: 'stored' }): void {
  if (isPushed && state.held.some((held) => held.result === result)) leaveToChain(state, result, at);
  const isFree = (held: Held): boolean => isFreeToMove(held, at) || held.at?.startsWith('#') === true;
  state.held = mapped(state.held, (held) => (held.result === result && isFree(held) ? { ...held, at } : held));
}

function stand(state: State, step: TraceStep & { t: 'pernet' }): void {
  const register = step.call.startsWith('register');
  if (!register) noteEarly(state, step);
  state.stand(!step.ok ? 'failed' : register ? 'registered' : 'unregistered', step.ops, step.call.endsWith('device'));
}

function readInput(name: string, args: readonly Value[], state: State, path: (name: string) => string): Value {
  const parameter = name.startsWith('$') ? /^\$(\d+)$/.exec(name) : null;
  if (parameter) return args[Number(parameter[1])] ?? state.fresh();
  const place = path(name);
  return (place.startsWith('?') ? answerOf(state, place) : null) ?? state.read(place);
}

function addressOf(name: string, args: readonly Value[], path: (name: string) => string): Value {
  const parameter = /^\$(\d+)$/.exec(name);
  return (parameter ? args[Number(parameter[1])] : undefined) ?? { v: 'addr', path: path(name) };
}

function substitutePath(name: string, args: readonly Value[], state: State): string {
  // Names begin with such a mark where there is one: most have none.
  const match = name.includes('$') ? /^(\??%?)\$(\d+)(.*)$/.exec(name) : null;
  if (!match) return name;
  const rest = match[3]!;
  const value = args[Number(match[2])];
  return (match[1] === '?' ? '?' : '') + placeBehind(value, rest, state);
}

/**
 * What lies behind a pointer in an ops' own data that is known to point back at the namespace (`fn->net->proc_net`), or
 * behind one in the namespace that is known to point at such data (`net->foo->dir`).
 */
function ofNet(path: string, state: State): string {
  const match = /^(@net->\w+|generic\([^()]*\)->\w+)(->.*)$/.exec(path);
  const value = match ? state.env.get(match[1]!) : undefined;
  const input = value?.v === 'sym' ? state.symbols.get(value.id)?.input : undefined;
  if (!match || input === undefined) return path;
  if (path.startsWith('@')) return /^generic\([^()]*\)$/.test(input) ? ofNet(input + match[2]!, state) : path;
  return /^[$@]\w+$/.test(input) ? input + match[2]! : path;
}

/** What lies behind a value, by the rest of a path that begins with it. */
function placeBehind(value: Value | undefined, rest: string, state: State): string {
  if (value?.v === 'addr') return value.path + rest.replace(/^->(\*?)/, (_, star: string) => (star ? '' : '.'));
  if (value?.v === 'sym') return (state.symbols.get(value.id)?.input ?? `#${value.id}`) + rest;
  return `#0${rest}`;
}
