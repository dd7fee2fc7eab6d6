const token =
  /\s+|(?<word>[A-Za-z_]\w*)|(?<number>\d\w*)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|->|\+\+|--|(?:<<|>>|[-+*/%&|^=!<>])=|<<|>>|&&|\|\||[-+*/%&|^~!<>=?:.,;(){}[\]]/gy;

/** More than that are no small body. */
const mostTokens = 500;

/** What is said of a text that is more than is read here. */
export class Unread extends Error {}

/** The tokens of a macro's body, and how far they are read. What is not as it has to be is `Unread`. */
export class Tokens {
  protected readonly tokens: readonly string[];
  protected next = 0;

  constructor(text: string) {
    const tokens: string[] = [];
    let end = 0;
    for (const match of text.matchAll(token)) {
      end = match.index + match[0].length;
      if (match[0].trim() !== '') tokens.push(match[0]);
      if (tokens.length > mostTokens) break;
    }
    if (end < text.length || tokens.length > mostTokens) throw new Unread();
    this.tokens = tokens;
  }

  isAtEnd(): boolean {
    return this.next >= this.tokens.length;
  }

  protected peek(): string | undefined {
    return this.tokens[this.next];
  }

  protected take(): string {
    const text = this.tokens[this.next++];
    if (text === undefined) throw new Unread();
    return text;
  }

  protected took(text: string): boolean {
    if (this.peek() !== text) return false;
    this.next++;
    return true;
  }

  protected expect(text: string): void {
    if (!this.took(text)) throw new Unread();
  }

  /** The last semicolon is often its user's. */
  protected endStatement(): void {
    if (!this.isAtEnd()) this.expect(';');
  }

  protected skipParentheses(): void {
    this.expect('(');
    for (let depth = 1; depth > 0;) {
      const each = this.take();
      if (each === '(') depth++;
      else if (each === ')') depth--;
    }
  }
}

export function isWord(text: string | undefined, other?: string): boolean {
  return text !== undefined && (/^[A-Za-z_]/.test(text) || text === other);
}
