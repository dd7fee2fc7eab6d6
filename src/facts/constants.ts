import type { At, Expr } from './ir.ts';

/**
 * A number, or the name of an errno that is given as a failure: `-ENOMEM` is `ENOMEM` here, and `ENOMEM` is `+ENOMEM`. Null
 * where it is 0 in one arm and a failure in another, so that its name says nothing.
 */
type Constant = number | string | null;

/** The names that a file itself gives to numbers: `#define FOO_STEPS 3`, `#define FOO_ERR (-ENOMEM)`, and those of its enums. */
export type Constants = ReadonlyMap<string, Constant>;

const definition =
  /^[ \t]*#[ \t]*(?:define[ \t]+(\w+)[ \t]+(-?\d\w*|\(-?\d\w*\)|-E\w+|\(-E\w+\)|BIT\(\w+\)|\(1\w*[ \t]*<<[ \t]*\w+\)|\(*[a-z]\w*\)[ \t]*\(?-?\d\w*\)*|[A-Z]\w*|\([A-Z]\w*\))[ \t]*(?:\/[*/].*)?\r?$|(?:define|undef)[ \t]+(\w+))/gm;
const definedAsZero =
  /^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+\(*(?:[a-z]\w*\)[ \t]*\(?)?0[ \t]*\)*[ \t]*(?:\/[*/].*)?\r?$/gm;
const enumeration = /\benum\b\s*\w*\s*\{([^{}]*)\}/g;

/** More names than this that stand for one another are not followed. */
const mostDeep = 4;

/**
 * The constants in the text of a file, arms that are not taken left out, but for a failure that is 0 there; one that is
 * defined twice is none that is known.
 */
export function constantsOf(live: string, original: string): Constants {
  const found = new Map<string, Constant>();
  const seen = new Set<string>();
  const put = (name: string, value: Constant | null): void => {
    const before = found.get(name);
    if (before === null || (seen.has(name) && mayBeZero([before, value]))) found.set(name, null);
    else if (value === null || seen.has(name)) found.delete(name);
    else found.set(name, value);
    seen.add(name);
    aliases.delete(name);
  };
  const aliases = new Map<string, string>();
  if (live.includes('define'))
    for (const [, name, number, other] of live.matchAll(definition)) {
      const alias = /^\(?([A-Z]\w*)\)?$/.exec(number ?? '')?.[1];
      const isFirst = !seen.has(name ?? other!);
      put(name ?? other!, alias === undefined ? (errnoIn(number ?? '') ?? numberIn(number ?? '', found)) : null);
      if (alias !== undefined && isFirst) aliases.set(name!, alias);
    }
  if (live.includes('enum'))
    for (const [, body] of live.matchAll(enumeration))
      for (const [name, value] of membersOf(body!, found)) put(name, value);
  if ([...found.values()].some((value) => typeof value === 'string'))
    for (const [, name] of original.matchAll(definedAsZero))
      if (typeof found.get(name!) === 'string') found.set(name!, null);
  for (const name of aliases.keys()) {
    const value = behind(name, aliases, found);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

/** What the last of a row of names that stand for one another is; undefined where that is not known. */
function behind(name: string, aliases: ReadonlyMap<string, string>, known: Constants): Constant | undefined {
  let last = name;
  for (let depth = 0; depth < mostDeep; depth++) {
    const next = aliases.get(last);
    if (next === undefined) break;
    last = next;
  }
  return known.get(last) ?? (/^E[A-Z][A-Z\d]+$/.test(last) ? `+${last}` : undefined);
}

function mayBeZero(values: readonly (Constant | undefined)[]): boolean {
  return values.includes(0) && values.some((value) => typeof value === 'string' || Number(value) < 0);
}

/** The members of an enum; null where what one stands for, or what is before it, is not known. */
function membersOf(body: string, known: Constants): Map<string, Constant | null> {
  const members = new Map<string, Constant | null>();
  const text = body.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, ' ');
  if (text.includes('#')) return new Map();
  let next: number | null = 0;
  for (const part of text.split(',')) {
    const [, name, given] = /^\s*([A-Za-z_]\w*)\s*(?:=([^]*))?$/.exec(part) ?? [];
    if (name === undefined) {
      if (part.trim() !== '') next = null;
      continue;
    }
    const value: Constant | null =
      given === undefined ? next : (errnoIn(given) ?? numberIn(given, known) ?? members.get(given.trim()) ?? null);
    members.set(name, value);
    next = typeof value === 'number' ? value + 1 : null;
  }
  return members;
}

function numberIn(text: string, known: Constants): number | null {
  const word = text
    .trim()
    .replace(/^\(*[a-z]\w*\)\s*\(?(-?\d\w*)\)*$/, '$1')
    .replace(/^\(([^()]*)\)$/, '$1');
  const bit = /^(?:BIT\s*\(\s*(\w+)\s*\)|1[ul]*\s*<<\s*(\w+))$/i.exec(word);
  if (bit) return powerOf(numberIn(bit[1] ?? bit[2]!, known));
  if (/^-?(?:0x[\da-f]+|[1-9]\d*|0)[ul]*$/i.test(word)) return Number(word.replace(/[ul]+$/i, ''));
  const value = known.get(word);
  return typeof value === 'number' ? value : null;
}

function errnoIn(text: string): string | null {
  return /^(?:-(E[A-Z][A-Z0-9]+)|\(-(E[A-Z][A-Z0-9]+)\))$/.exec(text.trim())?.slice(1).find(Boolean) ?? null;
}

/** What a name stands for, as it is written at a place; null where it is no constant that is known. */
export function constantAt(constants: Constants, name: string, at: At): Expr | null {
  const value = constants.get(name);
  if (value === undefined) return null;
  if (value === null) return { k: 'other', text: name, of: [], at };
  if (typeof value === 'number') return { k: 'num', value, name, at };
  if (value.startsWith('+')) return { k: 'id', name: value.slice(1), at };
  return { k: 'unary', op: '-', of: { k: 'id', name: value, at }, at };
}

function powerOf(bit: number | null): number | null {
  return bit === null || bit < 0 || bit > 30 ? null : 2 ** bit;
}

/** What the constants that a text names stand for, as a text that changes when that does. */
export function constantsIn(constants: Constants, text: string): string {
  let found = '';
  for (const [name, value] of constants) if (text.includes(name)) found += `${name}=${value}\n`;
  return found;
}
