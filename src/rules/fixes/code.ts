import type { At, FileFacts, FunctionFact } from '../../facts/ir.ts';
import type { Spot } from '../rule.ts';

/** One replacement in a file; the places count from 1, the end is exclusive. */
export type Edit = Spot & { readonly text: string };

/** What a fix is built from: the file as it is written, and what is known of it. */
export interface FixSource {
  text(file: string): string | null;
  facts(file: string): FileFacts | null;
}

/** A label of a function with the lines from it to the next label or to the end of the unwinding. */
export interface Label {
  readonly name: string;
  readonly line: number;
}

/** The text of one file in lines, and edits of it as the kernel's style has them: a statement a line, tabs. */
export class Code {
  private readonly lines: readonly string[];

  private constructor(
    readonly file: string,
    text: string,
    readonly facts: FileFacts,
  ) {
    this.lines = text.split('\n');
  }

  static of(source: FixSource, file: string): Code | null {
    const text = source.text(file);
    const facts = source.facts(file);
    return text === null || facts === null ? null : new Code(file, text, facts);
  }

  /** The text of a line, counted from 1; '' where there is none. */
  line(number: number): string {
    return this.lines[number - 1] ?? '';
  }

  trimmed(number: number): string {
    return this.line(number).trim();
  }

  indentOf(number: number): string {
    return /^[ \t]*/.exec(this.line(number))![0];
  }

  textAt([line, column, endLine, endColumn]: At): string {
    if (line === endLine) return this.line(line).slice(column - 1, endColumn - 1);
    const between = this.lines.slice(line, endLine - 1);
    return [this.line(line).slice(column - 1), ...between, this.line(endLine).slice(0, endColumn - 1)].join('\n');
  }

  functionNamed(name: string): FunctionFact | undefined {
    return this.facts.functions.find((fact) => fact.name === name);
  }

  functionAround(line: number): FunctionFact | undefined {
    return this.facts.functions.find(({ span }) => span[0] <= line && line <= span[2]);
  }

  /** The line of the brace that opens a function's body. */
  openingOf({ at, span }: FunctionFact): number {
    for (let line = at[0]; line <= span[2]; line++) if (this.line(line).includes('{')) return line;
    return at[0];
  }

  /** The last line of the statement that starts on a line. */
  endOfStatement(line: number, last: number): number {
    let depth = 0;
    for (let at = line; at <= last; at++) {
      for (const char of withoutText(this.line(at))) {
        if (char === '(' || char === '{') depth++;
        else if (char === ')' || char === '}') depth--;
        else if (char === ';' && depth <= 0) return at;
      }
      if (depth <= 0 && at > line && this.trimmed(at).endsWith('}')) return at;
    }
    return line;
  }

  /** The labels of a function, in order. */
  labelsOf({ span }: FunctionFact): Label[] {
    const labels: Label[] = [];
    for (let line = span[0]; line <= span[2]; line++) {
      const name = /^ ?(\w+):(?!:)/.exec(this.line(line))?.[1];
      if (name !== undefined && name !== 'default') labels.push({ name, line });
    }
    return labels;
  }

  /** The lines of a function with a `goto` to a label. */
  gotosTo({ span }: FunctionFact, label: string): number[] {
    const found: number[] = [];
    for (let line = span[0]; line <= span[2]; line++)
      if (new RegExp(`\\bgoto\\s+${label}\\s*;`).test(this.line(line))) found.push(line);
    return found;
  }

  /** Whether a statement is all that its `if` or `else` has, without braces. */
  isBare(line: number): boolean {
    const before = this.trimmed(this.above(line));
    return (
      /^(\}\s*)?(else\s+)?(if|while|for)\b.*\)$/.test(before) || /(^|\s)else$/.test(before) || this.isTailOfIf(line)
    );
  }

  insertBefore(line: number, text: string): Edit {
    return { file: this.file, at: [line, 1, line, 1], text };
  }

  replaceLines(first: number, last: number, text: string): Edit {
    return { file: this.file, at: [first, 1, last + 1, 1], text };
  }

  removeLines(first: number, last: number): Edit {
    return this.replaceLines(first, last, '');
  }

  /** Replaces a part of a line. */
  replaceIn(line: number, from: string, to: string): Edit | null {
    const column = this.line(line).indexOf(from);
    return column < 0 ? null : { file: this.file, at: [line, column + 1, line, column + 1 + from.length], text: to };
  }

  /** The nearest line above that is not empty. */
  above(line: number): number {
    let at = line - 1;
    while (at > 1 && this.trimmed(at) === '') at--;
    return at;
  }

  /** `if (a &&\n    b)`: the condition goes over several lines. */
  private isTailOfIf(line: number): boolean {
    let depth = 0;
    for (let at = this.above(line); at > Math.max(0, line - 8); at--) {
      const text = withoutText(this.line(at));
      for (const char of text) depth += char === '(' ? 1 : char === ')' ? -1 : 0;
      if (/[;{}]/.test(text)) return false;
      if (depth === 0) return /^\s*(else\s+)?(if|while|for)\s*\(/.test(text);
    }
    return false;
  }
}

/** A line without what is in quotes or comments. */
function withoutText(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*.*?\*\/|\/\/.*$/g, '');
}

/** The arguments of a call as written: `f(a, g(b, c))` gives `a` and `g(b, c)`. */
export function argumentsOf(call: string): string[] {
  const open = call.indexOf('(');
  const args: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < call.length; at++) {
    const char = call[at];
    if (char === '(' || char === '[' || char === '{') depth++;
    else if (char === ')' || char === ']' || char === '}') depth--;
    if ((char === ',' && depth === 1) || (char === ')' && depth === 0)) {
      args.push(call.slice(from, at).trim().replace(/\s+/g, ' '));
      from = at + 1;
      if (depth === 0) break;
    }
  }
  return args.length === 1 && args[0] === '' ? [] : args;
}
