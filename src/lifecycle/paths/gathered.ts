import type { State } from './state.ts';
import { POS, type Value } from './values.ts';

/** The elements of a list, by the place of its head. */
export function elementsOf(head: string): string {
  return `${head}[*]`;
}

/** Stands between the places from which the elements of one list come. */
const also = '|';

/**
 * Where what is found at a place comes from: the elements of a list that a function has for itself are those of the lists
 * that were spliced into it; of any other place, that place.
 */
export function gatheredAt(state: State, at: string): readonly string[] {
  return gatheredFrom(state, at) ?? [at];
}

/** The same, null where nothing was seen to be gathered there. */
export function gatheredFrom(state: State, at: string): readonly string[] | null {
  return at.endsWith('[*]') ? gatheredIn(state, state.env.get(at)) : null;
}

/** The same of what a place holds, or has held. */
export function gatheredIn(state: State, value: Value | undefined): readonly string[] | null {
  const symbol = value?.v === 'sym' ? state.symbols.get(value.id) : undefined;
  return symbol?.place === undefined || symbol.isForgotten ? null : symbol.place.split(also);
}

/** Notes that what lies at some places is on a list from now on, beside what is on it already. */
export function gather(state: State, head: string, places: readonly string[], mask = POS): void {
  const at = elementsOf(head);
  const all = new Set([...(gatheredFrom(state, at) ?? []), ...places]);
  state.env.set(at, state.fresh({ mask, place: [...all].join(also) }));
}
