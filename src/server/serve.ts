import {
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type ServerCapabilities,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import { Analyses } from './analyses.ts';
import type { Background } from './background/jobs.ts';
import { BootedLists } from './booted.ts';
import { Checked } from './checked.ts';
import { registerCallHierarchy } from './call-hierarchy.ts';
import { registerCodeActions } from './code-actions.ts';
import { registerCodeLenses } from './code-lenses.ts';
import { registerCommands } from './commands.ts';
import { registerCompletion } from './completion.ts';
import { registerDiagnostics } from './diagnostics.ts';
import type { Features } from './features.ts';
import { registerFiles } from './files.ts';
import { registerHover } from './hover.ts';
import { registerInlayHints } from './inlay-hints.ts';
import { registerMemory } from './memory.ts';
import { registerNavigation } from './navigate.ts';
import { registerOpsList } from './ops-list.ts';
import { registerProjectProblems } from './project-problems.ts';
import type { InitializationOptions } from './protocol.ts';
import { registerRulePages } from './rule-pages.ts';
import { Scenarios } from './scenarios.ts';
import { SettingsStore } from './settings.ts';
import { registerStatus } from './status.ts';
import { registerDocumentSymbols } from './symbols.ts';
import { registerTimelines } from './timelines.ts';
import type { Analyser } from './work.ts';
import { DiskChanges, registerWatching, watchingOf } from './watching.ts';
import { registerWorkspaceCheck, WorkspaceCheck } from './workspace-check.ts';
import { editSupportOf } from './workspace-edits.ts';
import { WorkspaceIndex } from './workspace-index.ts';
import { registerWorkspaceSymbols } from './workspace-symbols.ts';

/** What a server needs of where it runs. */
export interface Surroundings {
  readonly analyser: Analyser;
  /** Does what takes long and concerns whole trees. */
  readonly background: Background;
  /** Whether files lie where they can be looked at at any time; else the client hands them over, and says when they change. */
  readonly hasDisk: boolean;
  /** Reads a file that is not open. */
  readonly readText: (uri: string) => Promise<string>;
  /** Puts a text where the client can open it; gives its URI. */
  readonly show: (name: string, text: string) => Promise<string>;
}

/** Each feature registers itself; those of the protocol say what they can. */
const features: readonly ((features: Features) => void)[] = [
  registerDiagnostics,
  registerProjectProblems,
  registerTimelines,
  registerRulePages,
  registerStatus,
  registerOpsList,
  registerWorkspaceCheck,
  registerFiles,
  registerWatching,
  registerMemory,
];
const protocolFeatures: readonly ((features: Features) => Partial<ServerCapabilities>)[] = [
  registerCodeLenses,
  registerCodeActions,
  registerHover,
  registerNavigation,
  registerDocumentSymbols,
  registerWorkspaceSymbols,
  registerCallHierarchy,
  registerInlayHints,
  registerCompletion,
  registerCommands,
];

/** Serves a client, from its first word to its last. */
export function serve(connection: Connection, { analyser, background, hasDisk, readText, show }: Surroundings): void {
  const documents = new TextDocuments(TextDocument);
  connection.onInitialize((params) => {
    const { capabilities } = params;
    let folders = foldersOf(params);
    const { configuration, didChangeConfiguration } = capabilities.workspace ?? {};
    const settings = new SettingsStore(connection, {
      ask: configuration === true,
      register: didChangeConfiguration?.dynamicRegistration === true,
    });
    const workspace = new WorkspaceIndex(connection, background, settings);
    const tellFolders = (): void => {
      const onDisk = folders.map((uri) => URI.parse(uri)).filter(({ scheme }) => scheme === 'file');
      analyser.tell({ note: 'folders', folders: onDisk.map(({ fsPath }) => fsPath) });
      workspace.setFolders(onDisk.map(({ fsPath }) => fsPath));
    };
    tellFolders();
    const analyses = new Analyses(connection, documents, analyser, settings);
    const scenarios = new Scenarios(documents, settings, analyses, readText);
    const options = (params.initializationOptions ?? {}) as InitializationOptions;
    const checked = new Checked();
    const booted = new BootedLists(background, settings);
    const all = {
      ...{ connection, documents, analyses, settings, scenarios, options, show },
      ...{ workspace, checked, booted, background, disk: new DiskChanges() },
      watching: watchingOf(capabilities, { hasDisk, isOurs: options.commands === true }),
      edits: editSupportOf(capabilities),
    };
    const begin: (() => void)[] = [];
    const wholeCheck = new WorkspaceCheck(all);
    const given: Features = {
      ...all,
      check: (token) => wholeCheck.run(token),
      onInitialized: (listener) => void begin.push(listener),
    };
    connection.onShutdown(() => {
      analyser.close();
      workspace.close();
    });
    for (const register of features) register(given);
    const can = protocolFeatures.map((register) => register(given));
    const follows = capabilities.workspace?.workspaceFolders === true;
    connection.onInitialized(() => {
      for (const listener of begin) listener();
      void settings.watch();
      if (!follows) return;
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => uri));
        folders = [...folders.filter((uri) => !gone.has(uri)), ...added.map(({ uri }) => uri)];
        tellFolders();
      });
    });
    // Before the answer goes out: the first document may be opened right behind it.
    documents.listen(connection);
    return {
      serverInfo: { name: 'pernet-lifecycle' },
      capabilities: Object.assign(
        {
          textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
          ...(follows ? { workspace: { workspaceFolders: { supported: true, changeNotifications: true } } } : {}),
        },
        ...can,
      ) as ServerCapabilities,
    };
  });
  connection.listen();
}

/** The URIs of the folders that are open. A client that does not know of several names one (Kate). */
function foldersOf(params: InitializeParams): readonly string[] {
  const { workspaceFolders, rootUri } = params as Pick<InitializeParams, 'workspaceFolders'> & {
    readonly rootUri?: string | null;
  };
  if (workspaceFolders) return workspaceFolders.map(({ uri }) => uri);
  return typeof rootUri === 'string' ? [rootUri] : [];
}
