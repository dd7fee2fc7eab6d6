import { childrenOf, successorsOf, type Block, type End, type Expr } from '../../facts/ir.ts';
import type { Code } from './code.ts';
import { effectBlocks } from './effects.ts';
import { Evaluator, type Activation } from './evaluator.ts';
import { meetingPoints } from './graph.ts';
import type { Callee, Names } from './names.ts';
import { pathOf } from './path-of.ts';
import { mergeOutcomes, mergeStates, State, type Doubt, type Outcome } from './state.ts';
import { equal, isError, ok, unknown, zero, type Value } from './value.ts';

/** A function with more steps than this on all its paths together is not followed to the end. */
const mostSteps = 40_000;
const deepestCall = 24;
/** How often a loop whose condition is known runs. */
const mostRounds = 16;

export class TooMuch extends Error {}

/** What is left when a part of a function has been run: the states at the blocks where it was to stop, and what returned before. */
interface Ran {
  readonly arrived: ReadonlyMap<number, State>;
  readonly returned: Outcome | null;
}

/**
 * Runs functions as a kernel that boots does: what is known is followed exactly, what is called elsewhere succeeds, and a
 * condition that nobody can tell is taken both ways, as far as that makes a difference.
 */
export class Machine {
  private readonly evaluator: Evaluator;
  private readonly running: string[] = [];
  private steps = 0;

  constructor(
    private readonly code: Code,
    private readonly names: Names,
  ) {
    this.evaluator = new Evaluator(code, names, this);
  }

  /** Runs a function that start_kernel or do_initcalls calls. The state is the kernel's, and is changed. */
  start(callee: Callee, state: State): Outcome {
    this.steps = 0;
    return this.call(callee, [], state);
  }

  /** Runs a function with its arguments in a state, which is changed. A function that calls itself is not run again. */
  call({ file, fact }: Callee, args: readonly Value[], state: State): Outcome {
    const key = `${file}#${fact.name}`;
    const { blocks } = fact;
    if (!blocks || this.running.includes(key) || this.running.length >= deepestCall) {
      return { state, value: ok, panicked: null };
    }
    const inner = state.copy();
    inner.locals = new Map(fact.params.map((param, index) => [param, args[index] ?? unknown(`${param} is not known`)]));
    this.running.push(key);
    try {
      const ran = this.run({ file, fact, blocks, entered: new Set() }, 0, new Set(), inner);
      const outcome = ran.returned ?? { state: inner, value: ok, panicked: `${file}:${fact.at[0]}` };
      const { locals } = state;
      state.take(outcome.state);
      state.locals = locals;
      return { state, value: outcome.value, panicked: outcome.panicked };
    } finally {
      this.running.pop();
    }
  }

  /** Runs from a block until every path has returned, or come to one of `stops`. */
  private run(activation: Activation, from: number, stops: ReadonlySet<number>, start: State): Ran {
    const arrived = new Map<number, State>();
    let returned: Outcome | null = null;
    let state = start;
    for (let at = from; ;) {
      if (stops.has(at)) {
        arrive(arrived, at, state, nowhere);
        return { arrived, returned };
      }
      if (++this.steps > mostSteps) throw new TooMuch();
      activation.entered.add(at);
      const block: Block = activation.blocks[at]!;
      const { end } = block;
      const outcome = this.runBlock(activation, block, state);
      if (outcome) return { arrived, returned: both(returned, outcome, this.doubtOf(activation, end)) };
      const { to: decided, assumed } = this.decide(activation, end, state);
      if (decided !== undefined && !assumed) {
        at = decided;
        continue;
      }
      const doubt = this.doubtOf(activation, end);
      const to = isLoop(end) ? afterLoop(end) : (meetingPoints(activation.fact)[at] ?? -1);
      const ran = isLoop(end)
        ? this.loop(activation, at, end, stops, state)
        : decided === undefined
          ? this.fork(activation, end, new Set([...stops, to]), state)
          : this.assume(activation, end, decided, new Set([...stops, to]), state);
      if (ran.returned) returned = both(returned, ran.returned, doubt);
      for (const [stop, other] of ran.arrived) if (stop !== to || stops.has(to)) arrive(arrived, stop, other, doubt);
      const next = stops.has(to) ? undefined : ran.arrived.get(to);
      if (!next) return { arrived, returned };
      state = next;
      at = to;
    }
  }

