import { window, type ExtensionContext } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { createClient } from './client.ts';
import { registerAll } from './features.ts';
import { firstLine } from './output.ts';

let client: LanguageClient | undefined;

/** Registers what there is; nothing here waits for the server. */
export function activate(context: ExtensionContext): void {
  const output = window.createOutputChannel('Pernet Lifecycle', { log: true });
  output.info(firstLine(context.extension));
  client = createClient(context, output);
  context.subscriptions.push(output);
  registerAll({ context, client });
  // The client says itself, once, when the server cannot be started.
  client.start().catch((error: unknown) => {
    output.error(String(error));
  });
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
