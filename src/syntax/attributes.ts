import { Kind } from './lexer.ts';
import { Role } from './macros.ts';
import { type Draft } from './rewrites.ts';
import { char, type Tokens } from './tokens.ts';

const open = char('(');
const close = char(')');

/** The index after the parentheses that begin at an index, or the index itself where none begin. */
function afterParentheses(tokens: Tokens, index: number): number {
  if (tokens.kind(index) !== open) return index;
  let depth = 0;
  for (let at = index; at < tokens.count; at++) {
    if (tokens.kind(at) === open) depth++;
    else if (tokens.kind(at) === close && --depth === 0) return at + 1;
    else if (tokens.kind(at) === char(';') || tokens.kind(at) === char('{')) break;
  }
  return index;
}

/** Blanks attributes, with their arguments, and takes them out of the tokens: the grammar has no place for most of them. */
export function removeAttributes(tokens: Tokens, draft: Draft): void {
  let removedTo = 0;
  tokens.keep((index) => {
    if (index < removedTo) return false;
    const role = tokens.role(index);
    if ((role & (Role.attribute | Role.attributeCall)) === 0) return true;
    removedTo = role & Role.attributeCall ? afterParentheses(tokens, index + 1) : index + 1;
    if (role & Role.attributeCall && removedTo === index + 1) return true;
    draft.blank('attribute', tokens.start(index), tokens.end(removedTo - 1));
    return false;
  });
}

/** Whether the word at an index is neither the language's own nor a macro of the tables. */
export function isPlainWord(tokens: Tokens, index: number): boolean {
  return tokens.kind(index) === Kind.word && tokens.role(index) === 0;
}
