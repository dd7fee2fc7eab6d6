import type { Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { isUnasked } from '../bodies/always-done.ts';
import { argumentsAt, type CallAt } from '../bodies/calls-at.ts';
import { asksWhich, ofSomeOnly } from '../bodies/first-namespace.ts';
import { idOf } from '../bodies/known.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { isData } from '../bodies/pointer-size.ts';
import { printExpression } from '../bodies/print.ts';
import { allIn } from '../bodies/body.ts';

/** Getters of an ops' data are followed so far, one called by the other. */
const mostDeep = 2;

/**
 * Whether an exit callback of an ops gives back by a call what lies in init_net's data, `foo_pernet(&init_net)->sock`, with
 * whatever namespace dies, while who acquires it speaks of no namespace but that which it is called for. One that asks
 * which namespace it is does not count.
 */
export function isOfInitNet(
  program: Program,
  ops: OpsEntry,
  { acquire, release }: { readonly acquire: CallAt; readonly release: CallAt },
): boolean {
  const fn = program.functionById(`${release.place.file}#${release.place.fn}`);
  const init = program.functionById(`${acquire.place.file}#${acquire.place.fn}`);
  const id = idOf(program, ops);
  const freed = fn && id !== undefined ? argumentsAt(program, release)?.[0] : undefined;
  if (!fn || !init || id === undefined || !freed || asksWhich(init) || ofSomeOnly(program, fn).size > 0) return false;
  // Who asks for anything but the thing itself may ask whether it is init_net that dies, or the last one that has it.
  if (!isUnasked(fn, release.place.at, printExpression(freed))) return false;
  const values = valuesOfLocals(fn);
  const root = rootOf(freed);
  const got = root.k === 'id' ? (values.get(root.name) ?? []) : [root];
  const isOfFirst = (e: Expr): boolean =>
    e.k === 'call' && e.args.some(isInitNet) && isData(program, fn, e, id, mostDeep);
  return got.length > 0 && got.every(isOfFirst) && speaksOfFirst(fn) === got.length;
}

/** What a chain of members begins with. */
function rootOf(e: Expr): Expr {
  if (e.k === 'field' || e.k === 'index' || e.k === 'unary') return rootOf(e.of);
  return e;
}

export function isInitNet(e: Expr): boolean {
  return e.k === 'unary' && e.op === '&' && e.of.k === 'id' && e.of.name === 'init_net';
}

/** How often a function speaks of init_net: who does so elsewhere as well may ask for it there. */
export function speaksOfFirst(fn: FunctionEntry): number {
  return [...allIn(fn)].filter((e) => e.k === 'id' && e.name === 'init_net').length;
}
