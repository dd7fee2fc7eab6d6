/** How the names in a `#if` expression are answered. */
export interface Names {
  /** True where IS_BUILTIN() is no (see Configuration). */
  readonly readsAsModule?: () => boolean;
  /** Whether the macro is defined. */
  defined(name: string): boolean;
  /** The macro's number; 0 for a name that is not defined, as the preprocessor has it. */
  number(name: string): number;
}

/** The operators of a `#if` expression by binding power, as the C standard orders them. */
const power: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};

/** Parentheses and unary operators nested deeper than this make the expression count as 0 instead of the stack overflow. */
const deepest = 200;

const token = /\s+|[A-Za-z_$][\w$]*|\d[\w']*|'(?:\\.|[^'\\])*'|\|\||&&|[=!<>]=|<<|>>|./gsu;

/** The tokens of an expression without its blanks; comments must have been taken out before. */
export function expressionTokens(source: string): string[] {
  return (source.match(token) ?? []).filter((piece) => piece.trim() !== '');
}

/**
 * The value of a `#if` expression: `defined`, `IS_ENABLED`, `IS_BUILTIN`, `IS_MODULE`, `IS_REACHABLE` (as
 * include/linux/kconfig.h defines them), `KERNEL_VERSION`, numbers, and C's operators. Any other macro call counts as 0. Never throws:
 * what is malformed counts as far as it can be read.
 */
export function evaluate(source: string, names: Names): number {
  return new Evaluation(expressionTokens(source), names).ternary();
}

/** The number that a literal such as `0x10UL` or `'a'` stands for; 0 where it is none. */
function literal(text: string): number {
  if (text.startsWith("'")) return text.codePointAt(1) ?? 0;
  const digits = text.replace(/[uUlL]+$/, '').replaceAll("'", '');
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return Number.isFinite(value) ? value : 0;
}

function apply(operator: string, left: number, right: number): number {
  switch (operator) {
    case '||':
      return Number(left !== 0 || right !== 0);
    case '&&':
      return Number(left !== 0 && right !== 0);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '<':
      return Number(left < right);
    case '>':
      return Number(left > right);
    case '<=':
      return Number(left <= right);
    case '>=':
      return Number(left >= right);
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? 0 : Math.trunc(left / right);
    case '%':
      return right === 0 ? 0 : left % right;
    default:
      return Number(bitwise(operator, BigInt.asIntN(64, whole(left)), BigInt.asIntN(64, whole(right))));
  }
}

/** `KERNEL_VERSION(6, 12, 0)` as the kernel's Makefile defines it (filechk_version.h). */
function versionOf(tokens: readonly string[]): number {
  const [major = 0, minor = 0, patch = 0] = tokens.filter((each) => /^\d/.test(each)).map(literal);
  return (major << 16) + (minor << 8) + Math.min(patch, 255);
}

function whole(value: number): bigint {
  return BigInt(Number.isFinite(value) ? Math.trunc(value) : 0);
}

function bitwise(operator: string, left: bigint, right: bigint): bigint {
  const shift = right < 0n || right > 63n ? 0n : right;
  switch (operator) {
    case '|':
      return left | right;
    case '&':
      return left & right;
    case '^':
      return left ^ right;
    case '<<':
      return BigInt.asIntN(64, left << shift);
    default:
      return left >> shift;
  }
}

class Evaluation {
  readonly #tokens: readonly string[];
  readonly #names: Names;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[], names: Names) {
    this.#tokens = tokens;
    this.#names = names;
  }

  ternary(): number {
    if (this.#depth > deepest) {
      this.#at = this.#tokens.length;
      return 0;
    }
    this.#depth++;
    const condition = this.#binary(1);
    const value = this.#take('?') ? this.#choice(condition) : condition;
    this.#depth--;
    return value;
  }

  #choice(condition: number): number {
    const yes = this.ternary();
    this.#take(':');
    const no = this.ternary();
    return condition === 0 ? no : yes;
  }

  #take(expected: string): boolean {
    if (this.#tokens[this.#at] !== expected) return false;
    this.#at++;
    return true;
  }

  #binary(least: number): number {
    let left = this.#unary();
    for (;;) {
      const operator = this.#tokens[this.#at] ?? '';
      const binding = power[operator];
      if (binding === undefined || binding < least) return left;
      this.#at++;
      left = apply(operator, left, this.#binary(binding + 1));
    }
  }

  #unary(): number {
    if (this.#depth > deepest) {
      this.#at = this.#tokens.length;
      return 0;
    }
    this.#depth++;
    const value = this.#primary();
    this.#depth--;
    return value;
  }

  #primary(): number {
    const piece = this.#tokens[this.#at++];
    if (piece === undefined) return 0;
    if (piece === '!') return Number(this.#unary() === 0);
    if (piece === '-') return -this.#unary();
    if (piece === '+') return this.#unary();
    if (piece === '~') return Number(~whole(this.#unary()));
    if (piece === '(') {
      const value = this.ternary();
      this.#take(')');
      return value;
    }
    if (/^[\d']/.test(piece)) return literal(piece);
    if (!/^[A-Za-z_$]/.test(piece)) return 0;
    return this.#name(piece);
  }

  #name(name: string): number {
    if (name === 'defined') {
      const parenthesised = this.#take('(');
      const argument = this.#tokens[this.#at++] ?? '';
      if (parenthesised) this.#take(')');
      return Number(this.#names.defined(argument));
    }
    const start = this.#at;
    const argument = this.#argumentText();
    if (name === 'KERNEL_VERSION') return versionOf(this.#tokens.slice(start, this.#at));
    if (argument === undefined) return this.#names.number(name);
    const builtIn = this.#names.number(argument) !== 0;
    const module = this.#names.defined(`${argument}_MODULE`);
    switch (name) {
      case 'IS_ENABLED':
        return Number(builtIn || module);
      case 'IS_BUILTIN':
        return Number(builtIn && this.#names.readsAsModule?.() !== true);
      case 'IS_MODULE':
        return Number(module);
      case 'IS_REACHABLE':
        return Number(builtIn || (module && this.#names.defined('MODULE')));
      default:
        return 0;
    }
  }

  /** The first token inside the parentheses that follow a name, the parentheses taken as a whole; undefined when none follow. */
  #argumentText(): string | undefined {
    if (!this.#take('(')) return undefined;
    const first = this.#tokens[this.#at] ?? '';
    let depth = 1;
    while (depth > 0 && this.#at < this.#tokens.length) {
      const piece = this.#tokens[this.#at++];
      if (piece === '(') depth++;
      if (piece === ')') depth--;
    }
    return first;
  }
}
