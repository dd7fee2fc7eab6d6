import type { FunctionEntry, Id, Program } from '../../program/program.ts';
import type { Given } from '../bodies/chosen-steps.ts';
import { isGoingRound, mostAgain, mostDepth, tooDeep, type Following } from './circles.ts';
import { mayBeTold } from './counters.ts';
import { exploreFunction } from './explore.ts';
import type { OptionAnswer } from './frame.ts';
import type { Overview } from './overview.ts';
import { Questions } from './questions.ts';
import { readAs } from '../bodies/reader.ts';
import { withOwnSymbols, type Symbol } from './state.ts';
import type { Pool } from './pool.ts';
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

/** What following a function came to, and what of that concerns whoever takes it over. */
export interface Followed {
  readonly summary: Summary | null;
  /** Where whatever its own paths release had been acquired. */
  readonly ledger: ReadonlySet<string>;
  readonly unfollowed: ReadonlyMap<Id, Unfollowed>;
  /** What it was made from. */
  readonly uses: ReadonlySet<Followed>;
  /** Whether it, or what it was made from, calls itself: how deep it was followed depends on where the circle was entered. */
  readonly isCut: boolean;
  /** So many states were met on its own paths. */
  readonly states: number;
  /** Whether it is from the pool, with what concerns whoever takes it over of all that it was made from. */
  readonly isTaken?: true;
}

/**
 * The summaries of a program's functions, each made once. Only functions that matter to a lifecycle (those from which
 * a registration, an acquisition or a release can be reached) are explored; of the others it is known what they can return and which globals they set.
 */
export class Summaries {
  readonly unfollowed = new Map<Id, Unfollowed>();
  /** Which functions were asked whether they are touched by what has changed. */
  readonly asked = new Questions<Summaries>(this);
  private readonly followed = new Map<Id, Followed>();
  /** Functions that are told which steps to take. */
  private readonly ofGiven = new Map<string, Followed>();
  private readonly told = new Set<Id>();
  /** Whether something would have had to be followed that the base has not. */
  private isBeyond = false;
  private readonly inProgress: Following[] = [];
  /** How often functions have been followed again in themselves for the outermost that is being followed. */
  private timesAgain = 0;
  private readonly touched = new Map<Id, boolean>();
  private readonly taken = new Set<Followed>();
  /** Functions of which it is being found out whether all that they call comes to what it came to in the base. */
  private readonly comparing = new Set<Id>();
  private readonly ownLedger: Set<string>;

  /**
   * With `base`, whatever calls none of the `changed` functions, however deep, is taken over from there: the program is
   * the base's but for those. What `pool` has of the same program and option answers is taken over as well.
   */
  constructor(
    private readonly program: Program,
    readonly overview: Overview,
    private readonly option: OptionAnswer,
    private readonly checkpoint?: () => void,
    private readonly from: {
      readonly base?:
        | {
            readonly summaries: Summaries;
            readonly changed: ReadonlySet<Id>;
            /** Whether the base follows nothing more, and is told of nothing. */
            readonly isFixed?: boolean;
            /** Whether a function comes to what it came to there: then whoever calls it does as well. */
            readonly isSame?: (before: Followed, after: Followed) => boolean;
            /** Whether what else differs than the changed functions decides over the calls in a body. */
            readonly decides?: (id: Id) => boolean;
          }
        | undefined;
      readonly pool?: Pool | undefined;
      /** The functions whose paths are told apart by what failed on them, although they come to the same. */
      readonly apart?: ReadonlySet<Id> | undefined;
    } = {},
  ) {
    this.ownLedger = (from.base?.isFixed ? undefined : from.base?.summaries.ownLedger) ?? new Set();
  }

  /** Where whatever is released on any path of what is followed at the moment had been acquired. */
  get ledger(): Set<string> {
    return this.inProgress.at(-1)?.ledger ?? this.ownLedger;
  }

  private get own(): { readonly program: Program; readonly overview: Overview } {
    return { program: this.program, overview: this.overview };
  }

  /** Whether a changed function can be reached from a function. */
  private isTouched(id: Id): boolean {
    const known = this.touched.get(id);
    if (known !== undefined) return known;
    this.touched.set(id, false);
    const touched =
      this.from.base?.changed.has(id) === true || this.program.callees(id).some((callee) => this.isTouched(callee.id));
    this.touched.set(id, touched);
    return touched;
  }

  /** The summary of a function; null when it cannot be followed (`unfollowed` says why) or is being made (recursion). */
  of(id: Id): Summary | null {
    const followed = this.follow(id);
    if (!followed) return null;
    return this.used(followed);
  }

  private used(followed: Followed): Summary | null {
    const caller = this.inProgress.at(-1);
    if (caller) caller.uses.add(followed);
    else this.take(followed);
    return followed.summary;
  }

  /** Notes, of the function that is being followed, why what it leads to is not. */
  note(fn: FunctionEntry, reason: string): void {
    this.inProgress.at(-1)?.unfollowed.set(fn.id, { fn, reason });
  }

  /** Whether a function was followed for those who tell it which steps to take. */
  isTold(id: Id): boolean {
    return this.told.has(id);
  }

  /** The same of a function that is told which steps to take: of those alone. */
  given(entry: FunctionEntry, given: Given): Summary | null {
    if (given.size === 0 || this.inProgress.some((each) => each.id === entry.id)) return this.of(entry.id);
    this.told.add(entry.id);
    const key = [entry.id, ...[...given].flat()].join('|');
    let followed = this.ofGiven.get(key);
    if (!followed) this.ofGiven.set(key, (followed = this.explore(entry, given)));
    return this.used(followed);
  }

