import {
  expressionsOf,
  successorsOf,
  walkExpression,
  type Block,
  type Expr,
  type FunctionFact,
} from '../../facts/ir.ts';
import type { FunctionEntry } from '../../program/program.ts';
import { masksIn } from './mask-names.ts';
import { readAs } from './reader.ts';
import type { State } from '../paths/state.ts';
import type { Value } from '../paths/values.ts';

/** How a function uses numbers to tell which of several steps it is at. */
interface Steps {
  /** The names of the locals, parameters among them, by which a `switch` chooses. */
  readonly choosing: ReadonlySet<string>;
  /** By index, the parameters that come to such a local. */
  readonly params: readonly number[];
}

const known = new WeakMap<FunctionFact, Steps>();
const none: Steps = { choosing: new Set(), params: [] };

function stepsOf(fact: FunctionFact): Steps {
  const blocks = readAs('follows', () => fact.blocks);
  if (!blocks) return none;
  let steps = known.get(fact);
  if (!steps) {
    const choosing = new Set([
      ...blocks.flatMap(({ end }) => {
        const on = end.e === 'switch' ? countedIn(end.on) : null;
        return on?.k === 'id' ? [on.name] : [];
      }),
      ...indexesIn(blocks),
    ]);
    const from = new Set([...choosing, ...blocks.flatMap((block) => sourcesIn(block, choosing))]);
    for (const name of [...blocks.flatMap((block) => boundsIn(block, choosing)), ...masksIn(blocks)]) from.add(name);
    steps = { choosing, params: fact.params.flatMap((name, index) => (from.has(name) ? [index] : [])) };
    known.set(fact, steps);
  }
  return steps;
}

/** The names by which elements of the file's tables are chosen: `foo_steps[i]`, `foo_steps[--i]`. */
export function indexesIn(blocks: readonly Block[]): string[] {
  return [...expressionsOf(blocks)].flatMap((whole) =>
    [...walkExpression(whole)].flatMap((e) => {
      if (e.k !== 'index' || !e.elements) return [];
      const index = countedIn(e.index);
      return index.k === 'id' ? [index.name] : [];
    }),
  );
}

/** `i` of `i++`. */
function countedIn(e: Expr): Expr {
  return e.k === 'update' ? e.of : e;
}

/** What the locals that choose are set to: `for (step = from; …)`. */
function sourcesIn({ steps }: Block, choosing: ReadonlySet<string>): string[] {
  return steps.flatMap((step) => {
    const [to, from] =
      step.s === 'declare'
        ? [step.name, step.init]
        : step.of.k === 'assign' && step.of.to.k === 'id'
          ? [step.of.to.name, step.of.from]
          : [null, null];
    if (to === null || !from || !choosing.has(to)) return [];
    return [...walkExpression(from)].flatMap((e) => (e.k === 'id' ? [e.name] : []));
  });
}

/** What a loop compares the locals that choose with: `i < count`. */
function boundsIn({ end }: Block, choosing: ReadonlySet<string>): string[] {
  if (end.e !== 'branch' || end.loop !== true || end.on.k !== 'binary') return [];
  const names = [end.on.l, end.on.r].flatMap((e) => (e.k === 'id' ? [e.name] : []));
  return names.some((name) => choosing.has(name)) ? names : [];
}

/** Whether a local of a function tells which step it is at: by it a `switch` or a table chooses, here or in what it is passed to. */
export function choosesBy(
  fact: FunctionFact,
  name: string,
  calleeOf: (name: string) => FunctionEntry | undefined,
): boolean {
  if (stepsOf(fact).choosing.has(name)) return true;
  const isPassed = (e: Expr): boolean =>
    e.k === 'call' &&
    e.fn.k === 'id' &&
    e.args.some((arg) => arg.k === 'id' && arg.name === name) &&
    choosersOf(calleeOf(e.fn.name)).some((index) => {
      const arg = e.args[index];
      return arg?.k === 'id' && arg.name === name;
    });
  return [...expressionsOf(fact.blocks ?? [])].some((whole) => [...walkExpression(whole)].some(isPassed));
}

/** The parameters of a function by which it chooses its steps. */
export function choosersOf(fn: FunctionEntry | undefined): readonly number[] {
  return fn ? stepsOf(fn.fact).params : [];
}

/**
 * By a parameter's index, the number, or the constant's name, by which a call tells what it calls which steps to take; by
 * a counter's name, how far that has got.
 */
export type Given = ReadonlyMap<number | string, number | string>;

export function givenOf(fn: FunctionEntry, args: readonly Value[], state: State): Given {
  const given = new Map<number, number | string>();
  for (const index of choosersOf(fn)) {
    const value = args[index];
    if (value?.v === 'num' && value.text === undefined) given.set(index, value.num);
    const name = value?.v === 'sym' ? constantOf(state, value) : null;
    if (name !== null) given.set(index, name);
  }
  return given;
}

