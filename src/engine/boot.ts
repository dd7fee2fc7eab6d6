import fs from 'node:fs';
import path from 'node:path';
import {
  assumedOptions,
  bootOrder,
  parseConfigValues,
  readTree,
  type BootOrder,
  type OptionValue,
} from '../program/index.ts';
import type { CParser } from '../syntax/index.ts';
import { TreeCode } from './boot-code.ts';

/** A configuration: the text of a `.config`, or one of Kconfig's own assumptions. */
export type BootConfig = { readonly text: string } | 'allyesconfig' | 'allmodconfig';

export interface BootedTree extends BootOrder {
  /** How many files are linked into the kernel. */
  readonly builtIn: number;
}

/** Reads a file of a tree; undefined when it is not there. */
export type ReadBytes = (file: string) => Buffer | undefined;

/** The pernet_list of a kernel that is built from a tree (for x86) and has booted; the tree is read as far as needed. */
export function bootedTree(parser: CParser, readBytes: ReadBytes, config: BootConfig): BootedTree {
  const read = (file: string): string | undefined => readBytes(file)?.toString('utf8');
  const option = optionsOf(config, read);
  const { builtIn } = readTree(read, option);
  const code = new TreeCode(parser, readBytes, option);
  const order = bootOrder(
    code,
    builtIn.map(({ file }) => file),
  );
  return { ...order, builtIn: builtIn.length };
}

function optionsOf(config: BootConfig, read: (file: string) => string | undefined): OptionValue {
  if (typeof config === 'string') return assumedOptions(read, config);
  const values = parseConfigValues(config.text);
  return (option) => values.get(option);
}

/** Reads a tree on disk. */
export function diskBytes(root: string): ReadBytes {
  return (file) => {
    try {
      return fs.readFileSync(path.join(root, file));
    } catch {
      return undefined;
    }
  };
}
