import type { FunctionFact } from '../../facts/ir.ts';
import type { Code } from './code.ts';
import type { Registering } from './reached.ts';
import { int, unknown, type Value } from './value.ts';

/** A function as a call finds it: where it is defined, and its body. */
export interface Callee {
  readonly file: string;
  readonly fact: FunctionFact;
}

/** Finds what names in a file mean: functions, macros, ops, and global variables with the value that they start with. */
export class Names {
  private readonly registeringExternals = new Map<string, string>();
  private readonly callees = new Map<string, Callee | undefined>();
  private readonly variables = new Map<string, { readonly key: string; readonly value: Value } | undefined>();
  private readonly unregistering = new Map<string, boolean>();
  private readonly folders = new Map<string, readonly string[]>();
  private readonly opsFiles = new Map<string, string | undefined>();

  constructor(
    private readonly code: Code,
    private readonly registering: Registering,
    /** The built-in files, for what one of them defines and another names. */
    readonly builtIn: readonly string[],
  ) {
    for (const [file, names] of registering) {
      const isStatic = new Map(code.outline(file).map((each) => [each.name, each.isStatic]));
      for (const name of names) if (isStatic.get(name) === false) this.registeringExternals.set(name, file);
    }
  }

  /** Whether a call of `name` in `file` can register an ops. */
  registers(file: string, name: string): boolean {
    return (
      name === 'register_pernet_subsys' ||
      name === 'register_pernet_device' ||
      this.registering.get(file)?.has(name) === true ||
      this.registeringExternals.has(name)
    );
  }

  /** Whether a call of `name` in `file` can come to unregister an ops, by way of functions of the file and its folder. */
  unregisters(file: string, name: string): boolean {
    if (/^unregister_pernet_(?:subsys|device)$/.test(name)) return true;
    const key = `${file}#${name}`;
    const known = this.unregistering.get(key);
    if (known !== undefined) return known;
    // A function that calls itself says nothing new.
    this.unregistering.set(key, false);
    const found = this.outlined(file, name);
    const result = found !== undefined && [...found.mentions].some((each) => this.unregisters(found.file, each));
    this.unregistering.set(key, result);
    return result;
  }

  private outlined(file: string, name: string): { file: string; mentions: ReadonlySet<string> } | undefined {
    const isIt = (each: { name: string }): boolean => each.name === name;
    const own = this.code.outline(file).find(isIt);
    if (own) return { file, mentions: own.mentions };
    for (const other of this.code.defining(this.near(file), name)) {
      const found = this.code.outline(other).find((each) => isIt(each) && !each.isStatic);
      if (found) return { file: other, mentions: found.mentions };
    }
    return undefined;
  }

  /** The function, or the macro as a function, that a call means; undefined for one of another file that registers nothing. */
  callee(file: string, name: string): Callee | undefined {
    const key = `${file}#${name}`;
    if (!this.callees.has(key)) this.callees.set(key, this.findCallee(file, name));
    return this.callees.get(key);
  }

  private findCallee(file: string, name: string): Callee | undefined {
    const own = this.code.function(file, name) ?? this.code.macro(file, name);
    if (own) return { file, fact: own };
    const elsewhere = this.registeringExternals.get(name);
    const external = elsewhere === undefined ? undefined : this.code.function(elsewhere, name);
    if (external) return { file: elsewhere!, fact: external };
    for (const header of this.code.headersDefining(file, name)) {
      if (!this.code.isShort(header, name)) continue;
      const fact = this.code.function(header, name) ?? this.code.macro(header, name);
      if (fact) return { file: header, fact };
    }
    return this.nearCallee(file, name);
  }

  /** A function that another built-in file of the same folder defines. */
  private nearCallee(file: string, name: string): Callee | undefined {
    for (const other of this.code.defining(this.near(file), name)) {
      const fact = other === file ? undefined : this.code.function(other, name);
      if (fact && !fact.isStatic) return { file: other, fact };
    }
    return undefined;
  }

  private near(file: string): readonly string[] {
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    let near = this.folders.get(folder);
    if (!near) {
      near = this.builtIn.filter((other) => other.startsWith(folder) && !other.slice(folder.length).includes('/'));
      this.folders.set(folder, near);
    }
    return near;
  }

  isFunction(file: string, name: string): boolean {
    return this.code.outline(file).some((each) => each.name === name);
  }

  /** The number that an object-like macro stands for; undefined for anything else. */
  constant(file: string, name: string, depth = 0): number | undefined {
    const text = this.code.constant(file, name);
    if (text === undefined || depth > 4) return undefined;
    const number = constantOf(text, (option) => this.code.option(option));
    return number ?? (/^[A-Z]\w*$/.test(text) ? this.constant(file, text, depth + 1) : undefined);
  }

  /** The file that defines an ops which `file` names. */
  opsFile(file: string, name: string): string | undefined {
    const key = `${file}#${name}`;
    if (!this.opsFiles.has(key)) this.opsFiles.set(key, this.findOps(file, name));
    return this.opsFiles.get(key);
  }

