import { folderOf } from '../../facts/folder.ts';
import { walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { isHarmless, isListAdd, reachedFrom } from '../bodies/known.ts';
import { canReach, reaching } from '../bodies/loops.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { namespaceLocals, rootInMemory, valuesOfLocals } from '../bodies/namespace-locals.ts';
import type { PairsByCall } from '../resources/index.ts';

/** A reference that an init takes of the namespace that it is for, and that only an exit gives back. */
export interface OwnReference {
  readonly call: string;
  readonly place: { readonly file: string; readonly at: At };
}

const gets = /^get_net(?:_track)?$/;
/** What gives a reference back, or may (include/net/net_namespace.h). */
const puts = /^(?:put_net(?:_track)?|__put_net|netns_put|free_fs_context|put_fs_context)$/;

/**
 * The reference that an ops' init takes of its own namespace on each way to success and keeps in the namespace's memory, or
 * in memory of its own: the exit is only called when the last reference is gone (net/core/net_namespace.c, __put_net()), and
 * that is this one. Null where anything but the exits, and what they call, may give one back.
 */
export function ownReference(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  ops: OpsEntry,
): OwnReference | null {
  const init = callbackOf(program, ops, 'init');
  const exits = exitsOf(program, ops);
  const call = init && exits.length > 0 ? keptOf(program, init, table) : null;
  if (!init || !call || isGivenBackElsewhere(program, reach, { init, exits })) return null;
  // What gives it back by another way may be called by others.
  const isGivenBack = exits.some(({ fact }) =>
    (fact.blocks ?? []).flatMap(callsIn).some(({ fn }) => fn.k === 'id' && puts.test(fn.name)),
  );
  if (!isGivenBack) return null;
  return { call: call.fn.k === 'id' ? call.fn.name : '', place: { file: init.file, at: call.at } };
}

function keptOf(program: Program, init: FunctionEntry, table: PairsByCall): Call | null {
  const blocks = init.fact.blocks ?? [];
  const [net] = init.fact.params;
  const isNet = (e: Expr | undefined): boolean => e?.k === 'id' && e.name === net;
  // It may be for one namespace alone, or be given to what has a life of its own.
  const calls = blocks.flatMap(callsIn);
  const isOfOne = calls.some(({ args }) => args.some((arg) => isNamed(arg, 'init_net')));
  if (net === undefined || valuesOfLocals(init).has(net) || isOfOne) return null;
  const found = blocks.flatMap((block, at) =>
    callsIn(block).flatMap((call) =>
      call.fn.k === 'id' && gets.test(call.fn.name) && isNet(call.args[0]) ? [{ call, at }] : [],
    ),
  );
  const [only] = found;
  if (!only || found.length > 1) return null;
  const owner = ownerOf(blocks, only.call);
  if (owner === null) return null;
  const data = namespaceLocals(program, init, [net]);
  if (owner !== '' && !data.has(owner) && !isOwnMemory(init, owner, table)) return null;
  const isSuccess = ({ end }: Block): boolean => end.e === 'return' && end.value?.k === 'num' && end.value.value === 0;
  const ends = blocks.flatMap((block, at) => (block.end.e === 'return' ? [{ at, isSuccess: isSuccess(block) }] : []));
  const good = ends.some((end) => end.isSuccess) ? ends.filter((end) => end.isSuccess) : ends;
  const isLetGo = blocks.some(
    (block, at) =>
      callsIn(block).some(({ fn }) => fn.k === 'id' && puts.test(fn.name)) &&
      good.some((end) => end.at === at || reaching(blocks, end.at).has(at)),
  );
  if (isLetGo) return null;
  return good.every(({ at }) => at === only.at || !canReach(blocks, at, only.at)) ? only.call : null;
}

/** The pointer in whose memory a reference is kept; '' where nothing keeps it, null where that is not told. */
function ownerOf(blocks: readonly Block[], call: Call): string | null {
  for (const { steps } of blocks) {
    for (const step of steps) {
      if (step.s !== 'eval') continue;
      if (step.of === call) return '';
      if (step.of.k === 'assign' && step.of.op === '=' && step.of.from === call) return rootInMemory(step.of.to);
    }
  }
  return null;
}

/** Whether a local is memory that a function allocates and hands to nobody, but puts in a list. */
function isOwnMemory(fn: FunctionEntry, name: string, table: PairsByCall): boolean {
  const values = valuesOfLocals(fn).get(name) ?? [];
  const isMade = (e: Expr): boolean =>
    e.k === 'call' && e.fn.k === 'id' && table.acquires.get(e.fn.name)?.memory === true;
  if (values.length === 0 || !values.every(isMade)) return false;
  return (fn.fact.blocks ?? []).flatMap(callsIn).every((call) => {
    const called = call.fn.k === 'id' ? call.fn.name : '';
    const isPassed = call.args.some((arg) => isNamed(arg, name));
    if (!isPassed || isHarmless(called) || isListAdd(called) || /^hash_add/.test(called) || gets.test(called))
      return true;
    return /^sizeof$|_init$/.test(called) || table.releases.has(called) || table.acquires.get(called)?.memory === true;
  });
}

/** Whether anything but the exits and what they come to, or an init that fails, may give a reference back. */
function isGivenBackElsewhere(
  program: Program,
  reach: Reach,
  { init, exits }: { readonly init: FunctionEntry; readonly exits: readonly FunctionEntry[] },
): boolean {
  const folder = folderOf(init.file);
  const named = exits.flatMap(({ file, fact }) =>
    [...reach.from(file, fact.name)].flatMap(([word, way]) => program.resolveFunction(way.file, word)?.id ?? []),
  );
  const called = reachedFrom(
    program,
    exits.map(({ id }) => id),
  );
  const ofExits = new Set<string>([...called, ...named]);
  // What stands in one line has no words of its own, and its body names what it calls.
  const all = program
    .fileNames()
    .filter((file) => folderOf(file) === folder)
    .flatMap((file) => {
      const { mentions = {}, functions = [], ops = [] } = program.facts(file) ?? {};
      const byWords = Object.entries(mentions).map(([by, words]) => ({ by, words: words.map(plain) }));
      const byBodies = functions.map(({ name }) => ({ by: name, words: [...program.calls(`${file}#${name}`)] }));
      const isOps = (by: string): boolean => ops.some((each) => each.name === by);
      return [...byWords, ...byBodies].flatMap((each) => (isOps(each.by) ? [] : { ...each, id: `${file}#${each.by}` }));
    });
  const isApart = (name: string): boolean =>
    all.some(({ by, id, words }) => by !== name && !ofExits.has(id) && words.includes(name));
  return all.some(({ by, id, words }) => {
    if (!words.some((word) => puts.test(word))) return false;
    return ofExits.has(id) ? isApart(by) : id !== init.id;
  });
}

function plain(word: string): string {
  return word.replace('()', '');
}

function isNamed(e: Expr, name: string): boolean {
  return [...walkExpression(e)].some((each) => each.k === 'id' && each.name === name);
}
