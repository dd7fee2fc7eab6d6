import type { FunctionFact } from '../../facts/ir.ts';
import type { Id, Program } from '../../program/program.ts';
import type { Overview } from '../paths/overview.ts';
import { alone } from '../paths/pool.ts';
import type { Followed, Outcome, Summaries, Summary } from '../paths/summary.ts';
import type { Place } from '../paths/trace.ts';

/** Where places of one version of a program are in another one. */
export interface Moves {
  /** So many lines farther down is a function that is followed again: no place of it is taken for another function's. */
  readonly far: number;
  away(fact: FunctionFact): FunctionFact;
  /** Notes that one place is now the other one; false when it contradicts what was noted. */
  note(before: Place, after: Place): boolean;
  /** The line and column of a place that was noted; null when nothing is known of it. */
  move(file: string, line: number, column: number): { readonly line: number; readonly column: number } | null;
}

interface Of {
  readonly program: Program;
  readonly overview: Overview;
}

/** Finds out whether the paths of a function that was rewritten come to what they came to, but for places. */
export class Explorations {
  constructor(
    private readonly of: Of,
    /** All that was followed in the program; who took a function over from another one has it from there. */
    private readonly followed: readonly Summaries[],
  ) {}

  /** Whether a function was followed. */
  has(id: Id): boolean {
    return this.followed.some((summaries) => summaries.made(id) !== undefined || summaries.isTold(id));
  }

  /**
   * Whether in another program, which is the same but for some functions, this one's paths come to the same. One with more
   * states than `most` is not followed again.
   */
  areAlike(id: Id, other: Of, { moves, most }: { readonly moves: Moves; readonly most: number }): boolean {
    const program = other.program.moving(id, (fact) => moves.away(fact));
    const isCut = leadsToItself(id, this.of) || leadsToItself(id, other);
    return this.followed.every((summaries) => {
      if (summaries.isTold(id)) return false;
      const before = summaries.made(id);
      if (!before) return true;
      if (isCut || before.isCut || before.states > most) return false;
      const after = summaries.again(id, { ...other, program });
      return after !== null && new Comparison(moves).followed(before, after);
    });
  }
}

/** Of places that are where they were. */
const unmoved: Moves = { far: Infinity, away: (fact) => fact, note: () => false, move: () => null };

/** Whether a function that was followed again, where it stands, has come to what it had come to. */
export function isSame(before: Followed, after: Followed): boolean {
  if (before.isCut || after.isCut) return false;
  return new Comparison(unmoved).followed(before, before.isTaken ? alone(after) : after);
}

/** Whether a function leads to itself: what it comes to then depends on where one comes from. */
function leadsToItself(id: Id, { program, overview }: Of): boolean {
  const seen = new Set<Id>();
  const queue = [id];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const callee of program.callees(at)) {
      if (callee.id === id) return true;
      if (seen.has(callee.id) || !overview.matters(callee.id)) continue;
      seen.add(callee.id);
      queue.push(callee.id);
    }
  }
  return false;
}

/** A place as a key (`keyOfPlace`), with what may follow it. */
const placeKey = /^(.+?):(\d+):(\d+)((?:\|.*)?)$/s;

/**
 * Compares what two explorations found: values that are not known are numbered as they come, and places in the function
 * itself, which are `far` away in the later one, have moved.
 */
class Comparison {
  private readonly numbers = new Map<number, number>();
  private readonly taken = new Set<number>();
  /** Those of the outcome at hand. */
  private readonly met = new Map<number, number>();
  /** Places as keys, which are known once all places have been noted. */
  private readonly keys: (readonly [before: RegExpExecArray, after: RegExpExecArray])[] = [];

  constructor(private readonly moves: Moves) {}

  followed(before: Followed, after: Followed): boolean {
    const reasons = ({ unfollowed }: Followed): string[] =>
      [...unfollowed].map(([id, { reason }]) => `${id} ${reason}`);
    return (
      before.uses.size === after.uses.size &&
      [...before.uses].every((each) => after.uses.has(each)) &&
      this.outcomes(before.summary, after.summary) &&
      this.same(before.ledger, after.ledger) &&
      this.same(reasons(before), reasons(after)) &&
      this.keys.every(([from, to]) => this.isMoved(from, to))
    );
  }

  private outcomes(before: Summary | null, after: Summary | null): boolean {
    if (!before || !after) return before === after;
    const others = after.outcomes;
    return (
      before.outcomes.length === others.length &&
      before.outcomes.every((outcome, index) => this.outcome(outcome, others[index]!))
    );
  }

