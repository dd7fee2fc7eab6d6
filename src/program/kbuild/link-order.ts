import { readFolder, type Folder, type Read } from './folder.ts';
import type { OptionValue } from './options.ts';
import { archivesOf } from './tree.ts';

/** Where it is decided which of two files comes first: a line of a Kbuild file. */
export interface LinkedFirst {
  readonly makefile: string;
  readonly line: number;
}

/** One place in a Kbuild file's lists by which a file is linked, with the places that lead to it. */
type Way = readonly Entry[];

interface Entry {
  readonly folder: string;
  readonly word: string;
}

/** What is built in, as far as link order goes: with a configuration what that says, without one whatever may be. */
type Choice = { readonly given: OptionValue; readonly everyArm: boolean };

/** Lists that lead to each other are left after so many steps. */
const deepest = 20;

/**
 * Which of two files that are built in is linked first, by the Kbuild files between the tree's root and both: objects are
 * linked in the order in which `obj-y` names them, those of a folder where the folder is named (scripts/Makefile.build).
 * Only the Kbuild files on the way are read. Initcalls of one level run in that order (include/linux/init.h).
 */
export class LinkOrder {
  private readonly folders = new Map<string, Folder | undefined>();
  private readonly known = new Map<string, LinkedFirst | null>();
  private readonly choice: Choice;

  constructor(
    private readonly read: Read,
    configured?: (name: string) => 'y' | 'm' | 'n',
  ) {
    this.choice = configured
      ? { given: (name) => valueOf(configured(name)), everyArm: false }
      : { given: () => 'y', everyArm: true };
  }

  /** Says why one file is linked before another one; null where it is not, or where that is not known. */
  isFirst(one: string, other: string): LinkedFirst | null {
    const key = `${one}\0${other}`;
    let known = this.known.get(key);
    if (known === undefined) this.known.set(key, (known = this.find(one, other)));
    return known;
  }

  private find(one: string, other: string): LinkedFirst | null {
    if (one === other) return null;
    const ways = this.ways([one, other]);
    const of = (file: string): number[] => ways.flatMap((each, index) => (each.file === file ? index : []));
    const [first, second] = [of(one), of(other)];
    // What is named twice is linked where it is named first, of the places that the configuration leaves.
    if (first.length === 0 || second.length === 0 || first.at(-1)! > second[0]!) return null;
    const [way, then] = [ways[first.at(-1)!]!.way, ways[second[0]!]!.way];
    const at = way.findIndex(({ folder, word }, index) => folder !== then[index]?.folder || word !== then[index].word);
    return this.lineOf(way[at] ?? way.at(-1)!);
  }

  /** All places where these files are linked, in link order. */
  private ways(files: readonly string[]): { readonly file: string; readonly way: Way }[] {
    const found: { file: string; way: Way }[] = [];
    const visit = (folder: string, way: Way): void => {
      const isNear = files.some((file) => folder === '' || file.startsWith(`${folder}/`));
      const kbuild = isNear && way.length < deepest ? this.folder(folder) : undefined;
      for (const word of kbuild?.words('obj-y') ?? []) object(kbuild!, word, [...way, { folder, word }]);
    };
    const object = (folder: Folder, word: string, way: Way): void => {
      const sub = /^(.*\/)(?:built-in\.a)?$/.exec(word)?.[1];
      if (sub !== undefined) {
        visit(folder.resolve(sub), way);
        return;
      }
      const parts = folder.partsOf(word, ['objs', 'y']);
      for (const part of parts ?? [word]) {
        const last = parts ? [...way, { folder: folder.path, word: part }] : way;
        if (part.endsWith('/')) visit(folder.resolve(part), last);
        const file = folder.resolve(part).replace(/\.o$/, '.c');
        if (files.includes(file)) found.push({ file, way: last });
      }
    };
    const top = this.top(files);
    if (top !== '') visit(top, []);
    else for (const folder of archivesOf(this.read, this.choice.given)) visit(folder, [{ folder: '', word: folder }]);
    return found;
  }

  /** The topmost folder above some files that has a Kbuild file; the root where they have no folder in common. */
  private top(files: readonly string[]): string {
    const [one = [], other = []] = files.map((file) => file.split('/').slice(0, -1));
    let top = '';
    for (let depth = 1; depth <= one.length && one[depth - 1] === other[depth - 1]; depth++) {
      top = one.slice(0, depth).join('/');
      if (this.kbuildOf(top) !== undefined) return top;
    }
    return top;
  }

  private folder(path: string): Folder | undefined {
    if (!this.folders.has(path)) {
      const given = (name: string): string | undefined =>
        name.startsWith('CONFIG_') ? this.choice.given(name) : undefined;
      this.folders.set(path, readFolder(path, { read: this.read, given, everyArm: this.choice.everyArm }));
    }
    return this.folders.get(path);
  }

  private kbuildOf(folder: string): string | undefined {
    const within = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
    return [within('Kbuild'), within('Makefile')].find((path) => this.read(path) !== undefined);
  }

  /** The line that names an object or a folder first. */
  private lineOf({ folder, word }: Entry): LinkedFirst | null {
    const makefile = this.kbuildOf(folder);
    if (makefile === undefined) return null;
    const lines = (this.read(makefile) ?? '').split('\n');
    const line = lines.findIndex((text) =>
      text
        .replace(/#.*/, '')
        .split(/[\s=]+/)
        .includes(word),
    );
    return { makefile, line: Math.max(line, 0) + 1 };
  }
}

function valueOf(state: 'y' | 'm' | 'n'): string | undefined {
  return state === 'n' ? undefined : state;
}
