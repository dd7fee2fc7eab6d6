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
