import { bitOf } from './bit-of.ts';
import type { Held } from './held.ts';
import { asksFor, copyMark, elementMark, isInitNet, isLocal, liesIn } from './place-names.ts';
import { SharedMap, SharedSet } from './shared.ts';
import type { CallOutcome, Place, TraceLink, TraceStep } from './trace.ts';
import { ANY, POS, signOf, ZERO, type Value } from './values.ts';

/** What is known of a value that is not a constant. */
export interface Symbol {
  readonly mask: number;
  /** The place in memory whose value at the function's entry it is (`$0` the first parameter, `foo_enabled` a global). */
  readonly input?: string;
  /** The place in memory that something which is not followed may have changed, and whose value it is since. */
  readonly place?: string;
  /** Whether it stands for whatever its place holds since something that is not followed may have changed it. */
  readonly isForgotten?: boolean;
  /** Whether a call that is not followed, and is none that acquires, returned it: it may be anything. */
  readonly isFound?: boolean;
  /** The call that returned it, until the path has asked about it. */
  readonly call?: {
    readonly name: string;
    readonly place: Place;
    /** It acquires, and has failed. */
    readonly failed?: true;
    /** What it returned is what it acquired: that it is not 0 means no failure. */
    readonly acquired?: true;
  };
  /** What was passed to the function, not known itself, that returned it: it may be something found by way of that. */
  readonly from?: string;
  /**
   * It is the failure of a call that, as the kernel is, never fails. What a caller does about it counts where the caller
   * itself asks for it; a path on which nothing does is none.
   */
  readonly assumed?: boolean;
}

/**
 * A registration or unregistration that stands: those that undo each other on the path are gone from the list. One that
 * failed stays in it, so that paths which differ in what failed are not taken for one: a witness must say what did.
 */
export interface Standing {
  readonly op: 'registered' | 'unregistered' | 'failed';
  readonly ops: string;
  readonly device: boolean;
}

let nextSymbol = 1;

/** Symbols are numbered from here on; called before each analysis, so that two runs number alike. */
export function restartSymbols(): void {
  nextSymbol = 1;
}

/** Numbers the symbols that something makes from 1 on, whatever was made before: nothing of them is known outside. */
export function withOwnSymbols<T>(make: () => T): T {
  const outside = nextSymbol;
  nextSymbol = 1;
  try {
    return make();
  } finally {
    nextSymbol = outside;
  }
}

/**
 * What one path knows at one point. Memory is named by canonical paths: `%err` a local, `$0->x` what the first
 * parameter points at, anything else a global. A state is copied before it is changed by whoever keeps the old one.
 */
export class State {
  readonly env: SharedMap<string, Value>;
  readonly symbols: SharedMap<number, Symbol>;
  readonly written: SharedSet<string>;
  /** Places outside the function that the path itself has assigned to. */
  readonly assigned: SharedSet<string>;
  /** Results of failed registrations that nothing has asked about yet. */
  readonly pending: SharedSet<number>;
  /** How many registrations have failed on the path: each step fails in turn, two at once teach nothing new. */
  failures: number;
  standing: readonly Standing[];
  /**
   * The ops that the path has registered and unregistered: a path that did both is not taken for one that did neither, or
   * nobody could tell any more that who registers (`users++ == 0`) may unregister as well (`--users == 0`).
   */
  withdrawn: readonly string[];
  /** What the path has acquired and not released, in the order of acquisition. */
  held: readonly Held[];
  /** What it has acquired and released. */
  gone: readonly Held[];
  /** Where the path has released what it was not known to hold: of what it was entered with. */
  readonly freed: SharedSet<string>;
  /**
   * Where the path, after a failure, has released a thing with a name of its own that it does not hold, or one once more, or
   * has taken back what something registered since may still use: what goes to the wrong label, or unwinds in the wrong order, is not
   * taken for one with what does not, although in the end both hold the same.
   */
  readonly astray: SharedSet<string>;
  /**
   * Whether the path, after a failure, has undone something that it had done: what returns success after that has lost
   * an error, and what had nothing to undo has not, although in the end both hold the same.
   */
  undid: boolean;
  /**
   * What may have been undone by what is not followed, and elements of what has not been: those paths are not taken for one
   * with what has not come to that.
   */
  hidden: string;
  /** Whether the path has stopped a work item or a timer: what is called after that may queue it again. */
  hasStopped: boolean;
  /** Where whatever was released on any path so far had been acquired: shared by all states of a program. */
  readonly ledger: Set<string>;
  /** What the path was entered with (`$1`, `$0->table`) and has handed to something which may keep it. */
  readonly handed: SharedSet<string>;
  trace: TraceLink | null;

