import type { Source } from './source.ts';

/** A replacement by UTF-16 offsets into the pristine text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One bug to plant. */
export interface Mutant {
  /** What changes; the edits do not overlap. */
  readonly edits: readonly Edit[];
  /** Where the bug is, from 1. */
  readonly line: number;
  /** The function or the ops that is changed. */
  readonly fn: string;
  /** The change in a few words. */
  readonly what: string;
  /** Rules that name this one as well, besides those of its class. */
  readonly alsoExpected?: readonly string[];
}

/** A place where a bug of the class would go, and why none is planted. */
export interface Skipped {
  readonly skipped: string;
}

export interface MutantClass {
  readonly name: string;
  /** The rules, without `pernet/`, that name this bug by its name. */
  readonly expected: readonly string[];
  /** True where what is planted is an order, which need not matter to anyone. */
  readonly order?: boolean;
  /** The bugs of the class in one file, in the order of the text. */
  mutants(source: Source): Iterable<Mutant | Skipped>;
}

export function apply(text: string, edits: readonly Edit[]): string {
  let result = '';
  let from = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < from) throw new Error(`edits overlap at ${edit.start}`);
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}
