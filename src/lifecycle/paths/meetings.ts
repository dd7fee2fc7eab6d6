import { expressionsOf, walkExpression, type Block } from '../../facts/ir.ts';
import { conditionsOf, sameConditions, union, weaken } from './conditions.ts';
import { forgetAt, forgottenIn } from './forgotten.ts';
import { forgetLostAgain } from './nameless.ts';
import { Passed, type SummaryOf } from './passed.ts';
import { prune } from './prune.ts';
import { isQuestion, questionText } from './operators.ts';
import type { KeyOf } from './state-key.ts';
import { elementMark } from './place-names.ts';
import type { State } from './state.ts';
import { turnsOf } from './turns.ts';
import type { Ways } from './ways.ts';

/** A path that has come to a block. */
export interface Work {
  readonly block: number;
  readonly state: State;
  readonly visits: ReadonlyMap<number, number>;
}

/** What was met at a block of states that are alike in all that matters. */
interface Met {
  readonly conditions: ReadonlyMap<string, number>;
  readonly freed: ReadonlySet<string>;
  readonly forgotten: ReadonlySet<string>;
  /** What goes on from there for all of them, while it has not gone on yet. */
  readonly waiting: Waiting;
}

interface Waiting {
  work: Work | null;
}

/** What waits to go on, by the turns of the blocks that it is at; at one block what came first goes first. */
class Queue {
  private readonly at: Waiting[][];
  private lowest: number;

  constructor(private readonly turns: readonly number[]) {
    this.at = turns.map(() => []);
    this.lowest = turns.length;
  }

  add(waiting: Waiting, block: number): void {
    const turn = this.turns[block]!;
    this.at[turn]!.push(waiting);
    this.lowest = Math.min(this.lowest, turn);
  }

  take(): Work | null {
    while (this.at[this.lowest]?.length === 0) this.lowest++;
    const waiting = this.at[this.lowest]?.shift();
    if (!waiting) return null;
    const { work } = waiting;
    waiting.work = null;
    return work;
  }
}

/** Where the paths through one function meet: of those that agree on all that still matters one goes on. */
export class Meetings {
  private readonly locals: ReadonlySet<string>;
  private readonly ways: Ways;
  private readonly entered: ReadonlySet<number>;
  private readonly keyOf: KeyOf;
  private readonly live: readonly ReadonlySet<string>[];
  private readonly passed: Passed;
  private readonly turns: readonly number[];
  /** The last turn in which a question may be asked (again). */
  private readonly askedUntil: ReadonlyMap<string, number>;
  /**
   * For each state that was met (by block and all that matters), under which conditions on entry it was, and how much
   * it had released of what the function was entered with: of two that are else alike, the one that released more goes on.
   */
  private readonly met = new Map<string, Met>();
  private readonly queue: Queue;
  private readonly roots = new Map<string, string>();
  private readonly names = new Map<string, readonly string[]>();

  constructor(
    blocks: readonly Block[],
    of: {
      readonly locals: ReadonlySet<string>;
      readonly ways: Ways;
      /** Heads of loops that a path goes into before it may go on: who comes back to one is not taken for who has still to. */
      readonly entered: ReadonlySet<number>;
      readonly keyOf: KeyOf;
      /** By block, the locals that are read from there on. */
      readonly live: readonly ReadonlySet<string>[];
    },
    summaryOf: SummaryOf,
  ) {
    const { locals } = of;
    this.locals = locals;
    this.ways = of.ways;
    this.entered = of.entered;
    this.keyOf = of.keyOf;
    this.live = of.live;
    this.passed = new Passed(blocks, { locals, live: this.live }, summaryOf);
    const { turns, until } = turnsOf(blocks);
    this.turns = turns;
    this.askedUntil = askedUntil(blocks, turns, until);
    this.queue = new Queue(turns);
  }

  start(work: Work): void {
    this.queue.add({ work }, work.block);
  }

  /** What goes on next; null where all have ended. */
  next(): Work | null {
    return this.queue.take();
  }

