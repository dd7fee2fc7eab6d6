import type { AskedState } from './asked-state.ts';
import type { Held } from './held.ts';
import type { Path } from './history.ts';
import { placeOf } from './place-of.ts';
import type { TraceStep } from './trace.ts';

/** Where a namespace keeps something: a member of struct net, or of the data that an ops has there. */
const ofNamespace = /^(?:@net|generic\([^()]*\))->(?:\w+\.)*(\w+)$/;

/**
 * Whether of some paths all is seen that may give back memory which a namespace keeps at a place of its own: whoever does
 * that names the member, and no function does but those that they enter, nor is one of these called where it is not
 * followed.
 */
export function givenByNoOther(state: AskedState, paths: readonly Path[]): (path: Path, held: Held) => boolean {
  let entered: ReadonlySet<string> | undefined;
  return ({ of, load, unload }, held) => {
    const { pair } = held;
    const at = placeOf(held);
    const member =
      (pair.memory === true || pair.of === 'result') && at !== null
        ? ofNamespace.exec(at.replace(/\[[^\]]*\]/g, ''))?.[1]
        : undefined;
    if (member === undefined || at === null || !of) return false;
    const givers = state.giversOf(member, at.startsWith('generic(') ? of.ops : null);
    if (givers === null) return false;
    entered ??= enteredBy(paths);
    if (!givers.every((name) => entered!.has(name))) return false;
    const isGiver = ({ name, place, ofAny }: TraceStep & { readonly t: 'hidden' }): boolean =>
      ofAny === true || givers.includes(name) || state.callsOneOf(place.file, name, givers);
    return ![load, unload].some((steps) => steps.some((step) => step.t === 'hidden' && isGiver(step)));
  };
}

/** The functions that paths come through, by their names. */
export function enteredBy(paths: readonly Path[]): Set<string> {
  const entered = new Set<string>();
  for (const { init, of, load, unload } of paths) {
    if (init) entered.add(init.fact.name);
    for (const { fn } of of?.phases ?? []) entered.add(fn.fact.name);
    for (const steps of [load, unload]) for (const step of steps) if (step.t === 'enter') entered.add(step.name);
  }
  return entered;
}
