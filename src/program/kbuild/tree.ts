import { readFolder, type Folder, type Read } from './folder.ts';
import { Make } from './make.ts';
import type { OptionValue } from './options.ts';
import { normalise, wordsOf } from './words.ts';

/** A source file that Kbuild puts into the kernel or a module. */
export interface BuiltFile {
  /** The C file. */
  readonly file: string;
  /** The object that it is linked into: KBUILD_MODNAME, with underscores. */
  readonly module: string;
}

/** What a tree's Kbuild files make of a configuration. */
export interface BuiltTree {
  /** What is linked into vmlinux, in link order: each file once. */
  readonly builtIn: readonly BuiltFile[];
  /** What goes into loadable modules, by file. */
  readonly modules: ReadonlyMap<string, string>;
}

/** Reads a tree's Kbuild files for one architecture, from the top Makefile down (scripts/Makefile.build, Makefile.lib). */
export function readTree(read: Read, option: OptionValue, arch = 'x86'): BuiltTree {
  return new TreeReader(memoised(read), option, arch).read();
}

/** The folders whose objects the top Makefile links into vmlinux, in order; the root is ''. */
export function archivesOf(read: Read, option: OptionValue, arch = 'x86'): string[] {
  const archives = new TreeReader(memoised(read), option, arch).archives();
  return archives.flatMap((archive) => (isFolder(archive) ? folderOfArchive(archive) : []));
}

