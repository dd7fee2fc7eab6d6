import type { Expr } from '../facts/ir.ts';
import type { Called } from './calls.ts';
import { noteStored } from './effects.ts';
import { showAt } from './handed.ts';
import { place, type Frame, type Result } from './frame.ts';
import { isListAdd } from './known.ts';
import { lvalue } from './paths.ts';
import { isLocal } from './place-names.ts';
import type { State } from './state.ts';
import { POS, ZERO, zero, type Value } from './values.ts';

/** `list_for_each_entry(p, &head, list)`; with `_safe` a second cursor comes before the head. */
const entries = /^h?list_for_each_entry(_safe)?(_rcu|_reverse)?(_bh)?$/;
const empty = /^h?list_empty(_careful)?$/;
/** `list_first_entry(&head, struct foo, list)`. */
const taking = /^h?list_(first|last)_entry(_or_null)?$/;

/** Whether a call may be one of those that `applyListCall` knows. */
export function isListCall(name: string): boolean {
  return taking.test(name) || empty.test(name) || isListAdd(name);
}

/**
 * The elements of a list are one thing, at the place of its head: what is added to a list is kept there, and what is
 * found in it, whichever it is, was.
 */
export function applyListCall(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called): Result[] | null {
  const [first, second] = values;
  const found = taking.exec(name);
  const taken = found && first ? pointee(state, first) : null;
  if (taken !== null) {
    const next = state.copy();
    return [{ state: next, value: element(next, taken, found?.[2] === undefined ? POS : ZERO | POS) }];
  }
  const asked = empty.test(name) && first ? pointee(state, first) : null;
  if (asked !== null && state.held.some(({ at }) => at === elementsOf(asked))) return [{ state, value: zero }];
  const head = isListAdd(name) && second ? pointee(state, second) : null;
  if (head === null || first?.v !== 'addr') return null;
  const owner = /^(.*)(?:->|\.)[^>.]*$/.exec(first.path)?.[1];
  if (owner === undefined || isLocal(owner)) return null;
  const next = state.copy();
  const id = /^#(\d+)$/.exec(owner)?.[1];
  const value: Value = id === undefined ? next.read(owner) : { v: 'sym', id: Number(id) };
  const at = elementsOf(head);
  // What is kept at a place of its own already can be found by way of the list as well.
  if (next.held.some((held) => held.result === owner && held.at !== null)) showAt(next, [owner]);
  next.write(at, value);
  noteStored(next, at, value, place(frame, e.at));
  return [{ state: next, value: next.fresh() }];
}

/**
 * What the cursor of a loop over a list's elements is in `body`, the state in which an element is looked at; null where it
 * is no such loop.
 */
export function cursorOf(
  frame: Frame,
  { macro, args }: { readonly macro: string; readonly args: readonly Expr[] },
  before: State,
  body: State,
): Value | null {
  const found = entries.exec(macro);
  const head = found ? args[found[1] === undefined ? 1 : 2] : undefined;
  if (!head) return null;
  const path = head.k === 'unary' && head.op === '&' ? lvalue(frame, head.of, before) : pointedAt(frame, head, before);
  return path === null || isLocal(path) ? null : element(body, path, POS);
}

/** Where a pointer to a list's head points, where that is known. */
function pointedAt(frame: Frame, e: Expr, state: State): string | null {
  const path = lvalue(frame, e, state);
  return path === null ? null : pointee(state, state.read(path));
}

/** The thing that a pointer points at: one with a name, or whatever lies behind what the function was entered with. */
function pointee(state: State, value: Value): string | null {
  if (value.v === 'addr') return value.path;
  const input = value.v === 'sym' ? state.symbols.get(value.id)?.input : undefined;
  return input === undefined ? null : `${input}->*`;
}

/** Any of a list's elements: another one each time. */
function element(state: State, head: string, mask: number): Value {
  return state.fresh({ mask, place: elementsOf(head) });
}

function elementsOf(head: string): string {
  return `${head}[*]`;
}
