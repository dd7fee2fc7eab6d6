import { folderOf } from '../facts/folder.ts';
import type { FileFacts } from '../facts/index.ts';
import { calledFrom, gettersOf, pathOf, stepsAmong, stepsOf } from './company.ts';
import type { ReadResult } from './files.ts';
import { missingQueues } from './queued-elsewhere.ts';
import type { NotAnalysed } from '../rules/index.ts';
import { textOf, wantedCallers, type Wanted } from './registrars.ts';
import type { Searches } from './searches.ts';

/** The files that are looked at together, as read. */
export interface ContextFiles {
  readonly facts: readonly FileFacts[];
  readonly unread: readonly NotAnalysed[];
  /** How the files were read, in the order of reading. */
  readonly loaded: readonly Loaded[];
  /** How callers were looked for, round by round; empty where that is not known. */
  readonly rounds: readonly Round[];
}

/** One file that is looked at: as a whole (null), or what of it calls some functions. */
export interface Loaded {
  readonly path: string;
  readonly names: readonly string[] | null;
}

/** The files that were read by then, and the functions whose callers were missing. */
interface Round {
  readonly files: readonly string[];
  readonly wanted: string;
}

interface Sources {
  /** Whether the configuration at hand leaves a file out of the build: it has no part in any life. */
  readonly isLeftOut: (path: string) => boolean;
  readonly focus: ReadonlySet<string> | undefined;
  readonly indexed: readonly string[] | null;
  /** The facts of a file; with `callsOf`, of what in it calls one of these functions. */
  readonly facts: (path: string, callsOf?: readonly string[]) => ReadResult;
  readonly text: (path: string) => string | { readonly error: string };
  readonly listFolder: (folder: string) => readonly string[];
  readonly searches: Searches;
  /** Whether the table of pairs knows a call. */
  readonly isListed: (name: string) => boolean;
  /** Whether it knows a call as a set-up, or what undoes one, in one of a folder's files. */
  readonly isSetUpIn: (folder: string, name: string) => boolean;
  /** A file's facts with each option off that leaves pernet code of it out. */
  readonly hidden: (facts: FileFacts) => readonly FileFacts[];
}

/** A file of which some functions are asked for, and what calls them. */
interface AskedFile {
  readonly path: string;
  readonly names: readonly string[];
}

/** Where a booting kernel starts. */
const bootFile = 'init/main.c';
const bootFunction = 'start_kernel';

/** Callers of callers are looked for at most this many times over. */
const rounds = 3;

/** And so often what steps in other files call in others again. */
const stepRounds = 2;

/**
 * The files that a file's (or a tree's) lifecycles run through: those that mention pernet, and, for functions there that
 * register and that other files call from their init, the files with those calls, from the folders around.
 */
