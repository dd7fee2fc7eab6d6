import type { Finding, NotAnalysed } from '../rules/index.ts';
import type { FileDiff, Hunk } from './diff.ts';

/** A line of a hunk under which a comment stands. */
export interface Anchor {
  readonly hunk: Hunk;
  /** Index into the hunk's lines. */
  readonly index: number;
  /** Whether it is the finding's own line; else the nearest line of the change on its way. */
  readonly isExact: boolean;
}

interface Place {
  readonly file: string;
  readonly line: number;
}

/**
 * Where in a change a reviewer would write a finding down: below its own line; else below what is changed in the hunk that
 * the way to it meets last; else in the nearest hunk of its file, or the first of all. Null where there is no hunk.
 */
export function anchorOf(finding: Finding | NotAnalysed, diffs: readonly FileDiff[]): Anchor | null {
  const own = lineAt(finding, diffs);
  if (own) return { ...own, isExact: true };
  for (const place of placesOf(finding).reverse()) {
    const found = lineAt(place, diffs);
    if (found) return belowChange(found.hunk);
  }
  const inFile = diffs.filter(({ to }) => to === finding.file).flatMap(({ hunks }) => hunks ?? []);
  const distance = (hunk: Hunk): number => Math.abs(hunk.newStart - finding.line);
  const hunk = [...inFile].sort((a, b) => distance(a) - distance(b))[0] ?? diffs.flatMap(({ hunks }) => hunks ?? [])[0];
  return hunk ? belowChange(hunk) : null;
}

function belowChange(hunk: Hunk): Anchor {
  return { hunk, index: hunk.lines.findLastIndex((line) => !line.startsWith(' ')), isExact: false };
}

function lineAt({ file, line }: Place, diffs: readonly FileDiff[]): Omit<Anchor, 'isExact'> | null {
  for (const { to, hunks } of diffs) {
    if (to !== file) continue;
    const hunk = hunks?.find(({ newStart, newLines }) => newStart <= line && line < newStart + newLines);
    if (!hunk) return null;
    let at = hunk.newStart - 1;
    const index = hunk.lines.findIndex((text) => !text.startsWith('-') && ++at === line);
    return index < 0 ? null : { hunk, index };
  }
  return null;
}

/** The source lines on the way to a finding. */
function placesOf(finding: Finding | NotAnalysed): Place[] {
  if (!('witness' in finding)) return [];
  const events = finding.witness.events.flatMap((event) => {
    const { file, line } = event;
    return typeof file === 'string' && typeof line === 'number' ? [{ file, line }] : [];
  });
  return [...events, ...finding.related];
}
