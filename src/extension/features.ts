import { commands, EventEmitter, type Event, type ExtensionContext } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { methods, type Status } from '../server/protocol.ts';
import { registerOpsView } from './ops-view/view.ts';
import { registerRulePages } from './rule-pages.ts';
import { registerServerCommands } from './server-commands.ts';
import { registerStatus } from './status.ts';
import { registerTimeline } from './timeline.ts';
import { registerSuppress } from './suppress.ts';
import { registerSample } from './sample.ts';
import { registerBugReport } from './bug-report.ts';
import { isActive } from './ids.ts';

/** What each feature is registered with. */
export interface Features {
  readonly context: ExtensionContext;
  readonly client: BaseLanguageClient;
  /** How a document is doing, each time the server says so. */
  readonly onStatus: Event<Status>;
}

/** Registers what there is, in every kind of editor; nothing here waits for the server. */
export function registerAll({ context, client }: Omit<Features, 'onStatus'>): void {
  const statuses = new EventEmitter<Status>();
  // A notification has one listener.
  context.subscriptions.push(
    statuses,
    client.onNotification(methods.status, (status: Status) => {
      statuses.fire(status);
    }),
  );
  const features: Features = { context, client, onStatus: statuses.event };
  registerServerCommands(features);
  registerRulePages(features);
  registerTimeline(features);
  registerStatus(features);
  registerSuppress(features);
  registerSample(features);
  registerBugReport(features);
  registerOpsView(features);
  void commands.executeCommand('setContext', isActive, true);
}
