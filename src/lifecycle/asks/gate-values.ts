import { expressionsOf, walkExpression, type Expr, type FunctionFact } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import {
  compare,
  either,
  isZero,
  not,
  ofTruth,
  open,
  something,
  truthOf,
  unclear,
  type Truth,
  type Value,
} from './gate-truth.ts';
import { handsOn } from '../bodies/known.ts';
import { settingBy, variableIn } from '../bodies/settings.ts';
import { structBehind } from '../bodies/structs.ts';

/** A member, or a variable, that a function sets: where it begins, as far as that is known, and the way from there. */
interface Spot {
  /** The structure that a pointer points at, `foo*`; '' for a variable; null where that is not told. */
  readonly root: string | null;
  readonly path: readonly string[];
}

/** What a member or a variable, or a bit of it, has been set to. */
export interface Gate {
  readonly spot: Spot;
  readonly bit: string;
  readonly value: Value;
}

/** Calls that only look at what they are passed by address. */
const looking =
  /^(?:atomic(?:64|_long)?_read(?:_acquire)?|refcount_read|smp_load_acquire|static_(?:branch_(?:un)?likely|key_enabled))$/;
const testing = /^(?:test_bit(?:_acquire)?|test_and_(?:set|clear|change)_bit)$/;

/** Helpers in helpers are not asked for more. */
const mostHelpers = 3;

/** The name of a mask as that of a bit; a bit's number is another name. */
function maskIn(e: Expr | undefined): string | undefined {
  if (e?.k === 'id') return `&${e.name}`;
  return e?.k === 'num' ? `&${e.name ?? String(e.value)}` : undefined;
}

/** Calls that change what they are passed by address to what depends on what it was (include/linux/atomic.h, refcount.h). */
const changing =
  /^(?:(?:atomic(?:64|_long)?|refcount)_(?:inc|dec|add|sub|or|and|andnot|xor|x?chg|cmpxchg|try_cmpxchg)\w*|(?:try_)?cmpxchg(?:_\w+)?|__?(?:test_and_)?change_bit)$/;

/** What an expression of a function sets, or changes, that others may ask for; null for what is none. */
export function gateSetBy(fact: FunctionFact, e: Expr): Gate | null {
  return plainlySetBy(fact, e) ?? changedBy(fact, e);
}

/** `atomic_inc(&fn->dead)`, `fn->state = state`: what it is then is not told, but for bits by the names of their masks. */
function changedBy(fact: FunctionFact, e: Expr): Gate | null {
  if (e.k === 'assign' && (e.op === '|=' || e.op === '&=')) {
    const from = e.op === '|=' ? e.from : e.from.k === 'unary' && e.from.op === '~' ? e.from.of : undefined;
    const mask = maskIn(from);
    const at = mask === undefined ? null : spotOf(fact, e.to);
    if (at) return { spot: at, bit: mask!, value: { v: 'num', num: e.op === '|=' ? 1 : 0 } };
  }
  const changed =
    e.k === 'assign'
      ? [e.to]
      : e.k === 'update'
        ? [e.of]
        : e.k === 'call' && e.fn.k === 'id' && changing.test(e.fn.name)
          ? e.args.flatMap((arg) => (arg.k === 'unary' && arg.op === '&' ? arg.of : []))
          : [];
  const [spot] = changed.flatMap((to) => spotOf(fact, to) ?? []);
  return spot ? { spot, bit: '', value: unclear } : null;
}

function plainlySetBy(fact: FunctionFact, e: Expr): Gate | null {
  const spots: Spot[] = [];
  const set = settingBy(e, (to) => {
    const at = spotOf(fact, to);
    if (at) spots.push(at);
    return at?.path.at(-1);
  });
  const [spot] = spots;
  if (!set || !spot || !(set.isPlain || !set.isSet)) return null;
  const from = e.k === 'assign' ? e.from : e.k === 'call' && set.bit === '' ? e.args[1] : undefined;
  const num: Value = from?.k === 'num' ? { v: 'num', num: from.value, name: from.name } : something;
  return { spot, bit: set.bit, value: set.isSet ? num : { v: 'num', num: 0 } };
}

export function isSameGate(a: Gate, b: Gate): boolean {
  return a.bit === b.bit && isSameSpot(a.spot, b.spot);
}

