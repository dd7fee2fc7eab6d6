import type { Finding, NotAnalysed, Range } from '../report/finding.ts';

/** What the engine reads of the outside. Paths are relative to the tree's root, with forward slashes. */
export interface Host {
  /** The text of a file, or why it cannot be read. Never throws. */
  readText(path: string): { readonly text: string } | { readonly error: string };
  /** The C files beside a file that can belong to the same module (its folder, and the folders above it). */
  listFolder(folder: string): readonly string[];
}

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

export interface AnalysisStats {
  readonly files: number;
  readonly parsed: number;
  readonly ops: number;
  readonly modules: number;
  readonly functions: number;
}

export interface AnalysisResult {
  readonly findings: readonly Finding[];
  readonly notAnalysed: readonly NotAnalysed[];
  readonly ops: readonly OpsSummary[];
  readonly stats: AnalysisStats;
}

/** The state members of the contract's `state` event, as they are after an event. */
export interface Snapshot {
  readonly pernet_list: readonly string[];
  readonly first_device: string | null;
  readonly nets: readonly string[];
  readonly [member: string]: unknown;
}

export interface TimelineEntry {
  readonly index: number;
  readonly event: { readonly event: string; readonly [member: string]: unknown };
  /** One readable sentence: what happened, and which kernel function did it. */
  readonly text: string;
  /** 'module' for the source's own events, 'core' for the core's, else the namespace's name. */
  readonly lane: string;
  readonly source?: { readonly file: string; readonly line: number; readonly column: number };
  /** The index of the scenario's step that the event belongs to; -1 for the source's own. */
  readonly step: number;
  readonly snapshot?: Snapshot;
  /** What the module has acquired and not yet released at this point, in the order of acquisition. */
  readonly held: readonly { readonly resource: string; readonly file: string; readonly line: number }[];
}

/** One value that the timeline page draws. */
export interface Timeline {
  readonly title: string;
  readonly file: string;
  readonly ops?: string;
  /** All runs that can be chosen for this file, and which one this is. */
  readonly runs: readonly { readonly id: string; readonly label: string }[];
  readonly run: string;
  readonly entries: readonly TimelineEntry[];
  /** Index into `entries` of the event that breaks an invariant. */
  readonly failing?: number;
  /** The finding that this run proves, if it proves one. */
  readonly finding?: { readonly rule: string; readonly message: string; readonly fingerprint: string };
}

export interface TimelineRequest {
  readonly file: string;
  readonly ops?: string;
  readonly fingerprint?: string;
  readonly run?: string;
}
