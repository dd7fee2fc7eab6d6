import type { State } from './state.ts';
import { ANY, type Value } from './values.ts';

const constant = /^[A-Z][A-Z\d_]*$/;

/** Drops the values that nothing on the path can get at any more. */
export function prune(state: State): void {
  let hasConstants = false;
  const behind: string[] = [];
  let used = new Set(state.pending);
  for (const [path, value] of state.env) {
    if (value.v === 'sym') used.add(value.id);
    if (path.startsWith('#')) behind.push(path);
    else hasConstants ||= value.v === 'sym' && isConstant(path);
  }
  if (hasConstants) dropConstants(state);
  if (behind.length > 0) dropUnnamed(state, behind);
  if (hasConstants || behind.length > 0) used = usedIn(state);
  for (const [id, symbol] of state.symbols) {
    if (symbol.assumed || used.has(id)) continue;
    if (symbol.input === undefined || symbol.mask === ANY) state.symbols.delete(id);
  }
}

/** The values that a place holds or that something is still to ask about. */
function usedIn(state: State): Set<number> {
  const used = new Set(state.pending);
  for (const value of state.env.values()) if (value.v === 'sym') used.add(value.id);
  return used;
}

/**
 * Drops the constants (`GFP_KERNEL`, by their names) that were looked at and not asked about: nothing changes them, and
 * the next look finds the same. With `result`, that is about to be returned.
 */
export function dropConstants(state: State, result: Value | null = null): void {
  let constants: Map<number, string> | null = null;
  for (const [path, value] of state.env)
    if (value.v === 'sym' && isConstant(path)) (constants ??= new Map<number, string>()).set(value.id, path);
  if (!constants) return;
  for (const [path, value] of state.env)
    if (value.v === 'sym' && constants.get(value.id) !== path) constants.delete(value.id);
  if (result?.v === 'sym') constants.delete(result.id);
  for (const [id, path] of constants) {
    const symbol = state.symbols.get(id);
    if (symbol?.input !== path || symbol.mask !== ANY || state.pending.has(id)) continue;
    state.env.delete(path);
    state.symbols.delete(id);
  }
}

/** Whether a place is the name of a constant (`GFP_KERNEL`). */
export function isConstant(path: string): boolean {
  const first = path.charCodeAt(0);
  return first >= 65 && first <= 90 && constant.test(path);
}

/** Drops, of some places behind values (`#12->next`), those behind values that nothing on the path has any more. */
function dropUnnamed(state: State, places: readonly string[]): void {
  const behind = places.flatMap((path) => {
    const id = /^#([1-9]\d*)/.exec(path)?.[1];
    return id === undefined ? [] : [{ path, id: Number(id) }];
  });
  if (behind.length === 0) return;
  const used = usedIn(state);
  for (const all of [state.held, state.gone])
    for (const { of, result, at } of all)
      for (const name of [...of, result, at])
        if (name?.includes('#')) for (const [, id] of name.matchAll(/#(\d+)/g)) used.add(Number(id));
  for (const { path, id } of behind) if (!used.has(id)) state.env.delete(path);
}
