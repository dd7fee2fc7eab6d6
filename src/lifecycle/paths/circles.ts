import type { FunctionEntry, Id } from '../../program/program.ts';
import type { Followed, Outcome, Unfollowed } from './summary.ts';

/** A function while it is followed. */
export interface Following {
  readonly id: Id;
  readonly ledger: Set<string>;
  readonly unfollowed: Map<Id, Unfollowed>;
  readonly uses: Set<Followed>;
  /** What it calls that comes to something else there than for others, as a circle is gone round again. */
  readonly inside: Map<Id, Followed>;
  isCut: boolean;
}

/** A function that calls itself, however deep, is followed once more in itself; the paths that go deeper end there, as those do that go round a loop more often. */
export const mostDepth = 2;

/** So often functions are followed again in themselves for one that nobody calls; then such a call is not followed. */
export const mostAgain = 64;

/** What a call comes to that goes deeper: nothing that it would return is known, and one that returns nothing does nothing. */
export function tooDeep({ file, fact }: FunctionEntry): Followed {
  const idle: Outcome = {
    steps: [],
    symbols: new Map(),
    writes: new Map(),
    value: null,
    pending: [],
    failures: 0,
    freed: new Set(),
    sometimes: new Set(),
    handed: new Set(),
    escaped: new Set(),
    shown: new Set(),
    end: { file, fn: fact.name, at: fact.at },
  };
  const summary = { outcomes: fact.returnsVoid ? [idle] : [] };
  return { summary, ledger: new Set(), unfollowed: new Map(), uses: new Set(), isCut: true, states: 0 };
}

/** Whether some function is being followed in itself. */
export function isGoingRound(inProgress: readonly Following[]): boolean {
  return new Set(inProgress.map(({ id }) => id)).size < inProgress.length;
}
