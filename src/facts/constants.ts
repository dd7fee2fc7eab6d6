import type { At, Expr } from './ir.ts';

/** A number, or the name of an errno that is given as a failure: `-ENOMEM` is `ENOMEM` here. */
type Constant = number | string;

/** The names that a file itself gives to numbers: `#define FOO_STEPS 3`, `#define FOO_ERR (-ENOMEM)`, and those of its enums. */
export type Constants = ReadonlyMap<string, Constant>;

const definition =
  /^[ \t]*#[ \t]*(?:define[ \t]+(\w+)[ \t]+(-?\d\w*|\(-?\d\w*\)|-E\w+|\(-E\w+\)|BIT\(\w+\)|\(1\w*[ \t]*<<[ \t]*\w+\))[ \t]*(?:\/[*/].*)?\r?$|(?:define|undef)[ \t]+(\w+))/gm;
const enumeration = /\benum\b\s*\w*\s*\{([^{}]*)\}/g;

/** The constants in the text of a file, arms that are not taken left out; one that is defined twice is none that is known. */
export function constantsOf(live: string): Constants {
  const found = new Map<string, Constant>();
  const seen = new Set<string>();
  const put = (name: string, value: Constant | null): void => {
    if (value === null || seen.has(name)) found.delete(name);
    else found.set(name, value);
    seen.add(name);
  };
  if (live.includes('define'))
    for (const [, name, number, other] of live.matchAll(definition))
      put(name ?? other!, errnoIn(number ?? '') ?? numberIn(number ?? '', found));
  if (live.includes('enum'))
    for (const [, body] of live.matchAll(enumeration))
      for (const [name, value] of membersOf(body!, found)) put(name, value);
  return found;
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
  const word = text.trim().replace(/^\(([^()]*)\)$/, '$1');
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
  if (typeof value === 'number') return { k: 'num', value, name, at };
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
