import type { LogOutputChannel } from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import { LevelledOutput } from './output.ts';
import { sayRestarts } from './restarts.ts';
import { clientCommands, type InitializationOptions } from '../server/protocol.ts';

/** The model's scenarios, which a person may have set to either of the editor's JSON languages. */
const scenarios = '**/*.netns.json';

/** What every client of the server has in common: which documents it looks at, what its links do, where it says what. */
export function clientOptions(
  schemes: readonly string[],
  output: LogOutputChannel,
  client: () => BaseLanguageClient | undefined,
): LanguageClientOptions {
  const initializationOptions: InitializationOptions = {
    commands: true,
    rulePageLink: `command:${clientCommands.explainRule}?${encodeURIComponent('["')}{rule}${encodeURIComponent('"]')}`,
  };
  return {
    // Not the left side of a diff and the like: those are nobody's work.
    documentSelector: schemes.flatMap((scheme) => [
      { language: 'c', scheme },
      { language: 'json', scheme, pattern: scenarios },
      { language: 'jsonc', scheme, pattern: scenarios },
    ]),
    initializationOptions,
    outputChannel: new LevelledOutput(output),
    errorHandler: sayRestarts(client),
  };
}
