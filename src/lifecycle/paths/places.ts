import type { Expr } from '../../facts/ir.ts';
import { componentOf } from './components.ts';
import type { Evaluate, Frame, Result } from './frame.ts';
import { lvalue } from './paths.ts';
import { isPostfix } from '../bodies/print.ts';
import type { State } from './state.ts';

/** A place that an expression can name, with the state once that has been evaluated. */
export interface Named {
  readonly state: State;
  readonly path: string | null;
}

/** The places that an expression can name, once what its indexes do (`items[--n]`) is done: `n++` after all else. */
export function placesOf(frame: Frame, e: Expr, state: State, evaluate: Evaluate): Named[] {
  const counting = indexesThatCount(e);
  const count = (before: State): State[] =>
    counting.reduce<State[]>(
      (all, index) => all.flatMap((each) => evaluate(frame, index, each).map((r) => r.state)),
      [before],
    );
  // What is behind a pointer that is not named by a path is evaluated with that.
  const isBehind = e.k === 'field' && e.arrow && lvalue(frame, e, state) === null;
  if (counting.length === 0 || isBehind) return placesAt(frame, e, state, evaluate);
  if (!counting.every((index) => index.k === 'update' && isPostfix(index)))
    return count(state).flatMap((after) => placesAt(frame, e, after, evaluate));
  return placesAt(frame, e, state, evaluate).flatMap((named) =>
    count(named.state).map((after) => ({ ...named, state: after })),
  );
}

/** The indexes in what names a place that change what they count by: `n++`, `--n`, `n += 2`. */
function indexesThatCount(e: Expr): Expr[] {
  if (e.k === 'field') return indexesThatCount(e.of);
  if (e.k !== 'index') return [];
  const own = e.index.k === 'update' || e.index.k === 'assign' ? [e.index] : [];
  return [...indexesThatCount(e.of), ...own];
}

/** Behind what a call returns there are as many places as that has outcomes. */
function placesAt(frame: Frame, e: Expr, state: State, evaluate: Evaluate): Named[] {
  const path = lvalue(frame, e, state);
  const pointer = path === null ? calledIn(e) : null;
  if (pointer) return evaluate(frame, pointer, state).map((r) => ({ state: r.state, path: behind(r) }));
  if (path !== null || (e.k !== 'field' && e.k !== 'index')) return [{ state, path }];
  if (e.k === 'field' && e.arrow) {
    return evaluate(frame, e.of, state).map(({ state: after, value }) => {
      if (value.v === 'addr') return { state: after, path: `${value.path}.${e.name}` };
      const name = componentOf(after, value);
      return { state: after, path: value.v === 'sym' ? `${name}->${e.name}` : null };
    });
  }
  const part = e.k === 'field' ? `.${e.name}` : `[${e.index.k === 'num' ? String(e.index.value) : '*'}]`;
  return placesAt(frame, e.of, state, evaluate).map((of) => ({
    state: of.state,
    path: of.path === null ? null : `${of.path}${part}`,
  }));
}

/** The call that yields the pointer to a place: `*(struct foo **)net_generic(net, foo_net_id)`, or `[0]` of that. */
function calledIn(e: Expr): Expr | null {
  const isFirst = e.k === 'index' && e.index.k === 'num' && e.index.value === 0;
  const pointer = isFirst || (e.k === 'unary' && e.op === '*') ? e.of : null;
  return pointer?.k === 'call' ? pointer : null;
}

/** What a pointer points at that a call has yielded. */
function behind({ state, value }: Result): string | null {
  if (value.v === 'num') return null;
  return value.v === 'addr' ? value.path : `${componentOf(state, value)}->*`;
}
