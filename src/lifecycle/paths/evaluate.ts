import type { Expr } from '../../facts/ir.ts';
import { errorIfNot, split, tell, throughBang, throughEquals, throughIsErr, throughZero, withZero } from './answers.ts';
import { applyCall, opaque } from './calls.ts';
import { place, type Frame, type Result, type Truth } from './frame.ts';
import { isOnBit, onBit } from './bits.ts';
import { compileTime, handsOn, noReturn, steady, storing, swappedBy } from '../bodies/known.ts';
import { isClearing } from '../bodies/mask-names.ts';
import { masked, setBits } from './masks.ts';
import { either, holds, minus, mirrored, question, sum } from './operators.ts';
import { address, identifier, lvalue } from './paths.ts';
import { placesOf } from './places.ts';
import { chosenOf, unknownComparison } from './comparison.ts';
import { update } from './counting.ts';
import { elementAt, isHeldInElement, noteElement } from './elements.ts';
import { noteStored } from './effects.ts';
import { opened, show } from './handed.ts';
import { hidePassed, hideStored } from './hidden.ts';
import { askedForGlobal } from './own-places.ts';
import { anyInArray, gatherInArray } from './local-arrays.ts';
import { published } from './published.ts';
import { isSteady } from './steady.ts';
import { copyMembers } from './struct-copies.ts';
import { addressInTable, calledAt, ofTable } from './tables.ts';
import { State } from './state.ts';
import type { CallOutcome } from './trace.ts';
import { ANY, maskWhere, NEG, one, POS, ZERO, zero, type Value } from './values.ts';

/** Every outcome of evaluating an expression: where a call can fail or a condition is not known, there are several. */
export function evaluate(frame: Frame, e: Expr, state: State): Result[] {
  switch (e.k) {
    case 'num':
      return [{ state, value: e.value === null ? state.fresh() : { v: 'num', num: e.value } }];
    case 'str':
      return [{ state, value: { v: 'addr', path: e.text } }];
    case 'id':
      return [{ state, value: identifier(frame, e.name, state) }];
    case 'unary':
      return unary(frame, e, state);
    case 'binary':
      return binary(frame, e, state);
    case 'assign':
      return assign(frame, e, state);
    case 'update':
      return update(frame, e, state);
    case 'cond':
      return conditional(frame, e, state);
    case 'field':
    case 'index': {
      const known = ofTable(frame, e, state, evaluate);
      if (known) return known;
      return placesOf(frame, e, state, evaluate).map(({ state: after, path }) =>
        path === null ? { state: after, value: after.fresh() } : read(frame, e, after, path),
      );
    }
    case 'comma':
      return e.of.reduce<Result[]>(
        (all, each) => all.flatMap((r) => evaluate(frame, each, r.state)),
        [{ state, value: zero }],
      );
    case 'init':
    case 'other':
      return sequence(frame, e.k === 'init' ? e.members.map((m) => m.value) : e.of, state).map(
        ({ state: after, values }) => opened(after, values),
      );
    case 'call':
      return call(frame, e, state);
  }
}

function read(frame: Frame, e: Expr, state: State, path: string): Result {
  const put = elementAt(e, state, path);
  if (put) return { state, value: put };
  const inArray = anyInArray(frame, e, state, path);
  if (inArray) return { state, value: inArray };
  const value = state.read(path);
  // A loop that undoes comes to the element where something is: which it is found in is not told from the others.
  const isThere = frame.isUndoing === true && isHeldInElement(state, path);
  return { state: (isThere ? state.refine(value, POS, throughZero) : null) ?? state, value };
}

/** Every way a condition can turn out, with what each teaches. */
export function truth(
  frame: Frame,
  e: Expr,
  state: State,
  outcome: (mask: number) => CallOutcome = throughZero,
): Truth[] {
  if (e.k === 'unary' && e.op === '!') {
    return truth(frame, e.of, state, throughBang).map((t) => ({ state: t.state, holds: !t.holds }));
  }
  if (e.k === 'binary' && (e.op === '&&' || e.op === '||')) {
    const stops = e.op === '||';
    return truth(frame, e.l, state).flatMap((t) => (t.holds === stops ? [t] : truth(frame, e.r, t.state)));
  }
  if (e.k === 'binary' && maskWhere(e.op) !== null) return compare(frame, e, state);
  if (e.k === 'call' && e.fn.k === 'id') {
    const argument = e.args[handsOn.get(e.fn.name) ?? 0];
    if (handsOn.has(e.fn.name) && argument) return truth(frame, argument, state, outcome);
    const mask =
      e.fn.name === 'IS_ERR'
        ? NEG
        : e.fn.name === 'IS_ERR_OR_NULL'
          ? NEG | ZERO
          : e.fn.name === 'IS_ERR_VALUE' || e.fn.name === 'xa_is_err'
            ? NEG
            : null;
    if (mask !== null && argument) {
      return evaluate(frame, argument, state).flatMap((r) => split(r.state, r.value, mask, throughIsErr));
    }
  }
  const results = e.k === 'id' ? [{ state, value: identifier(frame, e.name, state, true) }] : evaluate(frame, e, state);
  return results.flatMap((r) => {
    const known = r.state.maskOf(r.value);
    const answers = split(r.state, errorIfNot(r, outcome), NEG | POS, outcome);
    return known === ANY && answers.length === 2 ? answers.map((t) => tell(frame, e, r, t)) : answers;
  });
}

