import { ANY, POS, ZERO } from './values.ts';

/** A local, what lies in one, or a condition on one: nothing of the function's outside. */
export function isLocal(path: string): boolean {
  return path.startsWith('%') || path.startsWith('?%');
}

/** What callers correlate on: a global of its own, or what a parameter points at; not the insides of some structure. */
export function isFlag(path: string): boolean {
  return /^[A-Za-z_]\w*(?:\.bit_\w+)?$/.test(path) || /^\$\d+(?:->|\.|$)[\w.[\]*]*$/.test(path);
}

/** Whether a place is another one, or a part of it, or lies behind it. */
export function liesIn(key: string, path: string): boolean {
  if (!key.startsWith(path)) return false;
  if (key.length === path.length) return true;
  const next = key[path.length];
  return next === '.' || next === '[' || (next === '-' && key[path.length + 1] === '>');
}

/** What a place can hold: a condition's answer is yes or no. */
export function wholeMask(place: string): number {
  return place.startsWith('?') ? ZERO | POS : ANY;
}

/** The end of the question whether a namespace is the first one: `?@net == &init_net`. */
export const isInitNet = ' == &init_net';

/** Begins the place of what was put into an element of many (elements.ts). */
export const elementMark = '?%element ';

/** Whether a condition speaks of a name. */
export function asksFor(condition: string, name: string): boolean {
  return condition.includes(name) && condition.split(/[^\w$]+/).includes(name);
}

/** Stands after the name of a local structure, for where it was copied from as a whole. */
export const copyMark = '.=copied';
