import { matchesOf } from './matches.ts';

/** A member of a part of what a pointer points at: `fn->part.table`. */
const inPart = /->\s*(\w+)\s*\.\s*(\w+)\b/g;
const structure = /\bstruct\b[\w\s]*\{/g;
const comments = /\/\*[^]*?\*\/|\/\/[^\n]*/g;

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
  const bodies = matchesOf(text, structure).map((match) => ownMembers(text, match.index + match[0].length));
  return [...used].flatMap(([word, names]) =>
    bodies.some((body) => names.every((name) => isDeclaredIn(body, name))) ? word : [],
  );
}

/** The text of a structure's members from behind its brace on, without what stands in braces or parentheses there. */
function ownMembers(text: string, from: number): string {
  let own = '';
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === '{' || char === '(') depth++;
    else if (char === '}' || char === ')') {
      if (--depth < 0) break;
      own += ' ';
    } else if (depth === 0) own += char;
  }
  return own;
}

function isDeclaredIn(members: string, name: string): boolean {
  return new RegExp(String.raw`[\s*,]${name}\s*(?:\[[^\]]*\]\s*)*[;,:]`).test(members);
}