function unary(frame: Frame, e: Expr & { k: 'unary' }, state: State): Result[] {
  if (e.op === '&') {
    const known = addressInTable(frame, e.of, state, evaluate);
    if (known) return known;
    return placesOf(frame, e.of, state, evaluate).map(({ state: after, path }) => ({
      state: after,
      value:
        path === null
          ? after.fresh({ mask: POS })
          : lvalue(frame, e.of, after) === null
            ? { v: 'addr', path }
            : address(frame, e, after),
    }));
  }
  if (e.op === '!') return truth(frame, e, state).map((t) => ({ state: t.state, value: t.holds ? one : zero }));
  if (e.op === '*') {
    return placesOf(frame, e, state, evaluate).map(({ state: after, path }) => ({
      state: after,
      value: path === null ? after.fresh() : after.read(path),
    }));
  }
  return evaluate(frame, e.of, state).map((r) => ({
    state: r.state,
    value: e.op === '-' ? minus(r.state, r.value) : r.state.fresh(),
  }));
}

function binary(frame: Frame, e: Expr & { k: 'binary' }, state: State): Result[] {
  if (e.op === '&&' || e.op === '||' || maskWhere(e.op) !== null) {
    return truth(frame, e, state).map((t) => ({ state: t.state, value: t.holds ? one : zero }));
  }
  return evaluate(frame, e.l, state).flatMap((l) =>
    evaluate(frame, e.r, l.state).map((r) => {
      const both = [l.value, r.value] as const;
      const value = e.op === '|' ? either(r.state, ...both) : (sum(e.op, ...both) ?? masked(frame, e, r.state, both));
      return value ? { state: r.state, value } : withoutTag(e, opened(r.state, [l.value, r.value]), l.value);
    }),
  );
}

/** What `(unsigned long)p & ~FOO_TAG` yields is what lay at p's place, as far as a pointer has room for marks. */
function withoutTag(e: Expr & { k: 'binary' }, made: Result, of: Value): Result {
  const place = of.v === 'sym' ? made.state.symbols.get(of.id)?.input : undefined;
  if (place === undefined || e.op !== '&' || e.r.k !== 'unary' || e.r.op !== '~') return made;
  return { state: made.state, value: made.state.fresh({ place }) };
}

function assign(frame: Frame, e: Expr & { k: 'assign' }, state: State): Result[] {
  return evaluate(frame, isClearing(e) ? e.from.of : e.from, state).flatMap((r) =>
    placesOf(frame, e.to, r.state, evaluate).map(({ state: after, path }) => {
      // A state that an evaluation has made is no one else's.
      const next = hideStored(frame, e, after === state ? state.copy() : after);
      let value = r.value;
      if (path !== null && setBits(e, { state: next, path, value })) return { state: next, value: next.read(path) };
      if (e.op !== '=') value = e.op === '|=' && path !== null ? either(next, next.read(path), value) : next.fresh();
      if (path === null) {
        show(next, [value]);
      } else {
        const before = next.env.get(path);
        next.write(path, value);
        gatherInArray(next, path, value, before);
        noteElement(e.to, next, path, value);
        noteStored(next, path, value, place(frame, e.at), before);
        if (e.op === '=') copyMembers(frame, { to: path, from: e.from, at: e.at }, next);
      }
      return { state: next, value };
    }),
  );
}

function conditional(frame: Frame, e: Expr & { k: 'cond' }, state: State): Result[] {
  const { then } = e;
  if (then) {
    return truth(frame, e.test, state).flatMap((t) => evaluate(frame, t.holds ? then : e.else, t.state));
  }
  return evaluate(frame, e.test, state).flatMap((r) =>
    split(r.state, r.value, NEG | POS, throughZero).flatMap((t) =>
      t.holds ? [{ state: t.state, value: r.value }] : evaluate(frame, e.else, t.state),
    ),
  );
}

