import type { Timeline, WhatIf } from '../engine/types.ts';

// What the language server and its client say to each other beyond the Language Server Protocol. The client imports
// this file and nothing else of the server.

/** Commands that the server's lenses, code actions and links name, and that the client carries out. */
export const clientCommands = {
  /** Arguments: the document's URI, and optionally the name of an ops. */
  simulate: 'pernet.simulate',
  /** Arguments: the document's URI and the finding's fingerprint. */
  showWitness: 'pernet.showWitness',
  /** Argument: the URI of a scenario (`*.netns.json`). */
  simulateScenario: 'pernet.simulateScenario',
  /** Argument: the rule's id. */
  explainRule: 'pernet.explainRule',
  /** Arguments: the document's URI, a line from 0, and the comment to put before it, with `{reason}` to be asked for. */
  suppress: 'pernet.suppress',
} as const;

/** Whether a document is a scenario of the model. Such documents are simulated, and never analysed. */
export function isScenario(uri: string): boolean {
  return uri.endsWith('.netns.json');
}

/** Requests and notifications of our own. */
export const methods = {
  /** Request: `TimelineParams` to `TimelineAnswer`. */
  timeline: 'pernet/timeline',
  /** Request: nothing to `RuleInfo[]`. */
  rules: 'pernet/rules',
  /** Request: `RulePageParams` to `RulePage | null`. */
  rulePage: 'pernet/rulePage',
  /** Notification from the server: `Status`. */
  status: 'pernet/status',
  /** Notification to a server that reads no files itself: `TextsParams`. */
  texts: 'pernet/texts',
} as const;

/** The client's `initializationOptions`; every member may be missing. */
export interface InitializationOptions {
  /**
   * How the client opens a rule's page: the link of a diagnostic's code, with `{rule}` for the rule's id. Without it
   * codes have no link.
   */
  readonly rulePageLink?: string;
  /** Whether the client carries `clientCommands` out; one that does not say so is taken not to. */
  readonly commands?: boolean;
}

/**
 * Which run to show of a document: that of a finding if `fingerprint` or `line` names one, else the ops's or the file's.
 * A scenario has one run, which its URI alone names.
 */
export interface TimelineParams {
  readonly uri: string;
  readonly ops?: string;
  readonly fingerprint?: string;
  /** A line of the document, from 0: stands for the finding there. */
  readonly line?: number;
  /** Another of the runs that the last answer listed. */
  readonly run?: string;
  /** A question about the run: the answer's timeline has the other run too. */
  readonly whatIf?: WhatIf;
}

export type TimelineAnswer =
  | {
      readonly kind: 'timeline';
      readonly timeline: Timeline;
      /** The URI of every file that the timeline names. */
      readonly uris: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'none';
      /** Why there is no run, as a sentence for a person. */
      readonly reason: string;
    };

/** Files of the workspace, as they are now; a null text stands for one that is not there any more. */
export interface TextsParams {
  readonly files: readonly { readonly uri: string; readonly text: string | null }[];
}

/** The first message to a server in a browser's worker: the bytes of its parser. What follows is the protocol. */
export interface WorkerStart {
  readonly coreWasm: Uint8Array;
  readonly languageWasm: Uint8Array;
}

export interface RuleInfo {
  readonly id: string;
  /** The invariant, in a few words. */
  readonly summary: string;
}

export interface RulePageParams {
  readonly rule: string;
}

export interface RulePage {
  readonly markdown: string;
}

/** How the server is doing with a document. */
export type Status =
  | { readonly state: 'working'; readonly uri: string }
  | {
      readonly state: 'ready';
      readonly uri: string;
      /** How many `struct pernet_operations` it defines. */
      readonly ops: number;
      readonly problems: number;
      /** How many of its functions could not be analysed. */
      readonly notAnalysed: number;
    }
  | { readonly state: 'failed'; readonly uri: string; readonly reason: string };

/** The value of the `pernet` section of the settings, as the client sends it. */
export interface Settings {
  readonly enable: boolean;
  /** Rule id to severity; a rule that is not named has its own. */
  readonly rules: Readonly<Record<string, 'off' | 'error' | 'warning' | 'information' | 'hint'>>;
  /** Pairs of calls besides the kernel's own, as the schema in package.json has them; not checked yet. */
  readonly resourcePairs: readonly unknown[];
  readonly run: 'onType' | 'onSave';
  /** The kernel whose namespace core the lifecycles run on; `auto` tells it from the tree. */
  readonly dialect: string;
  /** A `.config`, absolute or relative to the tree; '' where every option may be on or off. */
  readonly kernelConfig: string;
  /** Whether registering calls show their place in pernet_list. */
  readonly inlayHints: boolean;
  /** A file of `pernet-lint --write-baseline`, absolute or relative to the tree: what it lists is not shown; '' for none. */
  readonly baseline: string;
}

/** What each setting is when nobody has set it; package.json is checked against this. */
export const defaultSettings: Settings = {
  enable: true,
  rules: {},
  resourcePairs: [],
  run: 'onType',
  dialect: 'auto',
  kernelConfig: '',
  inlayHints: false,
  baseline: '',
};
