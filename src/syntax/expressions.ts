import { isPlainWord } from './attributes.ts';
import { Kind } from './lexer.ts';
import { Role } from './macros.ts';
import { Mark } from './marks.ts';
import { type Draft } from './rewrites.ts';
import { type Tokens } from './tokens.ts';

/**
 * Shapes a word that means something wherever it stands: `typeof`, inline assembler, a macro next to a string. Returns
 * the index to go on at; the word's own index says that there was nothing to do.
 */
export function shapeWord(tokens: Tokens, draft: Draft, index: number): number {
  const role = tokens.role(index);
  if ((role & Role.typeof) !== 0) return shapeTypeof(tokens, draft, index);
  if ((role & Role.asm) !== 0) return removeAssembler(tokens, draft, index);
  if (role === 0 && tokens.kind(index + 1) === Mark.open) return removeStringMacro(tokens, draft, index);
  if ((role & Role.control) !== 0 && isPlainWord(tokens, index + 1) && tokens.kind(index + 2) === Mark.open)
    draft.blank('other', tokens.start(index + 1), tokens.end(index + 1));
  return index;
}

/**
 * Shapes a macro that stands for several elements of an initialiser and so has no comma: `COMMON_OPS .open = f`.
 * Returns the index of the next element, or -1 where an ordinary one begins.
 */
export function shapeElement(tokens: Tokens, draft: Draft, index: number): number {
  if (!isPlainWord(tokens, index)) return -1;
  const close = tokens.kind(index + 1) === Mark.open ? tokens.match(index + 1) : index;
  if (close < 0) return -1;
  const isNamed = tokens.kind(close + 1) === Mark.dot && tokens.kind(close + 3) === Mark.assign;
  if (!isNamed && !isPlainWord(tokens, close + 1)) return -1;
  draft.blank('other', tokens.start(index), tokens.end(close));
  return close + 1;
}

/** `typeof(x)` is a type whatever `x` is: `int` will do, and cannot be mistaken for a name. */
function shapeTypeof(tokens: Tokens, draft: Draft, index: number): number {
  const close = tokens.kind(index + 1) === Mark.open ? tokens.match(index + 1) : -1;
  if (close < 0) return index;
  draft.note('type', tokens.start(index), tokens.end(close));
  draft.write(tokens.start(index), tokens.end(close), 'int');
  return close + 1;
}

function removeAssembler(tokens: Tokens, draft: Draft, index: number): number {
  let open = index + 1;
  while (tokens.kind(open) === Kind.word) open++;
  const close = tokens.kind(open) === Mark.open ? tokens.match(open) : -1;
  if (close < 0) return index;
  draft.blank('asm', tokens.start(index), tokens.end(close));
  return close + 1;
}

/** `"text" STRINGIFY(x) "text"`: the grammar joins strings with names, but not with calls. */
function removeStringMacro(tokens: Tokens, draft: Draft, index: number): number {
  const close = tokens.match(index + 1);
  if (close < 0) return index;
  const besideString = tokens.kind(index - 1) === Kind.string || tokens.kind(close + 1) === Kind.string;
  if (!besideString) return index;
  draft.blank('other', tokens.start(index), tokens.end(close));
  return close + 1;
}
