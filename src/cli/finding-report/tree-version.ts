import path from 'node:path';
import { readRegular } from '../../engine/tree.ts';
import { askGit } from './git.ts';

/** Which kernel a tree is. */
export interface TreeVersion {
  /** As its Makefile says: `6.12.1`, `6.13.0-rc2`; null where it has none. */
  readonly release: string | null;
  /** `git describe`, where the tree is a Git work tree. */
  readonly described: string | null;
  /** Files of the finding whose text is not that of HEAD. */
  readonly changed: readonly string[];
}

export function versionOfTree(root: string, files: readonly string[]): TreeVersion {
  // A tree that merely lies inside somebody's repository is not described by it.
  const isTracked = files.some((file) => textAtHead(root, file) !== null);
  const described = isTracked
    ? (askGit(root, ['describe', '--tags', '--always', '--abbrev=12', 'HEAD'])?.trim() ?? null)
    : null;
  const changed = described === null ? [] : files.filter((file) => textAtHead(root, file) !== textOnDisk(root, file));
  return { release: releaseOf(textOnDisk(root, 'Makefile') ?? ''), described, changed };
}

/** The kernel's own make puts it together like this (Makefile, KERNELVERSION). */
function releaseOf(makefile: string): string | null {
  const value = (name: string): string => new RegExp(`^${name} *= *(.*?) *$`, 'm').exec(makefile)?.[1] ?? '';
  const [version, level, sublevel] = [value('VERSION'), value('PATCHLEVEL'), value('SUBLEVEL')];
  if (version === '' || level === '') return null;
  return `${version}.${level}${sublevel === '' ? '' : `.${sublevel}`}${value('EXTRAVERSION')}`;
}

/** A file's text as it was committed last; null where it is not there. */
export function textAtHead(root: string, file: string): string | null {
  return askGit(root, ['cat-file', 'blob', `HEAD:./${file}`]);
}

export function textOnDisk(root: string, file: string): string | null {
  try {
    return readRegular(path.join(root, file));
  } catch {
    return null;
  }
}