  /**
   * Lets a state go on unless one like it was met under conditions at least as wide; weakens it to what both allow. Of
   * two that wait the one goes on that has released more, or else has stopped something, or else has the shorter path.
   */
  admit(work: Work): void {
    const { state } = work;
    this.drop(state, work.block);
    prune(state);
    forgetLostAgain(state);
    const forgotten = forgottenIn(state);
    const conditions = conditionsOf(state);
    const isBack = this.entered.has(work.block) && work.visits.has(work.block);
    const at = `${work.block}${isBack ? '+' : ''}`;
    const key = this.ways.keyOf(`${at}|${this.keyOf(state, forgotten)}`, state.freed, conditions);
    const before = this.met.get(key);
    if (!before) {
      const waiting: Waiting = { work };
      this.met.set(key, { conditions, freed: state.freed.copy(), forgotten, waiting });
      this.queue.add(waiting, work.block);
      return;
    }
    const { waiting } = before;
    const merged = union(before.conditions, conditions);
    this.ways.differ(state.freed, before.freed);
    const isCovered =
      state.freed.size <= before.freed.size &&
      [...forgotten].every((each) => before.forgotten.has(each)) &&
      sameConditions(before.conditions, merged);
    const isRather =
      state.freed.size === before.freed.size
        ? waiting.work !== null && tellsMore(state, waiting.work.state)
        : state.freed.size > before.freed.size;
    if (isCovered && !isRather) return;
    const goes = waiting.work && !isRather ? waiting.work : work;
    const own = goes === work ? forgotten : before.forgotten;
    const all = new Set([...before.forgotten, ...forgotten]);
    weaken(goes.state, merged);
    forgetAt(
      goes.state,
      [...all].filter((each) => !own.has(each)),
    );
    if (!waiting.work) this.queue.add(waiting, work.block);
    waiting.work = goes;
    const freed = before.freed.size > state.freed.size ? before.freed : state.freed.copy();
    this.met.set(key, { conditions: merged, freed, forgotten: all, waiting });
  }

  /** Forgets what the path will not look at again. */
  private drop(state: State, block: number): void {
    const locals = this.live[block]!;
    const isOver = (name: string): boolean => this.locals.has(name) && !locals.has(name);
    for (const key of state.env.keys()) {
      if (key.startsWith('%')) {
        if (!locals.has(this.localOf(key)) || this.passed.isIdle(block, key)) state.env.delete(key);
      } else if (key.startsWith('?%')) {
        const isAsked = key.startsWith(elementMark) || (this.askedUntil.get(key.slice(2)) ?? -1) >= this.turns[block]!;
        if (!isAsked || this.namesOf(key).some(isOver)) state.env.delete(key);
      }
    }
  }

  /** The names in a condition that are no members'. */
  private namesOf(key: string): readonly string[] {
    let names = this.names.get(key);
    if (!names) this.names.set(key, (names = key.match(/(?<![\w.]|->)[A-Za-z_]\w*/g) ?? []));
    return names;
  }

  private localOf(key: string): string {
    let local = this.roots.get(key);
    if (local === undefined) this.roots.set(key, (local = /\w+/.exec(key)?.[0] ?? ''));
    return local;
  }
}

/** Whether the path to one state says more than the one to another of what is stopped and when, or else the same in fewer steps. */
function tellsMore(a: State, b: State): boolean {
  return a.hasStopped === b.hasStopped ? (a.trace?.length ?? 0) < (b.trace?.length ?? 0) : a.hasStopped;
}

/**
 * In which turn each question is asked last; one that is asked in a loop may be asked until that is left. What only one
 * place asks for correlates nothing: there it is asked anew each time that a loop comes round.
 */
function askedUntil(blocks: readonly Block[], turns: readonly number[], until: readonly number[]): Map<string, number> {
  const last = new Map<string, number>();
  const times = new Map<string, number>();
  for (const block of blocks)
    for (const whole of expressionsOf([block]))
      for (const e of walkExpression(whole))
        if (isQuestion(e)) times.set(questionText(e), (times.get(questionText(e)) ?? 0) + 1);
  blocks.forEach((block, at) => {
    for (const whole of expressionsOf([block]))
      for (const e of walkExpression(whole)) {
        if (!isQuestion(e)) continue;
        const text = questionText(e);
        last.set(text, Math.max(last.get(text) ?? -1, times.get(text) === 1 ? turns[at]! : until[at]!));
      }
  });
  return last;
}
