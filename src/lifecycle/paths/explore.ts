import { walkExpression, type Block, type Expr, type Step } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { isStep, summaryOfCall } from './calls.ts';
import { caseChosen, casesBySign } from './cases.ts';
import { Ends } from './ends.ts';
import { evaluate, truth } from './evaluate.ts';
import { elementsSpared } from '../bodies/first-spared.ts';
import { place, type Frame } from './frame.ts';
import { freesIn, freesOwner, looksInto } from '../bodies/freed-param.ts';
import { indexesIn, isCountedAround, isLadder, type Given } from '../bodies/chosen-steps.ts';
import { forgetIndexes, isCountedOut } from './counting.ts';
import { isListMove } from '../bodies/known.ts';
import { lastsSpared } from '../bodies/last-spared.ts';
import { cursorOf } from './lists.ts';
import { livenessOf, unreadResults } from '../bodies/liveness.ts';
import { listsIn, localsOf } from '../bodies/locals.ts';
import { bodiesOf, isBatch, loopsThatUndo } from '../bodies/loops.ts';
import { Meetings, type Work } from './meetings.ts';
import { lvalue } from './paths.ts';
import { readAs } from '../bodies/reader.ts';
import { State } from './state.ts';
import { stateKeys } from './state-key.ts';
import type { Outcome, Summaries } from './summary.ts';
import { copyMembers } from './struct-copies.ts';
import { usesOfFreed } from '../bodies/used-freed.ts';
import { POS, type Value } from './values.ts';
import { Ways } from './ways.ts';

/** More states than any function of Linux 6.12 needs; beyond it a function is reported as not analysed. */
const mostStates = 3000;
const mostOutcomes = 400;
/** Fewer than that are followed where all their paths together have more than so many steps: what it calls comes to much. */
const manyStates = { states: 1000, steps: 90_000 } as const;
/** Twice as many steps as the longest path of Linux 6.12 has (`smc_init()`). */
const mostLength = 10_000;
/** More than any path of it has registered or holds at a time; a path that goes round and takes more each time ends there. */
const mostStanding = 120;
/** The namespace that a callback runs for, wherever it gets it from. */
export const dyingNet = '@net';
/** Loops run zero, one and two times. */
const mostVisits = 3;
/** One that counts the steps that it chooses, as often as these are many; more than that it is none of steps. */
const mostSteps = 32;

interface Explored {
  /** Null when the function could not be followed at all. */
  readonly outcomes: readonly Outcome[] | null;
  /** What was not analysed of it, and why; null when all was. */
  readonly reason: string | null;
  /** So many states were met. */
  readonly states: number;
}

/**
 * Every path through a function, those that agree on all that still matters followed as one; with `isApart` only those on
 * which the same step failed.
 */
export function exploreFunction(
  entry: FunctionEntry,
  context: { readonly program: Program; readonly summaries: Summaries; readonly option: Frame['option'] },
  how: { readonly isApart: boolean; readonly given?: Given | undefined },
): Explored {
  const { blocks, unreadable } = readAs('follows', () => ({
    blocks: entry.fact.blocks,
    unreadable: entry.fact.unreadable,
  }));
  if (!blocks) return { outcomes: null, reason: 'its body was not read', states: 0 };
  if (unreadable) return { outcomes: null, reason: `line ${unreadable.line} ${unreadable.reason}`, states: 0 };
  const explored = new Explorer(entry, blocks, context, how).run();
  // Somebody else ends a loop that goes on as long as something is so which nothing that was followed changes.
  return explored.outcomes?.length === 0
    ? new Explorer(entry, blocks, context, { ...how, areLoopsEnded: true }).run()
    : explored;
}

