import fs from 'node:fs';
import path from 'node:path';
import type { BootConfig, ReadBytes } from './boot.ts';
import { doubtsOfConfig } from './config-doubts.ts';
import { isDotConfig } from './config.ts';
import { reasonOf } from './tree.ts';

/** A kernel tree on disk with the configuration that it is built with. */
export interface BootTree {
  readonly read: ReadBytes;
  readonly config: BootConfig;
  /** What is to be known of the configuration: what was taken to be it where nobody said so, what is odd about it. */
  readonly notes: readonly string[];
}

/** What is wrong, and whether it is with the tree or with the configuration. */
export interface NoBootTree {
  readonly of: 'tree' | 'config';
  readonly error: string;
}

/** Finds a tree and its configuration: a file, one of Kconfig's assumptions by its name, or the tree's own `.config`. */
export function openBootTree(tree: string, config: string | undefined): BootTree | NoBootTree {
  const notATree = (why: string): NoBootTree => ({ of: 'tree', error: `${tree}: not a kernel tree: ${why}` });
  try {
    if (!fs.statSync(tree).isDirectory()) return notATree('it is a file');
  } catch (error) {
    return notATree(reasonOf(error));
  }
  for (const needed of ['Makefile', 'init/main.c', 'net/core/net_namespace.c']) {
    if (!fs.existsSync(path.join(tree, needed))) return notATree(`it has no ${needed}`);
  }
  const read = diskBytes(tree);
  if (config === 'allyesconfig' || config === 'allmodconfig') return { read, config, notes: [] };
  const file = config ?? path.join(tree, '.config');
  if (config === undefined && !fs.existsSync(file)) {
    const note = `${tree} has no .config: every option is taken to be y (allyesconfig)`;
    return { read, config: 'allyesconfig', notes: [note] };
  }
  try {
    if (!fs.statSync(file).isFile()) return { of: 'config', error: `${file}: not a file` };
    const text = fs.readFileSync(file, 'utf8');
    if (!isDotConfig(text)) return { of: 'config', error: `${file}: no option of a .config is in it` };
    const doubts = doubtsOfConfig(text, (name) => read(name)?.toString('utf8'));
    return { read, config: { text }, notes: doubts.map((doubt) => `${file}: ${doubt}`) };
  } catch (error) {
    return { of: 'config', error: `${file}: ${reasonOf(error)}` };
  }
}

/** Reads a tree's files; none that lies outside of it, whatever its Makefiles, includes and links say. */
function diskBytes(root: string): ReadBytes {
  const real = fs.realpathSync(root);
  return (file) => {
    try {
      const found = fs.realpathSync.native(path.join(real, file));
      if (!found.startsWith(real + path.sep) || !fs.statSync(found).isFile()) return undefined;
      return fs.readFileSync(found);
    } catch {
      return undefined;
    }
  };
}
