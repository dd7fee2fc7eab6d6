import { matchesOf } from './matches.ts';
import { partsOf } from './tables.ts';
import {
  asksMember,
  given,
  givenAnywhere,
  definesLarge,
  definesStruct,
  hasElements,
  hasUnion,
  macroNames,
  setByUsers,
  sharePlace,
} from './words.ts';

/** What stands before a member, as far as it says what becomes of its value, the member, and what follows. */
const access =
  /(\b(?:if|while|likely|unlikely)\s*\(\s*|\bNULL\s*[!=]=\s*|&&\s*|\|\|\s*|[!*]\s*|\breturn\s+|(?<![=!<>])=\s*|[(,]\s*)?(?:\b[A-Za-z_]\w*|[)\]])\s*(?:->|\.)\s*(\w+(?:\s*(?:->|\.)\s*\w+)*)\s*(?:(\[|==|!=|=(?!=)|[)?])|(?=(&&|\|\|))|)/g;
interface Access {
  readonly before: string;
  readonly member: string;
  readonly after: string;
}

function accessesIn(text: string): readonly Access[] {
  return matchesOf(text, access).map(([, before = '', path = '', after, joined]) => ({
    before,
    member: /\w+$/.exec(path)![0],
    after: after ?? joined ?? '',
  }));
}

const onlyAsks = /^(?:if|NULL|while|likely|unlikely|&&|\|\|)/;

/**
 * The members of which a text may give back what they point at: all but those that it only sets, compares, asks for, or goes
 * behind or into (`fn->table[i]`, `*fn->table`, `fn->table->size`).
 */
function givenIn(accesses: readonly Access[]): Set<string> {
  const members = new Set<string>();
  for (const { before, member, after } of accesses) {
    const isHarmless =
      /^(?:[!*]|NULL)/.test(before) || (after !== '' && after !== ')') || (after === ')' && onlyAsks.test(before));
    if (!isHarmless) members.add(member);
  }
  return members;
}

