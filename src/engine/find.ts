import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { unfit } from './files.ts';
import { listFolders, listTree, noStamp, reasonOf, within, type Folder, type Stamp, type Unreadable } from './tree.ts';

/** One part of a tree: a folder with all below it, the files of a folder alone, or one file. */
export interface ScanRequest {
  readonly kind: 'below' | 'folder' | 'file';
  readonly path: string;
}

/** A file that mentions pernet, with the SHA-1 of its bytes. */
export interface Hit {
  readonly path: string;
  readonly hash: string;
}

export interface FindResult {
  /** How many C files were looked at. */
  readonly files: number;
  readonly hits: readonly Hit[];
  readonly unreadable: readonly Unreadable[];
  /** What was seen of folders, by which a later look need not read what is as it was. */
  readonly seen: SeenTree;
}

/** Folders with what was seen in them, the outer before the inner, and the .gitignore files that decided over that. */
export interface SeenTree {
  readonly folders: readonly SeenFolder[];
  readonly guards: readonly string[];
}

export interface SeenFolder extends Folder {
  /** Four numbers for each name, from before it was read (`Stamp`); not numbers for what was not read. */
  readonly stamps: Float64Array;
  /** The names of files that mention pernet, with the SHA-1 of their bytes. */
  readonly hits: Readonly<Record<string, string>>;
}

const marker = Buffer.from('pernet_');

/** The files of one part of a tree that mention pernet. A file that is asked for by name is one, whatever it holds. */
export function findIn(unit: ScanRequest, root: string): FindResult {
  const unreadable: Unreadable[] = [];
  if (unit.kind === 'file') {
    const bytes = readBytes(path.join(root, unit.path));
    const seen = { folders: [], guards: [] };
    const refuse = (reason: string): FindResult => {
      return { files: 1, hits: [], unreadable: [{ file: unit.path, reason }], seen };
    };
    if (typeof bytes === 'string') return refuse(bytes);
    // Whoever names a source wants it read; what else a shell's `*` names is said to be not analysed.
    const isSource = /\.[ch]$/.test(unit.path);
    if (isSource && bytes.includes(0)) return refuse(unfit('\0')!);
    const hits = bytes.length === 0 ? [] : [{ path: unit.path, hash: hashOf(bytes) }];
    return { files: 1, hits, unreadable, seen };
  }
  const listing = listFolders(root, unit.path, { below: unit.kind === 'below' });
  unreadable.push(...listing.unreadable);
  const folders = listing.folders.map((folder) => lookInto(root, folder, unreadable));
  return { ...resultOf(folders), unreadable, seen: { folders, guards: listing.guards } };
}

const netPointer = Buffer.from('struct net *');
/** What is more than this is no module's folder. */
const mostHelpers = 200;

/**
 * Of folders in which nothing mentions pernet, the files that handle namespaces: they may be helpers of ops that lie
 * elsewhere. None where there are too many of them to be one module's.
 */
export function helpersIn(requests: readonly ScanRequest[], root: string): Hit[] {
  const files = [
    ...new Set(requests.flatMap(({ kind, path: at }) => (kind === 'below' ? listTree(root, at).files : []))),
  ];
  const sources = files.filter((file) => file.endsWith('.c')).sort();
  if (sources.length > mostHelpers) return [];
  return sources.flatMap((file) => {
    const bytes = readBytes(path.join(root, file));
    return typeof bytes !== 'string' && bytes.includes(netPointer) ? [{ path: file, hash: hashOf(bytes) }] : [];
  });
}

/** How many files folders have, and which mention pernet. */
export function resultOf(folders: readonly SeenFolder[]): Pick<FindResult, 'files' | 'hits'> {
  return {
    files: folders.reduce((sum, { names }) => sum + names.length, 0),
    hits: folders.flatMap(({ path: folder, hits }) =>
      Object.entries(hits).map(([name, hash]) => ({ path: within(folder, name), hash })),
    ),
  };
}

/** Looks at the files of a folder; those that are as they were seen `before` are not read. */
export function lookInto(root: string, folder: Folder, unreadable: Unreadable[], before?: SeenFolder): SeenFolder {
  const { path: at, names } = folder;
  const stamps = new Float64Array(names.length * 4).fill(NaN);
  const hits: Record<string, string> = Object.create(null) as Record<string, string>;
  // A folder that was not listed again has the very names that it had.
  const known = before && before.names !== names ? new Map(before.names.map((name, at) => [name, at])) : null;
  const look = (name: string, index: number): void => {
    const file = `${root}/${within(at, name)}`;
    const place = known ? known.get(name) : index;
    if (before && place !== undefined) {
      const from = place * 4;
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      const old = before.stamps;
      if (
        stat?.size === old[from] &&
        stat?.mtimeMs === old[from + 1] &&
        stat?.ctimeMs === old[from + 2] &&
        stat?.ino === old[from + 3]
      ) {
        stamps.set(old.subarray(from, from + 4), index * 4);
        const hash = before.hits[name];
        if (hash !== undefined) hits[name] = hash;
        return;
      }
    }
    const bytes = readBytes(file, (stamp) => {
      stamps.set(stamp, index * 4);
    });
    if (typeof bytes === 'string') unreadable.push({ file: within(at, name), reason: bytes });
    else if (bytes.includes(marker)) hits[name] = hashOf(bytes);
  };
  names.forEach((name, index) => {
    if (!name.endsWith('.h')) look(name, index);
  });
  // A header takes part in a lifecycle only through the sources beside it.
  if (Object.keys(hits).length > 0)
    names.forEach((name, index) => {
      if (name.endsWith('.h')) look(name, index);
    });
  return { ...folder, stamps, hits };
}

export function hashOf(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex');
}

let buffer = Buffer.allocUnsafe(1 << 20);

/** A file's bytes, valid until the next call, and its stamp from before they were read; or why they cannot be read. */
export function readBytes(file: string, stamped?: (stamp: Stamp) => void): Buffer | string {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, 'r');
    const { size, mtimeMs, ctimeMs, ino } = fs.fstatSync(descriptor);
    stamped?.([size, mtimeMs, ctimeMs, ino]);
    if (size > buffer.length) buffer = Buffer.allocUnsafe(size * 2);
    const length = fs.readSync(descriptor, buffer, 0, size, 0);
    return buffer.subarray(0, length);
  } catch (error) {
    stamped?.(noStamp);
    return reasonOf(error);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}
