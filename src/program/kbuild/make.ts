import { linesOf, type Line } from './lines.ts';
import { argumentsOf, closing, comparands, topLevel } from './references.ts';
import { substituteReference, wordFunctions, wordsOf } from './words.ts';

interface Variable {
  readonly value: string;
  /** Expanded where it is used (`=`), not where it is set (`:=`). */
  readonly recursive: boolean;
}

export interface MakeOptions {
  /** The text of a file by its path from the tree's root; undefined when it is not there. */
  readonly read: (path: string) => string | undefined;
  /** Values that come from outside: the environment, `include/config/auto.conf`. */
  readonly given: (name: string) => string | undefined;
  /** Take every arm of every conditional, for questions that no configuration decides. */
  readonly everyArm?: boolean;
}

const deepestReference = 60;
const mostIncludes = 400;

/** Reads Makefiles as GNU make does as far as variables go: rules and recipes have no meaning here, nothing is run. */
export class Make {
  private readonly variables = new Map<string, Variable>();
  private readonly exportedNames = new Set<string>();
  private depth = 0;
  private includes = 0;

  constructor(private readonly options: MakeOptions) {}

  set(name: string, value: string): void {
    this.variables.set(name, { value, recursive: false });
  }

  /** The value of a variable, expanded; '' when it is not set. */
  value(name: string): string {
    const variable = this.variables.get(name);
    if (!variable) return this.options.given(name) ?? '';
    return variable.recursive ? this.expand(variable.value) : variable.value;
  }

  words(name: string): string[] {
    return wordsOf(this.value(name));
  }

  /** The names that are set. */
  names(): readonly string[] {
    return [...this.variables.keys()];
  }

  /** What a make that this one starts would find in its environment. */
  exported(): ReadonlyMap<string, string> {
    return new Map([...this.exportedNames].map((name) => [name, this.value(name)]));
  }

  /** Reads a Makefile's text. Never throws: what cannot be read has no effect. */
  run(text: string): void {
    this.lines(linesOf(text));
  }

  private lines(lines: readonly Line[]): void {
    /** For each open conditional: whether its arm is read, and whether an earlier one was; null where it lies in one that is not. */
    const open: ({ live: boolean; taken: boolean } | null)[] = [];
    const live = (): boolean => open.every((each) => each?.live === true);
    for (const line of lines) {
      switch (line.l) {
        case 'if': {
          const around = line.isElse ? open.pop() : undefined;
          if (line.isElse && !around) {
            open.push(null);
          } else if (!live()) {
            open.push(null);
          } else {
            const taken = around?.taken ?? false;
            const holds = this.options.everyArm === true || (!taken && this.holds(line));
            open.push({ live: holds, taken: taken || holds });
          }
          break;
        }
        case 'else': {
          const around = open.pop() ?? null;
          open.push(around && { live: this.options.everyArm === true || !around.taken, taken: true });
          break;
        }
        case 'endif':
          open.pop();
          break;
        default:
          if (live()) this.line(line);
      }
    }
  }

  private line(line: Exclude<Line, { l: 'if' | 'else' | 'endif' }>): void {
    switch (line.l) {
      case 'assign':
        this.assign(this.expand(line.name).trim(), line.op, line.value, line.export);
        return;
      case 'define':
        this.assign(this.expand(line.name).trim(), line.op, line.body, false);
        return;
      case 'export':
        for (const name of wordsOf(this.expand(line.names))) this.exportedNames.add(name);
        return;
      case 'include':
        for (const file of wordsOf(this.expand(line.files))) this.include(file);
        return;
      case 'text':
        this.expand(line.text);
    }
  }

  private include(file: string): void {
    if (++this.includes > mostIncludes) return;
    const text = this.options.read(file.replace(/^(?:\.\/)+/, ''));
    if (text !== undefined) this.run(text);
  }

  private assign(name: string, op: string, value: string, exported: boolean): void {
    if (name === '') return;
    if (exported) this.exportedNames.add(name);
    const old = this.variables.get(name);
    switch (op) {
      case '=':
        this.variables.set(name, { value, recursive: true });
        return;
      case '?=':
        if (!old && this.options.given(name) === undefined) this.variables.set(name, { value, recursive: true });
        return;
      case '+=': {
        const before = old ?? { value: this.options.given(name) ?? '', recursive: true };
        const added = before.recursive ? value : this.expand(value);
        const joined = before.value === '' ? added : `${before.value} ${added}`;
        this.variables.set(name, { value: joined, recursive: before.recursive });
        return;
      }
      case '!=':
        this.variables.set(name, { value: '', recursive: false });
        return;
      default:
        this.variables.set(name, { value: this.expand(value), recursive: false });
    }
  }

