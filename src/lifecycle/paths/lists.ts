import type { Expr } from '../../facts/ir.ts';
import type { Called } from './calls.ts';
import { noteStored } from './effects.ts';
import { place, type Frame, type Result } from './frame.ts';
import { elementsOf, gather, gatheredAt, gatheredFrom } from './gathered.ts';
import { showAt } from './handed.ts';
import { isListAdd, isListMove } from '../bodies/known.ts';
import { lvalue } from './paths.ts';
import { mayBeReleased } from './releasing-later.ts';
import { isLocal } from './place-names.ts';
import type { State } from './state.ts';
import { POS, ZERO, zero, type Value } from './values.ts';

/** `list_for_each_entry(p, &head, list)`; with `_safe` a second cursor comes before the head. */
const entries = /^h?list_for_each_entry(_safe)?(_rcu|_reverse)?(_bh)?$/;
const empty = /^h?list_empty(_careful)?$/;
/** `list_first_entry(&head, struct foo, list)`. */
const taking = /^h?list_(first|last)_entry(_or_null)?$/;

/** Calls that put all that is on one list on another one (include/linux/list.h), by which argument is the one it is taken from. */
const joining = /^(?:list_splice(?:_tail)?(?:_init)?(?:_rcu)?|list_replace(?:_init)?|hlist_move_list)$/;
/** The same of what lies before an entry: `list_cut_before(&list, &head, entry)`. */
const cutting = /^list_cut_(?:position|before)$/;

/** Whether a call may be one of those that `applyListCall` knows. */
export function isListCall(name: string): boolean {
  return (
    taking.test(name) ||
    empty.test(name) ||
    isListAdd(name) ||
    isListMove(name) ||
    joining.test(name) ||
    cutting.test(name)
  );
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
  if (asked !== null && gatheredFrom(state, elementsOf(asked))) {
    const next = state.copy();
    return [{ state: next, value: next.fresh({ mask: ZERO | POS }) }];
  }
  if (first && second && (joining.test(name) || cutting.test(name)))
    return joined(frame, e, { name, state, values }, joining.test(name) ? [first, second] : [second, first]);
  const isMove = isListMove(name);
  const head = (isMove || isListAdd(name)) && second ? pointee(state, second) : null;
  if (head === null || first?.v !== 'addr') return null;
  const owner = /^(.*)(?:->|\.)[^>.]*$/.exec(first.path)?.[1];
  if (owner === undefined || isLocal(owner)) return null;
  const id = /^#(\d+)$/.exec(owner)?.[1];
  const from = id === undefined ? undefined : state.symbols.get(Number(id))?.place;
  if (from?.endsWith('[*]') && isOwnList(frame, head) && !state.held.some(({ result }) => result === owner)) {
    const moved = state.copy();
    gather(moved, head, gatheredAt(state, from));
    return [{ state: moved, value: moved.fresh() }];
  }
  if (isMove) return null;
  const next = state.copy();
  const value: Value = id === undefined ? next.read(owner) : { v: 'sym', id: Number(id) };
  const at = elementsOf(head);
  // What is kept at a place of its own already can be found by way of the list as well.
  if (next.held.some((held) => held.result === owner && held.at !== null)) showAt(next, [owner]);
  next.write(at, value);
  noteStored(next, at, value, place(frame, e.at));
  return [{ state: next, value: next.fresh() }];
}

/** All that is on one list goes to another one: whose elements those are is kept in mind of a list of the function's own. */
function joined(
  frame: Frame,
  e: Expr & { k: 'call' },
  { name, state }: Called,
  [from, to]: readonly [Value, Value],
): Result[] | null {
  const [source, head] = [pointee(state, from), pointee(state, to)];
  if (source === null || head === null) return null;
  const next = state.copy();
  const elements = gatheredAt(state, elementsOf(source));
  if (isOwnList(frame, head)) gather(next, head, elements);
  // Who goes through that other list may give them back.
  else for (const each of elements) mayBeReleased(frame, next, { call: name, of: each, place: place(frame, e.at) });
  return [{ state: next, value: next.fresh() }];
}

/** Whether a list is one that a function has for itself: nobody finds there what is on it when the function has returned. */
function isOwnList(frame: Frame, head: string): boolean {
  return isLocal(head) || frame.lists.has(head);
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
  // What is on a list in a local is not known, unless it was seen to be put there.
  return path === null || (isLocal(path) && !body.env.has(elementsOf(path))) ? null : element(body, path, POS);
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
