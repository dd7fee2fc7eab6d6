import { window, type ExtensionContext } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { registerBugReport } from './bug-report.ts';
import { createClient } from './client.ts';
import { registerRulePages } from './rule-pages.ts';
import { registerSample } from './sample.ts';
import { registerServerCommands } from './server-commands.ts';
import { registerStatus } from './status.ts';
import { registerSuppress } from './suppress.ts';
import { registerTimeline } from './timeline.ts';

/** What each feature is registered with. */
export interface Features {
  readonly context: ExtensionContext;
  readonly client: LanguageClient;
}

let client: LanguageClient | undefined;

/** Registers what there is; nothing here waits for the server. */
export function activate(context: ExtensionContext): void {
  const output = window.createOutputChannel('Pernet Lifecycle', { log: true });
  client = createClient(context, output);
  const features: Features = { context, client };
  context.subscriptions.push(output);
  registerServerCommands(features);
  registerRulePages(features);
  registerTimeline(features);
  registerStatus(features);
  registerSuppress(features);
  registerSample(features);
  registerBugReport(features);
  // The client says itself, once, when the server cannot be started.
  client.start().catch((error: unknown) => {
    output.error(String(error));
  });
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
