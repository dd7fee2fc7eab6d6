import { expressionsOf, walkExpression, type At, type Expr } from '../facts/ir.ts';
import type { FunctionEntry } from '../program/program.ts';
import { blocksFrom } from './loops.ts';
import { printExpression } from './print.ts';
import { makesErrorPointer, signsOfCall, type Source } from './result-signs.ts';
import { NEG, POS, ZERO } from './values.ts';

/** A test that does not see a failure: a call gives an error pointer where it fails and is asked for NULL, or NULL for an error. */
export interface MistakenTest {
  readonly call: string;
  readonly gives: 'an error pointer' | 'NULL';
  /** The test, as it is written, and where. */
  readonly text: string;
  readonly at: At;
}

type Form = 'null' | 'error' | 'both';

/** How a call is asked that gives this where it fails. */
const seeing = { 'an error pointer': 'error', NULL: 'null' } as const;

/**
 * The test by which a function gives up where a call of its own has failed, and that such a failure passes: the call never
 * gives NULL and `if (!p) return -ENOMEM;` asks for that (include/linux/err.h), or it gives nothing but NULL and
 * `if (IS_ERR(p))` asks. Not where the other one is asked for as well, there, by who gets it, or of where it is kept.
 */
export function mistakenTest(source: Source, fn: FunctionEntry, at: At): MistakenTest | null {
  const blocks = fn.fact.blocks ?? [];
  const site = siteOf(fn, at);
  if (site?.call.fn.k !== 'id') return null;
  const call = site.call.fn.name;
  const signs = signsOfCall(source, fn.file, call);
  if (signs !== (POS | NEG) && signs !== (POS | ZERO)) return null;
  const gives = signs === (POS | NEG) ? 'an error pointer' : 'NULL';
  if (gives !== 'NULL' && !makesErrorPointer(source, fn.file, call)) return null;
  const wanted = seeing[gives];
  const places = new Set([printExpression(site.call), ...(site.kept ? [printExpression(site.kept)] : [])]);
  const isIt = (e: Expr): boolean => places.has(printExpression(e.k === 'assign' ? e.to : e));
  const all = [...expressionsOf(blocks)].flatMap((whole) => [...walkExpression(whole)]);
  if (site.kept && all.filter((e) => e.k === 'assign' && isIt(e.to)).length > (site.isDeclared ? 0 : 1)) return null;
  for (const e of all) if (e.k === 'assign' && isIt(e.from)) places.add(printExpression(e.to));
  const isSeen = all.some((e) => {
    if (e.k === 'unary' && e.op === '!') return wanted === 'null' && isIt(e.of);
    if (e.k === 'cond') return wanted === 'null' && isIt(e.test);
    const form = e.k === 'call' ? formOfCall(e, isIt) : null;
    return form === 'both' || form === wanted;
  });
  if (isSeen || isAskedByOthers(source, fn, site, { wanted, isIt, all })) return null;
  const asked = [...blocksFrom(blocks, [site.block])]
    .flatMap((index) => {
      const { end } = blocks[index]!;
      const forms = end.e === 'branch' ? formsIn(end.on, isIt) : [];
      return end.e === 'branch' && forms.length > 0 ? [{ end, forms }] : [];
    })
    .sort(({ end: { on: one } }, { end: { on: other } }) => one.at[0] - other.at[0] || one.at[1] - other.at[1]);
  if (asked.some(({ forms }) => forms.some(({ form }) => form === wanted))) return null;
  // The first question is the one that is to see it; what is not known to ask for something else may do so.
  const [{ end, forms } = { end: null, forms: [] }] = asked;
  const isTest = forms.length === 1 && forms[0]!.form !== 'both' && forms[0]!.isGivingUp;
  if (!end || !isTest || end.loop || blocksFrom(blocks, [end.then]).has(end.else)) return null;
  return { call, gives, text: printExpression(end.on), at: end.on.at };
}

interface Site {
  readonly call: Expr & { k: 'call' };
  readonly block: number;
  /** Where its result is put: a local, or a member. */
  readonly kept: Expr | null;
  readonly isDeclared: boolean;
}

/** The call that is written at a place, and what is done with its result; null where that is more than to keep it or to ask. */
function siteOf({ fact }: FunctionEntry, at: At): Site | null {
  const isThere = (e: Expr): e is Expr & { k: 'call' } => e.k === 'call' && e.at.join() === at.join();
  for (const [block, { steps, end }] of (fact.blocks ?? []).entries()) {
    for (const step of steps) {
      if (step.s === 'declare') {
        if (step.init && isThere(step.init))
          return { call: step.init, block, kept: { k: 'id', name: step.name, at: step.at }, isDeclared: true };
      } else if (step.of.k === 'assign' && step.of.op === '=' && isThere(step.of.from))
        return keptBy(step.of, step.of.from, block);
    }
    if (end.e !== 'branch') continue;
    for (const e of walkExpression(end.on)) {
      if (e.k === 'assign' && e.op === '=' && isThere(e.from)) return keptBy(e, e.from, block);
      if (isThere(e)) return { call: e, block, kept: null, isDeclared: false };
    }
  }
  return null;
}

