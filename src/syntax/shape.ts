import { fixArguments } from './arguments.ts';
import { isPlainWord } from './attributes.ts';
import { shapeDeclaration } from './declarations.ts';
import { shapeArrow, shapeElement, shapeEnumerator, shapeWord } from './expressions.ts';
import { Kind } from './lexer.ts';
import { Role } from './macros.ts';
import { Mark } from './marks.ts';
import { nameBitField, shapeMember } from './members.ts';
import { type Draft } from './rewrites.ts';
import { fillStatement, shapeStatement } from './statements.ts';
import { type Tokens } from './tokens.ts';

/** What the braces around a token hold. */
type Context = 'file' | 'members' | 'enumerators' | 'block' | 'initializer';

interface Frame {
  readonly context: Context;
  /** Whether the declaration or statement around ends with this frame's brace. */
  readonly endsItem: boolean;
  /** The index of the first token of the declaration, member or statement that is being read. */
  item: number;
  /** The index at which the next one is known to begin; it has begun once the walk is there. */
  next: number;
  /** How many parentheses and brackets are open inside the frame. */
  depth: number;
  /** Whether an initialiser, an array size or a macro's arguments are being read: a call there is no declarator. */
  inExpression: boolean;
}

function frame(context: Context, endsItem: boolean, next: number): Frame {
  return { context, endsItem, item: next, next, depth: 0, inExpression: false };
}

/**
 * Walks through the tokens once, knowing at each whether it stands at file level, among a struct's members, in a block
 * or in an initialiser, and hands every place where a macro may stand to those who know how to make it parse.
 */
export function shape(tokens: Tokens, draft: Draft): void {
  new Walk(tokens, draft).run();
}

class Walk {
  readonly #tokens: Tokens;
  readonly #draft: Draft;
  readonly #outer: Frame[] = [];
  #frame: Frame;

  constructor(tokens: Tokens, draft: Draft) {
    this.#tokens = tokens;
    this.#draft = draft;
    this.#frame = frame('file', true, tokens.first);
  }

