import { isPlainWord } from './attributes.ts';
import { Kind } from './lexer.ts';
import { Role } from './macros.ts';
import { Mark } from './marks.ts';
import { type Draft } from './rewrites.ts';
import { type Tokens } from './tokens.ts';

/** One argument of a call: the tokens from `from` up to, not including, `to`, which is the comma or parenthesis after it. */
export interface Argument {
  from: number;
  to: number;
}

const isType = Role.tag | Role.primitive | Role.qualifier | Role.storage;
const isStatement = Role.control | Role.prefix | Role.jump | Role.label;

/** The arguments between the parenthesis at an index and its partner. Empty parentheses hold none. */
export function argumentsOf(tokens: Tokens, open: number): Argument[] {
  const close = tokens.match(open);
  if (close === open + 1) return [];
  const found: Argument[] = [];
  let from = open + 1;
  for (let index = from; index < close; index = next(tokens, index)) {
    if (tokens.kind(index) !== Mark.comma) continue;
    found.push({ from, to: index });
    from = index + 1;
  }
  found.push({ from, to: close });
  return found;
}

/** The index after the token at an index, or after the brackets that it opens. */
function next(tokens: Tokens, index: number): number {
  const match = tokens.match(index);
  return match > index ? match + 1 : index + 1;
}

/**
 * Makes the arguments of a macro call expressions: what is a type, an operator, a statement or nothing at all to the
 * preprocessor must be one to the grammar. The call's own name stands right before `open`.
 */
export function fixArguments(tokens: Tokens, draft: Draft, open: number): void {
  const all = argumentsOf(tokens, open);
  if ((tokens.role(open - 1) & Role.offsetof) !== 0) {
    fixMember(tokens, draft, all);
    return;
  }
  for (const argument of all) {
    if (argument.from === argument.to) fillEmpty(tokens, draft, argument);
    else fixArgument(tokens, draft, argument);
  }
}

/** `offsetof(struct a, b.c[1])`: the grammar takes only the first name of the path. */
function fixMember(tokens: Tokens, draft: Draft, all: readonly Argument[]): void {
  const member = all[1];
  if (member && member.to - member.from > 1) draft.blank('other', tokens.end(member.from), tokens.end(member.to - 1));
}

/** `f(a, , b)`: a 0 where there is room for one, else one comma less. */
function fillEmpty(tokens: Tokens, draft: Draft, { from, to }: Argument): void {
  const place = tokens.end(from - 1);
  if (place < tokens.start(to) && draft.hasRoomAt(place)) draft.put(place, '0');
  else if (tokens.kind(to) === Mark.comma) draft.blank('other', tokens.start(to), tokens.end(to));
  else if (tokens.kind(from - 1) === Mark.comma) draft.blank('other', tokens.start(from - 1), tokens.end(from - 1));
}

function fixArgument(tokens: Tokens, draft: Draft, { from, to }: Argument): void {
  const kind = tokens.kind(from);
  if (kind === Kind.word) {
    if (isUnreadable(tokens, { from, to })) replace(tokens, draft, { from, to });
    else fixWords(tokens, draft, { from, to });
  } else if (to === from + 1 && kind !== Kind.number && kind !== Kind.string && kind !== Kind.character)
    replace(tokens, draft, { from, to });
  else if (kind === Mark.openBrace && isList(tokens, from)) replace(tokens, draft, { from, to });
  else if (kind === Mark.dot && isPlainWord(tokens, from + 1))
    draft.blank('other', tokens.start(from), tokens.end(from));
  fixEnd(tokens, draft, { from, to });
}

/** A 0 in place of an argument that no expression can stand for. */
function replace(tokens: Tokens, draft: Draft, { from, to }: Argument): void {
  const start = tokens.start(from);
  const end = tokens.end(to - 1);
  draft.note('other', start, end);
  draft.write(start, end, '0');
  tokens.remove(from, to);
}

/** Whether an argument is code that cannot be read as expressions: statements, declarations, calls without a comma. */
function isUnreadable(tokens: Tokens, argument: Argument): boolean {
  const { from, to } = argument;
  if ((tokens.role(from) & isStatement) !== 0 || isSequence(tokens, argument)) return true;
  let roles = 0;
  let hasStatements = false;
  for (let index = from; index < to; index = next(tokens, index)) {
    roles |= tokens.role(index);
    hasStatements ||= tokens.kind(index) === Mark.semicolon;
  }
  return hasStatements && (roles & (isStatement | isType)) !== 0;
}

/** Whether braces hold a list of values, `{ A, "a" }`, and not statements. */
function isList(tokens: Tokens, brace: number): boolean {
  const last = tokens.match(brace) - 1;
  return last > brace && tokens.kind(last) !== Mark.semicolon && tokens.kind(last) !== Mark.closeBrace;
}

/** Whether two macro calls follow each other without an operator, as in `TP_STRUCT__entry(__field(int, a) __field(int, b))`. */
function isSequence(tokens: Tokens, { from, to }: Argument): boolean {
  for (let index = from; index < to; index = next(tokens, index))
    if (tokens.kind(index) === Mark.open && tokens.match(index) + 1 < to && isPlainWord(tokens, index - 1)) {
      const after = tokens.match(index) + 1;
      if (isPlainWord(tokens, after) && tokens.match(after + 1) > 0) return true;
    }
  return false;
}

/** Of the words that an argument begins with (`const struct foo`, `unsigned int`, `u8 name`), the last stays, as a name. */
function fixWords(tokens: Tokens, draft: Draft, { from, to }: Argument): void {
  let index = from;
  while (index + 1 < to && tokens.kind(index + 1) === Kind.word && (tokens.role(index) & Role.sizeof) === 0) {
    draft.blank('type', tokens.start(index), tokens.end(index));
    index++;
  }
  if ((tokens.role(index) & isType) === 0) return;
  draft.note('type', tokens.start(index), tokens.end(index));
  draft.put(tokens.start(index), tokens.text.charAt(tokens.start(index)).toUpperCase());
}

/** `struct foo *`, `u8[]`, `statement;`: what stands at the end of an argument and leads nowhere goes. */
function fixEnd(tokens: Tokens, draft: Draft, { from, to }: Argument): void {
  let end = to;
  while (end - 1 > from) {
    const kind = tokens.kind(end - 1);
    if (kind === Mark.star || kind === Mark.semicolon) end--;
    else if (kind === Mark.closeBracket && tokens.match(end - 1) === end - 2) end -= 2;
    else break;
  }
  if (end < to) draft.blank('type', tokens.start(end), tokens.end(to - 1));
  for (let index = from; index < end; index = next(tokens, index)) {
    if (tokens.kind(index) !== Mark.semicolon) continue;
    draft.note('other', tokens.start(index), tokens.end(index));
    draft.put(tokens.start(index), ',');
  }
}
