import { type Configuration } from './configuration.ts';
import { Conditionals, plain } from './conditionals.ts';
import { Kind, Lexer } from './lexer.ts';
import { Role, vocabulary } from './macros.ts';
import { type Draft } from './rewrites.ts';
import { Tokens } from './tokens.ts';
import { type Vocabulary } from './vocabulary.ts';

/** A directive's name, at the `#`. */
const directiveName = /#\s*([A-Za-z_]\w*)?/y;
/** The name that a `#define` defines, with the parameters of a function-like macro. */
const definedName = /\s*([A-Za-z_$][\w$]*)(\([^)]*\))?/y;
/** What the body of a loop macro begins with. */
const loopHead = /(?:\s|\\\r?\n)*(?:(?:for|while)\b|\w*for_each\w*\s*\()/y;
/** A body longer than this is no attribute's. */
const longestAttribute = 200;

/** Reads a text into its live tokens; directives and left out arms are blanked in the draft. */
export function read(
  text: string,
  draft: Draft,
  configuration: Configuration,
): { tokens: Tokens; conditionals: Conditionals } {
  const reader = new Reader(text, draft, configuration);
  reader.run();
  return reader;
}

class Reader {
  readonly tokens: Tokens;
  readonly conditionals: Conditionals;
  readonly #text: string;
  readonly #draft: Draft;
  readonly #lexer: Lexer;
  /** The tables' words; a copy, with the file's own, from the file's first macro that matters to the grammar. */
  #words: Vocabulary = vocabulary;

  constructor(text: string, draft: Draft, configuration: Configuration) {
    this.tokens = new Tokens(text);
    this.conditionals = new Conditionals(configuration);
    this.#text = text;
    this.#draft = draft;
    this.#lexer = new Lexer(draft.units);
  }

  run(): void {
    const lexer = this.#lexer;
    const { units } = this.#draft;
    const { tokens, conditionals } = this;
    while (conditionals.live ? lexer.next() : lexer.nextDirective()) {
      const { kind, start, end } = lexer;
      if (kind === Kind.word) tokens.push(kind, start, end, this.#words.roleAt(units, start, end, lexer.hash));
      else if (kind === Kind.directive) this.#directive(start);
      else if (kind === Kind.renamed) this.#renamed(start, end);
      else tokens.push(kind, start, end, 0);
    }
    if (lexer.openComment >= 0) this.#draft.note('other', lexer.openComment, this.#text.length);
    this.conditionals.finish(this.#text.length);
    this.#blankArms();
  }

  #renamed(start: number, end: number): void {
    this.#draft.note('other', start, end);
    this.tokens.push(Kind.number, start, end, 0);
  }

  #directive(start: number): void {
    const end = this.#lexer.finishDirective();
    this.#draft.blank('directive', start, end);
    const text = this.#text.slice(start, end);
    directiveName.lastIndex = 0;
    const name = directiveName.exec(text)?.[1] ?? '';
    const rest = text.slice(directiveName.lastIndex);
    const { conditionals } = this;
    if (name === 'define') this.#define(rest);
    else if (name === 'if' || name === 'ifdef' || name === 'ifndef') conditionals.open(name, plain(rest), end);
    else if (name === 'elif' || name === 'elifdef' || name === 'elifndef' || name === 'else')
      conditionals.next(name, plain(rest), start, end);
    else if (name === 'endif') conditionals.close(start);
    else if (conditionals.live) {
      conditionals.notGuard();
      if (name === 'undef') this.#undefine(plain(rest).trim());
    }
  }

  #undefine(name: string): void {
    this.conditionals.undefine(name);
    this.#setRole(name, 0);
  }

  #define(rest: string): void {
    if (!this.conditionals.live) return;
    definedName.lastIndex = 0;
    const match = definedName.exec(rest);
    if (!match?.[1]) return;
    const [, name, parameters] = match;
    const body = rest.slice(definedName.lastIndex);
    this.conditionals.define({ name, isFunctionLike: parameters !== undefined, body });
    this.#setRole(name, parameters === undefined ? this.#roleOfWord(body) : roleOfCall(body));
  }

  #setRole(name: string, role: number): void {
    if (this.#words.role(name) === role || vocabulary.role(name) !== 0) return;
    if (this.#words === vocabulary) this.#words = vocabulary.copy();
    this.#words.add(name, role);
  }

  /** The role of a macro without parameters: that of an attribute when its body is empty or made of attributes. */
  #roleOfWord(body: string): number {
    if (body.length > longestAttribute || /^\s*["'(\d-]/.test(body)) return 0;
    const rest = plain(body).replaceAll(/__attribute__\s*\(\([^()]*(?:\([^()]*\))?[^()]*\)\)/g, ' ');
    const isAttribute = (rest.match(/\S+/g) ?? []).every((word) => this.#words.role(word) === Role.attribute);
    return isAttribute ? Role.attribute : 0;
  }

  /** Blanks the arms that are left out; an arm inside another is blanked with it. */
  #blankArms(): void {
    let blanked = 0;
    for (const { start, end, taken } of this.conditionals.arms) {
      if (taken || start < blanked) continue;
      blanked = end;
      this.#draft.blank('arm', start, end);
    }
  }
}

/** The role of a macro with parameters: a loop's when its body is a loop's head, with the statement left to the caller. */
function roleOfCall(body: string): number {
  loopHead.lastIndex = 0;
  return loopHead.test(body) && !/[;}]$/.test(plain(body).trim()) ? Role.loop : 0;
}