  run(): void {
    for (let index = this.#tokens.first; index < this.#tokens.count;) {
      if (index === this.#frame.next && this.#frame.depth === 0) this.#begin(index);
      index = this.#step(index);
    }
  }

  /** Begins a declaration, a member or a statement. */
  #begin(index: number): void {
    const now = this.#frame;
    now.item = index;
    now.inExpression = false;
    if (this.#tokens.kind(index) !== Kind.word) return;
    const next = this.#shapeItem(index);
    if (next >= 0) now.next = next;
  }

  #shapeItem(index: number): number {
    switch (this.#frame.context) {
      case 'file':
        return shapeDeclaration(this.#tokens, this.#draft, index);
      case 'members':
        return shapeMember(this.#tokens, this.#draft, index);
      case 'block':
        return shapeStatement(this.#tokens, this.#draft, index);
      case 'initializer':
        return shapeElement(this.#tokens, this.#draft, index);
      case 'enumerators':
        return shapeEnumerator(this.#tokens, this.#draft, index);
    }
  }

  /** Takes in one token, or several that belong together, and returns the index of the one after. */
  #step(index: number): number {
    const now = this.#frame;
    switch (this.#tokens.kind(index)) {
      case Kind.word:
        return this.#word(index);
      case Kind.operator:
        this.#operator(index);
        break;
      case Mark.open:
        if (this.#tokens.match(index) >= 0) now.depth++;
        shapeArrow(this.#tokens, this.#draft, index);
        break;
      case Mark.openBracket:
        if (this.#tokens.match(index) >= 0) now.depth++;
        break;
      case Mark.close:
      case Mark.closeBracket:
        if (this.#tokens.match(index) >= 0) now.depth--;
        break;
      case Mark.openBrace:
        this.#open(index);
        break;
      case Mark.closeBrace:
        this.#close(index);
        break;
      case Mark.semicolon:
        if (now.depth === 0 && index === now.item && now.context === 'members')
          this.#draft.blank('other', this.#tokens.start(index), this.#tokens.end(index));
        if (now.depth === 0) now.next = index + 1;
        break;
      case Mark.assign:
        if (now.depth === 0) now.inExpression = true;
        break;
      case Mark.comma:
        if (now.depth === 0) now.inExpression = false;
        if (now.depth === 0 && (now.context === 'initializer' || now.context === 'enumerators')) now.next = index + 1;
        break;
      case Mark.colon:
        if (now.depth === 0 && now.context === 'members') nameBitField(this.#tokens, this.#draft, now.item, index);
        if (now.depth === 0 && (this.#tokens.role(now.item) & Role.label) !== 0) now.next = index + 1;
        break;
    }
    return index + 1;
  }

  #word(index: number): number {
    const after = shapeWord(this.#tokens, this.#draft, index);
    if (after > index) {
      const isStatement = (this.#tokens.role(index) & Role.asm) !== 0 && this.#frame.context === 'file';
      if (isStatement && index === this.#frame.item) this.#frame.next = after;
      return after;
    }
    if (this.#isTrailingAttribute(index)) return this.#removeTrailing(index);
    const role = this.#tokens.role(index);
    const isCalled = this.#tokens.kind(index + 1) === Mark.open && this.#tokens.match(index + 1) >= 0;
    if ((role & Role.prefix) !== 0) {
      this.#frame.next = index + 1;
      fillStatement(this.#tokens, this.#draft, index);
    }
    if ((role & Role.control) !== 0) this.#control(index);
    else if (isCalled && (role & ~(Role.loop | Role.scope | Role.offsetof)) === 0 && this.#isCall(index))
      fixArguments(this.#tokens, this.#draft, index + 1);
    return index + 1;
  }

  /** Whether an attribute that no table knows stands behind a declarator's parameters: `int f(void) ATTRIBUTE(x);`. */
  #isTrailingAttribute(index: number): boolean {
    const { context, depth, inExpression, item } = this.#frame;
    if (context !== 'file' && context !== 'members') return false;
    return (
      depth === 0 &&
      !inExpression &&
      index > item &&
      this.#tokens.kind(index - 1) === Mark.close &&
      isPlainWord(this.#tokens, index)
    );
  }

  #removeTrailing(index: number): number {
    const close = this.#tokens.kind(index + 1) === Mark.open ? this.#tokens.match(index + 1) : -1;
    const last = Math.max(index, close);
    this.#draft.blank('attribute', this.#tokens.start(index), this.#tokens.end(last));
    return last + 1;
  }

  /** After `if (…)` and its like, the next statement begins. */
  #control(index: number): void {
    const open = this.#tokens.kind(index + 1) === Kind.word ? index + 2 : index + 1;
    if (this.#tokens.kind(open) === Mark.open && this.#tokens.match(open) >= 0)
      this.#frame.next = this.#tokens.match(open) + 1;
  }

  /** Whether the word before a parenthesis is called there, and not declared. */
  #isCall(index: number): boolean {
    const { context, inExpression, item, depth } = this.#frame;
    const isDeclarator = this.#tokens.kind(index + 2) === Mark.star;
    if (isDeclarator && (context === 'members' || context === 'file')) return inExpression;
    if (context === 'members') return inExpression || (index > item && depth > 0);
    if (context === 'file') {
      if (this.#tokens.kind(this.#tokens.match(index + 1) + 1) === Mark.openBrace) return inExpression;
      if (index === item) this.#frame.inExpression = true;
      return inExpression || index === item || this.#isInBrackets(index, depth);
    }
    if (this.#tokens.kind(index - 1) !== Kind.word) return true;
    const before = this.#tokens.role(index - 1);
    return before !== 0 && (before & (Role.primitive | Role.storage | Role.qualifier)) === 0;
  }

  #isInBrackets(index: number, depth: number): boolean {
    return depth > 0 && this.#tokens.kind(index - 1) === Mark.openBracket;
  }

  /** `case 1 ... 5:` has a range; the grammar's cases have one expression. */
  #operator(index: number): void {
    const isRange = this.#tokens.end(index) - this.#tokens.start(index) === 3 && this.#tokens.word(index) === '...';
    if (!isRange || (this.#tokens.role(this.#frame.item) & Role.label) === 0) return;
    this.#draft.note('other', this.#tokens.start(index), this.#tokens.end(index));
    this.#draft.write(this.#tokens.start(index), this.#tokens.end(index), ' | ');
  }

  #open(index: number): void {
    this.#outer.push(this.#frame);
    this.#frame = this.#contextAt(index);
  }

  #close(index: number): void {
    if (this.#tokens.match(index) < 0) {
      this.#frame.next = index + 1;
      return;
    }
    const { endsItem } = this.#frame;
    this.#frame = this.#outer.pop() ?? frame('file', true, index + 1);
    if (endsItem) this.#frame.next = index + 1;
  }

  /** The frame that the brace at an index opens. */
  #contextAt(index: number): Frame {
    const { context, depth } = this.#frame;
    const before = this.#tokens.kind(index - 1);
    if (depth > 0 && (before === Mark.open || before === Mark.comma) && context !== 'file')
      return frame('block', false, index + 1);
    if (before === Mark.assign || before === Mark.comma) return frame('initializer', false, index + 1);
    const tag = this.#tagBefore(index);
    if (tag !== undefined) return frame(tag === 'enum' ? 'enumerators' : 'members', false, index + 1);
    if (context === 'initializer' || context === 'enumerators') return frame('initializer', false, index + 1);
    if (context === 'members') return frame('members', false, index + 1);
    if (context === 'file') return frame(before === Kind.string ? 'file' : 'block', depth === 0, index + 1);
    return this.#isCompoundLiteral(index)
      ? frame('initializer', false, index + 1)
      : frame('block', depth === 0, index + 1);
  }

  /** The `struct`, `union` or `enum` whose body a brace opens. */
  #tagBefore(index: number): string | undefined {
    for (const at of [index - 1, index - 2]) if ((this.#tokens.role(at) & Role.tag) !== 0) return this.#tokens.word(at);
    return undefined;
  }

  /** Whether a brace follows a type in parentheses, `(struct foo){`, and not a condition or a macro's arguments. */
  #isCompoundLiteral(index: number): boolean {
    if (this.#tokens.kind(index - 1) !== Mark.close) return false;
    const before = this.#tokens.match(index - 1) - 1;
    const kind = this.#tokens.kind(before);
    return kind !== Mark.close && (kind !== Kind.word || (this.#tokens.role(before) & Role.jump) !== 0);
  }
}
