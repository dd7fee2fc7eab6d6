import { folderOf } from '../../facts/folder.ts';
import { expressionsOf, walkExpression } from '../../facts/ir.ts';
import { later, ofWholeFile } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import type { Named } from '../bodies/member-gates.ts';
import { queueingWork } from '../bodies/queueing.ts';
import type { RcuQueues } from './rcu-queues.ts';

/** What an exit waits for in its own way is near: in itself, or in what it calls. */
const mostStepsToWait = 2;

const waiting = /^(?:s?wait_(?:event|for|on|var)|wait_woken)/;
const flushing: readonly string[] = ['flush_workqueue', 'drain_workqueue'];

/** Words of calls are names with parentheses. */
const isQueueing = (word: string): boolean => word.endsWith('()') && queueingWork.has(word.slice(0, -2));

/** A work item whose function queues an RCU callback. */
export interface RcuByWork {
  readonly item: string;
  readonly runs: string;
}

/**
 * A work item that code of a folder queues on a workqueue of the module, and whose function queues an RCU callback of the
 * module: as long as nothing that the module's exit comes to, nor the exits of its ops, waits for it before, destroying the
 * workqueue may be what it runs in (drivers/infiniband/core/cache.c, free_gid_work()).
 */
export function rcuByWorks(
  { program, reach, rcu }: { readonly program: Program; readonly reach: Reach; readonly rcu: RcuQueues },
  queue: Named,
  exit: FunctionEntry,
  gone: readonly OpsEntry[],
): RcuByWork | null {
  const ends = [exit, ...gone.flatMap((ops) => exitsOf(program, ops))];
  const words = ends.map(({ file, fact }) => reach.from(file, fact.name, 'calls'));
  const near = words.flatMap((all) => [...all].filter(([, { steps }]) => steps <= mostStepsToWait));
  if (near.some(([word]) => waiting.test(word.replace(/\(\)$/, '')))) return null;
  if (ends.some((fn) => flushes(reach, fn, queue.name))) return null;
  const isEnded = (item: string): boolean =>
    words.some((all) => [later.stops, later.waits].some((by) => [...all.keys()].some((word) => isBy(word, by, item))));
  for (const { file, item, runs } of worksOn(program, queue))
    if (!isEnded(item) && rcu.queuesOwn(file, runs)) return { item, runs };
  return null;
}

/** Whether a word says of a work item, behind whatever pointer, that it is ended. */
function isBy(word: string, by: (x: string) => string, item: string): boolean {
  const member = item.replace(/^.*(?:->|\.)/, '');
  return word.startsWith(by('')) && (word === by(item) || word.endsWith(`->${member}`) || word.endsWith(`.${member}`));
}

/** Whether a function, or what it calls, waits for all that a workqueue holds, without an end to that. */
function flushes(reach: Reach, { file, fact }: FunctionEntry, queue: string): boolean {
  return reach.through(file, fact.name, 'calls').some((each) => {
    if (!each.words.includes(queue) || !flushing.some((name) => each.words.includes(`${name}()`))) return false;
    // One that destroys it as well may flush another one.
    if (each.file !== file || !each.words.includes('destroy_workqueue()') || !fact.blocks) return true;
    return [...expressionsOf(fact.blocks)].some((whole) =>
      [...walkExpression(whole)].some((e) => {
        const of = e.k === 'call' && e.fn.k === 'id' && flushing.includes(e.fn.name) ? e.args[0] : undefined;
        return of?.k === 'id' && of.name === queue;
      }),
    );
  });
}

/** The work items that functions of a workqueue's folder queue on that, with what these run. */
function worksOn(program: Program, queue: Named): (RcuByWork & { readonly file: string })[] {
  return program.fileNames().flatMap((file) => {
    const facts = program.facts(file);
    if (!facts || folderOf(file) !== folderOf(queue.file)) return [];
    if (file !== queue.file && facts.statics.includes(queue.name)) return [];
    const inFile = facts.mentions[ofWholeFile] ?? [];
    return Object.entries(facts.mentions).flatMap(([name, words]) => {
      const queues = name !== ofWholeFile && words.includes(queue.name) && words.some((each) => isQueueing(each));
      const items = queues ? words.filter((word) => word.startsWith(later.queues(''))) : [];
      return items.flatMap((word) => {
        const item = word.slice(later.queues('').length);
        const runs = later.runs(item, '');
        return inFile.flatMap((each) => (each.startsWith(runs) ? { file, item, runs: each.slice(runs.length) } : []));
      });
    });
  });
}
