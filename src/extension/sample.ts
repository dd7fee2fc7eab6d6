import { commands as host, Uri, window, workspace } from 'vscode';
import { commands } from './ids.ts';
import type { Features } from './features.ts';

/** A module with four bugs to look at, as a document of its own: nothing is written. */
export function registerSample({ context }: Features): void {
  context.subscriptions.push(
    host.registerCommand(commands.openSample, async () => {
      const uri = Uri.joinPath(context.extensionUri, 'dist/pernet_sample.c');
      const content = new TextDecoder().decode(await workspace.fs.readFile(uri));
      await window.showTextDocument(await workspace.openTextDocument({ language: 'c', content }));
    }),
  );
}
