import { folderOf } from '../facts/folder.ts';
import type { Program } from './program.ts';

/** How a word is got to: by how many functions or variables, and whether all of them are of one file (or of headers). */
export interface Way {
  readonly steps: number;
  readonly within: boolean;
  /** Whether all of them are of one folder (or of headers). */
  readonly beside: boolean;
  /** The file that mentions it. */
  readonly file: string;
}

/** What is farther away than this many functions and variables is not said to be reached: paths there are rarely taken. */
const mostSteps = 6;

const isName = /^\w+$/;

/** What one walk came to, and what it went through: the numbers of functions and variables. */
interface Walk {
  readonly key: string;
  readonly words: ReadonlyMap<string, Way>;
  readonly through: ReadonlySet<number>;
}

/** A function or variable that a walk goes through. */
export interface Passed {
  readonly file: string;
  readonly name: string;
  readonly words: readonly string[];
}

/** What can be reached from a name: the words of `FileFacts.mentions`, from function to function and across files. */
export class Reach {
  private readonly memo = new Map<string, Walk>();
  private readonly numbers: Map<string, number>;
  /** By number, what has it. */
  private names: readonly string[] = [];
  private heard: Set<string> | null = null;

  /** With `base`, the program is that one's but for what some functions and variables mention. */
  constructor(
    private readonly program: Program,
    private readonly base?: { readonly reach: Reach; readonly changed: ReadonlySet<string> },
  ) {
    this.numbers = base?.reach.numbers ?? new Map<string, number>();
  }

  /** The walks that lead elsewhere in a program in which some functions and variables mention something else. */
  differingFrom(other: Reach, changed: ReadonlySet<string>): ReadonlySet<string> {
    const differing = new Set<string>();
    for (const [key, { words, through }] of this.memo)
      if (this.goesThrough(through, changed) && !areSameWays(words, other.again(key))) differing.add(key);
    return differing;
  }

  /** Notes the walks that something is made from. */
  listen<T>(make: () => T): { readonly value: T; readonly walks: ReadonlySet<string> } {
    const before = this.heard;
    const walks = new Set<string>();
    this.heard = walks;
    try {
      return { value: make(), walks };
    } finally {
      this.heard = before;
      this.hear(walks);
    }
  }

  /** Says that something which was made from some walks is used again. */
  hear(walks: Iterable<string>): void {
    if (this.heard) for (const walk of walks) this.heard.add(walk);
  }

  private again(key: string): ReadonlyMap<string, Way> {
    const [bar, hash] = [key.indexOf('|'), key.indexOf('#')];
    return this.from(key.slice(bar + 1, hash), key.slice(hash + 1), key.slice(0, bar) as 'calls' | 'mentions');
  }

  private goesThrough(through: ReadonlySet<number>, changed: ReadonlySet<string>): boolean {
    for (const each of changed) {
      const number = this.numbers.get(each);
      if (number !== undefined && through.has(number)) return true;
    }
    return false;
  }

  private numberOf(each: string): number {
    let number = this.numbers.get(each);
    if (number === undefined) this.numbers.set(each, (number = this.numbers.size));
    return number;
  }

  /**
   * All words that the function or variable `name`, as `file` means it, leads to, with how many steps it takes to get
   * to each and whether the way stays in one file. Itself not among them. By calls, only what is called is followed, not
   * what is merely named (a work item's function, an ops structure).
   */
  from(file: string, name: string, by: 'calls' | 'mentions' = 'mentions'): ReadonlyMap<string, Way> {
    const key = `${by}|${file}#${name}`;
    let walk = this.memo.get(key);
    if (!walk) {
      const before = this.base?.reach.memo.get(key);
      walk = before && !this.goesThrough(before.through, this.base!.changed) ? before : this.walk(file, name, by);
      this.memo.set(key, walk);
    }
    this.heard?.add(walk.key);
    return walk.words;
  }

  /** The functions and variables that a walk goes through, itself among them, each with what it mentions. */
  through(file: string, name: string, by: 'calls' | 'mentions' = 'mentions'): readonly Passed[] {
    const key = `${by}|${file}#${name}`;
    this.from(file, name, by);
    if (this.names.length < this.numbers.size) this.names = [...this.numbers.keys()];
    return [...(this.memo.get(key)?.through ?? [])].flatMap((number) => {
      const each = this.names[number]!;
      const hash = each.lastIndexOf('#');
      const at = each.slice(0, hash);
      const name = each.slice(hash + 1);
      const words = this.mentionsOf(at, name);
      return words ? { file: at, name, words } : [];
    });
  }

  private walk(file: string, name: string, by: 'calls' | 'mentions'): Walk {
    const words = new Map<string, Way>();
    const seen = new Set<number>();
    const start = this.homeOf(file, name);
    const folder = folderOf(start ?? '');
    let edge = start === null ? [] : [{ file: start, name, within: true, beside: true }];
    for (let steps = 1; edge.length > 0 && steps <= mostSteps; steps++) {
      const next: typeof edge = [];
      for (const at of edge) {
        const number = this.numberOf(`${at.file}#${at.name}`);
        if (seen.has(number)) continue;
        seen.add(number);
        const isHeader = at.file.endsWith('.h');
        const within = at.within && (at.file === start || isHeader);
        const beside = at.beside && (folderOf(at.file) === folder || isHeader);
        for (const mention of this.mentionsOf(at.file, at.name) ?? []) {
          const word = mention.replace('()', '');
          if (!words.has(word)) words.set(word, { steps, within, beside, file: at.file });
          if ((by === 'calls' && word === mention) || !isName.test(word)) continue;
          const home = this.homeOf(at.file, word);
          if (home !== null) next.push({ file: home, name: word, within, beside });
        }
      }
      edge = next;
    }
    return { key: `${by}|${file}#${name}`, words, through: seen };
  }

  private mentionsOf(file: string, name: string): readonly string[] | undefined {
    const found: unknown = this.program.facts(file)?.mentions[name];
    // A function may well be called `constructor`, which every object has.
    return Array.isArray(found) ? (found as readonly string[]) : undefined;
  }

  /** The file that defines what `name` means in `file`. An ops leads nowhere: its callbacks are the core's to call. */
  private homeOf(file: string, name: string): string | null {
    if (this.program.resolveOps(file, name)) return null;
    if (this.mentionsOf(file, name)) return file;
    const elsewhere = this.program.resolveFunction(file, name);
    return elsewhere && elsewhere.file !== file ? elsewhere.file : null;
  }
}

function areSameWays(a: ReadonlyMap<string, Way>, b: ReadonlyMap<string, Way>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  const others = b.entries();
  for (const [word, way] of a) {
    const [other, its] = others.next().value!;
    const isSame =
      word === other &&
      way.steps === its.steps &&
      way.within === its.within &&
      way.beside === its.beside &&
      way.file === its.file;
    if (!isSame) return false;
  }
  return true;
}
