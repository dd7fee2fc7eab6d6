import { asksMember, given, givenAnywhere, definesStruct } from './words.ts';

/** What stands before a member, as far as it says what becomes of its value, the member, and what follows. */
const access =
  /(\b(?:if|while|likely|unlikely)\s*\(\s*|&&\s*|\|\|\s*|[!*]\s*)?(?:[A-Za-z_]\w*|[)\]])\s*(?:->|\.)\s*(\w+(?:\s*(?:->|\.)\s*\w+)*)\s*(\[|==|!=|&&|\|\||=(?!=)|[)?])?/g;
const onlyAsks = /^(?:if|while|likely|unlikely|&&|\|\|)/;

/**
 * The members of which a text may give back what they point at: all but those that it only sets, compares, asks for, or goes
 * behind or into (`fn->table[i]`, `*fn->table`, `fn->table->size`).
 */
export function givenIn(text: string): Set<string> {
  const members = new Set<string>();
  for (const [, before = '', path = '', after = ''] of text.matchAll(access)) {
    const isHarmless =
      /^[!*]/.test(before) || (after !== '' && after !== ')') || (after === ')' && onlyAsks.test(before));
    if (!isHarmless) members.add(/\w+$/.exec(path)![0]);
  }
  return members;
}

const macro = /^[ \t]*#[ \t]*define[ \t]+\w+((?:\\\r?\n|[^\n])*)$/gm;
const memberInMacro = /(?:->|\.)\s*(\w+)/g;
const onlyName = /^[ \t]+(\w+)[ \t]*$/;

/** The members that macros of a file may name for whoever uses them: what becomes of those is not known. */
export function givenInMacros(text: string): string[] {
  if (!text.includes('define')) return [];
  const members = new Set<string>();
  for (const [, body = ''] of text.matchAll(macro)) {
    for (const [, member = ''] of body.matchAll(memberInMacro)) members.add(member);
    const name = onlyName.exec(body)?.[1];
    if (name !== undefined) members.add(name);
  }
  return [...members].map(givenAnywhere);
}

const structure = /\bstruct\s+(\w+)\s*\{/g;

/** What a text outside of functions says of members: those that it may give back, and the structures that it defines. */
export function givenBetween(text: string): string[] {
  return [
    ...[...givenIn(text)].map(givenAnywhere),
    ...[...text.matchAll(structure)].map((match) => definesStruct(match[1]!)),
  ];
}

/** The same of a function's body, and the members that it asks for. */
export function givenInBody(text: string): string[] {
  return [...[...givenIn(text)].map(given), ...[...askedIn(text)].map(asksMember)];
}

/** `p = rcu_dereference(fn->table);` */
const copied = /\b(\w+)\s*=[^=;]*?(?:->|\.)\s*(\w+)\s*\)*\s*;/g;

/** The members whose value a text asks for, by name or in a variable that it was copied to. */
function askedIn(text: string): Set<string> {
  const members = new Set<string>();
  for (const [, before = '', path = '', after = ''] of text.matchAll(access))
    if (before.startsWith('!') || after === '==' || after === '!=' || (onlyAsks.test(before) && !/^[[=]$/.test(after)))
      if (after !== '[' && after !== '=') members.add(/\w+$/.exec(path)![0]);
  for (const [, variable = '', member = ''] of text.matchAll(copied))
    if (new RegExp(`(?:!\\s*|(?:if|while|likely|unlikely)\\s*\\(\\s*|&&\\s*)${variable}\\b(?!->|\\.|\\[)`).test(text))
      members.add(member);
  return members;
}
