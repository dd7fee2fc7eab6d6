import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Hit } from '../engine/find.ts';
import type { Host } from '../engine/index.ts';

/** How many results are kept; the oldest go first. */
const mostEntries = 16;
/** File systems give times of change in steps of up to this much (milliseconds). */
export const coarsest = 2000;

/**
 * A result with all that it was made from: the files that mention pernet by their content, and whatever else was looked
 * at on the way (Makefiles, callers, folders) by size and time of change.
 */
interface Entry<T> {
  readonly key: string;
  readonly hits: readonly Hit[];
  readonly others: Readonly<Record<string, string>>;
  readonly result: T;
}

/** A host that notes what is asked of it. */
export function recordingHost(host: Host): { readonly host: Host; readonly asked: ReadonlySet<string> } {
  const asked = new Set<string>();
  return {
    asked,
    host: {
      readText: (file) => {
        asked.add(file);
        return host.readText(file);
      },
      listFolder: (folder) => {
        asked.add(folder);
        return host.listFolder(folder);
      },
    },
  };
}

/**
 * Whole results in the user's cache folder. Nothing here is ever needed: an entry that is missing, damaged, of another
 * version or not writable means that the work is done anew.
 */
export class ResultCache<T> {
  private readonly file: string;

  /** `key` says all that decides over a result besides the files: options, the tool's own version. */
  constructor(
    private readonly root: string,
    private readonly key: string,
    private readonly folder = path.join(cacheFolder(), 'results'),
  ) {
    this.file = path.join(folder, `${createHash('sha1').update(`${root}\0${key}`).digest('hex')}.json`);
  }

  /** The result for exactly these files, if nothing that it was made from has changed. */
  load(hits: readonly Hit[]): T | null {
    let entry: Entry<T>;
    try {
      entry = JSON.parse(fs.readFileSync(this.file, 'utf8')) as Entry<T>;
      if (entry.key !== this.key || entry.hits.length !== hits.length) return null;
      if (
        !hits.every(
          ({ path: each, hash }, index) => entry.hits[index]?.path === each && entry.hits[index].hash === hash,
        )
      )
        return null;
      for (const [file, state] of Object.entries(entry.others)) if (this.stateOf(file) !== state) return null;
    } catch {
      return null;
    }
    return entry.result;
  }

  /**
   * Keeps a result that was begun at `start` (milliseconds), unless something that it was made from has changed since,
   * or so shortly before that another change would not show. A cache that cannot be written is no error.
   */
  save(hits: readonly Hit[], asked: ReadonlySet<string>, result: T, start: number): void {
    const known = new Set(hits.map((hit) => hit.path));
    const others: Record<string, string> = {};
    for (const file of [...asked].sort()) {
      if (known.has(file)) continue;
      const state = this.stateOf(file);
      if (state !== 'none' && Number(state.split(' ')[1]) > start - coarsest) return;
      others[file] = state;
    }
    const entry: Entry<T> = { key: this.key, hits, others, result };
    try {
      fs.mkdirSync(this.folder, { recursive: true });
      const draft = `${this.file}.${process.pid}`;
      // Two runs at once, or one that is killed, leave a whole file or none.
      fs.writeFileSync(draft, JSON.stringify(entry));
      fs.renameSync(draft, this.file);
      dropOldest(this.folder, mostEntries);
    } catch {
      // A full disk or a folder that is read-only: the next run does the work again.
    }
  }

  private stateOf(file: string): string {
    const stat = fs.statSync(path.join(this.root, file), { throwIfNoEntry: false });
    return stat ? `${stat.size} ${stat.mtimeMs}` : 'none';
  }
}

/** Leaves of the files of a folder those that were written last. */
export function dropOldest(folder: string, most: number): void {
  const names = fs.readdirSync(folder);
  if (names.length <= most) return;
  const entries = names
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, time: fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { file } of entries.slice(most)) fs.rmSync(file, { force: true });
}

/** Where this user's programs keep what they can make again. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  if (base) return path.join(base, 'pernet-lint');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library/Caches/pernet-lint');
  return path.join(os.homedir(), '.cache/pernet-lint');
}
