import type { Block, Expr } from '../../facts/ir.ts';
import { componentOf, isUnknown } from './components.ts';
import { all } from '../bodies/first-spared.ts';
import type { Frame } from './frame.ts';
import { gather, gatheredFrom, gatheredIn } from './gathered.ts';
import { factOf, nameless } from './releasing.ts';
import type { State } from './state.ts';
import { ANY, POS, zero, type Value } from './values.ts';

/** Of an array of a function's own the elements that are not told apart: `%all[*]`. */
const anyElement = /^(%\w+)\[\*\]$/;

/**
 * What a loop finds in an array that a function has for itself, `void *all[] = { fn->a, fn->b };`: each of what was put
 * there. Null where that is not known, or none of it has a name.
 */
export function anyInArray(frame: Frame, e: Expr, state: State, path: string): Value | null {
  // One by its number, behind a loop of which it is not told whether it has come to that.
  const list = /^(%\w+)\[\d+\]$/.exec(path)?.[1];
  if (list !== undefined) return isReleased(state, `${list}[*]`) ? zero : null;
  const array = anyElement.exec(path)?.[1];
  if (array === undefined || e.k !== 'index') return null;
  if (!gatheredFrom(state, path)) {
    if (state.env.has(path)) return null;
    const names = namesIn(frame, e, state, array);
    if (!names || names.length === 0) return null;
    gather(state, array, names, ANY);
  } else if (isReleased(state, path)) {
    // The next turn of a loop comes to another element than the one before: all that are there have been seen to.
    return zero;
  }
  return state.fresh({ mask: POS, place: path });
}

/** Whether the path has released what was found in an array. */
function isReleased(state: State, path: string): boolean {
  const names = (gatheredFrom(state, path) ?? []).map(nameless);
  return [...state.freed].some((key) => names.includes(key.slice(key.indexOf('|') + 1)));
}

/** Notes that something with a name goes to one more element of those that are not told apart: `all[n++] = fn->b`. */
export function gatherInArray(state: State, path: string, value: Value, before: Value | undefined): void {
  const array = before && anyElement.exec(path)?.[1];
  if (!before || array === undefined) return;
  const old = gatheredIn(state, before) ?? nameOf(state, before);
  const name = nameOf(state, value);
  if (old && name) gather(state, array, [...old, ...name], ANY);
}

/** The names of what lies in an array's elements; null where one has none. */
function namesIn(frame: Frame, e: Expr & { k: 'index' }, state: State, array: string): string[] | null {
  const blocks = factOf(frame)?.blocks ?? [];
  const first = e.index.k === 'id' ? beginningOf(blocks, e.index.name) : 0;
  const end = e.index.k === 'id' ? endOf(blocks, e.index.name) : Infinity;
  const names: string[] = [];
  for (const [place, value] of state.env) {
    const index = place.startsWith(`${array}[`) ? /^\[(\d+)\]$/.exec(place.slice(array.length))?.[1] : undefined;
    if (index === undefined || Number(index) < first || Number(index) >= end || (value.v === 'num' && value.num === 0))
      continue;
    const name = nameOf(state, value);
    if (!name) return null;
    names.push(...name);
  }
  return names;
}

function nameOf(state: State, value: Value): string[] | null {
  if (value.v === 'num') return null;
  const name = componentOf(state, value);
  if (!isUnknown(name)) return [name];
  const at = state.held.find(({ result }) => result === name)?.at;
  return at === undefined || at === null || isUnknown(at) ? null : [at];
}

/** The number from which on a function counts by a variable, where it gives it one number only and counts upwards; else 0. */
function beginningOf(blocks: readonly Block[], counter: string): number {
  const given = blocks.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.s === 'declare' && step.name === counter && step.init ? [step.init] : [])),
  );
  for (const e of all(blocks)) {
    if (e.k === 'update' && e.op === '--' && e.of.k === 'id' && e.of.name === counter) return 0;
    if (e.k === 'unary' && e.op === '&' && e.of.k === 'id' && e.of.name === counter) return 0;
    if (e.k === 'assign' && e.to.k === 'id' && e.to.name === counter) {
      if (e.op !== '=') return 0;
      given.push(e.from);
    }
  }
  const numbers = new Set(given.map((e) => (e.k === 'num' ? e.value : null)));
  const [only = null] = numbers;
  return numbers.size === 1 && only !== null ? only : 0;
}

/** The number that a function counts to by a variable, where it asks for one only and counts upwards by one; else there is none. */
function endOf(blocks: readonly Block[], counter: string): number {
  const ends = new Set<number | null>();
  for (const e of all(blocks)) {
    const isCounter = (of: Expr): boolean => of.k === 'id' && of.name === counter;
    if (e.k === 'update' && isCounter(e.of) && e.op !== '++') return Infinity;
    if (e.k === 'unary' && e.op === '&' && isCounter(e.of)) return Infinity;
    if (e.k === 'assign' && isCounter(e.to) && e.op !== '=') return Infinity;
    if (e.k !== 'binary' || ![e.l, e.r].some(isCounter)) continue;
    ends.add(e.op === '<' && isCounter(e.l) && e.r.k === 'num' ? e.r.value : null);
  }
  const [only = null] = ends;
  return ends.size === 1 && only !== null ? only : Infinity;
}
