import type { Connection, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { isScenario } from './protocol.ts';
import type { SettingsStore } from './settings.ts';
import { Cancelled, ThreadDied, type Analyser, type Method, type Report, type Requests } from './work.ts';

/**
 * How long after a keystroke that has ended an analysis the next one starts, in milliseconds: whoever types on would end
 * that one as well. With nothing under way it starts at once.
 */
const quietMs = 60;

/** An analysis that takes longer than this is announced, in milliseconds. */
const longMs = 400;

/** A document whose analysis has ended the thread so many times is left alone until it changes. */
const mostDeaths = 2;

/** What the analysis of one version of a document came to; version 0 is the file on the disk. */
export interface Analysed extends Report {
  readonly uri: string;
  readonly version: number;
}

type Listener<T> = (value: T) => void;

/**
 * Keeps the analysis of every open document of C up to date, one at a time, the one that was changed first, and tells
 * who listens. An analysis whose text has changed meanwhile is given up.
 */
export class Analyses {
  private readonly results = new Map<string, Analysed>();
  /** Documents that are to be analysed, in the order in which they will be, with the time before which they are not. */
  private readonly due = new Map<string, number>();
  private readonly deaths = new Map<string, number>();
  /** Documents that were opened just now: that their content is new is said once more, and is no change. */
  private readonly opened = new Set<string>();
  private readonly wanted = new Map<string, ((result: Analysed | undefined) => void)[]>();
  private running: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly analysed: Listener<Analysed>[] = [];
  private readonly started: Listener<string>[] = [];
  private readonly failed: Listener<{ uri: string; reason: string }>[] = [];
  private readonly forgotten: Listener<string>[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly documents: TextDocuments<TextDocument>,
    private readonly analyser: Analyser,
    private readonly settings: SettingsStore,
  ) {
    documents.onDidOpen(({ document }) => {
      this.open(document);
    });
    documents.onDidChangeContent(({ document }) => {
      if (!this.opened.delete(document.uri)) void this.changed(document);
    });
    documents.onDidSave(({ document: { uri } }) => {
      if (!isScenario(uri)) void this.saved(uri);
    });
    documents.onDidClose(({ document: { uri } }) => {
      this.forget(uri);
    });
    settings.onChange(() => {
      this.scheduleAll();
    });
  }

  onAnalysed(listener: Listener<Analysed>): void {
    this.analysed.push(listener);
  }
  /** The first analysis of a document has started, or one that takes long; others are quick and not announced. */
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
    if (!this.documents.get(uri)) return this.analyseClosed(uri);
    const known = this.results.get(uri);
    if (known && this.running !== uri && !this.due.has(uri)) return known;
    if (this.running !== uri) this.schedule(uri, 0);
    return new Promise((resolve) => {
      this.wanted.set(uri, [...(this.wanted.get(uri) ?? []), resolve]);
    });
  }

  /** The last analysis of an open document, perhaps not of its present text. */
  last(uri: string): Analysed | undefined {
    return this.results.get(uri);
  }

  /** The last analyses of all open documents. */
  all(): readonly Analysed[] {
    return [...this.results.values()];
  }

  /** Asks the analyser about a document, as its settings say. */
  async ask<M extends Method>(
    method: M,
    uri: string,
    more: Omit<Requests[M]['params'], 'uri' | 'settings'>,
  ): Promise<Requests[M]['result']> {
    const params = { uri, settings: await this.settings.of(uri), ...more };
    return this.analyser.ask(method, params);
  }

  /** What the analyser holds. */
  memory(): Promise<Requests['memory']['result']> {
    return this.analyser.ask('memory', {});
  }

  /** The files on the disk, those that are `named` among them, that are no longer as they were; paths. */
  changedOnDisk(named: readonly string[]): Promise<Requests['changed']['result']> {
    return this.analyser.ask('changed', { named });
  }

  /** Files have changed on the disk: what was read of them is void. */
  invalidate(uris: readonly string[]): void {
    const others = uris.filter((uri) => !this.documents.get(uri));
    if (others.length === 0) return;
    this.analyser.tell({ note: 'files', uris: others });
    this.scheduleAll();
  }

  private open(document: TextDocument): void {
    const { uri } = document;
    this.opened.add(uri);
    if (isScenario(uri)) return;
    this.analyser.tell({ note: 'text', uri, text: document.getText() });
    this.schedule(uri, 0);
  }

  private async changed({ uri, version }: TextDocument): Promise<void> {
    if (isScenario(uri)) return;
    const { run } = await this.settings.of(uri);
    const document = this.documents.get(uri);
    if (document?.version !== version) return;
    this.analyser.tell({ note: 'text', uri, text: document.getText() });
    this.deaths.delete(uri);
    if (run === 'onType' || !this.results.has(uri)) this.scheduleTree(uri);
  }

  private async saved(uri: string): Promise<void> {
    // What is analysed as it is typed has been.
    if ((await this.settings.of(uri)).run === 'onSave') this.scheduleTree(uri);
  }

  private scheduleAll(): void {
    for (const uri of this.documents.keys()) this.schedule(uri, 0);
  }

  /** A document, and behind it the other open ones of its tree: their lifecycles may run through it. */
  private scheduleTree(uri: string): void {
    const tree = this.results.get(uri)?.place.tree;
    const isOfTree = (other: string): boolean => tree !== undefined && this.results.get(other)?.place.tree === tree;
    const isGivenUp = this.running !== undefined && (this.running === uri || isOfTree(this.running));
    if (isGivenUp) this.analyser.giveUp();
    const delay = isGivenUp ? quietMs : 0;
    const others = [...this.results.keys()].filter((other) => other !== uri && isOfTree(other));
    const waiting = [...this.due];
    this.due.clear();
    for (const each of [uri, ...others]) this.due.set(each, Date.now() + delay);
    for (const [each, time] of waiting) if (!this.due.has(each)) this.due.set(each, time);
    this.wake();
  }

  private schedule(uri: string, delay: number): void {
    if (isScenario(uri)) return;
    if (this.running === uri) this.analyser.giveUp();
    this.due.set(uri, Date.now() + delay);
    this.wake();
  }

  private forget(uri: string): void {
    const tree = this.results.get(uri)?.place.tree;
    this.due.delete(uri);
    this.results.delete(uri);
    this.deaths.delete(uri);
    this.settings.forget(uri);
    this.settle(uri, undefined);
    if (isScenario(uri)) return;
    this.analyser.tell({ note: 'text', uri, text: null });
    tell(this.forgotten, uri);
    // What was not saved of it is gone with it.
    for (const [other, { place }] of this.results) if (place.tree === tree) this.schedule(other, 0);
  }

  private wake(): void {
    clearTimeout(this.timer);
    if (this.running !== undefined) return;
    const now = Date.now();
    const next = [...this.due].sort((a, b) => Math.max(a[1], now) - Math.max(b[1], now))[0];
    if (!next) return;
    this.timer = setTimeout(() => void this.run(next[0]), Math.max(0, next[1] - now));
  }

  private async run(uri: string): Promise<void> {
    if (this.running !== undefined) return;
    this.running = uri;
    this.due.delete(uri);
    const announce = setTimeout(
      () => {
        tell(this.started, uri);
      },
      this.results.has(uri) ? longMs : 0,
    );
    const result = await this.analyse(uri);
    clearTimeout(announce);
    this.running = undefined;
    // One that was closed meanwhile is forgotten.
    if (result && this.documents.get(uri)) {
      this.results.set(uri, result);
      tell(this.analysed, result);
    }
    if (!this.due.has(uri)) this.settle(uri, result);
    this.wake();
  }

  private async analyse(uri: string): Promise<Analysed | undefined> {
    const settings = await this.settings.of(uri);
    const document = this.documents.get(uri);
    if (!document) return undefined;
    const { version } = document;
    this.analyser.tell({ note: 'text', uri, text: document.getText() });
    try {
      return { uri, version, ...(await this.analyser.ask('analyse', { uri, settings })) };
    } catch (error) {
      if (error instanceof Cancelled) {
        if (this.documents.get(uri) && !this.due.has(uri)) this.due.set(uri, 0);
        return undefined;
      }
      this.fail(uri, error);
      return undefined;
    }
  }

  private async analyseClosed(uri: string): Promise<Analysed | undefined> {
    const settings = await this.settings.of(uri);
    for (;;) {
      try {
        return { uri, version: 0, ...(await this.analyser.ask('analyse', { uri, settings })) };
      } catch (error) {
        if (error instanceof Cancelled) continue;
        this.connection.console.error(String(error));
        return undefined;
      }
    }
  }

  /** One document that cannot be analysed takes no other down; the log says where it happened. */
  private fail(uri: string, error: unknown): void {
    this.connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const deaths = (this.deaths.get(uri) ?? 0) + 1;
    this.deaths.set(uri, deaths);
    if (error instanceof ThreadDied && deaths < mostDeaths) this.due.set(uri, 0);
    else tell(this.failed, { uri, reason: String(error) });
  }

  private settle(uri: string, result: Analysed | undefined): void {
    const wanted = this.wanted.get(uri) ?? [];
    this.wanted.delete(uri);
    for (const resolve of wanted) resolve(result);
  }
}

function tell<T>(listeners: readonly Listener<T>[], value: T): void {
  for (const listener of listeners) listener(value);
}
