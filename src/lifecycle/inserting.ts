import type { Expr } from '../facts/ir.ts';
import { opaque, type Called } from './calls.ts';
import { componentOf } from './components.ts';
import { place, type Frame, type Result } from './frame.ts';
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

/** What such a call comes to, of something that the path has got and nobody else knows of; null for any other call. */
export function applyInserting(
  frame: Frame,
  e: Expr & { k: 'call' },
  called: Called,
  callee?: string,
): Result[] | null {
  const { name, state, values } = called;
  const index = inserting.find(([call]) => call.test(name))?.[1];
  const entry = index === undefined ? undefined : values[index];
  if (!entry || frame.discarded === e || !isOwn(state, entry)) return null;
  const call = { name, place: place(frame, e.at) };
  const done = opaque(frame, e, called, callee);
  const failed = state.copy();
  // One that goes round says so by 1.
  const success = name.includes('cyclic') ? ZERO | POS : ZERO;
  return [
    ...done.map((each) => ({ ...each, value: each.state.fresh({ mask: success, call }) })),
    { state: failed, value: failed.fresh({ mask: NEG, call }) },
  ];
}

/** Whether a value is, or lies in, a thing that the path has got and that was handed to nobody yet. */
function isOwn(state: State, value: Value): boolean {
  const name = componentOf(state, value).replace(/^&/, '');
  return state.held.some(
    ({ result, escaped }) => result !== null && !escaped && (name === result || name.startsWith(`${result}->`)),
  );
}
