import type { Turned } from './history.ts';
import type { State } from '../paths/state.ts';
import { keyOfPlace, stepsOf, undoes, type TraceStep } from '../paths/trace.ts';
import { NEG, type Value } from '../paths/values.ts';

/** Whether the steps of a path that succeeds show a check that is the wrong way round. */
export type TurnedIn = (steps: readonly TraceStep[]) => Turned | null;

/**
 * Finds checks that are the wrong way round (`if (!err) goto out;`) among all ways in which an init can end: where a step
 * fails it goes on to set up more and succeeds, and wherever that step succeeds, and nothing else fails, it sets up nothing
 * more and either fails or undoes. What is there only for when another thing is not (`kmalloc()`, else `vmalloc()`) is none.
 */
export function checksTurned(all: readonly { readonly state: State; readonly value: Value | null }[]): TurnedIn {
  const given = new Map<string, TraceStep | null>();
  const plain = all.filter(({ state }) => state.failures === 0);
  const givesUpAfter = (key: string): TraceStep | null => {
    let jump = given.get(key);
    if (jump !== undefined) return jump;
    jump = null;
    for (const { state, value } of plain) {
      const steps = stepsOf(state.trace);
      const at = steps.findIndex((step) => setsUp(step) && keyOfPlace(step.place) === key);
      if (at < 0) continue;
      const after = steps.slice(at + 1);
      const fails = value !== null && state.maskOf(value) === NEG;
      const here = after.find((step) => step.t === 'jump' && step.place.fn === steps[at]!.place.fn);
      if (after.some(setsUp) || !here || !(fails || after.some((step) => undoes(step, steps.slice(0, at + 1))))) {
        jump = null;
        break;
      }
      jump ??= here;
    }
    given.set(key, jump);
    return jump;
  };
  return (steps) => {
    const at = steps.findIndex(
      (step) => (step.t === 'pernet' && !step.ok) || (step.t === 'call' && step.failed === true),
    );
    const failure = steps[at];
    if (!failure || !steps.slice(at + 1).some(setsUp)) return null;
    const jump = givesUpAfter(keyOfPlace(failure.place));
    return jump && { failure, jump };
  };
}

/** Whether a step acquires or registers. */
function setsUp(step: TraceStep): boolean {
  return step.t === 'acquire' || (step.t === 'pernet' && step.ok && step.call.startsWith('register'));
}
