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
]);

/**
 * Shapes a macro that stands for members of a struct, such as `DECLARE_BITMAP(name, bits);`, at its first token.
 * Returns the index of the next member, or -1 where the token begins an ordinary one.
 */
export function shapeMember(tokens: Tokens, draft: Draft, index: number): number {
  if (!isPlainWord(tokens, index)) return -1;
  if (tokens.kind(index + 1) === Mark.closeBrace) draft.blank('declaration', tokens.start(index), tokens.end(index));
  if (tokens.kind(index + 1) !== Mark.open || tokens.kind(index + 2) === Mark.star) return -1;
  const close = tokens.match(index + 1);
  if (close < 0) return -1;
  if (isTypeMacro(tokens, close)) {
    draft.blank('type', tokens.start(index + 1), tokens.end(close));
    tokens.remove(index + 1, close + 1);
    return -1;
  }
  const group = groups.get(tokens.word(index));
  if (group !== undefined) return openGroup(tokens, draft, { index, close, before: group });
  const [first, second] = argumentsOf(tokens, index + 1);
  if (!first) return -1;
  draft.note('declaration', tokens.start(index), tokens.end(close));
  if (second && takesTypeFirst(tokens, index, first)) {
    draft.write(tokens.start(index), tokens.end(index + 1), '');
    draft.put(tokens.start(first.to), ' ');
  } else if (isPlainWord(tokens, first.from)) {
    draft.put(tokens.start(index + 1), ' ');
    const isArray = second !== undefined && second.to === close;
    if (isArray) draft.put(tokens.start(first.to), '[');
    else if (first.to < close) draft.write(tokens.start(first.to), tokens.end(close), '');
    draft.put(tokens.start(close), isArray ? ']' : ' ');
    return -1;
  } else {
    const end = tokens.kind(close + 1) === Mark.semicolon ? close + 1 : close;
    draft.write(tokens.start(index), tokens.end(end), '');
    return end + 1;
  }
  draft.put(tokens.start(close), ' ');
  return -1;
}

/** Gives the bit-field whose colon stands at an index a name, where it has none: the grammar asks for one. */
export function nameBitField(tokens: Tokens, draft: Draft, item: number, colon: number): void {
  const before = tokens.kind(colon - 1);
  const isUnnamed = before === Mark.comma || colon - 1 === item || (tokens.role(colon - 1) & Role.primitive) !== 0;
  if (!isUnnamed) return;
  const place = tokens.start(colon) - 1;
  draft.note('other', place, tokens.end(colon));
  if (draft.hasRoomAt(place)) draft.put(place, '_');
  else if (tokens.kind(colon + 2) === Mark.semicolon) draft.write(tokens.start(item), tokens.end(colon + 2), '');
}

/** Takes the macro away from around the members, which stay. */
function openGroup(
  tokens: Tokens,
  draft: Draft,
  { index, close, before }: { index: number; close: number; before: number },
): number {
  const members = argumentsOf(tokens, index + 1)[before];
  if (!members) return -1;
  draft.blank('declaration', tokens.start(index), tokens.end(members.from - 1));
  draft.blank('declaration', tokens.start(close), tokens.end(close));
  if (tokens.kind(close + 1) === Mark.semicolon)
    draft.blank('declaration', tokens.start(close + 1), tokens.end(close + 1));
  return members.from;
}
