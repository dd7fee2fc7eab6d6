import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { without } from '../../engine/config.ts';
import { factsOf } from '../../engine/files.ts';
import { listFolders, readRegular, stampOf, treeAround, within, wouldList, type Stamp } from '../../engine/tree.ts';
import { expressionsOf, walkExpression, type At, type FileFacts } from '../../facts/index.ts';
import { moduleOfFile } from '../../program/index.ts';
import type { Range } from '../../report/finding.ts';
import { everyOption, type CParser } from '../../syntax/index.ts';
import type { Seen } from '../seen-folders.ts';
import { matcherOf } from './globs.ts';
import type { Progress } from './jobs.ts';

/** A folder that the client has open, as a path, and what the editor is told to leave out of it. */
export interface ScanFolder {
  readonly path: string;
  readonly exclude: readonly string[];
}

/** What one file says of its ops, by itself. */
export interface IndexedFile {
  readonly path: string;
  /** The folder of the kernel tree that it lies in; null where that is none. */
  readonly tree: string | null;
  readonly ops: readonly IndexedOps[];
  /** Calls of register_pernet_*() in the file, by the name that they pass. */
  readonly registrations: readonly Registration[];
}

export interface IndexedOps {
  readonly name: string;
  readonly range: Range;
  readonly module: string;
  readonly callbacks: readonly { readonly field: string; readonly function: string; readonly range: Range }[];
}

export interface Registration {
  readonly ops: string;
  readonly kind: 'subsys' | 'device';
  readonly function: string;
  readonly range: Range;
}

interface Means {
  readonly parser: () => Promise<CParser>;
  readonly onProgress: (progress: Progress) => void;
}

/** So many files are looked at before others have their turn. */
const batch = 200;

/** What a scan finds, and what it has seen of the disk, from before it was read. */
export interface Scanned {
  readonly files: readonly IndexedFile[];
  readonly seen: Seen;
}

export async function scanFolders(folders: readonly ScanFolder[], means: Means): Promise<Scanned> {
  const files = new Set<string>();
  const seen = { folders: new Map<string, Stamp>(), files: new Map<string, Stamp>() };
  for (const { path: folder, exclude } of folders) {
    const isExcluded = matcherOf(exclude);
    means.onProgress({ message: 'listing files', done: 0, total: 0 });
    const skip = (each: string): boolean => isExcluded(each);
    for (const { path: each, stamp, names } of listFolders(folder, '', { below: true, skip }).folders) {
      seen.folders.set(path.join(folder, each), stamp);
      for (const name of names) files.add(path.join(folder, within(each, name)));
    }
  }
  const all = [...files].sort();
  const found: string[] = [];
  for (const [index, file] of all.entries()) {
    if (index % batch === 0) {
      means.onProgress({ message: 'looking for pernet_operations', done: index, total: all.length });
      await turn();
    }
    // What headers hold of ops (none, in the kernel) is found with the sources that include them.
    if (!file.endsWith('.c')) continue;
    const stamp = stampOf(file);
    if (!mentionsPernet(file)) continue;
    found.push(file);
    if (stamp) seen.files.set(file, stamp);
  }
  return { files: await readFiles(found, means), seen: { folders: [...seen.folders], files: [...seen.files] } };
}

/** Whether the scan of some folders looks at a file, were it there. */
export function listedIn(folders: readonly ScanFolder[]): (file: string) => boolean {
  const lists = folders.map(({ path: folder, exclude }) => ({ folder, skip: matcherOf(exclude) }));
  return (file) =>
    lists.some(({ folder, skip }) => {
      if (!file.startsWith(folder + path.sep)) return false;
      return wouldList(folder, path.relative(folder, file).split(path.sep).join('/'), skip);
    });
}

/** Files that have changed; one that the scan of these folders leaves out has no ops. */
export async function readChanged(
  files: readonly string[],
  folders: readonly ScanFolder[],
  means: Means,
): Promise<IndexedFile[]> {
  const isListed = listedIn(folders);
  const [listed, left] = [files.filter(isListed), files.filter((file) => !isListed(file))];
  return [
    ...(await readFiles(listed, means)),
    ...left.map((file) => ({ path: file, tree: null, ops: [], registrations: [] })),
  ];
}

