import { Uri, workspace, type ExtensionContext, type LogOutputChannel } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { clientCommands, type InitializationOptions } from '../server/protocol.ts';
import { section } from './ids.ts';

/** The model's scenarios, which a person may have set to either of the editor's JSON languages. */
const scenarios = '**/*.netns.json';

/** The client of the language server, which runs in a process of its own. Not started yet. */
export function createClient(context: ExtensionContext, output: LogOutputChannel): LanguageClient {
  const module = Uri.joinPath(context.extensionUri, 'dist/server.cjs').fsPath;
  const initializationOptions: InitializationOptions = {
    commands: true,
    rulePageLink: `command:${clientCommands.explainRule}?${encodeURIComponent('["')}{rule}${encodeURIComponent('"]')}`,
  };
  return new LanguageClient(
    section,
    'Pernet Lifecycle',
    { module, transport: TransportKind.ipc },
    {
      // Not the left side of a diff and the like: those are nobody's work.
      documentSelector: [
        { language: 'c', scheme: 'file' },
        { language: 'c', scheme: 'untitled' },
        { language: 'json', scheme: 'file', pattern: scenarios },
        { language: 'jsonc', scheme: 'file', pattern: scenarios },
      ],
      initializationOptions,
      outputChannel: output,
      synchronize: {
        fileEvents: workspace.createFileSystemWatcher(
          '**/{*.c,*.h,Makefile,Kbuild,Kconfig*,.config,.pernet-lint.json}',
        ),
      },
    },
  );
}