class TreeReader {
  private readonly folders = new Map<string, Folder | undefined>();
  private readonly builtIn = new Map<string, BuiltFile>();
  private readonly modules = new Map<string, string>();
  private readonly visited = new Set<string>();
  private environment: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly readText: Read,
    private readonly option: OptionValue,
    private readonly arch: string,
  ) {}

  read(): BuiltTree {
    for (const archive of this.archives()) {
      const folder = folderOfArchive(archive);
      if (isFolder(archive)) this.visit(folder, true);
      else if (archive.endsWith('/lib.a')) this.library(folder);
      else if (archive.endsWith('.o')) this.link(normalise(archive), stemOf(archive));
    }
    return { builtIn: this.headFirst([...this.builtIn.values()]), modules: this.modules };
  }

  /** What the top Makefile links into vmlinux, in order: `net/built-in.a`, or `./built-in.a` for all (`built-in.a` since Linux 7). */
  archives(): string[] {
    const top = this.topMakefile();
    this.environment = top.exported();
    const objects = top.words('KBUILD_VMLINUX_OBJS');
    return [...(objects.length > 0 ? objects : ['./built-in.a']), ...top.words('KBUILD_VMLINUX_LIBS')];
  }

  /** The top Makefile as `make` reads it to build a kernel: it includes that of the architecture, and exports to the rest. */
  private topMakefile(): Make {
    const make = new Make({ read: this.readText, given: (name) => this.given(name) });
    const start: Record<string, string> = {
      sub_make_done: '1',
      MAKEFLAGS: 'rR --no-print-directory',
      srctree: '.',
      abs_srctree: '.',
      objtree: '.',
      abs_objtree: '.',
      CURDIR: '.',
      srcroot: '.',
      ARCH: this.arch === 'x86' ? 'x86_64' : this.arch,
      SRCARCH: this.arch,
      SUBARCH: this.arch,
      KBUILD_MODULES: '1',
      KBUILD_BUILTIN: '1',
    };
    for (const [name, value] of Object.entries(start)) make.set(name, value);
    make.run(this.readText('Makefile') ?? '');
    return make;
  }

  private given(name: string): string | undefined {
    return name.startsWith('CONFIG_') ? this.option(name) : this.environment.get(name);
  }

  private folder(path: string): Folder | undefined {
    if (!this.folders.has(path)) {
      this.folders.set(
        path,
        readFolder(path, { read: this.readText, given: (name) => this.given(name) ?? this.architecture(name) }),
      );
    }
    return this.folders.get(path);
  }

  /** What a tree without a top Makefile of its own still has to know. */
  private architecture(name: string): string | undefined {
    if (name === 'SRCARCH') return this.arch;
    if (name === 'BITS') return this.option('CONFIG_64BIT') === 'y' ? '64' : '32';
    return undefined;
  }

  /** Descends into a folder; `linked` when what is built in there goes into vmlinux, not only modules. */
  private visit(path: string, linked: boolean): void {
    const key = `${linked ? '+' : '-'}${path}`;
    if (this.visited.has(key)) return;
    this.visited.add(key);
    const folder = this.folder(path);
    if (!folder) return;
    const builtIn = [...new Set(folder.words('obj-y'))];
    for (const object of builtIn) this.builtInObject(folder, object, linked);
    // What is listed both ways is built in.
    for (const object of folder.words('obj-m')) {
      if (object.endsWith('/')) this.visit(folder.resolve(object), false);
      else if (!builtIn.includes(object)) this.moduleObject(folder, object);
    }
    for (const sub of [...folder.words('subdir-y'), ...folder.words('subdir-m')])
      this.visit(folder.resolve(sub), false);
  }

  private builtInObject(folder: Folder, object: string, linked: boolean): void {
    const sub = /^(.*\/)(?:built-in\.a)?$/.exec(object)?.[1];
    if (sub !== undefined) this.visit(folder.resolve(sub), linked);
    if (sub !== undefined || !linked) return;
    const module = stemOf(object);
    for (const part of folder.partsOf(object, ['objs', 'y']) ?? [object]) {
      if (part.endsWith('/')) this.visit(folder.resolve(part), true);
      else this.link(folder.resolve(part), module);
    }
  }

  private moduleObject(folder: Folder, object: string): void {
    const module = stemOf(object);
    for (const part of folder.partsOf(object, ['objs', 'y', 'm']) ?? [object]) {
      const file = sourceOf(folder.resolve(part));
      if (file !== undefined && !this.modules.has(file)) this.modules.set(file, module);
    }
  }

  /** A folder's `lib.a`: its `lib-y`, sorted, without what is built in anyway. */
  private library(path: string): void {
    const folder = this.folder(path);
    if (!folder) return;
    const builtIn = new Set(folder.words('obj-y'));
    const members = [...new Set([...folder.words('lib-y'), ...folder.words('lib-m')])].sort();
    for (const object of members) {
      if (builtIn.has(object)) continue;
      for (const part of folder.partsOf(object, ['objs', 'y']) ?? [object])
        this.link(folder.resolve(part), stemOf(object));
    }
  }

  private link(object: string, module: string): void {
    const file = sourceOf(object);
    // ar and ld take an object where it is named first.
    if (file !== undefined && !this.builtIn.has(file)) this.builtIn.set(file, { file, module });
  }

  /** The top Makefile moves the objects of scripts/head-object-list.txt before all others. */
  private headFirst(files: readonly BuiltFile[]): readonly BuiltFile[] {
    const listed = wordsOf((this.readText('scripts/head-object-list.txt') ?? '').replace(/^#.*$/gm, ''));
    const heads = new Set(listed.map((object) => object.replace(/\.o$/, '.c')));
    const isHead = ({ file }: BuiltFile): boolean => heads.has(file);
    return [...files.filter(isHead), ...files.filter((each) => !isHead(each))];
  }
}

function isFolder(archive: string): boolean {
  return archive === 'built-in.a' || archive.endsWith('/built-in.a') || archive.endsWith('/');
}

function folderOfArchive(archive: string): string {
  return normalise(archive.replace(/[^/]*$/, ''));
}

function sourceOf(object: string): string | undefined {
  return object.endsWith('.o') ? `${object.slice(0, -2)}.c` : undefined;
}

function stemOf(object: string): string {
  return object.replace(/^.*\//, '').replace(/\.o$/, '').replaceAll('-', '_');
}

function memoised(read: Read): Read {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, read(path));
    return known.get(path);
  };
}