/**
 * Whether a call tells what it calls which step to take by a member that counts them, `foo_undo(fn, --fn->done)`, of which
 * it is not known how far it has got: of the steps some other one may be meant than that which is followed.
 */
export function countsByMember(fn: FunctionEntry, args: readonly Expr[], values: readonly Value[]): boolean {
  return choosersOf(fn).some((index) => {
    const arg = args[index];
    return arg?.k === 'update' && arg.of.k === 'field' && values[index]?.v !== 'num';
  });
}

/** The name of a constant from elsewhere that a value is. */
export function constantOf(state: State, value: Value): string | null {
  const input = value.v === 'sym' ? state.symbols.get(value.id)?.input : undefined;
  return input !== undefined && /^[A-Z][A-Z\d_]*$/.test(input) ? input : null;
}

/** Whether a block's `switch` chooses, by a local that a loop around it counts, between steps of a lifecycle. */
export function isCountedAround(
  blocks: readonly Block[],
  at: number,
  isStep: (call: Expr & { k: 'call' }) => boolean,
): boolean {
  const { end } = blocks[at]!;
  if (end.e !== 'switch' || end.on.k !== 'id') return false;
  const { name } = end.on;
  const counts = ({ steps }: Block): boolean =>
    steps.some(
      (step) =>
        step.s === 'eval' &&
        [...walkExpression(step.of)].some((e) => e.k === 'update' && e.of.k === 'id' && e.of.name === name),
    );
  const counting = blocks.flatMap((block, index) => (counts(block) ? [index] : []));
  if (counting.length === 0) return false;
  const around = loopAround(blocks, at);
  if (!counting.some((index) => around.has(index))) return false;
  const chosen = successorsOf(blocks[at]!).map((to) =>
    reached(to, (index) => (index === at ? [] : successorsOf(blocks[index]!)), [to]),
  );
  const own = [...around].filter(
    (index) => chosen.some((each) => each.has(index)) && !chosen.every((each) => each.has(index)),
  );
  return [...expressionsOf(own.map((index) => blocks[index]!))].some((whole) =>
    [...walkExpression(whole)].some((e) => e.k === 'call' && isStep(e)),
  );
}

/**
 * Whether a block's `switch` chooses how far to unwind: what its cases undo they undo one after the other, each falling
 * through to the next. Of a number that is not known it would be guessed how much of that was done.
 */
export function isLadder(blocks: readonly Block[], at: number, undoes: (name: string) => boolean): boolean {
  const { end } = blocks[at]!;
  if (end.e !== 'switch') return false;
  const targets = new Set(end.cases.map(({ to }) => to));
  const rungs = new Map([...targets].map((to) => [to, rungAt(blocks, to, { at, targets, undoes })] as const));
  return [...rungs.values()].some(({ undoes, next }) => undoes && next.some((to) => rungs.get(to)?.undoes === true));
}

/** What a case comes to before it goes on with another one: whether it undoes something, and which these are. */
function rungAt(
  blocks: readonly Block[],
  to: number,
  of: { readonly at: number; readonly targets: ReadonlySet<number>; readonly undoes: (name: string) => boolean },
): { readonly undoes: boolean; readonly next: readonly number[] } {
  const isOther = (index: number): boolean => index !== to && of.targets.has(index);
  const from = (index: number): readonly number[] =>
    isOther(index) || index === of.at ? [] : successorsOf(blocks[index]!);
  const all = [...reached(to, from, [to])];
  const own = all.filter((index) => !isOther(index) && index !== of.at).map((index) => blocks[index]!);
  return { undoes: [...expressionsOf(own)].some((e) => hasCallOf(e, of.undoes)), next: all.filter(isOther) };
}

function hasCallOf(whole: Expr, undoes: (name: string) => boolean): boolean {
  return [...walkExpression(whole)].some((e) => e.k === 'call' && e.fn.k === 'id' && undoes(e.fn.name));
}

/** The blocks that a block leads to and that lead back to it. */
function loopAround(blocks: readonly Block[], at: number): Set<number> {
  const from = reached(at, (index) => successorsOf(blocks[index]!));
  const before = blocks.map((_, index) =>
    blocks.flatMap((block, other) => (successorsOf(block).includes(index) ? [other] : [])),
  );
  const to = reached(at, (index) => before[index]!);
  return new Set([...from].filter((index) => to.has(index)));
}

function reached(start: number, next: (at: number) => readonly number[], from = next(start)): Set<number> {
  const seen = new Set<number>();
  const queue = [...from];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    queue.push(...next(at));
  }
  return seen;
}
