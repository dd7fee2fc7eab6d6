import { folderOf } from '../../facts/folder.ts';
import { walkExpression, type At, type Block, type Expr, type Step } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { barriers, handsOn, onlyTells, pernetCalls, queueWaits, reachedFrom, steady, stops } from '../bodies/known.ts';
import { blocksFrom, reaching } from '../bodies/loops.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { printExpression } from '../bodies/print.ts';
import { kernelTable } from '../resources/index.ts';
import { nameOf } from '../bodies/body.ts';
import { isErrno } from '../paths/values.ts';

/** A lock that a function holds where it returns. */
export interface KeptLock {
  readonly lock: string;
  readonly unlock: string;
  /** As a reader would write the call that takes it. */
  readonly text: string;
  readonly at: At;
}

/** Calls that take a lock whatever happens, with those that give it back (net/core/rtnetlink.c, kernel/locking/mutex.c). */
const locks: ReadonlyMap<string, string> = new Map([
  ['rtnl_lock', 'rtnl_unlock'],
  ['mutex_lock', 'mutex_unlock'],
]);

/**
 * A lock that a callback of the core's takes on all ways to one of its returns and gives back on none of them. All that it
 * calls is read, with all that it names for others to call, or known for what it does: where anything of that may give a
 * lock of the kind back, in whatever order, nothing is said.
 */
export function keptLocked(program: Program, fn: FunctionEntry): KeptLock | null {
  const blocks = fn.fact.blocks ?? [];
  const all = blocks.map(callsIn);
  const names = new Set(all.flatMap((calls) => calls.map(nameOf)));
  if (![...locks.keys()].some((lock) => names.has(lock))) return null;
  const words = program.facts(fn.file)?.mentions[fn.fact.name] ?? [];
  if (names.has('netdev_run_todo') || blocks.some(({ steps }) => steps.some(mayCleanUp))) return null;
  for (const [lock, unlock] of locks) {
    const at = all.findIndex((calls) => calls.some((call) => nameOf(call) === lock));
    const kept = at < 0 ? null : keptFrom(blocks, all, { at, lock, unlock });
    if (kept && !elseUnlocks(program, { fn, names, words, unlock })) return kept;
  }
  return null;
}

/** Whether more stands between a variable's name and its value than `=`: an attribute may name what is called at its scope's end. */
function mayCleanUp(step: Step): boolean {
  if (step.s !== 'declare') return false;
  const [line, from, lastLine, to] = step.at;
  const most = step.name.length + 8;
  if (!step.init) return line !== lastLine || to - from > most;
  return step.init.at[0] !== line || step.init.at[1] - from > most;
}

/** The first return that is come to from the first lock of a kind, by no way on which one of the kind is given back. */
function keptFrom(
  blocks: readonly Block[],
  all: readonly (readonly Call[])[],
  { at, lock, unlock }: { readonly at: number; readonly lock: string; readonly unlock: string },
): KeptLock | null {
  const order = all[at]!.findIndex((call) => nameOf(call) === lock);
  const { args } = all[at]![order]!;
  const isLast = (call: Call): boolean =>
    nameOf(call) === 'mutex_destroy' && call.args.map(printExpression).join() === args.map(printExpression).join();
  if (all.flat().some(isLast)) return null;
  const givesBack = (calls: readonly Call[]): boolean => calls.some((call) => nameOf(call) === unlock);
  if (all.flat().filter((call) => nameOf(call) === lock).length > 1 || reaching(blocks, at).has(at)) return null;
  if (givesBack(all[at]!.slice(order))) return null;
  const behind = blocksFrom(blocks, [at]);
  const unlocking = new Set(all.flatMap((calls, each) => (each !== at && givesBack(calls) ? [each] : [])));
  const from = at === 0 ? new Set<number>() : blocksFrom(blocks, [0], at);
  const beyond = blocksFrom(blocks, [...unlocking]);
  for (const end of behind) {
    const last = blocks[end]!.end;
    if (last.e !== 'return' || from.has(end) || beyond.has(end)) continue;
    if (last.value && [...walkExpression(last.value)].some(mayBeMacro)) continue;
    return { lock, unlock, text: printExpression(all[at]![order]!), at: last.at };
  }
  return null;
}

/** Whether a name is one of the file's own, in capitals: a macro may do more than to stand for a number. */
function mayBeMacro(e: Expr): boolean {
  return e.k === 'id' && /^[A-Z][A-Z\d_]+$/.test(e.name) && e.name !== 'NULL' && !isErrno(e.name);
}

/** Whether what a function calls or names may give back a lock. */
function elseUnlocks(
  program: Program,
  {
    fn: { file },
    names,
    words,
    unlock,
  }: {
    readonly fn: FunctionEntry;
    readonly names: ReadonlySet<string>;
    readonly words: readonly string[];
    readonly unlock: string;
  },
): boolean {
  for (const name of names) {
    if (locks.has(name) || name === unlock) continue;
    if (name === '' || /lock/i.test(name)) return true;
    const callee = program.lookUp(file, name);
    if (isKnownToKeep(name) && !isOwn(callee, file)) continue;
    if (!callee || mayUnlock(program, { callee, unlock })) return true;
  }
  return words.some((word) => {
    const named = names.has(word) || !/^\w+$/.test(word) ? undefined : program.lookUp(file, word);
    return named !== undefined && mayUnlock(program, { callee: named, unlock });
  });
}

const memo = new WeakMap<Program, Map<string, boolean>>();

/** Whether a function, or what it leads to, may give back a lock: it does, or leads to what was not read and is not known. */
function mayUnlock(
  program: Program,
  { callee, unlock }: { readonly callee: FunctionEntry; readonly unlock: string },
): boolean {
  let answers = memo.get(program);
  if (!answers) memo.set(program, (answers = new Map<string, boolean>()));
  const key = `${callee.id}|${unlock}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = [...reachedFrom(program, [callee.id])].some((id) => {
    if (program.calls(id).has(unlock)) return true;
    const { file, fact } = program.functionById(id)!;
    if (!fact.blocks || fact.unreadable) return true;
    return fact.blocks.flatMap(callsIn).some((call) => {
      const name = nameOf(call);
      return name === '' || (!locks.has(name) && !isKnownToKeep(name) && !program.lookUp(file, name));
    });
  });
  answers.set(key, answer);
  return answer;
}

/** Whether a function is of the folder of a file: it is that, whatever else goes by such a name. */
function isOwn(callee: FunctionEntry | undefined, file: string): boolean {
  return callee !== undefined && folderOf(callee.file) === folderOf(file);
}

/** Whether a call is known, and gives back no lock that its caller has taken. */
function isKnownToKeep(name: string): boolean {
  return (
    name === 'net_generic' ||
    handsOn.has(name) ||
    steady.has(name) ||
    onlyTells(name) ||
    stops.has(name) ||
    barriers.has(name) ||
    queueWaits.includes(name) ||
    pernetCalls.has(name) ||
    kernelTable.acquires.has(name) ||
    kernelTable.releases.has(name) ||
    /^_{0,2}(?:list|hlist|rcu_(?:assign|dereference|access|barrier|replace)|synchronize|atomic|refcount|idr|ida|xa|rb|test_(?:bit|and)|kfree|kvfree|unregister_netdevice)(?:_\w+)?$/.test(
      name,
    )
  );
}
