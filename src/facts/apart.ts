import { matchesOf } from './matches.ts';

/** A member of a part of what a pointer points at: `fn->part.table`. */
const inPart = /->\s*(\w+)\s*\.\s*(\w+)\b/g;
// Bounded, so that a text in which nothing is closed is gone through but once.
const structure = /\bstruct\b[\w\s]{0,200}\{/g;
const declared = /(?<=[\s*,])(\w+)\s*(?:\[[^\][]{0,200}\]\s*)*(?=[;,:])/g;
const marks = /[{}()]/g;
const comments = /\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*/g;

/**
 * The members of parts, `part.table`, that a text names and that another member by the plain name stands beside in the same
 * structure: `struct foo_part part; void *table;`. These are two things; of a part by struct_group(), or of a structure in a
 * union, the members have no names of their own beside.
 */
export function membersApart(raw: string): string[] {
  const used = new Map(
    matchesOf(raw, inPart).map(([, part = '', member = '']) => [`${part}.${member}`, [part, member]]),
  );
  if (used.size === 0) return [];
  const text = raw.replace(comments, ' ');
  // By a member, the structures that declare it.
  const declaring = new Map<string, Set<number>>();
  for (const [index, members] of structuresIn(text).entries())
    for (const [, name = ''] of matchesOf(members, declared)) {
      const all = declaring.get(name);
      if (all) all.add(index);
      else declaring.set(name, new Set([index]));
    }
  return [...used].flatMap(([word, [part = '', member = '']]) => {
    const others = declaring.get(member);
    return [...(declaring.get(part) ?? [])].some((index) => others?.has(index)) ? word : [];
  });
}

/** The text of each structure's own members, without what stands in braces or parentheses there; in one go, however deep. */
function structuresIn(text: string): readonly string[] {
  const found: string[] = [];
  const begins = new Set(matchesOf(text, structure).map((match) => match.index + match[0].length - 1));
  // What is open, the innermost last: a structure's members so far, or null.
  const open: (string[] | null)[] = [];
  let from = 0;
  for (const { index, 0: mark } of matchesOf(text, marks)) {
    open.at(-1)?.push(text.slice(from, index), ' ');
    from = index + 1;
    if (mark === '{' || mark === '(') {
      open.push(begins.has(index) ? [] : null);
    } else {
      const members = open.pop();
      if (members) found.push(members.join(''));
    }
  }
  return found;
}
