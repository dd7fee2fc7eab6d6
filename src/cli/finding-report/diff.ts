import type { Fix } from '../../rules/index.ts';

/** Lines of context around a change, as `git diff` has by default. */
const context = 3;

/** A fix as a unified diff against the tree; null when an edit does not fit the texts (`readText` gives null for none). */
export function diffOf(fix: Fix, readText: (file: string) => string | null): string | null {
  const files = [...new Set(fix.edits.map(({ file }) => file))].sort();
  const parts = files.map((file) => {
    const text = readText(file);
    const edits = fix.edits.filter((edit) => edit.file === file);
    return text === null ? null : fileDiff(file, text, edits);
  });
  return parts.includes(null) ? null : parts.join('');
}

/** A run of lines that changes: `[from, to)` of the old text becomes `now`. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly now: readonly string[];
}

function fileDiff(file: string, text: string, edits: Fix['edits']): string | null {
  const lines = text.split('\n');
  const groups: Fix['edits'][number][][] = [];
  for (const edit of [...edits].sort((x, y) => x.line - y.line || x.column - y.column)) {
    if (lines[edit.line - 1] === undefined || lines[edit.endLine - 1] === undefined) return null;
    const group = groups.at(-1);
    if (group && edit.line <= group.at(-1)!.endLine) group.push(edit);
    else groups.push([edit]);
  }
  const changes = groups
    .map((group) => changeOf(lines, group))
    .filter(({ from, to, now }) => to > from || now.length > 0);
  let shift = 0;
  const hunks = hunksOf(changes).map((hunk) => {
    const from = Math.max(0, hunk[0]!.from - context);
    // The text ends with a line end: the piece behind it is no line.
    const to = Math.min(lines.at(-1) === '' ? lines.length - 1 : lines.length, hunk.at(-1)!.to + context);
    const body: string[] = [];
    let at = from;
    for (const change of hunk) {
      body.push(...lines.slice(at, change.from).map((line) => ` ${line}`));
      body.push(...lines.slice(change.from, change.to).map((line) => `-${line}`));
      body.push(...change.now.map((line) => `+${line}`));
      at = change.to;
    }
    body.push(...lines.slice(at, to).map((line) => ` ${line}`));
    const grown = hunk.reduce((sum, change) => sum + change.now.length - (change.to - change.from), 0);
    const head = `@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from + grown} @@`;
    shift += grown;
    return `${[head, ...body].join('\n')}\n`;
  });
  return `--- a/${file}\n+++ b/${file}\n${hunks.join('')}`;
}

/** What edits that share lines make of these. */
function changeOf(lines: readonly string[], edits: Fix['edits']): Change {
  const from = edits[0]!.line - 1;
  const to = Math.max(...edits.map(({ endLine }) => endLine));
  let now = lines.slice(from, to);
  for (const { line, column, endLine, endColumn, text } of edits.toReversed()) {
    const [first, last] = [line - 1 - from, endLine - 1 - from];
    const made = `${now[first]!.slice(0, column - 1)}${text}${now[last]!.slice(endColumn - 1)}`.split('\n');
    // A statement that goes takes its line with it.
    const isGone = text === '' && made.length === 1 && made[0]!.trim() === '';
    now = [...now.slice(0, first), ...(isGone ? [] : made), ...now.slice(last + 1)];
  }
  return trimmed(lines, { from, to, now });
}

/** Lines that stay as they are do not belong to a change. */
function trimmed(lines: readonly string[], { from, to, now }: Change): Change {
  let [start, end, first, last] = [from, to, 0, now.length];
  while (start < end && first < last && lines[start] === now[first]) [start, first] = [start + 1, first + 1];
  while (end > start && last > first && lines[end - 1] === now[last - 1]) [end, last] = [end - 1, last - 1];
  return { from: start, to: end, now: now.slice(first, last) };
}

function hunksOf(changes: readonly Change[]): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const hunk = hunks.at(-1);
    if (hunk && change.from - hunk.at(-1)!.to <= 2 * context) hunk.push(change);
    else hunks.push([change]);
  }
  return hunks;
}
