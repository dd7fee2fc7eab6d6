import type { Finding } from '../rules/index.ts';
import { newLineOf, type FileDiff } from './diff.ts';

/** What a change does to a tree's findings. */
export interface Matched {
  /** In the new tree only; places are those of the new tree. */
  readonly introduced: readonly Finding[];
  /** In the old tree only; places are those of the old tree. */
  readonly mended: readonly Finding[];
}

/**
 * Tells findings that a change brings or mends from those that are merely met again: what is the same by what the
 * fingerprint is made of (rule, file under its new name, function, ops), and what stands on a line that the change left
 * as it was (a function or an ops that was renamed around it).
 */
export function match(before: readonly Finding[], after: readonly Finding[], diffs: readonly FileDiff[]): Matched {
  const byFile = new Map(diffs.flatMap((diff) => (diff.from === null ? [] : [[diff.from, diff] as const])));
  const placed = before.map((finding): Placed => {
    const diff = byFile.get(finding.file);
    const line = diff ? newLineOf(diff, finding.line) : finding.line;
    return { finding, file: diff?.to ?? finding.file, line };
  });
  const old = new Set(placed);
  const fresh = new Set(after);
  // From the surest to the least sure: what one test pairs is not asked by the next.
  for (const same of [isSamePlace, isSameMessage, isSameSubject, isSameLine]) {
    for (const each of [...old]) {
      const twin = [...fresh].find((finding) => same(each, finding));
      if (!twin) continue;
      old.delete(each);
      fresh.delete(twin);
    }
  }
  return { introduced: [...fresh], mended: [...old].map(({ finding }) => finding) };
}

/** A finding of the old tree, with where the new tree has its line; null where the line is gone. */
interface Placed {
  readonly finding: Finding;
  readonly file: string;
  readonly line: number | null;
}

function isSameSubject({ finding, file }: Placed, other: Finding): boolean {
  return (
    finding.rule === other.rule &&
    file === other.file &&
    finding.function === other.function &&
    finding.ops === other.ops
  );
}

function isSamePlace(placed: Placed, other: Finding): boolean {
  return isSameSubject(placed, other) && placed.line === other.line;
}

function isSameMessage(placed: Placed, other: Finding): boolean {
  return isSameSubject(placed, other) && placed.finding.message === other.message;
}

function isSameLine({ finding, file, line }: Placed, other: Finding): boolean {
  return finding.rule === other.rule && file === other.file && line === other.line;
}
