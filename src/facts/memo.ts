import type { GenlStretch } from './genl.ts';
import type { At, FunctionFact } from './ir.ts';

/** What was made of texts, for as long as the last reading or the two before it had them: a large edit may be taken back. */
export class TextMemo<T> {
  private earlier = new Map<string, T>();
  private before = new Map<string, T>();
  private now = new Map<string, T>();

  /** A new reading begins. */
  turn(): void {
    this.earlier = this.before;
    this.before = this.now;
    this.now = new Map();
  }

  get(text: string): T | undefined {
    const known = this.now.get(text) ?? this.before.get(text) ?? this.earlier.get(text);
    if (known !== undefined) this.now.set(text, known);
    return known;
  }

  put(text: string, value: T): T {
    this.now.set(text, value);
    return value;
  }

  of(text: string, make: () => T): T {
    return this.get(text) ?? this.put(text, detached(make()));
  }
}

/**
 * The same plain value with strings of its own. A word that is cut out of a text keeps the whole text in memory, and what
 * is kept of many versions of a document would keep all of them.
 */
export function detached<T>(value: T): T {
  const own = new Map<string, string>();
  const stringOf = (text: string): string => {
    let known = own.get(text);
    if (known === undefined) {
      known = JSON.parse(JSON.stringify(text)) as string;
      own.set(known, known);
    }
    return known;
  };
  const copy = (each: unknown): unknown => {
    if (typeof each === 'string') return stringOf(each);
    if (typeof each !== 'object' || each === null) return each;
    if (Array.isArray(each)) return each.map(copy);
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, copy(inner)]));
  };
  return copy(value) as T;
}

/** What the readings of one document share: what is the same text again is not read again. */
export class ReadingMemo {
  readonly functions = new TextMemo<FunctionFact>();
  readonly words = new TextMemo<readonly string[]>();
  readonly mentions = new TextMemo<Stretch>();

  turn(): void {
    for (const memo of [this.functions, this.words, this.mentions]) memo.turn();
  }
}

/** A word as `mentionsOf` finds it; a plain one counts only where the file knows it. */
export interface MentionedWord {
  readonly word: string;
  readonly isPlain: boolean;
  /** What the file has to know where that is not the word itself. */
  readonly of?: string;
}

/** What a function's body mentions, or what stands between two functions. */
export interface Stretch extends GenlStretch {
  readonly words: readonly MentionedWord[];
  /** What it uses and calls before it asks for anything (`unaskedIn()`), by the names of its pointers. */
  readonly unasked: readonly MentionedWord[];
  /** The variables that have an initialiser there, with what that mentions. */
  readonly variables: readonly { readonly name: string; readonly words: readonly MentionedWord[] }[];
  /** The variables that are declared there. */
  readonly declared: readonly string[];
  /** Those of them that are static. */
  readonly statics: readonly string[];
  /** What stands there outside of functions says of members and structures (`givenBetween`). */
  readonly between: readonly string[];
  /** Those of the static ones that are numbers and begin at zero. */
  readonly zeroes: readonly string[];
  /** Those that are flags and begin lowered. */
  readonly lowered: readonly string[];
  /** What is set there to something else than false, where ops are registered or unregistered, and where not. */
  readonly raised: readonly string[];
  readonly raisedElsewhere: readonly string[];
  /** What is counted up or down there. */
  readonly counted: readonly string[];
  /** What others may set: its address is taken there, or it is a parameter of the module. */
  readonly shared: readonly string[];
  /** The work items and timers that are set up there, with what they run (`later.runs`). */
  readonly runs: readonly string[];
  /** The pointers to structures that are declared there, parameters among them. */
  readonly pointers: readonly { readonly name: string; readonly struct: string }[];
}

export interface Moved {
  readonly fact: FunctionFact;
  /** How many lines farther down it stands now. */
  readonly by: number;
}

const moves = new WeakMap<FunctionFact, Moved>();

/** The fact that another one says again some lines farther down; itself where it is none of these. */
export function movedFrom(fact: FunctionFact): Moved {
  return moves.get(fact) ?? { fact, by: 0 };
}

/** The same function some lines farther down. Its body is moved when it is asked for. */
export function moveFunction(from: FunctionFact, lines: number): FunctionFact {
  const { fact, by: before } = movedFrom(from);
  const by = before + lines;
  if (by === 0) return fact;
  const moved: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fact)) if (key !== 'blocks') moved[key] = shift(key, value, by);
  let blocks: FunctionFact['blocks'] | undefined;
  Object.defineProperty(moved, 'blocks', {
    enumerable: true,
    get: () => (blocks ??= shift('blocks', fact.blocks, by) as FunctionFact['blocks']),
  });
  const made = moved as unknown as FunctionFact;
  moves.set(made, { fact, by });
  return made;
}

/** A value of facts with every place in it moved. */
function shift(key: string, value: unknown, by: number): unknown {
  if (typeof value === 'number') return key === 'line' ? value + by : value;
  if (typeof value !== 'object' || value === null) return value;
  if ((key === 'at' || key === 'span') && Array.isArray(value)) {
    const [line, column, endLine, endColumn] = value as unknown as At;
    return [line + by, column, endLine + by, endColumn];
  }
  if (Array.isArray(value)) return value.map((each) => shift('', each, by));
  const result: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) result[name] = shift(name, each, by);
  return result;
}
