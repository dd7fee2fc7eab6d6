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
  if ((role & Role.sizeof) !== 0 && tokens.text.charAt(tokens.start(index)) !== 's') takeSize(tokens, draft, index);
  if ((role & Role.asm) !== 0) return removeAssembler(tokens, draft, index);
  if (role === 0 && tokens.kind(index + 1) === Mark.open) return removeStringMacro(tokens, draft, index);
  if ((role & Role.control) !== 0 && isPlainWord(tokens, index + 1) && tokens.kind(index + 2) === Mark.open)
    draft.blank('other', tokens.start(index + 1), tokens.end(index + 1));
  return index;
}

/**
 * Shapes `(*p).member` at its parenthesis: it is `p->member`, so that whoever reads code or its words knows one spelling.
 * The names stay in their places. `f(*p).member` is a call, and what stands on several lines is left as it is.
 */
export function shapeArrow(tokens: Tokens, draft: Draft, index: number): void {
  const [star, name, close, dot, member] = [index + 1, index + 2, index + 3, index + 4, index + 5];
  if (tokens.kind(star) !== Mark.star || tokens.kind(dot) !== Mark.dot || tokens.match(index) !== close) return;
  if (!isPlainWord(tokens, name) || tokens.kind(member) !== Kind.word) return;
  if (mayBeCalled(tokens, index - 1)) return;
  const [start, end] = [tokens.start(index), tokens.end(dot)];
  // A member in `offsetof()` has been made something else.
  if (!draft.has(start, '(') || !draft.has(tokens.start(dot), '.') || tokens.text.slice(start, end).includes('\n'))
    return;
  draft.note('other', start, end);
  draft.write(start, tokens.end(star), '');
  draft.write(tokens.end(name), end, '->');
}

/** Whether parentheses behind a token may be those of a call: not behind a type in parentheses, nor a condition. */
function mayBeCalled(tokens: Tokens, index: number): boolean {
  const kind = tokens.kind(index);
  if (kind === Mark.closeBracket) return true;
  if (kind === Kind.word) return (tokens.role(index) & (Role.jump | Role.label | Role.prefix | Role.sizeof)) === 0;
  if (kind !== Mark.close) return false;
  const open = tokens.match(index);
  if (open < 0 || (tokens.role(open - 1) & (Role.control | Role.loop | Role.scope | Role.sizeof)) !== 0)
    return open < 0;
  const isBehindCall = tokens.kind(open - 1) === Kind.word && (tokens.role(open - 1) & Role.jump) === 0;
  return isBehindCall || !isType(tokens, open + 1, index);
}

/** `(void *)`, `(struct foo *)`, `(u32)`: words, of which none is a member's, and stars. */
function isType(tokens: Tokens, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const kind = tokens.kind(at);
    if (kind !== Kind.word && (kind !== Mark.star || at === from)) return false;
  }
  // One word alone may be a pointer to a function.
  return (
    to - from > 1 || (tokens.role(from) & Role.primitive) !== 0 || /^(?:[us]\d+|__\w+|\w+_t)$/.test(tokens.word(from))
  );
}

/**
 * Shapes a macro that stands for several elements of an initialiser and so has no comma: `COMMON_OPS .open = f`.
 * Returns the index of the next element, or -1 where an ordinary one begins.
 */
export function shapeElement(tokens: Tokens, draft: Draft, index: number): number {
  if (!isPlainWord(tokens, index)) return -1;
  const close = tokens.kind(index + 1) === Mark.open ? tokens.match(index + 1) : index;
  if (close < 0) return -1;
  if (close > index && tokens.kind(close + 1) === Mark.assign) return designate(tokens, draft, index, close);
  const isNamed = tokens.kind(close + 1) === Mark.dot && tokens.kind(close + 3) === Mark.assign;
  if (!isNamed && !isPlainWord(tokens, close + 1)) return -1;
  draft.blank('other', tokens.start(index), tokens.end(close));
  tokens.remove(index, close + 1);
  return close + 1;
}

/** `CHANNEL(2) = x` among elements: a designator made by a macro becomes `[2] = x`. */
function designate(tokens: Tokens, draft: Draft, index: number, close: number): number {
  draft.note('other', tokens.start(index), tokens.end(close));
  draft.write(tokens.start(index), tokens.end(index), '');
  draft.put(tokens.start(index + 1), '[');
  draft.put(tokens.start(close), ']');
  return -1;
}

/**
 * Shapes a macro among the constants of an `enum`: the grammar has only names there. Returns the index of the next one
 * where the macro has no comma of its own, else -1.
 */
export function shapeEnumerator(tokens: Tokens, draft: Draft, index: number): number {
  if (!isPlainWord(tokens, index) || tokens.kind(index + 1) !== Mark.open) return -1;
  const close = tokens.match(index + 1);
  if (close < 0) return -1;
  const isConstant = tokens.kind(close + 1) !== Kind.word && tokens.kind(index - 1) !== Mark.close;
  draft.blank('other', isConstant ? tokens.end(index) : tokens.start(index), tokens.end(close));
  tokens.remove(index, close + 1);
  return isConstant ? -1 : close + 1;
}

/** `typeof(x)` is a type whatever `x` is: `int` will do, and cannot be mistaken for a name. */
function shapeTypeof(tokens: Tokens, draft: Draft, index: number): number {
  const close = tokens.kind(index + 1) === Mark.open ? tokens.match(index + 1) : -1;
  if (close < 0) return index;
  draft.note('type', tokens.start(index), tokens.end(close));
  draft.write(tokens.start(index), tokens.end(close), 'int');
  return close + 1;
}

/** The grammar knows `_Alignof` of types only, and `sizeof` of both. */
function takeSize(tokens: Tokens, draft: Draft, index: number): void {
  draft.note('other', tokens.start(index), tokens.end(index));
  draft.write(tokens.start(index), tokens.end(index), 'sizeof');
}

/** Between `asm` and its parenthesis stand at most `volatile`, `inline` and `goto`, each under one of its names. */
const mostQualifiers = 5;

function removeAssembler(tokens: Tokens, draft: Draft, index: number): number {
  let open = index + 1;
  while (tokens.kind(open) === Kind.word && open < index + mostQualifiers) open++;
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
