import type { Id } from '../../program/program.ts';
import type { Followed, Unfollowed } from './summary.ts';

/** Functions on whose paths fewer states were met are as well followed again. */
const fewStates = 64;

/**
 * What functions of one program came to that are costly to follow, for all who follow it by themselves. What depends on
 * who asked first is not kept: what anybody takes from here is what they would have made.
 */
export class Pool {
  private readonly kept = new Map<Id, Followed>();

  get(id: Id): Followed | undefined {
    return this.kept.get(id);
  }

  add(id: Id, followed: Followed): void {
    if (!followed.isCut && followed.states >= fewStates) this.kept.set(id, alone(followed));
  }
}

/** The same without what it was made from, which need not stay. */
export function alone(root: Followed): Followed {
  const ledger = new Set<string>();
  const unfollowed = new Map<Id, Unfollowed>();
  const all = new Set([root]);
  for (const each of all) {
    for (const place of each.ledger) ledger.add(place);
    for (const [id, gap] of each.unfollowed) unfollowed.set(id, gap);
    for (const used of each.uses) all.add(used);
  }
  return { ...root, ledger, unfollowed, uses: new Set(), isTaken: true };
}
