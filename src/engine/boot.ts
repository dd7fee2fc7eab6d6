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
  readonly option: OptionValue;
  /** The fields that the initialiser of an ops sets to something, in this configuration. */
  fieldsOf(file: string, ops: string): readonly string[];
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
  const fieldsOf = (file: string, ops: string): string[] => {
    const fact = code.facts(file)?.ops.find(({ name }) => name === ops);
    return (fact?.fields ?? []).flatMap(({ name, text }) => (text === 'NULL' ? [] : [name]));
  };
  return { ...order, builtIn: builtIn.length, option, fieldsOf };
}

function optionsOf(config: BootConfig, read: (file: string) => string | undefined): OptionValue {
  if (typeof config === 'string') return assumedOptions(read, config);
  const values = parseConfigValues(config.text);
  return (option) => values.get(option);
}
