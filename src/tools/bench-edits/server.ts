import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import {
  MessageType,
  type ConfigurationParams,
  type Diagnostic,
  type LogMessageParams,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol';
import { methods, type MemoryReport } from '../../server/protocol.ts';
import { editBetween } from '../../syntax/edit.ts';
import { checkout } from '../editor-fetch.ts';

/** What one edit took the server, in milliseconds, and what it published. */
export interface Answer {
  /** Processor time of all its threads; null where the system does not say. */
  readonly processor: number | null;
  /** From the change that was sent to the diagnostics that came. */
  readonly passed: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** The language server as it is shipped, in a process of its own, with one document open. */
export class BenchedServer {
  private readonly process: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly uri: string;
  private version = 0;
  private text = '';
  private heard: ((params: PublishDiagnosticsParams) => void) | undefined;

  constructor(file: string) {
    this.uri = pathToFileURL(file).toString();
    // What is garbage is not held (`heapUse`).
    const args = ['--expose-gc', path.join(checkout, 'dist/server.cjs'), '--stdio'];
    this.process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.process;
    if (!stdin || !stdout) throw new Error('the server has no streams');
    this.connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      if (params.uri === this.uri && params.version === this.version) this.heard?.(params);
    });
    this.connection.onRequest('workspace/configuration', ({ items }: ConfigurationParams) => items.map(() => null));
    this.connection.onRequest('client/registerCapability', () => null);
    // What goes wrong in the server is worth more than any number.
    this.connection.onNotification('window/logMessage', ({ type, message }: LogMessageParams) => {
      if (type <= MessageType.Warning) console.error(message);
    });
    this.connection.listen();
  }

  async open(text: string): Promise<Answer> {
    await this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: null,
      // As VS Code, which watches files itself.
      capabilities: { workspace: { configuration: true, didChangeWatchedFiles: { dynamicRegistration: true } } },
    });
    await this.connection.sendNotification('initialized', {});
    return this.measured(text, () =>
      this.connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri: this.uri, languageId: 'c', version: this.version, text },
      }),
    );
  }

  /** Tells of a change as an editor does: what was replaced, and by what. */
  change(text: string): Promise<Answer> {
    const edit = editBetween(this.text, text);
    const place = ({ row, column }: { row: number; column: number }): { line: number; character: number } => ({
      line: row,
      character: column,
    });
    const range = { start: place(edit.startPosition), end: place(edit.oldEndPosition) };
    const replacement = text.slice(edit.startIndex, edit.newEndIndex);
    return this.measured(text, () =>
      this.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri: this.uri, version: this.version },
        contentChanges: [{ range, text: replacement }],
      }),
    );
  }

  /** What the server holds, without garbage. */
  memory(): Promise<MemoryReport> {
    return this.connection.sendRequest<MemoryReport>(methods.memory);
  }

  close(): void {
    this.connection.dispose();
    this.process.kill();
  }

  private async measured(text: string, send: () => Promise<void>): Promise<Answer> {
    this.version++;
    this.text = text;
    const published = new Promise<PublishDiagnosticsParams>((resolve) => {
      this.heard = resolve;
    });
    const before = this.processorTime();
    const start = performance.now();
    await send();
    const { diagnostics } = await published;
    const passed = performance.now() - start;
    const after = this.processorTime();
    return { processor: before === null || after === null ? null : after - before, passed, diagnostics };
  }

  /** What all threads of the server have run, as Linux counts it (/proc/PID/task/TID/schedstat). */
  private processorTime(): number | null {
    try {
      const tasks = `/proc/${this.process.pid}/task`;
      return readdirSync(tasks).reduce((sum, task) => sum + runOf(`${tasks}/${task}/schedstat`), 0);
    } catch {
      return null;
    }
  }
}

/** In milliseconds; a thread may end while it is looked at. */
function runOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
}