export function contextOf(sources: Sources): ContextFiles {
  const read = new Map<string, FileFacts>();
  const unread: NotAnalysed[] = [];
  /** Files of which only the callers of some functions were read, with the names of these. */
  const partly = new Map<string, readonly string[]>();
  const load = (path: string, callsOf?: readonly string[]): void => {
    if (read.has(path) && !partly.has(path)) return;
    if (sources.isLeftOut(path)) return;
    // What others ask of a file takes nothing away from who asked before.
    const names = callsOf && [...new Set([...(partly.get(path) ?? []), ...callsOf])].sort();
    if (names) partly.set(path, names);
    const result = sources.facts(path, names);
    if ('facts' in result) read.set(path, result.facts);
    else unread.push({ file: path, line: 1, reason: result.error });
  };
  const loadAll = (files: readonly AskedFile[]): void => {
    for (const { path, names } of files) load(path, names);
  };
  const starting = startingFiles(sources);
  const isAsked = (path: string): boolean => sources.focus === undefined || sources.focus.has(path);
  const helpers = new Set(starting.filter((path) => isAsked(path) && !mentions(sources.text(path), 'pernet_')));
  for (const path of starting) if (!helpers.has(path)) load(path);
  loadAll(missingGetters([...read.values()], sources));
  const known = (): Known => knownIn([...read.values()], (path) => partly.has(path));
  for (let round = 0, asked: readonly AskedFile[] | null = null; round < stepRounds; round++) {
    const missing = missingSteps([...read.values()], asked, { ...sources, known: known() });
    if (missing.length === 0) break;
    loadAll(missing);
    asked = missing;
  }
  loadAll(missingQueues([...read.values()], sources.searches));
  if (sources.indexed && typeof sources.text(bootFile) === 'string') load(bootFile, [bootFunction]);
  const looked: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const files = [...read.values()];
    const wanted = wantedCallers(files, sources.hidden);
    looked.push({ files: [...read.keys()], wanted: textOf(wanted) });
    const callers = missingCallers(wanted, { read, partly }, sources);
    if (callers.length === 0) break;
    loadAll(callers);
  }
  // A file that does not mention pernet has no lifecycle of its own: what is read of it is what the others ask of it.
  const unasked = [...helpers].filter((path) => !read.has(path));
  for (const path of unasked) load(path);
  if (unasked.length > 0)
    loadAll(
      missingSteps(
        unasked.flatMap((path) => read.get(path) ?? []),
        null,
        { ...sources, known: known() },
      ),
    );
  const loaded = [...read.keys()].map((path) => ({ path, names: partly.get(path) ?? null }));
  return { facts: [...read.values()], unread, loaded, rounds: looked };
}

/** Whether with these facts the same callers would have been looked for. */
export function areSameRounds(
  rounds: ContextFiles['rounds'],
  factsOf: (file: string) => FileFacts | undefined,
  hidden: Sources['hidden'],
): boolean {
  return rounds.every(({ files, wanted }) => {
    const facts = files.flatMap((file) => factsOf(file) ?? []);
    return facts.length === files.length && textOf(wantedCallers(facts, hidden)) === wanted;
  });
}

/** What is known of functions by the files that were read. */
interface Known {
  /** Whether a name means a function in a file: one of its own, or one that another file lets it call. */
  readonly isKnown: (facts: FileFacts, name: string) => boolean;
  /** Whether a file was read as a whole. */
  readonly isWhole: (path: string) => boolean;
}

/** A function that another file has to itself, or of which no more than the head was read, is not known for that. */
function knownIn(files: readonly FileFacts[], isPartly: (path: string) => boolean): Known {
  const own = new Map<string, ReadonlySet<string>>();
  const external = new Set<string>();
  for (const { file, functions } of files) {
    const read = isPartly(file) ? functions.filter(({ blocks }) => blocks !== null) : functions;
    own.set(file, new Set(read.map(({ name }) => name)));
    for (const { name, isStatic } of read) if (!isStatic || file.endsWith('.h')) external.add(name);
  }
  return {
    isKnown: ({ file }, name) => external.has(name) || own.get(file)?.has(name) === true,
    isWhole: (path) => own.has(path) && !isPartly(path),
  };
}

