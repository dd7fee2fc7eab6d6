import { hashed } from './vocabulary.ts';

/**
 * What kind of token stands at a place. A punctuation mark of one character has the mark's own character code as its
 * kind, so that a reader can say `kind === char('(')`; the others are numbered below the printable characters.
 */
export const Kind = {
  end: 0,
  word: 1,
  number: 2,
  string: 3,
  character: 4,
  /** An operator of two or more characters, such as `->`, `==` or `...`. */
  operator: 5,
  /** The `#` of a preprocessor directive: the first mark on its line. */
  directive: 6,
  /** A number that was made a name. */
  renamed: 8,
  /** A token that was taken out of the text after it was read. */
  gone: 7,
} as const;

const newline = 10;
const backslash = 92;
const slash = 47;
const star = 42;
const quote = 34;
const apostrophe = 39;
const hash = 35;
const underscore = 95;
const zero = 48;

const Class = { blank: 1, letter: 2, digit: 3, mark: 4, control: 5 } as const;

/** The class of each ASCII character. What lies beyond counts as a letter, since C allows such letters in names. */
const classes = new Uint8Array(65536).fill(Class.letter);
classes.set(Array.from({ length: 128 }, (_, code) => classOfAscii(code)));

function classOfAscii(code: number): number {
  const character = String.fromCharCode(code);
  if (/[ \t\n\r\f\v]/.test(character)) return Class.blank;
  if (/[A-Za-z_$]/.test(character)) return Class.letter;
  if (/\d/.test(character)) return Class.digit;
  return code < 32 || code === 127 ? Class.control : Class.mark;
}

/** What may stand in a number after its first digit: digits, points, exponents, signs, suffixes. */
const numeric = new Uint8Array(65536);
for (const mark of "0123456789.'eEpP+-uUlLfFwW") numeric[mark.charCodeAt(0)] = 1;
const hexadecimal = new Uint8Array(65536);
for (const mark of 'abcdefABCDEF') hexadecimal[mark.charCodeAt(0)] = 1;

function classOf(code: number): number {
  return classes[code]!;
}

/** For two marks in a row, at `first * 128 + second`, whether they are one operator. */
const joined = new Uint8Array(128 * 128);
for (const operator of '== != <= >= += -= *= /= %= &= |= ^= && || << >> ++ -- ## ->'.split(' '))
  joined[operator.charCodeAt(0) * 128 + operator.charCodeAt(1)] = 1;

/** Overwrites what stands from start to end with blanks; line breaks stay. */
export function blank(units: Uint16Array, start: number, end: number): void {
  for (let at = start; at < end; at++) if (units[at] !== newline && units[at] !== 13) units[at] = 32;
}

/**
 * Splits C text into tokens without comments, one at a time and in linear time. A string or character constant that is
 * not closed ends with its line; a comment that is not closed is blanked to the end of the text, as are control
 * characters, because the grammar knows neither.
 */
export class Lexer {
  readonly #units: Uint16Array;
  #at = 0;
  #lineIsBlank = true;
  /** Of the token that `next` found: its kind and its place, in UTF-16 units. */
  kind: number = Kind.end;
  start = 0;
  end = 0;
  /** Where the comment begins that the text leaves open; -1 for none. */
  openComment = -1;
  /** The hash of the word that `next` found. */
  hash = 0;

  constructor(units: Uint16Array) {
    this.#units = units;
  }

