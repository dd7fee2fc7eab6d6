import { type Point } from './node.ts';

/** One replacement that turns an earlier text into a later one, as tree-sitter wants it told. Offsets in UTF-16 units. */
export interface Edit {
  startIndex: number;
  oldEndIndex: number;
  newEndIndex: number;
  startPosition: Point;
  oldEndPosition: Point;
  newEndPosition: Point;
}

/** The row and column of an offset, counted on from a point before it whose offset is known. */
function pointAt(text: string, offset: number, from: Point = { row: 0, column: 0 }, fromOffset = 0): Point {
  let { row } = from;
  let lineStart = fromOffset - from.column;
  for (let at = text.indexOf('\n', fromOffset); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: offset - lineStart };
}

/** Stretches of this length are compared as a whole before anything is compared by itself, in UTF-16 units. */
const stretchLength = 4_096;

/** How much two texts have in common at their beginning, up to `most`. */
function sameStart(before: string, after: string, most: number): number {
  let same = 0;
  while (same + stretchLength <= most && isSameAt(before, same, after, same)) same += stretchLength;
  while (same < most && before.charCodeAt(same) === after.charCodeAt(same)) same++;
  return same;
}

/** How much two texts have in common at their end, up to `most`. */
function sameEnd(before: string, after: string, most: number): number {
  let same = 0;
  const [a, b] = [before.length, after.length];
  while (same + stretchLength <= most && isSameAt(before, a - same - stretchLength, after, b - same - stretchLength))
    same += stretchLength;
  while (same < most && before.charCodeAt(a - 1 - same) === after.charCodeAt(b - 1 - same)) same++;
  return same;
}

function isSameAt(before: string, at: number, after: string, other: number): boolean {
  return before.slice(at, at + stretchLength) === after.slice(other, other + stretchLength);
}

/** The smallest single edit between two texts: what lies between their common beginning and their common end. */
export function editBetween(before: string, after: string): Edit {
  const shorter = Math.min(before.length, after.length);
  const startIndex = sameStart(before, after, shorter);
  const same = sameEnd(before, after, shorter - startIndex);
  const oldEndIndex = before.length - same;
  const newEndIndex = after.length - same;
  const startPosition = pointAt(after, startIndex);
  return {
    startIndex,
    oldEndIndex,
    newEndIndex,
    startPosition,
    oldEndPosition: pointAt(before, oldEndIndex, startPosition, startIndex),
    newEndPosition: pointAt(after, newEndIndex, startPosition, startIndex),
  };
}

/** How much of two texts lies between their common beginning and their common end, in UTF-16 units of both. */
export function distanceBetween(before: string, after: string): number {
  const shorter = Math.min(before.length, after.length);
  const start = sameStart(before, after, shorter);
  return before.length + after.length - 2 * (start + sameEnd(before, after, shorter - start));
}

/** What is the same between two edits is worth looking for where it is as long as this, in UTF-16 units. */
const longStretch = 2_000;
/** So much of it is looked for. */
const probe = 200;

/**
 * The edits that turn an earlier text into a later one, as tree-sitter wants them told one after the other: the later
 * places first. Who goes from place to place changes one thing here and one there; what lies between is not told as changed.
 */
export function editsBetween(before: string, after: string): Edit[] {
  const whole = editBetween(before, after);
  const { startIndex, oldEndIndex, newEndIndex } = whole;
  const stretch = sameStretch(before.slice(startIndex, oldEndIndex), after.slice(startIndex, newEndIndex));
  if (!stretch) return [whole];
  const [from, to] = [startIndex + stretch.before, startIndex + stretch.after];
  return [
    editAt(before, { start: from + stretch.length, end: oldEndIndex }, after.slice(to + stretch.length, newEndIndex)),
    editAt(before, { start: startIndex, end: from }, after.slice(startIndex, to)),
  ];
}

/** A long stretch that two texts have in common, around the middle of the later one. */
function sameStretch(before: string, after: string): { before: number; after: number; length: number } | null {
  if (Math.min(before.length, after.length) < longStretch) return null;
  let to = (after.length - probe) >> 1;
  const near = Math.max(0, to - longStretch - Math.abs(before.length - after.length));
  let from = before.indexOf(after.slice(to, to + probe), near);
  if (from < 0) return null;
  let length = probe;
  while (from > 0 && to > 0 && before.charCodeAt(from - 1) === after.charCodeAt(to - 1)) {
    from--;
    to--;
    length++;
  }
  const most = Math.min(before.length - from, after.length - to);
  while (length < most && before.charCodeAt(from + length) === after.charCodeAt(to + length)) length++;
  return length < longStretch ? null : { before: from, after: to, length };
}

function editAt(text: string, { start, end }: { readonly start: number; readonly end: number }, by: string): Edit {
  const startPosition = pointAt(text, start);
  const { row, column } = pointAt(by, by.length);
  return {
    startIndex: start,
    oldEndIndex: end,
    newEndIndex: start + by.length,
    startPosition,
    oldEndPosition: pointAt(text, end, startPosition, start),
    newEndPosition: { row: startPosition.row + row, column: row === 0 ? startPosition.column + column : column },
  };
}
