import { isUnknown } from '../paths/components.ts';
import type { Held, Target } from '../paths/held.ts';
import type { Path } from './history.ts';
import { isOfAnotherStruct } from '../paths/naming.ts';
import { keyOfPlace, type TraceStep } from '../paths/trace.ts';

/**
 * Whether what a path of callbacks leaves may be what it gives back under another name: memory that is kept at one place and
 * put into a tree, a table or another list as well is found there, where each element is as good as another.
 */
export function mayBeFoundElsewhere(path: Path, held: Held): boolean {
  const { pair, at, shown, escaped, wasHandedOn } = held;
  const isKnownToOthers = shown || escaped || wasHandedOn === true;
  if (path.of === null || pair.memory !== true || at === null || !isKnownToOthers) return false;
  return after(path, held).some(
    (step) =>
      step.t === 'release' &&
      step.origins.length === 0 &&
      step.targets.some(
        (target) =>
          (step.match === 'exact' || isOfKind(step.call, target, held)) &&
          !isOfAnotherStruct(target, held) &&
          target.of.some((name) => name !== null && isSomeElement(name) && name !== at),
      ),
  );
}

/** What RCU or the last reference (`match: 'exact'`) gives back it gives back by a function of the module's. */
function isOfKind(call: string, target: Target, { pair }: Held): boolean {
  return target.pair.kind === pair.kind || call.startsWith('call_rcu');
}

function isSomeElement(name: string): boolean {
  return isUnknown(name) || name.endsWith('[*]');
}

/** What follows an acquisition where an init fails, or the exit callbacks. */
function after({ fate, load, unload }: Path, { place }: Held): readonly TraceStep[] {
  if (fate !== 'init-failed') return unload;
  const key = keyOfPlace(place);
  return load.slice(load.findLastIndex((step) => step.t === 'acquire' && keyOfPlace(step.place) === key) + 1);
}
