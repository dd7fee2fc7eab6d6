import { folderOf } from '../../facts/folder.ts';
import { expressionsOf, walkExpression, type FunctionFact } from '../../facts/ir.ts';
import { asksMember, given, givenAnywhere, isGetter, ofWholeFile, unasked } from '../../facts/words.ts';
import type { OpsEntry, Program } from '../../program/program.ts';
import { callsOf, nameOf } from './body.ts';
import { localsOf } from './locals.ts';
import { memberIn, settingBy } from './settings.ts';
import { structOfData } from './structs.ts';

/** A member of struct net, or of a structure of a file's, that holds what an init has made. */
export interface NeededMember {
  readonly member: string;
  /** With what leads to it: `ipv4.table`. */
  readonly path: string;
  /** The ops whose data it is in; null where that is struct net. */
  readonly ops: OpsEntry | null;
  readonly file: string;
  /** The call that makes it. */
  readonly call: string;
}

/** The functions that make it, and the others that an init comes through to these, or an exit to give it back. */
export interface Through {
  readonly makers: readonly string[];
  readonly others: readonly string[];
}

/**
 * Whether what a member points at has to be there: some function that none of a module calls uses it before it asks for
 * anything at all, none but its makers asks whether it is there, and these do no more than to make it. A member of struct
 * net is looked for in all files, one of anything else in the folder of the file that keeps it.
 */
export function isNeeded(program: Program, kept: NeededMember, { makers, others }: Through): boolean {
  const { member, path, ops, file, call } = kept;
  const place = `${ops ? structOfData(ops.fact) : 'net'}->${path}`;
  const users = new Set<string>();
  const called = new Set<string>();
  for (const each of program.fileNames()) {
    if (ops && folderOf(each) !== folderOf(file)) continue;
    const { mentions = {}, functions = [] } = program.facts(each) ?? {};
    const names = new Set(functions.map(({ name }) => name));
    for (const [name, words] of Object.entries(mentions)) {
      if (makers.includes(name)) continue;
      // Who gets it from a macro may ask there.
      if (words.includes(name === ofWholeFile ? givenAnywhere(member) : asksMember(member))) return false;
      if (name === ofWholeFile || others.includes(name)) continue;
      // Who calls a maker again makes what was not made before.
      const named = words.map((word) => word.replace(/\(\)$/, ''));
      if (named.some((word) => makers.includes(word))) return false;
      if (!names.has(name)) continue;
      for (const word of named) if (word !== name) called.add(word);
      if (!givesBack(words, member) && !each.endsWith('.h') && usesOf(place).some((use) => words.includes(use)))
        users.add(name);
    }
    if (functions.some((fact) => setsOtherwise(fact, member, makers.includes(fact.name)))) return false;
  }
  // Who calls a user may ask for anything first.
  return (
    [...users].some((user) => !called.has(user)) &&
    makers.every((maker) => doesNoMore(program, file, maker, [...makers, call]))
  );
}

function usesOf(place: string): readonly string[] {
  return [unasked.uses('value', place), unasked.uses('part', place)];
}

/** Whether a function sets a member to what is there whatever fails; one that makes it, to something that it has not made. */
function setsOtherwise(fact: FunctionFact, member: string, isMaker: boolean): boolean {
  const locals = isMaker ? localsOf(fact) : new Set<string>();
  return [...expressionsOf(fact.blocks ?? [])]
    .flatMap((whole) => [...walkExpression(whole)])
    .some((e) => {
      const set = settingBy(e, memberIn);
      if (set?.name !== member || !set.isSet) return false;
      const from = e.k === 'assign' ? e.from : e.k === 'call' ? e.args[1] : undefined;
      return !isMaker || !(from?.k === 'call' || (from?.k === 'id' && locals.has(from.name)));
    });
}

/** What a function that makes something may call when it has that: what sets up memory, or speaks of what has failed. */
const furnishing =
  /^(?:INIT_\w+|(?:mutex|spin_lock|rwlock|seqlock|id[ar]|xa)_init|mem(?:set|cpy)|pr_\w+|net_\w+_ratelimited|\w*free|\w*alloc\w*|IS_ERR\w*|PTR_ERR\w*|ERR_PTR|(?:un)?likely|WRITE_ONCE|rcu_assign_pointer|RCU_INIT_POINTER)$/;

/** Whether a function sets nobody going once it has made something: it is that which may use it, and nobody else. */
function doesNoMore(program: Program, file: string, name: string, making: readonly string[]): boolean {
  const fn = program.resolveFunction(file, name);
  const calls = fn ? callsOf(fn) : [];
  const [made] = calls.flatMap((each) => (making.includes(nameOf(each)) ? [each.at] : []));
  if (!made) return false;
  return calls.every(
    (each) =>
      each.at[0] < made[0] ||
      (each.at[0] === made[0] && each.at[1] <= made[1]) ||
      making.includes(nameOf(each)) ||
      furnishing.test(nameOf(each)),
  );
}

/** Calls by which a function gets at something, and does nothing with it. */
const getting = /^(?:net_generic|r(?:cu|tnl)_\w+|srcu_\w+|lockdep_\w+|READ_ONCE|smp_load_acquire|WARN_ON\w*)\(\)$/;

/** Whether a function does no more than to hand a member on to who calls it, who may ask then: `return fn->table;`. */
function givesBack(words: readonly string[], member: string): boolean {
  const isOther = (word: string): boolean =>
    /^\w+\(\)$/.test(word) && !getting.test(word) && !isGetter(word.slice(0, -2));
  return words.includes(given(member)) && !words.some(isOther);
}

/** Whether a word is that of a member of struct net, or of a part of that: `net->ipv4.foo`. */
export function isOfNet(word: string, member: string): boolean {
  return word.startsWith('net->') && /[.>](\w+)$/.exec(word)?.[1] === member;
}
