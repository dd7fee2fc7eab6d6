import { plainName } from '../../program/statics.ts';
import { causeOf } from './causes.ts';
import type { LeftSet } from '../asks/left-set.ts';
import type { State } from '../paths/state.ts';
import { keyOfPlace, stepsOf } from '../paths/trace.ts';

/** The globals that a path has set to the address of something, and to what. */
export function setBy(state: State): LeftSet[] {
  return writtenGlobals(state).flatMap((pointer): LeftSet[] => {
    const value = state.env.get(pointer);
    if (value?.v !== 'addr') return [];
    const name = /^(?:fn:[^#]*#)?(\w+)$/.exec(value.path)?.[1];
    return name === undefined || plainName(name) !== name ? [] : [{ pointer, value: name }];
  });
}

/** By why paths have given up, the globals that one of them has set to NULL, or of which it is not known what they are. */
export function resetIn(loads: readonly { readonly state: State }[]): (state: State) => ReadonlySet<string> {
  const reset = new Map<string, Set<string>>();
  for (const { state } of loads) {
    const names = writtenGlobals(state).filter((pointer) => state.env.get(pointer)?.v !== 'addr');
    if (names.length === 0) continue;
    const cause = causeKey(state);
    reset.set(cause, new Set([...(reset.get(cause) ?? []), ...names]));
  }
  return (state) => reset.get(causeKey(state)) ?? new Set();
}

function causeKey(state: State): string {
  const cause = causeOf(stepsOf(state.trace));
  return cause ? keyOfPlace(cause.place) : '';
}

function writtenGlobals(state: State): string[] {
  return [...state.written].filter((path) => /^[A-Za-z_]\w*$/.test(path) && plainName(path) === path);
}
