import type { Held } from './held.ts';

/** How what lies in memory, or is found by way of it, is named. */
export function insideOf({ pair, result, at }: Held): string[] {
  return pair.memory ? [result, at].flatMap((root) => (root === null ? [] : `${root}->`)) : [];
}

/** Whether a thing is kept in one of some memories, or named by what lies there. */
export function liesInside({ at, of }: Held, insides: readonly string[]): boolean {
  const isInside = (name: string): boolean =>
    insides.some((root) => name.startsWith(root, name.startsWith('&') ? 1 : 0));
  return insides.length > 0 && ((at !== null && isInside(at)) || of.some(isInside));
}

/** What only freed memory knew of, nothing knows of any more; nor of what was made in it. */
export function loseInside(held: readonly Held[], freed: readonly Held[]): readonly Held[] {
  const owners = freed.flatMap(({ pair, result }) => (pair.memory && result !== null ? [result] : []));
  const isInsideOne = ({ at }: Held): boolean => at !== null && owners.some((owner) => at.startsWith(`${owner}->`));
  const places = freed.flatMap(({ pair, at }) => (pair.memory && at !== null ? at : []));
  const isMadeInOne = ({ pair, result, of: [name] }: Held): boolean =>
    pair.memory === true && result === null && [...owners, ...places].some((owner) => name?.startsWith(`&${owner}->`));
  if (!held.some((each) => isInsideOne(each) || isMadeInOne(each))) return held;
  return held.map((each) =>
    isInsideOne(each) ? { ...each, at: null } : isMadeInOne(each) ? { ...each, isBuried: true } : each,
  );
}
