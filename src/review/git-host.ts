import type { Host } from '../engine/index.ts';
import { folderOf } from '../facts/folder.ts';
import { ChangeError } from './change.ts';
import type { Git } from './git.ts';

interface Entry {
  readonly id: string;
  readonly size: number;
}

/** A folder's headers are read in one go up to this much (bytes, files), else one by one as they are asked for. */
const mostAtOnce = { bytes: 4 << 20, files: 400 };

/** The contents of blobs by id: what two revisions share is read once. */
export type Blobs = Map<string, string>;

/**
 * The tree of a revision (a full id), or of the index (null), as git has it. A folder is listed when it is first asked
 * for, and its sources are then read together: a process of its own for each file would cost more than the analysis.
 */
export function gitHost(git: Git, revision: string | null, blobs: Blobs): Host {
  const folders = new Map<string, ReadonlyMap<string, Entry>>();
  const list = (folder: string): ReadonlyMap<string, Entry> => {
    let entries = folders.get(folder);
    if (!entries) folders.set(folder, (entries = entriesOf(git, revision, folder)));
    return entries;
  };
  return {
    readText(path) {
      const entries = list(folderOf(path));
      const entry = entries.get(path);
      if (!entry) return { error: 'it is not there' };
      if (!blobs.has(entry.id)) readBlobs(git, [entry, ...beside(path, entries)], blobs);
      return { text: blobs.get(entry.id) ?? '' };
    },
    listFolder: (folder) => [...list(folder).keys()].sort(),
  };
}

/** What will be asked for next: with a source the other sources of its folder and its Makefile, with a header the others. */
function beside(path: string, entries: ReadonlyMap<string, Entry>): Entry[] {
  const wanted = /\.h$/.test(path) ? /\.h$/ : /\.c$|(^|\/)(Makefile|Kbuild|Kconfig)$/;
  const all = [...entries].flatMap(([name, entry]) => (wanted.test(name) ? [entry] : []));
  const size = all.reduce((sum, entry) => sum + entry.size, 0);
  return path.endsWith('.c') || (size <= mostAtOnce.bytes && all.length <= mostAtOnce.files) ? all : [];
}

function entriesOf(git: Git, revision: string | null, folder: string): Map<string, Entry> {
  return revision === null ? inIndex(git, folder) : inTree(git, revision, folder);
}

function inTree(git: Git, revision: string, folder: string): Map<string, Entry> {
  const place = `${git.prefix}${folder}`.replace(/\/$/, '');
  const entries = new Map<string, Entry>();
  // A folder that is not there has no entries.
  const out = git.line(['rev-parse', '--verify', '--quiet', `${revision}:${place}`]);
  if (out === null) return entries;
  for (const line of git.read(['ls-tree', '-z', '-l', '--full-tree', out]).toString('utf8').split('\0')) {
    const match = /^100\d+ blob (\w+)\s+(\d+)\t(.*)$/s.exec(line);
    if (match) entries.set(inFolder(folder, match[3]!), { id: match[1]!, size: Number(match[2]) });
  }
  return entries;
}

function inIndex(git: Git, folder: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const place = folder === '' ? [] : ['--', `${folder}/`];
  for (const line of git
    .read(['ls-files', '-z', '-s', ...place])
    .toString('utf8')
    .split('\0')) {
    const match = /^100\d+ (\w+) 0\t(.*)$/s.exec(line);
    if (match && folderOf(match[2]!) === folder) entries.set(match[2]!, { id: match[1]!, size: 0 });
  }
  return entries;
}

function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Reads blobs that are not known yet: `git cat-file --batch` prints a line with the size, then the bytes, then a newline. */
function readBlobs(git: Git, entries: readonly Entry[], blobs: Blobs): void {
  const ids = [...new Set(entries.map(({ id }) => id))].filter((id) => !blobs.has(id));
  const out = git.read(['cat-file', '--batch'], `${ids.join('\n')}\n`);
  let at = 0;
  for (const id of ids) {
    const end = out.indexOf(10, at);
    const size = /^\w+ blob (\d+)$/.exec(out.toString('latin1', at, end))?.[1];
    if (size === undefined) throw new ChangeError(`the repository lacks an object (a partial clone?): ${id}`);
    blobs.set(id, out.toString('utf8', end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
}
