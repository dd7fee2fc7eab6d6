import { walkExpression, expressionsOf } from '../../facts/ir.ts';
import { later } from '../../facts/words.ts';
import type { Program } from '../../program/program.ts';
import type { Passed } from '../../program/reach.ts';
import type { Item, LaterItems } from './later-items.ts';
import { soundsLikeRelease } from './kept-alone.ts';
import { onlyTells, steady } from '../bodies/known.ts';
import { memberOf } from '../bodies/may-stop.ts';
import { arming } from '../bodies/queueing.ts';

/** What waits for something that a work item may tell of when it is done. */
const awaits = /(?:^|_)(?:s?wait|completion|join|kthread_stop|[mu]s?sleep|schedule_timeout)(?:_|$)/;

/** Whether calls that some functions come to wait for anything. */
export function waitsForAny(through: readonly Passed[]): boolean {
  return through.some(({ words }) =>
    words.some((word) => word.endsWith('()') && awaits.test(word.slice(0, -'()'.length))),
  );
}

/**
 * Whether a function speaks of a work item or a timer only to queue it, as its body says, and calls nothing else with it:
 * who takes down an object may do that by a helper that all who change one call.
 */
export function onlyQueues(program: Program, items: LaterItems, item: Item, { file, name, words }: Passed): boolean {
  if (soundsLikeRelease.test(name)) return false;
  const queues = later.queues('');
  if (!words.some((word) => word.startsWith(queues) && items.isAbout(item, word, file))) return false;
  const fn = program.resolveFunction(file, name);
  const member = memberOf(item.text);
  if (fn?.file !== file || fn.fact.unreadable || member === null) return false;
  if (!fn.fact.blocks) return words.every((word) => !word.endsWith('()') || isPlainCall(word.slice(0, -'()'.length)));
  let [named, queued] = [0, 0];
  for (const whole of expressionsOf(fn.fact.blocks))
    for (const e of walkExpression(whole)) {
      if (e.k === 'field' && e.name === member) named++;
      if (e.k !== 'call' || e.fn.k !== 'id' || !arming.has(e.fn.name)) continue;
      queued += e.args.filter((arg) => arg.k === 'unary' && arg.op === '&' && isMember(arg.of, member)).length;
    }
  return named > 0 && named === queued;
}

/** What does nothing to what it is passed but to queue that: of a body that was not read just the names of its calls are known. */
function isPlainCall(name: string): boolean {
  return arming.has(name) || steady.has(name) || onlyTells(name) || /(?:^|_)net$/.test(name);
}

function isMember(e: Parameters<typeof walkExpression>[0], member: string): boolean {
  return e.k === 'field' && e.name === member;
}
