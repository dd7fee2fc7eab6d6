import { walkExpression, type At, type Expr } from '../../facts/ir.ts';
import { foundByRcu, gateAsked, isGetter, isMemberWord } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { freesIn } from '../bodies/freed-param.ts';
import { localsOf } from '../bodies/locals.ts';
import type { Call } from '../bodies/may-stop.ts';
import { waitsForReaders } from '../bodies/may-end-before.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { printExpression } from '../bodies/print.ts';
import { structBehind } from '../bodies/structs.ts';
import { comesUnwaited } from './unwaited.ts';
import { allIn, callsOf, nameOf, within } from '../bodies/body.ts';

/** Memory that a teardown frees at once after it has unregistered the hooks which find it by RCU. */
export interface FreedFound {
  /** What is freed, as it is kept. */
  readonly freed: string;
  /** The call that unregisters the hook, and the one that frees. */
  readonly ends: string;
  readonly frees: string;
  /** The function of the hook that finds it. */
  readonly reader: string;
  readonly place: { readonly file: string; readonly fn: string; readonly at: At };
}

const unhooking = /^nf_unregister_net_hooks?$/;
/** How who changes what RCU keeps for others gets at it (include/linux/rcupdate.h). */
const taking =
  /^(?:rcu_(?:dereference\w*|access_pointer|replace_pointer)|rtnl_dereference|unrcu_pointer|READ_ONCE|xchg)$/;

/** A teardown is followed into so many calls, and so is a hook. */
const mostDeep = 2;

/**
 * What a teardown frees at once after it has unregistered the netfilter hooks whose functions find just that by
 * rcu_dereference(): a packet that is in one of them on another CPU goes on to use it (net/netfilter/core.c,
 * nf_unregister_net_hook()). Nothing where the teardown waits for readers at any time, or `earlier`, pre_exit, sees to it.
 */
export function freedFound(means: Means, fn: FunctionEntry, earlier?: FunctionEntry): FreedFound | null {
  const { program } = means;
  const all = within(program, fn, mostDeep);
  const mayHelp = (call: Call): boolean => waiting.test(nameOf(call)) && !waitsForLast.test(nameOf(call));
  if (all.some((each) => callsOf(each).some(mayHelp))) return null;
  // A scope that locks is no call like others.
  const locks = all.some((each) => (program.facts(each.file)?.mentions[each.fact.name] ?? []).some(isLocking));
  const waitsAtAll = all.some((each) => callsOf(each).some((call) => waitsForLast.test(nameOf(call))));
  for (const of of all) {
    const calls = callsOf(of);
    const ends = calls.filter((call) => unhooking.test(nameOf(call)));
    for (const free of ends.length > 0 ? calls : []) {
      const at = freesIn(program, of.file)(nameOf(free));
      const kept = at === undefined ? null : keptAt(of, free.args[at]);
      if (!kept || isReplacedBefore(calls, free, kept)) continue;
      if (earlier && within(program, earlier, mostDeep).some((each) => names(each, kept))) continue;
      for (const end of ends) {
        const reader = readerOf(means, of, end, kept);
        // A reader that holds a lock which the teardown takes is through by then.
        if (reader && locks && [...reachOf(means, of.file, reader)].some(isLocking)) continue;
        if (reader && earlier && isToldBy(means, earlier, { file: of.file, reader, kept })) continue;
        if (!reader || (waitsAtAll && !endsByReader(means, of.file, reader))) continue;
        if (!comesUnwaited(program, of, [end, free], (call) => waitsForLast.test(nameOf(call)))) continue;
        const place = { file: of.file, fn: of.fact.name, at: free.at };
        return { freed: kept.text, ends: nameOf(end), frees: nameOf(free), reader, place };
      }
    }
  }
  return null;
}

/** Whether a function waits for readers of RCU, or for all processors, in what its file has it call. */
export function waitsForOthers(program: Program, fn: FunctionEntry): boolean {
  const isWait = (name: string): boolean => waitsForReaders.test(name) || name === 'stop_machine';
  return within(program, fn, mostDeep).some((each) => callsOf(each).some((call) => isWait(nameOf(call))));
}

const waiting = /wait|synchroni|barrier|flush|drain|complet(?!e$)/;

/** Whether a word is the name of what may keep others out for a time: a lock, one of the file's own, a scope. */
function isLocking(word: string): boolean {
  return (
    /(?:^|_)(?:try|un)?(?:lock|guard)(?:_\w+)?(?:\(\))?$/i.test(word) && !/^(?:s?rcu_|rtnl_|local_|lockdep_)/.test(word)
  );
}

/**
 * Whether pre_exit speaks of a member or a variable that a reader names as well: it may tell that to find nothing any more, and
 * the core waits for readers behind it.
 */
function isToldBy(means: Means, earlier: FunctionEntry, of: { file: string; reader: string; kept: Kept }): boolean {
  const words = [...reachOf(means, of.file, of.reader)];
  const known = new Set(words);
  return within(means.program, earlier, mostDeep).some((fn) => {
    const locals = localsOf(fn.fact);
    const called = new Set(callsOf(fn).map(nameOf));
    const all = [...allIn(fn)];
    const isOther = (name: string): boolean => name !== of.kept.id && !locals.has(name) && !called.has(name);
    return all.some((e) =>
      e.k === 'field'
        ? words.some((word) => isMemberWord(word, e.name))
        : e.k === 'id' && isOther(e.name) && (known.has(e.name) || known.has(gateAsked(e.name))),
    );
  });
}

