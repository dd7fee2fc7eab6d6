import { folderOf } from '../../facts/folder.ts';
import { isGetter, later, ofWholeFile, unasked } from '../../facts/words.ts';
import type { Program } from '../../program/program.ts';
import { soundsLikeRelease } from './kept-alone.ts';

/** A work item or a timer by the expression that names it in a file. */
export interface Item {
  readonly text: string;
  readonly file: string;
}

/**
 * Which expressions name the same work item or timer of a namespace. Others may get at the memory that it lies in by
 * another pointer, so that they go by the member alone, but for what the pointers are declared to point at.
 */
export class LaterItems {
  private readonly pointers = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>();
  private readonly folders = new Map<string, readonly string[]>();

  constructor(private readonly program: Program) {}

  /** What a file says of all the work items and timers that it names. */
  wordsOf(file: string): readonly string[] {
    return this.program.facts(file)?.mentions[ofWholeFile] ?? [];
  }

  /** The files beside one, itself among them, that name work items or timers. */
  filesBeside(file: string): readonly string[] {
    const folder = folderOf(file);
    let files = this.folders.get(folder);
    if (!files) {
      const all = this.program.fileNames().filter((each) => folderOf(each) === folder);
      this.folders.set(folder, (files = all.filter((each) => this.wordsOf(each).length > 0)));
    }
    return files;
  }

  /** Whether a word of what a function mentions (`mentionsOf`) may be about an item. */
  isAbout({ text, file }: Item, word: string, wordFile: string): boolean {
    // Who uses a member before anything is asked is named by that as well, and does nothing to what it is.
    return (
      memberOf(text) !== null &&
      !word.startsWith(unasked.calls('')) &&
      this.compare({ text, file }, { text: word.replace(mark, ''), file: wordFile }) !== 'other'
    );
  }

  /** Whether an item is a variable, which belongs to no namespace, and some function of its file ends it: who calls that is not asked. */
  isEndedAsVariable({ text, file }: Item): boolean {
    const said = this.wordsOf(file);
    return memberOf(text) === null && (said.includes(later.stops(text)) || said.includes(later.waits(text)));
  }

  /**
   * Whether an item may end with its last user: functions of a file stop it, or one that takes something down waits for it.
   * Who waits for it in passing does not end it, nor does a function that does nothing else, but for who calls that.
   */
  mayEndWithUser(item: Item, file: string): boolean {
    const isSaid = (words: readonly string[], what: string): boolean =>
      words.some((word) => word.startsWith(what) && this.isAbout(item, word, file));
    const said = this.wordsOf(file);
    if (isSaid(said, later.stops(''))) return true;
    if (!isSaid(said, later.waits(''))) return false;
    const functions = Object.entries(this.program.facts(file)?.mentions ?? {}).filter(([name]) => name !== ofWholeFile);
    return functions.some(
      ([name, words]) =>
        isSaid(words, later.waits('')) &&
        (isOnlyWait(words) ? this.isCalledToRelease(file, name) : soundsLikeRelease.test(name)),
    );
  }

  private isCalledToRelease(file: string, name: string): boolean {
    const folder = folderOf(file);
    return this.program
      .fileNames()
      .some(
        (each) =>
          folderOf(each) === folder &&
          Object.entries(this.program.facts(each)?.mentions ?? {}).some(
            ([caller, words]) => soundsLikeRelease.test(caller) && words.includes(`${name}()`),
          ),
      );
  }

  /** Whether an expression is known to name an item. */
  isKnownToBe(item: Item, other: Item): boolean {
    return this.compare(item, other) === 'same';
  }

  private compare(a: Item, b: Item): 'same' | 'other' | 'unknown' {
    if (memberOf(a.text) !== memberOf(b.text)) return 'other';
    if (a.text === b.text && a.file === b.file) return 'same';
    const [one, two] = [this.pathOf(a), this.pathOf(b)];
    if (!one || !two) return 'unknown';
    if ([...one.structs].some((struct) => two.structs.has(struct))) return one.path === two.path ? 'same' : 'other';
    // A part of the one structure may be what the other pointer points at.
    return one.path.includes('.') || two.path.includes('.') ? 'unknown' : 'other';
  }

  /** The structures that an expression begins at, and the way from there; null where that is not known. */
  private pathOf({ text, file }: Item): { readonly structs: ReadonlySet<string>; readonly path: string } | null {
    const [, root = '', path = ''] = /^(\w+)->([\w.]+)$/.exec(text) ?? [];
    const structs = root === 'net' ? ofNet : this.pointersIn(file).get(root);
    return structs && path !== '' ? { structs, path } : null;
  }

  private pointersIn(file: string): ReadonlyMap<string, ReadonlySet<string>> {
    let pointers = this.pointers.get(file);
    if (!pointers) {
      const found = new Map<string, Set<string>>();
      for (const word of this.wordsOf(file)) {
        const [, name, struct] = pointing.exec(word) ?? [];
        if (name === undefined || struct === undefined) continue;
        const known = found.get(name);
        if (known) known.add(struct);
        else found.set(name, new Set([struct]));
      }
      this.pointers.set(file, (pointers = found));
    }
    return pointers;
  }
}

const ofNet: ReadonlySet<string> = new Set(['net']);

const pointing = /^:(\w+):(\w+)$/;

/** What stands before an expression in the words that `mentionsOf` writes. */
const mark = /^[-+/=>!^$]/;

/** Whether a function gets at something and waits for it, and does nothing else. */
function isOnlyWait(words: readonly string[]): boolean {
  return words.every(
    (word) => !word.endsWith('()') || /^flush_/.test(word) || isGetter(word.slice(0, -2)) || word === 'net_generic()',
  );
}

/** The last member that an expression names; null for a variable of its own. */
function memberOf(text: string): string | null {
  return /(?:->|\.)(\w+)$/.exec(text)?.[1] ?? null;
}
