import { env, Position, Range, Uri, ViewColumn, window, workspace, type WebviewPanel } from 'vscode';
import { methods, type TimelineAnswer, type TimelineParams } from '../server/protocol.ts';
import type { ExportFormat, FromPage, Source, ToPage } from '../webview/protocol.ts';
import { timelineView } from './ids.ts';
import type { Features } from './features.ts';
import { randomText } from './random.ts';
import { timelineHtml } from './timeline-html.ts';

/** One panel that shows one run at a time. */
export class TimelinePanel {
  private params: TimelineParams | undefined;
  /** The URIs of the shown run's files. */
  private uris: Readonly<Record<string, string>> = {};
  /** What the page is to show: sent again each time it says that it is ready, for a hidden page is not kept. */
  private message: ToPage | undefined;
  private isReady = false;

  private constructor(
    private readonly features: Features,
    private readonly panel: WebviewPanel,
  ) {
    const dist = Uri.joinPath(features.context.extensionUri, 'dist');
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    webview.onDidReceiveMessage((message: FromPage) => {
      void this.hear(message);
    });
    const asset = (name: string): string => webview.asWebviewUri(Uri.joinPath(dist, name)).toString();
    webview.html = timelineHtml({
      cspSource: webview.cspSource,
      script: asset('timeline.js'),
      style: asset('timeline.css'),
      nonce: randomText(),
    });
  }

  /** A new panel beside the active editor. */
  static create(features: Features): TimelinePanel {
    const place = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    return new TimelinePanel(features, window.createWebviewPanel(timelineView, 'Lifecycle', place));
  }

  /** A panel that the editor has brought back. */
  static adopt(features: Features, panel: WebviewPanel): TimelinePanel {
    return new TimelinePanel(features, panel);
  }

  readonly onDidDispose = (listener: () => void): void => {
    this.panel.onDidDispose(listener);
  };

  dispose(): void {
    this.panel.dispose();
  }

  /** Shows a run, or why there is none, and brings the panel to the front. */
  async show(params: TimelineParams): Promise<void> {
    this.params = params;
    this.panel.reveal(undefined, true);
    await this.update();
  }

  /** Asks for the shown run again when its document is among these. */
  async refresh(uris: readonly string[]): Promise<void> {
    if (this.params && uris.includes(this.params.uri)) await this.update();
  }

  private async update(): Promise<void> {
    const { params } = this;
    if (!params) return;
    const answer = await this.ask(params);
    // Another run may have been asked for in the meantime; its own answer is shown then.
    if (params !== this.params) return;
    switch (answer.kind) {
      case 'timeline': {
        const { timeline, uris } = answer;
        this.uris = uris;
        this.panel.title = timeline.title.startsWith('Lifecycle') ? timeline.title : `Lifecycle: ${timeline.title}`;
        await this.send({ kind: 'show', timeline, restore: { ...withoutQuestion(params), run: timeline.run } });
        break;
      }
      case 'none':
        await this.send({ kind: 'failed', message: answer.reason });
        break;
    }
  }

  /** A server that ends meanwhile has no answer; the next one says when it has looked at the document, and is asked then. */
  private async ask(params: TimelineParams): Promise<TimelineAnswer> {
    try {
      return await this.features.client.sendRequest<TimelineAnswer>(methods.timeline, params);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return {
        kind: 'none',
        reason: `The language server did not answer (${reason}). It is asked again when it is back.`,
      };
    }
  }

  private async send(message: ToPage): Promise<void> {
    this.message = message;
    if (this.isReady) await this.panel.webview.postMessage(message);
  }

  private async hear(message: FromPage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.isReady = true;
        if (this.message) await this.send(this.message);
        break;
      case 'open':
        await this.open(message.source);
        break;
      case 'choose':
        if (this.params) await this.show({ ...withoutQuestion(this.params), run: message.run });
        break;
      case 'whatIf': {
        if (!this.params) break;
        const { question } = message;
        await this.show({ ...withoutQuestion(this.params), ...(question ? { whatIf: question } : {}) });
        break;
      }
      case 'export':
        await save(message.format, message.text);
        break;
    }
  }

  /** Shows a source line in the editor that already has the file, else in the first column. */
  private async open({ file, line, column }: Source): Promise<void> {
    const uri = this.uris[file];
    if (uri === undefined) return;
    const document = await workspace.openTextDocument(this.features.client.protocol2CodeConverter.asUri(uri));
    const shown = window.visibleTextEditors.find((editor) => editor.document === document);
    const position = new Position(line - 1, column - 1);
    await window.showTextDocument(document, {
      viewColumn: shown?.viewColumn ?? ViewColumn.One,
      selection: new Range(position, position),
    });
  }
}

function withoutQuestion(params: TimelineParams): TimelineParams {
  const { uri, ops, fingerprint, line, run } = params;
  return {
    uri,
    ...(ops === undefined ? {} : { ops }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(line === undefined ? {} : { line }),
    ...(run === undefined ? {} : { run }),
  };
}

/** A drawing or a scenario opens as a new document, to be saved wherever it is wanted; text goes to the clipboard. */
async function save(format: ExportFormat, text: string): Promise<void> {
  switch (format) {
    case 'text':
      await env.clipboard.writeText(text);
      window.setStatusBarMessage('The steps are in the clipboard.', 5000);
      return;
    case 'svg':
    case 'json': {
      const language = format === 'svg' ? 'xml' : 'json';
      const document = await workspace.openTextDocument({ content: text, language });
      await window.showTextDocument(document, { viewColumn: ViewColumn.One });
    }
  }
}
