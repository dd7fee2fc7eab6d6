import { isLocal, wholeMask } from './place-names.ts';
import type { State, Symbol } from './state.ts';
import type { Outcome } from './summary.ts';
import type { Value } from './values.ts';

/**
 * The places outside the function that something which is not followed may have changed, and of which nothing was learnt
 * since. Paths that differ in them alone are taken for one, on which all of them are forgotten: which of them were ever
 * looked at before such a call says nothing of what comes after it.
 */
export function forgottenIn(state: State, returned: Value | null = null): Set<string> {
  const places = new Map<number, string>();
  for (const [place, value] of state.env) {
    if (value.v !== 'sym' || isLocal(place) || !state.written.has(place)) continue;
    const symbol = state.symbols.get(value.id);
    if (
      symbol &&
      (symbol.isForgotten || isPlain(symbol)) &&
      symbol.mask === wholeMask(place) &&
      !symbol.call &&
      !state.pending.has(value.id)
    )
      places.set(value.id, place);
  }
  if (places.size === 0) return new Set();
  if (returned?.v === 'sym') places.delete(returned.id);
  for (const [place, value] of state.env)
    if (value.v === 'sym' && places.get(value.id) !== place) places.delete(value.id);
  return new Set(places.values());
}

/** Whether nothing is known of where a value came from. */
function isPlain({ input, isFound, from, assumed }: Symbol): boolean {
  return input === undefined && !isFound && from === undefined && !assumed;
}

/** Forgets what lies at some places. */
export function forgetAt(state: State, places: Iterable<string>): void {
  for (const place of places) {
    state.env.set(place, state.fresh({ mask: wholeMask(place), isForgotten: true }));
    state.written.add(place);
  }
}

/** An outcome that forgets some more places. */
export function forgettingAt(outcome: Outcome, places: Iterable<string>, state: State): Outcome {
  const symbols = new Map(outcome.symbols);
  const writes = new Map(outcome.writes);
  for (const place of places) {
    if (writes.has(place)) continue;
    const value = state.fresh({ mask: wholeMask(place), isForgotten: true });
    writes.set(place, value);
    if (value.v === 'sym') symbols.set(value.id, { mask: wholeMask(place), isForgotten: true });
  }
  return { ...outcome, symbols, writes };
}
