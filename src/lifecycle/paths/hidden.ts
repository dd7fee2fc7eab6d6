import { folderOf } from '../../facts/folder.ts';
import { type Expr } from '../../facts/ir.ts';
import type { FunctionEntry } from '../../program/program.ts';
import { place, type Frame } from './frame.ts';
import type { Held } from './held.ts';
import type { State } from './state.ts';
import { keyOfPlace, type TraceStep } from './trace.ts';

/** The kind of what unregisters ops, among the kinds of what is released (`Pair.kind`). */
export const ofOps = 'pernet_operations';

/** What undoes, and no more than that, does so itself or by a helper; what handles what comes from outside gets anywhere. */
const mostCallsToUndo = 1;

/** A call by whose name the function that it is passed is called later on: devm_add_action_or_reset() (drivers/base/devres.c). */
const addsAction = /(?:^|_)add_action(?:_|$)/;

/**
 * Notes that a call of a function which leads to releases is not followed: what it does not show it may undo all the same.
 */
export function hideCall(frame: Frame, e: Expr & { k: 'call' }, { fact, file }: FunctionEntry, state: State): void {
  const kinds = frame.summaries.overview.mayUndo(file, fact.name);
  if (kinds.length > 0) state.push({ t: 'hidden', name: fact.name, kinds, place: place(frame, e.at) });
}

/**
 * Notes that functions which undo are handed to one of the module's own (`push_undo(foo_undo, &foo)`), to be called by a
 * pointer at a time that nobody knows.
 */
export function hidePassed(frame: Frame, e: Expr & { k: 'call' }, name: string, state: State): State {
  if (!e.args.some(isAddress)) return state;
  const callee = frame.program.lookUp(frame.file, name);
  const isOwn = callee !== undefined && folderOf(callee.file) === folderOf(frame.file);
  return isOwn || addsAction.test(name) ? hideNamed(frame, e.args, e, state) : state;
}

/** The same where they are put into an element of an array: `undo[n++] = foo_undo`, `undo[n++].fn = foo_undo`. */
export function hideStored(frame: Frame, e: Expr & { k: 'assign' }, state: State): State {
  return isElement(e.to) ? hideNamed(frame, [e.from], e, state) : state;
}

/** Whether an expression may be a function, by itself or in a structure. */
function isAddress({ k }: Expr): boolean {
  return k === 'id' || k === 'unary' || k === 'init';
}

function isElement(e: Expr): boolean {
  if (e.k === 'index') return true;
  return e.k === 'field' && !e.arrow && isElement(e.of);
}

function hideNamed(frame: Frame, all: readonly Expr[], e: Expr, state: State): State {
  let next = state;
  for (const fn of all.flatMap((each) => functionsIn(frame, each))) {
    const kinds = frame.summaries.overview.mayUndo(fn.file, fn.fact.name, mostCallsToUndo);
    if (kinds.length === 0) continue;
    const isThere =
      state.held.some(({ pair }) => kinds.includes(pair.kind)) ||
      (kinds.includes(ofOps) && state.standing.some(({ op }) => op === 'registered'));
    if (isThere) frame.summaries.note(fn, 'it is kept in a pointer, and what calls it by that is not followed');
    if (next === state) next = state.copy();
    const ofAny = takesAny(fn) ? { ofAny: true as const } : {};
    next.push({ t: 'hidden', name: fn.fact.name, kinds, ...ofAny, place: place(frame, e.at) });
  }
  return next;
}

/** Whether a function takes one pointer, and not to a structure that it names: `void foo_free(void *data)`. */
function takesAny({ fact: { params, structs } }: FunctionEntry): boolean {
  return params.length === 1 && structs?.[params[0]!] === undefined;
}

/** The functions that an expression is, or whose addresses stand in a structure that it is. */
function functionsIn(frame: Frame, e: Expr): FunctionEntry[] {
  if (e.k === 'init') return e.members.flatMap((member) => functionsIn(frame, member.value));
  if (e.k === 'unary' && e.op === '&') return functionsIn(frame, e.of);
  if (e.k !== 'id' || frame.locals.has(e.name)) return [];
  const fn = frame.program.lookUp(frame.file, e.name);
  return fn ? [fn] : [];
}

/** What may have been undone where it is not followed, of what some steps have set up: by these, in their order. */
export function hiddenIn(steps: readonly TraceStep[]): {
  readonly hides: (held: Held) => boolean;
  readonly ops: ReadonlySet<string>;
} {
  const hidden = steps.flatMap((step, index) => (step.t === 'hidden' ? [{ index, kinds: step.kinds }] : []));
  const ops = new Set<string>();
  if (hidden.length === 0) return { hides: () => false, ops };
  const isAfter = (index: number, kind: string): boolean =>
    hidden.some((each) => each.index > index && each.kinds.includes(kind));
  for (const [index, step] of steps.entries())
    if (step.t === 'pernet' && step.call.startsWith('register') && isAfter(index, ofOps)) ops.add(step.ops);
  const indexOf = (held: Held): number =>
    steps.findIndex((step) => step.t === 'acquire' && keyOfPlace(step.place) === keyOfPlace(held.place));
  return { hides: (held) => isAfter(indexOf(held), held.pair.kind), ops };
}
