import { componentOf, sameComponent } from './components.ts';
import { elementsOf, gatheredFrom } from './gathered.ts';
import type { Held } from './held.ts';
import type { Result } from './frame.ts';
import type { State } from './state.ts';
import type { Value } from './values.ts';

/**
 * Notes that what lies at, or is, one of the values, or in what it lies, may belong to someone else from now on: a member
 * (`foo->table`) that is an array is a part of foo.
 */
export function escape(state: State, values: readonly Value[]): void {
  escapeAt(
    state,
    values.map((value) => `&${componentOf(state, value).replace(/^&/, '')}`),
  );
}

/**
 * The same by what names it: `&foo->list` is a part of foo, by way of which all of it can be reached; `foo->table` what is
 * read from there, and nothing of foo.
 */
export function escapeAt(state: State, names: readonly string[]): void {
  const roots = names.flatMap((name) => [name, ...onList(state, name)]);
  for (const root of roots) if (/^&?(?:[$@]|generic\()/.test(root)) state.handed.add(root);
  // Who is passed a local gets at what lies in it.
  showAt(
    state,
    roots.filter((root) => /^&?%/.test(root)).flatMap((root) => valuesIn(state, root.replace(/^&/, ''))),
  );
  const passed = (held: Held): boolean =>
    held.result !== null && !held.escaped && roots.some((root) => isOrIsIn(root, held));
  if (!state.held.some(passed)) return;
  state.held = state.held.map((held) => (passed(held) ? { ...held, escaped: true } : held));
}

/** What was gathered on a list that is handed on (`&gone`) goes with it. */
function onList(state: State, name: string): string[] {
  const from = name.startsWith('&') ? gatheredFrom(state, elementsOf(name.slice(1))) : null;
  return from?.map((place) => `&${place}`) ?? [];
}

function isOrIsIn(root: string, { result, at }: Held): boolean {
  if (root.startsWith('&')) return isHead(root, at) || isPartOf(root.slice(1), result) || isPartOf(root.slice(1), at);
  return root === result || (at !== null && sameComponent(root, at));
}

/** Whether it is the head of the list on which something is kept. */
function isHead(root: string, at: string | null): boolean {
  return at !== null && at.endsWith('[*]') && at === elementsOf(root.slice(1));
}

/** Whether a part of memory leads to all of it: any but an element of an array. */
function isPartOf(root: string, name: string | null): boolean {
  return within(root, name) && !root.slice(name!.length).startsWith('[');
}

function within(root: string, name: string | null): boolean {
  return name !== null && root.startsWith(name) && !/^\w/.test(root.slice(name.length));
}

/** Notes that someone besides the function may know of what lies at, or is, one of the values. */
export function show(state: State, values: readonly Value[]): void {
  const roots = values.map((value) => componentOf(state, value).replace(/^&/, ''));
  showAt(state, [...roots, ...roots.filter((root) => root.startsWith('%')).flatMap((root) => valuesIn(state, root))]);
}

/** The same for what lies at, or is, a place or a value. */
export function showAt(state: State, roots: readonly string[]): void {
  for (const root of roots) if (root.startsWith('$')) state.handed.add(`${onlyShown}${root}`);
  const isShown = (held: Held): boolean => !held.shown && roots.some((root) => within(root, held.result));
  if (!state.held.some(isShown)) return;
  state.held = state.held.map((held) => (isShown(held) ? { ...held, shown: true } : held));
}

/** The same for what is, or is kept at, some places, as `escapeAt` reads them. */
export function showWhatLiesAt(state: State, roots: readonly string[]): void {
  const isThere = (held: Held): boolean =>
    held.result !== null && !held.shown && roots.some((root) => isOrIsIn(root, held));
  if (!state.held.some(isThere)) return;
  state.held = state.held.map((held) => (isThere(held) ? { ...held, shown: true } : held));
}

/** Marks in `State.handed` what is shown to someone who need not take it over. */
export const onlyShown = '~';

/** The values that lie in a local, as components. */
function valuesIn(state: State, local: string): string[] {
  const values: string[] = [];
  for (const [place, value] of state.env)
    if (place.startsWith(local) && /^(?:$|[.[])/.test(place.slice(local.length)))
      values.push(componentOf(state, value).replace(/^&/, ''));
  return values;
}

/** What is made of some values in a way that is not followed: whoever gets it may know of them. */
export function opened(state: State, values: readonly Value[]): Result {
  if (state.held.length === 0) return { state, value: state.fresh() };
  const next = state.copy();
  show(next, values);
  return { state: next, value: next.fresh() };
}
