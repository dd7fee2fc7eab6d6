import { Role } from './macros.ts';
import { Mark } from './marks.ts';
import { type Tokens } from './tokens.ts';

/**
 * What is beyond these is not read: no C that people write comes near (the kernel's largest file has 750,000 tokens, its
 * deepest nesting is 103, its longest stretch without a separator has 3,400 tokens), and what a parser makes of it, a
 * tree as deep as the text is long, can exhaust whoever walks it.
 */
const most = { tokens: 1_500_000, depth: 256, stretch: 20_000, elses: 2_000 } as const;

/** How much of a text is searched for a NUL, which no text has. Git decides in the same way. */
const searchedForNul = 8000;

/** Whether a text is binary data. */
export function isBinary(text: string): boolean {
  const nul = text.indexOf('\0');
  return nul >= 0 && nul < searchedForNul;
}

/** Why a text is not parsed; undefined where it can be. */
export function excessOf(tokens: Tokens): string | undefined {
  if (tokens.count - tokens.first > most.tokens) return `more than ${most.tokens} tokens`;
  let depth = 0;
  let stretch = 0;
  const elses = new Int32Array(most.depth + 1);
  for (let index = tokens.first; index < tokens.count; index++) {
    const kind = tokens.kind(index);
    const isEnd = kind === Mark.semicolon || kind === Mark.closeBrace;
    stretch = isEnd || kind === Mark.comma || kind === Mark.openBrace ? 0 : stretch + 1;
    if (stretch > most.stretch) return `more than ${most.stretch} tokens without a separator`;
    if (kind === Mark.open || kind === Mark.openBracket || kind === Mark.openBrace) depth++;
    else if (depth > 0 && (kind === Mark.close || kind === Mark.closeBracket || kind === Mark.closeBrace)) depth--;
    if (depth > most.depth) return `brackets nested more than ${most.depth} deep`;
    if (isElse(tokens, index)) elses[depth]!++;
    else if (isEnd && !isElse(tokens, index + 1)) elses[depth] = 0;
    if (elses[depth]! > most.elses) return `more than ${most.elses} else branches in a row`;
  }
  return undefined;
}

function isElse(tokens: Tokens, index: number): boolean {
  return (tokens.role(index) & Role.prefix) !== 0 && tokens.end(index) - tokens.start(index) === 'else'.length;
}