  /** Runs the steps of a block; the outcome when a path ends in it. */
  private runBlock(activation: Activation, { steps, end }: Block, state: State): Outcome | null {
    for (const step of steps) {
      const panicked =
        step.s === 'eval'
          ? this.evaluator.statement(activation, step.of, state)
          : this.evaluator.declare(activation, step, state);
      if (panicked !== null) return { state, value: ok, panicked };
    }
    if (end.e !== 'return') return null;
    return this.evaluator.result(activation, end.value, state);
  }

  /** The one block that follows, and whether that is an assumption; undefined when nothing says which, and for loops. */
  private decide(activation: Activation, end: End, state: State): { readonly to?: number; readonly assumed?: boolean } {
    if (end.e === 'goto') return { to: end.to };
    if (end.e === 'branch') {
      const registersThen = (): boolean => this.hasEffect(activation, end.then);
      const { holds, assumed } = this.evaluator.condition(activation, end.on, state, registersThen);
      if (end.loop === true) {
        // A `do` loop's body has run once when its condition is asked, and once is how often it is run.
        return holds === false || activation.entered.has(end.then) ? { to: end.else } : {};
      }
      return holds === undefined ? {} : { to: holds ? end.then : end.else, assumed };
    }
    if (end.e === 'switch') {
      const on = this.evaluator.evaluate(activation, end.on, state);
      const cases = end.cases.map((each) => ({
        to: each.to,
        value: this.evaluator.evaluate(activation, each.value, state),
      }));
      if (on.v === 'int' && cases.every(({ value }) => value.v === 'int')) {
        return { to: cases.find(({ value }) => value.v === 'int' && value.n === on.n)?.to ?? end.otherwise };
      }
    }
    return {};
  }

  /**
   * Goes the way that is taken when what is called succeeds. When that is the way of a failure all the same (what was
   * looked for is not to be found, say), the assumption was wrong, and the other way is gone.
   */
  private assume(activation: Activation, end: End, way: number, stops: ReadonlySet<number>, state: State): Ran {
    const ran = this.run(activation, way, stops, state.copy());
    const failed = ran.returned !== null && (isError(ran.returned.value) || ran.returned.panicked !== null);
    const fails = ran.arrived.size === 0 ? failed : [...ran.arrived.values()].some((each) => hasNewError(state, each));
    if (!fails || end.e !== 'branch') return ran;
    const failing = state.copy();
    failWhat(end.on, failing, false);
    const other = this.run(activation, way === end.then ? end.else : end.then, stops, failing);
    if (ran.arrived.size === 0) {
      const alsoFails = other.returned === null || isError(other.returned.value) || other.returned.panicked !== null;
      return other.arrived.size === 0 && alsoFails ? ran : other;
    }
    for (const [stop, each] of ran.arrived) {
      const different = other.arrived.get(stop);
      if (different) forgetErrors(each, different);
    }
    return ran;
  }

  /** Goes each way that a condition leaves open, up to where they meet. */
  private fork(activation: Activation, end: End, stops: ReadonlySet<number>, state: State): Ran {
    const doubt = this.doubtOf(activation, end);
    const ways =
      end.e === 'branch'
        ? [end.then, end.else]
        : end.e === 'switch'
          ? [...new Set([...end.cases.map((each) => each.to), end.otherwise])]
          : [];
    const arrived = new Map<number, State>();
    let returned: Outcome | null = null;
    for (const next of ways) {
      const ran = this.run(activation, next, stops, state.copy());
      for (const [stop, other] of ran.arrived) arrive(arrived, stop, other, doubt);
      if (ran.returned) returned = both(returned, ran.returned, doubt);
    }
    return { arrived, returned };
  }