  private findOps(file: string, name: string): string | undefined {
    const definition = new RegExp(
      `\\bstruct\\s+pernet_operations\\s(?:[^;{}()]*[\\s,])?${name}\\b\\s*(?:\\[[^\\]]*\\]\\s*)?[=,;]`,
    );
    const isIn = (other: string): boolean => {
      const match = definition.exec(this.code.live(other));
      return match !== null && !/\bextern\s[^;]*$/.test(this.code.live(other).slice(0, match.index));
    };
    if (isIn(file)) return file;
    return this.code.mentioning(this.builtIn, [name]).find((other) => other !== file && isIn(other));
  }

  /** A global variable: what tells it from others, and the value with which the kernel starts. */
  variable(file: string, name: string): { readonly key: string; readonly value: Value } | undefined {
    const at = `${file}#${name}`;
    if (!this.variables.has(at)) this.variables.set(at, this.findVariable(file, name));
    return this.variables.get(at);
  }

  private findVariable(file: string, name: string): { key: string; value: Value } | undefined {
    const own = definitionOf(this.code.live(file), name);
    if (own) return { key: own.isStatic ? `${file}#${name}` : `#${name}`, value: this.initial(file, name, own) };
    const top = file.slice(0, file.indexOf('/') + 1);
    const around = this.builtIn.filter((other) => other.startsWith(top));
    for (const files of [this.near(file), around]) {
      for (const other of this.code.mentioning(files, [name])) {
        const found = definitionOf(this.code.live(other), name);
        if (found && !found.isStatic) return { key: `#${name}`, value: this.initial(other, name, found) };
      }
    }
    return /^[a-z]/.test(name) ? { key: `#${name}`, value: unknown(`${name} is set elsewhere`) } : undefined;
  }

  private initial(file: string, name: string, { text, isPointer }: Definition): Value {
    // Who sets a pointer, and whether before this, is not looked at; a plain switch keeps its value if nobody turns it.
    if (isPointer && isAssigned(this.code.live(file), name)) return unknown(`${name} is set while the kernel runs`);
    if (text === null) return isPointer ? unknown(`${name} is set while the kernel runs`) : int(0);
    const number = constantOf(text, (option) => this.code.option(option)) ?? this.constant(file, text);
    return number === undefined ? unknown(`what ${name} starts with is not a plain number`) : int(number);
  }
}

interface Definition {
  readonly isStatic: boolean;
  readonly isPointer: boolean;
  /** The initialiser's text; null without one, where it starts as 0. */
  readonly text: string | null;
}

const scalar = String.raw`(?:(?:static|const|volatile|unsigned|signed|struct|enum)\s+)*\w+(?:\s+(?:int|long|char))*`;

function definitionOf(live: string, name: string): Definition | undefined {
  if (!live.includes(name)) return undefined;
  const pattern = new RegExp(`^(${scalar})\\s+(\\**)\\s*${name}\\s*(?:=\\s*([^;{]*))?;`, 'm');
  const match = pattern.exec(live);
  if (!match || /^\s*(?:extern|return|goto|typedef)\b/.test(match[1]!)) return undefined;
  return { isStatic: /\bstatic\b/.test(match[1]!), isPointer: match[2] !== '', text: match[3]?.trim() ?? null };
}

function isAssigned(live: string, name: string): boolean {
  return new RegExp(`^[ \\t]+.*\\b${name}\\s*(?:[-+|&]?=(?!=)|\\+\\+|--)|&${name}\\b`, 'm').test(live);
}

/** A number, `true`, an option's number, or IS_ENABLED() of one. */
export function constantOf(text: string, option: (name: string) => string | undefined): number | undefined {
  const plain = text.replace(/^\((.*)\)$/, '$1').trim();
  if (/^-?(?:0x[\da-f]+|\d+)[uUlL]*$/i.test(plain)) return Number(plain.replace(/[uUlL]+$/, ''));
  if (plain === 'true') return 1;
  if (plain === 'false' || plain === 'NULL') return 0;
  const asked = /^IS_(ENABLED|BUILTIN|MODULE|REACHABLE)\s*\(\s*(CONFIG_\w+)\s*\)$/.exec(plain);
  if (asked) return isOption(asked[1]!, option(asked[2]!)) ? 1 : 0;
  if (/^CONFIG_\w+$/.test(plain)) {
    const value = option(plain);
    return value === 'y' ? 1 : value !== undefined && /^-?(?:0x[\da-f]+|\d+)$/i.test(value) ? Number(value) : undefined;
  }
  return undefined;
}

/** IS_ENABLED() and its kin in built-in code (include/linux/kconfig.h). */
export function isOption(what: string, value: string | undefined): boolean {
  if (what === 'MODULE') return value === 'm';
  return value === 'y' || (what === 'ENABLED' && value === 'm');
}