  /** Goes to the next token; false at the end of the text. */
  next(): boolean {
    const units = this.#units;
    for (;;) {
      const code = this.#skipBlanks();
      if (code === -1) return false;
      if (code === slash && this.#skipComment()) continue;
      this.start = this.#at;
      if (code === hash && this.#lineIsBlank) {
        this.#finish(Kind.directive, this.#at + 1);
        return true;
      }
      this.#lineIsBlank = false;
      const kind = classOf(code);
      if (kind === Class.control) {
        blank(units, this.#at, ++this.#at);
        continue;
      }
      if (kind === Class.letter) this.#word();
      else if (kind === Class.digit) this.#number();
      else if (code === quote) this.#finish(Kind.string, this.#quoted(quote));
      else if (code === apostrophe) this.#finish(Kind.character, this.#quoted(apostrophe));
      else this.#mark(code);
      return true;
    }
  }

  /** Goes to the next directive, past whatever else stands before it: how the text of an arm that is left out is read. */
  nextDirective(): boolean {
    for (;;) {
      const code = this.#skipBlanks();
      if (code === -1) return false;
      if (code === slash && this.#skipComment()) continue;
      if (code === hash && this.#lineIsBlank) {
        this.start = this.#at;
        this.#finish(Kind.directive, this.#at + 1);
        return true;
      }
      this.#lineIsBlank = false;
      if (code === quote || code === apostrophe) this.#at = this.#quoted(code);
      else this.#at++;
    }
  }

  /** The end of the directive that `next` found: the line break that is neither escaped nor inside a comment. */
  finishDirective(): number {
    const units = this.#units;
    while (this.#at < units.length) {
      const code = units[this.#at];
      if (code === newline) break;
      if (code === slash && this.#skipComment()) continue;
      if (code === quote || code === apostrophe) this.#at = this.#quoted(code);
      else if (code === backslash) this.#at = this.#escaped(this.#at);
      else this.#at++;
    }
    this.#lineIsBlank = true;
    return this.#at;
  }

  /** The next character that is not a blank, or -1. */
  #skipBlanks(): number {
    const units = this.#units;
    for (; this.#at < units.length; this.#at++) {
      const code = units[this.#at]!;
      if (code === newline) this.#lineIsBlank = true;
      else if (classOf(code) !== Class.blank && code !== 0xfeff) return code;
    }
    return -1;
  }

  /** Past the comment that begins here; false where the slash begins none. */
  #skipComment(): boolean {
    const units = this.#units;
    const second = units[this.#at + 1];
    if (second === slash) {
      while (this.#at < units.length && units[this.#at] !== newline)
        this.#at = units[this.#at] === backslash ? this.#escaped(this.#at) : this.#at + 1;
      return true;
    }
    if (second !== star) return false;
    for (let at = this.#at + 2; at < units.length; at++) {
      if (units[at] === star && units[at + 1] === slash) {
        this.#at = at + 2;
        return true;
      }
    }
    this.openComment = this.#at;
    blank(units, this.#at, units.length);
    this.#at = units.length;
    return true;
  }

  /** Past a backslash and what it escapes, a line break of either kind included. */
  #escaped(at: number): number {
    return this.#units[at + 1] === 13 && this.#units[at + 2] === newline ? at + 3 : at + 2;
  }

  #quoted(mark: number): number {
    const units = this.#units;
    let at = this.#at + 1;
    while (at < units.length) {
      const code = units[at];
      if (code === mark) return at + 1;
      if (code === newline) return at;
      at = code === backslash ? this.#escaped(at) : at + 1;
    }
    return units.length;
  }

  #word(): void {
    const units = this.#units;
    let at = this.#at;
    let hash = 0;
    for (; at < units.length; at++) {
      const code = units[at]!;
      const kind = classOf(code);
      if (kind !== Class.letter && kind !== Class.digit) break;
      hash = hashed(hash, code);
    }
    this.hash = hash;
    this.#finish(Kind.word, at);
  }

  #number(): void {
    const units = this.#units;
    let at = this.#at + 1;
    for (; at < units.length; at++) {
      const code = units[at]!;
      const kind = classOf(code);
      const isExponentSign =
        (code === 43 || code === 45) && (units[at - 1]! | 32) === 101 && units[this.#at + 1] !== 120;
      if (kind !== Class.letter && kind !== Class.digit && code !== 46 && !isExponentSign) break;
    }
    this.#finish(Kind.number, at);
    this.#checkNumber();
  }

  /** `10baseT_Full` as a macro's argument is a number to the preprocessor; to the grammar it must be a name. */
  #checkNumber(): void {
    let isNumber = true;
    const base = this.#units[this.start] === zero ? this.#units[this.start + 1]! | 32 : 0;
    const isHex = base === 120;
    for (let at = this.start + (isHex || base === 98 ? 2 : 1); at < this.end && isNumber; at++)
      isNumber = numeric[this.#units[at]!] === 1 || (isHex && hexadecimal[this.#units[at]!] === 1);
    if (isNumber) return;
    this.#units[this.start] = underscore;
    this.kind = Kind.renamed;
  }

  #mark(code: number): void {
    const units = this.#units;
    const second = units[this.#at + 1] ?? 0;
    const third = units[this.#at + 2] ?? 0;
    if (code === 46 && second === 46 && third === 46) this.#finish(Kind.operator, this.#at + 3);
    else if (second > 127 || joined[code * 128 + second] === 0) this.#finish(code, this.#at + 1);
    else this.#finish(Kind.operator, third === 61 && (second === 60 || second === 62) ? this.#at + 3 : this.#at + 2);
  }

  #finish(kind: number, end: number): void {
    this.kind = kind;
    this.end = end;
    this.#at = end;
  }
}
