/** GNU make's functions on lists of words (its manual, "Functions for String Substitution and Analysis" and "for File Names"). */

export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** `patsubst`: one `%` stands for any text; without one the whole word must be equal. */
export function patsubst(pattern: string, replacement: string, text: string): string {
  return wordsOf(text)
    .map((word) => {
      const stem = stemOf(pattern, word);
      return stem === undefined ? word : pattern.includes('%') ? replacement.replace('%', () => stem) : replacement;
    })
    .join(' ');
}

/** `$(var:a=b)`: as patsubst, where a pattern without `%` is a suffix. */
export function substituteReference(text: string, from: string, to: string): string {
  return from.includes('%') ? patsubst(from, to, text) : patsubst(`%${from}`, `%${to}`, text);
}

function stemOf(pattern: string, word: string): string | undefined {
  const at = pattern.indexOf('%');
  if (at < 0) return pattern === word ? '' : undefined;
  const [head, tail] = [pattern.slice(0, at), pattern.slice(at + 1)];
  const fits = word.length >= head.length + tail.length && word.startsWith(head) && word.endsWith(tail);
  return fits ? word.slice(head.length, word.length - tail.length) : undefined;
}

function matchesOne(patterns: string, word: string): boolean {
  return wordsOf(patterns).some((pattern) => stemOf(pattern, word) !== undefined);
}

function each(text: string, change: (word: string) => string): string {
  return wordsOf(text).map(change).join(' ');
}

function numberOf(text: string): number {
  return Number.parseInt(text.trim(), 10) || 0;
}

/** The functions whose arguments are all expanded first; each gets what stands between the commas. */
export const wordFunctions: Readonly<Record<string, (args: readonly string[]) => string>> = {
  subst: ([from = '', to = '', text = '']) => (from === '' ? text : text.replaceAll(from, () => to)),
  patsubst: ([pattern = '', replacement = '', text = '']) => patsubst(pattern.trim(), replacement.trim(), text),
  strip: ([text = '']) => wordsOf(text).join(' '),
  findstring: ([wanted = '', text = '']) => (text.includes(wanted) ? wanted : ''),
  filter: ([patterns = '', text = '']) =>
    wordsOf(text)
      .filter((word) => matchesOne(patterns, word))
      .join(' '),
  'filter-out': ([patterns = '', text = '']) =>
    wordsOf(text)
      .filter((word) => !matchesOne(patterns, word))
      .join(' '),
  sort: ([text = '']) => [...new Set(wordsOf(text))].sort().join(' '),
  word: ([at = '', text = '']) => wordsOf(text)[numberOf(at) - 1] ?? '',
  wordlist: ([from = '', to = '', text = '']) =>
    wordsOf(text)
      .slice(Math.max(0, numberOf(from) - 1), numberOf(to))
      .join(' '),
  words: ([text = '']) => String(wordsOf(text).length),
  firstword: ([text = '']) => wordsOf(text)[0] ?? '',
  lastword: ([text = '']) => wordsOf(text).at(-1) ?? '',
  dir: ([text = '']) => each(text, (word) => word.slice(0, word.lastIndexOf('/') + 1) || './'),
  notdir: ([text = '']) => each(text, (word) => word.slice(word.lastIndexOf('/') + 1)),
  suffix: ([text = '']) => each(text, (word) => /\.[^./]*$/.exec(word)?.[0] ?? ''),
  basename: ([text = '']) => each(text, (word) => word.replace(/\.[^./]*$/, '')),
  addsuffix: ([suffix = '', text = '']) => each(text, (word) => word + suffix),
  addprefix: ([prefix = '', text = '']) => each(text, (word) => prefix + word),
  join: ([left = '', right = '']) => {
    const [a, b] = [wordsOf(left), wordsOf(right)];
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? '') + (b[i] ?? '')).join(' ');
  },
  abspath: ([text = '']) => each(text, normalise),
  realpath: ([text = '']) => each(text, normalise),
};

/** A path without `.` and `dir/..` parts. */
export function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
