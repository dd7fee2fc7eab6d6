import { expressionsOf, successorsOf, walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import { givesEntry } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { joinOf } from '../bodies/joins.ts';
import { pernetCalls } from '../bodies/known.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { printExpression } from '../bodies/print.ts';
import { isLock, isUnlock } from '../bodies/reset-locked.ts';
import type { Place } from '../paths/trace.ts';

/** What a registrar shows others before it registers the ops that it is passed with it. */
export interface Listed {
  /** What its caller passes, by the name that it has there. */
  readonly arg: string;
  /** The variable in which others find it. */
  readonly list: string;
  readonly call: string;
  /** Where the function registers the ops. */
  readonly registration: Place;
}

/** Calls that open a gate, or put something where it is looked up. */
const opens =
  /^(?:static_(?:branch|key)_\w+|\w*set_bit|smp_store_\w+|WRITE_ONCE|rcu_assign_pointer|complete\w*|wake_up\w*|(?:refcount|atomic\w*)_(?:set|inc|add|or)\w*|kref_init|h?list_(?:add|move|splice)\w*|hash_add\w*|xchg|cmpxchg)$/;
/** A lock that is held as far as a block goes. */
const scoped = 'scoped_guard()';
const undoing = /^(?:h?list_(?:del|move|replace)\w*|hash_del\w*|xa_erase\w*|idr_remove|unregister_pernet_\w+)\(\)$/;

/**
 * What a function that registers ops for other modules puts where its file looks it up, before it registers the ops of the
 * same caller (`list_add_tail(&act->head, &act_base); … register_pernet_subsys(ops);`, net/sched/act_api.c): from then on
 * the callbacks of that caller can run. Not while a lock is held that is taken before and dropped after, nor where the
 * function opens some gate once it is done. `site` is the caller's call of it.
 */
export function listedEarly(program: Program, site: Place): Listed | null {
  const caller = program.functionById(`${site.file}#${site.fn}`);
  const call = (caller?.fact.blocks ?? []).flatMap(callsIn).find((each) => each.at.join() === site.at.join());
  const registrar = call?.fn.k === 'id' ? program.resolveFunction(site.file, call.fn.name) : undefined;
  // In a module's own list nobody looks who does not come to it by what it registers.
  if (!call || !registrar || registrar.file === site.file) return null;
  const { file, fact } = registrar;
  if (wordsOf(program, registrar).includes(scoped)) return null;
  if ((caller?.fact.blocks ?? []).flatMap(callsIn).some((each) => lockBy(program, site.file, each) !== 0)) return null;
  if (!program.facts(file)?.exports.includes(fact.name)) return null;
  const all = (fact.blocks ?? []).flatMap(callsIn);
  const registering = all.find((each) => registersParam(each, fact.params));
  if (!registering || opensAfter(program, registrar, registering.at)) return null;
  for (const added of all) {
    const join = joinOf(added);
    const param = join?.entry ? rootOf(join.entry) : null;
    const arg = param === null ? undefined : call.args[fact.params.indexOf(param)];
    if (!join || !arg || !isNamed(arg) || !isLookedUp(program, registrar, join.to)) continue;
    const undoes = (each: Call): boolean => each.fn.k === 'id' && join.undoes.test(each.fn.name);
    const locks = (each: Call): number => lockBy(program, file, each);
    if (!comesFirst(fact.blocks ?? [], added.at, { at: registering.at, undoes, locks })) continue;
    const registration = { file, fn: fact.name, at: registering.at };
    return { arg: printExpression(arg), list: join.to, call: join.call, registration };
  }
  return null;
}

/** Whether a call registers an ops that its function was passed. */
function registersParam({ fn, args }: Call, params: readonly string[]): boolean {
  const known = fn.k === 'id' ? pernetCalls.get(fn.name) : undefined;
  const ops = known?.register === true ? args[known.ops] : undefined;
  return ops?.k === 'id' && params.includes(ops.name);
}

/** Whether what is passed is a variable of the caller's: `&foo_ops`. */
function isNamed(e: Expr): boolean {
  return e.k === 'unary' && e.op === '&' && e.of.k === 'id';
}

/** The variable from which an expression sets out: `act` of `&act->head`. */
function rootOf(e: Expr): string | null {
  if (e.k === 'id') return e.name;
  if (e.k === 'field' || (e.k === 'unary' && e.op === '&')) return rootOf(e.of);
  return null;
}

/**
 * Whether another function of the file looks for entries of a variable of its own, and calls by their pointers or gives one
 * back. Who just takes something away, prints, or asks whether something is there does nothing with what is not ready; nor
 * does what the registrar alone calls.
 */
function isLookedUp(program: Program, { file, fact }: FunctionEntry, list: string): boolean {
  const { statics = [], mentions = {} } = program.facts(file) ?? {};
  if (!statics.includes(list)) return false;
  return Object.entries(mentions).some(([by, words]) => {
    if (by === fact.name || !words.includes(list) || words.some((word) => undoing.test(word))) return false;
    const callers = Object.entries(mentions).flatMap(([each, its]) => (its.includes(`${by}()`) ? each : []));
    if (callers.length > 0 && callers.every((each) => each === fact.name)) return false;
    const calls = words.some((word) => words.includes(`${/^>\w+->(\w+)$/.exec(word)?.[1] ?? ''}()`));
    return calls || words.includes(givesEntry(list));
  });
}

function wordsOf(program: Program, { file, fact }: FunctionEntry): readonly string[] {
  const { mentions = {} } = program.facts(file) ?? {};
  return Object.hasOwn(mentions, fact.name) ? mentions[fact.name]! : [];
}

/** Whether a call takes a lock (1) or drops one (-1), by a function of somebody's own too. */
function lockBy(program: Program, file: string, { fn }: Call): number {
  const name = fn.k === 'id' ? fn.name : '';
  if (isLock(name)) return 1;
  if (isUnlock(name)) return -1;
  const helper = program.resolveFunction(file, name);
  const words = helper ? wordsOf(program, helper).flatMap((word) => /^(\w+)\(\)$/.exec(word)?.[1] ?? []) : [];
  const [takes, drops] = [words.some(isLock), words.some(isUnlock)];
  return takes === drops ? 0 : takes ? 1 : -1;
}

/** How far what a registrar calls once it is done is followed. */
const mostDeep = 3;

/** Whether a function sets something that outlives it once it has come to a call: those who look for that go by it. */
function opensAfter(program: Program, of: FunctionEntry, at: At, deep = 0): boolean {
  const { fact, file } = of;
  if (fact.blocks === null || deep > mostDeep) return true;
  const isLater = (e: Expr & { readonly at: At }): boolean => e.at[0] > at[0] || (e.at[0] === at[0] && e.at[1] > at[1]);
  /** What takes back what was shown has a member or two to set as well. */
  const opensIn = (name: string): boolean => {
    const helper = program.resolveFunction(file, name);
    if (!helper || wordsOf(program, helper).some((word) => undoing.test(word))) return false;
    return opensAfter(program, helper, [-1, 0, 0, 0], deep + 1);
  };
  const isOutside = (to: Expr): boolean => to.k === 'field' || to.k === 'index' || (to.k === 'unary' && to.op === '*');
  return [...expressionsOf(fact.blocks)].some((whole) =>
    [...walkExpression(whole)].some((e) => {
      if (e.k === 'call') return e.fn.k === 'id' && isLater(e) && (opens.test(e.fn.name) || opensIn(e.fn.name));
      return e.k === 'assign' && isOutside(e.to) && isLater(e);
    }),
  );
}

/** Whether a call is made before another one on some way, on which nothing undoes it and no lock is held from before it on. */
function comesFirst(
  blocks: readonly Block[],
  added: At,
  {
    at,
    undoes,
    locks: lockOf,
  }: {
    readonly at: At;
    readonly undoes: (call: Call) => boolean;
    readonly locks: (call: Call) => number;
  },
): boolean {
  const queue: { readonly block: number; readonly isThere: boolean; readonly locks: number }[] = [
    { block: 0, isThere: false, locks: 0 },
  ];
  const seen = new Set<string>();
  for (let next = queue.pop(); next; next = queue.pop()) {
    let { isThere, locks } = next;
    const key = `${next.block}|${isThere}|${locks}`;
    const block = blocks[next.block];
    if (!block || seen.has(key)) continue;
    seen.add(key);
    for (const call of callsIn(block)) {
      if (call.at.join() === at.join() && isThere && locks === 0) return true;
      if (call.at.join() === added.join()) isThere = true;
      else if (undoes(call)) isThere = false;
      else locks = Math.min(Math.max(locks + lockOf(call), 0), mostLocks);
    }
    for (const to of successorsOf(block)) queue.push({ block: to, isThere, locks });
  }
  return false;
}

/** More locks than these are not told apart. */
const mostLocks = 4;
