import type { Expr } from '../../facts/ir.ts';
import { isPlainGetter } from '../../facts/words.ts';
import { countsByMember, givenOf } from '../bodies/chosen-steps.ts';
import { countsGiven } from './counters.ts';
import { applyEffect, noteStored } from './effects.ts';
import { insertingResults, inserts } from './inserting.ts';
import { applyListCall, isListCall } from './lists.ts';
import { place, type Frame, type Result } from './frame.ts';
import { releaseByQueued } from './frees-when-run.ts';
import { hideCall } from './hidden.ts';
import { escape, escapeAt, showWhatLiesAt } from './handed.ts';
import {
  barriers,
  canFail,
  isHarmless,
  onlyEmpties,
  pernetCalls,
  stops,
  type KnownPernetCall,
} from '../bodies/known.ts';
import type { Overview } from './overview.ts';
import { foundIn } from './looked-up.ts';
import { noteEarly } from './releasing.ts';
import { releaseByPut, releaseByRcu } from './releasing-later.ts';
import { leadsBack, type State } from './state.ts';
import type { Summary } from './summary.ts';
import { tellsOfFailure } from './tells-of-failure.ts';
import { pin } from './pins.ts';
import { printExpression } from '../bodies/print.ts';
import { applyOutcome } from './substitute.ts';
import { componentOf } from './components.ts';
import { ANY, NEG, POS, ZERO, type Value } from './values.ts';

/** A call by name, its arguments evaluated. */
export interface Called {
  readonly name: string;
  readonly state: State;
  readonly values: readonly Value[];
}

/** Every outcome of a call: one of the core's, one of the table of pairs, a function of the program, or one that is not known. */
export function applyCall(frame: Frame, e: Expr & { k: 'call' }, called: Called): Result[] {
  const { name, state, values } = called;
  const known = pernetCalls.get(name);
  if (known) return pernet(frame, e, known, called);
  if (name === 'net_generic' && values[1]) return netGeneric(frame, e, state, values[1]);
  if (name === 'net_assign_generic' && values[2]) return netAssignGeneric(frame, e, state, values);
  if (barriers.has(name)) {
    const next = state.copy();
    next.push({ t: 'barrier', call: name, place: place(frame, e.at) });
    return [{ state: next, value: next.fresh() }];
  }
  const stopped = e.args[0];
  if (stops.has(name) && stopped && values[0]) {
    const next = state.copy();
    const text = printExpression(stopped).replace(/^&/, '');
    next.push({ t: 'stop', call: name, of: componentOf(next, values[0]), text, place: place(frame, e.at) });
    return [{ state: next, value: next.fresh({ mask: ZERO | POS }) }];
  }
  const pinned = pin(frame, e, called);
  if (pinned) return pinned;
  if (name === 'call_rcu' || name === 'call_rcu_hurry') return releaseByRcu(frame, e, called);
  const listed = applyListCall(frame, e, called);
  if (listed) return listed;
  const callee = frame.program.lookUp(frame.file, name);
  const matters = callee !== undefined && frame.summaries.overview.matters(callee.id);
  const isFollowed = matters && frame.summaries.overview.pairs.isFollowed(callee);
  const effects = isFollowed ? null : applyEffect(frame, e, called, matters ? undefined : (callee ?? null));
  if (effects) return effects;
  const of = { program: frame.program, overview: frame.summaries.overview };
  const summary = matters
    ? frame.summaries.given(callee, new Map([...givenOf(callee, values, state), ...countsGiven(of, callee, state)]))
    : null;
  if (!summary) {
    if (!matters) {
      const isInsert = inserts(frame, e, called);
      const results = opaque(frame, e, called, callee?.id);
      return isInsert ? insertingResults(frame, e, called, results) : results;
    }
    const next = state.copy();
    hideCall(frame, e, callee, next);
    return opaque(frame, e, { ...called, state: next }, callee.id);
  }
  const dropped = frame.discarded === e && callee?.fact.returnsVoid === false && tellsOfFailure(summary);
  const before = state.copy();
  if (callee && countsByMember(callee, e.args, values)) hideCall(frame, e, callee, before);
  const elements = foundIn(summary.outcomes);
  return summary.outcomes.flatMap((outcome) =>
    applyOutcome(outcome, {
      state: before,
      args: values,
      name,
      dropped,
      ...(elements.length === 0 ? {} : { elements }),
      place: place(frame, e.at),
      program: frame.program,
    }),
  );
}

/** The summary of what a call by a name comes to, where that is all that it is: no call of the table of pairs, nor of the core. */
export function summaryOfCall({ program, summaries, file }: Frame, name: string): Summary | null {
  const { pairs } = summaries.overview;
  if (pernetCalls.has(name) || barriers.has(name) || stops.has(name) || isListCall(name)) return null;
  const callee = program.lookUp(file, name);
  if (!callee || (pairs.isListed(name) && !pairs.isFollowed(callee))) return null;
  return summaries.overview.matters(callee.id) ? summaries.of(callee.id) : null;
}

