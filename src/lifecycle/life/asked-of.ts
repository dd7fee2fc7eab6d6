import type { FileFacts } from '../../facts/ir.ts';
import type { Id, Program } from '../../program/program.ts';
import { Reach } from '../../program/reach.ts';
import { reachedFrom } from '../bodies/known.ts';
import { Explorations, type Moves } from './alike.ts';
import type { AskedState } from '../asks/asked-state.ts';
import { Overview } from '../paths/overview.ts';
import type { Answers } from '../paths/questions.ts';
import type { Summaries } from '../paths/summary.ts';

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
  /** What is then reached from some functions. */
  reachedFrom(roots: readonly Id[], reworded: Reworded): ReadonlySet<Id>;
}

/** What is not what it was, beside what functions that are not followed say. */
export interface Besides {
  readonly but: ReadonlySet<Id>;
  /** The functions and variables that mention something else; null where names mean something else as well. */
  readonly mentioning: ReadonlySet<Id> | null;
  readonly rewritten: Rewritten;
}

/** Functions that were followed and have other bodies now; their paths may still come to the same. */
export interface Rewritten {
  readonly ids: ReadonlySet<Id>;
  /** Whether rules asked something that was told by one of these bodies. */
  readonly areAsked: boolean;
  readonly moves: Moves;
  /** A function with more states than this is not followed a second time. */
  readonly most: number;
  /** Those of which it was found that their paths come to something else, or may. */
  readonly unlike: Set<Id>;
}

type Others = Asking & { readonly summaries: Summaries };

/** What functions say now that are not followed or come to the same. */
export interface Reworded {
  /** The functions that take or return something else, are gone, or are new. */
  readonly but: ReadonlySet<Id>;
  /** Those that are gone or new. */
  readonly missing: ReadonlySet<Id>;
  /** The names that functions have now and that no function had. */
  readonly appearing: ReadonlySet<string>;
  /** The facts that were, in all readings, with those that are. */
  readonly facts: ReadonlyMap<FileFacts, FileFacts>;
  /** The functions and variables that mention something else. */
  readonly mentioning: ReadonlySet<Id>;
  /** The functions that return something else, or set other globals. */
  readonly returning: ReadonlySet<Id>;
  /** The functions that name others of the program, or calls with an effect, with these names. */
  readonly calling: ReadonlyMap<Id, ReadonlySet<string>>;
  readonly rewritten: Rewritten;
}

export function askedOf({
  program,
  overview,
  state,
  touched,
  followed,
}: Asking & {
  readonly touched: Answers<Summaries>;
  /** All that was followed. */
  readonly followed: readonly Summaries[];
}): AskedOf {
  const { asked, pairs, reach } = overview;
  const explorations = new Explorations({ program, overview }, followed);
  const areAlike = (
    { ids, moves, most, unlike }: Rewritten,
    other: () => Pick<Asking, 'program' | 'overview'>,
  ): boolean => {
    const again = [...ids].filter((id) => explorations.has(id));
    const now = again.length > 0 ? other() : null;
    if (now === null) return true;
    const differing = again.find((id) => !explorations.areAlike(id, now, { moves, most }));
    if (differing !== undefined) unlike.add(differing);
    return differing === undefined;
  };
  return {
    hasSameAnswers: (other, { but, mentioning, rewritten, seen }) => {
      const isNew = (answers: unknown): boolean => !seen.has(answers) && seen.add(answers) === seen;
      return (
        program.looksUpAlike(other.program, but) &&
        asked.answers.areThoseOf(other.overview) &&
        overview.touchesAlike(other.overview.reach) &&
        (!isNew(pairs) || pairs.asked.answers.areThoseOf(other.overview.pairs)) &&
        touched.areThoseOf(other.summaries) &&
        (!isNew(state) ||
          (mentioning && !rewritten.areAsked
            ? state.wouldAnswerAlike(other.state, reach.differingFrom(other.overview.reach, mentioning))
            : other.state.wouldGive(state.answers))) &&
        areAlike(rewritten, () => other)
      );
    },
    reachedFrom: (roots, { facts, calling }) => reachedFrom(program.mentioning(facts, calling.keys()), roots),
    holdsFor: ({ but, missing, appearing, facts, mentioning, returning, calling, rewritten }, reaches) => {
      const { ids, areAsked } = rewritten;
      if (!program.looksUpNone(but)) return false;
      for (const id of missing)
        if (!program.isOnlyOne(id) || !pairs.isIndifferentTo(id.slice(id.indexOf('#') + 1))) return false;
      for (const name of appearing) if (pairs.isMentioned(name)) return false;
      for (const [id, names] of calling) if (!overview.isIndifferentTo(id, names)) return false;
      const others = new Set([...ids, ...calling.keys()]);
      for (const id of returning) if (overview.hasLookedInto(id) || (ids.size > 0 && !ids.has(id))) return false;
      let now = reaches.get(reach);
      if (!now) {
        const other = program.mentioning(facts, others);
        const again = new Reach(other, { reach, changed: mentioning });
        const differing = reach.differingFrom(again, mentioning);
        now = differing.size === 0 ? reach : again;
        reaches.set(reach, now);
        const asked = state.of(other, now);
        if (!(areAsked ? asked.wouldGive(state.answers) : state.wouldAnswerAlike(asked, differing))) return false;
      }
      if (now !== reach && !overview.touchesAlike(now)) return false;
      return areAlike(rewritten, () => {
        const other = program.mentioning(facts, others);
        return { program: other, overview: new Overview(other, { reach: now, pairs }) };
      });
    },
  };
}
