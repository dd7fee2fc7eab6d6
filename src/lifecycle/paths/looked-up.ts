import type { State, Symbol } from './state.ts';
import type { Outcome } from './summary.ts';
import { POS } from './values.ts';

/** Whether a value is any of the elements of a list that is found by a name outside of the function. */
export function isElement(symbol: Symbol | undefined): symbol is Symbol & { readonly place: string } {
  const place = symbol?.place;
  return place?.endsWith('[*]') === true && !symbol?.isForgotten && !/[%|]/.test(place);
}

/** The lists of which some outcomes of a function return an element: it looks one up, or takes one off. */
export function foundIn(outcomes: readonly Outcome[]): readonly string[] {
  const places = new Set<string>();
  for (const { value, symbols } of outcomes) {
    const symbol = value?.v === 'sym' ? symbols.get(value.id) : undefined;
    if (isElement(symbol)) places.add(symbol.place);
  }
  return [...places];
}

/**
 * Who looks for an element and finds none has gone by a name or a key: what is on the list is then not what was looked for,
 * or has been taken off before. Which of the two is not known, and nothing is said of what such a way leaves there.
 */
export function loseUnfound(state: State, { value, symbols }: Outcome, places: readonly string[]): void {
  const mask = value?.v === 'sym' ? symbols.get(value.id)?.mask : undefined;
  const isNone = value?.v === 'num' ? value.num === 0 : mask !== undefined && (mask & POS) === 0;
  if (!isNone) return;
  for (const place of places) {
    if (!state.held.some(({ at }) => at === place)) continue;
    state.held = state.held.filter(({ at }) => at !== place && at?.startsWith(`${place}->`) !== true);
  }
}
