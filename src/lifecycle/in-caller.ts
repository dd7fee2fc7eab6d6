import type { Held, Target } from './held.ts';
import { withComponents } from './releasing.ts';
import type { TraceStep } from './trace.ts';

type Acquire = TraceStep & { readonly t: 'acquire' };
type Release = TraceStep & { readonly t: 'release' };

/** The caller's names for what a called function names. */
export interface Names {
  readonly path: (name: string) => string;
  /** The same of where something is put. */
  readonly placed: (name: string) => string;
  readonly symbolOf: (id: number) => number;
  readonly component: (name: string) => string;
  readonly released: (name: string) => string;
}

/** A step of a called function with the caller's names for what it speaks of. */
export function inCaller(step: TraceStep, to: Names): TraceStep {
  const { component } = to;
  if (step.t === 'acquire') {
    const at = step.at === null ? null : to.placed(step.at);
    const result = step.result === null ? null : component(step.result);
    return acquired(step, { of: step.of.map(component), args: step.args.map(component), result, at });
  }
  if (step.t === 'release') {
    const released = (each: string | null): string | null => (each === null ? null : to.released(each));
    return releasing(
      step,
      step.targets.map((target) => withComponents(target, target.of.map(released))),
    );
  }
  if (step.t === 'stored') return { ...step, result: component(step.result), at: to.placed(step.at) };
  if (step.t === 'stop') return { ...step, of: component(step.of) };
  if (step.t === 'use') return { ...step, id: component(step.id) };
  if (step.t === 'pernet') return { ...step, ops: to.path(step.ops), sym: to.symbolOf(step.sym) };
  return step.t === 'leave' && step.sym !== undefined ? { ...step, sym: to.symbolOf(step.sym) } : step;
}

// Steps of these two kinds are made most of all, and of their members one by one: V8 copies objects of many shapes slowly.

function acquired(
  { call, pair, checked, struct, unfailing, place }: Acquire,
  { of, args, result, at }: Pick<Acquire, 'of' | 'args' | 'result' | 'at'>,
): Acquire {
  const plain: Acquire = { t: 'acquire', call, pair, of, result, at, checked, args, place };
  if (struct === undefined && unfailing === undefined) return plain;
  return { ...plain, ...(struct === undefined ? {} : { struct }), ...(unfailing === undefined ? {} : { unfailing }) };
}

function releasing(
  { call, pair, of, origins, isGuess, again, sure, ofNone, match, place }: Release,
  targets: readonly Target[],
): Release {
  const plain: Release = { t: 'release', call, pair, of, targets, origins, isGuess, again, sure, place };
  if (ofNone === undefined && match === undefined) return plain;
  return { ...plain, ...(ofNone === undefined ? {} : { ofNone }), ...(match === undefined ? {} : { match }) };
}

/** What an acquisition makes a path hold. */
export function heldBy({ pair, of, result, at, checked, struct, place }: Acquire): Held {
  const plain = { pair, of, result, at, checked, escaped: false, shown: false, covered: false, place };
  return struct === undefined ? plain : { ...plain, struct };
}
