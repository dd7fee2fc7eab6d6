import type { State } from './state.ts';

/** A place in something that was itself acquired and is kept somewhere by now is a place in what is kept there. */
export function keptName(state: State, path: string): string {
  const owner = /^#\d+(?=->)/.exec(path)?.[0];
  const at = owner === undefined ? null : (state.held.find(({ result }) => result === owner)?.at ?? null);
  return at === null || owner === undefined ? path : at + path.slice(owner.length);
}

/** The same of what is released: what it lies in may have been given back just before (`unregister(header); kfree(table);`). */
export function keptOrLostName(state: State, path: string): string {
  const owner = /^#\d+(?=->)/.exec(path)?.[0];
  const at = owner === undefined ? null : (state.gone.findLast(({ result }) => result === owner)?.at ?? null);
  return at === null || owner === undefined ? keptName(state, path) : at + path.slice(owner.length);
}
