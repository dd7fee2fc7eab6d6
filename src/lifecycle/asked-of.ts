import type { FileFacts } from '../facts/ir.ts';
import type { Id, Program } from '../program/program.ts';
import { Reach } from '../program/reach.ts';
import type { AskedState } from './asked-state.ts';
import type { Overview } from './overview.ts';
import type { Answers } from './questions.ts';
import type { Summaries } from './summary.ts';

/** What lifecycles ask, without what they made of it. */
interface Asking {
  readonly program: Program;
  readonly overview: Overview;
  readonly state: AskedState;
}

/** What was asked of lifecycles' program, beside the bodies of the functions that were followed. */
export interface AskedOf {
  /**
   * Whether others of another program give the same answers, and meet none of the functions `but`. What several of the
   * same analysis share is asked once: it is noted in `seen`.
   */
  hasSameAnswers(other: Others, of: Besides & { readonly seen: Set<unknown> }): boolean;
  /**
   * Whether the answers are the same where functions that are not followed say something else, and nothing besides.
   * What others of the same analysis have found out is in `reaches`.
   */
  holdsFor(reworded: Reworded, reaches: Map<Reach, Reach>): boolean;
}

/** What is not what it was, beside what functions that are not followed say. */
export interface Besides {
  readonly but: ReadonlySet<Id>;
  /** The functions and variables that mention something else; null where names mean something else as well. */
  readonly mentioning: ReadonlySet<Id> | null;
}

type Others = Asking & { readonly summaries: Summaries };

/** What functions that are not followed say now: they call the same functions of the program, and have the same heads. */
export interface Reworded {
  /** The facts that were, in all readings, with those that are. */
  readonly facts: ReadonlyMap<FileFacts, FileFacts>;
  /** The functions and variables that mention something else. */
  readonly mentioning: ReadonlySet<Id>;
  /** The functions that return something else, or set other globals. */
  readonly returning: ReadonlySet<Id>;
}

export function askedOf({
  program,
  overview,
  state,
  touched,
}: Asking & { readonly touched: Answers<Summaries> }): AskedOf {
  const { asked, pairs, reach } = overview;
  return {
    hasSameAnswers: (other, { but, mentioning, seen }) => {
      const isNew = (answers: unknown): boolean => !seen.has(answers) && seen.add(answers) === seen;
      return (
        program.looksUpAlike(other.program, but) &&
        asked.answers.areThoseOf(other.overview) &&
        overview.touchesAlike(other.overview.reach) &&
        (!isNew(pairs) || pairs.asked.answers.areThoseOf(other.overview.pairs)) &&
        touched.areThoseOf(other.summaries) &&
        (!isNew(state) ||
          (mentioning
            ? state.wouldAnswerAlike(other.state, reach.differingFrom(other.overview.reach, mentioning))
            : other.state.wouldGive(state.answers)))
      );
    },
    holdsFor: ({ facts, mentioning, returning }, reaches) => {
      for (const id of returning) if (overview.hasLookedInto(id)) return false;
      let now = reaches.get(reach);
      if (!now) {
        const other = program.mentioning(facts);
        const again = new Reach(other, { reach, changed: mentioning });
        const differing = reach.differingFrom(again, mentioning);
        now = differing.size === 0 ? reach : again;
        reaches.set(reach, now);
        if (!state.wouldAnswerAlike(state.of(other, now), differing)) return false;
      }
      return now === reach || overview.touchesAlike(now);
    },
  };
}
