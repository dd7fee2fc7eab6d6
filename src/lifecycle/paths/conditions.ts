import { wholeMask } from './place-names.ts';
import type { State, Symbol } from './state.ts';
import type { Outcome } from './summary.ts';
import { ANY, type Value } from './values.ts';

/** What is assumed of the function's inputs (parameters and memory as they were on entry), and known of what it wrote. */
export function conditionsOf(state: State): Map<string, number> {
  const conditions = inputsOf(state.symbols);
  const own = ownSymbols(state);
  for (const path of state.written) {
    const value = state.env.get(path);
    if (value?.v === 'sym' && !own.has(value.id) && state.maskOf(value) !== ANY)
      conditions.set(`=${path}`, state.maskOf(value));
  }
  return conditions;
}

export function isResult(state: State, path: string, value: Value | null): boolean {
  const written = path.startsWith('=') ? state.env.get(path.slice(1)) : undefined;
  return written?.v === 'sym' && value?.v === 'sym' && written.id === value.id;
}

/** The symbols that the function's locals hold: what is known of them is part of what tells states apart. */
function ownSymbols(state: State): Set<number> {
  const own = new Set<number>();
  for (const [path, value] of state.env) if (path.startsWith('%') && value.v === 'sym') own.add(value.id);
  return own;
}

function inputsOf(symbols: ReadonlyMap<number, Symbol>): Map<string, number> {
  const conditions = new Map<string, number>();
  for (const symbol of symbols.values()) {
    if (symbol.input !== undefined && symbol.mask !== wholeMask(symbol.input))
      conditions.set(symbol.input, symbol.mask);
  }
  return conditions;
}

export function union(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  const both = new Map<string, number>();
  for (const [path, mask] of a) {
    const other = b.get(path);
    if (other !== undefined && (mask | other) !== wholeMask(path)) both.set(path, mask | other);
  }
  return both;
}

/** Whether no entry into a function meets both: one of its inputs decides. One element of many says nothing of another. */
export function excludes(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  const decides = (path: string): boolean => !path.startsWith('=') && !path.includes('[*]');
  return [...a].some(([path, mask]) => decides(path) && ((b.get(path) ?? mask) & mask) === 0);
}

export function sameConditions(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([path, mask]) => b.get(path) === mask);
}

export function weaken(state: State, conditions: ReadonlyMap<string, number>): void {
  const own = ownSymbols(state);
  const writes = new Map(
    [...state.written].flatMap((path) => {
      const value = state.env.get(path);
      return value && !(value.v === 'sym' && own.has(value.id)) ? [[path, value] as const] : [];
    }),
  );
  for (const [id, symbol] of withConditions(state.symbols, conditions, writes))
    if (symbol !== state.symbols.get(id)) state.symbols.set(id, symbol);
}

export function conditionsOfOutcome(outcome: Outcome): Map<string, number> {
  const conditions = inputsOf(outcome.symbols);
  for (const [path, value] of writesApart(outcome)) {
    const mask = value.v === 'sym' ? (outcome.symbols.get(value.id)?.mask ?? ANY) : ANY;
    if (mask !== ANY) conditions.set(`=${path}`, mask);
  }
  return conditions;
}

/** What an outcome writes, but for the value that it returns as well: that one's mask tells outcomes apart. */
export function writesApart({ writes, value }: Outcome): Map<string, Value> {
  return new Map([...writes].filter(([, each]) => !(each.v === 'sym' && value?.v === 'sym' && each.id === value.id)));
}

export function withConditions(
  symbols: ReadonlyMap<number, Symbol>,
  conditions: ReadonlyMap<string, number>,
  writes: ReadonlyMap<string, Value>,
): Map<number, Symbol> {
  const written = new Map(
    [...writes].flatMap(([path, value]) => (value.v === 'sym' ? [[value.id, path] as const] : [])),
  );
  return new Map(
    [...symbols].map(([id, symbol]) => {
      const path = symbol.input ?? (written.has(id) ? `=${written.get(id)!}` : undefined);
      const mask = path === undefined ? symbol.mask : (conditions.get(path) ?? wholeMask(path));
      return [id, mask === symbol.mask ? symbol : { ...symbol, mask }];
    }),
  );
}
