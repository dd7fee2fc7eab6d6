import { Make } from './make.ts';
import { normalise } from './words.ts';

/** Reads a file of the tree by its path; undefined when it is not there. */
export type Read = (path: string) => string | undefined;

/** What a folder's Makefile came to. */
export class Folder {
  constructor(
    readonly path: string,
    private readonly make: Make,
  ) {}

  /** The words of a variable such as `obj-y`. */
  words(name: string): readonly string[] {
    return this.make.words(name);
  }

  /** The names of the variables that are set. */
  names(): readonly string[] {
    return this.make.names();
  }

  /** The parts that a composite object is linked of; undefined for one that is compiled from its own source. */
  partsOf(object: string, suffixes: readonly string[]): readonly string[] | undefined {
    const stem = object.replace(/\.o$/, '');
    const isComposite = [...suffixes, ''].some((suffix) => this.words(`${stem}-${suffix}`).length > 0);
    return isComposite ? suffixes.flatMap((suffix) => this.words(`${stem}-${suffix}`)) : undefined;
  }

  /** A path that the Makefile names, from the tree's root. */
  resolve(name: string): string {
    return normalise(`${this.path}/${name.replace(/^\.\//, '')}`);
  }
}

export interface FolderOptions {
  readonly read: Read;
  readonly given: (name: string) => string | undefined;
  readonly everyArm?: boolean;
}

/** Reads the Kbuild file of a folder, or its Makefile (scripts/Makefile.build: Kbuild comes first); undefined without either. */
export function readFolder(path: string, options: FolderOptions): Folder | undefined {
  const text = options.read(normalise(`${path}/Kbuild`)) ?? options.read(normalise(`${path}/Makefile`));
  if (text === undefined) return undefined;
  const make = new Make(options);
  const place = path === '' ? '.' : path;
  for (const [name, value] of Object.entries({ obj: place, src: place, srctree: '.', objtree: '.', srcroot: '.' })) {
    make.set(name, value);
  }
  make.run(text);
  return new Folder(path, make);
}
