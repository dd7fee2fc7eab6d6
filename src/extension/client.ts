import { Uri, type ExtensionContext, type LogOutputChannel } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { clientOptions } from './client-options.ts';
import { section } from './ids.ts';

/** The client of the language server, which runs in a process of its own. Not started yet. */
export function createClient(context: ExtensionContext, output: LogOutputChannel): LanguageClient {
  const module = Uri.joinPath(context.extensionUri, 'dist/server.cjs').fsPath;
  const client: LanguageClient = new LanguageClient(
    section,
    'Pernet Lifecycle',
    { module, transport: TransportKind.ipc },
    clientOptions(['file', 'untitled'], output, () => client),
  );
  return client;
}
