import type { Path } from './history.ts';
import { undoes, type TraceStep } from '../paths/trace.ts';

/**
 * Whether an init that fails takes back all that it had set up before it registered an ops: it unwinds to its beginning,
 * and this ops is left out. Likewise a function that it calls, which fails and takes back what has to be taken back.
 */
export function undoesBefore({ load, cause }: Path, ops: string): boolean {
  if (!cause) return false;
  const at = Math.max(
    load.findIndex((step) => step.t === 'pernet' && step.ok && step.ops === ops),
    0,
  );
  const failed = load.indexOf(cause);
  const after = load.slice(failed);
  return [0, ...openedBefore(load, at, failed)].some((from) => {
    const before = load.slice(from, at).filter((step) => step.t === 'acquire' || (step.t === 'pernet' && step.ok));
    const isStep = before.some(
      (step) => from === 0 || step.t === 'pernet' || (step.t === 'acquire' && step.pair.lasting),
    );
    return isStep && before.every((each) => after.some((step) => undoes(step, [each])));
  });
}

/** Where the functions begin in which both of two steps lie. */
function openedBefore(steps: readonly TraceStep[], one: number, other: number): number[] {
  const open: number[] = [];
  let common = Infinity;
  steps.slice(0, other).forEach(({ t }, index) => {
    if (index === one) common = open.length;
    if (t === 'enter') open.push(index);
    if (t !== 'leave') return;
    open.pop();
    if (index > one) common = Math.min(common, open.length);
  });
  return open.slice(0, common);
}
