import type { FunctionEntry, Id, Program } from '../../program/program.ts';
import { digestOf } from './digest.ts';
import type { Pair, PairsByCall } from '../resources/index.ts';

/**
 * The functions of a program that its table of pairs has a row for, and that are followed in spite of it: what sets
 * something up and what undoes that, both the module's own and both at hand, where the one is seen to acquire what lasts,
 * or what the other releases. A row says that there is something to give back; only the bodies say whether all of it is. What a file
 * exports serves other modules by its name, and stays what the table says.
 */
export function ownBodies(program: Program, table: PairsByCall): ReadonlySet<Id> {
  const own = new Set<Id>();
  for (const acquire of program.allFunctions()) {
    const pair = table.acquires.get(acquire.fact.name);
    if (!pair || !isSetUp(pair) || !isOwn(program, acquire)) continue;
    const releases = pair.release.flatMap((name) => program.resolveFunction(acquire.file, name) ?? []);
    if (releases.length === 0 || releases.length < releasingCalls(pair) || pair.acquire.length > 1) continue;
    if (!releases.every((release) => isOwn(program, release) && servesOne(table, release))) continue;
    const acquired = pairsFrom(program, acquire, (name) => [table.acquires.get(name) ?? []].flat());
    const released = releases.flatMap((release) => [
      ...pairsFrom(program, release, (name) => table.releases.get(name) ?? []),
    ]);
    const isReleased = ({ kind }: Pair): boolean => released.some((other) => other.kind === kind);
    if (![...acquired].some((each) => each.lasting || isReleased(each))) continue;
    for (const { id } of [acquire, ...releases]) own.add(id);
  }
  return own;
}

/** Whether a row is of a set-up: not of what makes a thing that the caller keeps, nor what the user states. */
export function isSetUp({ of, isStated }: Pair): boolean {
  return of !== 'result' && isStated !== true;
}

function releasingCalls({ release, alsoReleasedBy, allReleasedBy }: Pair): number {
  return release.length + (alsoReleasedBy?.length ?? 0) + (allReleasedBy?.length ?? 0);
}

function servesOne(table: PairsByCall, { fact }: FunctionEntry): boolean {
  return table.releases.get(fact.name)?.length === 1;
}

/** Whether a function was read, and is for the module that has it alone: a header's is for whoever includes it. */
function isOwn(program: Program, { file, fact }: FunctionEntry): boolean {
  return (
    file.endsWith('.c') && digestOf(fact).kept !== null && program.facts(file)?.exports.includes(fact.name) === false
  );
}

/** What of the table is called in a function, and in what it calls. */
function pairsFrom(
  program: Program,
  root: FunctionEntry,
  pairsOf: (name: string) => readonly Pair[],
): ReadonlySet<Pair> {
  const found = new Set<Pair>();
  const reached = new Map([[root.id, root]]);
  for (const { id, file } of reached.values()) {
    for (const name of program.calls(id)) {
      const pairs = pairsOf(name);
      for (const pair of pairs) found.add(pair);
      const callee = pairs.length > 0 ? undefined : program.resolveFunction(file, name);
      if (callee) reached.set(callee.id, callee);
    }
  }
  return found;
}
