import type { Scenario, StateChanges } from '../netns/index.ts';
import type { Finding, NotAnalysed, Range, Suppressed } from '../report/finding.ts';

/** What the engine reads of the outside. Paths are relative to the tree's root, with forward slashes. */
export interface Host {
  /** The text of a file, or why it cannot be read. Never throws. */
  readText(path: string): { readonly text: string } | { readonly error: string };
  /** The C files beside a file that can belong to the same module (its folder, and the folders above it). */
  listFolder(folder: string): readonly string[];
}

/** What an analysis spends its time on: reading C, finding what belongs together, linking it, following it. */
export type Phase = 'read' | 'context' | 'link' | 'analyse';

/** Does what it is given to do, and may note how long that takes. Phases nest: what reads for a context is reading. */
export type Clock = <T>(phase: Phase, run: () => T) => T;

/** What a code lens shows of one `struct pernet_operations`. */
export interface OpsSummary {
  readonly name: string;
  readonly file: string;
  /** The name in its definition. */
  readonly range: Range;
  /** How it is registered; undefined when no registration was found, 'both' when both calls were. */
  readonly kind: 'subsys' | 'device' | 'both' | undefined;
  readonly registeredIn: readonly string[];
  readonly module: string;
  /** How many findings name it. */
  readonly problems: number;
  /** Fields as written: `init` → function name, `id` → variable, `size` → expression. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A range and the file that it is of. */
export interface SourceRange extends Range {
  readonly file: string;
}

/** What a reader may want to know of one `struct pernet_operations`; its own range is its name in its definition. */
export interface OpsReading extends SourceRange {
  readonly name: string;
  /** Its whole definition. */
  readonly span: SourceRange;
  readonly module: string;
  /** The variable that holds its id, and the size of its data as written. */
  readonly id: string | null;
  readonly size: string | null;
  readonly callbacks: readonly {
    readonly field: string;
    readonly function: string;
    readonly at: SourceRange;
    /** The function's name in its definition; null when that was not read. */
    readonly definition: SourceRange | null;
  }[];
  /** The calls that register it. */
  readonly registrations: readonly (SourceRange & { readonly call: string; readonly function: string })[];
  /** Its place among its module's ops in pernet_list, from 1; null when no load that registers it was found. */
  readonly order: { readonly position: number; readonly list: readonly string[] } | null;
}

export interface AnalysisStats {
  readonly files: number;
  readonly parsed: number;
  readonly ops: number;
  readonly modules: number;
  readonly functions: number;
}

export interface AnalysisResult {
  readonly findings: readonly Finding[];
  /** What comments in the files say is meant; sorted like findings, and none of them. */
  readonly suppressed: readonly Suppressed[];
  readonly notAnalysed: readonly NotAnalysed[];
  readonly ops: readonly OpsSummary[];
  /** Of the ops of the file that was asked for, and of those that are registered with them. */
  readonly readings: readonly OpsReading[];
  readonly stats: AnalysisStats;
}

/** Something that the module has acquired and not yet released. */
export interface Holding {
  /** Tells it from the run's other ones. */
  readonly id: number;
  readonly resource: string;
  /** The function that acquired it. */
  readonly by: string;
  /** The namespace that a callback acquired it for; left out for what the module's own init acquired. */
  readonly net?: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What an event changed. The state at an entry is the sum of all changes up to it. */
export interface EntryChanges extends StateChanges {
  readonly acquired?: Holding;
  /** The ids of what was released. */
  readonly released?: readonly number[];
}

export interface TimelineEntry {
  readonly index: number;
  readonly event: { readonly event: string; readonly [member: string]: unknown };
  /** One readable sentence: what happened, and which kernel function did it. */
  readonly text: string;
  /** The functions that were running, the innermost first; left out where none is known. */
  readonly by?: readonly string[];
  /** 'module' for the source's own events, 'core' for the core's, else the namespace's name. */
  readonly lane: string;
  readonly source?: { readonly file: string; readonly line: number; readonly column: number };
  /** The index of the scenario's step that the event belongs to; -1 for the source's own. */
  readonly step: number;
  readonly changes?: EntryChanges;
}

/** One of the runs that can be chosen. */
export interface RunChoice {
  readonly id: string;
  readonly label: string;
  /** The heading that it stands under; runs of one group follow each other. */
  readonly group: string;
  /** Where the problem is that it proves. */
  readonly at?: { readonly file: string; readonly line: number };
}

/** A run as it would have been, and in what it was made to differ. */
export interface OtherRun {
  /** `if sample_dev_ops.init fails for n1`. */
  readonly label: string;
  readonly entries: readonly TimelineEntry[];
  readonly failing?: number;
}

/** One value that the timeline page draws. */
export interface Timeline {
  readonly title: string;
  readonly file: string;
  readonly ops?: string;
  /** All runs that can be chosen for this file, and which one this is. */
  readonly runs: readonly RunChoice[];
  readonly run: string;
  readonly entries: readonly TimelineEntry[];
  /** Index into `entries` of the event that breaks an invariant. */
  readonly failing?: number;
  /** Index into `entries` of the step at which the load fails, in a run of one that does. */
  readonly cause?: number;
  /** The finding that this run proves, if it proves one. */
  readonly finding?: { readonly rule: string; readonly message: string; readonly fingerprint: string };
  /** What the model was driven with, in the interchange format. */
  readonly scenario: Scenario;
  /** The answer to the request's `whatIf`: the other run, or in one sentence why there is none. */
  readonly other?: OtherRun | { readonly error: string };
}

/** A question about a run. Entries are indexes into the run's own `entries`. */
export type WhatIf =
  /** This init returns -ENOMEM. */
  | { readonly kind: 'fail-init'; readonly entry: number }
  /** The allocation that this event stands for, or comes after, fails. */
  | { readonly kind: 'fail-alloc'; readonly entry: number }
  /** The registrations that these two belong to happen in the other order. */
  | { readonly kind: 'swap'; readonly entry: number; readonly with: number };

export interface TimelineRequest {
  readonly file: string;
  readonly ops?: string;
  readonly fingerprint?: string;
  readonly run?: string;
  readonly whatIf?: WhatIf;
}
