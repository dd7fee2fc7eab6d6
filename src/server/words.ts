import type { Position, Range as LspRange } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { OpsReading } from '../engine/types.ts';

/** A name in a document. */
export interface Word {
  readonly text: string;
  readonly range: LspRange;
  /** The text of its line. */
  readonly line: string;
}

/** The C name at a position. */
export function wordAt(document: TextDocument, { line, character }: Position): Word | null {
  const text = lineOf(document, line);
  for (const match of text.matchAll(/[A-Za-z_]\w*/g)) {
    const end = match.index + match[0].length;
    if (match.index <= character && character <= end)
      return { text: match[0], range: rangeIn(line, match.index, end), line: text };
  }
  return null;
}

export function lineOf(document: TextDocument, line: number): string {
  const start = { line, character: 0 };
  return document.getText({ start, end: { line: line + 1, character: 0 } }).replace(/\r?\n$/, '');
}

export function rangeIn(line: number, from: number, to: number): LspRange {
  return { start: { line, character: from }, end: { line, character: to } };
}

/** What a name stands for where an ops has a part in it. */
export type Meaning =
  | { readonly kind: 'ops'; readonly ops: OpsReading }
  | { readonly kind: 'id'; readonly ops: OpsReading }
  | { readonly kind: 'callback'; readonly ops: OpsReading; readonly callback: OpsReading['callbacks'][number] }
  | { readonly kind: 'field'; readonly ops: OpsReading; readonly field: string };

const fields = new Set(['init', 'pre_exit', 'exit', 'exit_batch', 'exit_rtnl', 'exit_batch_rtnl', 'id', 'size']);

/** What a word of a file means: a name of the file's own ops first. */
export function meaningOf({ text, range, line }: Word, file: string, readings: readonly OpsReading[]): Meaning | null {
  const own = [...readings].sort((a, b) => Number(b.file === file) - Number(a.file === file));
  const at = range.start.line + 1;
  if (fields.has(text) && /\.\s*$/.test(line.slice(0, range.start.character))) {
    const ops = own.find((each) => each.file === file && each.span.line <= at && at <= each.span.endLine);
    return ops ? { kind: 'field', ops, field: text } : null;
  }
  for (const ops of own) if (ops.name === text) return { kind: 'ops', ops };
  for (const ops of own) if (ops.id === text) return { kind: 'id', ops };
  for (const ops of own) {
    const callback = ops.callbacks.find((each) => each.function === text);
    if (callback) return { kind: 'callback', ops, callback };
  }
  return null;
}

/** The ops that is passed to the registering call of a line, if a word is that call. */
export function registeredBy({ text, line }: Word, readings: readonly OpsReading[]): OpsReading | null {
  if (!/^(un)?register_pernet_(subsys|device)$/.test(text)) return null;
  const name = new RegExp(`${text}\\s*\\(\\s*&?(\\w+)`).exec(line)?.[1];
  return readings.find((ops) => ops.name === name) ?? null;
}
