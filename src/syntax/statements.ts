import { isPlainWord } from './attributes.ts';
import { Kind } from './lexer.ts';
import { Role } from './macros.ts';
import { type Draft } from './rewrites.ts';
import { char, type Tokens } from './tokens.ts';

const open = char('(');
const brace = char('{');

/** Rewrites macros that stand where a statement begins: loop heads, scopes, conditions. */
export function shapeStatements(tokens: Tokens, draft: Draft): void {
  for (let index = 0; index < tokens.count; index++) {
    if (tokens.kind(index + 1) !== open || tokens.kind(index) !== Kind.word) continue;
    if (!isPlainWord(tokens, index) && (tokens.role(index) & (Role.loop | Role.scope)) === 0) continue;
    const close = tokens.match(index + 1);
    if (close < 0) continue;
    const next = tokens.kind(close + 1);
    const isLoop = (tokens.role(index) & Role.loop) !== 0 || tokens.word(index).includes('for_each');
    if (isLoop && (next === brace || next === Kind.word)) {
      draft.note('loop', tokens.start(index), tokens.end(index));
      draft.write(tokens.start(index), tokens.end(index), 'while');
    } else if (tokens.role(index) & Role.scope) {
      draft.blank('scope', tokens.start(index), tokens.end(close));
    }
  }
}