/** What a function calls, and what that does. */
function reachOf({ reach }: Means, file: string, name: string): Iterable<string> {
  return reach.from(file, name, 'calls').keys();
}

/** What is told by who drops the last reference that a teardown need wait no longer. */
const waitsForLast = /^wait_for_completion$/;

/**
 * Whether a completion says no more than that readers which hold a reference are through: a reader tells of it itself, and
 * nothing of the file leaves anything to RCU. Who has found the thing, and holds no reference yet, is not waited for.
 */
function endsByReader({ program, reach }: Means, file: string, reader: string): boolean {
  const words = Object.values(program.facts(file)?.mentions ?? {}).flat();
  const isByRcu = words.some((word) =>
    /rcu_(?!dereference|read_|assign|replace|access)|percpu_ref|synchronize/.test(word),
  );
  const way = reach.from(file, reader, 'calls').get('complete');
  return !isByRcu && way !== undefined && way.within;
}

interface Means {
  readonly program: Program;
  readonly reach: Reach;
}

interface Kept {
  /** By what an ops' data is got at in which it lies: the id, or a getter. */
  readonly id: string;
  readonly member: string;
  readonly text: string;
  /** The structure that it is a member of, where that is told. */
  readonly struct?: string;
}

/** Whether what a call frees is read where it was kept when something else has been put there: it is that, or nothing. */
function isReplacedBefore(calls: readonly Call[], free: Call, { member }: Kept): boolean {
  if (!free.args.some((arg) => [...walkExpression(arg)].some((e) => e.k === 'field' && e.name === member)))
    return false;
  return calls
    .slice(0, calls.indexOf(free))
    .some((call) => replacing.test(nameOf(call)) && call.args[0] && printsMember(call.args[0], member));
}

const replacing = /^(?:rcu_replace_pointer|xchg|rcu_assign_pointer|RCU_INIT_POINTER|WRITE_ONCE)$/;

function printsMember(e: Expr, member: string): boolean {
  const of = e.k === 'unary' && e.op === '&' ? e.of : e;
  return of.k === 'field' && of.name === member;
}

/** Where what a teardown frees was kept: all that a local of its is given is from there. */
function keptAt(of: FunctionEntry, e: Expr | undefined): Kept | null {
  if (e?.k !== 'id') return e ? placeOf(of, e) : null;
  const places = (valuesOfLocals(of).get(e.name) ?? []).map((value) => placeOf(of, value));
  const [first] = places;
  return first && places.every((place) => place?.member === first.member && place.id === first.id) ? first : null;
}

/** A member of an ops' data, or what that points to: `fn->state`, `*slot`. */
function placeOf(of: FunctionEntry, e: Expr): Kept | null {
  if (e.k === 'call') return taking.test(nameOf(e)) && e.args[0] ? placeOf(of, e.args[0]) : null;
  if (e.k === 'unary' && e.op === '&') return placeOf(of, e.of);
  const isSlot = e.k === 'unary' && e.op === '*';
  if (!isSlot && !(e.k === 'field' && e.arrow)) return null;
  const [value, ...others] = e.of.k === 'id' ? (valuesOfLocals(of).get(e.of.name) ?? []) : [e.of];
  if (value?.k !== 'call' || others.length > 0) return null;
  const [, id] = value.args;
  if (nameOf(value) === 'net_generic' ? !id : isSlot || !isGetter(nameOf(value))) return null;
  const by = nameOf(value) === 'net_generic' ? printExpression(id!) : nameOf(value);
  const struct = e.k === 'field' ? structBehind(of.fact, e.of) : undefined;
  return {
    id: by,
    member: e.k === 'field' ? e.name : '*',
    text: printExpression(e),
    ...(struct !== undefined && { struct: struct.replace('*', '') }),
  };
}

/** The function of the hooks that a call unregisters which finds what is kept somewhere: as it, or what it calls beside it, says. */
function readerOf(
  { program, reach }: Means,
  of: FunctionEntry,
  { args }: Call,
  { id, member, struct }: Kept,
): string | null {
  const hooks = args[1]?.k === 'unary' && args[1].op === '&' ? args[1].of : args[1];
  if (hooks?.k !== 'id' || localsOf(of.fact).has(hooks.name)) return null;
  const finds = (name: string): boolean => {
    const words = program.facts(of.file)?.mentions[name] && reach.from(of.file, name, 'calls');
    const way = words?.get(foundByRcu(member));
    if (!words || way === undefined || !way.within || way.steps > mostDeep || !words.has(id)) return false;
    const others = [...words.keys()].filter((word) => word.startsWith(']') && word.endsWith(`->${member}`));
    return struct === undefined || others.length === 0 || others.includes(foundByRcu(`${struct}->${member}`));
  };
  return program.facts(of.file)?.mentions[hooks.name]?.find(finds) ?? null;
}

/** Whether a function names what is kept somewhere. */
function names(of: FunctionEntry, { member }: Kept): boolean {
  const all = [...allIn(of)];
  return all.some((e) => (member === '*' ? e.k === 'unary' && e.op === '*' : e.k === 'field' && e.name === member));
}
