import { blank } from './lexer.ts';

/** What a stretch of the text was rewritten as, and why. */
export type RewriteKind =
  /** An attribute word, with its arguments: blanks. */
  | 'attribute'
  /** A loop macro's name: `while`. Its arguments stay, as a comma expression. */
  | 'loop'
  /** A macro such as `scoped_guard(...)`, which runs the statement after it once: blanks. */
  | 'scope'
  /** A macro that is a condition, `if_not_guard(...)`: its name became `if`. */
  | 'condition'
  /** A directive, `#define` with its body included: blanks. */
  | 'directive'
  /** An arm that the configuration leaves out: blanks. */
  | 'arm'
  /** A type, or a part of one, that stood where only an expression parses. */
  | 'type'
  /** A macro call without its semicolon: `name(a, b)` became `name=a, b;`. */
  | 'statement'
  /** A declaration made by a macro: `DEFINE_X(name, value)` became `DEFINE_X name= value`. */
  | 'declaration'
  /** A function whose head is a macro call: the first letters of the name became a return type. */
  | 'function'
  /** Inline assembler: blanks. */
  | 'asm'
  /** Anything else that the grammar has no place for, made to parse. */
  | 'other';

/** A stretch of the user's text that reads differently in the prepared text. Offsets in UTF-16 units. */
export interface Rewrite {
  start: number;
  end: number;
  kind: RewriteKind;
}

/** The text under preparation: overwritten in place, never longer or shorter, line breaks kept. */
export class Draft {
  readonly units: Uint16Array;
  readonly rewrites: Rewrite[] = [];

  constructor(text: string) {
    const units = new Uint16Array(text.length);
    for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
    this.units = units;
  }

  note(kind: RewriteKind, start: number, end: number): void {
    this.rewrites.push({ start, end, kind });
  }

  /** Overwrites a stretch with blanks. */
  blank(kind: RewriteKind, start: number, end: number): void {
    if (end > start) this.note(kind, start, end);
    blank(this.units, start, end);
  }

  /** Puts one mark over one unit. */
  put(at: number, mark: string): void {
    this.units[at] = mark.charCodeAt(0);
  }

  /** Whether a blank that is no line break stands at an offset, so that a mark can be put there. */
  hasRoomAt(at: number): boolean {
    return this.units[at] === 32 || this.units[at] === 9;
  }

  /** Whether a mark still stands where the text had it. */
  has(at: number, mark: string): boolean {
    return this.units[at] === mark.charCodeAt(0);
  }

  /** Overwrites a stretch with a shorter or equally long text, padded with blanks. */
  write(start: number, end: number, text: string): void {
    blank(this.units, start, end);
    for (let at = 0; at < text.length && start + at < end; at++) this.units[start + at] = text.charCodeAt(at);
  }

  /** The prepared text. Half a surrogate pair, which no encoder can represent, reads as U+FFFD: one unit for one unit. */
  toString(): string {
    return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(this.units);
  }
}
