import type { State } from './state.ts';
import { ANY, type Value } from './values.ts';

const constant = /^[A-Z][A-Z\d_]*$/;

/** Drops the values that nothing on the path can get at any more. */
export function prune(state: State): void {
  dropConstants(state);
  dropUnnamed(state);
  const used = new Set(state.pending);
  for (const value of state.env.values()) if (value.v === 'sym') used.add(value.id);
  for (const [id, symbol] of state.symbols) {
    if (symbol.assumed) continue;
    if ((symbol.input === undefined || symbol.mask === ANY) && !used.has(id)) state.symbols.delete(id);
  }
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

function isConstant(path: string): boolean {
  const first = path.charCodeAt(0);
  return first >= 65 && first <= 90 && constant.test(path);
}

/** Drops what lies behind values that nothing on the path has any more. */
function dropUnnamed(state: State): void {
  const behind: (readonly [path: string, id: number])[] = [];
  for (const path of state.env.keys()) {
    const id = path.startsWith('#') ? /^#([1-9]\d*)/.exec(path)?.[1] : undefined;
    if (id !== undefined) behind.push([path, Number(id)]);
  }
  if (behind.length === 0) return;
  const used = new Set(state.pending);
  for (const value of state.env.values()) if (value.v === 'sym') used.add(value.id);
  for (const { of, result, at } of [...state.held, ...state.gone])
    for (const name of [...of, result, at]) for (const [, id] of name?.matchAll(/#(\d+)/g) ?? []) used.add(Number(id));
  for (const [path, id] of behind) if (!used.has(id)) state.env.delete(path);
}
