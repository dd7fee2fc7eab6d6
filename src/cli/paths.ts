import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ScanRequest } from '../engine/find.ts';
import { reasonOf, treeAround } from '../engine/tree.ts';
import { misplaced } from './wrong-usage.ts';

/** What the command line's PATHs come to: one root, and what to look at under it. */
export interface Targets {
  readonly root: string;
  /** Whether the root is a kernel tree, which then gives the context. */
  readonly isTree: boolean;
  /** What was asked for, relative to the root. */
  readonly asked: readonly ScanRequest[];
  /** PATHs that cannot be read, one line each. */
  readonly errors: readonly string[];
}

/**
 * Finds the tree around the PATHs (or takes the one given), and says of each PATH where in it it lies. Where no command
 * was given (`isBare`), the first one may have been meant for it.
 */
export function targetsOf(paths: readonly string[], givenRoot: string | null, isBare = false): Targets {
  const errors: string[] = [];
  const found: { absolute: string; isFolder: boolean }[] = [];
  for (const each of paths) {
    try {
      const stat = fs.statSync(each);
      fs.accessSync(each, fs.constants.R_OK);
      // A pipe or a terminal would be waited for.
      if (stat.isFile() || stat.isDirectory() || each === os.devNull)
        found.push({ absolute: fs.realpathSync(each), isFolder: stat.isDirectory() });
      else errors.push(`${each}: neither a file nor a folder`);
    } catch (error) {
      // A mistyped command reads as a path.
      const isWord = isBare && /^[a-z]+$/.test(each) && each === paths[0];
      const word = misplaced(each) ?? 'nor is there a command of that name (see --help)';
      errors.push(`${each === '' ? '""' : each}: ${reasonOf(error)}${isWord ? `, ${word}` : ''}`);
    }
  }
  let root: string | null = null;
  if (givenRoot !== null) {
    try {
      const real = fs.realpathSync(givenRoot);
      if (fs.statSync(real).isDirectory()) root = real;
      else errors.push(`--root ${givenRoot}: not a folder`);
    } catch (error) {
      errors.push(`--root ${givenRoot}: ${reasonOf(error)}`);
    }
  }
  root ??= found.map(({ absolute }) => treeAround(absolute)).find((tree) => tree !== null) ?? null;
  const base = root ?? fs.realpathSync('.');
  const inside = found.filter(({ absolute }) => isInside(base, absolute));
  for (const { absolute } of found) {
    // Without a tree, files anywhere are looked at; with one, what lies outside has no place in it.
    if (!isInside(base, absolute) && root !== null) errors.push(`${absolute}: it is not in the tree ${base}`);
  }
  const usable = root === null ? found : inside;
  return {
    root: base,
    isTree: root !== null,
    asked: usable.map(({ absolute, isFolder }) => ({
      kind: isFolder ? 'below' : 'file',
      path: relative(base, absolute),
    })),
    errors,
  };
}

/** Whether a file (relative to the root) is one that was asked for. */
export function isAsked(asked: readonly ScanRequest[], file: string): boolean {
  return asked.some(({ kind, path: each }) =>
    kind === 'file' ? file === each : each === '' || file === each || file.startsWith(`${each}/`),
  );
}

function isInside(base: string, absolute: string): boolean {
  const from = path.relative(base, absolute);
  return from === '' || (!from.startsWith('..') && !path.isAbsolute(from));
}

function relative(base: string, absolute: string): string {
  return path.relative(base, absolute).split(path.sep).join('/');
}
