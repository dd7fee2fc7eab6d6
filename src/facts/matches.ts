/**
 * All matches of a global pattern that matches no empty text. `matchAll()` makes a pattern of its own each time, which takes
 * longer than to look through a function's body; here dozens of them look through every body of a tree.
 */
export function matchesOf(text: string, pattern: RegExp): readonly RegExpExecArray[] {
  pattern.lastIndex = 0;
  let match = pattern.exec(text);
  if (match === null) return none;
  const found = [];
  for (; match !== null; match = pattern.exec(text)) found.push(match);
  return found;
}

const none: readonly RegExpExecArray[] = [];
