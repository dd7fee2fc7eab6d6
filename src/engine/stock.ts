import type { FileFacts } from '../facts/index.ts';
import { rootsOf, type Lifecycles } from '../lifecycle/index.ts';
import type { Dialect } from '../netns/index.ts';
import { Behind, namesOf, type Module, type ModuleInfo, type Program } from '../program/index.ts';
import type { ReadResult } from './files.ts';
import type { PartResult } from './part.ts';

/**
 * What earlier runs came to, by keys that say all that it was made from. Whoever implements it may forget anything at any
 * time, and answers null for what it does not have whole. Values are plain data.
 */
export interface Stock {
  /** A short text for a long one, that no other text has. */
  digest(text: string): string;
  readonly facts: Shelf<ReadResult>;
  readonly parts: Shelf<PartResult>;
}

export interface Shelf<T> {
  get(key: string): T | null;
  put(key: string, value: T): void;
}

/** Keys for the parts of one analysis: two runs that agree on a part's key come to the same result. */
export class PartKeys {
  private readonly behind: Behind;
  private readonly naming = new Map<string, string>();
  private readonly mentioned = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly program: Program,
    private readonly lifecycles: Lifecycles,
    private readonly from: Pick<Stock, 'digest'> & {
      readonly dialect: Dialect;
      /** All that is loaded and unloaded. */
      readonly lives: readonly Module[];
      readonly moduleInfo: (file: string) => ModuleInfo | undefined;
      /** What a file's facts were made from; null where that is not known. */
      readonly sourceOf: (facts: FileFacts) => string | null;
    },
  ) {
    this.behind = new Behind(program);
  }

  ofModule(module: Module): string | null {
    return this.key(['module', ...moduleWords(module)], this.behind.of(rootsOf(module)));
  }

  ofCallbacks(ops: string, { name, file, unloadable }: Pick<Module, 'name' | 'file' | 'unloadable'>): string | null {
    return this.key(['callbacks', ops, name, file, String(unloadable)], this.behind.of([ops]));
  }

  /** `other` are the facts of a file with an option off: whoever leads to the file, or names what it then holds. */
  ofHidden(other: FileFacts, option: string): string | null {
    const named = new Set([...other.functions, ...other.ops].map(({ name }) => name));
    const files = new Set(this.behindHidden(other));
    const modules = this.from.lives.filter((module) => {
      const behind = this.behind.of(rootsOf(module));
      const leadsThere = behind.includes(other.file) || module.file === other.file || this.mentions(behind, named);
      if (leadsThere) for (const file of behind) files.add(file);
      return leadsThere;
    });
    return this.key(['hidden', other.file, option, ...modules.flatMap(moduleWords), ...this.callersLost(other)], files);
  }

  /**
   * Keys for the lives of modules in a program that differs from this one by the facts of one file, read with an option
   * off. What can be got to there can be got to here, or from the words of that file.
   */
  hiddenLives(other: FileFacts, option: string, lifecycles: Lifecycles): (module: Module) => string | null {
    const behind = this.behindHidden(other);
    const naming = new Map<string, string>();
    return (module) =>
      this.key(['life', other.file, option, ...moduleWords(module)], [...this.behind.of(rootsOf(module)), ...behind], {
        other,
        lifecycles,
        naming,
      });
  }

  /** The files behind all that a file holds with an option off, or held without, and behind what its own functions stood in for. */
  private behindHidden(other: FileFacts): string[] {
    const then = this.program.facts(other.file)!;
    const now = new Set([...other.functions, ...other.ops].map(({ name }) => name));
    const gone = new Set([...then.functions, ...then.ops].flatMap(({ name }) => (now.has(name) ? [] : [name])));
    const others = [...this.program.allFunctions(), ...this.program.allOps()].filter(({ fact }) => gone.has(fact.name));
    return [
      ...this.behind.ofWords(other.file, [...this.wordsOf(other), ...this.wordsOf(then)]),
      ...this.behind.of(others.map(({ id }) => id)),
      other.file,
    ];
  }

  /** Who else calls what a file does not call with an option off: nobody, and it is loaded by itself (`livesOf`). */
  private callersLost(other: FileFacts): string[] {
    const then = this.program.facts(other.file)!;
    const now = new Set(other.functions.flatMap((fact) => [...namesOf(fact)]));
    const names = new Set(then.functions.flatMap((fact) => [...namesOf(fact)].filter((name) => !now.has(name))));
    const functions = this.program.allFunctions();
    const lost = functions.flatMap(({ fact: { name } }) => (names.has(name) ? [name] : []));
    return lost.length === 0
      ? []
      : functions.flatMap(({ id }) => (lost.some((name) => this.program.calls(id).has(name)) ? [id] : []));
  }

  private wordsOf({ functions, ops, mentions }: FileFacts): Set<string> {
    const words = new Set<string>();
    for (const { name } of [...functions, ...ops]) words.add(name);
    for (const list of Object.values(mentions)) for (const word of list) words.add(word.replace('()', ''));
    for (const { fields } of ops)
      for (const { text } of fields) for (const word of text.match(/\w+/g) ?? []) words.add(word);
    return words;
  }

  /** Whether functions of some files mention one of some names. */
  private mentions(files: readonly string[], names: ReadonlySet<string>): boolean {
    return files.some((file) => {
      let mentioned = this.mentioned.get(file);
      if (!mentioned) this.mentioned.set(file, (mentioned = this.lifecycles.namesIn(file)));
      for (const name of names) if (mentioned.has(name)) return true;
      return false;
    });
  }

  /** With `read`, one file is read otherwise, and that program's naming counts. */
  private key(
    what: readonly string[],
    files: Iterable<string>,
    { other, lifecycles, naming }: Reading = { other: null, lifecycles: this.lifecycles, naming: this.naming },
  ): string | null {
    const parts = [JSON.stringify(this.from.dialect), this.lifecycles.idsText(), ...what];
    for (const file of [...new Set(files)].sort()) {
      const facts = file === other?.file ? other : this.program.facts(file);
      const source = facts && this.from.sourceOf(facts);
      if (source === null || source === undefined) return null;
      let text = naming.get(file);
      if (text === undefined)
        naming.set(file, (text = `${lifecycles.namingText(file)}${JSON.stringify(this.from.moduleInfo(file))}`));
      parts.push(source, text);
    }
    return this.from.digest(parts.join('\0'));
  }
}

interface Reading {
  readonly other: FileFacts | null;
  readonly lifecycles: Lifecycles;
  readonly naming: Map<string, string>;
}

/** What a module is, for whoever tells two apart: its name and file, how it is loaded, where it begins and ends. */
export function moduleWords({ name, file, unloadable, init, exits }: Module): string[] {
  const calls = [...(init ? [init] : []), ...exits].map(({ fn, call }) => `${call.macro}(${fn.id})`);
  return [name, file, String(unloadable), ...calls];
}

/** All that a file's facts are made from: its name, the digest of its text, and what of it is read. */
export function sourceOf(path: string, digest: string, what = ''): string {
  return `${path}|${digest}|${what}`;
}
