import { folderOf } from '../../facts/folder.ts';
import { successorsOf, type At, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { asksWhich, ofSomeOnly } from '../bodies/first-namespace.ts';
import { joinOf, mayUndo, mentions, type Join } from '../bodies/joins.ts';
import { isHarmless, reachedFrom } from '../bodies/known.ts';
import { isUnreadStep } from './left-running.ts';
import { localsOf } from '../bodies/locals.ts';
import { blocksFrom, canReach, isBatch, reaching } from '../bodies/loops.ts';
import { callsIn, StopSearch, type Call } from '../bodies/may-stop.ts';
import { namespaceLocals, rootInMemory } from '../bodies/namespace-locals.ts';
import { printExpression } from '../bodies/print.ts';
import type { PairsByCall } from '../resources/index.ts';
import { structBehind } from '../bodies/structs.ts';

/** What an init puts where all namespaces have theirs, and nothing takes away again. */
export interface LeftJoined {
  /** What stands there, by the expression that names it; null where it is only counted. */
  readonly entry: string | null;
  /** The variable that all namespaces share. */
  readonly to: string;
  readonly call: string;
  readonly undo: string;
  readonly place: { readonly file: string; readonly at: At };
}

/** A join, where it stands, and the call of the init's own by which it comes about. */
interface Joined {
  readonly join: Join;
  readonly fn: FunctionEntry;
  readonly at: At;
  readonly struct: string | undefined;
  readonly site: Call;
  /** Whether it has come about whenever that call is done. */
  readonly isCertain: boolean;
}

/** A namespace joins by its init, or by a function that calls. */
const mostDeep = 2;

/** Calls that only look at what all namespaces share. */
const looking =
  /^(?:h?list_(?:empty|first|last|next|prev|entry|is|for)|xa_(?:load|find|for|empty|is|lock|unlock|init|get|set|clear|mark)|idr_(?:find|for|get|is|init|preload)|ida_(?:is|init)|static_(?:branch_(?:likely|unlikely|maybe)|key_(?:enabled|count|false|true)))/;

/**
 * What the init of an ops puts in a list, an array or a count that all namespaces share (`list_add(&fn->list, &foo_all)`),
 * while nothing that can be called takes it away again, but what init alone does: with the namespace goes the memory in
 * which an entry stands, and who goes through the others gets there (net/core/net_namespace.c, ops_free()).
 */
export function leftJoined(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  ops: OpsEntry,
): readonly LeftJoined[] {
  const init = callbackOf(program, ops, 'init');
  const all = init ? joinedBy(program, ops, init) : [];
  if (!init || all.length === 0) return [];
  const exits = exitsOf(program, ops);
  const named = ops.fact.fields.filter(({ name, text }) => /^(?:pre_)?exit/.test(name) && text !== 'NULL');
  if (named.length > exits.length) return [];
  // A step of the module's that was not read may well be what takes it away.
  for (const fn of exits)
    for (const [word, way] of reach.from(fn.file, fn.fact.name, 'calls'))
      if (!table.releases.has(word) && isUnreadStep(program, fn, word, way)) return [];
  return all.flatMap((joined) => {
    if (isUndoneSomewhere(program, { init, exits }, joined) || isOnlyPassing(program, init, joined)) return [];
    const isUndone = exits.some((fn) =>
      mayTakeAway(program, table, fn, (fn.fact.blocks ?? []).flatMap(callsIn), joined),
    );
    return isUndone ? [] : [leftOf(joined)];
  });
}

/** The same of an init that fails in one of its calls, and returns somewhere: what it has put there before that. */
export function leftJoinedOnFailure(
  program: Program,
  table: PairsByCall,
  ops: OpsEntry,
  { failing, returning }: { readonly failing: At; readonly returning: At | null },
): readonly LeftJoined[] {
  const init = callbackOf(program, ops, 'init');
  const all = init ? joinedBy(program, ops, init) : [];
  if (!init || all.length === 0) return [];
  const blocks = init.fact.blocks ?? [];
  const found = blocks.flatMap((block, at) => callsIn(block).map((call, order) => ({ call, at, order })));
  const target = found.find(({ call }) => call.at.join() === failing.join());
  if (!target) return [];
  const isEnd = (at: number): boolean => {
    const { end } = blocks[at]!;
    return end.e === 'return' && (returning === null || end.at.join() === returning.join());
  };
  const behind = blocksFrom(blocks, successorsOf(blocks[target.at]!));
  const ends = blocks.flatMap((_, at) => (isEnd(at) && (behind.has(at) || at === target.at) ? [at] : []));
  const between = new Set(ends.flatMap((end) => [end, ...reaching(blocks, end)]).filter((at) => behind.has(at)));
  const after = found.filter(({ at, order }) => between.has(at) || (at === target.at && order >= target.order));
  return all.flatMap((joined) => {
    const site = found.find(({ call }) => call === joined.site);
    if (!site || !joined.isCertain || site.call === target.call) return [];
    const isBefore = site.at === target.at ? site.order < target.order : !canReach(blocks, target.at, site.at);
    if (!isBefore) return [];
    const calls = after.map(({ call }) => call);
    const isUndone = calls.some(
      (call) => undoesIn(program, init, call, joined) || (call.fn.k === 'id' && isUnread(program, init, call.fn.name)),
    );
    return isUndone || mayTakeAway(program, table, init, calls, joined) ? [] : [leftOf(joined)];
  });
}

/** Whether a call is a step of the module's own that was not read. */
function isUnread(program: Program, fn: FunctionEntry, name: string): boolean {
  return isUnreadStep(program, fn, name, { steps: 1, within: true, beside: true, file: fn.file });
}

function leftOf({ join, fn, at }: Joined): LeftJoined {
  const { entry, to, call, undo } = join;
  const inner = entry?.k === 'unary' && entry.op === '&' ? entry.of : entry;
  return { entry: inner && printExpression(inner), to, call, undo, place: { file: fn.file, at } };
}

/** What an init puts where all namespaces have theirs, of their memory and no other; not where it asks which one it is for. */
function joinedBy(program: Program, ops: OpsEntry, init: FunctionEntry): readonly Joined[] {
  const hasData = ops.fact.fields.some(({ name }) => name === 'size');
  const net = init.fact.params.slice(0, 1);
  const joined = joinsIn(program, init, namespaceLocals(program, init, net), mostDeep);
  return joined.filter(({ join }) => hasData || join.entry === null);
}

function joinsIn(program: Program, fn: FunctionEntry, held: ReadonlySet<string>, deep: number): readonly Joined[] {
  const blocks = fn.fact.blocks ?? [];
  if (asksWhich(fn)) return [];
  const ofSome = ofSomeOnly(program, fn);
  const own = new Set([...localsOf(fn.fact), ...blocks.flatMap(declaredIn)]);
  return blocks.flatMap((block, at) =>
    (ofSome.has(at) ? [] : callsIn(block)).flatMap((call): readonly Joined[] => {
      const join = joinOf(call);
      // How the init itself gets on is told by the way that it fails.
      const isCertain = deep === mostDeep || ends(fn).every((end) => end === at || !canReach(blocks, end, at));
      if (join) {
        // What several files share, all of them may take away.
        const isShared = !own.has(join.to) && program.facts(fn.file)?.statics.includes(join.to) === true;
        if (!isShared || !isOf(join.entry, held)) return [];
        const inner = join.entry?.k === 'unary' && join.entry.of.k === 'field' ? join.entry.of.of : join.entry;
        return [{ join, fn, at: call.at, struct: structBehind(fn.fact, inner ?? undefined), site: call, isCertain }];
      }
      const callee = call.fn.k === 'id' && deep > 0 ? program.lookUp(fn.file, call.fn.name) : undefined;
      if (!callee || folderOf(callee.file) !== folderOf(fn.file)) return [];
      const given = callee.fact.params.filter((_, index) => isOf(call.args[index] ?? null, held) && call.args[index]);
      const inside = joinsIn(program, callee, namespaceLocals(program, callee, given), deep - 1);
      return inside.map((each) => ({ ...each, site: call, isCertain: each.isCertain && isCertain }));
    }),
  );
}

/** Whether an entry lies in the namespace's memory, or is that; what is no entry is the namespace's own all the same. */
function isOf(entry: Expr | null, held: ReadonlySet<string>): boolean {
  if (entry === null) return true;
  if (entry.k === 'id') return held.has(entry.name);
  return entry.k === 'unary' && entry.op === '&' && held.has(rootInMemory(entry.of) ?? '');
}

function ends({ fact }: FunctionEntry): number[] {
  return (fact.blocks ?? []).flatMap(({ end }, at) => (end.e === 'return' ? [at] : []));
}

/** What a block declares by macros: `LIST_HEAD(list);`. */
function declaredIn(block: Block): string[] {
  return callsIn(block).flatMap(({ fn, args: [first] }) =>
    fn.k === 'id' && /^[A-Z_]+$/.test(fn.name) && first?.k === 'id' ? first.name : [],
  );
}

/**
 * Whether any function beside the init may take away what it has put somewhere: all that is called by a pointer, or later,
 * among them. What init alone calls does so when it fails.
 */
function isUndoneSomewhere(
  program: Program,
  { init, exits }: { readonly init: FunctionEntry; readonly exits: readonly FunctionEntry[] },
  joined: Joined,
): boolean {
  const ofInit = reachedFrom(program, [init.id]);
  const ofExits = reachedFrom(
    program,
    exits.map(({ id }) => id),
  );
  const folder = folderOf(init.file);
  return program.allFunctions().some((fn) => {
    const isBeside = ofExits.has(fn.id) || folderOf(fn.file) === folder;
    // What an exit calls may have it by another type.
    const isCalled = ofExits.has(fn.id) && !exits.some(({ id }) => id === fn.id);
    if (!isBeside || !isUndoing(program, fn, isCalled ? { ...joined, struct: undefined } : joined)) return false;
    const isApart = !ofInit.has(fn.id) || ofExits.has(fn.id) || isNamedBeside(program, fn, ofInit, init);
    return isApart || isHandedOn(program, fn, ofInit);
  });
}

/** Whether an init that succeeds has taken it away again itself: between the two it only had something done. */
function isOnlyPassing(program: Program, init: FunctionEntry, joined: Joined): boolean {
  const blocks = init.fact.blocks ?? [];
  const succeeds = blocks.flatMap(({ end }, at) =>
    end.e === 'return' && end.value?.k === 'num' && end.value.value === 0 ? [at] : [],
  );
  return blocks.some(
    (block, at) =>
      callsIn(block).some((call) => call !== joined.site && undoesIn(program, init, call, joined)) &&
      succeeds.some((end) => blocksFrom(blocks, [at]).has(end)),
  );
}

/** Whether a function that an init comes to is named by any other as well. */
function isNamedBeside(program: Program, fn: FunctionEntry, ofInit: ReadonlySet<string>, init: FunctionEntry): boolean {
  if (fn.id === init.id) return false;
  const { name } = fn.fact;
  return program.fileNames().some((file) => {
    if (folderOf(file) !== folderOf(fn.file)) return false;
    return Object.entries(program.facts(file)?.mentions ?? {}).some(
      ([by, words]) => !ofInit.has(`${file}#${by}`) && (words.includes(name) || words.includes(`${name}()`)),
    );
  });
}

/** Whether some functions name another without calling it: who is handed it may call it later. */
function isHandedOn(program: Program, { file, fact: { name } }: FunctionEntry, of: ReadonlySet<string>): boolean {
  return [...of].some((id) => {
    const [home, by] = id.split('#') as [string, string];
    return folderOf(home) === folderOf(file) && program.facts(home)?.mentions[by]?.includes(name) === true;
  });
}

/** Whether a function itself may take away what a join has put somewhere. */
function isUndoing(program: Program, fn: FunctionEntry, { join, struct }: Joined): boolean {
  const { blocks, name } = fn.fact;
  if (!blocks) {
    const words = program.facts(fn.file)?.mentions[name] ?? [];
    const isIt = (word: string): boolean =>
      word === join.to || (join.member !== null && word.endsWith(`->${join.member}`));
    return words.some((word) => join.undoes.test(word)) && words.some(isIt);
  }
  return blocks.flatMap(callsIn).some((call) => {
    if (!mayUndo(join, call)) return false;
    const [first] = call.args;
    const owner = first?.k === 'unary' && first.of.k === 'field' ? first.of.of : undefined;
    const other = structBehind(fn.fact, owner);
    return join.member === null || struct === undefined || other === undefined || other === struct;
  });
}

/** Whether a call takes it away, or leads to what does. */
function undoesIn(program: Program, fn: FunctionEntry, call: Call, joined: Joined): boolean {
  if (mayUndo(joined.join, call)) return true;
  const callee = call.fn.k === 'id' ? program.lookUp(fn.file, call.fn.name) : undefined;
  if (!callee) return false;
  return [...reachedFrom(program, [callee.id])].some((id) => isUndoing(program, program.functionById(id)!, joined));
}

/** Whether some calls may lead to what was not read and gets the entry, the namespace's memory, or what all share. */
function mayTakeAway(
  program: Program,
  table: PairsByCall,
  fn: FunctionEntry,
  calls: readonly Call[],
  { join }: Joined,
): boolean {
  const isHanded = ({ fn: called, args }: Call): boolean => {
    if (called.k !== 'id' || looking.test(called.name) || isHarmless(called.name) || table.acquires.has(called.name))
      return false;
    return !program.lookUp(fn.file, called.name) && joinOf({ k: 'call', fn: called, args, at: called.at }) === null
      ? args.some((arg) => mentions(arg, join.to))
      : false;
  };
  if (calls.some(isHanded)) return true;
  const heads = (fn.fact.blocks ?? []).flatMap(({ end }) => (end.e === 'each' && isBatch(end.args) ? end.args : []));
  const nets = heads.flatMap((each) => (each.k === 'id' ? each.name : []));
  const held = namespaceLocals(program, fn, [...fn.fact.params, ...nets]);
  const others = calls.filter((call) => call.fn.k !== 'id' || !(joinOf(call) ?? looking.test(call.fn.name)));
  return new StopSearch(program, table, join.member ?? '').mayStop(fn, others, held);
}
