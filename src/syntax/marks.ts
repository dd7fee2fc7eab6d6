import { char } from './tokens.ts';

/** The punctuation marks that the passes ask for, as token kinds. */
export const Mark = {
  open: char('('),
  close: char(')'),
  openBrace: char('{'),
  closeBrace: char('}'),
  openBracket: char('['),
  closeBracket: char(']'),
  semicolon: char(';'),
  comma: char(','),
  colon: char(':'),
  assign: char('='),
  star: char('*'),
  dot: char('.'),
} as const;
