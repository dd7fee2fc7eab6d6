import type { Frame } from './frame.ts';
import type { Pair } from '../resources/index.ts';

/** What may be of any memory, however it was allocated: kvfree() takes all that kfree() and vfree() do (mm/util.c). */
export function anyMemory({ summaries }: Frame): readonly Pair[] {
  return summaries.overview.pairs.releases('kvfree', null) ?? [];
}

/**
 * The pairs that a release in a function is of: who frees in both ways, `is_vmalloc_addr(p) ? vfree(p) : kfree(p)`, has
 * chosen which, and is taken to know.
 */
export function chosenPairs(frame: Frame, call: string, pairs: readonly Pair[]): readonly Pair[] {
  const other = call === 'vfree' ? 'kfree' : call === 'kfree' ? 'vfree' : null;
  const isChosen = other !== null && frame.program.calls(`${frame.file}#${frame.fn}`).has(other);
  return isChosen ? anyMemory(frame) : pairs;
}
