import { isForeign, keyOfHeld, type Held } from './held.ts';
import { isLocal, wholeMask } from './place-names.ts';
import type { State, Symbol } from './state.ts';
import { isFailing, isUndoing, keyOfPlace, stepsOf } from './trace.ts';
import type { Value } from './values.ts';

/** All that matters of a state, as a text: two states with the same one go on alike. */
export type KeyOf = (state: State, forgotten: ReadonlySet<string>) => string;

/** Keys of the states of one function; with `isApart` which step failed last, before a path began to undo what it had done, is a part of them. */
export function stateKeys({ isApart }: { readonly isApart: boolean }): KeyOf {
  const texts = new Texts();
  return isApart
    ? (state, forgotten) => keyWithFailure(state, forgotten, texts)
    : (state, forgotten) => keyOfState(state, forgotten, texts);
}

/** Numbers that stand for long texts: most states share what they hold, and a key is compared more often than made. */
class Texts {
  private readonly numbers = new Map<string, number>();
  private readonly held = new WeakMap<readonly Held[], number>();
  private readonly one = new WeakMap<Held, string>();

  /** What is held; `nameOf` tells values that are not known apart where anything still does. */
  ofHeld(all: readonly Held[], nameOf: (id: number) => string): number {
    const known = this.held.get(all);
    if (known !== undefined) return known;
    let named = 0;
    const told = (id: number): string => {
      named++;
      return nameOf(id);
    };
    const keys = all.filter((each) => !isForeign(each, all)).map((each) => this.ofOne(each, told));
    const number = this.numberOf(keys.sort().join());
    if (named === 0) this.held.set(all, number);
    return number;
  }

  private ofOne(held: Held, nameOf: (id: number) => string): string {
    if (held.at?.startsWith('#')) return keyOfHeld(held, nameOf);
    let key = this.one.get(held);
    if (key === undefined) this.one.set(held, (key = keyOfHeld(held)));
    return key;
  }

  private numberOf(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) this.numbers.set(text, (number = this.numbers.size));
    return number;
  }
}

/** Symbols are numbered by first use. */
function keyOfState(state: State, forgotten: ReadonlySet<string>, texts: Texts): string {
  const numbers = new Map<number, number>();
  const show = (value: Value, masks: boolean): string => {
    if (value.v === 'num') return value.text ?? String(value.num);
    if (value.v === 'addr') return `&${value.path}`;
    let number = numbers.get(value.id);
    if (number === undefined) numbers.set(value.id, (number = numbers.size));
    // What a path has written and no longer looks at itself is merged, not told apart.
    return `s${number}:${masks ? state.maskOf(value) : ''}${state.symbols.get(value.id)?.call ? '?' : ''}${state.pending.has(value.id) ? '!' : ''}${state.symbols.get(value.id)?.assumed ? '~' : ''}`;
  };
  const standing = state.standing.map((s) => `${s.op}:${s.device ? 'd' : 's'}:${s.ops}`).join(',');
  const places: string[] = [];
  for (const key of state.env.keys())
    if (isLocal(key) || (state.written.has(key) && !forgotten.has(key))) places.push(key);
  const plain = plainIn(state);
  let env = '';
  for (const key of places.sort()) {
    const value = state.env.get(key)!;
    if (value.v !== 'sym' || !plain.has(value.id)) env += `${key}=${show(value, !state.written.has(key))};`;
  }
  let lost = 0;
  for (const id of state.pending) if (!numbers.has(id)) lost++;
  let unasked = 0;
  for (const [id, { assumed }] of state.symbols) if (assumed && !numbers.has(id)) unasked++;
  const nameOf = (id: number): string => (numbers.has(id) ? `s${numbers.get(id)!}` : '#');
  const held = texts.ofHeld(state.held, nameOf);
  const astray = state.astray.size === 0 ? '' : [...state.astray].sort().join(',');
  return `${standing}|${state.withdrawn.join()}|${env}|${lost}|${unasked}|${state.failures}|${held}|${astray}|${state.undid}|${state.hidden}`;
}

/** The same, and which step failed last before the path began to undo what it had done. */
function keyWithFailure(state: State, forgotten: ReadonlySet<string>, texts: Texts): string {
  const steps = stepsOf(state.trace);
  const first = steps.findIndex(isFailing);
  const undoing = steps.findIndex((step, index) => index > first && isUndoing(step));
  const failed = (undoing < 0 ? steps : steps.slice(0, undoing)).findLast(isFailing);
  return `${keyOfState(state, forgotten, texts)}|${failed ? keyOfPlace(failed.place) : ''}`;
}

/** The values of locals of which nothing at all is known: as good as none, which reads as a value that is not known. */
function plainIn(state: State): ReadonlySet<number> {
  const plain = new Set<number>();
  const seen = new Set<number>();
  for (const [path, value] of state.env) {
    if (value.v !== 'sym') continue;
    const { id } = value;
    if (seen.has(id)) plain.delete(id);
    else if (isLocal(path) && isPlain(path, state.symbols.get(id)) && !state.pending.has(id)) plain.add(id);
    seen.add(id);
  }
  for (const { at } of state.held) {
    const id = /^#(\d+)/.exec(at ?? '')?.[1];
    if (id !== undefined) plain.delete(Number(id));
  }
  return plain;
}

function isPlain(path: string, symbol: Symbol | undefined): boolean {
  if (symbol?.mask !== wholeMask(path)) return false;
  return Object.entries(symbol).every(([name, value]) => name === 'mask' || value === undefined || value === false);
}
