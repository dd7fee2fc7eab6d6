import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import type { Evaluate, Frame, Result } from './frame.ts';
import { address, identifier, lvalue, opsAt } from './paths.ts';
import { factOf } from './releasing.ts';
import type { State } from './state.ts';
import { zero, type Value } from './values.ts';

/** An element of a constant array of the file, where it is known which one. */
interface Element {
  readonly state: State;
  readonly element: Expr;
  /** What names it: `foo_steps[2]`. */
  readonly path: string;
  /** The ops that it is, if it is one. */
  readonly ops: string | null;
}

/** The elements that an expression can be; null where it is none of a table's, or where it is not known which. */
function elementsAt(frame: Frame, e: Expr, state: State, evaluate: Evaluate): Element[] | null {
  if (e.k !== 'index' || e.of.k !== 'id' || !e.elements) return null;
  const { elements, of } = e;
  const found = evaluate(frame, e.index, state).map(({ state: after, value }): Element | null => {
    if (value.v !== 'num' || value.text !== undefined) return null;
    const element = elements[value.num];
    // What a name of the table means is not what a local of the same name does.
    if (!element || namesLocal(frame, element)) return null;
    return { state: after, element, path: `${of.name}[${value.num}]`, ops: opsAt(frame, of, value.num) };
  });
  const known = found.flatMap((each) => each ?? []);
  return known.length === found.length ? known : null;
}

function namesLocal({ locals }: Frame, element: Expr): boolean {
  return [...walkExpression(element)].some((e) => e.k === 'id' && locals.has(e.name));
}

/** What an element of a table is, `foo_all[i]`, or a member of one, `foo_steps[i].init`; null where that is not known. */
export function ofTable(frame: Frame, e: Expr, state: State, evaluate: Evaluate): Result[] | null {
  const isMember = e.k === 'field' && !e.arrow;
  const elements = elementsAt(frame, isMember ? e.of : e, state, evaluate);
  if (!elements?.every(({ element }) => (element.k === 'init') === isMember)) return null;
  return elements.map(({ state: after, element }) => ({
    state: after,
    value: isMember ? memberOf(frame, element, e.name, after) : plain(frame, element, after),
  }));
}

/** A member of an element; one that its initialiser leaves out is zero. */
function memberOf(frame: Frame, element: Expr, name: string, state: State): Value {
  const given = element.k === 'init' ? element.members.find((each) => each.name === name) : undefined;
  return given ? plain(frame, given.value, state) : zero;
}

/** What stands in a table: a number, a name or its address. */
function plain(frame: Frame, e: Expr, state: State): Value {
  if (e.k === 'num' && e.value !== null) return { v: 'num', num: e.value };
  if (e.k === 'id') return identifier(frame, e.name, state);
  return e.k === 'unary' && e.op === '&' ? address(frame, e, state) : state.fresh();
}

/** `&foo_steps[i]`: from now on its members are known by way of the pointer as well. */
export function addressInTable(frame: Frame, of: Expr, state: State, evaluate: Evaluate): Result[] | null {
  const names = of.k === 'index' ? new Set(of.elements?.flatMap(memberNames)) : [];
  const elements = elementsAt(frame, of, state, evaluate);
  return (
    elements?.map(({ state: before, element, path, ops }) => {
      const after = before.copy();
      for (const name of names) after.env.set(`${path}.${name}`, memberOf(frame, element, name, after));
      return { state: after, value: { v: 'addr', path: ops ?? path } };
    }) ?? null
  );
}

function memberNames(element: Expr): string[] {
  return element.k === 'init' ? element.members.flatMap(({ name }) => name ?? []) : [];
}

/**
 * The functions by name that a call by a pointer is known to call, where the caller names them itself or by a table; null
 * where it is not known which.
 */
export function calledAt(
  frame: Frame,
  e: Expr,
  state: State,
  evaluate: Evaluate,
): { readonly state: State; readonly name: string | null }[] {
  const pointer = e.k === 'unary' && e.op === '*' ? e.of : e;
  const known = ofTable(frame, pointer, state, evaluate);
  if (!known && isOfSteps(frame, pointer))
    frame.lost ??= `line ${e.at[0]} calls by an element of a table of which it is not known which one it is`;
  const path = known ? null : lvalue(frame, pointer, state);
  if (path !== null && !state.env.has(path) && isWalked(frame, pointer))
    frame.lost ??= `line ${e.at[0]} calls by a pointer into a table of which it is not known where it points`;
  const results = known ?? [{ state, value: (path === null ? undefined : state.env.get(path)) ?? zero }];
  return results.map(({ state: after, value }) => ({ state: after, name: nameOf(frame, value) }));
}

function nameOf({ program, file, fn }: Frame, value: Value): string | null {
  const callee = program.callees(`${file}#${fn}`).find(({ id }) => value.v === 'addr' && value.path === `fn:${id}`);
  return callee && program.lookUp(file, callee.fact.name)?.id === callee.id ? callee.fact.name : null;
}

/** Whether an expression is a member of what a local points at, in a function that goes through a table of steps by pointer. */
function isWalked(frame: Frame, e: Expr): boolean {
  if (e.k !== 'field' || !e.arrow || e.of.k !== 'id' || !frame.locals.has(e.of.name)) return false;
  return [...expressionsOf(factOf(frame)?.blocks ?? [])].some((whole) =>
    [...walkExpression(whole)].some((each) => each.k === 'id' && isAnyStep(frame, each.elements ?? [])),
  );
}

/** Whether elements of the table that an expression names one of lead to what a lifecycle is about. */
function isOfSteps(frame: Frame, e: Expr): boolean {
  const element = e.k === 'field' && !e.arrow ? e.of : e;
  return element.k === 'index' && isAnyStep(frame, element.elements ?? []);
}

function isAnyStep({ program, summaries, file }: Frame, elements: readonly Expr[]): boolean {
  const names = elements.flatMap((each) => [...walkExpression(each)]);
  return names.some((each) => {
    const callee = each.k === 'id' ? program.lookUp(file, each.name) : undefined;
    return callee !== undefined && summaries.overview.registers(callee.id);
  });
}
