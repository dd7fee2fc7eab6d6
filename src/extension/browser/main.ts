import { Disposable, Uri, window, workspace, type ExtensionContext, type LogOutputChannel } from 'vscode';
import {
  BaseLanguageClient,
  BrowserMessageReader,
  BrowserMessageWriter,
  State,
  type LanguageClientOptions,
  type MessageTransports,
} from 'vscode-languageclient/browser';
import type { WorkerStart } from '../../server/protocol.ts';
import { clientOptions } from '../client-options.ts';
import { registerAll } from '../features.ts';
import { section } from '../ids.ts';
import { handTexts } from './texts.ts';
import { fromServer, toServer } from './uris.ts';

// The extension in a browser (vscode.dev, github.dev): the server is in a worker, and is handed the files that it reads.

/** The part of a browser's own that is used: the types of a page's own library are not those of this program. */
interface Worker {
  postMessage(message: unknown): void;
  terminate(): void;
}
declare const Worker: new (url: string) => Worker;
declare const Blob: new (parts: readonly Uint8Array[], options: { readonly type: string }) => object;
declare const URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };

let client: BaseLanguageClient | undefined;

/** Registers what there is; nothing here waits for the server. */
export function activate(context: ExtensionContext): void {
  const output = window.createOutputChannel('Pernet Lifecycle', { log: true });
  const started = (client = new WorkerClient(context.extensionUri, optionsOf(output)));
  let handing: Disposable | undefined;
  started.onDidChangeState(({ newState }) => {
    handing?.dispose();
    handing = newState === State.Running ? handTexts(started) : undefined;
  });
  context.subscriptions.push(
    output,
    new Disposable(() => {
      handing?.dispose();
    }),
  );
  registerAll({ context, client: started });
  started.start().catch((error: unknown) => {
    output.error(String(error));
  });
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

/** A client whose server is in a worker, another one each time it is started. */
class WorkerClient extends BaseLanguageClient {
  private worker: Worker | undefined;
  private script: string | undefined;

  constructor(
    private readonly extension: Uri,
    options: LanguageClientOptions,
  ) {
    super(section, 'Pernet Lifecycle', options);
  }

  protected override async createMessageTransports(): Promise<MessageTransports> {
    this.worker?.terminate();
    const dist = (name: string): Uri => Uri.joinPath(this.extension, 'dist', name);
    const [server, coreWasm, languageWasm] = await Promise.all([
      workspace.fs.readFile(dist('server-web.js')),
      workspace.fs.readFile(dist('web-tree-sitter.wasm')),
      workspace.fs.readFile(dist('tree-sitter-c.wasm')),
    ]);
    // By its own address the host starts no worker where the extension is on a remote machine. A worker loads its script
    // when it likes: the last one's is let go when there is another.
    if (this.script !== undefined) URL.revokeObjectURL(this.script);
    this.script = URL.createObjectURL(new Blob([server], { type: 'text/javascript' }));
    const worker = (this.worker = new Worker(this.script));
    worker.postMessage({ coreWasm, languageWasm } satisfies WorkerStart);
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
  }
}

function optionsOf(output: LogOutputChannel): LanguageClientOptions {
  const schemes = new Set((workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme));
  for (const scheme of ['file', 'untitled', 'vscode-vfs']) schemes.add(scheme);
  return {
    ...clientOptions([...schemes], output),
    uriConverters: {
      code2Protocol: (uri) => toServer(uri).toString(),
      protocol2Code: (text) => fromServer(Uri.parse(text)),
    },
  };
}
