import { expressionsOf, walkExpression, type Expr, type FunctionFact } from '../../facts/ir.ts';
import { keptOf, type Kept } from '../bodies/keeping.ts';
import { steady, storing, swappedBy } from '../bodies/known.ts';
import { localsOf } from '../bodies/locals.ts';
import { ANY, isErrno, NEG, POS, signOf, ZERO } from './values.ts';

/** All that is asked of the body of a function which is not followed, but for the names in it: plain data. */
export interface Digest {
  /** `return net_generic(net, foo_net_id);`: as well read as its expression. */
  readonly isPlain: boolean;
  /** What its `return` statements say: signs, and functions whose results it returns. */
  readonly returns: readonly Returned[];
  /** The globals that it assigns to. */
  readonly globals: readonly string[];
  /** What it does with what it is passed; null where it was not read. */
  readonly kept: readonly Kept[] | null;
}

export type Returned = number | { readonly call: string } | { readonly param: number };

const digests = new WeakMap<FunctionFact, Digest>();
const sameBodies = new WeakMap<FunctionFact, FunctionFact>();

/** The digest of a function; a fact's body does not change. */
export function digestOf(fact: FunctionFact): Digest {
  const of = sameBodies.get(fact) ?? fact;
  let digest = digests.get(of);
  if (!digest) {
    let kept: Digest['kept'] | undefined;
    digest = {
      isPlain: isPlain(of),
      returns: returnsOf(of),
      globals: globalsOf(of),
      // Of most functions nobody asks.
      get kept() {
        return (kept ??= keptOf(of));
      },
    };
    digests.set(of, digest);
  }
  return digest;
}

/** Says that two facts are of the same body, so that the digest of one needs no look at its blocks. */
export function shareDigest(copy: FunctionFact, fact: FunctionFact): void {
  sameBodies.set(copy, fact);
}

/** Says what the digest of a fact is, so that it is known without a look at its blocks. */
export function knowDigest(fact: FunctionFact, digest: Digest): void {
  digests.set(fact, digest);
}

function isPlain({ blocks, unreadable }: FunctionFact): boolean {
  if (!blocks || unreadable) return false;
  const [entry] = blocks;
  return (
    entry?.end.e === 'return' &&
    entry.end.value !== null &&
    entry.steps.length <= 1 &&
    entry.steps.every((step) => step.s === 'declare')
  );
}

function returnsOf({ blocks, unreadable, params }: FunctionFact): Returned[] {
  if (!blocks || unreadable) return [ANY];
  return blocks.flatMap(({ end }) => (end.e === 'return' && end.value ? returnedBy(end.value) : []));

  function returnedBy(e: Expr): Returned[] {
    if (e.k === 'num') return [e.value === null ? ANY : signOf(e.value)];
    if (e.k === 'unary' && e.op === '-' && e.of.k === 'id' && isErrno(e.of.name)) return [NEG];
    if (e.k === 'unary' && e.op === '!') return [ZERO | POS];
    if (e.k === 'binary' && /^(?:[<>=!]=|[<>]|&&|\|\|)$/.test(e.op)) return [ZERO | POS];
    if (e.k === 'call' && e.fn.k === 'id') return [steady.has(e.fn.name) ? ZERO | POS : { call: e.fn.name }];
    return e.k === 'id' ? assignedTo(e.name) : [ANY];
  }

  /** All that a local is ever assigned; ANY as soon as one of them is not known or its address is taken. */
  function assignedTo(name: string): Returned[] {
    const assigned: Returned[] = [];
    for (const { steps } of blocks ?? []) {
      for (const step of steps) {
        if (step.s === 'declare' && step.name === name && step.init)
          assigned.push(...(step.init.k === 'id' ? [ANY] : returnedBy(step.init)));
      }
    }
    for (const expression of expressionsOf(blocks ?? [])) {
      for (const inner of walkExpression(expression)) {
        if (inner.k === 'assign' && inner.to.k === 'id' && inner.to.name === name)
          assigned.push(...(inner.op === '=' && inner.from.k !== 'id' ? returnedBy(inner.from) : [ANY]));
        if (inner.k === 'unary' && inner.op === '&' && inner.of.k === 'id' && inner.of.name === name) return [ANY];
        if (inner.k === 'update' && inner.of.k === 'id' && inner.of.name === name) return [ANY];
      }
    }
    if (assigned.length > 0) return assigned;
    const param = params.indexOf(name);
    return [param >= 0 ? { param } : ANY];
  }
}

/** What an expression assigns to: `x = y`, `x++`, `rcu_assign_pointer(x, y)`. */
function writtenIn(e: Expr): Expr | undefined {
  if (e.k === 'assign') return e.to;
  if (e.k === 'update') return e.of;
  if (e.k !== 'call' || e.fn.k !== 'id') return undefined;
  return storing.has(e.fn.name) ? e.args[0] : swappedBy(e);
}

function globalsOf(fact: FunctionFact): string[] {
  const locals = localsOf(fact);
  const globals = new Set<string>();
  for (const expression of expressionsOf(fact.blocks ?? [])) {
    for (const inner of walkExpression(expression)) {
      const target = writtenIn(inner);
      if (target?.k === 'id' && !locals.has(target.name)) globals.add(target.name);
    }
  }
  return [...globals];
}