class Explorer {
  private readonly frame: Frame;
  private readonly undoing: ReadonlySet<number>;
  /** The blocks in the bodies of those loops. */
  private readonly inUndoing: ReadonlySet<number>;
  private readonly unread: ReadonlySet<Expr>;
  private readonly misuses: ReturnType<typeof usesOfFreed>;
  private readonly spared: ReturnType<typeof elementsSpared>;
  private readonly lasts: ReturnType<typeof lastsSpared>;
  /** The locals by which it chooses elements of a table. */
  private readonly indexes: ReadonlySet<string>;
  private readonly ways = new Ways();
  private readonly meetings: Meetings;
  private readonly ends: Ends;

  constructor(
    private readonly entry: FunctionEntry,
    private readonly blocks: readonly Block[],
    context: { readonly program: Program; readonly summaries: Summaries; readonly option: Frame['option'] },
    private readonly how: {
      readonly isApart: boolean;
      readonly given?: Given | undefined;
      /** Whether a loop that has gone round ends, although what it asks for is as it was. */
      readonly areLoopsEnded?: boolean;
    },
  ) {
    const keyOf = stateKeys({ isApart: how.isApart });
    const locals = readAs('follows', () => localsOf(entry.fact));
    this.frame = { ...context, file: entry.file, fn: entry.fact.name, locals, lists: listsIn(blocks) };
    const live = livenessOf(blocks, locals);
    this.indexes = new Set(indexesIn(blocks));
    this.unread = unreadResults(blocks, locals, live);
    this.misuses = usesOfFreed(
      blocks,
      locals,
      freesIn(context.program, entry.file),
      (name, at, text) => looksInto(context.program, entry.file, { name, at, text }),
      (callback, member) => freesOwner(context.program, entry.file, callback, member),
    );
    const { overview } = context.summaries;
    this.undoing = loopsThatUndo(blocks, (name) => isListMove(name) || overview.releases(entry.file, name));
    this.inUndoing = bodiesOf(blocks, this.undoing);
    this.spared = elementsSpared(blocks, this.undoing);
    this.lasts = lastsSpared(
      blocks,
      {
        undoes: (name) => overview.releases(entry.file, name),
        does: (name) => overview.acquires(entry.file, name),
      },
      (name) => this.ownFunction(name),
    );
    const entered = new Set(this.undoing);
    blocks.forEach(({ end }, at) => {
      if (end.e === 'each' && isBatch(end.args)) entered.add(at);
    });
    this.meetings = new Meetings(blocks, { locals, entered, ways: this.ways, keyOf, live }, (name) =>
      summaryOfCall(this.frame, name),
    );
    this.ends = new Ends(this.ways, keyOf);
  }

  run(): Explored {
    const start = new State(undefined, this.frame.summaries.ledger);
    this.entry.fact.params.forEach((name, index) => {
      const given = this.how.given?.get(index);
      const value: Value | undefined = typeof given === 'number' ? { v: 'num', num: given } : undefined;
      start.env.set(`%${name}`, value ?? start.read(typeof given === 'string' ? given : `$${index}`));
    });
    for (const [name, num] of this.how.given ?? [])
      if (typeof name === 'string' && typeof num === 'number') start.env.set(name, { v: 'num', num });
    this.meetings.start({ block: 0, state: start, visits: new Map() });
    let taken = 0;
    let length = 0;
    const beyond = (reason: string): Explored => ({ outcomes: null, reason, states: taken });
    for (let work = this.meetings.next(); work; work = this.meetings.next()) {
      if (++taken > mostStates) return beyond(`more than ${mostStates} states`);
      const before = work.state.trace?.length ?? 0;
      const after = this.advance(work);
      if (this.frame.lost !== undefined) return beyond(this.frame.lost);
      for (const next of after) {
        const now = next.state.trace?.length ?? 0;
        if (now > mostLength) return beyond(`a path of more than ${mostLength} steps`);
        length += now - before;
        this.meetings.admit(next);
        const { standing, held } = next.state;
        if (standing.length > mostStanding || held.length > mostStanding)
          return beyond(`a path that has more than ${mostStanding} things to undo`);
      }
      if (taken > manyStates.states && length > manyStates.steps)
        return beyond(`more than ${manyStates.states} states, with more than ${manyStates.steps} steps`);
      if (this.ends.size > mostOutcomes) return beyond(`more than ${mostOutcomes} outcomes`);
    }
    return { outcomes: this.ends.outcomes(), reason: null, states: taken };
  }