/** An ops' own data of a namespace: the same thing wherever it is asked for (include/net/netns/generic.h, net_generic()). */
function netGeneric(frame: Frame, e: Expr & { k: 'call' }, state: State, id: Value): Result[] {
  const name = componentOf(state, id);
  const next = state.copy();
  next.push({ t: 'use', id: name, place: place(frame, e.at) });
  return [{ state: next, value: next.read(`generic(${name})`, POS) }];
}

/** `net_assign_generic(net, id, data)`: from now on `data` is what net_generic() yields (net/core/net_namespace.c of 2.6.26). */
function netAssignGeneric(
  frame: Frame,
  e: Expr & { k: 'call' },
  state: State,
  [, id, data]: readonly Value[],
): Result[] {
  const done = state.copy();
  const at = place(frame, e.at);
  const call = { name: 'net_assign_generic', place: at };
  const path = `generic(${id ? componentOf(done, id) : '?'})`;
  if (data) {
    done.write(path, data);
    noteStored(done, path, data, at);
  }
  const value = done.fresh({ mask: ZERO, call });
  if (state.failures > 0 || frame.discarded === e) return [{ state: done, value }];
  const failed = state.copy();
  failed.failures++;
  return [
    { state: done, value },
    { state: failed, value: failed.fresh({ mask: NEG, call }) },
  ];
}

function pernet(
  frame: Frame,
  e: Expr & { k: 'call' },
  known: KnownPernetCall,
  { name, state, values }: Called,
): Result[] {
  const argument = values[known.ops];
  const ops =
    argument?.v === 'addr'
      ? argument.path
      : argument?.v === 'sym'
        ? (state.symbols.get(argument.id)?.input ?? `#${argument.id}`)
        : '?';
  const at = place(frame, e.at);
  const done = state.copy();
  const value = done.fresh({ mask: ZERO });
  const sym = value.v === 'sym' ? value.id : 0;
  const call = { call: known.call, ...(known.wraps && { by: name }) };
  done.push({ t: 'pernet', ...call, ops, ok: true, sym, place: at });
  if (!known.register) noteEarly(done, { ops, place: at });
  done.stand(known.register ? 'registered' : 'unregistered', ops, known.device);
  if (!known.register) return [{ state: done, value }];
  const assumed = !canFail(frame.program, ops);
  if (state.failures > 0 || (assumed && frame.discarded === e)) return [{ state: done, value }];
  const failed = state.copy();
  failed.failures++;
  failed.stand('failed', ops, known.device);
  const error = failed.fresh({ mask: NEG, assumed });
  if (error.v === 'sym') {
    failed.pending.add(error.id);
    failed.push({ t: 'pernet', ...call, ops, ok: false, sym: error.id, place: at });
  }
  return [
    { state: done, value },
    { state: failed, value: error },
  ];
}

/** What a call of such a name is passed may be gone after it. */
const takesBack = /(?:^|_)(?:put|free|release|destroy|unref|drop|dispose)(?:_|$)/;

/** What is found by way of a node in a tree or list is an element of that, not what keeps the tree. */
const elements = /^(?:rb|hlist|hlist_nulls|llist)_entry(?:_safe)?$/;

/** What is found by a text that it goes by is nothing that lies behind that. */
const byText = /^debugfs_lookup$/;

/** A call that is not followed: its result is open, and what it was passed is no longer certain. */
export function opaque(
  frame: Frame,
  e: Expr & { k: 'call' },
  { name, state, values }: Called,
  callee?: string,
): Result[] {
  const handed = callee === undefined ? handedOn(frame, e, { name, state, values }) : null;
  if (handed) return handed;
  const next = state.copy();
  const { overview } = frame.summaries;
  if (callee !== undefined && next.hasStopped) {
    const at = place(frame, e.at);
    next.push({ t: 'enter', name, place: at });
    next.push({ t: 'leave', name, place: at });
  }
  const kept = values.map((_, index) => (callee === undefined ? null : overview.keptOf(callee, index)));
  const isEmptied = callee === undefined && onlyEmpties.has(name);
  if (!isHarmless(name) && !isEmptied) handOver(overview, next, values, { callee, kept });
  if (callee === undefined) releaseByQueued(frame, e, { name, state: next, values });
  if (takesBack.test(name) && !isHarmless(name)) releaseByPut(frame, e, { name, state: next, values });
  values.forEach((value, index) => {
    // What a function that was read leaves alone is as it was.
    if (kept[index]?.length === 0) return;
    if (value.v === 'addr' && !value.path.startsWith('fn:')) next.forget(value.path);
    const input = value.v === 'sym' ? next.symbols.get(value.id)?.input : undefined;
    if (input === undefined) return;
    const behind = `${input}->`;
    const parts = partsKept(kept[index] ?? null)?.map((part) => `${behind}${part}`);
    const mayChange = (key: string): boolean => !parts || parts.some((part) => liesAt(key, part));
    for (const key of [...next.env.keys()])
      if (key.startsWith(behind) && mayChange(key) && !leadsBack(next, key)) next.forget(key);
  });
  for (const written of callee ? frame.summaries.overview.globalsWritten(callee) : []) next.forget(written);
  // What a getter that was not read yields is per-net data, and each time the same: in which place, its name does not say.
  if (!callee && values.length > 0 && !isHarmless(name) && isPlainGetter(name))
    return [{ state: next, value: next.read(`#${name}()`) }];
  const returned = callee ? frame.summaries.overview.argumentReturned(callee) : null;
  const same = returned === null ? undefined : values[returned];
  if (same) return [{ state: next, value: same }];
  const mask = callee ? frame.summaries.overview.returnMask(callee) : ANY;
  const from =
    callee || byText.test(name)
      ? undefined
      : values.map((each) => componentOf(next, each)).find((each) => /^[$@\w]/.test(each));
  const call = { name, place: place(frame, e.at) };
  const value = next.fresh({
    mask,
    ...(elements.test(name) ? {} : { isFound: true }),
    call,
    ...(from === undefined ? {} : { from }),
  });
  return [{ state: next, value }];
}

