import { outlineOf } from '../../facts/index.ts';

/** Numbers from 0 to 1 that a seed decides (mulberry32): a run can be repeated. */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An edit that changes nothing of what a source does. Null where the source has no place for it. */
export type Edit = (text: string, random: Random) => string | null;

/** Edits as unrelated patches make them, by what a log would call them. */
export const edits: Readonly<Record<string, Edit>> = {
  'a comment added': (text, random) => {
    const fn = pick(outlineOf(text), random);
    return fn
      ? splice(text, bodyStart(text, fn.open), `\t/* Of no bearing, ${Math.floor(random() * 1000)}. */\n`)
      : null;
  },
  'a comment changed': (text, random) => {
    const found = pick([...text.matchAll(/\/\*[^*/]{8,200}\*\//g)], random);
    return found ? splice(text, found.index + 2, ' (sic)') : null;
  },
  'a blank line added': (text, random) => {
    const found = pick([...text.matchAll(/^\}\n/gm)], random);
    return found ? splice(text, found.index + 2, '\n\n') : null;
  },
  'a function added': (text, random) => {
    const found = pick([...text.matchAll(/^\}\n\n(?=static |int |void )/gm)], random);
    const name = `unrelated_${Math.floor(random() * 1e6)}`;
    const code = `static int __maybe_unused ${name}(int value)\n{\n\tif (value < 0)\n\t\treturn -EINVAL;\n\treturn value + 1;\n}\n\n`;
    return found ? splice(text, found.index + found[0].length, code) : null;
  },
  'a local renamed': (text, random) => {
    const places = outlineOf(text).flatMap(({ open, close }) =>
      [...text.slice(open, close).matchAll(/^\t(?:struct \w+ \*|int |bool |u32 |unsigned int )(\w+)(?:;| = )/gm)].map(
        (match) => ({ open, close, name: match[1]! }),
      ),
    );
    const place = pick(places, random);
    if (!place) return null;
    const body = text.slice(place.open, place.close);
    const fresh = `${place.name}_now`;
    // A member or a label of the same name is another thing.
    if (body.includes(fresh) || new RegExp(`(?:->|\\.|goto )\\s*${place.name}\\b|^${place.name}:`, 'm').test(body))
      return null;
    if (/^#/m.test(body)) return null;
    const renamed = body.replace(new RegExp(`(?<!["\\w])${place.name}\\b`, 'g'), fresh);
    return text.slice(0, place.open) + renamed + text.slice(place.close);
  },
  'a static function renamed': (text, random) => {
    const fn = pick(
      outlineOf(text).filter(({ isStatic, name }) => isStatic && name.length > 6),
      random,
    );
    if (!fn || text.includes(`${fn.name}_again`) || text.includes(`"${fn.name}`)) return null;
    return text.replace(new RegExp(`\\b${fn.name}\\b`, 'g'), `${fn.name}_again`);
  },
  'a debug message added': (text, random) => {
    const fn = pick(outlineOf(text), random);
    if (!fn) return null;
    const places = [...text.slice(fn.open, fn.close).matchAll(/[;}]\n(?=\treturn\b)/g)];
    const place = pick(places, random);
    return place ? splice(text, fn.open + place.index + 2, '\tpr_debug("here\\n");\n') : null;
  },
  'a call split over two lines': (text, random) => {
    const found = pick([...text.matchAll(/^\t[^\n"#]*\([^\n"()]*, (?=[^\n"]*\);$)/gm)], random);
    return found ? splice(text, found.index + found[0].length - 1, '\n\t\t') : null;
  },
  'a description changed': (text) => {
    const at = text.search(/^MODULE_DESCRIPTION\("/m);
    return at < 0 ? null : splice(text, at + 'MODULE_DESCRIPTION("'.length, 'The ');
  },
};

export function pick<T>(all: readonly T[], random: Random): T | undefined {
  return all[Math.floor(random() * all.length)];
}

function splice(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

/** Where the statements of a body begin: after the line of its brace. */
function bodyStart(text: string, open: number): number {
  return text.indexOf('\n', open) + 1;
}