function keptBy({ to }: Expr & { k: 'assign' }, call: Expr & { k: 'call' }, block: number): Site | null {
  const isPlace = to.k === 'id' || (to.k === 'field' && !printExpression(to).includes('('));
  return isPlace ? { call, block, kept: to, isDeclared: false } : null;
}

interface Asked {
  readonly form: Form;
  /** Whether the condition holds where the question is answered by what the call does not give. */
  readonly isGivingUp: boolean;
}

/** How a condition asks for something, as a whole or in one of its parts. */
function formsIn(on: Expr, isIt: (e: Expr) => boolean, isGivingUp = true): Asked[] {
  if (on.k === 'binary' && (on.op === '||' || on.op === '&&'))
    return [on.l, on.r].flatMap((part) => formsIn(part, isIt, isGivingUp && on.op === '||'));
  if (on.k === 'binary' && (on.op === '==' || on.op === '!=') && isIt(on.l)) {
    const isNull = on.r.k === 'num' ? on.r.value === 0 : on.r.k === 'id' && on.r.name === 'NULL';
    return [{ form: isNull ? 'null' : 'both', isGivingUp: isGivingUp && on.op === '==' }];
  }
  if (on.k === 'unary' && on.op === '!')
    return isIt(on.of) ? [{ form: 'null', isGivingUp }] : formsIn(on.of, isIt, false);
  if (isIt(on)) return [{ form: 'null', isGivingUp: false }];
  if (on.k !== 'call' || on.fn.k !== 'id') {
    return [...walkExpression(on)].some((e) => e !== on && isIt(e)) ? [{ form: 'both', isGivingUp: false }] : [];
  }
  const [first] = on.args;
  if (first && /^(?:likely|unlikely|WARN_ON|WARN_ON_ONCE)$/.test(on.fn.name)) return formsIn(first, isIt, isGivingUp);
  const form = formOfCall(on, isIt);
  if (form) return [{ form, isGivingUp: isGivingUp && on.fn.name === 'IS_ERR' }];
  return on.args.some((arg) => [...walkExpression(arg)].some(isIt)) ? [{ form: 'both', isGivingUp: false }] : [];
}

/** What a call of include/linux/err.h asks. */
function formOfCall({ fn, args }: Expr & { k: 'call' }, isIt: (e: Expr) => boolean): Form | null {
  if (fn.k !== 'id' || !args[0] || !isIt(args[0])) return null;
  if (fn.name === 'IS_ERR' || fn.name === 'PTR_ERR_OR_ZERO' || fn.name === 'IS_ERR_VALUE') return 'error';
  return fn.name === 'IS_ERR_OR_NULL' ? 'both' : null;
}

/**
 * Whether a function that gets what the call has given asks for what it gives where it fails, or another one of the file
 * asks that of the place where it is kept.
 */
function isAskedByOthers(
  { program }: Source,
  fn: FunctionEntry,
  { kept }: Site,
  { wanted, isIt, all }: { readonly wanted: Form; readonly isIt: (e: Expr) => boolean; readonly all: readonly Expr[] },
): boolean {
  const asks = (of: FunctionEntry['fact'], isThat: (e: Expr) => boolean): boolean =>
    (of.blocks ?? []).some(({ end }) => {
      return end.e === 'branch' && formsIn(end.on, isThat).some(({ form }) => form === wanted || form === 'both');
    });
  const isOutside = kept !== null && !(kept.k === 'id' && isLocal(fn, kept.name));
  const isKept = (e: Expr): boolean =>
    isOutside && (e.k === 'field' || e.k === 'id') && kept.k === e.k && e.name === kept.name;
  const isPassedOn = all.some((e) => {
    if (e.k !== 'call' || e.fn.k !== 'id') return false;
    const callee = program.lookUp(fn.file, e.fn.name);
    if (!callee) return false;
    return (
      asks(callee.fact, isKept) ||
      e.args.some((arg, index) => {
        const param = isIt(arg) ? callee.fact.params[index] : undefined;
        return param !== undefined && asks(callee.fact, (each) => each.k === 'id' && each.name === param);
      })
    );
  });
  if (isPassedOn || wanted !== 'error' || !isOutside) return isPassedOn;
  return (program.facts(fn.file)?.functions ?? []).some((other) => {
    if (other.name === fn.fact.name) return false;
    const whole = [...expressionsOf(other.blocks ?? [])].flatMap((e) => [...walkExpression(e)]);
    return whole.some((e) => e.k === 'call' && formOfCall(e, isKept) !== null);
  });
}

function isLocal({ fact }: FunctionEntry, name: string): boolean {
  return (
    fact.params.includes(name) ||
    (fact.blocks ?? []).some(({ steps }) => steps.some((step) => step.s === 'declare' && step.name === name))
  );
}
