import { commands as host } from 'vscode';
import { commands } from './ids.ts';
import type { Features } from './main.ts';

/** `Restart Server` and `Show Output`. */
export function registerServerCommands({ context, client }: Features): void {
  context.subscriptions.push(
    host.registerCommand(commands.restartServer, () => client.restart()),
    host.registerCommand(commands.showOutput, () => {
      client.outputChannel.show(true);
    }),
  );
}