/** The members alone that a function which was read gives to others (a timer, a work item); null where it is more than those. */
function partsKept(kept: readonly string[] | null): readonly string[] | null {
  return kept?.every((member) => /^&\w/.test(member))
    ? kept.map((member) => member.slice(1).replace(/\[.*$/, ''))
    : null;
}

/** Whether a place is in a part of something, or behind that. */
function liesAt(place: string, part: string): boolean {
  return place.startsWith(part) && /^(?:$|->|\.|\[)/.test(place.slice(part.length));
}

/** What a call of such a name yields of a result is no error. */
const saysYes = /(?:^|_)(?:ok|okay|is|was|has|succeeded|success|good|valid)(?:_|$)/;

/**
 * What a call that was not read makes of a step's result that is handed to it as it is. It hands an error on, and 0 as
 * well: `err = foo_errno(register_foo(&foo))`. Where nothing takes that over, it may be a macro that jumps where the step
 * fails, `TRY(register_foo(&foo), err_foo);`: where it goes on from there is not known.
 */
function handedOn(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called): Result[] | null {
  if (isHarmless(name)) return null;
  const hasFailed = (value: Value): boolean =>
    value.v === 'sym' && (state.pending.has(value.id) || state.symbols.get(value.id)?.call?.failed === true);
  const isTaken = frame.discarded !== e;
  const isYes = saysYes.test(name);
  for (const [index, arg] of e.args.entries()) {
    const value = values[index];
    if (arg.k !== 'call' || value === undefined) continue;
    const mask = state.maskOf(value);
    if (hasFailed(value)) return isTaken && !isYes && mask === NEG ? [{ state, value }] : [];
    if (!isTaken || (mask !== ZERO && mask !== NEG) || !isStep(frame, arg)) continue;
    return isYes ? [] : [{ state, value }];
  }
  return null;
}

/** Whether a call registers or acquires something, or leads to what does. */
export function isStep({ summaries: { overview }, program, file }: Frame, { fn }: Expr & { k: 'call' }): boolean {
  if (fn.k !== 'id') return false;
  if (pernetCalls.has(fn.name) || overview.pairs.isListed(fn.name)) return true;
  const callee = program.lookUp(file, fn.name);
  return callee !== undefined && overview.matters(callee.id);
}

/** What a call that is not followed was passed may belong to someone else after it, as far as its body does not say no. */
export function handOver(
  overview: Overview,
  state: State,
  values: readonly Value[],
  { callee, kept }: { readonly callee: string | undefined; readonly kept: readonly (readonly string[] | null)[] },
): void {
  values.forEach((value, index) => {
    const known = kept[index];
    if (known) {
      const members = known.filter((member) => member !== '=');
      if (members.length === 0) return;
      const root = componentOf(state, value);
      const places = members.map((member) => memberOf(root, member));
      // What is kept by code that was read, in some list, is found by way of that as well.
      showWhatLiesAt(state, places);
      escapeAt(state, places);
      return;
    }
    escape(state, [value]);
    // What was not read is known by the words of its text.
    const root = callee !== undefined && index === 0 ? componentOf(state, value) : '';
    if (callee !== undefined && /^[$@]\w+$/.test(root))
      escapeAt(
        state,
        overview.membersTouched(callee).map((member) => `&${root}->${member}`),
      );
  });
}

/** What a member of what a value points at is (`Kept`). */
function memberOf(root: string, member: string): string {
  if (member === '') return root;
  const place = member.replace(/^&/, '');
  return `${member === place ? '' : '&'}${root.startsWith('&') ? `${root.slice(1)}.` : `${root}->`}${place}`;
}
