import type { Block, Expr, Step } from '../facts/ir.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import {
  conditionsOf,
  conditionsOfOutcome,
  isResult,
  sameConditions,
  union,
  weaken,
  withConditions,
  writesApart,
} from './conditions.ts';
import { evaluate, truth } from './evaluate.ts';
import { forgetAt, forgettingAt, forgottenIn } from './forgotten.ts';
import { place, type Frame } from './frame.ts';
import { forgetLostAgain, forgetNameless, isForeign, keyOfHeld } from './held.ts';
import { cursorOf } from './lists.ts';
import { livenessOf, type Liveness } from './liveness.ts';
import { isBatch, loopsThatUndo } from './loops.ts';
import { readAs } from './reader.ts';
import { isFlag, isLocal, State } from './state.ts';
import { localsOf } from './locals.ts';
import type { Outcome, Summaries } from './summary.ts';
import { keyOfPlace, stepsOf, type Place } from './trace.ts';
import { ANY, POS, type Value } from './values.ts';
import { Ways } from './ways.ts';

/** More states than any function of Linux 6.12 needs; beyond it a function is reported as not analysed. */
const mostStates = 6000;
const mostOutcomes = 400;
/** More than any path of it has registered or holds at a time; a path that goes round and takes more each time ends there. */
const mostStanding = 200;
/** The namespace that a callback runs for, wherever it gets it from. */
export const dyingNet = '@net';
/** Loops run zero, one and two times. */
const mostVisits = 3;

interface Work {
  readonly block: number;
  readonly state: State;
  readonly visits: ReadonlyMap<number, number>;
}

interface Explored {
  /** Null when the function could not be followed at all. */
  readonly outcomes: readonly Outcome[] | null;
  /** What was not analysed of it, and why; null when all was. */
  readonly reason: string | null;
  /** So many states were met. */
  readonly states: number;
}

/** Every path through a function, those that agree on all that still matters followed as one. */
export function exploreFunction(
  entry: FunctionEntry,
  context: { readonly program: Program; readonly summaries: Summaries; readonly option: Frame['option'] },
): Explored {
  const { blocks, unreadable } = readAs('follows', () => ({
    blocks: entry.fact.blocks,
    unreadable: entry.fact.unreadable,
  }));
  if (!blocks) return { outcomes: null, reason: 'its body was not read', states: 0 };
  if (unreadable) return { outcomes: null, reason: `line ${unreadable.line} ${unreadable.reason}`, states: 0 };
  const explorer = new Explorer(entry, blocks, context);
  return explorer.run();
}

class Explorer {
  private readonly frame: Frame;
  private readonly live: Liveness;
  private readonly undoing: ReadonlySet<number>;
  /**
   * For each state that was met (by block and all that matters), under which conditions on entry it was, and how much
   * it had released of what the function was entered with: of two that are else alike, the one that released more goes on.
   */
  private readonly met = new Map<
    string,
    {
      readonly conditions: ReadonlyMap<string, number>;
      readonly freed: ReadonlySet<string>;
      readonly forgotten: ReadonlySet<string>;
    }
  >();
  private readonly sometimes = new Set<string>();
  private readonly ways = new Ways();
  /** The words of the places that states speak of. */
  private readonly words = new Map<string, readonly string[]>();
  private readonly ended = new Map<string, { readonly outcome: Outcome; readonly forgotten: ReadonlySet<string> }>();

  constructor(
    private readonly entry: FunctionEntry,
    private readonly blocks: readonly Block[],
    context: { readonly program: Program; readonly summaries: Summaries; readonly option: Frame['option'] },
  ) {
    const locals = readAs('follows', () => localsOf(entry.fact));
    this.frame = { ...context, file: entry.file, fn: entry.fact.name, locals };
    this.live = livenessOf(blocks, locals);
    this.undoing = loopsThatUndo(blocks, (name) => context.summaries.overview.releases(entry.file, name));
  }