function compare(frame: Frame, e: Expr & { k: 'binary' }, state: State): Truth[] {
  return evaluate(frame, e.l, state).flatMap((l) =>
    evaluate(frame, e.r, l.state).flatMap((r) => {
      const [left, right] = [l.value, r.value];
      if (left.v === 'num' && right.v === 'num') {
        const same = left.text === right.text;
        if (same || !left.text || !right.text) return [{ state: r.state, holds: holds(e.op, left.num, right.num) }];
      }
      const zeroRight = right.v === 'num' && right.num === 0 && !right.text;
      const outcome = e.op === '==' && e.r.k === 'num' ? throughEquals(e.r) : throughZero;
      if (zeroRight) return withZero(frame, e, { state: r.state, value: left }, maskWhere(e.op) ?? ANY, outcome);
      if (left.v === 'num' && left.num === 0) {
        return withZero(frame, e, { state: r.state, value: right }, maskWhere(mirrored(e.op)) ?? ANY, outcome);
      }
      return unknownComparison(frame, e, r.state, left, right);
    }),
  );
}

function call(frame: Frame, e: Expr & { k: 'call' }, state: State): Result[] {
  const name = e.fn.k === 'id' && !frame.locals.has(e.fn.name) ? e.fn.name : null;
  if (name === null)
    return calledAt(frame, e.fn, state, evaluate).flatMap(({ state: before, name: known }) => {
      if (known !== null) return call(frame, { ...e, fn: { k: 'id', name: known, at: e.fn.at } }, before);
      return sequence(frame, e.args, before).flatMap(({ state: after, values }) =>
        opaque(frame, e, { name: 'a function pointer', state: after, values }),
      );
    });
  if (noReturn.has(name)) return [];
  const chosen = chosenOf(e);
  if (chosen) return conditional(frame, chosen, state);
  if (compileTime.has(name)) return [{ state, value: zero }];
  if (name === 'BUG_ON' && e.args[0]) {
    return truth(frame, e.args[0], state)
      .filter((t) => !t.holds)
      .map((t) => ({ state: t.state, value: zero }));
  }
  const assigned = storing.has(name) ? e.args[0] : undefined;
  if (assigned && e.args[1])
    return assign(frame, { k: 'assign', op: '=', to: assigned, from: e.args[1], at: e.at }, state).map((r) =>
      published(frame, { call: name, to: assigned, at: e.at }, r),
    );
  // What is taken out of the hands of a scope (include/linux/cleanup.h) is NULL there from now on.
  const taken = takesOut.test(name) ? e.args[0] : swappedBy(e);
  const put: Expr = takesOut.test(name) ? { k: 'num', value: 0, at: e.at } : e.args[1]!;
  if (taken)
    return evaluate(frame, taken, state).flatMap(({ state: after, value }) =>
      assign(frame, { k: 'assign', op: '=', to: taken, from: put, at: e.at }, after).map((r) => ({
        state: r.state,
        value,
      })),
    );
  const asked = /^IS_(?:ENABLED|REACHABLE|(BUILTIN|MODULE))$/.exec(name);
  const option =
    asked && e.args[0]?.k === 'id'
      ? frame.option(e.args[0].name, asked[1] as 'BUILTIN' | 'MODULE' | undefined)
      : undefined;
  if (option !== undefined) return [{ state, value: option ? one : zero }];
  if (name === 'net_eq') {
    return sequence(frame, e.args, state).map(({ state: after, values: [left, right] }) => {
      const asked = left && right ? askedForGlobal(after, left, right) : null;
      return { state: after, value: after.read(asked ?? question(frame, e), ZERO | POS) };
    });
  }
  if (steady.has(name)) {
    return [{ state, value: state.read(question(frame, e), ZERO | POS) }];
  }
  if (isSteady(frame, e, name)) return [{ state, value: state.read(question(frame, e)) }];
  return sequence(frame, e.args, state).flatMap(({ state: after, values }) => {
    const handed = values[handsOn.get(name) ?? -1];
    if (handed) return [{ state: after.refine(handed, ANY, throughZero) ?? after, value: handed }];
    const first = values[0];
    if (first && /^(PTR_ERR|ERR_PTR|ERR_CAST)$/.test(name)) return [{ state: after, value: first }];
    if (first && (name === 'PTR_ERR_OR_ZERO' || name === 'xa_err')) {
      return split(after, first, NEG, throughIsErr).map((t) => ({ state: t.state, value: t.holds ? first : zero }));
    }
    if (isOnBit(name)) return onBit({ name, state: after, values });
    return applyCall(frame, e, { name, state: hidePassed(frame, e, name, after), values });
  });
}

const takesOut = /^(?:no_free_ptr|retain_and_null_ptr|return_ptr)$/;

function sequence(frame: Frame, all: readonly Expr[], state: State): { state: State; values: Value[] }[] {
  return all.reduce<{ state: State; values: Value[] }[]>(
    (done, each) =>
      done.flatMap((d) =>
        evaluate(frame, each, d.state).map((r) => ({ state: r.state, values: [...d.values, r.value] })),
      ),
    [{ state, values: [] }],
  );
}
