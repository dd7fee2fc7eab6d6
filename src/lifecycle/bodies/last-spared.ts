import { walkExpression, type At, type Block, type Expr, type FunctionFact } from '../../facts/ir.ts';
import { all, beginsAtZero } from './first-spared.ts';
import { bodyOf } from './loops.ts';
import { printExpression } from './print.ts';

/** A function by the name that another one calls it by. */
export type Callee = (name: string) => Pick<FunctionFact, 'params' | 'blocks'> | undefined;

/** Whether by calling a name something may be undone, or may be done that is to be undone. */
export type Calls = Readonly<Record<'undoes' | 'does', (name: string) => boolean>>;

/**
 * The elements that loops on the way back undo from the first on, and not the last that was done, by where they are asked
 * to: `for (j = 0; j < i - 1; j++)`, or `foo_unregister(i - 1)` with such a loop to its argument, where a loop that counts
 * by `i` went before and was left at the element whose step failed.
 */
export function lastsSpared(blocks: readonly Block[], calls: Calls, callee: Callee): ReadonlyMap<At, string> {
  const found = new Map<At, string>();
  for (const { on, bases, body } of loopsUpTo(blocks, calls.undoes)) {
    const counter = lessOne(on.r);
    if (counter === null) continue;
    const isAlone = (base: string): boolean =>
      areNamedBy(blocks, base, [counter, nameOf(on.l)]) &&
      isOnlyIn(blocks, body, { base, index: nameOf(on.l) }) &&
      !isPassedElsewhere(blocks, counter, []);
    const base = [...bases].find((each) => isAlone(each) && isDoneInOrder(blocks, counter, each, calls));
    if (base !== undefined) found.set(on.at, base);
  }
  for (const e of all(blocks)) {
    if (e.k !== 'call' || e.fn.k !== 'id') continue;
    const counters = e.args.map(lessOne);
    if (counters.every((each) => each === null)) continue;
    const { params = [], blocks: body } = callee(e.fn.name) ?? {};
    for (const { on, bases, body: loop } of loopsUpTo(body ?? [], calls.undoes)) {
      const index = on.r.k === 'id' ? params.indexOf(on.r.name) : -1;
      const counter = counters[index] ?? null;
      if (counter === null || on.r.k !== 'id' || isChanged(body ?? [], on.r.name)) continue;
      const isAlone = (base: string): boolean =>
        areNamedBy(body ?? [], base, [nameOf(on.l)]) && isOnlyIn(body ?? [], loop, { base, index: nameOf(on.l) });
      const base = [...bases]
        .filter(isAlone)
        .map((each) => (params.includes(each) ? textOf(e.args[params.indexOf(each)]) : each))
        .find(
          (each) => each !== null && areNamedBy(blocks, each, [counter]) && isDoneInOrder(blocks, counter, each, calls),
        );
      if (base != null && !isPassedElsewhere(blocks, counter, [e])) found.set(e.at, base);
    }
  }
  return found;
}

/**
 * Whether elements are named by these counters alone: who names one otherwise (`all[i - 1]`, `all[n]`) may undo the last by
 * itself.
 */
function areNamedBy(blocks: readonly Block[], base: string, counters: readonly string[]): boolean {
  return all(blocks).every(
    (e) => e.k !== 'index' || printExpression(e.of) !== base || (e.index.k === 'id' && counters.includes(e.index.name)),
  );
}

/** Whether elements are named by an index in a loop's body alone. */
function isOnlyIn(
  blocks: readonly Block[],
  body: readonly Expr[],
  { base, index }: { readonly base: string; readonly index: string },
): boolean {
  const count = (of: readonly Expr[]): number => elementsIn(of, index).filter((each) => each === base).length;
  return count(all(blocks)) === count(body);
}

/** Whether another call than some is passed a counter, or what comes before it: it may undo the last. */
function isPassedElsewhere(blocks: readonly Block[], counter: string, but: readonly Expr[]): boolean {
  return all(blocks).some(
    (e) =>
      e.k === 'call' && !but.includes(e) && e.args.some((arg) => nameOf(arg) === counter || lessOne(arg) === counter),
  );
}

function nameOf(e: Expr): string {
  return e.k === 'id' ? e.name : '';
}

function textOf(e: Expr | undefined): string | null {
  return e ? printExpression(e) : null;
}

