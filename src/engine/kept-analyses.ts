import { analyseAnew } from './anew.ts';
import type { Kept } from './kept.ts';
import type { Means } from './means.ts';
import { refresh } from './refresh.ts';

/** So many analyses of earlier versions of a file are kept beside the last one. */
const mostEarlier = 2;

/**
 * So many states of a function are followed again to see whether it comes to what it came to: with the version before, of
 * which it is likely, and with earlier ones. More than that is not worth the while: all is made anew then.
 */
const mostStates = { last: 4_000, earlier: 400 } as const;

/** The analyses of files, and of all that are indexed, kept for as long as what has changed since says the same. */
export class KeptAnalyses {
  private readonly analyses = new Map<string, Kept>();
  /** Analyses of earlier versions, the latest first: who undoes comes back to one of them. */
  private readonly earlier = new Map<string, readonly Kept[]>();

  constructor(private readonly means: Means) {}

  /** What an analysis said holds until a file changes, and beyond that for as long as the facts say the same. */
  of(path: string | undefined): Kept {
    const key = path ?? '';
    const last = this.analyses.get(key);
    if (last?.stale.size === 0) return last;
    const before = last ? [last, ...(this.earlier.get(key) ?? [])] : [];
    // Who takes an edit back comes back to a version of which nothing has to be read again.
    const exact = before.find((each) => this.isAsAnalysed(each));
    if (exact) before.unshift(...before.splice(before.indexOf(exact), 1));
    if (last && before[0] === last && this.isUpToDate(last, path, false)) return last;
    this.analyses.delete(key);
    // What can be told by a look at the facts goes before what has to be asked.
    const again =
      before.find((each) => each !== last && this.isUpToDate(each, path, false)) ??
      (path === undefined
        ? undefined
        : before.find((each) => this.isUpToDate(each, path, each === last ? mostStates.last : mostStates.earlier)));
    const kept = again ?? analyseAnew(this.means, path);
    this.analyses.set(key, kept);
    if (path !== undefined && last) this.earlier.set(key, before.filter((each) => each !== kept).slice(0, mostEarlier));
    return kept;
  }

  /** The analysis of the very facts that a file has now, not one that is of use for its result only. */
  exactlyOf(path: string): Kept {
    if (this.of(path).apart.size > 0) this.forget(path);
    return this.of(path);
  }

  /** An analysis with all places where they are now. */
  unmovedOf(path: string): Kept {
    if (this.of(path).places.size > 0) this.forget(path);
    return this.of(path);
  }

  /** A file has changed: what was made of it has to be looked at again. */
  touch(path: string): void {
    for (const kept of [...this.analyses.values(), ...this.earlier.values()].flat()) kept.stale.add(path);
  }

  /** The next analysis of a file, or of all that are indexed, is made anew. */
  forget(path: string | undefined): void {
    this.analyses.delete(path ?? '');
  }

  /** Nobody comes back to an earlier version of a file that is closed. */
  forgetEarlier(path: string): void {
    this.earlier.delete(path);
  }

  clear(): void {
    this.analyses.clear();
    this.earlier.clear();
  }

  /** Looks at a file's analysis while files are others for a moment, after which they are what they were. */
  aside<T>(path: string, look: () => T): T {
    const kept = this.analyses.get(path);
    this.analyses.delete(path);
    try {
      return look();
    } finally {
      if (kept) this.analyses.set(path, kept);
    }
  }

  /** Whether all that has changed since has the text that was analysed. */
  private isAsAnalysed({ stale, texts }: Kept): boolean {
    return [...stale].every((file) => {
      const text = texts.get(file);
      return text !== undefined && this.means.files.text(file) === text;
    });
  }

  private isUpToDate(kept: Kept, path: string | undefined, mayAsk: false | number): boolean {
    return refresh(kept, { means: this.means, path, mayAsk });
  }
}
