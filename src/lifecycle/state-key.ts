import { isForeign, keyOfHeld } from './held.ts';
import { isLocal, wholeMask, type State, type Symbol } from './state.ts';
import { isFailing, isUndoing, keyOfPlace, stepsOf } from './trace.ts';
import type { Value } from './values.ts';

/** All that matters of a state, in an order of its own; symbols are numbered by first use. */
export function keyOfState(state: State, forgotten: ReadonlySet<string>): string {
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
  const held = state.held
    .filter((each) => !isForeign(each, state.held))
    .map((each) => keyOfHeld(each, nameOf))
    .sort()
    .join(',');
  const astray = state.astray.size === 0 ? '' : [...state.astray].sort().join(',');
  return `${standing}|${state.withdrawn.join()}|${env}|${lost}|${unasked}|${state.failures}|${held}|${astray}|${state.undid}`;
}

/** The same, and which step failed last before the path began to undo what it had done. */
export function keyWithFailure(state: State, forgotten: ReadonlySet<string>): string {
  const steps = stepsOf(state.trace);
  const first = steps.findIndex(isFailing);
  const undoing = steps.findIndex((step, index) => index > first && isUndoing(step));
  const failed = (undoing < 0 ? steps : steps.slice(0, undoing)).findLast(isFailing);
  return `${keyOfState(state, forgotten)}|${failed ? keyOfPlace(failed.place) : ''}`;
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
