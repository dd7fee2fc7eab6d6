import { Kind } from './lexer.ts';
import { Role } from './macros.ts';
import { Mark } from './marks.ts';
import { type Draft } from './rewrites.ts';
import { type Tokens } from './tokens.ts';

/** Names that begin as attributes do but are types of include/uapi/linux/types.h. */
const underscoredType = /^__(?:[us](?:8|16|32|64|128)|[bl]e(?:16|32|64)|sum16|wsum|poll_t|kernel_\w+|int128)$|_t$/;

/** An attribute's arguments have fewer tokens than this; a parenthesis that is not closed by then is not looked after. */
const longestArguments = 256;

/** Blanks attributes, with their arguments, and takes them out of the tokens: the grammar has no place for most of them. */
export function removeAttributes(tokens: Tokens, draft: Draft): void {
  removeKnown(tokens, draft);
  removeUnknown(tokens, draft);
}

function removeKnown(tokens: Tokens, draft: Draft): void {
  const dropped: number[] = [];
  for (let index = tokens.first; index < tokens.count; index++) {
    const role = tokens.role(index);
    if ((role & (Role.attribute | Role.attributeCall)) === 0 || isMember(tokens, index)) continue;
    const takesArguments = (role & Role.attributeCall) !== 0;
    const end = takesArguments ? afterParentheses(tokens, index + 1) : index + 1;
    if (takesArguments && (end === index + 1 || isCalled(tokens, index, end))) continue;
    draft.blank('attribute', tokens.start(index), tokens.end(end - 1));
    for (let at = index; at < end; at++) dropped.push(at);
    index = end - 1;
  }
  tokens.drop(dropped);
}

function removeUnknown(tokens: Tokens, draft: Draft): void {
  const dropped: number[] = [];
  for (let index = tokens.first; index < tokens.count; index++) {
    if (tokens.kind(index) !== Kind.word || tokens.role(index) !== 0) continue;
    const before = tokens.kind(index - 1);
    const isAfterName = before === Kind.word || before === Kind.number || before === Mark.closeBracket;
    if (!isAfterName && tokens.kind(index + 1) !== Kind.word) continue;
    if (!isUnknownAttribute(tokens, index)) continue;
    draft.blank('attribute', tokens.start(index), tokens.end(index));
    dropped.push(index);
  }
  tokens.drop(dropped);
}

/** Whether what looks like an attribute with arguments is a function's call: `x = __copy(y)`, `__free(p);`. `after` is the index after it. */
function isCalled(tokens: Tokens, index: number, after: number): boolean {
  const before = tokens.kind(index - 1);
  const next = tokens.kind(after);
  if (before === Kind.word) return (tokens.role(index - 1) & (Role.jump | Role.prefix)) !== 0;
  if (before === Mark.close || before === Mark.closeBracket || before === Mark.star) return false;
  if (before === Mark.open || before === Mark.comma) return next !== Kind.word && next !== Mark.star;
  if (before === Mark.closeBrace) return next === Mark.semicolon && isOnNextLine(tokens, index);
  const isFirst = before === Mark.semicolon || before === Mark.openBrace;
  return isFirst || before === Mark.colon ? next === Mark.semicolon : before !== Kind.end;
}

function isOnNextLine(tokens: Tokens, index: number): boolean {
  return tokens.text.slice(tokens.end(index - 1), tokens.start(index)).includes('\n');
}

/** Whether the word at an index is a member's name or an array's: `.__unused`, `__unused[4]`, `__unused:2`. */
function isMember(tokens: Tokens, index: number): boolean {
  const before = tokens.kind(index - 1);
  const after = tokens.kind(index + 1);
  if (before === Mark.dot || after === Mark.openBracket || after === Mark.colon) return true;
  return before === Kind.operator && tokens.word(index - 1) === '->';
}

/** Whether the word at an index is neither the language's own nor a macro of the tables. */
export function isPlainWord(tokens: Tokens, index: number): boolean {
  return tokens.kind(index) === Kind.word && tokens.role(index) === 0;
}

/** The index after the parentheses that begin at an index, or the index itself where none begin. */
function afterParentheses(tokens: Tokens, index: number): number {
  if (tokens.kind(index) !== Mark.open) return index;
  let depth = 0;
  const end = Math.min(tokens.count, index + longestArguments);
  for (let at = index; at < end; at++) {
    const kind = tokens.kind(at);
    if (kind === Mark.open) depth++;
    else if (kind === Mark.close && --depth === 0) return at + 1;
    else if (kind === Mark.semicolon || kind === Mark.openBrace) break;
  }
  return index;
}

/**
 * Whether the word at an index can only be an attribute that no table knows. Where C has two plain words in a row, the
 * first is a type and the second a name; so a plain word between a complete type and a name, or behind a name, is
 * neither.
 */
function isUnknownAttribute(tokens: Tokens, index: number): boolean {
  if (!isPlainWord(tokens, index)) return false;
  const next = tokens.kind(index + 1);
  if ((tokens.role(index - 1) & Role.tag) !== 0) return false;
  if (isBeforeType(tokens, index) || tokens.kind(index - 1) === Kind.number) return true;
  if (tokens.kind(index - 1) === Mark.closeBracket && next !== Mark.open) return true;
  if (endsType(tokens, index - 1)) {
    if (isPlainWord(tokens, index + 1))
      return looksLikeAttribute(tokens, index) || !looksLikeAttribute(tokens, index + 1);
    return next === Mark.star && tokens.kind(index - 1) === Kind.word;
  }
  if (!isPlainWord(tokens, index - 1)) {
    // Of three plain words in a row, one of the first two is the type: the one that does not look like an attribute.
    const twoMore = isPlainWord(tokens, index + 2) || tokens.kind(index + 2) === Mark.star;
    return isPlainWord(tokens, index + 1) && twoMore && looksLikeAttribute(tokens, index);
  }
  if (endsType(tokens, index - 2)) return looksLikeAttribute(tokens, index);
  if (tokens.kind(index - 2) === Mark.assign) return true;
  if (tokens.kind(index - 2) === Mark.closeBrace && next === Mark.semicolon) return looksLikeAttribute(tokens, index);
  return (next === Mark.star || isPlainWord(tokens, index + 1)) && !looksLikeAttribute(tokens, index - 1);
}

/** Whether a type begins after the word at an index, so that the word itself is none. */
function isBeforeType(tokens: Tokens, index: number): boolean {
  let at = index + 1;
  while (isPlainWord(tokens, at) && looksLikeAttribute(tokens, at) && at < index + 4) at++;
  const role = tokens.role(at);
  if ((role & Role.primitive) !== 0) return tokens.kind(at + 1) !== Mark.semicolon;
  if ((role & Role.qualifier) === 0) return (role & (Role.storage | Role.tag)) !== 0;
  if ((tokens.role(at + 1) & (Role.primitive | Role.tag)) !== 0) return true;
  return isPlainWord(tokens, at + 1) && (isPlainWord(tokens, at + 2) || tokens.kind(at + 2) === Mark.star);
}

/** Whether a type is complete at an index, so that only a name, a `*` or an attribute can follow. */
function endsType(tokens: Tokens, index: number): boolean {
  if (tokens.kind(index) === Mark.star) return true;
  if (tokens.kind(index) !== Kind.word) return false;
  return (tokens.role(index) & Role.primitive) !== 0 || (tokens.role(index - 1) & Role.tag) !== 0;
}

function looksLikeAttribute(tokens: Tokens, index: number): boolean {
  const word = tokens.word(index);
  return (word.startsWith('__') && !underscoredType.test(word)) || /^[A-Z][A-Z\d_]+$/.test(word);
}
