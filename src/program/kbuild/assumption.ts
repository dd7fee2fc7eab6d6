import type { Read } from './folder.ts';
import { readKconfig, type Conditional, type Kconfig, type KconfigOption } from './kconfig.ts';
import type { OptionValue } from './options.ts';

/** n, m and y as Kconfig counts them. */
type Tristate = 0 | 1 | 2;

const letters = [undefined, 'm', 'y'] as const;

/**
 * What `make allyesconfig` or `make allmodconfig` would set, from the tree's Kconfig files: every option that a user can
 * set is y (or m), as far as what it depends on lets it; of a choice its default. Compilers are taken to be gcc and to
 * have whatever they are asked for.
 */
export function assumedOptions(read: Read, assumption: 'allyesconfig' | 'allmodconfig', arch = 'x86'): OptionValue {
  const variables = { SRCARCH: arch, ARCH: arch === 'x86' ? 'x86_64' : arch, srctree: '.' };
  const kconfig = readKconfig(read, 'Kconfig', { follow: true, variables });
  const assumed = new Assumed(kconfig, assumption === 'allyesconfig' ? 2 : 1, variables);
  return (option) => assumed.value(option.replace(/^CONFIG_/, ''));
}

class Assumed {
  private readonly known = new Map<string, Tristate>();
  private readonly asking = new Set<string>();

  constructor(
    private readonly kconfig: Kconfig,
    private readonly most: 1 | 2,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  value(name: string): string | undefined {
    const option = this.kconfig.get(name);
    if (!option) return undefined;
    if (option.type === 'bool' || option.type === 'tristate') return letters[this.state(name)];
    const found = this.firstDefault(option.defaults);
    return found?.replace(/^"(.*)"$/, '$1');
  }

  private state(name: string): Tristate {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    // An option that depends on itself by way of others gets no help from that.
    if (this.asking.has(name)) return 0;
    this.asking.add(name);
    const option = this.kconfig.get(name);
    const state = option ? this.find(name, option) : 0;
    this.asking.delete(name);
    this.known.set(name, state);
    return state;
  }

  /** sym_calc_value() of scripts/kconfig/symbol.c, for a user who answers every question with the most that there is. */
  private find(name: string, option: KconfigOption): Tristate {
    // There is no clang where gcc is.
    if (option.type === undefined || /^CC_IS_CLANG$|^LD_IS_LLD$|^RUST$|^RUST_IS_AVAILABLE$/.test(name)) return 0;
    const isBool = option.type === 'bool';
    const raise = (state: Tristate): Tristate => (isBool && state === 1 ? 2 : state);
    const most = (all: readonly Tristate[]): Tristate => Math.max(0, ...all) as Tristate;
    const visible = raise(most(option.prompts.map((prompt) => this.condition(prompt))));
    let own: Tristate;
    if (option.choice) {
      own = this.chosen(option.choice) === name ? visible : 0;
    } else if (visible > 0) {
      own = Math.min(visible, isBool ? 2 : this.most) as Tristate;
    } else {
      const found = option.defaults.find((each) => this.condition(each) > 0);
      own = found ? (Math.min(this.evaluate(found.value), this.condition(found)) as Tristate) : 0;
      const implied = most(option.impliedBy.map((by) => this.pull(by)));
      if (implied > own) own = Math.max(own, Math.min(implied, this.allowed(option))) as Tristate;
    }
    return raise(most([own, ...option.selectedBy.map((by) => this.pull(by))]));
  }

  private allowed({ depends }: KconfigOption): Tristate {
    return Math.max(0, ...depends.map((all) => this.all(all))) as Tristate;
  }

  private all(conditions: readonly string[]): Tristate {
    return Math.min(2, ...conditions.map((each) => this.evaluate(each))) as Tristate;
  }

  private condition({ when, within }: Conditional): Tristate {
    const own = when === '' ? 2 : this.evaluate(when);
    return own === 0 ? 0 : (Math.min(own, this.all(within)) as Tristate);
  }

  /** How much of itself an option passes on to one that it selects or implies. */
  private pull(by: Conditional): Tristate {
    const own = this.state(by.value);
    return own === 0 ? 0 : (Math.min(own, this.condition(by)) as Tristate);
  }

  private chosen({ members, defaults }: NonNullable<KconfigOption['choice']>): string | undefined {
    const isVisible = (name: string): boolean =>
      this.kconfig.get(name)!.prompts.some((prompt) => this.condition(prompt) > 0);
    const preferred = defaults.find(
      (each) => members.includes(each.value) && this.condition(each) > 0 && isVisible(each.value),
    );
    return preferred?.value ?? members.find(isVisible);
  }

  private firstDefault(defaults: readonly Conditional[]): string | undefined {
    return defaults.find((each) => this.condition(each) > 0)?.value;
  }

  private evaluate(expression: string): Tristate {
    const tokens =
      expression.match(/"(?:\\.|[^"])*"|'[^']*'|\$\((?:[^()]|\([^()]*\))*\)|&&|\|\||!=|<=|>=|[!=<>()]|[\w.-]+/g) ?? [];
    let at = 0;
    const text = (token: string): string => {
      if (/^["']/.test(token))
        return token.slice(1, -1).replace(/\$\((\w+)\)/g, (_, name: string) => this.variables[name] ?? '');
      const state = this.kconfig.has(token) ? this.value(token) : undefined;
      return state ?? (this.kconfig.has(token) ? 'n' : token);
    };
    const atom = (): Tristate => {
      const token = tokens[at++] ?? 'n';
      if (token === '!') return (2 - atom()) as Tristate;
      if (token === '(') {
        const value = or();
        at++;
        return value;
      }
      const operator = tokens[at];
      if (operator !== undefined && /^(?:!?=|[<>]=?)$/.test(operator)) {
        at++;
        return compared(text(token), operator, text(tokens[at++] ?? '')) ? 2 : 0;
      }
      // What the build asks of compilers and scripts is taken to be there.
      if (token.startsWith('$(')) return 2;
      return token === 'y' ? 2 : token === 'm' ? 1 : this.state(token);
    };
    const and = (): Tristate => {
      let value = atom();
      while (tokens[at] === '&&') {
        at++;
        value = Math.min(value, atom()) as Tristate;
      }
      return value;
    };
    const or = (): Tristate => {
      let value = and();
      while (tokens[at] === '||') {
        at++;
        value = Math.max(value, and()) as Tristate;
      }
      return value;
    };
    return or();
  }
}

function compared(left: string, operator: string, right: string): boolean {
  if (operator === '=') return left === right;
  if (operator === '!=') return left !== right;
  const [a, b] = [numberOf(left), numberOf(right)];
  return operator === '<' ? a < b : operator === '>' ? a > b : operator === '<=' ? a <= b : a >= b;
}

/** expr_parse_string() of scripts/kconfig/expr.c: n, m and y are 0, 1 and 2. */
function numberOf(text: string): number {
  const state = ['n', 'm', 'y'].indexOf(text);
  return state < 0 ? Number(text) : state;
}
