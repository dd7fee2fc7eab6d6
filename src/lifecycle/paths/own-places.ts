import { componentOf, isUnknown } from './components.ts';
import type { State } from './state.ts';
import { zero, type Value } from './values.ts';

/** Whether a component is the address of a global. */
export function isGlobal(component: string): boolean {
  return /^&[A-Za-z_]\w*$/.test(component);
}

/** Whether at a place lies, or lay until it was freed, memory that the path has allocated for it and handed to nobody. */
export function keepsOwn({ held, gone }: State, place: string): boolean {
  const isIt = (each: (typeof held)[number]): boolean =>
    each.at === place && each.pair.memory === true && !each.escaped;
  return held.some(isIt) || gone.some(isIt);
}

/** The answer to a question that a called function asks of its caller (`?$0->table == &foo_table`), where it is known. */
export function answerOf(state: State, question: string): Value | null {
  const place = /^\?(.*) == &[A-Za-z_]\w*$/.exec(question)?.[1];
  return place !== undefined && !state.env.has(question) && keepsOwn(state, place) ? zero : null;
}

/** Whether two values are the same thing; null where that is not known. */
export function sameValue(state: State, a: Value, b: Value): boolean | null {
  const [left, right] = [componentOf(state, a), componentOf(state, b)];
  if (left === right) return true;
  if (a.v === 'addr' && b.v === 'addr') return false;
  // What the path has allocated itself is nothing that was there before.
  const isNew = (name: string): boolean => state.held.some((held) => held.result === name);
  if ([left, right].some(isGlobal) && [left, right].some((name) => keepsOwn(state, name))) return false;
  return (isNew(left) && !isUnknown(right)) || (isNew(right) && !isUnknown(left)) ? false : null;
}

/**
 * The question whether what the function was entered with, or what lies in that, is a global of its own: a namespace is the
 * first one, or has the table that all have in common. Callers answer it, and it is answered alike while nothing changes.
 */
export function askedForGlobal(state: State, a: Value, b: Value): string | null {
  const names = [componentOf(state, a), componentOf(state, b)];
  const global = names.find(isGlobal);
  const other = names.find((name) => name !== global);
  const isEntered = other !== undefined && /^(?:[$@]\w+|generic\([^()]*\))(?:->[\w.]+)?$/.test(other);
  return global !== undefined && isEntered ? `?${other} == ${global}` : null;
}
