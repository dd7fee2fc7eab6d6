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

/** What can be reached from a name: the words of `FileFacts.mentions`, from function to function and across files. */
export class Reach {
  private readonly memo = new Map<string, ReadonlyMap<string, Way>>();

  constructor(private readonly program: Program) {}

  /**
   * All words that the function or variable `name`, as `file` means it, leads to, with how many steps it takes to get
   * to each and whether the way stays in one file. Itself not among them. By calls, only what is called is followed, not
   * what is merely named (a work item's function, an ops structure).
   */
  from(file: string, name: string, by: 'calls' | 'mentions' = 'mentions'): ReadonlyMap<string, Way> {
    const key = `${by}|${file}#${name}`;
    let words = this.memo.get(key);
    if (!words) this.memo.set(key, (words = this.walk(file, name, by)));
    return words;
  }

  private walk(file: string, name: string, by: 'calls' | 'mentions'): Map<string, Way> {
    const words = new Map<string, Way>();
    const seen = new Set<string>();
    const start = this.homeOf(file, name);
    const folder = folderOf(start ?? '');
    let edge = start === null ? [] : [{ file: start, name, within: true, beside: true }];
    for (let steps = 1; edge.length > 0 && steps <= mostSteps; steps++) {
      const next: typeof edge = [];
      for (const at of edge) {
        if (seen.has(`${at.file}#${at.name}`)) continue;
        seen.add(`${at.file}#${at.name}`);
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
    return words;
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

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
