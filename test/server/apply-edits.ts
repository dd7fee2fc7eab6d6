import type { Position, TextEdit } from 'vscode-languageserver-protocol';

/** A text with edits of it made, as an editor makes them. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const starts = [0];
  for (const line of text.split('\n')) starts.push(starts.at(-1)! + line.length + 1);
  const offset = ({ line, character }: Position): number => starts[line]! + character;
  return [...edits]
    .map((edit, order) => ({ edit, order }))
    .sort((a, b) => offset(b.edit.range.start) - offset(a.edit.range.start) || b.order - a.order)
    .reduce(
      (all, { edit }) => all.slice(0, offset(edit.range.start)) + edit.newText + all.slice(offset(edit.range.end)),
      text,
    );
}
