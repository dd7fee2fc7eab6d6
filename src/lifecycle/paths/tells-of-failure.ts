import type { Outcome, Summary } from './summary.ts';
import { ANY, POS, signOf, ZERO } from './values.ts';

/**
 * Whether what a function returns can tell of its failure: an errno, or NULL where it is else a thing that it has made.
 * One that returns 0 whatever happens has nobody ask.
 */
export function tellsOfFailure({ outcomes }: Summary): boolean {
  const failed = outcomes.filter(({ failures, value }) => failures > 0 && value?.v !== 'addr').map(maskOf);
  if (failed.some((mask) => (mask & ~ZERO) !== 0)) return true;
  return failed.includes(ZERO) && outcomes.some((each) => each.failures === 0 && maskOf(each) === POS);
}

/** Nothing where nothing is returned. */
function maskOf({ value, symbols }: Outcome): number {
  if (value === null) return 0;
  if (value.v === 'num') return signOf(value.num);
  return value.v === 'addr' ? POS : (symbols.get(value.id)?.mask ?? ANY);
}
