import path from 'node:path';
import {
  DidChangeWatchedFilesNotification,
  type ClientCapabilities,
  type Connection,
  type Disposable,
  type FileSystemWatcher,
} from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import type { Features } from './features.ts';
import type { Settings } from './protocol.ts';

/** Who notices that a file has changed on the disk; nobody, where there is none. */
export interface Watching {
  /** Whether the client is asked to tell. */
  readonly asks: boolean;
  /** Whether the server looks itself: ours tells of everything, others of some or nothing. */
  readonly looks: boolean;
  /** Whether the client takes a pattern that is relative to any folder. */
  readonly relative: boolean;
}

/**
 * What an analysis and the index read. In braces there are names only, and what a star stands for is not empty: some
 * clients read no more than that (Emacs' eglot).
 */
const watched: readonly string[] = [
  '**/*.{c,h}',
  '**/{Makefile,Kbuild,Kconfig,.config,.pernet-lint.json}',
  '**/{Kbuild,Kconfig}*',
];

/** A server that has to look for itself looks no more often than this, in milliseconds. */
const pauseMs = 2000;

type Listener = (uris: readonly string[]) => void;

/** Tells who wants to know which files have changed on the disk, whoever has noticed it. */
export class DiskChanges {
  private readonly listeners: Listener[] = [];

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  tell(uris: readonly string[]): void {
    for (const listener of this.listeners) listener(uris);
  }
}

export function watchingOf(
  { workspace }: ClientCapabilities,
  { hasDisk, isOurs }: { readonly hasDisk: boolean; readonly isOurs: boolean },
): Watching {
  const can = workspace?.didChangeWatchedFiles;
  const asks = hasDisk && can?.dynamicRegistration === true;
  return { asks, looks: hasDisk && !(asks && isOurs), relative: can?.relativePatternSupport === true };
}

/** What has changed in the workspace behind the editor's back is read, where nobody tells of it. */
export async function readWhatChanged({ watching, workspace, disk }: LookedAt): Promise<void> {
  if (!watching.looks) return;
  const changed = await workspace.changedOnDisk();
  if (changed.length > 0) disk.tell(changed.map((file) => URI.file(file).toString()));
  await workspace.settled();
}

type LookedAt = Pick<Features, 'watching' | 'workspace' | 'disk'>;

/**
 * Asks the client to watch what is read of the disk, and the files that the settings name, wherever they lie. The server
 * looks itself, too, whether what it has read is as it was when somebody does something: a document is opened, changed,
 * saved. Some clients cannot watch, some refuse when they are asked (Emacs, once it has as many watches as the system
 * gives), and some that do not refuse tell only of what they save themselves (Helix).
 */
export function registerWatching(features: Features): void {
  const { connection, documents, disk, watching } = features;
  connection.onDidChangeWatchedFiles(({ changes }) => {
    disk.tell(changes.map(({ uri }) => uri));
  });
  const named = new NamedFiles(features);
  if (watching.asks) {
    let last: Promise<Disposable | undefined> | undefined;
    named.onChange(() => {
      const before = last;
      last = watch(connection, watchersOf(named.all(), watching));
      void before?.then((registered) => {
        registered?.dispose();
      });
    });
    features.onInitialized(() => {
      void watch(
        connection,
        watched.map((globPattern) => ({ globPattern })),
      );
    });
  }
  if (!watching.looks) return;
  // What they are now is what later looks are compared with.
  named.onChange(() => void lookAround(features, named));
  const look = unhurried(() => lookAround(features, named));
  documents.onDidOpen(look);
  documents.onDidChangeContent(look);
  documents.onDidSave(({ document: { uri } }) => {
    features.workspace.invalidate([uri]);
    look();
  });
}

/** The baseline and the configuration that the settings name for the trees of open documents, as paths. */
class NamedFiles {
  private readonly byTree = new Map<string, readonly string[]>();
  private readonly listeners: (() => void)[] = [];

  constructor({ analyses, settings }: Pick<Features, 'analyses' | 'settings'>) {
    analyses.onAnalysed(({ uri, place: { root } }) => {
      if (root !== undefined)
        void settings.of(uri).then((set) => {
          this.note(root, set);
        });
    });
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  all(): readonly string[] {
    return [...new Set([...this.byTree.values()].flat())].sort();
  }

  private note(root: string, { baseline, kernelConfig }: Settings): void {
    const before = this.all().join('\n');
    const names = [baseline, kernelConfig].filter((name) => name !== '');
    this.byTree.set(
      root,
      names.map((name) => path.resolve(root, name)),
    );
    if (this.all().join('\n') !== before) for (const listener of this.listeners) listener();
  }
}

function watchersOf(files: readonly string[], { relative }: Watching): FileSystemWatcher[] {
  return files.map((file) => {
    if (!relative) return { globPattern: URI.file(file).fsPath };
    return { globPattern: { baseUri: URI.file(path.dirname(file)).toString(), pattern: path.basename(file) } };
  });
}

/** Undefined where the client refuses. */
async function watch(connection: Connection, watchers: FileSystemWatcher[]): Promise<Disposable | undefined> {
  try {
    return await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  } catch (error) {
    connection.console.warn(`the client does not watch files: ${String(error)}`);
    return undefined;
  }
}

/** Looks whether files are as they were when they were read. */
async function lookAround({ analyses, workspace, disk, connection }: Features, named: NamedFiles): Promise<void> {
  try {
    const read = await analyses.changedOnDisk(named.all());
    const changed = [...new Set([...read, ...(await workspace.changedOnDisk())])];
    if (changed.length > 0) disk.tell(changed.map((file) => URI.file(file).toString()));
  } catch (error) {
    connection.console.error(String(error));
  }
}

/** The same, but not while it is done, nor soon after; what was asked for meanwhile is done then, once. */
function unhurried(work: () => Promise<void>): () => void {
  let state: 'idle' | 'busy' | 'wanted' = 'idle';
  const run = (): void => {
    if (state !== 'idle') {
      state = 'wanted';
      return;
    }
    state = 'busy';
    void work().finally(() => {
      setTimeout(() => {
        const isWanted = state === 'wanted';
        state = 'idle';
        if (isWanted) run();
      }, pauseMs).unref();
    });
  };
  return run;
}
