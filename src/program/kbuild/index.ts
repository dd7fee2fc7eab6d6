export { assumedOptions } from './assumption.ts';
export type { Read } from './folder.ts';
export { LinkOrder, type LinkedFirst } from './link-order.ts';
export { moduleOfFile } from './module-of.ts';
export { parseConfigValues, type OptionValue } from './options.ts';
export { readTree, type BuiltFile, type BuiltTree } from './tree.ts';
