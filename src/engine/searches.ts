import { folderOf } from '../facts/folder.ts';

/**
 * What texts of a tree were searched for and where it was found: plain data. It holds for as long as the files that were
 * read and the folders that were listed are as they were.
 */
export interface Searched {
  /** By folder, for each word (with the kind of search before it) the C files of the folder that have it, in order. */
  readonly folders: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /**
   * By header, for each name whether the header has an inline function of that name that gets at per-net data, and for
   * `=name` whether it has one of that name at all.
   */
  readonly getters: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
  /** By file, the paths that it includes, as they are written with their brackets or quotes. */
  readonly inclusions: Readonly<Record<string, readonly string[]>>;
}

/** What an earlier run searched, with the files and folders that have changed, come or gone since. */
export interface SearchedBefore {
  readonly searched: Searched;
  readonly changed: ReadonlySet<string>;
}

interface Sources {
  readonly text: (path: string) => string | { readonly error: string };
  readonly listFolder: (folder: string) => readonly string[];
}

const kinds = ['mentions', 'defines', 'owns'] as const;
type Kind = (typeof kinds)[number];

const inclusion = /^[ \t]*#[ \t]*include[ \t]*(<[^>\n]+>|"[^"\n]+")/gm;

/** Searches in a tree's texts, each made once, by this run or by an earlier one. */
export class Searches {
  private readonly folders = new Map<string, Map<string, readonly string[]>>();
  private readonly getters = new Map<string, Map<string, boolean>>();
  private readonly inclusions = new Map<string, readonly string[]>();
  /** The files of each folder that have changed since the earlier run. */
  private readonly changedIn = new Map<string, Set<string>>();

  constructor(
    private readonly sources: Sources,
    private readonly before: SearchedBefore | null = null,
  ) {
    for (const file of before?.changed ?? []) {
      const folder = folderOf(file);
      const files = this.changedIn.get(folder);
      if (files) files.add(file);
      else this.changedIn.set(folder, new Set([file]));
    }
  }

  /** For each name the C files of a folder whose text has it, in the order in which the folder lists them. */
  mentioning(folder: string, names: Iterable<string>): ReadonlyMap<string, readonly string[]> {
    return this.inFolder('mentions', folder, names);
  }

  /** Likewise the C files that seem to define a function of that name. */
  defining(folder: string, names: Iterable<string>): ReadonlyMap<string, readonly string[]> {
    return this.inFolder('defines', folder, names);
  }

  /** Likewise those that seem to define one, and do not export it to other modules. */
  owning(folder: string, names: Iterable<string>): ReadonlyMap<string, readonly string[]> {
    return this.inFolder('owns', folder, names);
  }

  /** Whether a header has an inline function of a name that gets at `net_generic()` data or a member of struct net. */
  hasGetter(header: string, name: string): boolean {
    return this.inHeader(header, name);
  }

  /** Whether a header has an inline function of a name. */
  hasInline(header: string, name: string): boolean {
    return this.inHeader(header, `=${name}`);
  }

  private inHeader(header: string, key: string): boolean {
    let known = this.getters.get(header);
    if (!known) this.getters.set(header, (known = new Map<string, boolean>()));
    let found = known.get(key) ?? this.earlier(header, ({ getters }) => valueOf(valueOf(getters, header), key));
    if (found === undefined) {
      const text = this.sources.text(header);
      found = key.startsWith('=') ? has('defines', text, key.slice(1)) : definesGetter(text, key);
    }
    known.set(key, found);
    return found;
  }

  /** What a file includes: `<net/sock.h>`, `"core.h"`. */
  inclusionsOf(file: string): readonly string[] {
    let found = this.inclusions.get(file) ?? this.earlier(file, ({ inclusions }) => valueOf(inclusions, file));
    if (!found) {
      const text = this.sources.text(file);
      found = typeof text === 'string' ? includedIn(text) : [];
    }
    this.inclusions.set(file, found);
    return found;
  }

  /** All that was asked for, for a later run. */
  data(): Searched {
    return {
      folders: fromMaps(this.folders),
      getters: fromMaps(this.getters),
      inclusions: Object.fromEntries(this.inclusions),
    };
  }

  /** Takes over all that an earlier run searched. */
  takeOver(): void {
    if (!this.before) return;
    const { searched, changed } = this.before;
    for (const [folder, words] of Object.entries(searched.folders)) {
      if (changed.has(folder)) continue;
      if (!this.changedIn.has(folder)) this.folders.set(folder, new Map(Object.entries(words)));
      else
        for (const kind of kinds) {
          const of = Object.keys(words).filter((key) => key.startsWith(`${kind} `));
          this.inFolder(
            kind,
            folder,
            of.map((key) => key.slice(kind.length + 1)),
          );
        }
    }
    for (const [header, names] of Object.entries(searched.getters))
      for (const key of Object.keys(names)) this.inHeader(header, key);
    for (const file of Object.keys(searched.inclusions)) this.inclusionsOf(file);
  }

