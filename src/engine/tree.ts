import ignore, { type Ignore } from 'ignore';
import fs from 'node:fs';
import path from 'node:path';
import { folderOf } from '../facts/folder.ts';
import type { ScanRequest } from './find.ts';
import type { Host } from './types.ts';

/** A file or folder that cannot be read, and why. */
export interface Unreadable {
  readonly file: string;
  readonly reason: string;
}

/** The C files of a folder and what lies below it, with forward slashes, relative to `root`, sorted. */
export interface Listing {
  readonly files: readonly string[];
  readonly unreadable: readonly Unreadable[];
}

export interface ListOptions {
  /** Whether the folders in the folder are walked too. */
  readonly below: boolean;
  /** Files and folders to leave out, by their paths relative to the root. */
  readonly skip?: (path: string) => boolean;
}

/** One folder as it was listed: the C files in it and the folders to go on with, by name. */
export interface Folder {
  readonly path: string;
  /** From before it was listed. */
  readonly stamp: Stamp;
  readonly names: readonly string[];
  readonly folders: readonly string[];
}

/** By what a file or folder is known to be as it was: size and times of change in milliseconds, and its inode. */
export type Stamp = readonly [size: number, modified: number, changed: number, inode: number];

/** The stamp of a file or folder; null where there is none. */
export function stampOf(path: string): Stamp | null {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  return stat ? [stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino] : null;
}

/** Folders, the outer before the inner, with the .gitignore files that decided over what is listed. */
export interface Folders {
  readonly folders: readonly Folder[];
  readonly unreadable: readonly Unreadable[];
  readonly guards: readonly string[];
}

export function listTree(root: string, start = '', options: ListOptions = { below: true }): Listing {
  const { folders, unreadable } = listFolders(root, start, options);
  return {
    files: folders.flatMap(({ path: folder, names }) => names.map((name) => within(folder, name))).sort(),
    unreadable,
  };
}

/**
 * Hidden folders are not sources. What .gitignore files say is followed in a Git work tree only, as ripgrep does: an
 * unpacked tarball may carry one that is meant for something else (Debian's linux-source ignores everything).
 */
export function listFolders(root: string, start: string, options: ListOptions): Folders {
  const ignoring = isWorkTree(root);
  const folders: Folder[] = [];
  const unreadable: Unreadable[] = [];
  const guards: string[] = [];
  const walk = (folder: string, rules: readonly Rules[]): void => {
    let entries: fs.Dirent[];
    let stamp: Stamp | null;
    try {
      stamp = stampOf(path.join(root, folder));
      entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
    } catch (error) {
      unreadable.push({ file: folder === '' ? '.' : folder, reason: reasonOf(error) });
      return;
    }
    const isGuarded = ignoring && entries.some((entry) => entry.name === '.gitignore');
    if (isGuarded) guards.push(within(folder, '.gitignore'));
    const here = isGuarded ? [...rules, readRules(root, folder)] : rules;
    const names: string[] = [];
    const inner: string[] = [];
    for (const entry of entries) {
      const { name } = entry;
      if (options.skip?.(within(folder, name)) === true) continue;
      if (entry.isDirectory()) {
        if (!name.startsWith('.') && !isIgnored(`${within(folder, name)}/`, here)) inner.push(name);
      } else if (
        (name.endsWith('.c') || name.endsWith('.h')) &&
        entry.isFile() &&
        !isIgnored(within(folder, name), here)
      ) {
        names.push(name);
      }
    }
    folders.push({ path: folder, stamp: stamp ?? noStamp, names: names.sort(), folders: inner.sort() });
    if (options.below) for (const name of inner) walk(within(folder, name), here);
  };
  const above = ignoring && start !== '' ? rulesAbove(root, start) : [];
  // One that is not there yet may come.
  if (ignoring && start !== '')
    for (let each = start; each !== ''; each = folderOf(each)) guards.push(within(folderOf(each), '.gitignore'));
  walk(start, above);
  return { folders, unreadable, guards };
}

/** Whether `listTree` of the root lists a file, were it there: its folders are not hidden, and nothing leaves it out. */
export function wouldList(root: string, file: string, skip: (path: string) => boolean): boolean {
  const ignoring = isWorkTree(root);
  const names = file.split('/');
  return names.every((name, index) => {
    const isFolder = index < names.length - 1;
    const each = names.slice(0, index + 1).join('/');
    if (skip(each) || (isFolder && name.startsWith('.'))) return false;
    return !ignoring || !isIgnored(isFolder ? `${each}/` : each, rulesAbove(root, each));
  });
}

