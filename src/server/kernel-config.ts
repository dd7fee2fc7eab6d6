import { statSync } from 'node:fs';
import path from 'node:path';
import { parseDotConfig } from '../engine/config.ts';
import { readRegular } from '../engine/tree.ts';

/** A kernel configuration as it was read, and what tells it from another. */
export interface KernelConfig {
  readonly stamp: string;
  readonly options: Readonly<Record<string, boolean>>;
}

/** The last one that was read: there is hardly ever another. */
let last: KernelConfig | undefined;

/**
 * The kernel configuration that a setting names, relative to the tree; null where it names none, or one that cannot be
 * read: then every option may be on or off.
 */
export function kernelConfig(root: string, name: string): KernelConfig | null {
  if (name === '') return null;
  const file = path.resolve(root, name);
  try {
    const { mtimeMs, size } = statSync(file);
    const stamp = `${file}|${mtimeMs}|${size}`;
    if (last?.stamp !== stamp) last = { stamp, options: parseDotConfig(readRegular(file)) };
    return last;
  } catch {
    return null;
  }
}
