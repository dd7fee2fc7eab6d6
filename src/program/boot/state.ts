import type { At } from '../../facts/ir.ts';
import { equal, isError, join, unknown, type Value } from './value.ts';

/** An ops that was registered on a path. */
export interface Registered {
  readonly file: string;
  readonly name: string;
  readonly at: At;
  readonly kind: 'subsys' | 'device';
  readonly callerFile: string;
  readonly caller: string;
  readonly call: At;
  readonly hasId: boolean;
}

/** A call that registers or unregisters an ops, on a path. */
export interface PernetCall {
  readonly call: 'register' | 'unregister';
  readonly ops: Registered;
  /** The errno with which the registration fails, by its name; null when it is not known which, undefined when it succeeds. */
  readonly failure?: string | null;
}

/** Thrown where a path ends in panic() or BUG(); the message says where that stands. */
export class Panic extends Error {}

export interface Doubt {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** What a path has come to so far. Values are shared between copies and never changed. */
export class State {
  locals = new Map<string, Value>();

  constructor(
    public globals: Map<string, Value> = new Map(),
    /** In the order of registration. */
    public registered: readonly Registered[] = [],
    /** The ops, by key, of which only some paths register, and why. */
    public doubts: ReadonlyMap<string, Doubt> = new Map(),
    /** The ops whose registration failed, by key. */
    public failed: ReadonlyMap<string, Doubt> = new Map(),
    /** All that came to a registration or an unregistration, in order. */
    public calls: readonly PernetCall[] = [],
  ) {}

  copy(): State {
    const copy = new State(new Map(this.globals), this.registered, this.doubts, this.failed, this.calls);
    copy.locals = new Map(this.locals);
    return copy;
  }

  /** Takes over what another path came to. */
  take(other: State): void {
    this.locals = other.locals;
    this.globals = other.globals;
    this.registered = other.registered;
    this.doubts = other.doubts;
    this.failed = other.failed;
    this.calls = other.calls;
  }
}

/** How a path through a function ended. */
export interface Outcome {
  readonly state: State;
  readonly value: Value;
  /** Where it ended in panic() or BUG(); null for a path that returned. */
  readonly panicked: string | null;
}

export function keyOf(ops: { readonly file: string; readonly name: string }): string {
  return `${ops.file}#${ops.name}`;
}

/** Two paths that end in a return: one that fails where the other does not is not the one that a kernel that boots takes. */
export function mergeOutcomes(a: Outcome, b: Outcome, doubt: Doubt): Outcome {
  if ((a.panicked === null) !== (b.panicked === null)) return a.panicked === null ? a : b;
  if (isError(a.value) !== isError(b.value)) return isError(a.value) ? b : a;
  const state = mergeStates(a.state, b.state, doubt);
  return { state, value: equal(a.value, b.value) ? a.value : join(a.value, b.value), panicked: a.panicked };
}

/** Two paths that meet. What only one of them registers is in doubt. */
export function mergeStates(a: State, b: State, doubt: Doubt): State {
  const [more, less] = a.registered.length >= b.registered.length ? [a, b] : [b, a];
  const merged = more.copy();
  merged.locals = joinMaps(a.locals, b.locals);
  merged.globals = joinMaps(a.globals, b.globals);
  for (const name of [...a.globals.keys(), ...b.globals.keys()]) {
    if (!merged.globals.has(name)) merged.globals.set(name, unknown('it is set on some paths only'));
  }
  merged.failed = new Map([...a.failed, ...b.failed]);
  const known = new Set(more.calls);
  merged.calls = [...more.calls, ...less.calls.filter((call) => !known.has(call))];
  const doubts = new Map([...a.doubts, ...b.doubts]);
  if (a.registered !== b.registered) {
    const [left, right] = [new Set(more.registered.map(keyOf)), new Set(less.registered.map(keyOf))];
    const missing = less.registered.filter((ops) => !left.has(keyOf(ops)));
    merged.registered = [...more.registered, ...missing];
    for (const ops of merged.registered) {
      const key = keyOf(ops);
      if (left.has(key) !== right.has(key) && !doubts.has(key)) doubts.set(key, doubt);
    }
  }
  merged.doubts = doubts;
  return merged;
}

function joinMaps(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): Map<string, Value> {
  const joined = new Map<string, Value>();
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other) joined.set(name, join(value, other));
  }
  return joined;
}
