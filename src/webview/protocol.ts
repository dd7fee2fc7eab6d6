import type { Timeline, WhatIf } from '../engine/types.ts';

/** A place that the page asks the editor to show. `file` as in the timeline; line and column count from 1. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** From the extension to the page. Nothing is sent before the page has said that it is ready. */
export type ToPage =
  | {
      readonly kind: 'show';
      readonly timeline: Timeline;
      /** What the extension needs to show this again after a restart: the page keeps it and does not look inside. */
      readonly restore: unknown;
    }
  | {
      readonly kind: 'failed';
      /** Why there is no run to show, for a person. */
      readonly message: string;
    };

/** `svg` is the drawing, `json` the scenario, `text` the steps for a commit message. */
export type ExportFormat = 'svg' | 'json' | 'text';

/** From the page to the extension. */
export type FromPage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'open'; readonly source: Source }
  | { readonly kind: 'choose'; readonly run: string }
  /** Without a question: the run alone again. */
  | { readonly kind: 'whatIf'; readonly question?: WhatIf }
  | { readonly kind: 'export'; readonly format: ExportFormat; readonly text: string };

/** What VS Code keeps for the page while it is hidden, and hands to the extension's serializer after a restart. */
export interface PageState {
  readonly restore: unknown;
  /** The run that the cursor belongs to, as `runKey` names it. */
  readonly run: string;
  /** Index of the chosen row; left out when none is chosen. */
  readonly cursor?: number;
}
