/** How loud a finding is; the order is from loud to quiet. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

export const severities: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

/** A range in a file of the tree. Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A place that a reader of a finding should look at. `file` is relative to the tree's root, with forward slashes. */
export interface Related {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** One replacement of a fix: the text between two places of a file becomes `text`. */
export interface TextEdit extends Range {
  readonly file: string;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/**
 * The run that proves a finding: a scenario for the model, and the events of that run with the source's own between
 * them. `failing` is the index into `events` of the event that breaks the rule's invariant.
 */
export interface Witness {
  readonly scenario: unknown;
  readonly events: readonly WitnessEvent[];
  readonly failing?: number;
}

/** An event of the model (see `netns/`) or of the source; `event` says which. */
export interface WitnessEvent {
  readonly event: string;
  readonly [member: string]: unknown;
}

/** A diagnostic, in the members and the order that the command line's JSON prints. */
export interface Finding extends Range {
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  readonly message: string;
  readonly function?: string;
  readonly ops?: string;
  readonly module?: string;
  /** The configuration the finding needs, when it needs one: `CONFIG_X=y` and the like. */
  readonly config?: string;
  /** Stable under unrelated edits of the file. */
  readonly fingerprint: string;
  readonly related: readonly Related[];
  readonly witness: Witness;
  readonly fix?: Fix;
}

/** A finding that a comment in its file says is meant, with the reason that the comment gives, and where it stands. */
export interface Suppressed {
  readonly finding: Finding;
  readonly reason: string;
  readonly comment: Range;
}

/** Something a lifecycle reaches that could not be analysed, and why. Never silence. */
export interface NotAnalysed {
  readonly file: string;
  readonly line: number;
  readonly function?: string;
  readonly reason: string;
}
