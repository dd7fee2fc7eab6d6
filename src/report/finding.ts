/** How loud a finding is; the order is from loud to quiet. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** A range in a file of the tree. Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
