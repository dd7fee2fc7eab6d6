import {
  childrenOf,
  expressionsOf,
  successorsOf,
  walkExpression,
  type At,
  type Block,
  type Expr,
} from '../../facts/ir.ts';
import { bodyOf, reaching } from './loops.ts';
import { isPostfix, printExpression } from './print.ts';

/** More turns than it takes to come from the element where the simulated loop begins to the first. */
const mostTurns = 8;
/** The element whose step failed: those before it are to be undone. */
const failed = 3;

/**
 * The elements that loops on the way back undo down to the second, and not the first, by the condition of each:
 * `while (--i > 0)` and `for (i--; i > 0; i--)` where a loop from 0 on went before. Each is tried with a few elements done.
 */
export function elementsSpared(blocks: readonly Block[], undoing: ReadonlySet<number>): ReadonlyMap<At, string> {
  const found = new Map<At, string>();
  for (const head of undoing) {
    const { end } = blocks[head]!;
    const counter = end.e === 'branch' ? counterIn(end.on) : null;
    if (end.e !== 'branch' || counter === null || !beginsAtZero(blocks, counter)) continue;
    const spared = [...(new Countdown(blocks, head, counter).run() ?? [])].find(
      ([base, indices]) => Math.min(...indices) === 1 && isDoneFromZero(blocks, { head, counter, base }),
    );
    if (spared) found.set(end.on.at, spared[0]);
  }
  return found;
}

/** The variable that a condition such as `--i > 0`, `--i` or `i > 0` counts by. */
function counterIn(on: Expr): string | null {
  const e = on.k === 'binary' ? on.l : on;
  if (e.k === 'update' && e.of.k === 'id') return e.of.name;
  return on.k === 'binary' && e.k === 'id' ? e.name : null;
}

function isCounter(e: Expr, counter: string): boolean {
  return e.k === 'id' && e.name === counter;
}

/** Whether the only number that a function gives the variable is 0. */
export function beginsAtZero(blocks: readonly Block[], counter: string): boolean {
  const given = blocks.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.s === 'declare' && step.name === counter && step.init ? [step.init] : [])),
  );
  for (const e of all(blocks)) if (e.k === 'assign' && isCounter(e.to, counter)) given.push(e.from);
  return given.length > 0 && given.every((e) => e.k === 'num' && e.value === 0);
}

/** Whether another loop does something with all of the elements from the first on, and nothing is said of the first alone. */
function isDoneFromZero(
  blocks: readonly Block[],
  of: { readonly head: number; readonly counter: string; readonly base: string },
): boolean {
  const isElement = (e: Expr): e is Expr & { k: 'index' } => e.k === 'index' && printExpression(e.of) === of.base;
  if (all(blocks).some((e) => isElement(e) && e.index.k === 'num')) return false;
  return blocks.some(({ end }, head) => {
    if (head === of.head || end.e !== 'branch' || end.loop !== true) return false;
    const { on, then } = end;
    if (on.k !== 'binary' || !['<', '!='].includes(on.op) || !isCounter(on.l, of.counter)) return false;
    return all(bodyOf(blocks, head, then).map((at) => blocks[at]!)).some(
      (e) => isElement(e) && isCounter(e.index, of.counter),
    );
  });
}

/** All expressions of some blocks, with those that they are made of. */
export function all(blocks: readonly Block[]): Expr[] {
  return [...expressionsOf(blocks)].flatMap((each) => [...walkExpression(each)]);
}

function changes(e: Expr, counter: string): boolean {
  return (
    (e.k === 'update' && isCounter(e.of, counter)) ||
    (e.k === 'assign' && isCounter(e.to, counter)) ||
    (e.k === 'unary' && e.op === '&' && isCounter(e.of, counter))
  );
}

/** A loop, run with a number for the variable that it counts by. */
class Countdown {
  private value = failed;
  /** The elements that its body names, by what they are elements of. */
  private readonly named = new Map<string, Set<number>>();

  constructor(
    private readonly blocks: readonly Block[],
    private readonly head: number,
    private readonly counter: string,
  ) {}

  /** Null where it is not known how often it runs. */
  run(): ReadonlyMap<string, ReadonlySet<number>> | null {
    const { blocks, head, counter } = this;
    const { end } = blocks[head]!;
    const body = end.e === 'branch' ? this.way(end.then) : null;
    if (end.e !== 'branch' || !body) return null;
    const onTheWay = new Set(body);
    const others = bodyOf(blocks, head, end.then).filter((at) => !onTheWay.has(at));
    if (all(others.map((at) => blocks[at]!)).some((e) => changes(e, counter))) return null;
    for (let turn = 0; turn < mostTurns; turn++) {
      const goesOn = this.evaluate(end.on);
      if (goesOn === null) return null;
      if (goesOn === 0) return this.named;
      for (const at of body) for (const e of expressionsOf([blocks[at]!])) this.evaluate(e);
    }
    return null;
  }

  /** One way through the body back to the head, around the loops in it; null where there is none. */
  private way(start: number): number[] | null {
    const back = reaching(this.blocks, this.head);
    const taken: number[] = [];
    for (let at = start; at !== this.head;) {
      if (taken.includes(at)) return null;
      taken.push(at);
      const { end } = this.blocks[at]!;
      const isLoop = (end.e === 'branch' && end.loop === true) || end.e === 'each';
      const ways = successorsOf(this.blocks[at]!).filter((to) => to === this.head || back.has(to));
      const next = isLoop ? (end.e === 'each' ? end.after : end.else) : ways[0];
      if (next === undefined) return null;
      at = next;
    }
    return taken;
  }

  private evaluate(e: Expr): number | null {
    switch (e.k) {
      case 'num':
        return e.value;
      case 'id':
        return e.name === this.counter ? this.value : null;
      case 'update': {
        if (!isCounter(e.of, this.counter)) return this.others(e);
        const before = this.value;
        this.value += e.op === '--' ? -1 : 1;
        return isPostfix(e) ? before : this.value;
      }
      case 'index': {
        const index = this.evaluate(e.index);
        this.evaluate(e.of);
        if (index !== null) this.note(printExpression(e.of), index);
        return null;
      }
      case 'binary': {
        const [l, r] = [this.evaluate(e.l), this.evaluate(e.r)];
        return l === null || r === null ? null : (operators.get(e.op)?.(l, r) ?? null);
      }
      default:
        return this.others(e);
    }
  }

  /** Looks at the parts of an expression that is not known itself. */
  private others(e: Expr): null {
    for (const part of e.k === 'call' ? e.args : childrenOf(e)) this.evaluate(part);
    return null;
  }

  private note(base: string, index: number): void {
    const indices = this.named.get(base) ?? new Set<number>();
    this.named.set(base, indices.add(index));
  }
}

const operators: ReadonlyMap<string, (l: number, r: number) => number> = new Map([
  ['+', (l, r) => l + r],
  ['-', (l, r) => l - r],
  ['>', (l, r) => Number(l > r)],
  ['>=', (l, r) => Number(l >= r)],
  ['!=', (l, r) => Number(l !== r)],
]);
