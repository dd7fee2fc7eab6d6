import type { Expr } from '../../facts/ir.ts';
import { later, ofWholeFile } from '../../facts/words.ts';
import type { Called } from './calls.ts';
import { componentOf } from './components.ts';
import { place, type Frame } from './frame.ts';
import { freesItself } from '../bodies/frees-itself.ts';
import { queueingWork } from '../bodies/queueing.ts';
import { isLocal } from './place-names.ts';
import { releaseStep } from './releasing.ts';

/** Calls that give memory back, by all of which such a function may. */
const frees = ['kfree', 'kmem_cache_free'];

/**
 * `queue_work(foo_wq, &p->free_work)`: where the item's function gives back what the item lies in, p is given back by the
 * time that it has run.
 */
export function releaseByQueued(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called): void {
  const index = queueingWork.get(name);
  const value = index === undefined ? undefined : values[index];
  const match = value ? /^&(.*)->(\w+)(?:\.\w+)*$/.exec(componentOf(state, value)) : null;
  const [, owner, member] = match ?? [];
  if (owner === undefined || member === undefined || isLocal(owner) || !isFreedWhenRun(frame, member)) return;
  const { pairs } = frame.summaries.overview;
  const targets = frees.flatMap((by) => (pairs.releases(by, null) ?? []).map((pair) => ({ pair, of: [owner] })));
  if (targets.length > 0)
    releaseStep(state, { call: name, targets, sure: false, match: 'exact', place: place(frame, e.at) });
}

/** Whether a work item of this name is set up in the file with a function that frees what it lies in. */
function isFreedWhenRun({ program, file }: Frame, member: string): boolean {
  const runs = new RegExp(`(?:->|\\.|^)${member}=(\\w+)$`);
  return (program.facts(file)?.mentions[ofWholeFile] ?? []).some((word) => {
    const runner = word.startsWith(later.setsUp('')) ? undefined : runs.exec(word)?.[1];
    const fn = runner === undefined ? undefined : program.lookUp(file, runner);
    return fn !== undefined && freesItself(program, fn, member);
  });
}
