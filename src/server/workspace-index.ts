import path from 'node:path';
import type { Connection } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { patternsOf } from './background/globs.ts';
import type { Background, Job, Progress } from './background/jobs.ts';
import { listedIn, type IndexedFile, type ScanFolder, type Scanned } from './background/scan.ts';
import { SeenFolders } from './seen-folders.ts';
import type { SettingsStore } from './settings.ts';

/** How long after the last change of a file it is read again, in milliseconds. */
const quietMs = 500;

/** The ops of the workspace by file, looked for in the background and followed as files change on the disk. */
export class WorkspaceIndex {
  private readonly byPath = new Map<string, IndexedFile>();
  private folders: readonly string[] = [];
  private scanning: Job<Scanned> | undefined;
  private readonly seen = new SeenFolders();
  private isStarted = false;
  /** What was scanned last. */
  private scanned = '';
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly background: Background,
    private readonly settings: SettingsStore,
  ) {
    settings.onChange(() => void this.lookAgain());
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  get isReading(): boolean {
    return this.scanning !== undefined;
  }

  /** By path, those without ops left out. */
  files(): readonly IndexedFile[] {
    return [...this.byPath.values()].filter(({ ops, registrations }) => ops.length + registrations.length > 0);
  }

  /** The outermost open folder that a path lies in. */
  folderOf(file: string): string | undefined {
    const around = this.folders.filter((folder) => file.startsWith(folder + path.sep));
    return around.sort((a, b) => a.length - b.length)[0];
  }

  /** The folders that the client has open now, as paths: what lies in no other one of them is looked through. */
  setFolders(folders: readonly string[]): void {
    this.folders = folders;
    if (this.isStarted) void this.scan();
  }

  /** Begins, once; whoever calls says that what a person waits for has been done. */
  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    void this.scan();
  }

  /** Files have changed on the disk. */
  invalidate(uris: readonly string[]): void {
    if (!this.isStarted) return;
    for (const uri of uris) {
      const file = URI.parse(uri).fsPath;
      const name = path.basename(file);
      if (name.endsWith('.c') && this.folderOf(file) !== undefined) this.changed.add(file);
      // What a Makefile or a Kconfig file says of modules is about the files beside it and below.
      else if (/^(Makefile|Kbuild|Kconfig.*)$/.test(name))
        for (const known of this.byPath.keys())
          if (known.startsWith(path.dirname(file) + path.sep)) this.changed.add(known);
    }
    clearTimeout(this.timer);
    if (this.changed.size > 0) this.timer = setTimeout(() => void this.readChanged(), quietMs);
  }

  /** The files that have changed, come or gone on the disk since they were read, as paths; cheap enough for a request. */
  async changedOnDisk(): Promise<readonly string[]> {
    if (!this.isStarted || this.isReading) return [];
    return this.seen.changed(listedIn(await this.foldersToScan()));
  }

  /** Once what is known to have changed has been read. */
  async settled(): Promise<void> {
    await this.scanning?.result.catch(() => undefined);
    if (this.changed.size === 0) return;
    clearTimeout(this.timer);
    await this.readChanged();
  }

  close(): void {
    clearTimeout(this.timer);
    this.scanning?.cancel();
  }

  /** The settings have changed; those that say what is looked through may be among them. */
  private async lookAgain(): Promise<void> {
    if (this.isStarted && JSON.stringify(await this.foldersToScan()) !== this.scanned) await this.scan();
  }

  private async scan(): Promise<void> {
    this.scanning?.cancel();
    const folders = await this.foldersToScan();
    this.scanned = JSON.stringify(folders);
    if (folders.length === 0) {
      this.byPath.clear();
      this.seen.set({ folders: [], files: [] });
      this.tell();
      return;
    }
    const report = await this.progress();
    const job = this.background('scan', { folders }, report.show);
    this.scanning = job;
    this.tell();
    try {
      const { files, seen } = await job.result;
      if (this.scanning !== job) return;
      this.seen.set(seen);
      this.byPath.clear();
      for (const file of files) this.byPath.set(file.path, file);
    } catch (error) {
      if (this.scanning === job) this.connection.console.error(String(error));
    } finally {
      report.done();
      if (this.scanning === job) this.scanning = undefined;
      this.tell();
    }
  }

  private async readChanged(): Promise<void> {
    // What is being looked through was perhaps read before it changed.
    await this.scanning?.result.catch(() => undefined);
    const files = [...this.changed].sort();
    this.changed.clear();
    for (const file of files) this.seen.note(file);
    try {
      const folders = await this.foldersToScan();
      for (const file of await this.background('read', { files, folders }, () => undefined).result)
        this.byPath.set(file.path, file);
      this.tell();
    } catch (error) {
      this.connection.console.error(String(error));
    }
  }

  private async foldersToScan(): Promise<ScanFolder[]> {
    const outermost = this.folders.filter(
      (folder) => !this.folders.some((other) => other !== folder && folder.startsWith(other + path.sep)),
    );
    const all: ScanFolder[] = [];
    for (const folder of outermost) {
      const uri = URI.file(folder).toString();
      if (!(await this.settings.of(uri)).index) continue;
      const sections = await this.settings.sections(uri, ['files.exclude', 'search.exclude']);
      all.push({ path: folder, exclude: sections.flatMap(patternsOf) });
    }
    return all;
  }

  /** Progress where the client shows any, and does not refuse to. */
  private async progress(): Promise<{ readonly show: (progress: Progress) => void; readonly done: () => void }> {
    const reporter = await this.connection.window.createWorkDoneProgress().catch(() => undefined);
    if (!reporter) return { show: () => undefined, done: () => undefined };
    reporter.begin('Pernet', 0, 'reading the workspace', false);
    return {
      show: ({ message, done, total }) => {
        if (total === 0) reporter.report(message);
        else reporter.report(Math.floor((100 * done) / total), `${message} (${done} of ${total})`);
      },
      done: () => {
        reporter.done();
      },
    };
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