const macro = /^[ \t]*#[ \t]*define[ \t]+(\w+)((?:\\\r?\n|[^\n])*)$/gm;
const calledInMacro = /\b(\w+)\s*\(/g;
const memberInMacro = /(?:->|\.)\s*(\w+)/g;
const onlyName = /^[ \t]+(\w+)[ \t]*$/;

/**
 * The members that macros of a file may name for whoever uses them: what becomes of those is not known; and which macros with
 * arguments name which, by way of others as well.
 */
export function givenInMacros(text: string): string[] {
  if (!text.includes('define')) return [];
  const members = new Set<string>();
  const named = new Map<string, { readonly members: ReadonlySet<string>; readonly calls: readonly string[] }>();
  for (const [, by = '', body = ''] of matchesOf(text, macro)) {
    const own = new Set([...matchesOf(body, memberInMacro).map((match) => match[1]!), ...offsetsIn(body)]);
    for (const member of own) members.add(member);
    const name = onlyName.exec(body)?.[1];
    if (name !== undefined) members.add(name);
    if (body.startsWith('('))
      named.set(by, { members: own, calls: matchesOf(body, calledInMacro).map((match) => match[1]!) });
  }
  const words = [...members].map(givenAnywhere);
  if (members.size === 0) return words;
  for (const by of named.keys()) {
    const through = new Set([by]);
    for (const each of through) for (const call of named.get(each)?.calls ?? []) if (named.has(call)) through.add(call);
    const all = new Set([...through].flatMap((each) => [...named.get(each)!.members]));
    for (const member of all) words.push(macroNames(by, member));
  }
  return words;
}

const structure = /\bstruct\s+(\w+)\s*\{/g;

const plainStructure = /\bstruct\s+(\w+)\s*\{([^{}]{0,4000})\}/g;

/** What a member takes at least, by its type; of a type that is not listed no more is known than that it is there. */
const sizes: readonly (readonly [type: RegExp, size: number])[] = [
  [/\*/, 8],
  [
    /\bstruct\s+(?:list_head|hlist_nulls_head|rb_root_cached|mutex|rw_semaphore|work_struct|delayed_work|timer_list|xarray|idr|rhashtable)\b/,
    16,
  ],
  [/\b(?:[us]64|__[bl]e64|long|size_t|struct hlist_head|struct rb_root|atomic_long_t|atomic64_t)\b/, 8],
  [/\b(?:u32|s32|int|unsigned|atomic_t|refcount_t|spinlock_t|__u32|__be32|__le32)\b/, 4],
  [/\b(?:u16|s16|short|__be16|__le16)\b/, 2],
];
const roomOfPointer = 8;

/** The structures of a text whose members need more room than a pointer, unions and what else lies in another left out. */
function largeIn(text: string): string[] {
  return matchesOf(text, plainStructure).flatMap(([, name = '', body = '']) => {
    const members = body.replace(/^[ \t]*#.*$/gm, '').split(';');
    const room = members.reduce((sum, member) => {
      if (member.trim() === '' || member.includes(':')) return sum;
      const size = /\bshort\b/.test(member) ? 2 : (sizes.find(([type]) => type.test(member))?.[1] ?? 1);
      return sum + size * member.split(',').length;
    }, 0);
    return room > roomOfPointer ? definesLarge(name) : [];
  });
}

const union = /\bunion\b[\w\s]{0,200}\{([^{}]{0,4000})\}/g;
const pointer = /\*\s*(?:const\s+|__rcu\s+)?(\w+)\s*(?=[;,])/g;

/** The pointers of a text's unions, where there are several. */
function unionsIn(text: string): string[] {
  return matchesOf(text, union).flatMap(([, body = '']) => {
    const members = matchesOf(body, pointer).flatMap(([, name]) => name ?? []);
    return members.length > 1 ? sharePlace(members) : [];
  });
}

const parameter = /^[ \t]*(?:module|core)_param(?:_named[ \t]*\([ \t]*\w+[ \t]*,|[ \t]*\()[ \t]*(\w+)/gm;

const array = /\b([A-Za-z_]\w*)[ \t]*\[[ \t]*\][ \t\w]*=\s*\{([^;]*?)\}\s*;/g;

/** The arrays of a text whose elements are structures that it writes out one by one, with their number: none with characters. */
function arraysIn(text: string): string[] {
  if (!text.includes('[]')) return [];
  return matchesOf(text, array).flatMap(([, name = '', body = '']) => {
    const parts = /[#'\\]/.test(body) ? [] : partsOf(body.replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, ' '));
    return parts.length > 0 && parts.every((part) => /^\{[^]*\}$/.test(part)) ? hasElements(name, parts.length) : [];
  });
}

/** `offsetof(struct foo, peers)`: who knows where a member lies gets at it by no name. A table's own offsets are its library's. */
const byOffset = /(?<!_offset\s{0,9}=\s{0,9})\boffsetof\s*\(\s*[^,;()]+,\s*(\w+)/g;

function offsetsIn(text: string): string[] {
  return text.includes('offsetof') ? matchesOf(text, byOffset).map((match) => match[1]!) : [];
}

/**
 * What a text outside of functions says of members: those that it may give back, the structures that it defines, which
 * pointers lie in a union; of arrays of structures, and what users set.
 */
export function givenBetween(text: string): string[] {
  return [
    ...[...givenIn(accessesIn(text)), ...offsetsIn(text)].map(givenAnywhere),
    ...matchesOf(text, structure).map((match) => definesStruct(match[1]!)),
    ...largeIn(text),
    ...unionsIn(text),
    ...arraysIn(text),
    ...matchesOf(text, parameter).map((match) => setByUsers(match[1]!)),
    ...(/\bunion\b/.test(text) ? [hasUnion] : []),
  ];
}

/** The same of a function's body, and the members that it asks for. */
export function givenInBody(body: string): string[] {
  const text = closedBefore.test(body) ? body.replace(wrapped, '$1 $2') : body;
  const accesses = accessesIn(text);
  return [...[...givenIn(accesses), ...offsetsIn(text)].map(given), ...[...askedIn(text, accesses)].map(asksMember)];
}

/** `p = rcu_dereference(fn->table);` */
const copied = /\b(\w+)\s*=[^=;]*?(?:->|\.)\s*(\w+)\s*\)*\s*;/g;
/** A variable that a condition begins with, or that is negated: `if (p`, `&& p`, `!p`. */
const askedFor = /(?:!\s*|(?:if|while|likely|unlikely)\s*\(\s*|&&\s*)(?=(\w+)\b(?!->|\.|\[))/g;
/** A variable by which a value is chosen: `return p ?`. */
const chosenBy = /(?:\breturn\s+|(?<![=!<>])=\s*|[(,]\s*)(\w+)\s*(?:\?|&&)/g;
/** What leads to a member: `fn->`, `foo_pernet(net)->`, `fn->slots[i].`. */
const base = String.raw`\b[A-Za-z_]\w*(?:\s*\([^()]*\)|\s*\[[^\][]*\])?\s*(?:->|\.)\s*`;
/** The pointer and the member by which a value is chosen: `return fn->table ?`, `n = fn->table &&`. */
const chosen = new RegExp(String.raw`(?:\breturn\s+|(?<![=!<>])=\s*|[(,]\s*)((?:${base})+)(\w+)\s*(?:\?|&&|\|\|)`, 'g');

const closedBefore = /\)\s*(?:\?|&&|\|\|)/;
/** `return (fn->table) ?`: what leads up to a member in parentheses of its own, and that. */
const wrapped = new RegExp(
  String.raw`(\breturn\s*|(?<![=!<>])=\s*|[(,]\s*|&&\s*|\|\|\s*)\(\s*((?:${base})+\w+)\s*\)(?=\s*(?:\?|&&|\|\|))`,
  'g',
);

/** The members whose value a text asks for, by name or in a variable that it was copied to. */
function askedIn(text: string, accesses: readonly Access[]): Set<string> {
  const members = new Set<string>();
  let isChosen = false;
  for (const { before, member, after } of accesses) {
    if (before.startsWith('!') || after === '==' || after === '!=' || onlyAsks.test(before)) {
      if (after !== '[' && after !== '=') members.add(member);
    } else isChosen ||= /^(?:\?|&&|\|\|)$/.test(after);
  }
  if (isChosen) for (const member of chosenIn(text)) members.add(member);
  const copies = matchesOf(text, copied);
  if (copies.length === 0) return members;
  const variables = new Set(matchesOf(text, askedFor).map((match) => match[1]!));
  for (const [, variable = '', member = ''] of copies) if (variables.has(variable)) members.add(member);
  // A value is chosen by one copy: what is done with another, or with the member itself, is not asked for by that.
  for (const [, variable = ''] of matchesOf(text, chosenBy)) variables.add(variable);
  for (const [, variable = '', member = ''] of copies)
    if (variables.has(variable) && copies.every((copy) => copy[2] !== member || variables.has(copy[1]!)))
      members.add(member);
  return members;
}

/** So many characters before an argument the name of its call is looked for. */
const mostBefore = 80;

/** The members by which values are chosen, `fn->log ? fn->log[0] : 0`, and that are used in there and by that pointer only. */
function* chosenIn(text: string): Generator<string> {
  const inside = new Map<string, { readonly pointer: string; readonly from: number; readonly to: number }[]>();
  for (const { 0: whole, 1: by, 2: asked, index } of matchesOf(text, chosen)) {
    const member = asked!;
    const pointer = by!.replace(/\s+/g, '');
    const ways = inside.get(member) ?? [];
    inside.set(member, [...ways, { pointer, from: index, to: endOfValue(text, index + whole.length) }]);
  }
  for (const [member, ways] of inside) {
    const uses = matchesOf(text, new RegExp(`((?:${base})+)${member}\\b(?!\\s*=[^=])`, 'g'));
    const isAsked = uses.every(({ 1: by, index: at }) => {
      const pointer = by!.replace(/\s+/g, '');
      const before = text.slice(Math.max(0, at - mostBefore), at).trimEnd();
      return (
        /free\w*\s*\($/.test(before) || ways.some((way) => way.pointer === pointer && at >= way.from && at < way.to)
      );
    });
    if (isAsked) yield member;
  }
}

/** Where the expression ends that a text is in at a place. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let index = from; index < text.length; index++) {
    const char = text[index]!;
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    if (depth < 0 || char === ';' || (depth === 0 && char === ',')) return index;
  }
  return text.length;
}