  /** Takes a state over: whoever advances it has no other use for it, so that it may be changed. */
  private advance(work: Work): Work[] {
    const block = this.blocks[work.block]!;
    this.frame.isUndoing = this.inUndoing.has(work.block);
    const states = block.steps.reduce<State[]>(
      (all, step) => all.flatMap((state) => this.step(step, state)),
      [work.state],
    );
    return states.flatMap((state) => this.leave(block, work, state));
  }

  private step(step: Step, state: State): State[] {
    if (step.s === 'eval') {
      this.frame.discarded = this.discardedBy(step.of);
      this.noteLast(step.of, state);
      const results = evaluate(this.frame, step.of, state);
      this.frame.discarded = null;
      return this.withMisuse(
        step.of,
        results.map((r) => r.state),
      );
    }
    if (step.isStatic) return [state];
    if (!step.init) {
      state.forget(`%${step.name}`);
      return [state];
    }
    const { init } = step;
    this.frame.discarded = this.unread.has(init) ? init : null;
    const results = evaluate(this.frame, init, state);
    this.frame.discarded = null;
    return results.map((r) => {
      const next = r.state;
      next.write(`%${step.name}`, r.value);
      if (!step.pointer) copyMembers(this.frame, { to: `%${step.name}`, from: init, at: step.at }, next);
      if (init.k === 'init')
        for (const [index, { name, value }] of init.members.entries())
          this.initMember(`%${step.name}${name === null ? `[${String(index)}]` : `.${name}`}`, value, next);
      return next;
    });
  }

  /** Notes that a statement frees what is used after it. */
  private withMisuse(statement: Expr, states: State[]): State[] {
    const misuse = this.misuses.get(statement.at);
    if (misuse)
      for (const state of states) state.push({ t: 'misuse', ...misuse, place: place(this.frame, statement.at) });
    return states;
  }

  /** Notes that a statement, or the condition of a loop, leaves out the last element that was done. */
  private noteLast({ at }: Expr, state: State): void {
    const of = this.lasts.get(at);
    if (of !== undefined) state.push({ t: 'spared', of, last: true, place: place(this.frame, at) });
  }

  private ownFunction(name: string): FunctionEntry['fact'] | undefined {
    const callee = this.frame.program.resolveFunction(this.entry.file, name);
    return callee && readAs('follows', () => callee.fact);
  }

  /** The call whose result a statement throws away: it is the statement, or is kept where nothing reads it. */
  private discardedBy(statement: Expr): Expr {
    return statement.k === 'assign' && this.unread.has(statement.from) ? statement.from : statement;
  }

  private initMember(at: string, value: Expr, state: State): void {
    if (value.k === 'call') return;
    const result = evaluate(this.frame, value, state)[0];
    if (result) state.write(at, result.value);
  }

