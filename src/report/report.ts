import type { Finding, NotAnalysed, Range, Rule, Suppressed } from '../rules/index.ts';

/** What a run of `lint` came to. Files are relative to the tree's root, with forward slashes. */
export interface Report {
  readonly findings: readonly Finding[];
  /** What comments in the files say is meant: shown where a format has a place for it, and counted nowhere. */
  readonly suppressed: readonly Suppressed[];
  readonly notAnalysed: readonly NotAnalysed[];
  /** Every ops of the files that were asked for, sorted by file and name. */
  readonly ops: readonly ReportedOps[];
  readonly stats: Stats;
  /** What could not be read, a line each; the run was not whole when there is one. */
  readonly errors: readonly string[];
}

export interface Stats {
  /** C files that were looked at for a mention of pernet. */
  readonly files: number;
  /** Files that were read and parsed, callers and other context included. */
  readonly parsed: number;
  readonly ops: number;
  /** Modules, and built-in initcalls, whose life was run. */
  readonly modules: number;
  /** Functions that those lives reach. */
  readonly functions: number;
  /** Wall time, in milliseconds. */
  readonly ms: number;
}

/** One `struct pernet_operations`, and how it is registered where that was found. */
export interface ReportedOps {
  readonly name: string;
  readonly file: string;
  /** The name in its definition. */
  readonly range: Range;
  readonly kind: 'subsys' | 'device' | 'both' | undefined;
  readonly registeredIn: readonly string[];
  readonly module: string;
  readonly problems: number;
  readonly fields: Readonly<Record<string, string>>;
}

export interface RenderOptions {
  /** Escape sequences for a terminal's colours. */
  readonly colour: boolean;
  readonly rules: readonly Rule[];
  /** The tool's version, as its package says. */
  readonly version: string;
  /** The name of the tree, for titles. */
  readonly tree?: string;
  /** Where a rule's page can be read, with `{rule}` for the rule's name without its prefix. */
  readonly rulePageLink?: string;
  /** How many bytes a text has when compressed with gzip. */
  readonly gzipSize?: (text: string) => number;
  /** Is told, a line each, what of the report had to be left out. */
  readonly note?: (line: string) => void;
}

/** A message with the configuration that it needs, where it needs one. */
export function messageOf({ message, config }: Pick<Finding, 'message' | 'config'>): string {
  return config === undefined ? message : `${message} (with ${config})`;
}

/** What could not be analysed, in one sentence. */
export function gapText(gap: NotAnalysed): string {
  return `${gap.function === undefined ? '' : `${gap.function}(): `}${gap.reason}`;
}

const controls = /[\u0000-\u001f\u007f-\u009f]/g;
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text of a tree on one line, as a terminal may show it: what would move its cursor or end the line is written as C would. */
export function printable(text: string): string {
  return text.replace(controls, (sign) => named[sign] ?? `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The same of a message, whose lines follow each other. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s*\r?\n\s*/g, ' '));
}
