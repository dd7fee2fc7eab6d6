import type { At, Expr } from './ir.ts';
import { isWord, Tokens, Unread } from './small-tokens.ts';

/** A statement of a macro's body. Parameters stand in it as names. */
export type SmallStatement =
  | { readonly s: 'do'; readonly of: Expr }
  /** A variable of the macro's own. */
  | { readonly s: 'declare'; readonly name: string; readonly pointer: boolean; readonly init: Expr | null }
  | { readonly s: 'if'; readonly on: Expr; readonly then: SmallBody; readonly else: SmallBody }
  | { readonly s: 'goto'; readonly label: string }
  | { readonly s: 'return'; readonly value: Expr | null };

export type SmallBody = readonly SmallStatement[];

/** By how closely they bind (C11, 6.5). */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const assigning = /^(?:<<|>>|[-+*/%&|^])?=$/;
/** What stands before a name in a declaration and is no type of one's own. */
const noName = /^(?:if|else|for|while|do|switch|case|default|return|goto|break|continue|sizeof|asm|typeof|__typeof__)$/;

/** A type's name by itself: what stands in parentheses is a cast then. */
const isTypeName =
  /^(?:int|long|short|char|unsigned|signed|void|bool|_Bool|float|double|[su](?:8|16|32|64)|__\w+|\w+_t)$/;

/**
 * The statements of a macro's body, `if (!(p)) goto label;`: there is no tree of it. Null where it is more than plain
 * statements: loops, casts, what the preprocessor pastes.
 */
export function readSmallBody(text: string): SmallBody | null {
  try {
    const reader = new Reader(text);
    const body: SmallStatement[] = [];
    while (!reader.isAtEnd()) body.push(...reader.statement());
    return body;
  } catch (error) {
    if (error instanceof Unread) return null;
    throw error;
  }
}

/** Nothing that people write is as deep as that. */
const mostDeep = 100;

/** Where all of it stands until it is put where the macro is used. */
const nowhere: At = [0, 0, 0, 0];

class Reader extends Tokens {
  private depth = 0;

  statement(): SmallBody {
    return this.nested(() => this.readStatement());
  }

