import { commands as host, Uri, window, workspace, type TextDocument, type TextEditor } from 'vscode';
import { isScenario, methods, type TimelineAnswer, type TimelineParams } from '../server/protocol.ts';
import type { PageState } from '../webview/protocol.ts';
import { commands, timelineView } from './ids.ts';
import type { Features } from './features.ts';
import { TimelinePanel } from './timeline-panel.ts';

type AsText = (uri: Uri) => string;

/** The timeline's panel: its commands, its return after a restart of the editor, and that it follows edits. */
export function registerTimeline(features: Features): void {
  const { context, client, onStatus } = features;
  /** A URI as the server is told it. */
  const asText: AsText = (uri) => client.code2ProtocolConverter.asUri(uri);
  const last = new LastEditor(asText);
  let panel: TimelinePanel | undefined;
  const own = (next: TimelinePanel): void => {
    panel?.dispose();
    panel = next;
    next.onDidDispose(() => {
      if (panel === next) panel = undefined;
    });
  };
  const show = async (params: TimelineParams | undefined): Promise<void> => {
    if (params === undefined) {
      void window.showInformationMessage('Open a C file first: its lifecycle is what there is to see.');
      return;
    }
    if (!panel) own(TimelinePanel.create(features));
    await panel?.show(params);
  };
  // What is wrong with a scenario is said at once, and the panel keeps what it shows.
  const simulateScenario = async (uri: string | undefined): Promise<void> => {
    if (uri === undefined) {
      void window.showInformationMessage('Open a scenario (*.netns.json) first.');
      return;
    }
    const answer = await client.sendRequest<TimelineAnswer>(methods.timeline, { uri } satisfies TimelineParams);
    if (answer.kind === 'none') void window.showErrorMessage(answer.reason);
    else await show({ uri });
  };
  context.subscriptions.push(
    host.registerCommand(commands.simulate, (uri?: unknown, ops?: unknown) =>
      show(typeof uri === 'string' ? { uri, ...(typeof ops === 'string' ? { ops } : {}) } : last.atCursor()),
    ),
    host.registerCommand(commands.showWitness, (uri?: unknown, fingerprint?: unknown) =>
      show(
        typeof uri === 'string' && typeof fingerprint === 'string'
          ? { uri, fingerprint }
          : last.atCursor({ finding: true }),
      ),
    ),
    host.registerCommand(commands.simulateScenario, (uri?: unknown) => simulateScenario(scenarioOf(uri, asText))),
    window.registerWebviewPanelSerializer(timelineView, {
      deserializeWebviewPanel: async (restored, state?: PageState) => {
        const params = state?.restore as TimelineParams | undefined;
        if (params === undefined) {
          restored.dispose();
          return;
        }
        own(TimelinePanel.adopt(features, restored));
        await panel?.show(params);
      },
    }),
    window.onDidChangeActiveTextEditor(last.look),
    window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === window.activeTextEditor) last.look(textEditor);
    }),
    // After each analysis the run may be another one, also where the diagnostics are what they were.
    onStatus((status) => void (status.state === 'ready' && panel?.refresh([status.uri]))),
    // Nothing is published of a scenario.
    workspace.onDidSaveTextDocument(({ uri }) => {
      if (isScenario(asText(uri))) void panel?.refresh([asText(uri)]);
    }),
    { dispose: () => panel?.dispose() },
  );
}

/** The scenario that a lens (as text) or the editor's title bar names, else the active document if it is one. */
function scenarioOf(given: unknown, asText: AsText): string | undefined {
  const uri = given instanceof Uri ? given : window.activeTextEditor?.document.uri;
  const text = typeof given === 'string' ? given : uri && asText(uri);
  return text !== undefined && isScenario(text) ? text : undefined;
}

/** The editor of C that was active last: a walkthrough, a timeline or a list may have taken its place. */
class LastEditor {
  private last: { readonly document: TextDocument; readonly line: number } | undefined;

  constructor(private readonly asText: AsText) {
    this.look(window.activeTextEditor);
  }

  readonly look = (editor: TextEditor | undefined): void => {
    if (editor?.document.languageId !== 'c') return;
    this.last = { document: editor.document, line: editor.selection.active.line };
  };

  /** Its document, with the cursor's line when it is a finding that is asked for. */
  atCursor(options: { finding?: boolean } = {}): TimelineParams | undefined {
    const active = window.activeTextEditor;
    this.look(active);
    // Beside another text it is not meant.
    if (!this.last || (active && active.document !== this.last.document) || this.last.document.isClosed)
      return undefined;
    const uri = this.asText(this.last.document.uri);
    return options.finding ? { uri, line: this.last.line } : { uri };
  }
}