/** Whether two may be the same: of one structure by the same way, or by ways of which one is not known to the end. */
function isSameSpot(a: Spot, b: Spot): boolean {
  if (a.path.at(-1) !== b.path.at(-1)) return false;
  if (a.root === null || b.root === null) return true;
  if (a.root === b.root) return a.path.join() === b.path.join();
  // A part of the one structure may be what the other pointer points at.
  return a.path.length !== b.path.length && a.root !== '' && b.root !== '';
}

function spotOf(fact: FunctionFact, e: Expr | undefined): Spot | null {
  const variable = variableIn(e);
  if (variable !== undefined) {
    const path = variable.split('.');
    return isLocal(fact, path[0]!) ? (path.length > 1 ? { root: null, path } : null) : { root: '', path };
  }
  const path: string[] = [];
  let of = e;
  while (of?.k === 'field') {
    path.unshift(of.name);
    const isBehind = of.arrow;
    of = of.of;
    if (isBehind) break;
  }
  if (path.length === 0) return null;
  const struct = structBehind(fact, of) ?? (of?.k === 'id' && of.name === 'net' ? 'net*' : null);
  return { root: struct, path };
}

function isLocal({ params, blocks }: FunctionFact, name: string): boolean {
  return (
    params.includes(name) ||
    (blocks ?? []).some(({ steps }) => steps.some((step) => step.s === 'declare' && step.name === name))
  );
}

/** What functions find where gates have been set. */
export class Asking {
  constructor(
    private readonly program: Program,
    private readonly gates: readonly Gate[],
  ) {}

  /** What a condition of a function is answered. */
  truth(fn: FunctionEntry, e: Expr): Truth {
    return truthOf(this.value(fn, e, mostHelpers));
  }

  /** Whether a `switch` over an expression comes to a case. */
  isCase(fn: FunctionEntry, on: Expr, value: Expr): Truth {
    return truthOf(compare('==', this.value(fn, on, mostHelpers), this.value(fn, value, mostHelpers)));
  }

  private value(fn: FunctionEntry, e: Expr, helpers: number): Value {
    const gate = this.gateAt(fn, e);
    if (gate) return gate.bit === '' ? gate.value : unclear;
    const of = (each: Expr): Value => this.value(fn, each, helpers);
    switch (e.k) {
      case 'num':
        return { v: 'num', num: e.value, name: e.name };
      case 'str':
        return something;
      case 'id':
        if (e.name === 'NULL') return { v: 'num', num: 0 };
        return this.local(fn, e.name, helpers);
      case 'unary':
        return e.op === '!' ? not(truthOf(of(e.of))) : this.isAbout(fn, e.of) ? unclear : open;
      case 'binary':
        return this.binary(fn, e, helpers);
      case 'cond': {
        const test = truthOf(of(e.test));
        if (test === 'yes') return e.then ? of(e.then) : of(e.test);
        return test === 'no' ? of(e.else) : either([of(e.else), ...(e.then ? [of(e.then)] : []), ofTruth(test)]);
      }
      case 'assign':
        return of(e.from);
      case 'comma':
        return e.of.length > 0 ? of(e.of.at(-1)!) : open;
      case 'call':
        return this.call(fn, e, helpers);
      default:
        return this.isAbout(fn, e) ? unclear : open;
    }
  }

  private binary(fn: FunctionEntry, e: Expr & { k: 'binary' }, helpers: number): Value {
    const [l, r] = [this.value(fn, e.l, helpers), this.value(fn, e.r, helpers)];
    if (e.op === '&&' || e.op === '||') {
      const both = [truthOf(l), truthOf(r)];
      const deciding = e.op === '&&' ? 'no' : 'yes';
      if (both.includes(deciding)) return ofTruth(deciding);
      return both.includes('unclear') ? unclear : both.includes('open') ? open : ofTruth(both[0]!);
    }
    if (/^(?:[=!]=|[<>]=?)$/.test(e.op)) return compare(e.op, l, r);
    const asked = e.op === '&' ? (this.masked(fn, e.l, e.r) ?? this.masked(fn, e.r, e.l)) : null;
    if (asked) return asked;
    if (e.op === '&' && (isZero(l) || isZero(r))) return { v: 'num', num: 0 };
    if (e.op === '&' && l.v === 'num' && r.v === 'num' && l.num !== null && r.num !== null)
      return { v: 'num', num: l.num & r.num };
    return this.isAbout(fn, e) ? unclear : open;
  }