  private earlier<T>(path: string, find: (searched: Searched) => T | undefined): T | undefined {
    return this.before && !this.before.changed.has(path) ? find(this.before.searched) : undefined;
  }

  private inFolder(kind: Kind, folder: string, names: Iterable<string>): ReadonlyMap<string, readonly string[]> {
    let known = this.folders.get(folder);
    if (!known) this.folders.set(folder, (known = new Map<string, readonly string[]>()));
    const missing: string[] = [];
    for (const name of names) {
      const key = `${kind} ${name}`;
      if (known.has(key)) continue;
      const kept = this.earlier(folder, ({ folders }) => valueOf(valueOf(folders, folder), key));
      if (kept) known.set(key, kept);
      else missing.push(name);
      if (kept) this.lookAgain(kind, folder, name, known);
    }
    if (missing.length > 0) this.search(kind, folder, missing, known);
    return new Map([...names].map((name) => [name, known.get(`${kind} ${name}`)!]));
  }

  private search(kind: Kind, folder: string, names: readonly string[], into: Map<string, readonly string[]>): void {
    const found = new Map<string, string[]>(names.map((name) => [name, []]));
    for (const path of this.sources.listFolder(folder)) {
      if (!path.endsWith('.c')) continue;
      const text = this.sources.text(path);
      for (const [name, paths] of found) if (has(kind, text, name)) paths.push(path);
    }
    for (const [name, paths] of found) into.set(`${kind} ${name}`, paths);
  }

  /** Of a folder that lists what it listed, only the files that have changed are looked at again. */
  private lookAgain(kind: Kind, folder: string, name: string, into: Map<string, readonly string[]>): void {
    const key = `${kind} ${name}`;
    const changed = [...(this.changedIn.get(folder) ?? [])].filter((path) => path.endsWith('.c'));
    if (changed.length === 0) return;
    const paths = new Set(into.get(key));
    for (const path of changed) {
      if (has(kind, this.sources.text(path), name)) paths.add(path);
      else paths.delete(path);
    }
    into.set(
      key,
      this.sources.listFolder(folder).filter((path) => paths.has(path)),
    );
  }
}

/** What a text includes, with the brackets or quotes. */
export function includedIn(text: string): string[] {
  return [...text.matchAll(inclusion)].map((match) => match[1]!);
}

function has(kind: Kind, text: string | { readonly error: string }, name: string): boolean {
  if (typeof text !== 'string') return false;
  if (kind === 'mentions') return text.includes(name);
  return defines(text, name) && !(kind === 'owns' && isExported(text, name));
}

/** What stands before a function's name on the line of its definition. */
const beforeName = /^(?:\w[^;]*)?$/;
const parametersAndBrace = /\([^;{}]*\)\s*\{/y;

function defines(text: string, name: string): boolean {
  const call = `${name}(`;
  for (let at = text.indexOf(call); at >= 0; at = text.indexOf(call, at + call.length)) {
    const before = text.slice(text.lastIndexOf('\n', at) + 1, at);
    if (/\w$/.test(before) || !beforeName.test(before)) continue;
    parametersAndBrace.lastIndex = at + name.length;
    if (parametersAndBrace.test(text)) return true;
  }
  return false;
}

function isExported(text: string, name: string): boolean {
  return new RegExp(`^[ \\t]*EXPORT_SYMBOL\\w*\\s*\\(\\s*${name}\\b`, 'm').test(text);
}

function definesGetter(header: string | { readonly error: string }, name: string): boolean {
  if (typeof header !== 'string' || !header.includes(name)) return false;
  const definition = new RegExp(`\\b${name}\\s*\\([^;{}]*\\)\\s*\\{([^}]*)\\}`).exec(header);
  return definition !== null && /\bnet_generic\s*\(|->/.test(definition[1]!);
}

/** A function may well be called `constructor`, which every object has. */
function valueOf<T>(of: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return of && Object.hasOwn(of, key) ? of[key] : undefined;
}

function fromMaps<T>(maps: ReadonlyMap<string, ReadonlyMap<string, T>>): Record<string, Record<string, T>> {
  return Object.fromEntries([...maps].map(([key, map]) => [key, Object.fromEntries(map)]));
}
