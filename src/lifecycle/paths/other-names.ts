import { componentOf, isOwnName, sameComponent } from './components.ts';
import type { Held, Target } from './held.ts';
import { isFlag, isLocal } from './place-names.ts';
import { keptName } from './kept-name.ts';
import { mapped } from './shared.ts';
import type { State } from './state.ts';
import { keyOfPlace } from './trace.ts';
import type { Value } from './values.ts';

/** The members of struct ctl_table by which its handlers get at something, and free nothing (include/linux/sysctl.h). */
const ofTable = /(?:\]|->)\.?(?:data|extra[12])$/;

/**
 * Notes that a thing which is kept at one place is put at another as well: `fn->cur = fn->data`, `foo_regs.priv = fn->data`,
 * or by way of something in it, `list_add(&fn->data->list, &foo_dead)`. What that place held before it holds no more.
 */
export function noteOtherName(state: State, path: string, value: Value): void {
  if (isLocal(path)) return;
  forgetAt(state, path);
  if (value.v === 'num' || (ofTable.test(path) && path.includes('['))) return;
  const name = componentOf(state, value);
  // What callers do not learn of from what it writes.
  const isHeld = state.held.some((held) => isIt(held, name));
  if (!isFlag(path) && (isHeld || ofEntry.test(name))) state.handed.add(`${alsoAt}${name}|${path}`);
  if (isHeld) noteAlso(state, path, name);
}

/** Marks in `State.handed` what is put somewhere, and where. */
export const alsoAt = '>';
const ofEntry = /^&?(?:\$\d|@net->|generic\()/;

/** Where what a called function had been told of was put, in the caller's terms: as `State.handed` has it. */
export function noteFromCalled(
  state: State,
  told: string,
  to: Record<'component' | 'path', (name: string) => string>,
): void {
  const [name = '', path = ''] = told.split('|');
  const [at, thing] = [to.path(path), to.component(name)];
  if (!isLocal(at)) noteAlso(state, at, thing);
}

/** What a place held before it holds no more. */
function forgetAt(state: State, path: string): void {
  for (const told of state.handed) if (told.startsWith(alsoAt) && told.endsWith(`|${path}`)) state.handed.delete(told);
  if (!state.held.some(({ also }) => also?.includes(path))) return;
  state.held = mapped(state.held, (held) =>
    held.also?.includes(path) ? { ...held, also: held.also.filter((each) => each !== path) } : held,
  );
}

function noteAlso(state: State, path: string, name: string): void {
  if (!state.held.some((held) => isIt(held, name))) return;
  const place = keptName(state, path);
  state.held = mapped(state.held, (held) => {
    const { at, also = [] } = held;
    const isNew = isIt(held, name) && at !== null && !sameComponent(at, place) && !place.startsWith(`${at}->`);
    return isNew && !also.includes(place) ? { ...held, also: [...also, place] } : held;
  });
}

function isIt({ at, result }: Held, name: string): boolean {
  return (
    at !== null && result !== null && [at, result].some((each) => sameComponent(each, name) || liesBehind(name, each))
  );
}

/** Whether an address is of a member of what a pointer points at: `&fn->data->list` of what is kept at `fn->data`. */
export function liesBehind(address: string, pointer: string): boolean {
  return address.startsWith(`&${pointer}->`) && !address.includes('->', pointer.length + 3);
}

/** Whether a release names a thing by another place at which it was put. It may have changed there since. */
export function isNamedOtherwise({ pair, of: [only = null, ...others] }: Target, { pair: by, also }: Held): boolean {
  if (!also || only === null || others.length > 0 || pair.kind !== by.kind) return false;
  const name = only.replace(/^&(.*)->[\w.]+$/, '$1');
  return also.some((place) => sameComponent(place, name));
}

/** The places of a namespace's own at which a thing was put as well: who gives it back by way of one of these names that. */
export function otherPlaces({ also = [] }: Held): readonly string[] {
  return also.filter(isOfNamespace);
}

/** The others, that someone else may find it at; `before` are those at which it was already. */
export function placesAbroad({ also = [] }: Held, before: readonly string[] = []): readonly string[] {
  return also.filter((place) => !isOfNamespace(place) && !before.includes(place));
}

function isOfNamespace(place: string): boolean {
  return /^(?:@net->|generic\([^()]*\)->)/.test(place) && isOwnName(place);
}

/** What was put elsewhere of the same thing in an earlier state. */
export function alsoBefore(held: Held, earlier: readonly Held[]): readonly string[] {
  const key = keyOfPlace(held.place);
  return earlier.flatMap((each) => (keyOfPlace(each.place) === key ? (each.also ?? []) : []));
}
