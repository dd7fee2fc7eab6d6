import { folderOf } from '../../facts/folder.ts';
import { mentionsOf, type FileFacts, type FunctionFact } from '../../facts/index.ts';

/** Calls farther away are not followed. */
const mostCalls = 4;

/** What the functions of a folder mention, from their texts alone: a module's files lie in one. */
export class Folders {
  private readonly homes = new Map<string, string[]>();
  private readonly read = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>();

  constructor(
    private readonly host: {
      readonly listFolder: (folder: string) => readonly string[];
      readonly text: (path: string) => string | undefined;
      readonly facts?: (path: string) => FileFacts | null | undefined;
    },
  ) {}

  /** The function that a name means in a file's folder, where one file there has it. */
  fact(file: string, name: string): FunctionFact | undefined {
    this.mentions(folderOf(file));
    const homes = this.homes.get(`${folderOf(file)}#${name}`) ?? [];
    if (homes.length !== 1) return undefined;
    // One for each arm of an `#if` is not one that is known.
    const own = this.host.facts?.(homes[0]!)?.functions.filter((fn) => fn.name === name) ?? [];
    return own.length === 1 ? own[0] : undefined;
  }

  /** Whether a function of a file's folder, or what it calls there, speaks of a name. */
  reaches(file: string, fn: string, name: string): boolean {
    const mentions = this.mentions(folderOf(file));
    const seen = new Set<string>();
    let edge = [fn];
    for (let calls = 0; calls <= mostCalls && edge.length > 0; calls++) {
      const next: string[] = [];
      for (const at of edge) {
        if (seen.has(at)) continue;
        seen.add(at);
        for (const word of mentions.get(at) ?? []) {
          if (word === name) return true;
          if (word.endsWith('()')) next.push(word.slice(0, -2));
        }
      }
      edge = next;
    }
    return false;
  }

  /**
   * All words that a function or variable of a file's folder leads to there: by calls, or by whatever it names (the
   * functions in a structure of them).
   */
  wordsFrom(file: string, name: string, by: 'calls' | 'mentions'): ReadonlySet<string> {
    const mentions = this.mentions(folderOf(file));
    const words = new Set<string>();
    const seen = new Set<string>();
    let edge = [name];
    for (let steps = 0; steps <= mostCalls && edge.length > 0; steps++) {
      const next: string[] = [];
      for (const at of edge) {
        if (seen.has(at)) continue;
        seen.add(at);
        for (const word of mentions.get(at) ?? []) {
          words.add(word);
          if (word.endsWith('()')) next.push(word.slice(0, -2));
          else if (by === 'mentions') next.push(word);
        }
      }
      edge = next;
    }
    return words;
  }

  /** Whether a function of a file's folder makes calls of one kind and no others. */
  onlyCalls(file: string, fn: string, kind: RegExp): boolean {
    const words = this.mentions(folderOf(file)).get(fn);
    const calls = [...(words ?? [])].flatMap((word) => (word.endsWith('()') ? word.slice(0, -2) : []));
    const made = calls.filter((name) => name !== 'if' && name !== 'sizeof');
    return made.length > 0 && made.every((name) => kind.test(name));
  }

  private mentions(folder: string): ReadonlyMap<string, ReadonlySet<string>> {
    let all = this.read.get(folder) as Map<string, Set<string>> | undefined;
    if (all) return all;
    this.read.set(folder, (all = new Map<string, Set<string>>()));
    for (const path of this.host.listFolder(folder)) {
      const text = path.endsWith('.c') ? this.host.text(path) : undefined;
      for (const [fn, words] of Object.entries(text === undefined ? {} : mentionsOf(text).mentions)) {
        all.set(fn, new Set([...(all.get(fn) ?? []), ...words]));
        const key = `${folder}#${fn}`;
        this.homes.set(key, [...(this.homes.get(key) ?? []), path]);
      }
    }
    return all;
  }
}