  private readStatement(): SmallBody {
    if (this.took(';')) return [];
    if (this.took('{')) return this.block();
    if (this.took('do')) {
      const body = this.statement();
      for (const each of ['while', '(', '0', ')']) this.expect(each);
      this.endStatement();
      return body;
    }
    if (this.took('if')) return [this.choice()];
    if (this.took('goto')) {
      const label = this.word();
      this.endStatement();
      return [{ s: 'goto', label }];
    }
    if (this.took('return')) {
      const value = this.isAtEnd() || this.peek() === ';' ? null : this.expression();
      this.endStatement();
      return [{ s: 'return', value }];
    }
    const declared = this.declaration();
    if (declared) return [declared];
    const of = this.expression();
    this.endStatement();
    return [{ s: 'do', of }];
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > mostDeep) throw new Unread();
    const value = read();
    this.depth--;
    return value;
  }

  private block(): SmallBody {
    const body: SmallStatement[] = [];
    while (!this.took('}')) body.push(...this.statement());
    return body;
  }

  private choice(): SmallStatement {
    this.expect('(');
    const on = this.expression();
    this.expect(')');
    const then = this.statement();
    return { s: 'if', on, then, else: this.took('else') ? this.statement() : [] };
  }

  /** `int err = …;`, `struct foo *p = …;`, `typeof(p) q = …;` */
  private declaration(): SmallStatement | null {
    const start = this.next;
    let words = 0;
    if (/^(?:__)?typeof(?:__)?$/.test(this.peek() ?? '')) {
      this.next++;
      this.skipParentheses();
      words++;
    }
    while (isWord(this.peek()) && !noName.test(this.peek()!) && isWord(this.tokens[this.next + 1], '*')) {
      this.next++;
      words++;
    }
    const pointer = words > 0 && this.took('*');
    const name = this.peek();
    const after = this.tokens[this.next + 1];
    if (words === 0 || !isWord(name) || noName.test(name!) || (after !== '=' && after !== ';')) {
      this.next = start;
      return null;
    }
    this.next++;
    const init = this.took('=') ? this.assignment() : null;
    this.endStatement();
    return { s: 'declare', name: name!, pointer, init };
  }

  private expression(): Expr {
    const of = [this.assignment()];
    while (this.took(',')) of.push(this.assignment());
    return of.length === 1 ? of[0]! : { k: 'comma', of, at: nowhere };
  }

  private assignment(): Expr {
    return this.nested(() => this.readAssignment());
  }

  private readAssignment(): Expr {
    const to = this.conditional();
    const op = this.peek();
    if (op === undefined || !assigning.test(op)) return to;
    this.next++;
    return { k: 'assign', op, to, from: this.assignment(), at: nowhere };
  }

  private conditional(): Expr {
    return this.nested(() => this.readConditional());
  }

  private readConditional(): Expr {
    const test = this.binary(0);
    if (!this.took('?')) return test;
    const then = this.peek() === ':' ? null : this.expression();
    this.expect(':');
    return { k: 'cond', test, then, else: this.conditional(), at: nowhere };
  }

  private binary(level: number): Expr {
    const ops = levels[level];
    if (!ops) return this.unary();
    let l = this.binary(level + 1);
    for (let op = this.peek(); op !== undefined && ops.includes(op); op = this.peek()) {
      this.next++;
      l = { k: 'binary', op, l, r: this.binary(level + 1), at: nowhere };
    }
    return l;
  }

  private unary(): Expr {
    return this.nested(() => this.readUnary());
  }

  private readUnary(): Expr {
    const op = this.peek();
    if (op === '++' || op === '--') {
      this.next++;
      return { k: 'update', op, of: this.unary(), at: nowhere };
    }
    if (op === undefined || !/^[-+!~&*]$/.test(op)) return this.postfix();
    this.next++;
    return { k: 'unary', op, of: this.unary(), at: nowhere };
  }

  private postfix(): Expr {
    let of = this.primary();
    for (;;) {
      if (this.took('(')) of = { k: 'call', fn: of, args: this.list(), at: nowhere };
      else if (this.took('[')) {
        const index = this.expression();
        this.expect(']');
        of = { k: 'index', of, index, at: nowhere };
      } else if (this.peek() === '->' || this.peek() === '.') {
        const arrow = this.take() === '->';
        of = { k: 'field', of, name: this.word(), arrow, at: nowhere };
      } else if (this.peek() === '++' || this.peek() === '--') {
        of = { k: 'update', op: this.take() === '++' ? '++' : '--', of, at: nowhere };
      } else return of;
    }
  }

  private list(): Expr[] {
    const args: Expr[] = [];
    if (this.took(')')) return args;
    do args.push(this.assignment());
    while (this.took(','));
    this.expect(')');
    return args;
  }

  private primary(): Expr {
    const text = this.take();
    if (text === '(') {
      const inner = this.expression();
      this.expect(')');
      // A name in parentheses before something that no operator stands before: a cast, of which nothing is read.
      if (inner.k === 'id' && (isTypeName.test(inner.name) || isWord(this.peek()) || /^["'\d]/.test(this.peek() ?? '')))
        throw new Unread();
      return inner;
    }
    if (/^["']/.test(text)) return { k: 'str', text: this.spelt(text), at: nowhere };
    if (/^\d/.test(text)) {
      const value = /^(?:0x[\da-f]+|[1-9]\d*|0)[ul]*$/i.test(text) ? Number(text.replace(/[ul]+$/i, '')) : null;
      return { k: 'num', value, at: nowhere };
    }
    if (text === 'true' || text === 'false' || text === 'NULL')
      return { k: 'num', value: text === 'true' ? 1 : 0, at: nowhere };
    if (!isWord(text) || noName.test(text)) throw new Unread();
    return { k: 'id', name: text, at: nowhere };
  }

  /** Strings that stand one after the other are one. */
  private spelt(first: string): string {
    let text = first;
    while (first.startsWith('"') && this.peek()?.startsWith('"')) text = text.slice(0, -1) + this.take().slice(1);
    return text;
  }

  private word(): string {
    const text = this.take();
    if (!isWord(text)) throw new Unread();
    return text;
  }
}
