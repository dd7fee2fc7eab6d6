import { createConnection, ProposedFeatures, TextDocuments, TextDocumentSyncKind } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import { loadParser } from '../engine/parser.ts';
import { Analyses } from './analyses.ts';
import { registerCodeActions } from './code-actions.ts';
import { registerCodeLenses } from './code-lenses.ts';
import { registerDiagnostics } from './diagnostics.ts';
import { registerFiles } from './files.ts';
import { registerRulePages } from './rule-pages.ts';
import { registerStatus } from './status.ts';
import { Scenarios } from './scenarios.ts';
import { SettingsStore } from './settings.ts';
import { registerTimelines } from './timelines.ts';
import { Trees } from './trees.ts';
import type { InitializationOptions } from './protocol.ts';

// The language server. It is bundled to dist/server.cjs, beside the two WASM files of its parser, and speaks over
// whatever its arguments name (--stdio, --node-ipc, --socket).

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);

connection.onInitialize(async ({ capabilities, initializationOptions, workspaceFolders }) => {
  const folders = (workspaceFolders ?? []).map(({ uri }) => URI.parse(uri)).filter(({ scheme }) => scheme === 'file');
  const trees = new Trees(
    await loadParser(),
    folders.map(({ fsPath }) => fsPath),
  );
  const settings = new SettingsStore(connection, capabilities.workspace?.configuration === true);
  const analyses = new Analyses(connection, documents, trees, settings);
  const scenarios = new Scenarios(documents, settings);
  const options = (initializationOptions ?? {}) as InitializationOptions;
  const features = { connection, analyses, scenarios, options };
  registerDiagnostics(features);
  registerCodeLenses(features);
  registerCodeActions(features);
  registerTimelines(features);
  registerRulePages(features);
  registerStatus(features);
  registerFiles(features);
  connection.onInitialized(() => void settings.watch());
  // Before the answer goes out: the first document may be opened right behind it.
  documents.listen(connection);
  return {
    serverInfo: { name: 'pernet-lifecycle' },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      codeLensProvider: {},
      codeActionProvider: { codeActionKinds: ['quickfix'] },
    },
  };
});

connection.listen();
