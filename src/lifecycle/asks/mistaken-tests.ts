import { expressionsOf, walkExpression, type At, type Expr } from '../../facts/ir.ts';
import { asksMember, given } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { blocksFrom } from '../bodies/loops.ts';
import { printExpression } from '../bodies/print.ts';
import { makesErrorPointer, signsOfCall, type Source } from './result-signs.ts';
import { NEG, POS, ZERO } from '../paths/values.ts';
import { allIn, nameOf } from '../bodies/body.ts';

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
  if (/\b(?:__GFP_NOFAIL|SLAB_PANIC)\b/.test(site.call.args.map(printExpression).join())) return null;
  const wanted = seeing[gives];
  const places = new Set([printExpression(site.call), ...(site.kept ? [printExpression(site.kept)] : [])]);
  const isIt = (e: Expr): boolean => places.has(printExpression(e.k === 'assign' ? e.to : e));
  const all = [...allIn(fn)];
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
  if (asked.slice(1).some((other) => other.forms.some(({ form }) => form === 'both'))) return null;
  if (!end || !isTest || end.loop || blocksFrom(blocks, [end.then]).has(end.else)) return null;
  if (blocks.some((block) => block.end.e === 'switch' && [...walkExpression(block.end.on)].some(isIt))) return null;
  if (wanted === 'error' && asksNumber(fn, blocksFrom(blocks, [end.then]), isIt)) return null;
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

/** Whether a function keeps the error of what it asks for, where it has not given up, and asks for that number. */
function asksNumber(fn: FunctionEntry, givenUp: ReadonlySet<number>, isIt: (e: Expr) => boolean): boolean {
  const isNumber = (e: Expr | null): boolean =>
    e !== null &&
    [...walkExpression(e)].some((each) => each.k === 'call' && nameOf(each) === 'PTR_ERR' && each.args.some(isIt));
  const blocks = fn.fact.blocks ?? [];
  const kept = new Set(
    blocks.flatMap(({ steps }, index) =>
      givenUp.has(index)
        ? []
        : steps.flatMap((step) => {
            if (step.s === 'declare') return isNumber(step.init) ? step.name : [];
            return step.of.k === 'assign' && step.of.to.k === 'id' && isNumber(step.of.from) ? step.of.to.name : [];
          }),
    ),
  );
  const isKept = (e: Expr): boolean => e.k === 'id' && kept.has(e.name);
  return blocks.some(
    ({ end }) => (end.e === 'branch' || end.e === 'switch') && [...walkExpression(end.on)].some(isKept),
  );
}

/** What a call of include/linux/err.h asks. */
function formOfCall({ fn, args }: Expr & { k: 'call' }, isIt: (e: Expr) => boolean): Form | null {
  if (fn.k !== 'id' || !args[0] || !isIt(args[0])) return null;
  if (fn.name === 'IS_ERR' || fn.name === 'PTR_ERR_OR_ZERO' || fn.name === 'IS_ERR_VALUE') return 'error';
  return fn.name === 'IS_ERR_OR_NULL' ? 'both' : null;
}

/**
 * Whether anyone who gets what the call has given may ask for what it gives where it fails, or a function of the file or one
 * that is called there does so that names the member in which it is kept.
 */
function isAskedByOthers(
  { program, table }: Source,
  fn: FunctionEntry,
  { kept }: Site,
  { wanted, isIt, all }: { readonly wanted: Form; readonly isIt: (e: Expr) => boolean; readonly all: readonly Expr[] },
): boolean {
  const isPassedOn = all.some(
    (e) =>
      e.k === 'call' &&
      !(e.fn.k === 'id' && (asking.test(e.fn.name) || table.releases.has(e.fn.name))) &&
      e.args.some((arg) => [...walkExpression(arg)].some((inner) => isIt(inner) && inner === bare(arg))),
  );
  if (isPassedOn) return true;
  const isOutside = kept !== null && !(kept.k === 'id' && isLocal(fn, kept.name));
  const names = new Set(isOutside && (kept.k === 'field' || kept.k === 'id') ? [kept.name] : []);
  for (const e of all) if (e.k === 'assign' && e.to.k === 'field' && isIt(e.from)) names.add(e.to.name);
  if (names.size === 0) return false;
  const others = new Set([
    ...(program.facts(fn.file)?.functions ?? []),
    ...[...reachedFrom(program, fn)].map(({ fact }) => fact),
  ]);
  others.delete(fn.fact);
  // What no lifecycle needs is only known by the words in it.
  const isSaid = Object.entries(program.facts(fn.file)?.mentions ?? {}).some(
    ([name, words]) =>
      name !== fn.fact.name &&
      [...names].some((member) =>
        wanted === 'null'
          ? words.includes(asksMember(member))
          : words.includes(given(member)) && words.some((word) => /^(?:IS_ERR|PTR_ERR)/.test(word)),
      ),
  );
  if (isSaid) return true;
  return [...others].some((fact) => asks(fact, names, wanted));
}

/** What only asks for an error, puts a pointer somewhere, or is the same as what it is passed. */
const asking =
  /^(?:IS_ERR(?:_VALUE)?|PTR_ERR|ERR_CAST|likely|unlikely|WARN_ON|WARN_ON_ONCE|rcu_assign_pointer|RCU_INIT_POINTER|smp_store_release|WRITE_ONCE)$/;

function bare(e: Expr): Expr {
  return e.k === 'other' && e.of.length === 1 ? bare(e.of[0]!) : e;
}

/** So many functions are gone through for what is asked there. */
const mostReached = 100;

function reachedFrom(program: Program, fn: FunctionEntry): ReadonlySet<FunctionEntry> {
  const reached = new Set([fn]);
  for (const each of reached) {
    if (reached.size > mostReached) break;
    for (const callee of program.callees(each.id)) reached.add(callee);
  }
  return reached;
}

/** Whether a function names such a member and asks for an error, or for NULL that member or what it has set from it. */
function asks({ blocks }: FunctionEntry['fact'], members: ReadonlySet<string>, wanted: Form): boolean {
  const all = [...expressionsOf(blocks ?? [])].flatMap((whole) => [...walkExpression(whole)]);
  const isMember = (e: Expr): boolean => (e.k === 'field' || e.k === 'id') && members.has(e.name);
  if (!all.some(isMember)) return false;
  if (wanted === 'error')
    return all.some((e) => e.k === 'call' && e.fn.k === 'id' && /IS_ERR|PTR_ERR|PTR_RET|MAX_ERRNO/.test(e.fn.name));
  const isOf = (e: Expr | null): boolean => e !== null && [...walkExpression(e)].some(isMember);
  const locals = new Set<string>();
  for (const e of all) if (e.k === 'assign' && e.to.k === 'id' && isOf(e.from)) locals.add(e.to.name);
  for (const { steps } of blocks ?? [])
    for (const step of steps) if (step.s === 'declare' && isOf(step.init)) locals.add(step.name);
  const isThat = (e: Expr): boolean => isMember(e) || (e.k === 'id' && locals.has(e.name));
  return (
    all.some(
      (e) =>
        (e.k === 'cond' && isThat(e.test)) ||
        (e.k === 'unary' && e.op === '!' && isThat(e.of)) ||
        (e.k === 'binary' && [e.l, e.r].some(isThat)),
    ) || (blocks ?? []).some(({ end }) => end.e === 'branch' && formsIn(end.on, isThat).length > 0)
  );
}

function isLocal({ fact }: FunctionEntry, name: string): boolean {
  return (
    fact.params.includes(name) ||
    (fact.blocks ?? []).some(({ steps }) => steps.some((step) => step.s === 'declare' && step.name === name))
  );
}
