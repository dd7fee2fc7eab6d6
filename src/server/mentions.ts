import type { SourceRange } from '../engine/types.ts';

/** The places of a file's text that name something, without those in comments and strings. */
export function placesOf(
  name: string,
  { file, text }: { readonly file: string; readonly text: string },
): SourceRange[] {
  if (!text.includes(name)) return [];
  const code = withoutComments(text);
  const places: SourceRange[] = [];
  const pattern = new RegExp(`\\b${name}\\b`, 'g');
  code.split('\n').forEach((line, index) => {
    for (const match of line.matchAll(pattern)) places.push(rangeOf(file, index + 1, match.index, name));
  });
  return places;
}

/** The functions that a text defines in the kernel's style, by their names. */
export function definitionsIn(file: string, text: string): (SourceRange & { readonly name: string })[] {
  const code = withoutComments(text);
  const found: (SourceRange & { readonly name: string })[] = [];
  for (const match of code.matchAll(/^(?:\w[\w *]*?[ *])(\w+)\([^;{}]*\)\s*\{/gm)) {
    const name = match[1]!;
    const before = code.slice(0, match.index);
    const line = before.split('\n').length;
    found.push({ name, ...rangeOf(file, line, match[0].split('\n')[0]!.indexOf(`${name}(`), name) });
  }
  return found;
}

function rangeOf(file: string, line: number, from: number, name: string): SourceRange {
  return { file, line, column: from + 1, endLine: line, endColumn: from + 1 + name.length };
}

/** At equal length, lines kept. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"/g, (part) => part.replace(/[^\n]/g, ' '));
}
