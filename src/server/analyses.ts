import type { Connection, TextDocuments } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { NotAnalysed, Finding, Severity } from '../report/finding.ts';
import { notAnalysedRule } from '../rules/index.ts';
import type { OpsSummary } from '../engine/types.ts';
import { isScenario, type Settings } from './protocol.ts';
import type { SettingsStore } from './settings.ts';
import type { TreeFile, Trees } from './trees.ts';

/** How long after the last keystroke an analysis starts, in milliseconds. */
const quietMs = 150;

/** What the analysis of one version of a document came to; version 0 is the file on the disk. */
export interface Analysed {
  readonly uri: string;
  readonly version: number;
  readonly file: TreeFile;
  readonly findings: readonly Finding[];
  readonly notAnalysed: readonly NotAnalysed[];
  /** How loud it is that something could not be analysed. */
  readonly gapSeverity: Severity;
  readonly ops: readonly OpsSummary[];
}

const nothing = { findings: [], notAnalysed: [], ops: [] };

type Listener<T> = (value: T) => void;

/** Keeps the analysis of every open document of C up to date, and tells who listens. */
export class Analyses {
  private readonly results = new Map<string, Analysed>();
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  private readonly analysed: Listener<Analysed>[] = [];
  private readonly started: Listener<string>[] = [];
  private readonly failed: Listener<{ uri: string; reason: string }>[] = [];
  private readonly forgotten: Listener<string>[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly documents: TextDocuments<TextDocument>,
    private readonly trees: Trees,
    private readonly settings: SettingsStore,
  ) {
    documents.onDidOpen(({ document }) => {
      this.schedule(document.uri, 0);
    });
    documents.onDidChangeContent(({ document }) => void this.changed(document));
    documents.onDidSave(({ document }) => {
      this.scheduleTree(document.uri, 0);
    });
    documents.onDidClose(({ document }) => {
      this.forget(document.uri);
    });
    settings.onChange(() => {
      this.scheduleAll();
    });
  }

  onAnalysed(listener: Listener<Analysed>): void {
    this.analysed.push(listener);
  }
  /** The first analysis of a document has started; later ones are quick and not announced. */
  onStarted(listener: Listener<string>): void {
    this.started.push(listener);
  }
  onFailed(listener: Listener<{ uri: string; reason: string }>): void {
    this.failed.push(listener);
  }
  onForgotten(listener: Listener<string>): void {
    this.forgotten.push(listener);
  }

  /** The analysis of a document as it is now, or of its file when it is not open; undefined when it failed. */
  async of(uri: string): Promise<Analysed | undefined> {
    if (!this.documents.get(uri)) return this.analyse(uri, await this.settings.of(uri));
    if (this.waiting.has(uri) || !this.results.has(uri)) await this.run(uri);
    return this.results.get(uri);
  }

  /** Files have changed on the disk: what was read of them is void. */
  invalidate(uris: readonly string[]): void {
    for (const uri of uris) this.trees.invalidate(uri);
    this.scheduleAll();
  }

  private async changed({ uri, version }: TextDocument): Promise<void> {
    const { run } = await this.settings.of(uri);
    if (run === 'onType' && this.documents.get(uri)?.version === version) this.scheduleTree(uri, quietMs);
  }

  private scheduleAll(): void {
    for (const uri of this.documents.keys()) this.schedule(uri, 0);
  }

  /** A document, and behind it the other open ones of its tree: their lifecycles may run through it. */
  private scheduleTree(uri: string, delay: number): void {
    this.schedule(uri, delay);
    const tree = this.results.get(uri)?.file.tree;
    for (const [other, { file }] of this.results) {
      if (other !== uri && file.tree === tree) this.schedule(other, delay);
    }
  }

  private schedule(uri: string, delay: number): void {
    if (isScenario(uri)) return;
    clearTimeout(this.waiting.get(uri));
    this.waiting.set(
      uri,
      setTimeout(() => void this.run(uri), delay),
    );
  }

  private forget(uri: string): void {
    clearTimeout(this.waiting.get(uri));
    this.waiting.delete(uri);
    this.results.delete(uri);
    this.settings.forget(uri);
    if (isScenario(uri)) return;
    this.trees.close(uri);
    tell(this.forgotten, uri);
  }

  private async run(uri: string): Promise<void> {
    clearTimeout(this.waiting.get(uri));
    this.waiting.delete(uri);
    const settings = await this.settings.of(uri);
    const document = this.documents.get(uri);
    if (!document) return;
    if (!this.results.has(uri)) tell(this.started, uri);
    const result = this.analyse(uri, settings, document);
    if (!result) return;
    this.results.set(uri, result);
    tell(this.analysed, result);
  }

  private analyse(uri: string, settings: Settings, document?: TextDocument): Analysed | undefined {
    try {
      const file = this.trees.file(uri, settings, document?.getText());
      const { findings, notAnalysed, ops } = settings.enable ? file.analyse() : nothing;
      const set = settings.rules[notAnalysedRule.id];
      const gapSeverity = set === undefined || set === 'off' ? notAnalysedRule.severity : set;
      return { uri, version: document?.version ?? 0, file, findings, notAnalysed, gapSeverity, ops };
    } catch (error) {
      // One file that cannot be analysed takes no other down; the log says where it happened.
      this.connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      tell(this.failed, { uri, reason: String(error) });
      return undefined;
    }
  }
}

function tell<T>(listeners: readonly Listener<T>[], value: T): void {
  for (const listener of listeners) listener(value);
}
