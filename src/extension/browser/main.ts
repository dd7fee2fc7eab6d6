import { Disposable, Uri, window, workspace, type ExtensionContext, type LogOutputChannel } from 'vscode';
import {
  BaseLanguageClient,
  State,
  type LanguageClientOptions,
  type MessageTransports,
} from 'vscode-languageclient/browser';
import { clientOptions } from '../client-options.ts';
import { registerAll } from '../features.ts';
import { section } from '../ids.ts';
import { ServerWorker } from './server-worker.ts';
import { handTexts } from './texts.ts';
import { fromServer, toServer } from './uris.ts';
import { firstLine } from '../output.ts';

// The extension in a browser (vscode.dev, github.dev): the server is in a worker, and is handed the files that it reads.

let client: BaseLanguageClient | undefined;

/** Registers what there is; nothing here waits for the server. */
export function activate(context: ExtensionContext): void {
  const output = window.createOutputChannel('Pernet Lifecycle', { log: true });
  output.info(firstLine(context.extension));
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
  private worker: ServerWorker | undefined;

  constructor(
    private readonly extension: Uri,
    options: LanguageClientOptions,
  ) {
    super(section, 'Pernet Lifecycle', options);
  }

  protected override async createMessageTransports(): Promise<MessageTransports> {
    this.worker?.end();
    const dist = (name: string): Uri => Uri.joinPath(this.extension, 'dist', name);
    const [script, coreWasm, languageWasm] = await Promise.all([
      workspace.fs.readFile(dist('server-web.js')),
      workspace.fs.readFile(dist('web-tree-sitter.wasm')),
      workspace.fs.readFile(dist('tree-sitter-c.wasm')),
    ]);
    this.worker = new ServerWorker(script);
    return this.worker.start({ coreWasm, languageWasm });
  }
}

function optionsOf(output: LogOutputChannel): LanguageClientOptions {
  const schemes = new Set((workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme));
  for (const scheme of ['file', 'untitled', 'vscode-vfs']) schemes.add(scheme);
  return {
    ...clientOptions([...schemes], output, () => client),
    uriConverters: {
      code2Protocol: (uri) => toServer(uri).toString(),
      protocol2Code: (text) => fromServer(Uri.parse(text)),
    },
  };
}
