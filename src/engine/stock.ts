import type { FileFacts } from '../facts/index.ts';
import type { Lifecycles } from '../lifecycle/index.ts';
import type { Dialect } from '../netns/index.ts';
import { Behind, livesOf, type Module, type Program } from '../program/index.ts';
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
      /** What a file's facts were made from; null where that is not known. */
      readonly sourceOf: (facts: FileFacts) => string | null;
    },
  ) {
    this.behind = new Behind(program);
  }

  /** With `option`, the program's is that of a file read with that option off. */
  ofModule(module: Module, option = ''): string | null {
    return this.key(['module', option, ...textOf(module)], this.behind.of(rootsOf(module)));
  }

  ofCallbacks(ops: string, { name, file, unloadable }: Module): string | null {
    return this.key(['callbacks', ops, name, file, String(unloadable)], this.behind.of([ops]));
  }

  /** `other` are the facts of a file with an option off: whoever leads to the file, or names what it then holds. */
  ofHidden(other: FileFacts, option: string): string | null {
    const words = [...other.functions, ...other.ops].map(({ name }) => name);
    const named = new Set(words);
    const files = new Set(this.behind.ofWords(other.file, this.wordsOf(other)));
    const modules = livesOf(this.program, () => undefined).filter((module) => {
      const behind = this.behind.of(rootsOf(module));
      const leadsThere = behind.includes(other.file) || module.file === other.file || this.mentions(behind, named);
      if (leadsThere) for (const file of behind) files.add(file);
      return leadsThere;
    });
    return this.key(['hidden', other.file, option, ...modules.flatMap(textOf)], [...files, other.file]);
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

  private key(what: readonly string[], files: readonly string[]): string | null {
    const parts = [JSON.stringify(this.from.dialect), ...what];
    for (const file of [...new Set(files)].sort()) {
      const facts = this.program.facts(file);
      const source = facts && this.from.sourceOf(facts);
      if (source === null || source === undefined) return null;
      let naming = this.naming.get(file);
      if (naming === undefined) this.naming.set(file, (naming = this.lifecycles.namingText(file)));
      parts.push(source, naming);
    }
    return this.from.digest(parts.join('\0'));
  }
}

function rootsOf({ init, exits }: Module): string[] {
  return [...(init ? [init.fn.id] : []), ...exits.map(({ fn }) => fn.id)];
}

function textOf({ name, file, unloadable, init, exits }: Module): string[] {
  const calls = [...(init ? [init] : []), ...exits].map(({ fn, call }) => `${call.macro}(${fn.id})`);
  return [name, file, String(unloadable), ...calls];
}

/** All that a file's facts are made from: its name, the digest of its text, and what of it is read. */
export function sourceOf(path: string, digest: string, what = ''): string {
  return `${path}|${digest}|${what}`;
}
