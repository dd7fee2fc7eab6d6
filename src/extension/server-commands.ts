import { commands as host } from 'vscode';
import { commands } from './ids.ts';
import type { Features } from './features.ts';

/** `Restart Server` and `Show Output`. */
export function registerServerCommands({ context, client }: Features): void {
  context.subscriptions.push(
    host.registerCommand(commands.restartServer, async () => {
      // One that hangs does not end in time, and one that could not be started cannot be stopped: another one can be started.
      await client.stop().catch(() => undefined);
      await client.start();
    }),
    host.registerCommand(commands.showOutput, () => {
      client.outputChannel.show(true);
    }),
  );
}