  private call(fn: FunctionEntry, e: Expr & { k: 'call' }, helpers: number): Value {
    const name = e.fn.k === 'id' ? e.fn.name : '';
    const on = e.args[handsOn.get(name) ?? -1] ?? (looking.test(name) ? addressed(e.args[0]) : undefined);
    if (on) return this.value(fn, on, helpers);
    if (testing.test(name)) return this.bit(fn, e);
    const callee = helpers > 0 ? this.program.resolveFunction(fn.file, name) : undefined;
    const returned = (callee?.fact.blocks ?? []).flatMap(({ end }) => (end.e === 'return' ? [end.value] : []));
    if (callee && returned.length === 1 && returned[0]) return this.value(callee, returned[0], helpers - 1);
    const isAsked =
      this.isAbout(fn, e) ||
      (callee !== undefined && [...expressionsOf(callee.fact.blocks ?? [])].some((each) => this.isAbout(callee, each)));
    // What was not read, a macro perhaps, and gets what a gate lies in may well ask for that.
    const isGiven = !callee && e.args.some((arg) => arg.k === 'id' && this.isRoot(structBehind(fn.fact, arg)));
    return isAsked || isGiven ? unclear : open;
  }

  /** `test_bit(FOO_LIVE, &fn->flags)` */
  private bit({ fact }: FunctionEntry, { args: [bit, flags] }: Expr & { k: 'call' }): Value {
    const spot = spotOf(fact, addressed(flags));
    const about = spot ? this.gates.filter((each) => isSameSpot(each.spot, spot)) : [];
    const whole = about.find((gate) => gate.bit === '');
    if (whole) return isZero(whole.value) ? whole.value : unclear;
    const name = bit?.k === 'id' ? bit.name : bit?.k === 'num' ? (bit.name ?? String(bit.value)) : '?';
    const known = about.find((gate) => gate.bit === name);
    return known
      ? known.value
      : about.some((gate) => gate.bit === '?' || gate.bit.startsWith('&')) || (about.length > 0 && name === '?')
        ? unclear
        : open;
  }

  /** `fn->flags & FOO_DEAD`, where the bits of that word are set by their masks alone; else null. */
  private masked({ fact }: FunctionEntry, word: Expr, mask: Expr): Value | null {
    const [spot, name] = [spotOf(fact, word), maskIn(mask)];
    const about = spot && name !== undefined ? this.gates.filter((each) => isSameSpot(each.spot, spot)) : [];
    if (about.length === 0 || about.some(({ bit }) => !bit.startsWith('&'))) return null;
    return about.find(({ bit }) => bit === name)?.value ?? open;
  }

  /** What a local has been set to, where that is done once: `bool live = READ_ONCE(fn->live);`. */
  private local(fn: FunctionEntry, name: string, helpers: number): Value {
    const set = (fn.fact.blocks ?? []).flatMap(({ steps }) =>
      steps.flatMap((step) => (step.s === 'declare' && step.name === name && step.init ? [step.init] : [])),
    );
    for (const whole of expressionsOf(fn.fact.blocks ?? []))
      for (const e of walkExpression(whole))
        if (e.k === 'assign' && e.to.k === 'id' && e.to.name === name) set.push(e.from);
    const [only] = set;
    if (!only || helpers === 0) return open;
    if (set.length === 1) return this.value(fn, only, helpers - 1);
    return set.some((each) => this.isAbout(fn, each)) ? unclear : open;
  }

  private isRoot(struct: string | undefined): boolean {
    return struct !== undefined && this.gates.some(({ spot }) => spot.root === struct);
  }

  private gateAt({ fact }: FunctionEntry, e: Expr): Gate | undefined {
    if (e.k !== 'id' && e.k !== 'field') return undefined;
    const spot = spotOf(fact, e);
    return spot ? this.gates.find((gate) => isSameSpot(gate.spot, spot)) : undefined;
  }

  /** Whether an expression speaks of a gate. */
  isAbout(fn: FunctionEntry, e: Expr): boolean {
    return [...walkExpression(e)].some((each) => this.gateAt(fn, each) !== undefined);
  }
}

function addressed(e: Expr | undefined): Expr | undefined {
  return e?.k === 'unary' && e.op === '&' ? e.of : e;
}