  constructor(from?: State, ledger = new Set<string>()) {
    this.env = from?.env.copy() ?? new SharedMap();
    this.symbols = from?.symbols.copy() ?? new SharedMap();
    this.written = from?.written.copy() ?? new SharedSet();
    this.assigned = from?.assigned.copy() ?? new SharedSet();
    this.pending = from?.pending.copy() ?? new SharedSet();
    this.failures = from?.failures ?? 0;
    this.standing = from?.standing ?? [];
    this.withdrawn = from?.withdrawn ?? [];
    this.held = from?.held ?? [];
    this.gone = from?.gone ?? [];
    this.freed = from?.freed.copy() ?? new SharedSet();
    this.astray = from?.astray.copy() ?? new SharedSet();
    this.undid = from?.undid ?? false;
    this.hidden = from?.hidden ?? '';
    this.hasStopped = from?.hasStopped ?? false;
    this.ledger = from?.ledger ?? ledger;
    this.handed = from?.handed.copy() ?? new SharedSet();
    this.trace = from?.trace ?? null;
  }

  copy(): State {
    return new State(this);
  }

  push(step: TraceStep): void {
    this.trace = { steps: [step], previous: this.trace, length: (this.trace?.length ?? 0) + 1 };
    if (step.t === 'stop') this.hasStopped = true;
    this.hide(step);
  }

  private hide(step: TraceStep): void {
    if (step.t !== 'hidden' && step.t !== 'spared') return;
    const name = `${step.t === 'hidden' ? step.kinds.join() : `${step.of}[]`};`;
    if (!this.hidden.includes(name)) this.hidden += name;
  }

  /** The same for some steps that only tell of the way (`isInert`). */
  pushInert(steps: readonly TraceStep[]): void {
    for (const step of steps) this.hide(step);
    this.trace = { steps, previous: this.trace, length: (this.trace?.length ?? 0) + steps.length };
  }

  fresh(symbol: Partial<Symbol> = {}): Value {
    const id = nextSymbol++;
    this.symbols.set(id, { mask: ANY, ...symbol });
    return { v: 'sym', id };
  }

  /** The value at a path; what was never set there is what the function was entered with. */
  read(path: string, mask = ANY): Value {
    const known = this.env.get(path);
    if (known) return known;
    const bit = bitOf(path, this.env);
    if (bit) return bit;
    const origin = isLocal(path) ? this.copiedFrom(path) : path;
    const there = origin === null || origin === path || this.written.has(origin) ? undefined : this.env.get(origin);
    const value = there ?? this.fresh(origin === null ? { mask } : { mask, input: origin });
    this.env.set(path, value);
    return value;
  }

  /** Where a member of a local was copied from that is as it was then; null where it is not known. */
  copiedFrom(member: string): string | null {
    for (let dot = member.length; dot > 0; dot = member.lastIndexOf('.', dot - 1)) {
      const whole = this.env.get(`${member.slice(0, dot)}${copyMark}`);
      if (whole?.v === 'addr') return `${whole.path}${member.slice(dot)}`;
    }
    return null;
  }

  write(path: string, value: Value): void {
    // One element that is not known is written: what the others hold stays, and which is read later is not known.
    const isOneOfMany = path.includes('[*]') && this.env.has(path) && !isLocal(path);
    this.forget(path);
    if (!isOneOfMany) this.env.set(path, value);
    if (value.v === 'num' && value.text === undefined) this.forgetBits(path);
    if (!isLocal(path)) {
      this.assigned.add(path);
      // What lies behind a pointer that is not known has no name that would mean anything outside.
      if (!path.startsWith('#')) this.written.add(path);
      if (value.v === 'sym') this.pending.delete(value.id);
    }
  }

