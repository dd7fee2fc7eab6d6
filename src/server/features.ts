import type { Connection, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Background } from './background/jobs.ts';
import type { BootedLists } from './booted.ts';
import type { Checked } from './checked.ts';
import type { WorkspaceIndex } from './workspace-index.ts';
import type { Analyses } from './analyses.ts';
import type { EditSupport } from './workspace-edits.ts';
import type { CheckAnswer, InitializationOptions } from './protocol.ts';
import type { DiskChanges, Watching } from './watching.ts';
import type { Cancellation } from './workspace-check.ts';
import type { Scenarios } from './scenarios.ts';
import type { SettingsStore } from './settings.ts';

/** What each feature is registered with. */
export interface Features {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly analyses: Analyses;
  readonly settings: SettingsStore;
  readonly scenarios: Scenarios;
  readonly workspace: WorkspaceIndex;
  readonly checked: Checked;
  readonly booted: BootedLists;
  readonly background: Background;
  readonly disk: DiskChanges;
  readonly edits: EditSupport;
  readonly watching: Watching;
  /** Analyses the whole workspace. */
  readonly check: (token: Cancellation) => Promise<CheckAnswer>;
  readonly options: InitializationOptions;
  /** Does something once the client has said that it is ready to be asked. */
  readonly onInitialized: (listener: () => void) => void;
  /** Puts a text where the client can open it; gives its URI. */
  readonly show: (name: string, text: string) => Promise<string>;
}
