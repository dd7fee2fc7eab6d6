import { matchesOf } from './matches.ts';
import { goesRound, namesElement } from './words.ts';

/** `for (i = 0; i < FOO_SIZE; i++)`, `for (i = FOO_SIZE - 1; i >= 0; i--)`. */
const loop =
  /\bfor\s*\(\s*(?:(?:unsigned\s+)?(?:int|u\d+|size_t|long)\s+)?(\w+)\s*=\s*([^;()]{1,60}?)\s*;\s*\1\s*(<|>=?)\s*([^;()]{1,60}?(?:\([^()]{0,60}\)(?:\s*-\s*1)?)?)\s*;\s*(?:\1\s*(\+\+|--)|(\+\+|--)\s*\1)\s*\)/g;

/** `fn->slots[0]`, `fn->slots[FOO_MAIN]`, `fn->slots[FOO_SIZE - 1]`. */
const fixed = /(?:->|\.)\s*(\w+)\s*\[\s*(?:\d+|[A-Z][A-Z0-9_]*)\s*(?:-\s*1\s*)?\]/g;

/** What takes down what it is passed, by its name. */
const releasing =
  /(?:^|_)(?:\w*free|destroy|put|release|del|delete|unregister|detach|kill|remove|purge|close|fini|exit|cleanup)(?:_|$)/;
const called = /\b(\w+)\s*\(/g;

/** A bound that is the same in another function: a constant, or a member. A local is another one there. */
const isShared = /^[A-Z\d][A-Z\d_]*(?:-1)?$|^ARRAY_SIZE\(|->|\./;

const lastByDescent: Readonly<Record<string, string>> = { '>=0': '0', '>0': '1', '>=1': '1' };

/**
 * The arrays that the loops of a body go through by a counter, from the first or the second element on, and up to where; an
 * array is a member, or what a call or a macro yields for an object and the counter (`foo_slot(fn, i)`).
 */
export function* roundsIn(text: string): Generator<string> {
  for (const array of new Set(matchesOf(text, fixed).map((match) => match[1]!))) yield namesElement(array);
  if (!text.includes('for (') && !text.includes('for(')) return;
  for (const match of matchesOf(text, loop)) {
    const [head, counter = '', begin = '', operator = '', end = '', after, before] = match;
    const range = rangeOf(plain(begin), operator + plain(end), after ?? before ?? '');
    if (!range || !isShared.test(range.to)) continue;
    const body = bodyAt(text, match.index + head.length);
    // Who looks at the one before or behind as well does not go through all.
    if (new RegExp(`\\[[^\\]]*\\b${counter}\\b\\s*[-+]`).test(body)) continue;
    const releases = matchesOf(body, called).some(([, name = '']) => releasing.test(name));
    const arrays = new RegExp(
      `(?:->|\\.)(\\w+)\\s*\\[\\s*${counter}\\s*\\]|=\\s*(\\w+)\\s*\\(\\s*\\w+\\s*,\\s*${counter}\\s*\\)`,
      'g',
    );
    for (const [, array, getter] of matchesOf(body, arrays))
      yield goesRound({ array: array ?? `${getter!}()`, ...range, releases });
  }
}

function plain(text: string): string {
  return text.replace(/\s+/g, '');
}

function rangeOf(begin: string, condition: string, step: string): { from: string; to: string } | null {
  if (step === '++' && /^<[^=]/.test(condition)) return { from: begin, to: condition.slice(1) };
  const from = lastByDescent[condition];
  return step === '--' && begin.endsWith('-1') && from !== undefined
    ? { from, to: begin.slice(0, -'-1'.length) }
    : null;
}

/** The statement that begins at a place: a block, or up to its semicolon. */
function bodyAt(text: string, start: number): string {
  let deep = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at]!;
    if (char === '(' || char === '{') deep++;
    else if (char === ')' || char === '}') deep--;
    if (deep < 0 || (deep === 0 && (char === ';' || char === '}'))) return text.slice(start, at);
  }
  return text.slice(start);
}
