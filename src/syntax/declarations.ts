import { type Argument, argumentsOf } from './arguments.ts';
import { isPlainWord } from './attributes.ts';
import { Kind } from './lexer.ts';
import { Role } from './macros.ts';
import { Mark } from './marks.ts';
import { type Draft } from './rewrites.ts';
import { type Tokens } from './tokens.ts';

/** The length of `int ` and of one more letter for the function's name. */
const shortestHead = 5;

/** Whether a declaring macro takes a type and then a name, as `DEFINE_PER_CPU(type, name)` does. */
export function takesTypeFirst(tokens: Tokens, index: number, first: Argument): boolean {
  const isType = (tokens.role(first.from) & (Role.tag | Role.primitive | Role.qualifier)) !== 0;
  return isType || tokens.kind(first.to - 1) === Mark.star || /PER_CPU|FLEX_ARRAY/.test(tokens.word(index));
}

/**
 * Shapes a macro that a declaration at file level begins with, or that follows `static` and its like, whatever it
 * stands in. Returns the index of the next declaration where the macro is all there is to this one, else -1.
 */
export function shapeDeclaration(tokens: Tokens, draft: Draft, item: number): number {
  const index = afterStorage(tokens, item);
  if (!isPlainWord(tokens, index) || tokens.kind(index + 1) !== Mark.open) return -1;
  const close = tokens.match(index + 1);
  if (close < 0 || tokens.kind(index + 2) === Mark.star) return -1;
  if (isTypeMacro(tokens, close)) {
    draft.blank('type', tokens.start(index + 1), tokens.end(close));
    tokens.remove(index + 1, close + 1);
    return -1;
  }
  const after = tokens.kind(close + 1);
  if (after === Mark.openBrace) return nameFunction(tokens, draft, index, close);
  if (after === Mark.assign || (index > item && (after === Mark.semicolon || after === Mark.comma)))
    return declareVariable(tokens, draft, index, close);
  if (after !== Kind.word && after !== Kind.end) return -1;
  if (index > item) {
    draft.blank('attribute', tokens.start(index), tokens.end(close));
    tokens.remove(index, close + 1);
    return -1;
  }
  return endStatement(tokens, draft, { index, separator: '|' });
}

/** Whether the macro whose arguments end at an index is the type of a variable: `TYPE(x) name = …`, all on one line. */
export function isTypeMacro(tokens: Tokens, close: number): boolean {
  if (tokens.text.slice(tokens.end(close), tokens.start(close + 1)).includes('\n')) return false;
  let name = close + 1;
  while (tokens.kind(name) === Mark.star) name++;
  if (!isPlainWord(tokens, name)) return false;
  const after = tokens.kind(name + 1);
  return after === Mark.assign || after === Mark.semicolon || after === Mark.comma || after === Mark.openBracket;
}

/** The index after `static`, `extern`, `const` and their like. */
export function afterStorage(tokens: Tokens, index: number): number {
  while ((tokens.role(index) & (Role.storage | Role.qualifier)) !== 0) index++;
  return index;
}

/** `SYSCALL_DEFINE2(name, type, argument) {`: the grammar wants a return type, so the name's first letters become one. */
function nameFunction(tokens: Tokens, draft: Draft, index: number, close: number): number {
  const start = tokens.start(index);
  if (tokens.end(index) - start < shortestHead) return -1;
  draft.note('function', start, tokens.end(index));
  draft.write(start, start + 4, 'int');
  for (let at = index + 2; at < close; at++) {
    const kind = tokens.kind(at);
    if (kind === Kind.word || kind === Mark.star || kind === Mark.comma) continue;
    draft.blank('function', tokens.end(index + 1), tokens.start(close));
    tokens.remove(index + 2, close);
    break;
  }
  return -1;
}

/** `static DEFINE_X(name, a, b)` becomes `static DEFINE_X name= a| b`: a declaration whose initialiser shows the arguments. */
export function declareVariable(tokens: Tokens, draft: Draft, index: number, close: number): number {
  const all = argumentsOf(tokens, index + 1);
  const [first, second] = all;
  if (!first || first.from === first.to) return -1;
  const hasInitializer = tokens.kind(close + 1) === Mark.assign;
  const typeFirst = second !== undefined && takesTypeFirst(tokens, index, first);
  if (!typeFirst && !isPlainWord(tokens, first.from) && tokens.kind(first.from) !== Kind.number) return -1;
  draft.note('declaration', tokens.start(index), tokens.end(close));
  if (typeFirst) {
    draft.write(tokens.start(index), tokens.end(index + 1), '');
    draft.write(typeEnd(tokens, first), tokens.end(first.to), '');
    if (second.to < close) draft.write(tokens.start(second.to), tokens.end(close), '');
  } else {
    draft.put(tokens.start(index + 1), ' ');
    if (tokens.kind(first.from) === Kind.number) draft.put(tokens.start(first.from), '_');
    if (hasInitializer) draft.write(tokens.start(first.to), tokens.end(close), '');
    else for (const { to } of all.slice(0, -1)) draft.put(tokens.start(to), to === first.to ? '=' : '|');
  }
  draft.put(tokens.start(close), ' ');
  return -1;
}

/** Where a type that is a macro argument ends without its array sizes: `char [SIZE]`. */
function typeEnd(tokens: Tokens, { from, to }: Argument): number {
  for (let index = from; index < to; index++) if (tokens.kind(index) === Mark.openBracket) return tokens.start(index);
  return tokens.start(to);
}

/** `name(a, b)` without its semicolon becomes `name=a, b;`: an expression statement of the same length that shows the arguments. */
export function endStatement(
  tokens: Tokens,
  draft: Draft,
  { index, separator }: { index: number; separator: ',' | '|' },
): number {
  const open = index + 1;
  const close = tokens.match(open);
  draft.note('statement', tokens.start(index), tokens.end(close));
  draft.put(tokens.start(open), close === open + 1 ? ' ' : '=');
  draft.put(tokens.start(close), ';');
  if (separator === '|')
    for (const { to } of argumentsOf(tokens, open).slice(0, -1)) draft.put(tokens.start(to), separator);
  return close + 1;
}