  /** What a function came to that was followed here, all that it was made from apart. */
  made(id: Id): Followed | undefined {
    const followed = this.followed.get(id);
    return followed?.isTaken ? undefined : followed;
  }

  /** A function as it is now, with all that it leads to as it was here; null where something would have to be followed. */
  again(id: Id, { program, overview }: { readonly program: Program; readonly overview: Overview }): Followed | null {
    // Whoever tells it which steps to take has followed it for those.
    if ([this.own, { program, overview }].some((of) => mayBeTold(of, id))) return null;
    const base = { summaries: this, changed: new Set([id]), isFixed: true };
    const summaries = new Summaries(program, overview, this.option, undefined, { base });
    const followed = summaries.follow(id);
    return summaries.isBeyond ? null : followed;
  }

  /** What a function came to, if that is known here or in the base. */
  private known(id: Id): Followed | undefined {
    return this.followed.get(id) ?? this.from.base?.summaries.known(id);
  }

  private follow(id: Id): Followed | null {
    const caller = this.inProgress.at(-1);
    const known = caller?.inside.get(id) ?? this.followed.get(id);
    if (known) return known;
    const entry = this.program.functionById(id);
    if (!entry) return null;
    if (this.inProgress.some((each) => each.id === id)) return this.followAgain(entry);
    const { base, apart } = this.from;
    const pool = apart?.has(id) ? undefined : this.from.pool;
    if (base?.isFixed && !this.isTouched(id)) {
      const before = base.summaries.known(id);
      this.isBeyond ||= !before;
      return before ?? null;
    }
    if (base && !this.asked.ask(id, (of) => of.isTouched(id))) return base.summaries.follow(id);
    const before = base?.isSame ? base.summaries.known(id) : undefined;
    const kept = pool?.get(id) ?? (before && this.callsTheSame(id, before) ? before : undefined);
    let followed = kept ?? this.explore(entry);
    if (!kept) pool?.add(id, followed);
    if (before && !kept && base?.isSame?.(before, followed) === true) followed = before;
    if (caller && followed.isCut && isGoingRound(this.inProgress)) caller.inside.set(id, followed);
    else this.followed.set(id, followed);
    return followed;
  }

  /** Follows a function that is being followed already, in itself. */
  private followAgain(entry: FunctionEntry): Followed | null {
    const { id } = entry;
    const caller = this.inProgress.at(-1)!;
    const first = this.inProgress.findIndex((each) => each.id === id);
    for (const each of this.inProgress.slice(first)) each.isCut = true;
    if (this.inProgress.filter((each) => each.id === id).length >= mostDepth) return tooDeep(entry);
    if (++this.timesAgain > mostAgain) {
      const reason = 'it calls itself, perhaps by way of others, in too many ways; that call is not followed';
      caller.unfollowed.set(id, { fn: entry, reason });
      return null;
    }
    const followed = this.explore(entry);
    caller.inside.set(id, followed);
    return followed;
  }

  /** Whether a function comes to what it comes to in the base. */
  isAsInBase(id: Id): boolean {
    const before = this.from.base?.summaries.known(id);
    return before !== undefined && this.follow(id) === before;
  }

  /** Whether nothing of a function has changed but what it calls, and that comes to what it came to in the base. */
  private callsTheSame(id: Id, before: Followed): boolean {
    const base = this.from.base!;
    if (before.isCut || base.changed.has(id) || base.decides?.(id) === true || this.comparing.has(id)) return false;
    this.comparing.add(id);
    const isSame = this.program.callees(id).every(
      ({ id: callee }) =>
        !this.asked.ask(callee, (of) => of.isTouched(callee)) ||
        // What it comes to when it is told which steps to take is not compared.
        (!mayBeTold(this.own, callee) && this.isAsInBase(callee)),
    );
    this.comparing.delete(id);
    return isSame;
  }

  private explore(entry: FunctionEntry, given?: Given): Followed {
    this.checkpoint?.();
    const { id } = entry;
    const following: Following = {
      id,
      ledger: new Set(),
      unfollowed: new Map(),
      uses: new Set(),
      inside: new Map(),
      isCut: false,
    };
    if (this.inProgress.length === 0) this.timesAgain = 0;
    this.inProgress.push(following);
    const explored = withOwnSymbols(() =>
      exploreFunction(
        entry,
        { program: this.program, summaries: this, option: this.option },
        { isApart: this.from.apart?.has(id) === true, given },
      ),
    );
    this.inProgress.pop();
    const { ledger, unfollowed, uses } = following;
    // What could not be parsed of it is among the facts of its file already.
    const unreadable = readAs('follows', () => entry.fact.unreadable);
    if (explored.reason !== null && !unreadable) unfollowed.set(id, { fn: entry, reason: explored.reason });
    const isEndless = following.isCut && explored.outcomes?.length === 0;
    if (isEndless) unfollowed.set(id, { fn: entry, reason: 'it calls itself on every path' });
    const summary = explored.outcomes === null || isEndless ? null : { outcomes: explored.outcomes };
    const isCut = following.isCut || [...uses].some((each) => each.isCut);
    return { summary, ledger, unfollowed, uses, isCut, states: explored.states };
  }

  /** What a root was made from, however deep, counts for whoever follows the root. */
  private take(root: Followed): void {
    const queue = [root];
    for (let each = queue.pop(); each; each = queue.pop()) {
      if (this.taken.has(each)) continue;
      this.taken.add(each);
      for (const place of each.ledger) this.ownLedger.add(place);
      for (const [id, gap] of each.unfollowed) this.unfollowed.set(id, gap);
      queue.push(...each.uses);
    }
  }
}
