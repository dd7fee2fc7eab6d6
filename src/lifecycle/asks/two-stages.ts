import { folderOf } from '../../facts/folder.ts';
import type { FileFacts } from '../../facts/ir.ts';
import { isStep, namesMentioned } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach, Way } from '../../program/reach.ts';
import { callsIn } from '../bodies/calls-at.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { isUnreadStep } from './left-running.ts';
import type { PairsByCall } from '../resources/index.ts';

/** A thing is taken down in two stages, the first of which an ops leaves out. */
export interface LeftOut {
  readonly first: string;
  readonly second: string;
  /** What of the first stage is a release: what that releases is left; null where it only stops what still uses the thing. */
  readonly releases: string | null;
}

/** Where the second stage is called farther away than this from the exit callback, the first need not be that one's. */
const mostSteps = 2;

/** The first stage of one that is known wherever it is defined, and what that releases. */
interface Known {
  readonly first: string;
  readonly releases: string | null;
  /** Whether the second finds only what the first has put aside for it: without that it does nothing at all. */
  readonly isNeeded?: true;
}

/** Second stages with their first ones (net/ipv4/inet_fragment.c; Linux 7, net/netfilter/x_tables.c). */
const known: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['fqdir_exit', { first: 'fqdir_pre_exit', releases: null }],
  [
    'xt_unregister_table_exit',
    { first: 'xt_unregister_table_pre_exit', releases: 'nf_unregister_net_hooks', isNeeded: true },
  ],
]);

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
  if (!facts) return null;
  // A pre_exit that ends something itself has a first stage of its own: the tables of NAT have hooks of another kind.
  const own = exits.find(({ fn }) => fn === before)?.words.keys() ?? [];
  const hasOwn = [...own].some((word) => isStep(word) || table.releases.has(word));
  const mentioned = namesMentioned(facts);
  const isSpokenOf = (name: string): boolean => mentioned.has(name) || exits.some(({ words }) => words.has(name));
  const isDone = (name: string, fn: FunctionEntry): boolean =>
    exits.some(({ words }) => words.has(name)) || !isAlwaysWith(facts, name, fn);
  for (const { fn, words } of exits) {
    if (fn === before) continue;
    for (const [second, way] of words) {
      if (way.steps > mostSteps || !/^\w+$/.test(second)) continue;
      const needed = known.get(second)?.isNeeded ? known.get(second)! : null;
      const found = needed ? { ...needed, second } : hasOwn ? null : stagesOf(program, second, way, reach, table);
      const isTaken = found && (needed ? isDone(found.first, fn) : isSpokenOf(found.first));
      if (needed && isElsewhere(program, reach, ops, { ...needed, second })) continue;
      if (needed && ((before && !isRead(program, before, table)) || isOwnKind(program, ops.file, second))) continue;
      if (found && !isTaken && !exits.some((each) => hasUnread(program, each)))
        return { first: found.first, second, releases: found.releases };
    }
  }
  return null;
}

/** Whether all in a file that speak of a first stage take the second as well, by a call that an exit makes: an init that unwinds. */
function isAlwaysWith({ mentions }: FileFacts, first: string, exit: FunctionEntry): boolean {
  const seconds = (mentions[exit.fact.name] ?? []).filter((word) => word.endsWith('()'));
  return Object.values(mentions).every(
    (words) =>
      !words.some((word) => word.replace('()', '') === first) ||
      (words.includes(`${first}()`) && seconds.some((second) => words.includes(second))),
  );
}

/** Whether another ops of the folder takes the first stage and not the second: all pre_exits come before any exit. */
function isElsewhere(
  program: Program,
  reach: Reach,
  ops: OpsEntry,
  { first, second }: Pick<LeftOut, 'first' | 'second'>,
): boolean {
  return program.allOps().some((other) => {
    const before = other.id === ops.id ? undefined : callbackOf(program, other, 'pre_exit');
    if (!before || folderOf(other.file) !== folderOf(ops.file)) return false;
    const leadsTo = (fn: FunctionEntry, name: string): boolean => reach.from(fn.file, fn.fact.name, 'calls').has(name);
    return leadsTo(before, first) && !exitsOf(program, other).some((fn) => leadsTo(fn, second));
  });
}

/** Whether a second stage is one that a module has beside its ops: it may find more than that of the kernel does. */
function isOwnKind(program: Program, file: string, second: string): boolean {
  const at = program.resolveFunction(file, second)?.file;
  return at !== undefined && folderOf(at) === folderOf(file);
}

/** So many functions, one called by the other, are read for what may come to the first stage. */
const mostDeep = 3;

/**
 * Whether all that a pre_exit calls is its own file's or is known to release something else: a macro, a pointer, a chain of
 * notifiers or a function elsewhere may come to the first stage.
 */
function isRead(program: Program, before: FunctionEntry, table: PairsByCall, deep = mostDeep): boolean {
  return callsIn(program, { file: before.file, fn: before.fact.name }).every(({ fn }) => {
    if (fn.k !== 'id' || !/^[a-z_][a-z\d_]*$/.test(fn.name)) return false;
    if (table.releases.has(fn.name) || harmless.has(fn.name)) return true;
    const called = program.resolveFunction(before.file, fn.name);
    return called?.file === before.file && !!called.fact.blocks && deep > 0 && isRead(program, called, table, deep - 1);
  });
}

const harmless: ReadonlySet<string> = new Set([
  'net_generic',
  'synchronize_rcu',
  'synchronize_net',
  'rtnl_lock',
  'rtnl_unlock',
]);

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
    const its = known.get(second);
    return its && isAnywhere(program, its.first) ? { first: its.first, second, releases: its.releases } : null;
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
