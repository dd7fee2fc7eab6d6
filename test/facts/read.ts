import { pruneBodies, readFile, type FileFacts } from '../../src/facts/index.ts';
import { everyOption, loadNative, prepare, type Configuration } from '../../src/syntax/index.ts';

const parser = await loadNative();

export interface ReadOptions {
  /** Its path in the tree; default `foo.c`. */
  readonly file?: string;
  /** Blank the bodies that no lifecycle reaches, as the engine does. */
  readonly prune?: boolean;
  readonly configuration?: Configuration;
}

/** The facts of a text. */
export function factsOfText(
  text: string,
  { file = 'foo.c', prune = false, configuration = everyOption }: ReadOptions = {},
): FileFacts {
  const prepared = prepare(text, configuration);
  const parsed = prune ? pruneBodies(prepared.text, text) : prepared.text;
  const tree = parser.parse(parsed);
  try {
    return readFile(file, text, { text: parsed, arms: prepared.arms }, tree.rootNode);
  } finally {
    parser.free(tree);
  }
}

/** Every option but one on. */
export function without(option: string): Configuration {
  return { value: (name) => (name === option ? false : everyOption.value(name)) };
}
