import type { Program } from '../../program/program.ts';
import type { AskedState } from '../asks/asked-state.ts';
import { enteredBy } from './given-by-name.ts';
import type { Held } from '../paths/held.ts';
import type { Path } from './history.ts';
import { isKeptAlone } from '../asks/kept-alone.ts';
import { releasesOf } from '../resources/index.ts';

/** A thing that lies in memory which has no name but that of the value, and is no part of another one there. */
const inMemory = /^&(#\d+)->(\w+)$/;

/**
 * Whether what an init sets up in memory that it has allocated is lost with that: an exit callback gives the memory back, all
 * that gets at it there is read, and no function that may give it back does so but those that some path comes through. That init itself takes nothing of it back, since nothing can fail behind it, says nothing then.
 */
export function lostInside(
  context: { readonly program: Program; readonly state: AskedState },
  paths: readonly Path[],
): (path: Path, held: Held) => boolean {
  let entered: ReadonlySet<string> | undefined;
  return (path, held) => {
    const { pair, of, result, checked } = held;
    const [, owner, member] = inMemory.exec(of[0] ?? '') ?? [];
    if (owner === undefined || member === undefined || !held.isBuried) return false;
    if (!checked || pair.byName === true || pair.memory !== true || result !== null) return false;
    const at = path.load.flatMap((step) => (step.t === 'acquire' && step.result === owner ? (step.at ?? []) : []))[0];
    if (at === undefined || !isKeptAlone(context, path, { ...held, at })) return false;
    // Whoever is called on the way out may give it back, by whatever name or pointer.
    if (path.of?.phases.some(({ fn }) => context.state.leavesToOthers({ file: fn.file, name: fn.fact.name })))
      return false;
    entered ??= enteredBy(paths);
    return context.state.endersOf(member, releasesOf(pair)).every((name) => entered!.has(name));
  };
}
