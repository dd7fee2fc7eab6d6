import { matchesOf } from './matches.ts';
import { asksMember, given, givenAnywhere, definesStruct, sharePlace } from './words.ts';

/** What stands before a member, as far as it says what becomes of its value, the member, and what follows. */
const access =
  /(\b(?:if|while|likely|unlikely)\s*\(\s*|&&\s*|\|\|\s*|[!*]\s*|\breturn\s+|(?<![=!<>])=\s*|[(,]\s*)?(?:\b[A-Za-z_]\w*|[)\]])\s*(?:->|\.)\s*(\w+(?:\s*(?:->|\.)\s*\w+)*)\s*(\[|==|!=|&&|\|\||=(?!=)|[)?])?/g;
interface Access {
  readonly before: string;
  readonly member: string;
  readonly after: string;
}

function accessesIn(text: string): readonly Access[] {
  return matchesOf(text, access).map(([, before = '', path = '', after = '']) => ({
    before,
    member: /\w+$/.exec(path)![0],
    after,
  }));
}

const onlyAsks = /^(?:if|while|likely|unlikely|&&|\|\|)/;

/**
 * The members of which a text may give back what they point at: all but those that it only sets, compares, asks for, or goes
 * behind or into (`fn->table[i]`, `*fn->table`, `fn->table->size`).
 */
function givenIn(accesses: readonly Access[]): Set<string> {
  const members = new Set<string>();
  for (const { before, member, after } of accesses) {
    const isHarmless =
      /^[!*]/.test(before) || (after !== '' && after !== ')') || (after === ')' && onlyAsks.test(before));
    if (!isHarmless) members.add(member);
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
  for (const [, body = ''] of matchesOf(text, macro)) {
    for (const [, member = ''] of matchesOf(body, memberInMacro)) members.add(member);
    const name = onlyName.exec(body)?.[1];
    if (name !== undefined) members.add(name);
  }
  return [...members].map(givenAnywhere);
}

const structure = /\bstruct\s+(\w+)\s*\{/g;

const union = /\bunion\b[\w\s]{0,200}\{([^{}]{0,4000})\}/g;
const pointer = /\*\s*(?:const\s+|__rcu\s+)?(\w+)\s*(?=[;,])/g;

/** The pointers of a text's unions, where there are several. */
function unionsIn(text: string): string[] {
  return matchesOf(text, union).flatMap(([, body = '']) => {
    const members = matchesOf(body, pointer).flatMap(([, name]) => name ?? []);
    return members.length > 1 ? sharePlace(members) : [];
  });
}

/**
 * What a text outside of functions says of members: those that it may give back, the structures that it defines, and which
 * pointers lie in a union.
 */
export function givenBetween(text: string): string[] {
  return [
    ...[...givenIn(accessesIn(text))].map(givenAnywhere),
    ...matchesOf(text, structure).map((match) => definesStruct(match[1]!)),
    ...unionsIn(text),
  ];
}

/** The same of a function's body, and the members that it asks for. */
export function givenInBody(text: string): string[] {
  const accesses = accessesIn(text);
  return [...[...givenIn(accesses)].map(given), ...[...askedIn(text, accesses)].map(asksMember)];
}

/** `p = rcu_dereference(fn->table);` */
const copied = /\b(\w+)\s*=[^=;]*?(?:->|\.)\s*(\w+)\s*\)*\s*;/g;
/** A variable that a condition begins with, or that is negated: `if (p`, `&& p`, `!p`, `return p ?`. */
const askedFor =
  /(?:!\s*|(?:if|while|likely|unlikely)\s*\(\s*|&&\s*|(?:\breturn\s+|(?<![=!<>])=\s*|[(,]\s*)(?=\w+\s*(?:\?|&&)))(?=(\w+)\b(?!->|\.|\[))/g;
/** Where a condition begins that is the value of something: `return fn->table ?`, `n = fn->table &&`. */
const beginsValue = /^(?:return|[=(,])/;

/** The members whose value a text asks for, by name or in a variable that it was copied to. */
function askedIn(text: string, accesses: readonly Access[]): Set<string> {
  const members = new Set<string>();
  for (const { before, member, after } of accesses)
    if (
      before.startsWith('!') ||
      after === '==' ||
      after === '!=' ||
      onlyAsks.test(before) ||
      (beginsValue.test(before) && /^(?:\?|&&|\|\|)$/.test(after))
    )
      if (after !== '[' && after !== '=') members.add(member);
  let variables: Set<string> | null = null;
  for (const [, variable = '', member = ''] of matchesOf(text, copied)) {
    variables ??= new Set(matchesOf(text, askedFor).map((match) => match[1]!));
    if (variables.has(variable)) members.add(member);
  }
  return members;
}
