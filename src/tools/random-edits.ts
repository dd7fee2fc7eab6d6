/** A source of numbers from 0 to below 1 that gives the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Edit {
  readonly kind: string;
  readonly text: string;
}

const words = [
  'x',
  ';',
  '\n',
  ' ',
  '(',
  '}',
  '/* note */',
  'int err;\n',
  '\tif (err)\n\t\treturn err;\n',
  '#ifdef CONFIG_X\n',
];

/**
 * A text as someone who types leaves it next: a character or a few more, a line less, a line twice, one changed. Many of
 * these break the syntax.
 */
export function editOf(text: string, random: () => number): Edit {
  const lines = text.split('\n');
  const line = Math.floor(random() * lines.length);
  const at = Math.floor(random() * (text.length + 1));
  const joined = (changed: readonly string[]): string =>
    [...lines.slice(0, line), ...changed, ...lines.slice(line + 1)].join('\n');
  const choice = random();
  if (choice < 0.5) {
    const word = words[Math.floor(random() * words.length)]!;
    return { kind: `insert ${JSON.stringify(word)}`, text: text.slice(0, at) + word + text.slice(at) };
  }
  if (choice < 0.65) return { kind: 'delete a character', text: text.slice(0, at) + text.slice(at + 1) };
  if (choice < 0.75) return { kind: `delete line ${line + 1}`, text: joined([]) };
  if (choice < 0.85) return { kind: `double line ${line + 1}`, text: joined([lines[line]!, lines[line]!]) };
  if (choice < 0.95) return { kind: `empty line ${line + 1}`, text: joined(['', lines[line]!]) };
  if (choice < 0.96) return { kind: 'paste the whole file again', text: `${text}${text}` };
  if (choice < 0.97) return { kind: `cut all from line ${line + 1} on`, text: lines.slice(0, line).join('\n') };
  return { kind: `indent line ${line + 1}`, text: joined([`\t${lines[line]!}`]) };
}
