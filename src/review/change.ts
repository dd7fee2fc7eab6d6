import type { Host } from '../engine/index.ts';

/** A file before and after; null where there is none (created, deleted). Paths are relative to the tree's root. */
export interface FileChange {
  readonly from: string | null;
  readonly to: string | null;
}

/** Who wrote a change, and what it is called: a mail of a series, or a commit. */
export interface StepHead {
  /** The subject of the mail or commit; for what has none, what it is ("staged changes"). */
  readonly title: string;
  /** The commit's full id. */
  readonly commit?: string;
  /** Of a mail: who wrote it when, as its headers say. */
  readonly from?: string;
  readonly date?: string;
}

/** One patch of a series, one commit, or a whole range: what it does to the tree before it. */
export interface Step {
  readonly head: StepHead;
  readonly files: readonly FileChange[];
  /** The tree with this step and all before it done. */
  readonly after: Host;
}

/** A tree and what is done to it, step by step. */
export interface Change {
  readonly before: Host;
  readonly steps: readonly Step[];
}

/** What went wrong, in one line for the user: a revision that is not there, a hunk that does not apply. */
export class ChangeError extends Error {
  override readonly name = 'ChangeError';
}

/** A file's text, or null where it cannot be read or is not there. */
export function textIn(host: Host, path: string | null): string | null {
  if (path === null) return null;
  const read = host.readText(path);
  return 'text' in read ? read.text : null;
}
