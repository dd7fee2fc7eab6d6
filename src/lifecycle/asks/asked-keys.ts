import type { At } from '../../facts/ir.ts';
import type { FunctionEntry } from '../../program/program.ts';
import type { Place, TraceStep } from '../paths/trace.ts';

export type Acquire = TraceStep & { readonly t: 'acquire' };

/** How questions begin whose answers come from all that a file's functions mention: they are asked again in any case. */
export const ofWholeFile = 'file|';

/** A function, and where it is. */
export interface Spot {
  readonly name: string;
  readonly file: string;
  readonly at: At;
}

export function spotOf(fn: FunctionEntry | null): Spot | null {
  return fn && { name: fn.fact.name, file: fn.file, at: fn.fact.at };
}

/** All of an acquisition that is asked for. Values that are not known are all alike, whatever their number is. */
export function keyOf(step: Acquire): string {
  let key = keys.get(step);
  if (key === undefined) {
    const { call, args, place } = step;
    keys.set(step, (key = `${place.file}|${place.fn}|${call}|${args.join().replace(/#\d+/g, '#')}`));
  }
  return key;
}

/** Calls, one within the other, by where they are. */
export function keyOfCalls(ways: readonly Place[]): string {
  return ways.map(({ file, fn, at }) => `${file}#${fn}:${at.join(':')}`).join();
}

const keys = new WeakMap<Acquire, string>();
