import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import {
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type {
  ClientCapabilities,
  ConfigurationParams,
  DidChangeWatchedFilesRegistrationOptions,
  FileSystemWatcher,
  InitializeResult,
  PublishDiagnosticsParams,
  Registration,
  RegistrationParams,
  UnregistrationParams,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from 'vscode-languageserver-protocol';
import { bundled } from '../bundle.ts';
import { methods, type InitializationOptions, type Settings, type Status } from '../../src/server/protocol.ts';

/** The server as it is shipped. */
export const bundleServer = (): Promise<string> => bundled('src/server/main.ts');

/** Has a client of its own, with a server that runs from a bundle, for each test of the block that it is called in. */
export function eachWithServer(use: (client: Client, bundle: string) => void): void {
  let bundle: string;
  let client: Client;
  beforeAll(async () => {
    bundle = await bundleServer();
  });
  beforeEach(() => {
    client = new Client(bundle);
    use(client, bundle);
  });
  afterEach(() => {
    client.close();
  });
}

type Told = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** A client that speaks to the server's process over its standard streams, as an editor without our extension would. */
export class Client {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'pernet-client-'));
  readonly statuses: Status[] = [];
  /** All that was published, in order. */
  readonly publications: PublishDiagnosticsParams[] = [];
  /** The URIs that the server asked to be shown. */
  readonly shown: string[] = [];
  /** What the server said of its progress, in order. */
  readonly progress: Told[] = [];
  /** What the server asked to be told of, by the id of the registration. */
  readonly registered = new Map<string, Registration>();
  /** Requests of the server that this client answers with an error. */
  readonly refuses = new Set<string>();
  /** What the server said to the person. */
  readonly said: string[] = [];
  settings: Partial<Settings> | null = null;
  /** Settings of the editor's own, by section. */
  otherSettings: Readonly<Record<string, unknown>> = {};
  private readonly process: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly published = new Map<string, PublishDiagnosticsParams>();
  private versions = new Map<string, number>();

  constructor(server: string) {
    this.process = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.process;
    if (!stdin || !stdout) throw new Error('the server has no streams');
    this.connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.set(params.uri, params);
      this.publications.push(params);
    });
    this.connection.onNotification(methods.status, (status: Status) => {
      this.statuses.push(status);
    });
    this.connection.onNotification('window/showMessage', ({ message }: { message: string }) => {
      this.said.push(message);
    });
    this.answer('workspace/configuration', ({ items }: ConfigurationParams) =>
      items.map(({ section = '' }) => (section === 'pernet' ? this.settings : (this.otherSettings[section] ?? null))),
    );
    this.answer('window/workDoneProgress/create', () => null);
    this.connection.onNotification('$/progress', ({ value }: { value: Told }) => {
      this.progress.push(value);
    });
    this.answer('client/registerCapability', ({ registrations }: RegistrationParams) => {
      for (const each of registrations) this.registered.set(each.id, each);
      return null;
    });
    this.answer('client/unregisterCapability', ({ unregisterations }: UnregistrationParams) => {
      for (const { id } of unregisterations) this.registered.delete(id);
      return null;
    });
    this.answer('window/showDocument', ({ uri }: { uri: string }) => {
      this.shown.push(uri);
      return { success: true };
    });
    this.answer('workspace/inlayHint/refresh', () => null);
    this.connection.listen();
  }

  async initialize(
    options: InitializationOptions = {},
    workspace: ClientCapabilities['workspace'] = {},
    textDocument: ClientCapabilities['textDocument'] = {},
    window: ClientCapabilities['window'] = {},
  ): Promise<InitializeResult> {
    const result = await this.request<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: { workspace: { configuration: true, ...workspace }, textDocument, window },
      initializationOptions: options,
      workspaceFolders: [{ uri: pathToFileURL(this.folder).toString(), name: 'test' }],
    });
    await this.notify('initialized', {});
    return result;
  }

  /** The patterns of files that the server asked to be told of. */
  get watched(): FileSystemWatcher['globPattern'][] {
    return [...this.registered.values()]
      .filter(({ method }) => method === 'workspace/didChangeWatchedFiles')
      .flatMap(({ registerOptions }) => (registerOptions as DidChangeWatchedFilesRegistrationOptions).watchers)
      .map(({ globPattern }) => globPattern);
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest<T>(method, params);
  }

  notify(method: string, params: unknown): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  /** Writes a file into the workspace without opening it; gives its URI. */
  write(name: string, text: string): string {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return pathToFileURL(file).toString();
  }

  async open(uri: string, text: string): Promise<void> {
    this.versions.set(uri, 1);
    await this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text } });
  }

  /** Replaces the whole text. */
  async change(uri: string, text: string): Promise<void> {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    await this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });
  }

  /** What is published of the document's present version, once it is. */
  async diagnostics(uri: string): Promise<PublishDiagnosticsParams['diagnostics']> {
    for (let tries = 0; tries < 400; tries++) {
      const last = this.published.get(uri);
      if (last && last.version === this.versions.get(uri)) return last.diagnostics;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`nothing was published of version ${this.versions.get(uri) ?? 'none'} of ${uri}`);
  }

  /** What was published last, whatever it was published of. */
  lastPublished(uri: string): PublishDiagnosticsParams | undefined {
    return this.published.get(uri);
  }

  private answer(method: string, give: (params: never) => unknown): void {
    this.connection.onRequest(method, (params: never) => {
      if (this.refuses.has(method)) throw new ResponseError(ErrorCodes.InternalError, 'no');
      return give(params);
    });
  }

  close(): void {
    this.connection.dispose();
    this.process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
