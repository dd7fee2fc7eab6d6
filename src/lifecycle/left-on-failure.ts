import { successorsOf, walkExpression, type Block, type Expr } from '../facts/ir.ts';
import { later } from '../facts/words.ts';
import type { OpsEntry, Program } from '../program/program.ts';
import type { Reach } from '../program/reach.ts';
import { callbackOf } from './callbacks-of.ts';
import { freesItself } from './frees-itself.ts';
import { queueWaits } from './known.ts';
import { LaterItems } from './later-items.ts';
import { isUnreadStep, type Running } from './left-running.ts';
import { printExpression } from './print.ts';

/** Calls that leave a work item or a timer to run later, and which argument that is. */
const arming: ReadonlyMap<string, number> = new Map([
  ['mod_timer', 0],
  ['add_timer', 0],
  ['hrtimer_start', 0],
  ['schedule_work', 0],
  ['schedule_delayed_work', 0],
  ['queue_work', 1],
  ['queue_delayed_work', 1],
]);

/**
 * The work items and timers that an ops' init sets up and has left to run by the time that it comes to a call, while nothing
 * that it calls stops any: where that call fails, they run when the namespace's memory is gone.
 */
export function leftOnFailure(program: Program, reach: Reach, ops: OpsEntry, failing: string): readonly Running[] {
  const init = callbackOf(program, ops, 'init');
  const blocks = init?.fact.blocks ?? [];
  const armed = init ? armedBefore(blocks, failing) : [];
  if (!init || armed.length === 0) return [];
  const words = reach.from(init.file, init.fact.name, 'calls');
  if (queueWaits.some((call) => words.has(call))) return [];
  for (const [word, way] of words) if (isUnreadStep(program, init, word, way)) return [];
  const items = new LaterItems(program);
  return armed.flatMap((text) => {
    const item = { text, file: init.file };
    const ends = ([word, { file }]: [string, { readonly file: string }]): boolean =>
      /^[-/!]/.test(word) && items.isAbout(item, word, file);
    const runs = later.runs(text, '');
    const runner = items
      .wordsOf(init.file)
      .find((word) => word.startsWith(runs))
      ?.slice(runs.length);
    if (runner === undefined || !words.has(later.setsUp(text)) || [...words].some(ends)) return [];
    const fn = program.resolveFunction(init.file, runner);
    return fn && freesItself(program, fn, /\w*$/.exec(text)![0]) ? [] : [{ text, runs: runner, isDropped: false }];
  });
}

/** What a function has left to run later on each way to each call by a name. */
function armedBefore(blocks: readonly Block[], failing: string): readonly string[] {
  const found = blocks.flatMap((block, at) => callsIn(block).map((call, order) => ({ call, at, order })));
  const targets = found.filter(({ call }) => nameOf(call) === failing);
  if (targets.length === 0) return [];
  return found.flatMap(({ call, at, order }) => {
    const given = call.args[arming.get(nameOf(call)) ?? -1];
    if (given?.k !== 'unary' || given.op !== '&' || given.of.k !== 'field') return [];
    const isBefore = targets.every((target) =>
      target.at === at ? target.order > order : !canReach(blocks, target.at, at),
    );
    return isBefore ? [printExpression(given.of)] : [];
  });
}

/** Whether a block can be reached from the start without coming to another one. */
function canReach(blocks: readonly Block[], target: number, without: number): boolean {
  if (without === 0) return false;
  const seen = new Set([0]);
  for (const at of seen) for (const to of successorsOf(blocks[at]!)) if (to !== without) seen.add(to);
  return seen.has(target);
}

function callsIn({ steps, end }: Block): (Expr & { k: 'call' })[] {
  const all = steps.flatMap((step) => (step.s === 'declare' ? (step.init ?? []) : step.of));
  const asked =
    end.e === 'branch' || end.e === 'switch' ? [end.on] : end.e === 'return' && end.value ? [end.value] : [];
  return [...all, ...asked].flatMap((whole) => [...walkExpression(whole)].flatMap((e) => (e.k === 'call' ? e : [])));
}

function nameOf({ fn }: Expr & { k: 'call' }): string {
  return fn.k === 'id' ? fn.name : '';
}
