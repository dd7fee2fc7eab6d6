import { successorsOf, type Expr } from '../../facts/ir.ts';
import { later } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { freesItself } from '../bodies/frees-itself.ts';
import { handsOn, onlyTells, queueWaits, soundsLikeLog, storing } from '../bodies/known.ts';
import { LaterItems } from './later-items.ts';
import { isUnreadStep, type Running } from './left-running.ts';
import { callsIn, memberOf, StopSearch, type Call } from '../bodies/may-stop.ts';
import { blocksFrom, canReach } from '../bodies/loops.ts';
import { waits } from '../bodies/member-gates.ts';
import { namespaceLocals, rootInMemory } from '../bodies/namespace-locals.ts';
import { printExpression } from '../bodies/print.ts';
import { arming } from '../bodies/queueing.ts';
import type { PairsByCall } from '../resources/index.ts';
import { nameOf } from '../bodies/body.ts';

/**
 * The work items and timers that an ops' init sets up and has left to run by the time that it comes to a call, while nothing
 * that it calls stops any: where that call fails, they run when the namespace's memory is gone. Items of other memory (of a
 * variable of the module's, of an object that is allocated) outlive the failure, and are left to who has that.
 */
export function leftOnFailure(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  ops: OpsEntry,
  failing: string,
): readonly Running[] {
  const init = callbackOf(program, ops, 'init');
  if (!init) return [];
  const held = namespaceLocals(program, init, init.fact.params.slice(0, 1));
  const armed = armedBefore(init, held, failing);
  if (armed.length === 0) return [];
  const words = reach.from(init.file, init.fact.name, 'calls');
  if (queueWaits.some((call) => words.has(call))) return [];
  // A variable that is stopped may hold the address of any.
  if ([...words.keys()].some((word) => /^[-/!]\w+$/.test(word))) return [];
  for (const [word, way] of words) if (isUnreadStep(program, init, word, way)) return [];
  const items = new LaterItems(program);
  return armed.flatMap(({ text, before, after }) => {
    const item = { text, file: init.file };
    const ends = ([word, { file }]: [string, { readonly file: string }]): boolean =>
      /^[-/!]/.test(word) && items.isAbout(item, word, file);
    const runs = later.runs(text, '');
    const runner = items
      .wordsOf(init.file)
      .find((word) => word.startsWith(runs))
      ?.slice(runs.length);
    if (runner === undefined || !words.has(later.setsUp(text)) || [...words].some(ends)) return [];
    if (
      before.some((call) => isEntrustedTo(program, init, call) && call.args.some((arg) => itemOf(arg, held) === text))
    )
      return [];
    // What has been waited for may be that it is done.
    if (after.some((call) => waits.test(nameOf(call)))) return [];
    const member = memberOf(text) ?? '';
    if (new StopSearch(program, table, member).mayStop(init, after, held)) return [];
    const fn = program.resolveFunction(init.file, runner);
    return fn && freesItself(program, fn, member) ? [] : [{ text, runs: runner, isDropped: false }];
  });
}

/** What a function leaves to run later, what it has called on every way to where that fails, and all that it may call behind it. */
interface Armed {
  readonly text: string;
  readonly before: readonly Call[];
  readonly after: readonly Call[];
}

/** What of a namespace's memory a function has left to run later on each way to each call by a name. */
function armedBefore(init: FunctionEntry, held: ReadonlySet<string>, failing: string): readonly Armed[] {
  const blocks = init.fact.blocks ?? [];
  const found = blocks.flatMap((block, at) => callsIn(block).map((call, order) => ({ call, at, order })));
  const targets = found.filter(({ call }) => nameOf(call) === failing);
  if (targets.length === 0) return [];
  const isBefore = ({ at, order }: { readonly at: number; readonly order: number }): boolean =>
    targets.every((target) => (target.at === at ? target.order > order : !canReach(blocks, target.at, at)));
  return found.flatMap(({ call, at, order }) => {
    const text = itemOf(call.args[arming.get(nameOf(call)) ?? -1], held);
    if (text === null || !isBefore({ at, order })) return [];
    const behind = blocksFrom(blocks, successorsOf(blocks[at]!));
    const isAfter = (other: { readonly at: number; readonly order: number }): boolean =>
      behind.has(other.at) || (other.at === at && other.order > order);
    const before = found.filter(isBefore).map((other) => other.call);
    return [{ text, before, after: found.filter(isAfter).map((other) => other.call) }];
  });
}

/** What sets an item up or has it run, and sees to nothing else of it (include/linux/workqueue.h, timer.h). */
const startsItem = /^_*(?:INIT_|init_|timer_setup|hrtimer_|tasklet_|mod_|add_|queue_|schedule_|setup_timer)/;

/** Whether what a function hands an item to, by itself, was not read, and may see to its end. */
function isEntrustedTo(program: Program, { file }: FunctionEntry, call: Call): boolean {
  const name = nameOf(call);
  if (name === '' || arming.has(name) || startsItem.test(name) || program.lookUp(file, name)) return false;
  return !onlyTells(name) && !soundsLikeLog(name) && !handsOn.has(name) && !storing.has(name);
}

/** The item of a namespace's memory whose address an argument is. */
function itemOf(given: Expr | undefined, held: ReadonlySet<string>): string | null {
  if (given?.k !== 'unary' || given.op !== '&') return null;
  return held.has(rootInMemory(given.of) ?? '') ? printExpression(given.of) : null;
}
