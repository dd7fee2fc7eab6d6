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

/** The smallest single edit between two texts: what lies between their common beginning and their common end. */
export function editBetween(before: string, after: string): Edit {
  const shorter = Math.min(before.length, after.length);
  let startIndex = 0;
  while (startIndex < shorter && before.charCodeAt(startIndex) === after.charCodeAt(startIndex)) startIndex++;
  let same = 0;
  while (
    same < shorter - startIndex &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same++;
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