/** `i - 1`. */
function lessOne(e: Expr): string | null {
  return e.k === 'binary' && e.op === '-' && e.l.k === 'id' && e.r.k === 'num' && e.r.value === 1 ? e.l.name : null;
}

interface LoopUpTo {
  readonly on: Expr & { readonly k: 'binary' };
  readonly bases: ReadonlySet<string>;
  readonly body: readonly Expr[];
}

/** The loops that undo elements from the first on, with their conditions and what they are elements of. */
function* loopsUpTo(blocks: readonly Block[], isUndoing: (name: string) => boolean): Generator<LoopUpTo> {
  for (const [head, { end }] of blocks.entries()) {
    if (end.e !== 'branch' || end.loop !== true || end.on.k !== 'binary' || end.on.op !== '<') continue;
    const { l } = end.on;
    if (l.k !== 'id' || !beginsAtZero(blocks, l.name)) continue;
    const body = all(bodyOf(blocks, head, end.then).map((at) => blocks[at]!));
    if (!isCountedUp(blocks, body, l.name)) continue;
    const undone = body.filter((e) => e.k === 'call' && e.fn.k === 'id' && isUndoing(e.fn.name));
    const bases = new Set(undone.flatMap((e) => elementsIn([...walkExpression(e)], l.name)));
    if (bases.size > 0) yield { on: end.on, bases, body };
  }
}

/**
 * Whether a loop does something with each of the elements from the first on and goes on to the next when that is done: where
 * it is left before, the number that it counts by is how many were done.
 */
function isDoneInOrder(blocks: readonly Block[], counter: string, base: string, { does }: Calls): boolean {
  if (!beginsAtZero(blocks, counter)) return false;
  return blocks.some(({ end }, head) => {
    if (end.e !== 'branch' || end.loop !== true || end.on.k !== 'binary') return false;
    const { op, l } = end.on;
    if (!['<', '!='].includes(op) || l.k !== 'id' || l.name !== counter) return false;
    const body = bodyOf(blocks, head, end.then).map((at) => blocks[at]!);
    const last = body.find((block) => all([block]).some((e) => isUpdate(e, counter)));
    return (
      last?.end.e === 'goto' &&
      last.end.to === head &&
      isCountedUp(blocks, all(body), counter) &&
      elementsIn(all([last]), counter).length === 0 &&
      !all(body).some((e) => isKeptApart(e, counter, base)) &&
      all(body).some(
        (e) =>
          e.k === 'call' &&
          e.fn.k === 'id' &&
          does(e.fn.name) &&
          elementsIn([...walkExpression(e)], counter).includes(base),
      )
    );
  });
}

/** Whether an element is kept for later: what is done then is done with the one before. */
function isKeptApart(e: Expr, counter: string, base: string): boolean {
  return e.k === 'assign' && e.from.k !== 'call' && elementsIn([...walkExpression(e.from)], counter).includes(base);
}

/** What elements are named of by a counter, as it is. */
function elementsIn(expressions: readonly Expr[], counter: string): string[] {
  return expressions.flatMap((e) =>
    e.k === 'index' && e.index.k === 'id' && e.index.name === counter ? printExpression(e.of) : [],
  );
}

/** Whether all that a function does with a counter, but for setting it to 0, is to count it up once in a loop's body. */
function isCountedUp(blocks: readonly Block[], body: readonly Expr[], counter: string): boolean {
  const updates = (of: readonly Expr[]): Expr[] => of.filter((e) => isUpdate(e, counter));
  return (
    updates(all(blocks)).length === 1 &&
    updates(body).every((e) => e.k === 'update' && e.op === '++') &&
    updates(body).length === 1
  );
}

/** Whether an expression changes a variable, but for giving it a number; or may, by its address. */
function isUpdate(e: Expr, name: string): boolean {
  if (e.k === 'assign') return e.to.k === 'id' && e.to.name === name && (e.op !== '=' || e.from.k !== 'num');
  return (e.k === 'update' || (e.k === 'unary' && e.op === '&')) && e.of.k === 'id' && e.of.name === name;
}

function isChanged(blocks: readonly Block[], name: string): boolean {
  return all(blocks).some((e) => isUpdate(e, name) || (e.k === 'assign' && e.to.k === 'id' && e.to.name === name));
}