  run(): Explored {
    const start = new State(undefined, this.frame.summaries.ledger);
    this.entry.fact.params.forEach((name, index) => {
      start.env.set(`%${name}`, start.read(`$${index}`));
    });
    const queue: Work[] = [{ block: 0, state: start, visits: new Map() }];
    const beyond = (reason: string): Explored => ({ outcomes: null, reason, states: queue.length });
    for (let taken = 0; taken < queue.length; taken++) {
      if (taken > mostStates) return beyond(`more than ${mostStates} states`);
      const work = queue[taken]!;
      for (const next of this.advance(work)) {
        const kept = this.admit(next);
        if (!kept) continue;
        const { standing, held } = kept.state;
        if (standing.length > mostStanding || held.length > mostStanding)
          return beyond(`a path that has more than ${mostStanding} things to undo`);
        queue.push(kept);
      }
      if (this.ended.size > mostOutcomes) return beyond(`more than ${mostOutcomes} outcomes`);
    }
    return { outcomes: [...this.ended.values()].map(({ outcome }) => outcome), reason: null, states: queue.length };
  }

  /** Takes a state over: whoever advances it has no other use for it, so that it may be changed. */
  private advance(work: Work): Work[] {
    const block = this.blocks[work.block]!;
    const states = block.steps.reduce<State[]>(
      (all, step) => all.flatMap((state) => this.step(step, state)),
      [work.state],
    );
    return states.flatMap((state) => this.leave(block, work, state));
  }

  private step(step: Step, state: State): State[] {
    if (step.s === 'eval') {
      this.frame.discarded = step.of;
      const results = evaluate(this.frame, step.of, state);
      this.frame.discarded = null;
      return results.map((r) => r.state);
    }
    if (step.isStatic) return [state];
    if (!step.init) {
      state.forget(`%${step.name}`);
      return [state];
    }
    const { init } = step;
    return evaluate(this.frame, init, state).map((r) => {
      const next = r.state;
      next.write(`%${step.name}`, r.value);
      if (init.k === 'init')
        for (const member of init.members)
          if (member.name !== null) this.initMember(step.name, member.name, member.value, next);
      return next;
    });
  }

