import type { AskedState } from './asked-state.ts';
import type { Held } from './held.ts';
import { placesAbroad } from './other-names.ts';

/**
 * Whether someone else may find a thing, and give it back, where a callback has put it as well since it was `before` at some
 * places: in a variable, on a list, behind some pointer. A variable of the file's that nothing reads tells nobody.
 */
export function isFoundAbroad(state: AskedState, held: Held, before: readonly string[] = []): boolean {
  return placesAbroad(held, before).some((place) => {
    const root = /^[A-Za-z_]\w*/.exec(place)?.[0];
    return root === undefined || state.isEverRead(held.place.file, root);
  });
}
