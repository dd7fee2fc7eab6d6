import type { Timeline, WhatIf } from '../engine/types.ts';
import type { Range } from '../report/finding.ts';

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
  /** No arguments: all files of the workspace are analysed. */
  checkWorkspace: 'pernet.checkWorkspace',
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
  /** Request: nothing to `OpsList`. */
  ops: 'pernet/ops',
  /** Notification from the server: the answer to `ops` is another one now. */
  opsChanged: 'pernet/opsChanged',
  /** Request: nothing to `ListOrder[]`, one for each kernel tree; it may take seconds. */
  order: 'pernet/order',
  /** Notification from the server: the answer to `order` is another one now. */
  orderChanged: 'pernet/orderChanged',
  /** Request: nothing to `CheckAnswer`: all files of the workspace are analysed. It may take minutes, and can be cancelled. */
  check: 'pernet/check',
  /** Request: nothing to `MemoryReport`. It is answered behind whatever is being analysed. */
  memory: 'pernet/memory',
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

/** The first message to a server in a browser's worker: the bytes of its parser. */
export interface WorkerStart {
  readonly coreWasm: Uint8Array;
  readonly languageWasm: Uint8Array;
  /** A lock that the worker holds for as long as it lives. */
  readonly lock: string;
}

/** The first message of such a server, once it hears. What follows is the protocol. */
export interface WorkerReady {
  /** Whether the host has locks, and this worker has got its own. */
  readonly holdsLock: boolean;
}

/** All ops of the workspace that are known so far. */
export interface OpsList {
  readonly ops: readonly ListedOps[];
  /** Whether files are still being looked for. */
  readonly isReading: boolean;
  /** Whether every file has been analysed; else problems are those of the files that have been opened. */
  readonly isChecked: boolean;
}

export interface ListedOps {
  readonly name: string;
  readonly uri: string;
  /** Its name in its definition. */
  readonly range: Range;
  /** Its file, relative to the tree or folder that it lies in. */
  readonly file: string;
  /** The tree or folder, as a URI. */
  readonly tree: string;
  readonly module: string;
  /** How it is registered, as far as that is known. */
  readonly kind: 'subsys' | 'device' | 'both' | null;
  readonly registeredIn: readonly string[];
  readonly callbacks: readonly { readonly field: string; readonly function: string; readonly range: Range }[];
  readonly problems: number;
  /** The loudest of the problems. */
  readonly worst: 'error' | 'warning' | 'information' | 'hint' | null;
}

/** The pernet_list of a tree's kernel when it has booted. */
export interface ListOrder {
  readonly tree: string;
  /** The configuration that the kernel is built with. */
  readonly config: string;
  readonly order: readonly { readonly ops: string; readonly uri: string; readonly level: string }[];
  /** The index of first_device in `order`. */
  readonly firstDevice: number;
}

export interface CheckAnswer {
  readonly files: number;
  readonly problems: number;
}

/** What one thread holds, in bytes. */
export interface HeapUse {
  readonly heap: number;
  /** What is outside of its heap, the parser's memory among it. */
  readonly external: number;
}

/** What the server holds, in bytes; null where that cannot be told (in a browser). */
export interface MemoryReport {
  /** The whole process. */
  readonly resident: number | null;
  /** The thread that speaks with the client. */
  readonly own: HeapUse | null;
  /** The one that analyses, which may be the same one. */
  readonly analysis: HeapUse | null;
  /** How many documents are open. */
  readonly documents: number;
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
  /** Which fixes are looked at before they are made, in editors that can show them first. */
  readonly previewFixes: 'never' | 'outOfView' | 'severalPlaces' | 'always';
  /** A file of `pernet-lint --write-baseline`, absolute or relative to the tree: what it lists is not shown; '' for none. */
  readonly baseline: string;
  /** Whether the workspace is looked through for ops in the background. */
  readonly index: boolean;
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
  previewFixes: 'outOfView',
  baseline: '',
  index: true,
};
