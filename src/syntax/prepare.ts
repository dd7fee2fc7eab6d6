import { removeAttributes } from './attributes.ts';
import { type ConditionalArm } from './conditionals.ts';
import { type Configuration, everyOption } from './configuration.ts';
import { excessOf, isBinary } from './limits.ts';
import { read } from './read.ts';
import { Draft, type Rewrite } from './rewrites.ts';
import { shape } from './shape.ts';

/** Kernel C made to parse as C. */
export interface Prepared {
  /** As long as the user's text, with the same line breaks: every offset points at the user's own text. */
  readonly text: string;
  /** The arms of the file's `#if`s, in order of their start. */
  readonly arms: readonly ConditionalArm[];
  /** What reads differently from the user's text, in order of start. Facts such as `__init` are read from the original there. */
  readonly rewrites: readonly Rewrite[];
  /** Why nothing of the text is parsed, for a reader; the prepared text is blank then. Undefined for C. */
  readonly refused: string | undefined;
}

/**
 * Makes kernel C parse as C, in linear time: attribute words become blanks, loop macros a padded `while`, arms that the
 * configuration leaves out and directives become blanks, types in macro arguments become expressions. Strings, character
 * constants and comments are not touched. Never throws, whatever the text holds.
 */
export function prepare(text: string, configuration: Configuration = everyOption): Prepared {
  if (isBinary(text)) return refuse(text, 'binary data');
  const draft = new Draft(text);
  const { tokens, conditionals } = read(text, draft, configuration);
  const excess = excessOf(tokens);
  if (excess !== undefined) return refuse(text, excess);
  removeAttributes(tokens, draft);
  tokens.matchBrackets();
  shape(tokens, draft);
  const rewrites = draft.rewrites.sort((a, b) => a.start - b.start || b.end - a.end);
  return { text: draft.toString(), arms: conditionals.arms, rewrites, refused: undefined };
}

function refuse(text: string, refused: string): Prepared {
  return { text: text.replaceAll(/[^\r\n]/g, ' '), arms: [], rewrites: [], refused };
}
