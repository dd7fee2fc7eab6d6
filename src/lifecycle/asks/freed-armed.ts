import { childrenOf, type At, type Expr } from '../../facts/ir.ts';
import { later } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Passed, Reach } from '../../program/reach.ts';
import { allIn, callsOf, nameOf } from '../bodies/body.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import { certainBlocks, certainIn, type CertainNames } from '../bodies/certain.ts';
import { freesIn } from '../bodies/freed-param.ts';
import { freesItself } from '../bodies/frees-itself.ts';
import { soundsLikeRelease } from './kept-alone.ts';
import { LaterItems, type Item } from './later-items.ts';
import { firstWord, isUnreadStep } from './left-running.ts';
import { StopSearch, type Call } from '../bodies/may-stop.ts';
import { waitsForAny } from './only-queues.ts';
import type { PairsByCall } from '../resources/index.ts';
import { structBehind } from '../bodies/structs.ts';

/** Memory that an exit frees with a timer in it that nothing stops. */
export interface FreedArmed {
  readonly freed: string;
  readonly call: string;
  readonly timer: string;
  readonly place: { readonly file: string; readonly fn: string; readonly at: At };
}

/** Calls that free memory at once. */
const freeing = /^k(?:v)?free$/;

/** What may free the memory that a timer lies in. */
const givingBack = /^k(?:v)?free(?:_\w+)?$|^call_rcu|^kmem_cache_free$|(?:^|_)put(?:_|$)/;

/** What puts a thing on a list or a tree, takes it off there, or locks: it asks nothing of the thing. */
const linking =
  /^h?list_|^hlist_|^rb_(?:erase|link)|^(?:spin|raw_spin|read|write|mutex|rcu_read)_\w*(?:un)?lock|^H?LIST_HEAD$/;

/** What asks about a thing, or tells others of it, by its name. */
const asking = /(?:^|_)(?:exists?|is|has|valid|empty|fill|dump|show|print|size|len|count|find|lookup|notify)(?:_|$)/i;

/**
 * What the exits of an ops free whichever way they go while a timer of it may be waiting for its time: functions of the
 * folder set that up and arm it, and nothing that is at hand stops it, or speaks of it on the way. Who takes it off its queue
 * in passing, as there is nothing to do by then, does not end it; what gives the memory back by its own timer is left alone.
 */
export function freedArmed(
  { program, reach, table }: Readonly<{ program: Program; reach: Reach; table: PairsByCall }>,
  eachTime: CertainNames,
  ops: OpsEntry,
): FreedArmed | null {
  const exits = exitsOf(program, ops);
  const all = new Map<string, Passed>();
  for (const { file, fact } of exits)
    for (const each of reach.through(file, fact.name, 'calls')) all.set(`${each.file}#${each.name}`, each);
  const through = [...all.values()];
  const frees = through.filter(({ words }) => words.some((word) => freeing.test(word.replace('()', ''))));
  if (frees.length === 0) return null;
  const items = new LaterItems(program);
  for (const { file, name } of frees) {
    const timers = program.fileNames().flatMap((home) => timersOf(items, home));
    const fn = timers.length > 0 ? program.resolveFunction(file, name) : undefined;
    if (fn?.file !== file || !exits.some((exit) => exit.id === fn.id || eachTime.of(exit).has(name))) continue;
    for (const call of callsOf(fn)) {
      const struct = freeing.test(nameOf(call)) ? structBehind(fn.fact, call.args[0]) : undefined;
      if (struct === undefined || !isSure(program, fn, call)) continue;
      const armed = timers.find(
        (item) =>
          items.placeIn(item)?.struct === struct.replace('*', '') &&
          isArmed(items, file, item) &&
          !mayEnd({ program, reach, table, items }, { exits, through }, item, struct),
      );
      if (armed)
        return {
          freed: (call.args[0] as { name: string }).name,
          call: nameOf(call),
          timer: /\w+$/.exec(armed.text)![0],
          place: { file, fn: name, at: call.at },
        };
    }
  }
  return null;
}

/** The timers that a file sets up in something that they are named by a pointer to. */
function timersOf(items: LaterItems, file: string): Item[] {
  const mark = later.isTimer('');
  return items.wordsOf(file).flatMap((word) => (word.startsWith(mark) ? { text: word.slice(mark.length), file } : []));
}

/** Whether a function frees a thing whichever way it goes: what it was passed, or an element that a loop comes to. */
function isSure(program: Program, fn: FunctionEntry, call: Call): boolean {
  const given = call.args[0];
  if (given?.k !== 'id') return false;
  const at = fn.fact.params.indexOf(given.name);
  if (at >= 0) return freesIn(program, fn.file)(fn.fact.name) === at;
  const isIt = (e: Expr): boolean => e === call;
  return certainBlocks(fn.fact.blocks ?? [], { loops: true, failures: true }).some((block) =>
    [...certainIn(block)].some((whole) => [...whole].some(isIt)),
  );
}

/** Whether functions of the folder arm a timer. */
function isArmed(items: LaterItems, file: string, item: Item): boolean {
  const mark = later.queues('');
  return items
    .filesBeside(file)
    .some((home) =>
      items
        .wordsOf(home)
        .some(
          (word) => word.startsWith(mark) && items.isSamePlace(item, { text: word.slice(mark.length), file: home }),
        ),
    );
}

