import type { FunctionEntry } from '../../program/program.ts';
import type { AskedState } from '../asks/asked-state.ts';
import type { Held } from '../paths/held.ts';
import { placesAbroad } from '../paths/other-names.ts';
import type { TraceStep } from '../paths/trace.ts';

/**
 * Whether someone else may find a thing, and give it back, where a callback has put it as well since it was `before` at some
 * places: in a variable, on a list, behind some pointer. A variable of the file's that nothing reads tells nobody.
 */
export function isFoundAbroad(state: AskedState, held: Held, before: readonly string[] = []): boolean {
  return placesAbroad(held, before).some((place) => {
    const root = /^[A-Za-z_]\w*/.exec(place)?.[0];
    return root === undefined || state.isEverRead(held.place.file, root);
  });
}

/** Whether a variable that others read still points at a thing when the callbacks which end a namespace are done: none of them names it. */
export function isLeftAbroad(state: AskedState, held: Held, exits: readonly FunctionEntry[]): boolean {
  return placesAbroad(held).some((place) => {
    const root = /^[A-Za-z_]\w*(?=$|\.)/.exec(place)?.[0];
    return (
      root !== undefined &&
      !place.includes('[') &&
      state.isEverRead(held.place.file, root) &&
      !exits.some(({ file, fact }) => state.callsOneOf(file, fact.name, [root]))
    );
  });
}

/** Whether some steps give a thing back, and nothing else that is known, by the name of another member of the union in which it is kept. */
export function isGivenAsTwin(state: AskedState, steps: readonly TraceStep[], { pair, at, place }: Held): boolean {
  const [, base, member] = (at === null ? null : ofMember.exec(at)) ?? [];
  if (member === undefined) return false;
  return steps.some(
    (step) =>
      step.t === 'release' &&
      step.origins.length === 0 &&
      step.targets.some((target) => {
        const [, around, other] = ofMember.exec(target.of[0] ?? '') ?? [];
        const isTwin = target.pair.kind === pair.kind && around === base && other !== undefined && other !== member;
        return isTwin && state.sharePlace(place.file, member, other);
      }),
  );
}

const ofMember = /^(.*(?:->|\.))(\w+)$/;