  /** A loop: as often as is known where it registers, else once, which tells what it may set. */
  private loop(activation: Activation, head: number, end: Loop, stops: ReadonlySet<number>, state: State): Ran {
    const body = end.e === 'each' ? end.body : end.then;
    const after = afterLoop(end);
    const doubt = this.doubtOf(activation, end);
    const inner = new Set([...stops, head, after]);
    const hasEffect = loopBody(activation, head, body, after).some((block) => this.hasEffect(activation, block));
    const arrived = new Map<number, State>();
    let returned: Outcome | null = null;
    let current: State | undefined = state;
    for (let round = 0; current && round < (hasEffect ? mostRounds : 1); round++) {
      if (
        round > 0 &&
        (end.e === 'each' || this.evaluator.condition(activation, end.on, current, () => false).holds !== true)
      )
        break;
      const ran = this.run(activation, body, inner, current.copy());
      if (ran.returned) returned = both(returned, ran.returned, doubt);
      for (const [stop, other] of ran.arrived) if (stop !== head) arrive(arrived, stop, other, doubt);
      const again = ran.arrived.get(head);
      current = again && !hasEffect ? mergeStates(current, again, doubt) : again;
    }
    // A body that always leaves the loop still may not have run at all.
    if (!current && !hasEffect) current = state;
    if (current) arrive(arrived, after, current, doubt);
    return { arrived, returned };
  }

  private hasEffect(activation: Activation, block: number): boolean {
    return effectBlocks(activation.file, activation.fact, this.names).has(block);
  }

  /** What is in doubt where ways part, worded only when somebody asks. */
  private doubtOf({ file }: Activation, end: End): Doubt {
    const on: Expr | undefined = end.e === 'branch' || end.e === 'switch' ? end.on : undefined;
    const line = on?.at[0] ?? (end.e === 'each' ? end.at[0] : 0);
    const { code } = this;
    return {
      file,
      line,
      get reason() {
        const written = code.live(file).split('\n')[line - 1]?.trim().replace(/\s+/g, ' ') ?? '';
        return `depends on \`${written}\`, which the tree and its configuration do not decide`;
      },
    };
  }
}

/** Makes what a condition asks about, and what was taken to be well, fail instead. */
function failWhat(on: Expr, state: State, isNegated: boolean): void {
  const path = pathOf(on);
  const value = path === null ? undefined : state.locals.get(path);
  if (path !== null && value?.v === 'ok') {
    state.locals.set(path, isNegated || value.as === 'pointer' ? zero : { v: 'err', name: null });
  }
  const isEqual = on.k === 'binary' && on.op === '==';
  for (const inner of childrenOf(on)) failWhat(inner, state, isEqual || (on.k === 'unary' && on.op === '!'));
}

function hasNewError(before: State, after: State): boolean {
  return [...after.locals].some(([name, value]) => isError(value) && !equal(before.locals.get(name) ?? ok, value));
}

/** Takes back the errors that another way to the same place does not have. */
function forgetErrors(state: State, other: State): void {
  for (const [name, value] of state.locals) {
    const different = other.locals.get(name);
    if (isError(value) && different && !isError(different)) state.locals.set(name, { v: 'ok', as: 'int' });
  }
}

type Loop = Extract<End, { e: 'each' | 'branch' }>;

function isLoop(end: End): end is Loop {
  return end.e === 'each' || (end.e === 'branch' && end.loop === true);
}

function afterLoop(end: Loop): number {
  return end.e === 'each' ? end.after : end.else;
}

/** The blocks of a loop's body. */
function loopBody({ blocks }: Activation, head: number, body: number, after: number): number[] {
  const seen = new Set([head, after]);
  const queue = [body];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    queue.push(...successorsOf(blocks[at]!));
  }
  return [...seen].filter((block) => block !== head && block !== after);
}

function arrive(arrived: Map<number, State>, at: number, state: State, doubt: Doubt): void {
  const other = arrived.get(at);
  arrived.set(at, other ? mergeStates(other, state, doubt) : state);
}

const nowhere: Doubt = { file: '', line: 0, reason: 'ways through the function differ' };

function both(a: Outcome | null, b: Outcome, doubt: Doubt): Outcome {
  return a ? mergeOutcomes(a, b, doubt) : b;
}