/** Whether anything at hand may end a timer before the memory goes in which it lies. */
function mayEnd(
  { program, reach, table, items }: Readonly<{ program: Program; reach: Reach; table: PairsByCall; items: LaterItems }>,
  { exits, through }: { readonly exits: readonly FunctionEntry[]; readonly through: readonly Passed[] },
  item: Item,
  struct: string,
): boolean {
  const speaks = ({ file, words }: Passed, marks: readonly string[]): boolean =>
    words.some((word) => marks.some((mark) => word.startsWith(mark)) && items.isAbout(item, word, file));
  const ending = [later.stops(''), later.waits(''), later.drops('')];
  if (through.some((each) => speaks(each, ending)) || waitsForAny(through)) return true;
  if (program.fileNames().some((file) => isEndedIn(program, items, item, file))) return true;
  const runs = later.runs(item.text, '');
  const runner = items
    .wordsOf(item.file)
    .find((word) => word.startsWith(runs))
    ?.slice(runs.length);
  const called = runner === undefined ? undefined : program.resolveFunction(item.file, runner);
  const member = /\w+$/.exec(item.text)![0];
  if (called && mayFreeItself({ program, reach }, called, member)) return true;
  const search = new StopSearch(program, table, member);
  const own = new Set([...exits.map(({ fact }) => fact.name), ...through.map(({ name }) => name)].map(firstWord));
  const isOwnMacro = (name: string): boolean => !/[a-z]/.test(name) && own.has(firstWord(name.toLowerCase()));
  const all = new Set(through.map((each) => `${each.file}#${each.name}`));
  for (const { file, name } of through) {
    const fn = program.resolveFunction(file, name);
    if (fn?.file !== file) continue;
    if (fn.fact.unreadable) return true;
    const calls = callsOf(fn);
    const held = heldIn(fn, struct);
    // Who gets it as what it is is asked by itself.
    const isAskedItself = (call: Call): boolean => {
      const callee = program.lookUp(file, nameOf(call));
      if (!callee?.fact.blocks || !all.has(`${callee.file}#${callee.fact.name}`)) return false;
      const takes = heldIn(callee, struct);
      return call.args.every((arg, at) => arg.k !== 'id' || !held.has(arg.name) || takes.has(callee.fact.params[at]!));
    };
    const asked = calls.filter(
      (call) =>
        !linking.test(nameOf(call)) &&
        !asking.test(nameOf(call)) &&
        !freeing.test(nameOf(call)) &&
        !isAskedItself(call) &&
        (program.lookUp(file, nameOf(call)) !== undefined || isOwnMacro(nameOf(call)) || isPassedWhole(call, held)),
    );
    if (held.size > 0 && search.mayStop(fn, asked, held)) return true;
    if ([...allIn(fn)].some((e) => e.k === 'field' && e.name === member)) return true;
  }
  return exits.some((fn) =>
    [...reach.from(fn.file, fn.fact.name, 'calls')].some(
      ([word, way]) => !table.releases.has(word) && isUnreadStep(program, fn, word, way),
    ),
  );
}

/** Whether what a timer calls may free what it lies in, or gives the namespace back; of a body that is not read the words alone are known. */
function mayFreeItself(
  { program, reach }: Readonly<{ program: Program; reach: Reach }>,
  called: FunctionEntry,
  member: string,
): boolean {
  const words = reach.from(called.file, called.fact.name, 'calls');
  if (words.has('put_net')) return true;
  return called.fact.blocks
    ? freesItself(program, called, member)
    : [...words.keys()].some((word) => givingBack.test(word));
}

/** Whether a call gets one of some pointers itself, not just members of what it points at. */
function isPassedWhole(call: Call, held: ReadonlySet<string>): boolean {
  const isIn = (e: Expr): boolean =>
    e.k === 'field' ? e.of.k !== 'id' && isIn(e.of) : (e.k === 'id' && held.has(e.name)) || childrenOf(e).some(isIn);
  return call.args.some(isIn);
}

/** The variables of a function that point at such a structure. */
function heldIn(fn: FunctionEntry, struct: string): ReadonlySet<string> {
  const named = (name: string): boolean => structBehind(fn.fact, { k: 'id', name, at: fn.fact.at }) === struct;
  const declared = (fn.fact.blocks ?? []).flatMap(({ steps }) =>
    steps.flatMap((step) => (step.s === 'declare' ? step.name : [])),
  );
  return new Set([...fn.fact.params, ...declared].filter(named));
}

/**
 * Whether a file stops a timer or waits for it, in a function or a macro. Who takes it off its queue in passing may do so
 * as nothing is left to do; who takes something down, or does nothing else, ends it.
 */
function isEndedIn(program: Program, items: LaterItems, item: Item, file: string): boolean {
  const isSaid = (words: readonly string[], mark: string): boolean =>
    words.some((word) => word.startsWith(mark) && items.isAbout(item, word, file));
  const inFile = items.wordsOf(file);
  if (isSaid(inFile, later.waits(''))) return true;
  if (!isSaid(inFile, later.stops(''))) return false;
  const functions = Object.entries(program.facts(file)?.mentions ?? {}).filter(([, words]) => words !== inFile);
  if (functions.some(([, words]) => isSaid(words, later.stops('')))) return true;
  const dropping = functions.filter(([, words]) => isSaid(words, later.drops('')));
  return (
    dropping.length === 0 ||
    dropping.some(([name, words]) => soundsLikeRelease.test(name) || words.filter((w) => w.endsWith('()')).length < 2)
  );
}
