import { expressionsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';
import type { Called } from './calls.ts';
import { componentOf } from './components.ts';
import { unfailing } from './effects.ts';
import { place, type Frame, type Result } from './frame.ts';
import { printExpression } from '../bodies/print.ts';
import { factOf } from './releasing.ts';
import { NEG, POS, ZERO, type Value } from './values.ts';
import type { State } from './state.ts';

/**
 * Calls that put something into an array, a tree or a table of someone's by a key of theirs, by the argument that it is: it
 * is found there from then on, but not where they return an error (lib/xarray.c, lib/idr.c, lib/radix-tree.c,
 * include/linux/rhashtable.h).
 */
const inserting: readonly (readonly [call: RegExp, entry: number])[] = [
  [/^(?:__)?xa_(?:insert|alloc|alloc_cyclic)(?:_bh|_irq)?$/, 2],
  [/^idr_alloc_u32$/, 1],
  [/^radix_tree_insert$/, 2],
  [/^(?:rhashtable(?:_lookup)?_insert_fast|rhltable_insert)$/, 1],
  [/^(?:rhashtable_lookup_insert_key|rhltable_insert_key)$/, 2],
];

/** One that yields what was there before, or an error that only these know of (include/linux/xarray.h). */
const storing = /^(?:__)?xa_store(?:_bh|_irq)?$/;
const asksError = /^xa_(?:err|is_err)$/;

/** A place that is taken already needs no memory when something is put there (lib/xarray.c). */
const reserving = /^xa_reserve(?:_bh|_irq)?$/;

/** Whether a call is such a one, of something that the path has got and nobody else knows of. */
export function inserts(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called): boolean {
  const index = inserting.find(([call]) => call.test(name))?.[1] ?? (isAskedStore(frame, e, name) ? 2 : undefined);
  const entry = index === undefined ? undefined : values[index];
  // One failure is followed at a time: of many that are asked for later, each way is another state.
  const isTold = entry !== undefined && frame.discarded !== e && state.failures === 0;
  return isTold && isOwn(state, entry) && !isSure(frame, e);
}

/** What such a call comes to; `done` is what it does where it does not fail. */
export function insertingResults(
  frame: Frame,
  e: Expr & { k: 'call' },
  { name, state }: Called,
  done: readonly Result[],
): Result[] {
  const call = { name, place: place(frame, e.at) };
  const failed = state.copy();
  failed.failures++;
  // One that goes round says so by 1.
  const success = name.includes('cyclic') || storing.test(name) ? ZERO | POS : ZERO;
  return [
    ...done.map((each) => ({ ...each, value: each.state.fresh({ mask: success, call }) })),
    { state: failed, value: failed.fresh({ mask: NEG, call }) },
  ];
}

/** Whether a call is a store, and what it yields is asked for an error at once: `err = xa_err(xa_store(...))`. */
function isAskedStore(frame: Frame, e: Expr, name: string): boolean {
  return storing.test(name) && askedIn(factOf(frame)?.blocks ?? []).has(placeOf(e));
}

const asked = new WeakMap<readonly Block[], ReadonlySet<string>>();

/** Where a function's calls stand of whose results it asks for an error at once. */
function askedIn(blocks: readonly Block[]): ReadonlySet<string> {
  let found = asked.get(blocks);
  if (!found) {
    const calls = [...expressionsOf(blocks)].flatMap((whole) =>
      [...walkExpression(whole)].flatMap((each) =>
        each.k === 'call' && each.fn.k === 'id' && asksError.test(each.fn.name) ? each.args : [],
      ),
    );
    asked.set(blocks, (found = new Set(calls.flatMap((arg) => (arg.k === 'call' ? placeOf(arg) : [])))));
  }
  return found;
}

function placeOf({ at }: Expr): string {
  return `${at[0]}:${at[1]}`;
}

/** Whether a call has its memory: it may wait for it as long as that takes, or its function has reserved the place before. */
function isSure(frame: Frame, { args }: Expr & { k: 'call' }): boolean {
  if (args.some((arg) => unfailing.test(printExpression(arg)))) return true;
  const array = args[0] && printExpression(args[0]);
  return [...expressionsOf(factOf(frame)?.blocks ?? [])].some((whole) =>
    [...walkExpression(whole)].some(
      (e) =>
        e.k === 'call' &&
        e.fn.k === 'id' &&
        reserving.test(e.fn.name) &&
        e.args[0] !== undefined &&
        printExpression(e.args[0]) === array,
    ),
  );
}

/** Whether a value is, or lies in, a thing that the path has got and that was handed to nobody yet. */
function isOwn(state: State, value: Value): boolean {
  const name = componentOf(state, value).replace(/^&/, '');
  return state.held.some(
    ({ result, escaped }) => result !== null && !escaped && (name === result || name.startsWith(`${result}->`)),
  );
}
