import path from 'node:path';
import type { CodeLens, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import { bootRequestOf, timelineOfScenario } from '../engine/index.ts';
import type { Analyses } from './analyses.ts';
import { clientCommands, type TimelineAnswer, type TimelineParams } from './protocol.ts';
import type { SettingsStore } from './settings.ts';

/** Above the first line of a scenario: a lens that runs it. */
export function lensesOfScenario(uri: string): CodeLens[] {
  const start = { line: 0, character: 0 };
  const command = { title: 'Simulate scenario', command: clientCommands.simulateScenario, arguments: [uri] };
  return [{ range: { start, end: start }, command }];
}

/** Runs scenario documents on the model, as they are in the editor or else on the disk. */
export class Scenarios {
  constructor(
    private readonly documents: TextDocuments<TextDocument>,
    private readonly settings: SettingsStore,
    private readonly analyses: Analyses,
    private readonly readText: (uri: string) => Promise<string>,
  ) {}

  /** The timeline of a scenario, or in one line why there is none. */
  async answer({ uri, whatIf }: TimelineParams): Promise<TimelineAnswer> {
    const { dialect } = await this.settings.of(uri);
    const file = path.posix.basename(URI.parse(uri).path);
    try {
      const text = this.documents.get(uri)?.getText() ?? (await this.readText(uri));
      const request = bootRequestOf(text);
      // That reads a whole tree, which is the analyser's work.
      const start = request && (await this.analyses.ask('boot', uri, { request }));
      if (start && 'error' in start) return { kind: 'none', reason: `${file}: ${start.error}` };
      const timeline = timelineOfScenario(text, {
        file,
        ...(start ? { start } : {}),
        ...(dialect === 'auto' ? {} : { dialect }),
        ...(whatIf ? { whatIf } : {}),
      });
      if ('error' in timeline) return { kind: 'none', reason: `${file}: ${timeline.error}` };
      return { kind: 'timeline', timeline, uris: {} };
    } catch (error) {
      return { kind: 'none', reason: `${file}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}
