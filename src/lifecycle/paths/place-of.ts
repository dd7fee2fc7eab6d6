import type { Held } from './held.ts';

/** Where a thing is kept: in its owner itself (`&fn->count`) where nothing but its address names it. */
export function placeOf({ at, of: [name], result, pair }: Held): string | null {
  return at ?? (pair.memory === true && result === null && name?.startsWith('&') === true ? name.slice(1) : null);
}
