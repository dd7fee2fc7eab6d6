import os from 'node:os';
import path from 'node:path';
import type { Hit } from '../engine/find.ts';
import type { Host } from '../engine/index.ts';
import { diskHost, stampOf } from '../engine/tree.ts';
import { dropOldest, readKept, sha1, writeKept } from './kept-files.ts';

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

/** A kept result with what has changed since. */
export interface Near<T> extends Pick<Entry<T>, 'others' | 'result'> {
  /** The files that mention pernet and had another content, as they were. */
  readonly changed: readonly Hit[];
  /** What else has changed: files that mention pernet now or did then, and whatever was looked at on the way. */
  readonly elsewhere: ReadonlySet<string>;
}

/** What was asked of a host: files (null), and folders with what is in them. */
export type Asked = ReadonlyMap<string, readonly string[] | null>;

/** A host that notes what is asked of it. */
export function recordingHost(host: Host): { readonly host: Host; readonly asked: Asked } {
  const asked = new Map<string, readonly string[] | null>();
  return {
    asked,
    host: {
      readText: (file) => {
        if (!asked.has(file)) asked.set(file, null);
        return host.readText(file);
      },
      listFolder: (folder) => {
        const files = host.listFolder(folder);
        asked.set(folder, files);
        return files;
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
    private readonly folder: string,
  ) {
    this.file = path.join(folder, `${sha1(`${root}\0${key}`)}.json`);
  }

  /** The result for exactly these files, if nothing that it was made from has changed. */
  load(hits: readonly Hit[]): T | null {
    const near = this.loadNear(hits);
    return near?.changed.length === 0 && near.elsewhere.size === 0 ? near.result : null;
  }

  /** The last result, with what of all that it was made from has changed since. */
  loadNear(hits: readonly Hit[]): Near<T> | null {
    const body = readKept(this.file);
    if (body === null) return null;
    const { key, hits: before, others, result } = JSON.parse(body.toString('utf8')) as Entry<T>;
    if (key !== this.key) return null;
    const now = new Map(hits.map(({ path: each, hash }) => [each, hash]));
    const then = new Set(before.map(({ path: each }) => each));
    const elsewhere = new Set([
      ...hits.flatMap(({ path: each }) => (then.has(each) ? [] : [each])),
      ...before.flatMap(({ path: each }) => (now.has(each) ? [] : [each])),
      ...Object.entries(others).flatMap(([file, state]) => (this.isStill(file, state) ? [] : [file])),
    ]);
    const changed = before.filter(({ path: each, hash }) => now.has(each) && now.get(each) !== hash);
    return { result, others, changed, elsewhere };
  }

  /** Keeps a result that was made from another one, and so from the same other files. */
  saveLike(hits: readonly Hit[], { others }: Pick<Near<unknown>, 'others'>, result: T): void {
    this.write({ key: this.key, hits, others, result });
  }

  /**
   * Keeps a result that was begun at `start` (milliseconds), unless something that it was made from has changed since,
   * or so shortly before that another change would not show. With `near`, what that result was made from counts as well,
   * where it is as it was. A cache that cannot be written is no error.
   */
  save(
    hits: readonly Hit[],
    asked: Asked,
    result: T,
    { start, near }: { readonly start: number; readonly near?: Omit<Near<unknown>, 'result'> | null },
  ): void {
    const known = new Set(hits.map((hit) => hit.path));
    const kept = Object.entries(near?.others ?? {}).filter(([file]) => !near?.elsewhere.has(file) && !known.has(file));
    const others = Object.fromEntries(kept);
    for (const [file, files] of [...asked].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (known.has(file) || file in others) continue;
      const stamp = stampOf(path.join(this.root, file));
      const isFresh = stamp !== null && Math.max(stamp[1], stamp[2]) > start - coarsest;
      if (isFresh && !files) return;
      // A folder's own times say less than what is in it.
      others[file] = `${isFresh ? 'fresh' : (stamp?.join(' ') ?? 'none')}|${files ? digestOf(files) : ''}`;
    }
    this.write({ key: this.key, hits, others, result });
  }

  private write(entry: Entry<T>): void {
    if (writeKept(this.file, JSON.stringify(entry))) dropOldest(this.folder, mostEntries);
  }

  /** Whether a file is as it was, or whether what is in a folder is what was in it. */
  private isStill(file: string, state: string): boolean {
    const [stamp = '', listing = ''] = state.split('|');
    if ((stampOf(path.join(this.root, file))?.join(' ') ?? 'none') === stamp) return true;
    return listing !== '' && digestOf(diskHost(this.root).listFolder(file)) === listing;
  }
}

function digestOf(files: readonly string[]): string {
  return sha1(files.join('\n'));
}

/** Where this user's programs keep what they can make again. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  if (base) return path.join(base, 'pernet-lint');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library/Caches/pernet-lint');
  return path.join(os.homedir(), '.cache/pernet-lint');
}