/** That of nothing: it equals no other, nor itself. */
export const noStamp: Stamp = [NaN, NaN, NaN, NaN];

export function within(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The kernel tree that a path lies in: the nearest folder above with what every kernel tree has. */
export function treeAround(start: string): string | null {
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (isKernelTree(folder)) return folder;
    if (folder === path.dirname(folder)) return null;
  }
}

function isKernelTree(folder: string): boolean {
  return ['Kconfig', 'Makefile', 'include/linux', 'kernel'].every((name) => fs.existsSync(path.join(folder, name)));
}

/** How many folders a unit of work may be split into, so that threads are busy to the end. */
const splitLevels = 2;

/** A folder as units of work: its own files, and each folder two levels down with all below it. */
export function splitTree(root: string, start: string): ScanRequest[] {
  let folders = [start];
  const units: ScanRequest[] = [];
  for (let level = 0; level < splitLevels; level++) {
    units.push(...folders.map((folder) => ({ kind: 'folder' as const, path: folder })));
    folders = folders.flatMap((folder) => foldersIn(root, folder));
  }
  return [...units, ...folders.map((folder) => ({ kind: 'below' as const, path: folder }))];
}

function foldersIn(root: string, folder: string): string[] {
  const ignoring = isWorkTree(root);
  try {
    return fs
      .readdirSync(path.join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => (folder === '' ? entry.name : `${folder}/${entry.name}`))
      .filter((each) => !ignoring || !isIgnored(`${each}/`, rulesAbove(root, each)))
      .sort();
  } catch {
    // The folder's own unit says why it cannot be read.
    return [];
  }
}

export function isWorkTree(root: string): boolean {
  for (let folder = path.resolve(root); ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, '.git'))) return true;
    if (folder === path.dirname(folder)) return false;
  }
}

/** One .gitignore and the folder it stands in. */
interface Rules {
  readonly folder: string;
  readonly rules: Ignore;
}

function readRules(root: string, folder: string): Rules {
  const rules = ignore();
  try {
    rules.add(readRegular(path.join(root, folder, '.gitignore')));
  } catch {
    // One that cannot be read ignores nothing.
  }
  return { folder, rules };
}

function rulesAbove(root: string, start: string): Rules[] {
  const parts = start.split('/').slice(0, -1);
  const folders = ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
  return folders
    .filter((folder) => fs.existsSync(path.join(root, folder, '.gitignore')))
    .map((folder) => readRules(root, folder));
}

function isIgnored(file: string, all: readonly Rules[]): boolean {
  // The innermost .gitignore that says anything wins, as in git.
  for (let index = all.length - 1; index >= 0; index--) {
    const { folder, rules } = all[index]!;
    const inside = folder === '' ? file : file.slice(folder.length + 1);
    // What was asked for from elsewhere is nothing that this folder's rules speak of.
    if (inside.startsWith('../') || path.isAbsolute(inside)) continue;
    const result = rules.test(inside);
    if (result.ignored) return true;
    if (result.unignored) return false;
  }
  return false;
}

/**
 * The text of a file. What is neither a file nor a folder has none: a pipe is waited for, and a device, which a link in
 * somebody's tree may lead to (`foo.h -> /dev/zero`), has no end.
 * @throws an error that `reasonOf()` tells, where it cannot be read.
 */
export function readRegular(file: string): string {
  const stat = fs.statSync(file);
  if (!stat.isFile() && !stat.isDirectory()) throw new Error('neither a file nor a folder');
  return fs.readFileSync(file, 'utf8');
}

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'ENOTDIR') return 'a part of the path is no folder';
  if (code === 'ELOOP') return 'its symbolic links lead in a circle';
  if (code === 'ENAMETOOLONG') return 'the name is too long';
  return error instanceof Error ? error.message : String(error);
}

/** Reads a tree on disk. Texts are read as UTF-8; what is not UTF-8 in them reads as replacement characters. */
export function diskHost(root: string): Host {
  const folders = new Map<string, readonly string[]>();
  return {
    readText(file) {
      try {
        return { text: readRegular(path.join(root, file)) };
      } catch (error) {
        return { error: reasonOf(error) };
      }
    },
    listFolder(folder) {
      let files = folders.get(folder);
      if (!files) {
        try {
          files = fs
            .readdirSync(path.join(root, folder), { withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => (folder === '' ? entry.name : `${folder}/${entry.name}`))
            .sort();
        } catch {
          files = [];
        }
        folders.set(folder, files);
      }
      return files;
    },
  };
}