  /** Of the values of an outcome those count that it speaks of, and those that it asks for on entry. */
  private outcome({ symbols, ...before }: Outcome, { symbols: others, ...after }: Outcome): boolean {
    this.met.clear();
    const asked = (of: Outcome['symbols']): unknown => new Map([...of].filter(([, { input }]) => input !== undefined));
    if (!this.same(before, after) || !this.same(asked(symbols), asked(others))) return false;
    // A map is gone through to its end, what is added on the way included.
    for (const [id, other] of this.met) if (!this.same(symbols.get(id), others.get(other))) return false;
    return true;
  }

  private isMoved([key, file, line, column]: RegExpExecArray, [other, to, toLine, toColumn]: RegExpExecArray): boolean {
    const now = Number(toLine) - this.moves.far;
    if (now < 0) return key === other;
    const moved = this.moves.move(file!, Number(line), Number(column));
    return file === to && moved?.line === now && moved.column === Number(toColumn);
  }

  private places(before: Place, after: Place): boolean {
    if (before.file !== after.file || before.fn !== after.fn) return false;
    const [line, column, endLine, endColumn] = after.at;
    const { far } = this.moves;
    return line > far
      ? this.moves.note(before, { ...after, at: [line - far, column, endLine - far, endColumn] })
      : before.at.every((each, index) => each === after.at[index]);
  }

  private same(a: unknown, b: unknown): boolean {
    if (typeof a === 'string') return typeof b === 'string' && this.texts(a, b);
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
    if (Array.isArray(a)) return Array.isArray(b) && this.lists(a, b);
    if (isMap(a)) return isMap(b) && this.maps(a, b);
    if (isSet(a)) return isSet(b) && this.lists([...a], [...b]);
    if (isPlace(a)) return isPlace(b) && this.places(a, b);
    if (isMap(b) || isSet(b) || isPlace(b)) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    const isSymbol = (a as { v?: unknown }).v === 'sym';
    return keys.every((key) => {
      const [left, right] = [(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]];
      const isNumber = key === 'sym' || (isSymbol && key === 'id');
      if (isNumber && typeof left === 'number' && typeof right === 'number') return this.symbols(left, right);
      if (key === 'pair' && left === right) return true;
      if (key === 'pending') return this.lists(left as unknown[], right as unknown[], true);
      return this.same(left, right);
    });
  }

  private lists(a: readonly unknown[], b: readonly unknown[], areSymbols = false): boolean {
    return (
      a.length === b.length &&
      a.every((each, index) =>
        areSymbols ? this.symbols(each as number, b[index] as number) : this.same(each, b[index]),
      )
    );
  }

  private maps(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
    if (a.size !== b.size) return false;
    const others = b.entries();
    for (const [key, value] of a) {
      const [otherKey, other] = others.next().value!;
      const isKey =
        typeof key === 'number' && typeof otherKey === 'number'
          ? this.symbols(key, otherKey)
          : this.same(key, otherKey);
      if (!isKey || !this.same(value, other)) return false;
    }
    return true;
  }

  private symbols(a: number, b: number): boolean {
    this.met.set(a, b);
    const known = this.numbers.get(a);
    if (known !== undefined) return known === b;
    if (this.taken.has(b)) return false;
    this.numbers.set(a, b);
    this.taken.add(b);
    return true;
  }

  private texts(a: string, b: string): boolean {
    const [from, to] = [placeKey.exec(a), placeKey.exec(b)];
    if (!from || !to) return this.words(a, b);
    this.keys.push([from, to]);
    return this.words(from[4]!, to[4]!);
  }

  /** Texts in which values that are not known stand as `#12`. */
  private words(a: string, b: string): boolean {
    if (a === b && !a.includes('#')) return true;
    const [left, right] = [a.split(/(#\d+)/), b.split(/(#\d+)/)];
    return (
      left.length === right.length &&
      left.every((part, index) => {
        const other = right[index]!;
        return index % 2 === 0 ? part === other : this.symbols(Number(part.slice(1)), Number(other.slice(1)));
      })
    );
  }
}

function isMap(value: object): value is ReadonlyMap<unknown, unknown> {
  return 'get' in value && Symbol.iterator in value;
}

function isSet(value: object): value is ReadonlySet<unknown> {
  return 'has' in value && !('get' in value) && Symbol.iterator in value;
}

function isPlace(value: object): value is Place {
  return 'at' in value && Array.isArray(value.at) && 'fn' in value && 'file' in value;
}
