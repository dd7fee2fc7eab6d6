import { type Configuration, everyOption, predefined } from './configuration.ts';
import { evaluate, type Names } from './expression.ts';

/** One arm of a `#if`, from after its directive's line to the start of the directive that ends it. Offsets in UTF-16 units. */
export interface ConditionalArm {
  start: number;
  end: number;
  /** What makes this arm live, the arms around it included, as a reader would say it: `CONFIG_A && !CONFIG_B`. */
  condition: string;
  taken: boolean;
  /** The `CONFIG_` names in the condition, in order of first mention. */
  options: string[];
}

/** A macro that the file defines itself. */
export interface Definition {
  name: string;
  isFunctionLike: boolean;
  /** The body as it stands in the file, with comments and line continuations. */
  body: string;
}

/** One `#if` … `#endif` that is being read. */
interface Chain {
  /** The condition of the arms around; '' for none. */
  outer: string;
  outerLive: boolean;
  earlier: string[];
  anyTaken: boolean;
  live: boolean;
  arm: ConditionalArm | undefined;
  /** The macro of `#ifndef NAME` as long as nothing but that line was seen: it may turn out to be an include guard. */
  guard: string | undefined;
}

/** Deeper nesting than this, and later arms than this, are evaluated but no longer spelled out in conditions. */
const spelled = 24;
/** How many macro expansions one condition may cost, and how many characters all those of a file; beyond, names count as 0. */
const expansions = 50;
const expandedCharacters = 10_000_000;

/** Follows the conditional directives of one file and says which text is live. Unbalanced directives are tolerated. */
export class Conditionals {
  readonly arms: ConditionalArm[] = [];
  readonly #configuration: Configuration;
  readonly #definitions = new Map<string, Definition | undefined>();
  readonly #chains: Chain[] = [];
  #budget = 0;
  #characters = 0;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  /** Whether the text after the directives so far is live. */
  live = true;

  define(definition: Definition): void {
    const chain = this.#chains.at(-1);
    if (chain?.guard === definition.name && chain.arm) {
      chain.arm.condition = chain.outer;
      chain.arm.options = optionsOf(chain.outer);
    }
    this.#definitions.set(definition.name, definition);
    this.notGuard();
  }

  undefine(name: string): void {
    this.#definitions.set(name, undefined);
  }

  /** Says that something other than a `#define` followed the last directive. */
  notGuard(): void {
    const chain = this.#chains.at(-1);
    if (chain) chain.guard = undefined;
  }

  /** Enters `#if`, `#ifdef` or `#ifndef`. `end` is where the directive's own line ends. */
  open(directive: string, argument: string, end: number): void {
    const outer = this.#chains.length < spelled ? (this.#chains.at(-1)?.arm?.condition ?? '') : '';
    const chain: Chain = {
      outer,
      outerLive: this.live,
      earlier: [],
      anyTaken: false,
      live: false,
      arm: undefined,
      guard: directive === 'ifndef' ? firstWord(argument) : undefined,
    };
    this.#chains.push(chain);
    this.#enter(chain, directive, argument, end);
  }

  /** Leaves the arm before and enters `#elif`, `#elifdef`, `#elifndef` or `#else`. `start` is the directive's own start. */
  next(directive: string, argument: string, start: number, end: number): void {
    const chain = this.#chains.at(-1);
    if (!chain) return;
    if (chain.arm) chain.arm.end = start;
    chain.guard = undefined;
    this.#enter(chain, directive === 'else' ? directive : directive.slice('el'.length), argument, end);
  }

  /** Leaves the whole conditional. */
  close(start: number): void {
    const chain = this.#chains.pop();
    this.live = this.#chains.at(-1)?.live ?? true;
    if (chain?.arm) chain.arm.end = start;
    this.notGuard();
  }

  /** Ends the arms that the file left open. */
  finish(length: number): void {
    for (const { arm } of this.#chains) if (arm) arm.end = length;
  }

  #enter(chain: Chain, directive: string, argument: string, end: number): void {
    const own = directive === 'else' ? '' : said(directive, argument);
    const holds = !chain.anyTaken && (directive === 'else' || this.#holds(directive, argument));
    const condition = conjunction([chain.outer, ...chain.earlier, own]);
    chain.live = chain.outerLive && holds;
    this.live = chain.live;
    chain.anyTaken ||= holds;
    if (own && chain.earlier.length < spelled) chain.earlier.push(negated(own));
    chain.arm = { start: end, end, condition, taken: chain.live, options: optionsOf(condition) };
    this.arms.push(chain.arm);
  }

  #holds(directive: string, argument: string): boolean {
    this.#budget = expansions;
    if (directive === 'ifdef') return this.#names.defined(firstWord(argument));
    if (directive === 'ifndef') return !this.#names.defined(firstWord(argument));
    return evaluate(argument, this.#names) !== 0;
  }

  readonly #names: Names = {
    readsAsModule: () => this.#configuration.readsAsModule === true,
    defined: (name) =>
      this.#definitions.get(name) !== undefined || (!this.#definitions.has(name) && this.#given(name) !== undefined),
    number: (name) => {
      const definition = this.#definitions.get(name);
      if (definition === undefined) return this.#definitions.has(name) ? 0 : (this.#given(name) ?? 0);
      if (definition.isFunctionLike || --this.#budget < 0) return 0;
      this.#characters += definition.body.length;
      if (this.#characters > expandedCharacters) return 0;
      return evaluate(plain(definition.body), this.#names);
    },
  };

  /** What a macro that the file does not define itself is; undefined where it is not defined at all. */
  #given(name: string): number | undefined {
    const value = this.#configuration.value(name) ?? everyOption.value(name);
    return value === undefined ? predefined.get(name) : value ? 1 : undefined;
  }
}

/** A directive's text without comments and line continuations. */
export function plain(text: string): string {
  const joined = text.includes('\\') ? text.replaceAll(/\\\r?\n/g, '  ') : text;
  if (!joined.includes('/')) return joined;
  return joined.replaceAll(/("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g, '$1 ');
}

function firstWord(text: string): string {
  return /[A-Za-z_$][\w$]*/.exec(text)?.[0] ?? '';
}

/** A condition as a reader would say it. */
function said(directive: string, argument: string): string {
  if (directive === 'ifdef') return firstWord(argument);
  if (directive === 'ifndef') return `!${firstWord(argument)}`;
  return argument
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/\b(?:defined ?|IS_ENABLED ?)\(? ?(\w+) ?\)?/g, '$1')
    .slice(0, 500);
}

/** Whether the condition is one name or one call, so that `!` before it needs no parentheses. */
function isSimple(condition: string): boolean {
  return /^!?\w+(?:\([^()]*\))?$/.test(condition);
}

function negated(condition: string): string {
  if (!isSimple(condition)) return `!(${condition})`;
  return condition.startsWith('!') ? condition.slice(1) : `!${condition}`;
}

function conjunction(parts: readonly string[]): string {
  const told = parts.filter((part) => part !== '');
  return told.map((part) => (told.length > 1 && bindsLoosely(part) ? `(${part})` : part)).join(' && ');
}

/** Whether an operator that binds less than `&&` stands outside all parentheses. */
function bindsLoosely(condition: string): boolean {
  let depth = 0;
  for (const mark of condition.match(/[()?]|\|\|/g) ?? []) {
    if (mark === '(') depth++;
    else if (mark === ')') depth--;
    else if (depth <= 0) return true;
  }
  return false;
}

function optionsOf(condition: string): string[] {
  return [...new Set(condition.match(/\bCONFIG_\w+/g))];
}
