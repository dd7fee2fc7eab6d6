import { counterparts } from '../facts/opposites.ts';
import { folderOf } from '../facts/folder.ts';
import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import { isPlainGetter, isMemberWord, ofWholeFile } from '../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../program/program.ts';
import type { Passed, Reach } from '../program/reach.ts';
import { callbackOf, exitsOf } from './callbacks-of.ts';
import { soundsLikeRelease } from './kept-alone.ts';
import { isHarmless } from './known.ts';
import { firstWord, isUnreadStep } from './left-running.ts';
import { blocksFrom, canReach } from './loops.ts';
import { callsIn, type Call } from './may-stop.ts';
import { namespaceLocals, rootInMemory } from './namespace-locals.ts';
import type { PairsByCall } from './resources/index.ts';

/** A step of an exit that was not read may do the same, but for what is farther away than this. */
const mostSteps = 2;

/** What an init undoes by a call where it fails, and no exit does. */
export interface LadderOnly {
  readonly undo: string;
  readonly setUp: string;
}

/**
 * The steps that an ops' init always takes and that only its own error ladder takes back: `foo_stats_net_cleanup()` of what
 * `foo_stats_net_init()` has set up. Nothing else calls or names that, and nothing that an exit calls speaks of a member
 * that it releases, so that it does not do the same by another name.
 */
export function undoneOnFailureOnly(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  ops: OpsEntry,
): readonly LadderOnly[] {
  const init = callbackOf(program, ops, 'init');
  const blocks = init?.fact.blocks ?? [];
  const succeeds = blocks.flatMap(({ end }, at) =>
    end.e === 'return' && end.value?.k === 'num' && end.value.value === 0 ? [at] : [],
  );
  if (!init || succeeds.length === 0) return [];
  const held = namespaceLocals(program, init, init.fact.params.slice(0, 1));
  const calls = blocks.flatMap((block, at) => callsIn(block).map((call) => ({ call, at })));
  const found = calls.flatMap(({ call, at }) => {
    const undo = nameOf(call);
    const behind = blocksFrom(blocks, [at]);
    if (!soundsLikeRelease.test(undo) || !isOf(call, held) || succeeds.some((end) => behind.has(end))) return [];
    const before = calls.find(
      (other) =>
        counterparts(nameOf(other.call)).includes(undo) &&
        isOf(other.call, held) &&
        succeeds.every((end) => end === other.at || !canReach(blocks, end, other.at)),
    );
    const fn = before && program.lookUp(init.file, undo);
    if (!fn || folderOf(fn.file) !== folderOf(init.file)) return [];
    return [{ undo, fn, setUp: nameOf(before.call) }];
  });
  if (found.length === 0) return [];
  const exits = exitsOf(program, ops);
  const named = ops.fact.fields.filter(({ name, text }) => /^(?:pre_)?exit/.test(name) && text !== 'NULL');
  if (exits.length === 0 || named.length > exits.length) return [];
  if (exits.some((fn) => callsUnread(program, table, fn))) return [];
  for (const fn of exits)
    for (const [word, way] of reach.from(fn.file, fn.fact.name, 'calls'))
      if (way.steps <= mostSteps && !table.releases.has(word) && isUnreadStep(program, fn, word, way)) return [];
  const passed = exits.flatMap((fn) => comesTo(program, reach, fn));
  return found.flatMap(({ undo, fn, setUp }) => {
    const members = releasedBy(fn, table);
    if (members.length === 0 || isNamedBeside(program, fn, init)) return [];
    const isSpokenOf = passed.some((each) => members.some((name) => mayRelease(program, each, name)));
    return isSpokenOf ? [] : [{ undo, setUp }];
  });
}

/** Whether an exit calls what is the module's by its name and was not read. */
function callsUnread(program: Program, table: PairsByCall, { file, fact }: FunctionEntry): boolean {
  return (fact.blocks ?? []).flatMap(callsIn).some((call) => {
    const name = nameOf(call);
    const isOwn = firstWord(name) === firstWord(fact.name) && !isPlainGetter(name) && !isHarmless(name);
    return isOwn && !table.releases.has(name) && !program.lookUp(file, name);
  });
}

/** What an exit comes to by its calls, and by those of what it names for others to call (`kref_put(&fn->kref, foo_free)`). */
function comesTo(program: Program, reach: Reach, { file: home, fact }: FunctionEntry): readonly Passed[] {
  const called = reach.through(home, fact.name, 'calls');
  const named = called.flatMap(({ file, words }) =>
    words.flatMap((word) => {
      const fn = /^\w+$/.test(word) && !words.includes(`${word}()`) ? program.resolveFunction(file, word) : undefined;
      return fn ? [fn] : [];
    }),
  );
  return [...called, ...named.flatMap((fn) => reach.through(fn.file, fn.fact.name, 'calls'))];
}

/** Whether a function or variable may release what a member holds: it speaks of that, and not just of its elements. */
function mayRelease(program: Program, { file, name: by, words }: Passed, name: string): boolean {
  if (!words.some((word) => isMemberWord(word, name) || isMemberOfNet(word, name))) return false;
  const blocks = program.functionById(`${file}#${by}`)?.fact.blocks;
  if (!blocks) return true;
  const all = [...expressionsOf(blocks)].flatMap((whole) => [...walkExpression(whole)]);
  const indexed = new Set(all.flatMap((e) => (e.k === 'index' ? [e.of] : [])));
  return all.some((e) => e.k === 'field' && e.name === name && !indexed.has(e));
}

/** The members that a function hands to what releases them. */
function releasedBy({ fact }: FunctionEntry, table: PairsByCall): string[] {
  return (fact.blocks ?? []).flatMap(callsIn).flatMap((call) => {
    const name = nameOf(call);
    if (isHarmless(name) || !(table.releases.has(name) || soundsLikeRelease.test(name))) return [];
    return call.args.flatMap((arg) => {
      const of = arg.k === 'unary' && arg.op === '&' ? arg.of : arg;
      return of.k === 'field' ? [of.name] : [];
    });
  });
}

/** Whether anything but an init names a function. */
function isNamedBeside(program: Program, fn: FunctionEntry, init: FunctionEntry): boolean {
  const { name } = fn.fact;
  return program
    .fileNames()
    .some((file) =>
      Object.entries(program.facts(file)?.mentions ?? {}).some(
        ([by, words]) =>
          by !== ofWholeFile &&
          !(file === init.file && by === init.fact.name) &&
          (words.includes(name) || words.includes(`${name}()`)),
      ),
    );
}

function isMemberOfNet(word: string, name: string): boolean {
  return word.startsWith('net->') && new RegExp(`[>.]${name}$`).test(word);
}

/** Whether all that a call is passed is the namespace, or lies in its memory. */
function isOf({ args }: Call, held: ReadonlySet<string>): boolean {
  return args.length > 0 && args.every((arg) => isHeld(arg, held));
}

function isHeld(e: Expr, held: ReadonlySet<string>): boolean {
  if (e.k === 'id') return held.has(e.name);
  return e.k === 'unary' && e.op === '&' && held.has(rootInMemory(e.of) ?? '');
}

function nameOf({ fn }: Call): string {
  return fn.k === 'id' ? fn.name : '';
}