  /**
   * Whatever is known of a path, of what lies in it and of conditions on it is no longer certain. What lies outside the
   * function is then neither what it was entered with, which stays a condition of this path, nor anything known.
   */
  forget(path: string): void {
    const root = /[\w$]+/.exec(path)?.[0] ?? path;
    for (const key of this.env.keys()) {
      const place = key.startsWith(elementMark) ? key.slice(elementMark.length) : key;
      if (!liesIn(place, path) && !(key.startsWith('?') && !key.endsWith(isInitNet) && asksFor(key, root))) continue;
      if (isLocal(key)) {
        this.env.delete(key);
      } else {
        this.env.set(key, this.fresh({ mask: key.startsWith('?') ? ZERO | POS : ANY, place: key, isForgotten: true }));
        if (!key.startsWith('#')) this.written.add(key);
      }
    }
  }

  /** A number that is known says of each of its bits what that is. */
  private forgetBits(path: string): void {
    for (const key of this.env.keys()) {
      if (!key.startsWith(`${path}.bit_`)) continue;
      this.env.delete(key);
      this.written.delete(key);
    }
  }

  maskOf(value: Value): number {
    if (value.v === 'num') return signOf(value.num);
    if (value.v === 'addr') return POS;
    return this.symbols.get(value.id)?.mask ?? ANY;
  }

  /** The state in which `value` is within `mask`, or null when it cannot be. Itself when it learns nothing. */
  refine(value: Value, mask: number, outcome: (mask: number) => CallOutcome): State | null {
    const before = this.maskOf(value);
    const after = before & mask;
    if (after === 0) return null;
    if (value.v !== 'sym') return this;
    const symbol = this.symbols.get(value.id);
    if (after === before && !this.pending.has(value.id) && !symbol?.call && !symbol?.assumed) return this;
    const next = this.copy();
    next.restrict(value, mask, outcome);
    return next;
  }

  /** The same in this state itself; false when the value cannot be within `mask`. */
  restrict(value: Value, mask: number, outcome: (mask: number) => CallOutcome): boolean {
    const before = this.maskOf(value);
    const after = before & mask;
    if (after === 0) return false;
    if (value.v !== 'sym') return true;
    const symbol = this.symbols.get(value.id) ?? { mask: before };
    if (after === before && !this.pending.has(value.id) && !symbol.call && !symbol.assumed) return true;
    this.pending.delete(value.id);
    const { call, ...rest } = symbol;
    this.symbols.set(value.id, { ...rest, mask: after, ...(symbol.assumed ? { assumed: false } : {}) });
    if (call) {
      const { name, place, failed, acquired } = call;
      const turnedOut = acquired && after === POS ? 'succeeds' : outcome(after);
      this.push({ t: 'call', name, outcome: turnedOut, ...(failed ? { failed } : {}), place });
    }
    return true;
  }

  /** Notes a registration, a failed one or an unregistration among what stands. */
  stand(op: Standing['op'], ops: string, device: boolean): void {
    const undone =
      op === 'unregistered' ? this.standing.findLastIndex((s) => s.op === 'registered' && s.ops === ops) : -1;
    if (undone >= 0 && this.standing[undone]!.device === device) {
      this.standing = this.standing.filter((_, index) => index !== undone);
      if (this.failures > 0) this.undid = true;
      if (!this.withdrawn.includes(ops)) this.withdrawn = [...this.withdrawn, ops].sort();
    } else {
      this.standing = [...this.standing, { op, ops, device }];
    }
  }
}

/** Whether a value is a failure that never happens and that nothing on the path has asked for. */
export function isAssumed(state: State, value: Value | null): boolean {
  return value?.v === 'sym' && state.symbols.get(value.id)?.assumed === true;
}

/**
 * Whether a member of an ops' own data is set to what the function was passed: `fn->net = net` leads back to the namespace,
 * and nobody who is passed the data changes that.
 */
export function leadsBack(state: State, path: string): boolean {
  const value = path.startsWith('generic(') ? state.env.get(path) : undefined;
  return value?.v === 'sym' && /^(?:\$\d+|@net)$/.test(state.symbols.get(value.id)?.input ?? '');
}
