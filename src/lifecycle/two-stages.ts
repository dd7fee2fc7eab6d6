import { isStep, namesMentioned } from '../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../program/program.ts';
import type { Reach, Way } from '../program/reach.ts';
import { callbackOf, exitsOf } from './callbacks-of.ts';
import { isUnreadStep } from './left-running.ts';
import type { PairsByCall } from './resources/index.ts';

/** A thing is taken down in two stages, the first of which an ops leaves out. */
export interface LeftOut {
  readonly first: string;
  readonly second: string;
  /** What of the first stage is a release: what that releases is left; null where it only stops what still uses the thing. */
  readonly releases: string | null;
}

/** Where the second stage is called farther away than this from the exit callback, the first need not be that one's. */
const mostSteps = 2;

/** Second stages with their first ones, of which that is known wherever they are defined (net/ipv4/inet_fragment.c). */
const known: ReadonlyMap<string, string> = new Map([['fqdir_exit', 'fqdir_pre_exit']]);

/**
 * What an ops' exit takes down by the second of two stages, `foo_table_exit()`, and never by the first: a
 * `foo_table_pre_exit()` that is defined beside it and takes the same, for `.pre_exit` to call while the namespace's other
 * state is still there and before cleanup_net() waits for RCU readers. Nothing that the exit callbacks come to, or the ops'
 * file has besides, speaks of that.
 */
export function firstStageLeftOut(program: Program, reach: Reach, ops: OpsEntry, table: PairsByCall): LeftOut | null {
  const facts = program.facts(ops.file);
  const before = callbackOf(program, ops, 'pre_exit');
  const exits = exitsOf(program, ops).map((fn) => ({ fn, words: reach.from(fn.file, fn.fact.name, 'calls') }));
  // A pre_exit that ends something itself has a first stage of its own: the tables of NAT have hooks of another kind.
  const own = exits.find(({ fn }) => fn === before)?.words.keys() ?? [];
  if (!facts || [...own].some((word) => isStep(word) || table.releases.has(word))) return null;
  const mentioned = namesMentioned(facts);
  const isSpokenOf = (name: string): boolean => mentioned.has(name) || exits.some(({ words }) => words.has(name));
  for (const { fn, words } of exits) {
    if (fn === before) continue;
    for (const [second, way] of words) {
      if (way.steps > mostSteps || !/^\w+$/.test(second)) continue;
      const found = stagesOf(program, second, way, reach, table);
      if (found && !isSpokenOf(found.first) && !exits.some((each) => hasUnread(program, each))) return found;
    }
  }
  return null;
}

/** A step that was not read may be the one that comes to the first stage. */
function hasUnread(
  program: Program,
  { fn, words }: { readonly fn: FunctionEntry; readonly words: ReadonlyMap<string, Way> },
): boolean {
  return [...words].some(([word, way]) => isUnreadStep(program, fn, word, way));
}

function stagesOf(program: Program, second: string, { file }: Way, reach: Reach, table: PairsByCall): LeftOut | null {
  const last = program.resolveFunction(file, second);
  if (!last) {
    const first = known.get(second);
    return first !== undefined && isAnywhere(program, first) ? { first, second, releases: null } : null;
  }
  const names = [second.replace(/_exit$/, '_pre_exit'), `${second}_pre_exit`].filter((name) => name !== second);
  const own = program.facts(last.file);
  const first = names.flatMap((name) => own?.functions.find((fact) => fact.name === name) ?? [])[0];
  if (!own || !first || parametersOf(first) !== parametersOf(last.fact)) return null;
  // One that its own file calls, or that is a callback, is not for others to call.
  if (namesMentioned(own).has(first.name)) return null;
  const done = [...reach.from(last.file, first.name, 'calls').keys()];
  const isRelease = (name: string): boolean => table.releases.get(name)?.some(({ lasting }) => lasting) === true;
  return { first: first.name, second, releases: done.find(isRelease) ?? null };
}

/** Whether something names a function: then the kernel at hand has it. */
function isAnywhere(program: Program, name: string): boolean {
  return program.fileNames().some((file) => namesMentioned(program.facts(file)!).has(name));
}

function parametersOf({ params, structs }: FunctionEntry['fact']): string {
  return params.map((param) => structs?.[param] ?? '?').join();
}
