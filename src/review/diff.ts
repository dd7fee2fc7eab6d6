import { structuredPatch } from 'diff';

/** A piece of a difference, as `diff -u` shows it. Lines count from 1. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** The line above it that names the function it lies in, as git finds it; '' where there is none. */
  readonly section: string;
  /** Each with its first character: a blank, `+` or `-`. */
  readonly lines: readonly string[];
}

/** A file's difference; `hunks` is null where the texts have so little in common that lines are not followed. */
export interface FileDiff {
  readonly from: string | null;
  readonly to: string | null;
  readonly hunks: readonly Hunk[] | null;
}

/** More changed lines than this in one file are not aligned: the time grows with their square. */
const mostChanges = 8000;

export function diffOf(from: string | null, to: string | null, before: string, after: string): FileDiff {
  const patch = structuredPatch('a', 'b', before, after, '', '', { context: 3, maxEditLength: mostChanges });
  if (!patch) return { from, to, hunks: null };
  const lines = before.split('\n');
  return {
    from,
    to,
    hunks: patch.hunks.map((hunk) => ({
      ...hunk,
      section: sectionOf(lines, hunk.oldStart),
      lines: hunk.lines.filter((line) => !line.startsWith('\\')),
    })),
  };
}

/** The nearest line above that begins with a letter, as git's default `xfuncname` has it. */
function sectionOf(lines: readonly string[], start: number): string {
  for (let at = start - 2; at >= 0; at--) if (/^[A-Za-z_$]/.test(lines[at]!)) return lines[at]!.trim().slice(0, 80);
  return '';
}

/** Where a line of the old text stands in the new one; null where it was removed or changed. */
export function newLineOf({ hunks }: FileDiff, line: number): number | null {
  let shift = 0;
  for (const hunk of hunks ?? []) {
    if (line < hunk.oldStart) break;
    if (line < hunk.oldStart + hunk.oldLines) return withinHunk(hunk, line);
    shift = hunk.newStart + hunk.newLines - (hunk.oldStart + hunk.oldLines);
  }
  return hunks === null ? null : line + shift;
}

function withinHunk({ oldStart, newStart, lines }: Hunk, line: number): number | null {
  let [old, now] = [oldStart, newStart];
  for (const each of lines) {
    if (each.startsWith('+')) now++;
    else {
      if (old === line) return each.startsWith('-') ? null : now;
      old++;
      if (!each.startsWith('-')) now++;
    }
  }
  return null;
}
