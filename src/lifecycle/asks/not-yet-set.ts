import { expressionsOf, walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { allIn, nameOf } from '../bodies/body.ts';
import { mentions } from '../bodies/joins.ts';
import { blocksFrom } from '../bodies/loops.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { printExpression } from '../bodies/print.ts';
import type { PairsByCall } from '../resources/index.ts';
import { isNothing } from '../bodies/settings.ts';
import { isSpokenOf } from './spoken-of.ts';

type Assign = Expr & { readonly k: 'assign' };

/** A member by which a failing init gives something back, and that it sets only where it goes on. */
export interface NotYetSet {
  readonly member: string;
  /** What it would be set to, and where that is acquired. */
  readonly local: string;
  readonly acquired: At;
  readonly release: At;
}

/**
 * The members that an init gives back on its way out and that it has not set there: it acquires something by a local
 * (`dev = alloc_netdev(…)`), keeps it in a member at the end (`net->loopback_dev = dev`), and gives back the member where
 * it fails before that, where nothing more is said of the local. Nothing else is done with the member by then.
 */
export function notYetSet(program: Program, fn: FunctionEntry, table: PairsByCall): readonly NotYetSet[] {
  const blocks = fn.fact.blocks ?? [];
  const values = valuesOfLocals(fn);
  const sets = [...within(blocks)].flatMap(({ e, at }) => (e.k === 'assign' ? [{ e, at }] : []));
  return sets.flatMap(({ e, at }): NotYetSet[] => {
    const { to, from } = e;
    if (to.k !== 'field' || !to.arrow || from.k !== 'id' || fn.fact.params.includes(from.name)) return [];
    const made = (values.get(from.name) ?? []).filter((value) => !isNothing(value));
    const [first] = made;
    const pair = first?.k === 'call' ? table.acquires.get(nameOf(first)) : undefined;
    if (!first || made.length !== 1 || !pair) return [];
    const member = printExpression(to);
    if (mayBeSetElsewhere(program, table, fn, e)) return [];
    const later = blocksFrom(blocks, [at]);
    const before = [...within(blocks)].filter((each) => each.e !== e && !later.has(each.at) && names(each.e, member));
    const [given] = before;
    if (before.length !== 1 || given?.e.k !== 'call') return [];
    const isRelease = (table.releases.get(nameOf(given.e)) ?? []).some(({ kind }) => kind === pair.kind);
    const after = blocksFrom(blocks, [given.at]);
    const isSaid = [...expressionsOf([...after].map((each) => blocks[each]!))].some((whole) =>
      mentions(whole, from.name),
    );
    if (!isRelease || after.has(at) || isSaid || !isBefore(blocks, first, given.at)) return [];
    return [{ member, local: from.name, acquired: first.at, release: given.e.at }];
  });
}

/** What each block evaluates, as statements and conditions are. */
function* within(blocks: readonly Block[]): Generator<{ readonly e: Expr; readonly at: number }> {
  for (const [at, block] of blocks.entries()) for (const e of expressionsOf([block])) yield { e, at };
}

/**
 * Whether anything else may set the member that an assignment sets: by another pointer, all of what it lies in at once, or in
 * what the function calls; of what is not at hand that only where it does not lie in struct net itself.
 */
function mayBeSetElsewhere(program: Program, table: PairsByCall, fn: FunctionEntry, { to }: Assign): boolean {
  if (to.k !== 'field') return true;
  const text = printExpression(to);
  const isIt = (e: Expr): boolean => e.k === 'field' && e.name === to.name;
  const isSet = [...allIn(fn)].some(
    (e) =>
      (e.k === 'assign' && e.to !== to && (isIt(e.to) || (e.to.k === 'unary' && e.to.op === '*'))) ||
      (e.k === 'call' && e.args.some((arg) => isIt(arg) && printExpression(arg) !== text)),
  );
  const isOfNet = to.of.k === 'id' && fn.fact.structs?.[to.of.name] === 'net*';
  return isSet || isSpokenOf(program, table, fn, to.name, { isOfNet });
}

function names(whole: Expr, member: string): boolean {
  return [...walkExpression(whole)].some((e) => e.k === 'field' && printExpression(e) === member);
}

/** Whether a block can be come to from one that makes a call. */
function isBefore(blocks: readonly Block[], call: Expr, target: number): boolean {
  return [...within(blocks)].some(
    ({ e, at }) => [...walkExpression(e)].includes(call) && at !== target && blocksFrom(blocks, [at]).has(target),
  );
}
