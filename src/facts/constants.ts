/** The names that a file itself gives to numbers: `#define FOO_STEPS 3`, and those of its enums. */
export type Constants = ReadonlyMap<string, number>;

const definition =
  /^[ \t]*#[ \t]*(?:define[ \t]+(\w+)[ \t]+(-?\d\w*|\(-?\d\w*\)|BIT\(\w+\)|\(1\w*[ \t]*<<[ \t]*\w+\))[ \t]*(?:\/[*/].*)?\r?$|(?:define|undef)[ \t]+(\w+))/gm;
const enumeration = /\benum\b\s*\w*\s*\{([^{}]*)\}/g;

/** The constants in the text of a file, arms that are not taken left out; one that is defined twice is none that is known. */
export function constantsOf(live: string): Constants {
  const found = new Map<string, number>();
  const seen = new Set<string>();
  const put = (name: string, value: number | null): void => {
    if (value === null || seen.has(name)) found.delete(name);
    else found.set(name, value);
    seen.add(name);
  };
  if (live.includes('define'))
    for (const [, name, number, other] of live.matchAll(definition)) put(name ?? other!, numberIn(number ?? '', found));
  if (live.includes('enum'))
    for (const [, body] of live.matchAll(enumeration))
      for (const [name, value] of membersOf(body!, found)) put(name, value);
  return found;
}

/** The members of an enum; null where what one stands for, or what is before it, is not known. */
function membersOf(body: string, known: Constants): Map<string, number | null> {
  const members = new Map<string, number | null>();
  const text = body.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, ' ');
  if (text.includes('#')) return new Map();
  let next: number | null = 0;
  for (const part of text.split(',')) {
    const [, name, given] = /^\s*([A-Za-z_]\w*)\s*(?:=([^]*))?$/.exec(part) ?? [];
    if (name === undefined) {
      if (part.trim() !== '') next = null;
      continue;
    }
    const value: number | null =
      given === undefined ? next : (numberIn(given, known) ?? members.get(given.trim()) ?? null);
    members.set(name, value);
    next = value === null ? null : value + 1;
  }
  return members;
}

function numberIn(text: string, known: Constants): number | null {
  const word = text.trim().replace(/^\(([^()]*)\)$/, '$1');
  const bit = /^(?:BIT\s*\(\s*(\w+)\s*\)|1[ul]*\s*<<\s*(\w+))$/i.exec(word);
  if (bit) return powerOf(numberIn(bit[1] ?? bit[2]!, known));
  if (/^-?(?:0x[\da-f]+|[1-9]\d*|0)[ul]*$/i.test(word)) return Number(word.replace(/[ul]+$/i, ''));
  return known.get(word) ?? null;
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