  private leave(block: Block, work: Work, state: State): Work[] {
    const { end } = block;
    const to = (target: number, next: State): Work => ({ block: target, state: next, visits: work.visits });
    switch (end.e) {
      case 'goto': {
        if (!end.at) return [to(end.to, state)];
        state.push({
          t: 'jump',
          kind: 'goto',
          ...(end.label === undefined ? {} : { label: end.label }),
          place: place(this.frame, end.at),
        });
        return [to(end.to, state)];
      }
      case 'branch': {
        const spared = this.mustEnter(work) ? this.spared.get(end.on.at) : undefined;
        if (spared !== undefined) state.push({ t: 'spared', of: spared, place: place(this.frame, end.on.at) });
        if (this.mustEnter(work)) this.noteLast(end.on, state);
        const isExact = end.loop === true && isCountedOut(this.frame, end.on, state);
        if (end.loop && !isExact) forgetIndexes(end.on, state, this.indexes);
        const visits = end.loop ? this.visit(work, isExact) : work.visits;
        const known = truth(this.frame, end.on, state);
        const isRound = this.how.areLoopsEnded === true && end.loop === true && work.visits.has(work.block);
        const answers = isRound && known.every((t) => t.holds) ? [...known, ...this.ended(end.on, state)] : known;
        const enters = this.mustEnter(work) && answers.some((t) => t.holds);
        return answers
          .filter((t) => (visits !== null || !t.holds) && (t.holds || !enters))
          .map((t) => ({ ...to(t.holds ? end.then : end.else, t.state), visits: visits ?? work.visits }));
      }
      case 'each': {
        const visits = this.visit(work);
        const body = state.copy();
        const first = end.args[0];
        // The cursor is another element each time.
        for (const arg of end.args) if (arg.k === 'id' && this.frame.locals.has(arg.name)) body.forget(`%${arg.name}`);
        if (first?.k === 'id' && this.frame.locals.has(first.name)) {
          const cursor = isBatch(end.args) ? body.read(dyingNet, POS) : cursorOf(this.frame, end, state, body);
          body.write(`%${first.name}`, cursor ?? body.fresh());
        }
        const again = visits !== null && !(isBatch(end.args) && work.visits.has(work.block));
        const entered = again ? [{ ...to(end.body, body), visits }] : [];
        return this.mustEnter(work) || (isBatch(end.args) && again) ? entered : [...entered, to(end.after, state)];
      }
      case 'switch': {
        const values = evaluate(this.frame, end.on, state);
        return values.flatMap((r) => {
          const known = caseChosen(end, r);
          if (known === null && isCountedAround(this.blocks, work.block, (e) => isStep(this.frame, e)))
            this.frame.lost ??= `line ${end.on.at[0]} chooses by a number that its loop counts and that is not known`;
          if (known === null && isLadder(this.blocks, work.block, (name) => this.undoes(name)))
            this.frame.lost ??= `line ${end.on.at[0]} chooses by a number that is not known how far to unwind`;
          if (known !== null) return [to(known ?? end.otherwise, r.state)];
          return casesBySign(end, r).map((each) => to(each.to, each.state));
        });
      }
      case 'return': {
        const results = end.value ? evaluate(this.frame, end.value, state) : [{ state, value: null }];
        for (const r of results) this.ends.add(r.state, r.value, place(this.frame, end.at));
        return [];
      }
    }
  }

  /** How a loop's condition turns out not to hold any more, for a reason that is not known. */
  private ended(on: Expr, state: State): ReturnType<typeof truth> {
    const after = state.copy();
    const within = new Set<Expr>();
    for (const e of walkExpression(on)) {
      if (e.k === 'field' || e.k === 'index') for (const inner of walkExpression(e.of)) within.add(inner);
      const isPlace = e.k === 'id' || e.k === 'field' || e.k === 'index';
      const path = isPlace && !within.has(e) ? lvalue(this.frame, e, after) : null;
      if (path !== null) after.forget(path);
    }
    return truth(this.frame, on, after).filter((t) => !t.holds);
  }

  private undoes(name: string): boolean {
    return this.frame.summaries.overview.mayUndo(this.frame.file, name).length > 0;
  }

  /**
   * A loop that undoes runs as often as the one that did: taking it not to run at all, where it is not known whether it
   * does, would leave behind what it is there for.
   */
  private mustEnter(work: Work): boolean {
    return this.undoing.has(work.block) && !work.visits.has(work.block);
  }

  /** Counts a pass of a loop's head; null when it has gone round often enough. */
  private visit(work: Work, isExact = false): ReadonlyMap<number, number> | null {
    const count = (work.visits.get(work.block) ?? 0) + 1;
    return count >= (isExact ? mostSteps : mostVisits) ? null : new Map(work.visits).set(work.block, count);
  }
}