/** Headers with the inline functions by which files get at their per-net data, where they are not defined beside it. */
function missingGetters(
  files: readonly FileFacts[],
  { searches }: Sources,
): { path: string; names: readonly string[] }[] {
  const known = knownIn(files, () => false);
  const found = new Map<string, Set<string>>();
  for (const facts of files) {
    const wanted = new Set([...gettersOf(facts)].filter((name) => !known.isKnown(facts, name)));
    for (const included of wanted.size > 0 ? searches.inclusionsOf(facts.file) : []) {
      if (wanted.size === 0) break;
      const path = pathOf(facts.file, included);
      for (const name of wanted) {
        if (!searches.hasGetter(path, name)) continue;
        wanted.delete(name);
        found.set(path, (found.get(path) ?? new Set()).add(name));
      }
    }
  }
  return [...found]
    .map(([path, names]) => ({ path, names: [...names].sort() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Files beside an ops' own, and headers that its file includes by a path of its own, that define what its callbacks call,
 * and what the functions call that register it: only there it shows what that does, and whether it can fail. With `asked`,
 * the same of what was found so: the steps that these take in other files again.
 */
function missingSteps(
  files: readonly FileFacts[],
  asked: readonly AskedFile[] | null,
  { searches, isListed, isSetUpIn, known }: Sources & { readonly known: Known },
): AskedFile[] {
  const found = new Map<string, Set<string>>();
  const headerOf = (file: string, name: string): string | undefined =>
    searches
      .inclusionsOf(file)
      .filter((included) => included.startsWith('"'))
      .map((included) => pathOf(file, included))
      .find((path) => !known.isWhole(path) && searches.hasInline(path, name));
  const askedOf = new Map(asked?.map(({ path, names }) => [path, names]));
  for (const facts of files) {
    const names = askedOf.get(facts.file);
    if (asked && !names) continue;
    const steps = names ? stepsAmong(calledFrom(names, facts)) : stepsOf(facts);
    const folder = folderOf(facts.file);
    const missing = steps.filter((name) => !known.isKnown(facts, name));
    // What the table knows is followed all the same where it is the module's own (`ownBodies`).
    for (const [name, paths] of searches.owning(
      folder,
      missing.filter((each) => isSetUpIn(folder, each)),
    ))
      for (const path of paths) if (!known.isWhole(path)) found.set(path, (found.get(path) ?? new Set()).add(name));
    const wanted = new Set(missing.filter((name) => !isListed(name)));
    if (wanted.size === 0) continue;
    for (const [name, paths] of searches.defining(folder, wanted)) {
      const path =
        paths.find((each) => !known.isWhole(each)) ?? (paths.length > 0 ? undefined : headerOf(facts.file, name));
      if (path !== undefined) found.set(path, (found.get(path) ?? new Set()).add(name));
    }
  }
  return [...found]
    .map(([path, names]) => ({ path, names: [...names].sort() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function startingFiles({ focus, indexed, listFolder, text }: Sources): string[] {
  if (focus === undefined) return [...(indexed ?? [])];
  const folders = [...new Set([...focus].map(folderOf))];
  const around =
    indexed ??
    folders.flatMap((folder) =>
      listFolder(folder).filter((path) => path.endsWith('.c') && !focus.has(path) && mentions(text(path), 'pernet_')),
    );
  return [...focus, ...around.filter((path) => !focus.has(path))];
}

/** Files of the folders around that mention one of these. */
function missingCallers(
  wanted: Wanted,
  {
    read: have,
    partly,
  }: {
    readonly read: ReadonlyMap<string, FileFacts>;
    readonly partly: ReadonlyMap<string, readonly string[]>;
  },
  { searches }: Sources,
): { path: string; names: string[] }[] {
  const found = new Map<string, Set<string>>();
  const byFolder = new Map<string, string[]>();
  for (const { file, name } of wanted) {
    for (const folder of foldersAround(file)) {
      const names = byFolder.get(folder);
      if (names) names.push(name);
      else byFolder.set(folder, [name]);
    }
  }
  for (const [folder, names] of byFolder) {
    for (const [name, paths] of searches.mentioning(folder, names)) {
      for (const path of paths) {
        const before = partly.get(path);
        if ((have.has(path) && !before) || before?.includes(name) === true) continue;
        found.set(path, (found.get(path) ?? new Set(before)).add(name));
      }
    }
  }
  return [...found].map(([path, all]) => ({ path, names: [...all].sort() })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A file's folder and the folders above it, but not the tree's root. */
function foldersAround(file: string): string[] {
  const folders: string[] = [];
  for (let folder = folderOf(file); folder !== ''; folder = folderOf(folder)) folders.push(folder);
  return folders.length === 0 ? [''] : folders;
}

function mentions(text: string | { readonly error: string }, name: string): boolean {
  return typeof text === 'string' && text.includes(name);
}
