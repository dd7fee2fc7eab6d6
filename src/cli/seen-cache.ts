import path from 'node:path';
import type { SeenFolder, SeenTree } from '../engine/find.ts';
import { isWorkTree, noStamp, stampOf, type Stamp } from '../engine/tree.ts';
import { cacheFolder, coarsest } from './cache.ts';
import { dropOldest, readKept, sha1, writeKept } from './kept-files.ts';

/** How many trees' are kept; those that were written longest ago go first. */
const mostEntries = 8;

/** The numbers of one stamp. */
const width = 4;

interface Head {
  readonly folders: readonly (readonly [path: string, names: string, folders: string])[];
  readonly guards: readonly (readonly [path: string, state: string])[];
  readonly hits: readonly Readonly<Record<string, string>>[];
}

/**
 * What the last run saw of a tree, in the user's cache folder: a line of JSON with names, and the stamps of all folders
 * and files as numbers.
 */
export class SeenCache {
  private readonly file: string;

  /** `key` says what was looked at, and by which version of the program. */
  constructor(
    private readonly root: string,
    key: string,
    private readonly folder = path.join(cacheFolder(), 'trees'),
  ) {
    const about = `${root}\0${isWorkTree(root)}\0${key}`;
    this.file = path.join(folder, sha1(about));
  }

  /** What was seen; null where nothing is kept, or what it says may be ignored has changed since. */
  load(): SeenTree | null {
    const bytes = readKept(this.file);
    if (bytes === null) return null;
    const end = bytes.indexOf(10);
    const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
    if (!head.guards.every(([guard, state]) => this.stateOf(guard) === state)) return null;
    const stamps = new Float64Array(new Uint8Array(bytes.subarray(end + 1)).buffer);
    return { folders: unpack(head, stamps), guards: head.guards.map(([guard]) => guard) };
  }

  /**
   * Keeps what a run that began at `start` (milliseconds) saw. What had changed so shortly before that another change
   * would not show is looked at again by the next run.
   */
  save({ folders, guards }: SeenTree, start: number): void {
    const states = guards.map((guard) => [guard, this.stateOf(guard)] as const);
    // What decides over everything must be known for certain.
    if (states.some(([guard]) => isFresh(stampOf(path.join(this.root, guard)) ?? [0, 0, 0, 0], start))) return;
    const head: Head = {
      folders: folders.map(({ path: at, names, folders: inner }) => [at, names.join('/'), inner.join('/')]),
      guards: states,
      hits: folders.map(({ hits }) => hits),
    };
    const numbers = new Float64Array(folders.reduce((sum, { names }) => sum + (names.length + 1) * width, 0));
    let at = 0;
    for (const { stamp, stamps } of folders) {
      for (const values of [stamp, stamps]) {
        numbers.set(values, at);
        for (let from = 0; from < values.length; from += width)
          if (isAfter(Math.max(values[from + 1]!, values[from + 2]!), start)) numbers.set(noStamp, at + from);
        at += values.length;
      }
    }
    const body = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(numbers.buffer)]);
    if (writeKept(this.file, body)) dropOldest(this.folder, mostEntries);
  }

  private stateOf(guard: string): string {
    return stampOf(path.join(this.root, guard))?.join(' ') ?? 'none';
  }
}

function isFresh([, modified, changed]: Stamp, start: number): boolean {
  return isAfter(Math.max(modified, changed), start);
}

/** Whether something changed so late that another change need not show. */
function isAfter(time: number, start: number): boolean {
  return time > start - coarsest;
}

function unpack(head: Head, stamps: Float64Array): SeenFolder[] {
  let at = 0;
  const folders = head.folders.map(([path, names, inner], index): SeenFolder => {
    const own: Stamp = [stamps[at]!, stamps[at + 1]!, stamps[at + 2]!, stamps[at + 3]!];
    const all = names === '' ? [] : names.split('/');
    const from = at + width;
    at = from + all.length * width;
    return {
      path,
      stamp: own,
      names: all,
      folders: inner === '' ? [] : inner.split('/'),
      stamps: stamps.subarray(from, at),
      hits: head.hits[index]!,
    };
  });
  return folders;
}