  private initMember(name: string, member: string, value: Expr, state: State): void {
    if (value.k === 'call') return;
    const result = evaluate(this.frame, value, state)[0];
    if (result) state.write(`%${name}.${member}`, result.value);
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
        const visits = end.loop ? this.visit(work) : work.visits;
        const answers = truth(this.frame, end.on, state);
        const enters = this.mustEnter(work) && answers.some((t) => t.holds);
        return answers
          .filter((t) => (visits !== null || !t.holds) && (t.holds || !enters))
          .map((t) => ({ block: t.holds ? end.then : end.else, state: t.state, visits: visits ?? work.visits }));
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
        const entered = again ? [{ block: end.body, state: body, visits }] : [];
        return this.mustEnter(work) || (isBatch(end.args) && again) ? entered : [...entered, to(end.after, state)];
      }
      case 'switch': {
        const values = evaluate(this.frame, end.on, state);
        return values.flatMap((r) => {
          const known = this.chosen(end.cases, r.value);
          if (known !== null) return [to(known ?? end.otherwise, r.state)];
          return [...end.cases.map((c) => to(c.to, r.state.copy())), to(end.otherwise, r.state)];
        });
      }
      case 'return': {
        const results = end.value ? evaluate(this.frame, end.value, state) : [{ state, value: null }];
        for (const r of results) this.end(r.state, r.value, place(this.frame, end.at));
        return [];
      }
    }
  }

  /**
   * A loop that undoes runs as often as the one that did: taking it not to run at all, where it is not known whether it
   * does, would leave behind what it is there for.
   */
  private mustEnter(work: Work): boolean {
    return this.undoing.has(work.block) && !work.visits.has(work.block);
  }

  /** The case that a number chooses (undefined: none of them); null where the value or a case is not known. */
  private chosen(cases: (Block['end'] & { e: 'switch' })['cases'], value: Value): number | undefined | null {
    if (value.v !== 'num' || value.text !== undefined) return null;
    if (!cases.every((each) => each.value.k === 'num' && each.value.value !== null)) return null;
    return cases.find((each) => each.value.k === 'num' && each.value.value === value.num)?.to;
  }

  /** Counts a pass of a loop's head; null when it has gone round often enough. */
  private visit(work: Work): ReadonlyMap<number, number> | null {
    const count = (work.visits.get(work.block) ?? 0) + 1;
    return count >= mostVisits ? null : new Map(work.visits).set(work.block, count);
  }

  /** Lets a state through unless one like it was met under conditions at least as wide; weakens it to what both allow. */
  private admit(work: Work): Work | null {
    const { state } = work;
    this.drop(state, work.block);
    state.prune();
    forgetLostAgain(state);
    const forgotten = forgottenIn(state);
    const conditions = conditionsOf(state);
    const key = this.ways.keyOf(`${work.block}|${this.keyOf(state, forgotten)}`, state.freed, conditions);
    const before = this.met.get(key);
    if (!before) {
      this.met.set(key, { conditions, freed: state.freed.copy(), forgotten });
      return work;
    }
    const merged = union(before.conditions, conditions);
    this.differ(state.freed, before.freed);
    const isCovered =
      state.freed.size <= before.freed.size && [...forgotten].every((each) => before.forgotten.has(each));
    if (isCovered && sameConditions(before.conditions, merged)) return null;
    this.met.set(key, {
      conditions: merged,
      freed: before.freed.size > state.freed.size ? before.freed : state.freed.copy(),
      forgotten: new Set([...before.forgotten, ...forgotten]),
    });
    weaken(state, merged);
    forgetAt(
      state,
      [...before.forgotten].filter((each) => !forgotten.has(each)),
    );
    return work;
  }

  /** Notes what one of two paths that are taken for one releases and the other does not. */
  private differ(a: ReadonlySet<string>, b: ReadonlySet<string>): void {
    const placeOf = (freed: string): string => freed.slice(0, freed.indexOf('|'));
    for (const freed of a) if (!b.has(freed)) this.sometimes.add(placeOf(freed));
    for (const freed of b) if (!a.has(freed)) this.sometimes.add(placeOf(freed));
  }

  /** Forgets what the path will not look at again. */
  private drop(state: State, block: number): void {
    const locals = this.live.locals[block]!;
    const mentioned = this.live.mentioned[block]!;
    for (const key of state.env.keys()) {
      if (key.startsWith('%')) {
        if (!locals.has(this.wordsOf(key)[0] ?? '')) state.env.delete(key);
      } else if (key.startsWith('?%')) {
        if (!this.wordsOf(key).every((word) => mentioned.has(word))) state.env.delete(key);
      }
    }
  }

  private wordsOf(key: string): readonly string[] {
    let words = this.words.get(key);
    if (!words) this.words.set(key, (words = key.match(key.startsWith('?') ? /[A-Za-z_]\w*/g : /\w+/g) ?? []));
    return words;
  }

  /** All that matters of a state, in an order of its own; symbols are numbered by first use. */
  private keyOf(state: State, forgotten: ReadonlySet<string>): string {
    const numbers = new Map<number, number>();
    const show = (value: Value, masks: boolean): string => {
      if (value.v === 'num') return value.text ?? String(value.num);
      if (value.v === 'addr') return `&${value.path}`;
      let number = numbers.get(value.id);
      if (number === undefined) numbers.set(value.id, (number = numbers.size));
      // What a path has written and no longer looks at itself is merged, not told apart.
      return `s${number}:${masks ? state.maskOf(value) : ''}${state.symbols.get(value.id)?.call ? '?' : ''}${state.pending.has(value.id) ? '!' : ''}${state.symbols.get(value.id)?.assumed ? '~' : ''}`;
    };
    const standing = state.standing.map((s) => `${s.op}:${s.device ? 'd' : 's'}:${s.ops}`).join(',');
    const places: string[] = [];
    for (const key of state.env.keys())
      if (isLocal(key) || (state.written.has(key) && !forgotten.has(key))) places.push(key);
    let env = '';
    for (const key of places.sort()) env += `${key}=${show(state.env.get(key)!, !state.written.has(key))};`;
    const lost = [...state.pending].filter((id) => !numbers.has(id)).length;
    let unasked = 0;
    for (const [id, { assumed }] of state.symbols) if (assumed && !numbers.has(id)) unasked++;
    const nameOf = (id: number): string => (numbers.has(id) ? `s${numbers.get(id)!}` : '#');
    const held = state.held
      .filter((each) => !isForeign(each, state.held))
      .map((each) => keyOfHeld(each, nameOf))
      .sort()
      .join(',');
    const unmet = [...state.unmet].sort().join(',');
    return `${standing}|${state.withdrawn.join()}|${env}|${lost}|${unasked}|${state.failures}|${held}|${unmet}|${state.undid}`;
  }

  private end(state: State, value: Value | null, at: Place): void {
    for (const [id, { assumed }] of state.symbols) if (assumed && !(value?.v === 'sym' && value.id === id)) return;
    const last = state.copy();
    last.push({ t: 'jump', kind: 'return', place: at });
    // Who hands a registration's error on leaves it to the caller to ask for it.
    if (value?.v === 'sym' && last.failures > 0 && isFailure(last, value.id)) last.pending.add(value.id);
    for (const path of last.written) if (!isFlag(path)) last.written.delete(path);
    forgetNameless(last, value);
    for (const key of last.env.keys()) if (isLocal(key)) last.env.delete(key);
    forgetLostAgain(last, value);
    for (const [id, { input, ...symbol }] of last.symbols) {
      // What lies behind a pointer that is not known is another thing at the next call.
      if (input?.startsWith('#')) last.symbols.set(id, symbol);
    }
    const conditions = new Map([...conditionsOf(last)].filter(([path]) => !isResult(last, path, value)));
    const shown =
      value === null
        ? 'void'
        : value.v === 'num'
          ? (value.text ?? String(value.num))
          : value.v === 'addr'
            ? `&${value.path}`
            : this.showResult(last, value.id);
    const forgotten = forgottenIn(last, value);
    const key = this.ways.keyOf(`${this.keyOf(last, forgotten)}|${shown}`, last.freed, conditions);
    const { outcome: before, forgotten: others } = this.ended.get(key) ?? {
      outcome: null,
      forgotten: new Set<string>(),
    };
    const merged = before ? union(conditionsOfOutcome(before), conditions) : null;
    const all = new Set([...others, ...forgotten]);
    if (before) this.differ(last.freed, before.freed);
    if (before && merged && last.freed.size <= before.freed.size) {
      const symbols = withConditions(before.symbols, merged, writesApart(before));
      this.ended.set(key, { outcome: forgettingAt({ ...before, symbols }, all, last), forgotten: all });
      return;
    }
    forgetAt(
      last,
      [...others].filter((each) => !forgotten.has(each)),
    );
    const writes = new Map(
      [...last.written].flatMap((path) => {
        const written = last.env.get(path);
        return written ? [[path, written] as const] : [];
      }),
    );
    const outcome: Outcome = {
      steps: stepsOf(last.trace),
      symbols: last.symbols,
      writes,
      value,
      pending: [...last.pending],
      failures: last.failures,
      freed: last.freed,
      sometimes: this.sometimes,
      handed: last.handed,
      escaped: new Set(state.held.flatMap((held) => (held.escaped ? keyOfPlace(held.place) : []))),
      shown: new Set(state.held.flatMap((held) => (held.shown ? keyOfPlace(held.place) : []))),
      end: at,
    };
    this.ended.set(key, {
      outcome: merged
        ? { ...outcome, symbols: withConditions(outcome.symbols, merged, writesApart(outcome)) }
        : outcome,
      forgotten: all,
    });
  }

  private showResult(state: State, id: number): string {
    const symbol = state.symbols.get(id);
    return `${symbol?.mask ?? ANY}${symbol?.input ?? ''}${symbol?.assumed ? '~' : ''}${state.pending.has(id) ? '!' : ''}${symbol?.call ? `?${symbol.call.place.at[0]}` : ''}`;
  }
}

/** Whether a symbol is the error of a registration that failed on the path. */
function isFailure(state: State, id: number): boolean {
  for (let link = state.trace; link; link = link.previous) {
    if (link.step.t === 'pernet' && !link.step.ok && link.step.sym === id) return true;
  }
  return false;
}
