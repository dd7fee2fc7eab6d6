import type { Held } from './held.ts';
import type { TraceStep } from './trace.ts';

type Acquire = TraceStep & { readonly t: 'acquire' };

/** The caller's names for what a called function names. */
export interface Names {
  readonly path: (name: string) => string;
  /** The same of where something is put. */
  readonly placed: (name: string) => string;
  readonly symbolOf: (id: number) => number;
  readonly component: (name: string) => string;
}

/** A step of a called function, which is no release, with the caller's names for what it speaks of. */
export function inCaller(step: Exclude<TraceStep, { t: 'release' }>, to: Names): Exclude<TraceStep, { t: 'release' }> {
  const { component } = to;
  if (step.t === 'acquire') {
    const at = step.at === null ? null : to.placed(step.at);
    const result = step.result === null ? null : component(step.result);
    return acquired(step, { of: step.of.map(component), args: step.args.map(component), result, at });
  }
  if (step.t === 'stored') return { ...step, result: component(step.result), at: to.placed(step.at) };
  if (step.t === 'stop') return { ...step, of: component(step.of) };
  if (step.t === 'use') return { ...step, id: component(step.id) };
  if (step.t === 'pernet') return { ...step, ops: to.path(step.ops), sym: to.symbolOf(step.sym) };
  return step.t === 'leave' && step.sym !== undefined ? { ...step, sym: to.symbolOf(step.sym) } : step;
}

/** Made of its members one by one, as it is made most of all: V8 copies objects of many shapes slowly. */
function acquired(
  { call, pair, checked, struct, unfailing, place }: Acquire,
  { of, args, result, at }: Pick<Acquire, 'of' | 'args' | 'result' | 'at'>,
): Acquire {
  const plain: Acquire = { t: 'acquire', call, pair, of, result, at, checked, args, place };
  if (struct === undefined && unfailing === undefined) return plain;
  return { ...plain, ...(struct === undefined ? {} : { struct }), ...(unfailing === undefined ? {} : { unfailing }) };
}

/** What an acquisition makes a path hold. */
export function heldBy({ pair, of, result, at, checked, struct, place }: Acquire): Held {
  const plain = { pair, of, result, at, checked, escaped: false, shown: false, covered: false, place };
  return struct === undefined ? plain : { ...plain, struct };
}
