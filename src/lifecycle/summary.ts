import type { FunctionEntry, Id, Program } from '../program/program.ts';
import { exploreFunction } from './explore.ts';
import type { OptionAnswer } from './frame.ts';
import type { Overview } from './overview.ts';
import { Questions } from './questions.ts';
import type { Symbol } from './state.ts';
import type { Place, TraceStep } from './trace.ts';
import type { Value } from './values.ts';

/** One way in which a function can end, with its parameters and the globals it read as names. */
export interface Outcome {
  readonly steps: readonly TraceStep[];
  /** What the values in this outcome are: those with an `input` say under which conditions on entry it happens. */
  readonly symbols: ReadonlyMap<number, Symbol>;
  readonly writes: ReadonlyMap<string, Value>;
  readonly value: Value | null;
  readonly pending: readonly number[];
  /** How many registrations fail on it. */
  readonly failures: number;
  /** Where it releases what it was not known to hold. */
  readonly freed: ReadonlySet<string>;
  /** Those of the function's releases that a path which is else alike does not make. */
  readonly sometimes: ReadonlySet<string>;
  /** What of its inputs (`$1`, `$0->table`) it hands to something which may keep it. */
  readonly handed: ReadonlySet<string>;
  /** Where what it holds in the end and has handed on was acquired. */
  readonly escaped: ReadonlySet<string>;
  /** Where what it holds in the end, or lets go of there, and someone else may know of was acquired. */
  readonly shown: ReadonlySet<string>;
  /** Where it returns. */
  readonly end: Place;
}

export interface Summary {
  readonly outcomes: readonly Outcome[];
}

/** Why a function that a lifecycle reaches was not followed. */
export interface Unfollowed {
  readonly fn: FunctionEntry;
  readonly reason: string;
}

/**
 * The summaries of a program's functions, each made once. Only functions that matter to a lifecycle (those from which
 * a registration, an acquisition or a release can be reached) are explored; of the others it is known what they can return and which globals they set.
 */
export class Summaries {
  /** Where whatever is released on any path had been acquired. */
  readonly ledger: Set<string>;
  readonly unfollowed = new Map<Id, Unfollowed>();
  /** Which functions were asked whether they are touched by what has changed. */
  readonly asked = new Questions<Summaries>(this);
  private readonly made = new Map<Id, Summary | null>();
  private readonly inProgress = new Set<Id>();
  private readonly touched = new Map<Id, boolean>();

  /**
   * With `base`, whatever calls none of the `changed` functions, however deep, is taken over from there: the program is
   * the base's but for those.
   */
  constructor(
    private readonly program: Program,
    readonly overview: Overview,
    private readonly option: OptionAnswer,
    private readonly checkpoint?: () => void,
    private readonly base?: { readonly summaries: Summaries; readonly changed: ReadonlySet<Id> },
  ) {
    this.ledger = base?.summaries.ledger ?? new Set();
  }

  /** Whether a changed function can be reached from a function. */
  private isTouched(id: Id): boolean {
    const known = this.touched.get(id);
    if (known !== undefined) return known;
    this.touched.set(id, false);
    const touched =
      this.base?.changed.has(id) === true || this.program.callees(id).some((callee) => this.isTouched(callee.id));
    this.touched.set(id, touched);
    return touched;
  }

  /** The summary of a function; null when it cannot be followed (`unfollowed` says why) or is being made (recursion). */
  of(id: Id): Summary | null {
    const known = this.made.get(id);
    if (known !== undefined) return known;
    const entry = this.program.functionById(id);
    if (!entry) return null;
    if (this.inProgress.has(id)) {
      this.unfollowed.set(id, {
        fn: entry,
        reason: 'it calls itself, perhaps by way of others; that call is not followed',
      });
      return null;
    }
    if (this.base && !this.asked.ask(id, (of) => of.isTouched(id))) return this.base.summaries.of(id);
    this.checkpoint?.();
    this.inProgress.add(id);
    const explored = exploreFunction(entry, { program: this.program, summaries: this, option: this.option });
    this.inProgress.delete(id);
    // What could not be parsed of it is among the facts of its file already.
    if (explored.reason !== null && !entry.fact.unreadable)
      this.unfollowed.set(id, { fn: entry, reason: explored.reason });
    const summary = explored.outcomes === null ? null : { outcomes: explored.outcomes };
    this.made.set(id, summary);
    return summary;
  }
}
