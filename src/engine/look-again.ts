import path from 'node:path';
import { lookInto, resultOf, type FindResult, type ScanRequest, type SeenFolder, type SeenTree } from './find.ts';
import { listFolders, stampOf, within, type Folder, type Stamp, type Unreadable } from './tree.ts';

/** Where times of change of folders are not kept by every file system, folders are listed anew. */
const trustsFolders = process.platform !== 'win32';

/** With more folders than this to list anew, threads that look at everything are as fast. */
const mostListed = 400;

/**
 * Looks at parts of a tree of which it is known what was `seen` in them. A folder whose stamp is as it was is not listed
 * again, and a file whose stamp is as it was is not read again (as Git's index has it: size, times of change and inode).
 * Null where that is no help: too much has changed, or the rules for what to ignore.
 */
export function lookAgain(root: string, requests: readonly ScanRequest[], seen: SeenTree): FindResult | null {
  const guards = new Set(seen.guards);
  const unreadable: Unreadable[] = [];
  const now: SeenFolder[] = [];
  const before = new Map(seen.folders.map((folder) => [folder.path, folder]));
  let listed = 0;
  const list = (folder: string): readonly Folder[] | null => {
    if (++listed > mostListed) return null;
    const found = listFolders(root, folder, { below: false });
    if (found.guards.some((guard) => !guards.has(guard))) return null;
    unreadable.push(...found.unreadable);
    return found.folders;
  };
  const queue: { readonly path: string; readonly isBelow: boolean }[] = [];
  for (const { kind, path: each } of requests) {
    if (kind === 'file') return null;
    queue.push({ path: each, isBelow: kind === 'below' });
  }
  const done = new Set<string>();
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (done.has(next.path)) continue;
    done.add(next.path);
    const known = before.get(next.path);
    const isSame = known && trustsFolders && sameStamp(known.stamp, stampOf(path.join(root, next.path)));
    const folders = isSame ? [known] : list(next.path);
    if (folders === null) return null;
    for (const folder of folders) {
      now.push(lookInto(root, folder, unreadable, known));
      if (next.isBelow)
        for (const name of folder.folders) queue.push({ path: within(folder.path, name), isBelow: true });
    }
  }
  now.sort((a, b) => (a.path < b.path ? -1 : 1));
  const result = resultOf(now);
  return {
    files: result.files,
    hits: [...result.hits].sort((a, b) => (a.path < b.path ? -1 : 1)),
    unreadable: unreadable.sort((a, b) => (a.file < b.file ? -1 : 1)),
    seen: { folders: now, guards: seen.guards },
  };
}

function sameStamp(before: Stamp, now: Stamp | null): boolean {
  return now !== null && before.every((each, index) => each === now[index]);
}

/** Whether what is seen now was all seen before: there is nothing new to keep. */
export function isAsSeen(now: SeenTree, before: SeenTree): boolean {
  return (
    now.folders.length === before.folders.length &&
    now.folders.every(({ path: each, stamp, stamps }, index) => {
      const old = before.folders[index]!;
      return (
        each === old.path &&
        sameStamp(stamp, old.stamp) &&
        stamps.length === old.stamps.length &&
        stamps.every((value, at) => Object.is(value, old.stamps[at]))
      );
    })
  );
}
