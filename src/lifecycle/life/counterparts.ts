import type { FunctionEntry, Program } from '../../program/program.ts';
import type { AskedState } from '../asks/asked-state.ts';
import type { Held } from '../paths/held.ts';
import type { Path } from './history.ts';
import { releasesOf } from '../resources/index.ts';
import { counterparts } from '../../facts/opposites.ts';
import { keyOfPlace } from '../paths/trace.ts';

/**
 * Whether the module has a function that undoes, by its name, one of those in which a path has acquired a thing, that
 * gives back things of that kind, and that the path never enters: `foo_sysctl_exit()` of what `foo_sysctl_init()` does.
 */
export function isUndoneByCounterpart(
  { program, state }: { readonly program: Program; readonly state: AskedState },
  path: Path,
  { pair, place }: Held,
): boolean {
  const entered = new Set([...path.load, ...path.unload].flatMap((step) => (step.t === 'enter' ? step.name : [])));
  const releases = releasesOf(pair);
  return functionsAround(program, path, keyOfPlace(place)).some(({ file, fact }) =>
    counterparts(fact.name).some((name) => {
      // Only beside the other one: that file is read wherever the path is known.
      if (entered.has(name) || program.lookUp(file, name)?.file !== file) return false;
      return state.callsOneOf(file, name, releases);
    }),
  );
}

/** The functions that a path is in, the callback itself not among them, where it acquires something at a place. */
function functionsAround(program: Program, { load }: Path, key: string): FunctionEntry[] {
  const open: (FunctionEntry | undefined)[] = [];
  for (const step of load) {
    if (step.t === 'enter') open.push(program.lookUp(step.place.file, step.name));
    if (step.t === 'leave') open.pop();
    if (step.t === 'acquire' && keyOfPlace(step.place) === key) return open.slice(1).flatMap((fn) => fn ?? []);
  }
  return [];
}
