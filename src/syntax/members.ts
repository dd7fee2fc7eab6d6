import { argumentsOf } from './arguments.ts';
import { isPlainWord } from './attributes.ts';
import { isTypeMacro, takesTypeFirst } from './declarations.ts';
import { Role } from './macros.ts';
import { Mark } from './marks.ts';
import { type Draft } from './rewrites.ts';
import { type Tokens } from './tokens.ts';

/** Macros whose last argument is a list of members (include/linux/stddef.h), with the number of arguments before it. */
const groups: ReadonlyMap<string, number> = new Map([
  ['struct_group', 1],
  ['struct_group_attr', 2],
  ['struct_group_tagged', 2],
  ['__struct_group', 3],
  ['TRAILING_OVERLAP', 3],
  ['__TRAILING_OVERLAP', 4],
]);

/**
 * Shapes a macro that stands for members of a struct, such as `DECLARE_BITMAP(name, bits);`, at its first token.
 * Returns the index of the next member, or -1 where it is not known by then.
 */
export function shapeMember(tokens: Tokens, draft: Draft, index: number): number {
  if (!isPlainWord(tokens, index)) return -1;
  const after = tokens.kind(index + 1);
  if (after === Mark.closeBrace) draft.blank('declaration', tokens.start(index), tokens.end(index));
  if (after !== Mark.open || tokens.kind(index + 2) === Mark.star) return -1;
  const close = tokens.match(index + 1);
  if (close < 0) return -1;
  if (isTypeMacro(tokens, close)) {
    draft.blank('type', tokens.start(index + 1), tokens.end(close));
    tokens.remove(index + 1, close + 1);
    return -1;
  }
  const group = groups.get(tokens.word(index));
  if (group !== undefined) return openGroup(tokens, draft, { index, close, before: group });
  return declareMember(tokens, draft, index, close);
}

/** `MACRO(type, name)` becomes `type name`, `MACRO(name, size)` becomes `MACRO name[size]`; what names nothing goes. */
function declareMember(tokens: Tokens, draft: Draft, index: number, close: number): number {
  const [first, second] = argumentsOf(tokens, index + 1);
  if (!first) return -1;
  if (second && takesTypeFirst(tokens, index, first)) {
    draft.blank('declaration', tokens.start(index), tokens.end(index + 1));
    draft.blank('declaration', tokens.start(first.to), tokens.end(first.to));
    draft.blank('declaration', tokens.start(close), tokens.end(close));
    return -1;
  }
  const isName = first.to === first.from + 1 || tokens.match(first.from + 1) === first.to - 1;
  if (!isName || !isPlainWord(tokens, first.from)) return removeMember(tokens, draft, index, close);
  draft.note('declaration', tokens.start(index), tokens.end(close));
  draft.put(tokens.start(index + 1), ' ');
  const isArray = second?.to === close && (tokens.role(second.from) & (Role.tag | Role.primitive)) === 0;
  if (isArray) draft.put(tokens.start(first.to), '[');
  else if (first.to < close) draft.write(tokens.start(first.to), tokens.end(close), '');
  draft.put(tokens.start(close), isArray ? ']' : ' ');
  return -1;
}

function removeMember(tokens: Tokens, draft: Draft, index: number, close: number): number {
  const end = tokens.kind(close + 1) === Mark.semicolon ? close + 1 : close;
  draft.blank('declaration', tokens.start(index), tokens.end(end));
  tokens.remove(index, end + 1);
  return end + 1;
}

/** Gives the bit-field whose colon stands at an index a name in place of its width, where it has none: the grammar asks for one. */
export function nameBitField(tokens: Tokens, draft: Draft, item: number, colon: number): void {
  const before = tokens.kind(colon - 1);
  const isUnnamed = before === Mark.comma || colon - 1 === item || (tokens.role(colon - 1) & Role.primitive) !== 0;
  if (!isUnnamed) return;
  let end = colon + 1;
  while (tokens.kind(end) !== Mark.semicolon && tokens.kind(end) !== Mark.comma && end < tokens.count) end++;
  if (end === colon + 1) return;
  const start = tokens.start(colon);
  draft.note('other', start, tokens.end(end - 1));
  draft.write(start, tokens.end(end - 1), '');
  draft.put(start > tokens.end(colon - 1) ? start : tokens.start(colon + 1), '_');
}

/** Takes the macro away from around the members, which stay. */
function openGroup(
  tokens: Tokens,
  draft: Draft,
  { index, close, before }: { index: number; close: number; before: number },
): number {
  const members = argumentsOf(tokens, index + 1)[before];
  if (!members) return -1;
  const end = tokens.kind(close + 1) === Mark.semicolon ? close + 1 : close;
  draft.blank('declaration', tokens.start(index), tokens.end(members.from - 1));
  draft.blank('declaration', tokens.start(close), tokens.end(end));
  tokens.remove(index, members.from);
  tokens.remove(close, end + 1);
  return members.from;
}
