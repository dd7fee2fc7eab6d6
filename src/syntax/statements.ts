import { isPlainWord } from './attributes.ts';
import { afterStorage, declareVariable, endStatement, isTypeMacro } from './declarations.ts';
import { Kind } from './lexer.ts';
import { Role } from './macros.ts';
import { Mark } from './marks.ts';
import { type Draft } from './rewrites.ts';
import { type Tokens } from './tokens.ts';

const startsStatement = Role.control | Role.prefix | Role.jump | Role.label | Role.storage;

/**
 * Shapes what a statement begins with: a label, a loop macro, a macro without its semicolon. Returns the index at which
 * the next statement begins where that is known by then, else -1.
 */
export function shapeStatement(tokens: Tokens, draft: Draft, index: number): number {
  if ((tokens.role(index) & Role.storage) !== 0) return shapeStored(tokens, draft, index);
  const isMacro = (tokens.role(index) & (Role.loop | Role.scope)) !== 0;
  if (!isPlainWord(tokens, index) && !isMacro) return -1;
  const next = tokens.kind(index + 1);
  if (next === Mark.colon) {
    fillStatement(tokens, draft, index + 1);
    return index + 2;
  }
  if (next === Mark.open) return tokens.match(index + 1) < 0 ? -1 : shapeCall(tokens, draft, index);
  const isBeforeLabel = isPlainWord(tokens, index + 1) && tokens.kind(index + 2) === Mark.colon;
  const isAlone =
    isBeforeLabel ||
    next === Mark.closeBrace ||
    next === Mark.openBrace ||
    (next === Kind.word && (tokens.role(index + 1) & startsStatement) !== 0);
  if (!isAlone) return -1;
  draft.blank('statement', tokens.start(index), tokens.end(index));
  return index + 1;
}

/** `static DEFINE_X(name, …);` inside a function. */
function shapeStored(tokens: Tokens, draft: Draft, item: number): number {
  const index = afterStorage(tokens, item);
  if (!isPlainWord(tokens, index) || tokens.kind(index + 1) !== Mark.open) return -1;
  const close = tokens.match(index + 1);
  const after = tokens.kind(close + 1);
  if (close < 0 || (after !== Mark.semicolon && after !== Mark.assign && after !== Mark.comma)) return -1;
  return declareVariable(tokens, draft, index, close);
}

/** Puts the empty statement that the grammar asks for between a label or an `else` and the closing brace, where there is room. */
export function fillStatement(tokens: Tokens, draft: Draft, index: number): void {
  if (tokens.kind(index + 1) !== Mark.closeBrace) return;
  for (let at = tokens.end(index); at < tokens.start(index + 1); at++) {
    if (!draft.hasRoomAt(at)) continue;
    draft.put(at, ';');
    return;
  }
}

function shapeCall(tokens: Tokens, draft: Draft, index: number): number {
  const close = tokens.match(index + 1);
  const after = tokens.kind(close + 1);
  if ((tokens.role(index) & Role.scope) !== 0) {
    draft.blank('scope', tokens.start(index), tokens.end(close));
    tokens.remove(index, close + 1);
    return close + 1;
  }
  if (after === Mark.openBrace) return head(tokens, draft, index, close);
  if (after === Mark.assign && tokens.kind(close + 2) === Mark.openBrace)
    return declareVariable(tokens, draft, index, close);
  if (after === Mark.closeBrace) return endStatement(tokens, draft, { index, separator: ',' });
  if (isLoop(tokens, index)) return head(tokens, draft, index, close);
  if (after === Kind.operator && isStep(tokens, close + 1) && isIndented(tokens, index, close + 1))
    return head(tokens, draft, index, close);
  if (after !== Kind.word) return -1;
  if (isIndented(tokens, index, close + 1)) return head(tokens, draft, index, close);
  if (isTypeMacro(tokens, close)) {
    draft.blank('type', tokens.start(index + 1), tokens.end(close));
    tokens.remove(index + 1, close + 1);
    return -1;
  }
  return endStatement(tokens, draft, { index, separator: ',' });
}

/** Whether the statement at an index stands on a later line than the macro before it, and further in: it is the macro's body. */
function isIndented(tokens: Tokens, macro: number, statement: number): boolean {
  const column = (index: number): number => tokens.start(index) - tokens.text.lastIndexOf('\n', tokens.start(index));
  return (
    tokens.text.slice(tokens.end(statement - 1), tokens.start(statement)).includes('\n') &&
    column(statement) > column(macro)
  );
}

/** Whether `++` or `--` stands at an index, which a statement may begin with and which cannot follow a call. */
function isStep(tokens: Tokens, index: number): boolean {
  return /^(?:\+\+|--)$/.test(tokens.word(index));
}

function isLoop(tokens: Tokens, index: number): boolean {
  return (tokens.role(index) & Role.loop) !== 0 || /for_?each|^while_each/i.test(tokens.word(index));
}

/** A macro before a block or a statement: a loop's head, or a condition where its name says so. */
function head(tokens: Tokens, draft: Draft, index: number, close: number): number {
  const start = tokens.start(index);
  const end = tokens.end(index);
  const word = tokens.word(index);
  const isCondition = /^if/i.test(word);
  const keyword = isCondition || word.length < 'while'.length ? 'if' : 'while';
  if (word.length < keyword.length) return -1;
  const isEmpty = close === index + 2;
  draft.note(isCondition ? 'condition' : 'loop', start, isEmpty ? tokens.end(close) : end);
  if (!isEmpty) draft.write(start, end, keyword);
  else draft.write(start, tokens.end(close), word.length + 2 >= 'while(1)'.length ? 'while(1)' : 'if(1)');
  return close + 1;
}
