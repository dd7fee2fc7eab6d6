import { expressionsOf, walkExpression, type At, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import type { Path } from './history.ts';
import type { State } from '../paths/state.ts';
import { isListedCall } from '../paths/symmetric.ts';
import { isFailing, isUndoing, keyOfPlace, stepsOf, type Place, type TraceStep } from '../paths/trace.ts';
import { NEG, ZERO, type Value } from '../paths/values.ts';

/** The last failure, or the last condition, before the path gave up. */
export function causeOf(steps: readonly TraceStep[]): TraceStep | null {
  const last = lastSetUp(steps);
  const undoing = undoneFrom(steps, last);
  const before = steps.slice(0, undoing);
  // Who gives up leaves: a failure that the code goes on from is not why it did.
  const leaves = (index: number): boolean => steps[index + 1]?.t === 'jump';
  const leaving = before.findLastIndex((step, index) => isFailing(step) && leaves(index));
  const late = before.findLastIndex((step, index) => index > last && isFailing(step));
  if (leaving > last) return before[leaving]!;
  if (leaving < 0 && late >= 0) return before[late]!;
  // What failed before the last step that set something up was gone on from: a condition after it is the reason.
  const out = before.findLastIndex((step, index) => index > last && step.t === 'jump' && depthAt(steps, index) === 0);
  const condition = before.findLast(
    (step, index) => index > last && (out < 0 || index < out) && step.t === 'test' && leaves(index),
  );
  // Who gives up for a result that is none of a failure has turned the question round: `if (!err) return err;`.
  const asked = before.findLast((step, index) => index > last && step.t === 'call' && leaves(index));
  // A pointer that `p ? 0 : -ENOMEM` asked for further up is none of it.
  const other = before[late] ?? before[leaving] ?? before.findLast(isFailing);
  return condition ?? asked ?? other ?? steps.findLast((step) => step.t === 'test') ?? null;
}

/** How many calls deep a step is. */
function depthAt(steps: readonly TraceStep[], index: number): number {
  let depth = 0;
  for (const { t } of steps.slice(0, index)) depth += t === 'enter' ? 1 : t === 'leave' ? -1 : 0;
  return depth;
}

/** The last step that acquires or registers; -1 where none does. */
function lastSetUp(steps: readonly TraceStep[]): number {
  return steps.findLastIndex(
    (step) => step.t === 'acquire' || (step.t === 'pernet' && step.ok && step.call.startsWith('register')),
  );
}

/** Where the undoing at a path's end begins: at the first step that undoes, after the last that acquires or registers. */
function undoneFrom(steps: readonly TraceStep[], last: number): number {
  const first = steps.findIndex((step, index) => index > last && isUndoing(step));
  return first < 0 ? steps.length : first;
}

/** The last failure of a load that succeeded, when nothing was acquired or registered any more after it. */
export function lostIn(state: State, init: FunctionEntry | undefined, usual: Usual): Path['lost'] {
  const steps = stepsOf(state.trace);
  const fails = (step: TraceStep): boolean =>
    (step.t === 'pernet' && !step.ok) || (step.t === 'call' && (step.outcome === 'fails' || step.failed === true));
  const last = lastSetUp(steps);
  // What is asked while it is undone (`refcount_dec_and_test()`) is none of what went wrong.
  const given = steps.slice(0, undoneFrom(steps, last)).findLastIndex(fails);
  const from = given > last ? given : steps.findLastIndex(fails);
  const end = steps.findLast(
    (step) => step.t === 'jump' && step.kind === 'return' && step.place.fn === init?.fact.name,
  );
  const failure = steps[from];
  if (!failure || !end) return null;
  const goesOn = steps
    .slice(from + 1)
    .some((step) => step.t === 'acquire' || (step.t === 'pernet' && step.call.startsWith('register')));
  const over = init ? overIn(steps.slice(from + 1), init, end) : null;
  if (goesOn) return null;
  const isApart = !usual.ends.has(keyOfPlace(end.place)) && usual.kept.has(keyOfPlace(failure.place));
  // What an init needs only while it runs is given back where all goes well, too: nothing is missed by that.
  const isWanted = (step: TraceStep): boolean =>
    step.t === 'pernet' || (step.t === 'acquire' && usual.kept.has(keyOfPlace(step.place)));
  const holdsNothing = isEmpty(state) && steps.slice(0, from).some(isWanted);
  return { failure, end, over, holdsNothing, isApart };
}

/**
 * A step that fails in a helper which says that all went well, by a `return 0` of its own: nobody can know. Only of what
 * is kept when it succeeds it is known that it was wanted.
 */
export function lostWithin(
  steps: readonly TraceStep[],
  of: { readonly program: Program; readonly init: FunctionEntry | undefined; readonly usual: Usual },
): Path['lostWithin'] {
  const from = steps.findIndex((step) => step.t === 'call' && step.failed === true);
  const failure = steps[from];
  if (!failure || failure.place.fn === of.init?.fact.name) return null;
  if (!of.usual.kept.has(keyOfPlace(failure.place))) return null;
  const end = steps
    .slice(from + 1)
    .find((step) => step.t === 'jump' && step.kind === 'return' && isOfSame(step.place, failure.place));
  if (!end || of.usual.returns.has(keyOfPlace(end.place))) return null;
  const helper = of.program.lookUp(failure.place.file, failure.place.fn);
  const zeros = (helper?.fact.blocks ?? []).flatMap(({ end: each }) =>
    each.e === 'return' && each.value?.k === 'num' && each.value.value === 0 ? [each.at] : [],
  );
  // Of a pointer NULL says that there is none: only who returns 0 when all went well says so by it.
  const isUsual = zeros.some((at) => of.usual.returns.has(keyOfPlace({ ...end.place, at })));
  return isUsual && zeros.some((at) => isSame(at, end.place.at)) ? { failure, end } : null;
}

function isOfSame(a: Place, b: Place): boolean {
  return a.file === b.file && a.fn === b.fn;
}

/** How a function ends when nothing fails in it: where it returns, and where it had acquired what it keeps. */
export interface Usual {
  readonly ends: ReadonlySet<string>;
  /** Where it, or anything that it calls, returns. */
  readonly returns: ReadonlySet<string>;
  readonly kept: ReadonlySet<string>;
}

export function usualOf(all: readonly { readonly state: State; readonly end: Place | null }[]): Usual {
  const plain = all.filter(({ state }) => state.failures === 0);
  return {
    ends: new Set(plain.flatMap(({ end }) => (end ? keyOfPlace(end) : []))),
    returns: new Set(
      plain.flatMap(({ state }) =>
        stepsOf(state.trace).flatMap((step) =>
          step.t === 'jump' && step.kind === 'return' ? keyOfPlace(step.place) : [],
        ),
      ),
    ),
    kept: new Set(plain.flatMap(({ state }) => state.held.map(({ place }) => keyOfPlace(place)))),
  };
}

/** The step whose result the returned variable was given last, where no constant may have been what it was given. */
function overIn(steps: readonly TraceStep[], { file, fact }: FunctionEntry, end: TraceStep): TraceStep | null {
  const blocks = fact.blocks ?? [];
  const returned = blocks.find((block) => block.end.e === 'return' && isSame(block.end.at, end.place.at))?.end;
  const variable = returned?.e === 'return' && returned.value?.k === 'id' ? returned.value.name : null;
  if (variable === null) return null;
  const given = [...expressionsOf(blocks)].flatMap((whole) =>
    [...walkExpression(whole)].flatMap((e) =>
      e.k === 'assign' && e.to.k === 'id' && e.to.name === variable ? [e] : [],
    ),
  );
  // `-ENOMEM` is none that a success can come from.
  const isErrno = (e: Expr): boolean => e.k === 'unary' && e.op === '-';
  if (given.some((e) => e.op !== '=' || !(e.from.k === 'call' || isErrno(e.from)))) return null;
  const isGiven = ({ at }: Place): boolean => given.some(({ from }) => isSame(from.at, at));
  return steps.findLast(({ place }) => place.file === file && place.fn === fact.name && isGiven(place)) ?? null;
}

function isSame(a: At, b: At): boolean {
  return a.every((each, index) => each === b[index]);
}

export function resultText(state: State, value: Value | null): string {
  if (!value) return 'nothing';
  if (value.v === 'num') return value.text ?? String(value.num);
  return state.maskOf(value) === NEG ? 'an error' : state.maskOf(value) === ZERO ? '0' : 'a result that is not known';
}

/** Whether a path holds nothing of what it had acquired and registered: all of it is undone. */
function isEmpty({ held, standing }: State): boolean {
  return held.length === 0 && !standing.some(({ op }) => op === 'registered');
}

/** Whether what fails is a call that was not read and whose result is returned as it is: that may always be 0. */
export function isTail({ cause, load, fate }: Path): boolean {
  if (cause?.t !== 'call' || isListedCall(cause.name) || fate === 'net-gone') return false;
  const isReturn = (step: TraceStep): boolean =>
    step.t === 'leave' || (step.t === 'jump' && step.kind === 'return' && step.place.at[0] === cause.place.at[0]);
  return load.slice(load.indexOf(cause) + 1).every(isReturn);
}
