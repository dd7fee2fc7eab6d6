import { later, laterRuns } from '../facts/words.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import type { Reach } from '../program/reach.ts';
import { waitsForQueues } from './left-running.ts';

/** A work item or a timer that is a variable of a module, and the function that it calls. */
export interface Queued {
  readonly name: string;
  readonly runs: string;
}

/** Who holds the module while a work item is queued does not let its exit run. */
const holds = ['__module_get()', 'try_module_get()'];

/**
 * The static work items and timers of a module exit's file (`static DECLARE_WORK(foo_work, foo_fn)`) that functions there
 * queue and none ever stops or waits for: no other file can. Where the exit waits for a whole queue, they may be on it.
 */
export function leftQueued(program: Program, reach: Reach, { file, fact }: FunctionEntry): readonly Queued[] {
  const facts = program.facts(file);
  const words = facts?.mentions[laterRuns] ?? [];
  const own = words.flatMap((word) => {
    const [, name = '', runs = ''] = /^(\w+)=(\w+)$/.exec(word) ?? [];
    const isQueued = words.includes(later.queues(name)) && !words.includes(later.stops(name));
    return isQueued && facts?.statics.includes(name) === true ? [{ name, runs }] : [];
  });
  if (!facts || own.length === 0) return [];
  const called = reach.from(file, fact.name, 'calls');
  if (waitsForQueues.some((wait) => called.has(wait))) return [];
  const mentions = Object.values(facts.mentions);
  return mentions.some((each) => holds.some((hold) => each.includes(hold))) ? [] : own;
}
