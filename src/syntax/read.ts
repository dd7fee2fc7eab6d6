import { type Configuration } from './configuration.ts';
import { Conditionals } from './conditionals.ts';
import { Kind, Lexer } from './lexer.ts';
import { Role, vocabulary } from './macros.ts';
import { type Draft } from './rewrites.ts';
import { Tokens } from './tokens.ts';
import { type Vocabulary } from './vocabulary.ts';

/** The parts of a directive: its name and the rest. */
const directiveShape = /^#\s*([A-Za-z_]\w*)?\s*([\s\S]*)$/;
/** The parts of a `#define`: the name, the parameters of a function-like macro, the body. */
const definitionShape = /^([A-Za-z_$][\w$]*)(?:\(([^)]*)\))?\s*([\s\S]*)$/;
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
      else tokens.push(kind, start, end, 0);
    }
    this.conditionals.finish(this.#text.length);
    this.#blankArms();
  }

  #directive(start: number): void {
    const end = this.#lexer.finishDirective();
    this.#draft.blank('directive', start, end);
    const [, name = '', argument = ''] = directiveShape.exec(plain(this.#text.slice(start, end))) ?? [];
    const { conditionals } = this;
    if (name === 'if' || name === 'ifdef' || name === 'ifndef') conditionals.open(name, argument, end);
    else if (name === 'elif' || name === 'elifdef' || name === 'elifndef' || name === 'else')
      conditionals.next(name, argument, start, end);
    else if (name === 'endif') conditionals.close(start);
    else if (conditionals.live) this.#liveDirective(name, argument);
  }

  #liveDirective(name: string, argument: string): void {
    if (name === 'define') {
      this.#define(argument);
      return;
    }
    this.conditionals.notGuard();
    if (name !== 'undef') return;
    this.conditionals.undefine(argument.trim());
    this.#setRole(argument.trim(), 0);
  }

  #define(argument: string): void {
    const match = definitionShape.exec(argument);
    if (!match?.[1]) return;
    const [, name, parameters] = match;
    const body = (match[3] ?? '').trim();
    this.conditionals.define({ name, parameters, body });
    this.#setRole(name, this.#roleOfBody(parameters, body));
  }

  #setRole(name: string, role: number): void {
    if (this.#words.role(name) === role || vocabulary.role(name) !== 0) return;
    if (this.#words === vocabulary) this.#words = vocabulary.copy();
    this.#words.add(name, role);
  }

  /** The role that a macro's body gives to its name; 0 for none that matters to the grammar. */
  #roleOfBody(parameters: string | undefined, body: string): number {
    if (parameters === undefined) return this.#isAttribute(body) ? Role.attribute : 0;
    const isLoop = /^(?:for|while)\b/.test(body) || /^\w*for_each\w*\s*\(/.test(body);
    return isLoop && !/[;}]$/.test(body) ? Role.loop : 0;
  }

  /** Whether a macro's body is empty or made of attributes. */
  #isAttribute(body: string): boolean {
    if (body.length > longestAttribute) return false;
    const rest = body.replaceAll(/__attribute__\s*\(\([^()]*(?:\([^()]*\))?[^()]*\)\)/g, ' ');
    return (rest.match(/\S+/g) ?? []).every((word) => this.#words.role(word) === Role.attribute);
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

/** A directive's text without comments and line continuations. */
function plain(text: string): string {
  const joined = text.replaceAll(/\\\r?\n/g, '  ');
  if (!joined.includes('/')) return joined;
  return joined.replaceAll(/("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g, '$1 ');
}
