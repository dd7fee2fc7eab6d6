import { Kind } from './lexer.ts';

/** The character code of a punctuation mark, which is its token's kind. */
export function char(mark: string): number {
  return mark.charCodeAt(0);
}

const brace = char('{');

/** For each closing bracket's kind the kind that opens it; itself for an opening bracket; 0 for any other token. */
const opening = new Uint8Array(256);
for (const [open, close] of ['()', '[]', '{}'].map((pair) => [char(pair[0]!), char(pair[1]!)] as const)) {
  opening[open] = open;
  opening[close] = open;
}

/** How many empty tokens stand before the first and after the last, so that looking a few around needs no test of bounds. */
const margin = 8;

/**
 * The live tokens of a text, in order: comments, directives and left out arms are not among them. Kept in flat arrays,
 * because a large generated header has millions.
 */
export class Tokens {
  readonly text: string;
  /** The index of the first token. */
  readonly first = margin;
  /** The index after the last token. */
  count = margin;
  #kinds: Uint8Array;
  #starts: Int32Array;
  #ends: Int32Array;
  #roles: Uint16Array;
  #matches = new Int32Array(0);

  constructor(text: string) {
    this.text = text;
    // Kernel code has a token for every five to seven characters.
    const size = Math.ceil(text.length / 4) + 2 * margin;
    this.#kinds = new Uint8Array(size);
    this.#starts = new Int32Array(size);
    this.#ends = new Int32Array(size);
    this.#roles = new Uint16Array(size);
  }

  push(kind: number, start: number, end: number, role: number): void {
    if (this.count + margin === this.#kinds.length) this.#grow();
    const index = this.count++;
    this.#kinds[index] = kind;
    this.#starts[index] = start;
    this.#ends[index] = end;
    this.#roles[index] = role;
  }

  /** The kind of the token at an index; `Kind.end` outside the text. */
  kind(index: number): number {
    return this.#kinds[index]!;
  }

  /** Where the token at an index begins in the text. */
  start(index: number): number {
    return this.#starts[index]!;
  }

  /** Where the token at an index ends in the text. */
  end(index: number): number {
    return this.#ends[index]!;
  }

  /** What the macro tables and the language know of the word at an index, as flags of `Role`. */
  role(index: number): number {
    return this.#roles[index]!;
  }

  word(index: number): string {
    return this.text.slice(this.start(index), this.end(index));
  }

  /** Takes tokens out, from one index up to, not including, another: the brackets among them must be whole. */
  remove(from: number, to: number): void {
    this.#kinds.fill(Kind.gone, from, to);
    this.#roles.fill(0, from, to);
  }

  /** The index of the bracket that belongs to the bracket at an index; -1 where it has none. */
  match(index: number): number {
    return this.#matches[index] ?? -1;
  }

  /**
   * Finds which brackets belong together. Braces are the stronger kind: a closing brace closes over parentheses that
   * were left open, while a stray closing parenthesis never leaves its block.
   */
  matchBrackets(): void {
    const matches = new Int32Array(this.count).fill(-1);
    const kinds = this.#kinds;
    const stack: number[] = [];
    let braces = 0;
    for (let index = this.first; index < this.count; index++) {
      const kind = kinds[index]!;
      const opener = opening[kind]!;
      if (opener === 0) continue;
      if (opener === kind) {
        stack.push(index);
        if (kind === brace) braces++;
        continue;
      }
      if (opener === brace && braces === 0) continue;
      const openAt = (depth: number): number => kinds[stack[stack.length - depth] ?? -1] ?? 0;
      if (opener === brace) while (openAt(1) !== brace) stack.pop();
      else if (openAt(1) !== opener && openAt(1) !== brace && openAt(2) === opener) stack.pop();
      if (openAt(1) !== opener) continue;
      const partner = stack.pop()!;
      if (opener === brace) braces--;
      matches[partner] = index;
      matches[index] = partner;
    }
    this.#matches = matches;
  }

  /** Takes the tokens at some indexes, given in rising order, out of the list. Bracket matches must be found anew afterwards. */
  drop(indexes: readonly number[]): void {
    let kept = indexes[0] ?? this.count;
    for (let gap = 0; gap < indexes.length; gap++) {
      const from = indexes[gap]! + 1;
      const to = indexes[gap + 1] ?? this.count;
      for (const column of this.#columns()) column.copyWithin(kept, from, to);
      kept += to - from;
    }
    for (const column of this.#columns()) column.fill(0, kept, this.count);
    this.count = kept;
    this.#matches = new Int32Array(0);
  }

  #columns(): (Uint8Array | Uint16Array | Int32Array)[] {
    return [this.#kinds, this.#starts, this.#ends, this.#roles];
  }

  #grow(): void {
    const size = this.#kinds.length * 2;
    const copy = <T extends Uint8Array | Uint16Array | Int32Array>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.#kinds = copy(new Uint8Array(size), this.#kinds);
    this.#starts = copy(new Int32Array(size), this.#starts);
    this.#ends = copy(new Int32Array(size), this.#ends);
    this.#roles = copy(new Uint16Array(size), this.#roles);
  }
}