  private holds({ word, argument }: { word: string; argument: string }): boolean {
    if (word === 'ifdef' || word === 'ifndef') {
      const name = this.expand(argument).trim();
      // A variable that is set to nothing counts as not defined; a recursive one is not expanded.
      const isSet = (this.variables.get(name)?.value ?? this.options.given(name) ?? '') !== '';
      return isSet === (word === 'ifdef');
    }
    const [left, right] = comparands(argument);
    return (this.expand(left) === this.expand(right)) === (word === 'ifeq');
  }

  /** The text with references and function calls replaced by what they stand for. */
  expand(text: string): string {
    if (!text.includes('$')) return text;
    if (this.depth >= deepestReference) return '';
    this.depth++;
    let result = '';
    for (let at = 0; at < text.length;) {
      const next = text.indexOf('$', at);
      if (next < 0) {
        result += text.slice(at);
        break;
      }
      result += text.slice(at, next);
      const char = text[next + 1];
      if (char === '(' || char === '{') {
        const end = closing(text, next + 1);
        result += this.reference(text.slice(next + 2, end));
        at = end + 1;
      } else {
        result += char === '$' ? '$' : char === undefined ? '' : this.value(char);
        at = next + 2;
      }
    }
    this.depth--;
    return result;
  }

  private reference(inner: string): string {
    const call = /^([a-z][a-z-]*)\s+([^]*)$/.exec(inner);
    if (call) {
      const result = this.call(call[1]!, call[2]!);
      if (result !== undefined) return result;
    }
    const colon = topLevel(inner, ':');
    if (colon >= 0) {
      const substitution = this.expand(inner.slice(colon + 1));
      const equals = substitution.indexOf('=');
      if (equals >= 0) {
        const value = this.value(this.expand(inner.slice(0, colon)).trim());
        return substituteReference(value, substitution.slice(0, equals).trim(), substitution.slice(equals + 1).trim());
      }
    }
    return this.value(this.expand(inner).trim());
  }

  /** A function's result; undefined when there is no such function. */
  private call(name: string, text: string): string | undefined {
    const plain = wordFunctions[name];
    if (plain)
      return plain(argumentsOf(text, name === 'subst' || name === 'patsubst' ? 3 : 99).map((a) => this.expand(a)));
    const args = argumentsOf(text, name === 'if' || name === 'foreach' ? 3 : 99);
    switch (name) {
      case 'if':
        return this.expand(this.expand(args[0]!.trim()) === '' ? (args[2] ?? '') : (args[1] ?? ''));
      case 'or': {
        for (const arg of args) {
          const value = this.expand(arg.trim());
          if (value !== '') return value;
        }
        return '';
      }
      case 'and': {
        let value = '';
        for (const arg of args) if ((value = this.expand(arg.trim())) === '') return '';
        return value;
      }
      case 'foreach':
        return this.forEach(this.expand(args[0] ?? '').trim(), this.expand(args[1] ?? ''), args[2] ?? '');
      case 'call':
        return this.callVariable(args.map((arg) => this.expand(arg)));
      case 'eval':
        this.run(this.expand(text));
        return '';
      case 'value':
        return this.variables.get(this.expand(text).trim())?.value ?? '';
      case 'wildcard':
        // Without a listing only a plain name can be answered.
        return wordsOf(this.expand(text))
          .filter((file) => !/[*?[]/.test(file) && this.options.read(file.replace(/^(?:\.\/)+/, '')) !== undefined)
          .join(' ');
      case 'origin':
        return this.variables.has(this.expand(text).trim()) ? 'file' : 'undefined';
      case 'flavor':
      case 'shell':
      case 'error':
      case 'warning':
      case 'info':
      case 'file':
        return '';
      default:
        return undefined;
    }
  }

  private forEach(name: string, list: string, body: string): string {
    return this.within([name], () =>
      wordsOf(list)
        .map((word) => {
          this.set(name, word);
          return this.expand(body);
        })
        .join(' '),
    );
  }

  private callVariable([name = '', ...args]: readonly string[]): string {
    const numbers = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    return this.within(numbers, () => {
      for (const number of numbers) this.set(number, number === '0' ? name : (args[Number(number) - 1] ?? ''));
      const variable = this.variables.get(name.trim());
      return variable ? this.expand(variable.value) : '';
    });
  }

  /** Runs something in which some variables have values of their own. */
  private within<T>(names: readonly string[], work: () => T): T {
    const saved = names.map((name) => [name, this.variables.get(name)] as const);
    const result = work();
    for (const [name, old] of saved) {
      if (old) this.variables.set(name, old);
      else this.variables.delete(name);
    }
    return result;
  }
}
