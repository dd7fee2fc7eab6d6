import type { At } from '../facts/ir.ts';
import type { History } from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import type { Severity } from './finding.ts';

/** A place in a file, as rules speak of it. */
export interface Spot {
  readonly file: string;
  readonly at: At;
}

/** One breach of a rule's invariant in one history. */
export interface Problem {
  /** Where a reviewer would put the comment. */
  readonly spot: Spot;
  readonly fn: string | null;
  /** The ops that it is about, where it is about one. */
  readonly ops: OpsEntry | null;
  /** One sentence: what happens, on which path, with which effect. */
  readonly message: string;
  /** The index into the history's events of the event that breaks the invariant. */
  readonly failing: number;
  /** Places that a reader should look at, in the order of the run. */
  readonly related: readonly (Spot & { readonly message: string })[];
  /** What of several things in one function it is about, by its name: findings of a rule are told apart by it. */
  readonly about?: string;
  /** Problems with the same key are one: the first is reported. Default: the place. */
  readonly key?: string;
  readonly fix?: { readonly title: string; readonly edits: readonly (Spot & { readonly text: string })[] };
}

/** An invariant over histories. The rule is the only declaration: settings, documentation and reports derive from it. */
export interface Rule {
  /** `pernet/…`; fixed, since other tools use it. */
  readonly id: string;
  readonly severity: Severity;
  /** The invariant that is broken, in one line. */
  readonly invariant: string;
  /** The rule's page, Markdown. */
  readonly page: string;
  /** The breaches in one history; it looks at nothing else. */
  check(history: History): readonly Problem[];
}