async function readFiles(files: readonly string[], { parser, onProgress }: Means): Promise<IndexedFile[]> {
  const trees = new Map<string, ReadText>();
  const results: IndexedFile[] = [];
  for (const [index, file] of files.entries()) {
    if (index % 10 === 0) {
      onProgress({ message: 'reading pernet_operations', done: index, total: files.length });
      await turn();
    }
    const text = mentionsPernet(file) ? readText(file) : undefined;
    const tree = treeAround(path.dirname(file));
    if (text === undefined) {
      results.push({ path: file, tree, ops: [], registrations: [] });
      continue;
    }
    const facts = allFactsOf(await parser(), file, text);
    const root = tree ?? path.dirname(file);
    let read = trees.get(root);
    if (!read) trees.set(root, (read = readerOf(root)));
    const relative = path.relative(root, file).split(path.sep).join('/');
    const module = moduleOfFile(relative, read)?.name ?? path.basename(file, '.c');
    results.push({ path: file, tree, ...merged(facts.map((each) => told(each, module))) });
  }
  return results;
}

/** A file with every option on, and with each of those off that hides some of its pernet code. */
function allFactsOf(parser: CParser, file: string, text: string): FileFacts[] {
  const result = factsOf(parser, file, text);
  if (!('facts' in result)) return [];
  const others = result.facts.hiddenBy.map((off) => factsOf(parser, file, text, without(everyOption, off)));
  return [result.facts, ...others.flatMap((other) => ('facts' in other ? [other.facts] : []))];
}

type Told = Pick<IndexedFile, 'ops' | 'registrations'>;

/** What is said of one file several times, each thing once, in the order of the text. */
function merged(all: readonly Told[]): Told {
  const once = <T extends { readonly range: Range }>(things: readonly T[], key: (thing: T) => string): T[] =>
    [...new Map(things.toReversed().map((thing) => [key(thing), thing])).values()].sort(
      (a, b) => a.range.line - b.range.line || a.range.column - b.range.column,
    );
  return {
    ops: once(
      all.flatMap(({ ops }) => ops),
      ({ name }) => name,
    ),
    registrations: once(
      all.flatMap(({ registrations }) => registrations),
      (each) => `${each.function} ${each.kind} ${each.ops} ${each.range.line}:${each.range.column}`,
    ),
  };
}

function told({ ops, functions }: FileFacts, module: string): Told {
  return {
    ops: ops.map(({ name, at, fields }) => ({
      name,
      range: rangeOf(at),
      module,
      callbacks: fields.flatMap(({ name: field, text, at: where }) =>
        /^(init|(pre_)?exit\w*)$/.test(field) && /^\w+$/.test(text) && text !== 'NULL'
          ? [{ field, function: text, range: rangeOf(where) }]
          : [],
      ),
    })),
    registrations: functions.flatMap(({ name, blocks }) =>
      [...expressionsOf(blocks ?? [])].flatMap((expression) =>
        [...walkExpression(expression)].flatMap((e): Registration[] => {
          const kind = e.k === 'call' && e.fn.k === 'id' ? /^register_pernet_(subsys|device)$/.exec(e.fn.name) : null;
          const [arg] = e.k === 'call' ? e.args : [];
          if (!kind || arg?.k !== 'unary' || arg.of.k !== 'id') return [];
          return [{ ops: arg.of.name, kind: kind[1] as 'subsys' | 'device', function: name, range: rangeOf(e.at) }];
        }),
      ),
    ),
  };
}

function rangeOf([line, column, endLine, endColumn]: At): Range {
  return { line, column, endLine, endColumn };
}

type ReadText = (file: string) => string | undefined;

/** Makefiles and Kconfig files, each read once. */
function readerOf(root: string): ReadText {
  const texts = new Map<string, string | undefined>();
  return (file) => {
    if (!texts.has(file)) texts.set(file, readText(path.join(root, file)));
    return texts.get(file);
  };
}

function readText(file: string): string | undefined {
  try {
    return readRegular(file);
  } catch {
    return undefined;
  }
}

/** A file that cannot be read mentions nothing. */
function mentionsPernet(file: string): boolean {
  try {
    return statSync(file).isFile() && readFileSync(file).includes('pernet_');
  } catch {
    return false;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
