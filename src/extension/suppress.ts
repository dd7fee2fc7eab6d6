import { commands as host, Position, window, workspace, WorkspaceEdit } from 'vscode';
import { commands } from './ids.ts';
import type { Features } from './features.ts';

/** What a quick fix that suppresses a finding does: asks why, and writes the comment. */
export function registerSuppress({ context, client }: Features): void {
  context.subscriptions.push(
    host.registerCommand(commands.suppress, async (uri?: unknown, line?: unknown, comment?: unknown) => {
      if (typeof uri !== 'string' || typeof line !== 'number' || typeof comment !== 'string') return;
      const reason = await window.showInputBox({
        title: 'Why is this meant?',
        prompt: 'The reason stands in the comment; without one it suppresses nothing.',
        validateInput: (text) => (text.trim() === '' || text.includes('*/') ? 'A few words, without */' : undefined),
      });
      if (reason === undefined) return;
      const edit = new WorkspaceEdit();
      edit.insert(
        client.protocol2CodeConverter.asUri(uri),
        new Position(line, 0),
        comment.replace('{reason}', () => reason.trim()),
      );
      await workspace.applyEdit(edit);
    }),
  );
}
