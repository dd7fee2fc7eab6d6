import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { openBootTree } from '../../engine/boot-tree.ts';
import { bootedTree } from '../../engine/boot.ts';
import type { CParser } from '../../syntax/index.ts';

/** A booted kernel's pernet_list, as far as a list of ops shows it. */
export interface BootedList {
  /** Which configuration the kernel is built with, for a person. */
  readonly config: string;
  readonly order: readonly { readonly ops: string; readonly file: string; readonly level: string }[];
  /** The index of first_device in `order`. */
  readonly firstDevice: number;
}

/** Boots a tree's kernel: with the configuration of the setting, else the tree's own, else everything built in. */
export function orderOfBoot(parser: CParser, root: string, kernelConfig: string): BootedList | null {
  const named = kernelConfig === '' ? undefined : path.resolve(root, kernelConfig);
  const isThere = named !== undefined && existsSync(named) && statSync(named).isFile();
  const found = openBootTree(root, isThere ? named : undefined);
  if ('error' in found) return null;
  const { order, firstDevice } = bootedTree(parser, found.read, found.config);
  const config =
    typeof found.config === 'string' ? found.config : path.relative(root, named ?? path.join(root, '.config'));
  return { config, order: order.map(({ ops, file, level }) => ({ ops, file, level })), firstDevice };
}
