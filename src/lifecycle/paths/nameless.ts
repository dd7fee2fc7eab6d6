import { componentOf, isUnknown } from './components.ts';
import { isLost, isLostThough, type Held } from './held.ts';
import type { State } from './state.ts';
import { keyOfPlace } from './trace.ts';
import type { Value } from './values.ts';

/**
 * Keeps of what is lost already, or can no more be named by anything on the path (what lies in an element of a list that the
 * loop has left behind), and was acquired at one place time and again (in a loop), one alone: more say no more.
 */
export function forgetLostAgain(state: State, returned: Value | null = null): void {
  let few = 0;
  for (const held of state.held) if (isLost(held) || nameRoot(held) !== null) few++;
  if (few < 2) return;
  const known = reachedIn(state, returned);
  const isNamed = namedBy(known, state.held);
  const places = new Set<string>();
  const isKept = (held: Held): boolean => {
    if (isLost(held) ? known.has(held.result!) : isNamed(held)) return true;
    const key = `${keyOfPlace(held.place)}${isLost(held) ? '' : isLostThough(held) ? '~' : '#'}`;
    return !places.has(key) && places.add(key).size > 0;
  };
  const kept = state.held.filter(isKept);
  if (kept.length < state.held.length) state.held = kept;
}

/**
 * Drops, where a function ends, what no one can name any more: the result of an acquisition that is kept nowhere that is
 * known (nor in anything that is), and not returned. Such a thing belongs to whoever it was handed to; what was handed
 * to no one is lost.
 */
export function forgetNameless(state: State, returned: Value | null): void {
  const isNamed = namedBy(new Set(returned ? [componentOf(state, returned)] : []), state.held);
  const stays = (held: Held): boolean => isNamed(held) || isLost(held) || (state.failures > 0 && isLostThough(held));
  if (!state.held.every(stays)) state.held = state.held.filter(stays);
  state.gone = state.gone.filter(isNamed);
}

/** The values (`#12`) that a path still has: in a place with a name of its own, or behind another one of them. */
function reachedIn(state: State, returned: Value | null): ReadonlySet<string> {
  const reached = new Set(returned ? [componentOf(state, returned)] : []);
  const behind: (readonly [root: string, value: string])[] = [];
  for (const [path, value] of state.env) {
    if (value.v !== 'sym') continue;
    const root = rootOf(path);
    if (root === null) reached.add(`#${value.id}`);
    else behind.push([root, `#${value.id}`]);
  }
  for (let size = -1; behind.length > 0 && size !== reached.size;) {
    size = reached.size;
    for (const [root, value] of behind) if (reached.has(root)) reached.add(value);
  }
  return reached;
}

/** Whether a thing has a name of its own, or one by way of some values (`#12`) or of what else is held and has one. */
function namedBy(values: ReadonlySet<string>, all: readonly Held[]): (held: Held) => boolean {
  const kept = new Set<string>();
  const isNamed = (held: Held): boolean => {
    const root = nameRoot(held);
    return root === null || values.has(root) || kept.has(root) || (held.result !== null && values.has(held.result));
  };
  for (let size = -1; size !== kept.size;) {
    size = kept.size;
    for (const held of all) if (held.result !== null && isNamed(held)) kept.add(held.result);
  }
  return isNamed;
}

/** The value that is not known by which alone a thing is named; null where it has a name of its own. */
function nameRoot({ of, at }: Held): string | null {
  return rootOf(at ?? of.find(isUnknown) ?? '');
}

/** The value that is not known in which something lies; null where it has a name of its own. */
function rootOf(path: string): string | null {
  return /^&?(#\d+)/.exec(path)?.[1] ?? null;
}
