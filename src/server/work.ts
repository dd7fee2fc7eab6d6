import type { BootRequest, BootStart } from '../engine/boot-start.ts';
import type { ProvenFix } from '../engine/fixes.ts';
import type { ProjectProblem } from '../engine/project/file.ts';
import type { OpsReading, OpsSummary, SourceRange, TimelineRequest } from '../engine/types.ts';
import type { Finding, Fix, NotAnalysed, Severity } from '../report/finding.ts';
import type { HeapUse, Settings, TimelineAnswer } from './protocol.ts';

// What the language server's own thread and the one that analyses say to each other: plain data.

/** A finding without its witness, which stays where it was made until someone wants to see it. */
export type ServerFinding = Omit<Finding, 'witness'>;

/** A witness is large, and is looked at when its timeline is asked for. */
export function withoutWitness(finding: Finding): ServerFinding {
  const rest: ServerFinding & { witness?: unknown } = { ...finding };
  delete rest.witness;
  return rest;
}

/** What the analysis of a document, as its text was then, came to. */
export interface Report {
  readonly place: PlaceOfFile;
  readonly findings: readonly ServerFinding[];
  readonly notAnalysed: readonly NotAnalysed[];
  /** How loud it is that something could not be analysed. */
  readonly gapSeverity: Severity;
  readonly ops: readonly OpsSummary[];
  readonly readings: readonly OpsReading[];
  /** The file in which the tree says what is its own, and what is wrong in it. */
  readonly project: { readonly file: string | null; readonly problems: readonly ProjectProblem[] };
  /** What is wrong with the settings' own pairs. */
  readonly refused: readonly string[];
}

/** Where a document is. */
export interface PlaceOfFile {
  /** Names the tree; documents with the same one are looked at together. */
  readonly tree: string;
  /** The tree's folder; undefined for a document that is in none. */
  readonly root: string | undefined;
  /** Relative to the root, with forward slashes. */
  readonly path: string;
}

/** Each request with what it takes and what it gives. */
export interface Requests {
  analyse: { params: { readonly uri: string; readonly settings: Settings }; result: Report };
  timeline: {
    params: { readonly uri: string; readonly settings: Settings; readonly request: Omit<TimelineRequest, 'file'> };
    result: TimelineAnswer;
  };
  /** The booted kernel that a scenario starts on. */
  boot: {
    params: { readonly uri: string; readonly settings: Settings; readonly request: Omit<BootRequest, 'dialect'> };
    result: BootStart | { readonly error: string };
  };
  /** The places that name something, in the files that a document is looked at with; comments and strings are left out. */
  references: {
    params: { readonly uri: string; readonly settings: Settings; readonly name: string };
    result: readonly SourceRange[];
  };
  /** Where the core's functions are defined in the document's tree. */
  core: {
    params: { readonly uri: string; readonly settings: Settings };
    result: readonly (SourceRange & { readonly name: string })[];
  };
  /** The fix of a finding, proven on the document as it is; null when there is none. */
  fix: {
    params: { readonly uri: string; readonly settings: Settings; readonly fingerprint: string };
    result: Fix | null;
  };
  /** Fixes of some findings of a document, that mend them when they are made at once. */
  fixes: {
    params: { readonly uri: string; readonly settings: Settings; readonly fingerprints: readonly string[] };
    result: readonly ProvenFix[];
  };
  /** Which files have changed on the disk since they were read, or since this was asked of the `named` ones before; paths. */
  changed: { params: { readonly named: readonly string[] }; result: readonly string[] };
  /** What the thread that analyses holds. */
  memory: { params: Readonly<Record<string, never>>; result: HeapUse | null };
}

export type Method = keyof Requests;

/** What is told without an answer. */
export type Note =
  /** The text of an open document; null when it is closed. */
  | { readonly note: 'text'; readonly uri: string; readonly text: string | null }
  /** Files that have changed on the disk. */
  | { readonly note: 'files'; readonly uris: readonly string[] }
  /** The folders that the client has open, as paths. */
  | { readonly note: 'folders'; readonly folders: readonly string[] };

/** Says that a request was given up because something that it reads has changed. */
export class Cancelled extends Error {
  constructor() {
    super('given up: what it reads has changed');
  }
}

/** The thread has ended in the middle of a request; the next request goes to another one. */
export class ThreadDied extends Error {}

/** Whoever analyses: a thread, or, where there are none, the same one. */
export interface Analyser {
  tell(note: Note): void;
  /** @throws Cancelled when `giveUp` was called in the meantime; else what went wrong. */
  ask<M extends Method>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']>;
  /** Ends the analysis that is being made, if one is: what it reads has changed. Other requests are answered. */
  giveUp(): void;
  close(): void;
}
