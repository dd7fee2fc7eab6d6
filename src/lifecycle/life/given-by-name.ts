import { expressionsOf, walkExpression } from '../../facts/ir.ts';
import type { AskedState } from '../asks/asked-state.ts';
import type { Held } from '../paths/held.ts';
import type { Path } from './history.ts';
import { placeOf } from '../paths/place-of.ts';
import { keyOfPlace, type Place, type TraceStep } from '../paths/trace.ts';

/** Where a namespace keeps something: a member of struct net, or of the data that an ops has there. */
const ofNamespace = /^(?:@net|generic\([^()]*\))->(?:\w+\.)*(\w+)$/;

/**
 * Whether of some paths all is seen that may give back memory which a namespace keeps at a place of its own: whoever does
 * that names the member, and no function does but those that they enter, nor is one of these called where it is not
 * followed.
 */
export function givenByNoOther(state: AskedState, paths: readonly Path[]): (path: Path, held: Held) => boolean {
  let entered: ReadonlySet<string> | undefined;
  return (path, held) => {
    const { of, load, unload } = path;
    const { pair } = held;
    const at = placeOf(held);
    if ((pair.memory !== true && pair.of !== 'result') || at === null || !of) return false;
    const member = ofNamespace.exec(at.replace(/\[[^\]]*\]/g, ''))?.[1];
    const inside = member === undefined && pair.memory ? insideFreed(path, at) : null;
    const own = at.startsWith('generic(') ? of.ops : null;
    const givers = inside
      ? state.giversOf(inside.member, of.ops, inside.struct)
      : member === undefined
        ? null
        : state.giversOf(member, own);
    if (givers === null) return false;
    entered ??= enteredBy(paths);
    if (!givers.every((name) => entered!.has(name))) return false;
    if (inside && (speaksOf(path, inside.member, givers) || state.bodies.isHandedOn(inside.place))) return false;
    const isGiver = ({ name, place, ofAny }: TraceStep & { readonly t: 'hidden' }): boolean =>
      ofAny === true || givers.includes(name) || state.callsOneOf(place.file, name, givers);
    return ![load, unload].some((steps) => steps.some((step) => step.t === 'hidden' && isGiver(step)));
  };
}

/** Whether the exits name a member, be it to a macro, or come to who gives it back: by way of a copy of what it lies in. */
function speaksOf({ of, unload }: Path, member: string, givers: readonly string[]): boolean {
  if (unload.some((step) => step.t === 'enter' && givers.includes(step.name))) return true;
  return (of?.phases ?? []).some(({ fn }) =>
    [...expressionsOf(fn.fact.blocks ?? [])].some((whole) =>
      [...walkExpression(whole)].some((e) => (e.k === 'id' || e.k === 'field') && e.name === member),
    ),
  );
}

/**
 * A member of memory that init keeps at a place of the namespace's own and an exit frees, with the structure that this
 * memory is, and where it is made; null where it is none, or where it is freed when others like.
 */
function insideFreed(
  { load, unload, fate }: Path,
  at: string,
): { member: string; struct: string; place: Place } | null {
  const [, owner, member] = insideOwn.exec(at) ?? [];
  if (owner === undefined || member === undefined || fate !== 'net-gone') return null;
  const made = load.filter((step) => step.t === 'acquire' && step.at === owner && step.pair.memory === true);
  const [of] = made;
  const struct = of?.t === 'acquire' ? /^(\w+)\*$/.exec(of.struct ?? '')?.[1] : undefined;
  if (made.length !== 1 || of?.t !== 'acquire' || struct === undefined) return null;
  const key = keyOfPlace(of.place);
  const isFreed = unload.some(
    (step) =>
      step.t === 'release' &&
      step.sure &&
      !step.isGuess &&
      of.pair.release.includes(step.call) &&
      step.origins.some((origin) => keyOfPlace(origin) === key),
  );
  return isFreed ? { member, struct, place: of.place } : null;
}

/** Whether memory is kept in other memory that a namespace keeps, and nobody was told of it. */
export function isInsideOwn({ pair, at, also, escaped, shown, wasHandedOn }: Held): boolean {
  const isTold = escaped || shown || wasHandedOn === true || (also?.length ?? 0) > 0;
  return pair.memory === true && !isTold && at !== null && insideOwn.test(at);
}

const insideOwn = /^((?:@net|generic\([^()]*\))->\w+)->(\w+)$/;

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
