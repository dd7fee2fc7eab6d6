import { afterRcu, isGetter, isStep, laterRuns, type FileFacts } from '../facts/index.ts';
import type { ReadResult } from './files.ts';
import type { NotAnalysed } from '../rules/index.ts';
import { isPernetCall, textOf, wantedCallers, type Wanted } from './registrars.ts';
import { includedIn, type Searches } from './searches.ts';

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
    if (callsOf) partly.set(path, callsOf);
    const result = sources.facts(path, callsOf);
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
  for (let round = 0, asked: readonly AskedFile[] | null = null; round < stepRounds; round++) {
    const missing = missingSteps([...read.values()], asked, sources);
    if (missing.length === 0) break;
    loadAll(missing);
    asked = missing;
  }
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
        sources,
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

/**
 * What of a file decides which other files are looked at with it: two versions with the same signature, and else the
 * same facts, have the same context.
 */
export function contextSignature(facts: FileFacts, text: string): string {
  return `${companyOf(facts, () => includedIn(text))}|${text.includes('pernet_')}`;
}

/**
 * Whether two versions of a file, with else the same facts, have the same context. What only one of them includes counts
 * where something that the file asks others for is found there.
 */
export function isSameCompany(before: Version, after: Version, searches: () => Searches): boolean {
  if (before.text.includes('pernet_') !== after.text.includes('pernet_')) return false;
  if (companyOf(before.facts, () => []) !== companyOf(after.facts, () => [])) return false;
  const [then, now] = [includedIn(before.text), includedIn(after.text)];
  if (then.join() === now.join()) return true;
  const { facts } = after;
  const [getters, steps] = [[...gettersOf(facts)], stepsOf(facts)];
  const found = searches();
  const tells = (included: string): boolean => {
    const path = pathOf(facts.file, included);
    if (getters.some((name) => found.hasGetter(path, name))) return true;
    return included.startsWith('"') && steps.some((name) => found.hasInline(path, name));
  };
  const [less, more] = [new Set(now), new Set(then)];
  const known = (included: string): boolean => less.has(included) && more.has(included);
  if (then.filter(known).join() !== now.filter(known).join()) return false;
  return ![...then, ...now].some((included) => !known(included) && tells(included));
}

/** One version of a file. */
interface Version {
  readonly facts: FileFacts;
  readonly text: string;
}

/** What a file asks for of others. */
export function companyOf(facts: FileFacts, inclusions: () => readonly string[]): string {
  // Which of a helper's functions are asked for is for others to say: all of its steps count.
  const all = facts.ops.length > 0 ? stepsOf(facts) : stepsAmong(Object.values(facts.mentions).flat());
  const [getters, steps] = [gettersOf(facts), [...new Set(all)]];
  const included = getters.size + steps.length > 0 ? inclusions() : [];
  return [[...getters].sort(), included, steps.sort()].join('|');
}

/** The functions named like getters that a file calls. */
function gettersOf(facts: FileFacts): Set<string> {
  const getters = new Set<string>();
  const others = new Set<string>();
  for (const words of Object.values(facts.mentions))
    for (const word of words) {
      if (!word.endsWith('()') || getters.has(word) || others.has(word)) continue;
      (isGetter(word.slice(0, -2)) ? getters : others).add(word);
    }
  return new Set([...getters].map((word) => word.slice(0, -2)));
}

/** The functions named like steps that the callbacks of a file's ops, its init and its exit call, and those that register one. */
function stepsOf(facts: FileFacts): string[] {
  const callbacks = facts.ops.flatMap(({ fields }) =>
    fields.flatMap(({ name, text: fn }) => (/^init$|exit/.test(name) ? fn.replace(/^&/, '') : [])),
  );
  const roots = facts.ops.length > 0 ? facts.initcalls.map(({ fn }) => fn) : [];
  const registrars = Object.values(facts.mentions).filter((words) => words.some((word) => isPernetCall(word)));
  const called = stepsAmong([...calledFrom([...callbacks, ...roots], facts), ...registrars.flat()]);
  // A callback may be in another file itself, and so may what a work item or a timer runs that is set up here.
  const named = [...callbacks, ...(facts.ops.length > 0 ? runFromWork(facts) : [])];
  return [...new Set([...named.filter((name) => /^\w+$/.test(name) && name !== 'NULL'), ...called])];
}

/** What the work items and timers run that a file sets up. */
function runFromWork({ mentions }: FileFacts): string[] {
  return (mentions[laterRuns] ?? []).flatMap((word) => /^[\w.>-]+=(\w+)$/.exec(word)?.[1] ?? []);
}

/** The functions named like steps among what some functions mention. */
function stepsAmong(words: readonly string[]): string[] {
  return words.flatMap((word) => (word.endsWith('()') ? word.slice(0, -2) : [])).filter(isStep);
}

/** Headers with the inline functions by which files get at their per-net data, where they are not defined beside it. */
function missingGetters(
  files: readonly FileFacts[],
  { searches }: Sources,
): { path: string; names: readonly string[] }[] {
  const known = new Set(files.flatMap((facts) => facts.functions.map(({ name }) => name)));
  const found = new Map<string, Set<string>>();
  for (const facts of files) {
    const wanted = new Set([...gettersOf(facts)].filter((name) => !known.has(name)));
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
  { searches, isListed, isSetUpIn }: Sources,
): AskedFile[] {
  const known = new Set(files.flatMap((facts) => facts.functions.map(({ name }) => name)));
  const have = new Set(files.map(({ file }) => file));
  const found = new Map<string, Set<string>>();
  const headerOf = (file: string, name: string): string | undefined =>
    searches
      .inclusionsOf(file)
      .filter((included) => included.startsWith('"'))
      .map((included) => pathOf(file, included))
      .find((path) => !have.has(path) && searches.hasInline(path, name));
  const askedOf = new Map(asked?.map(({ path, names }) => [path, names]));
  for (const facts of files) {
    const names = askedOf.get(facts.file);
    if (asked && !names) continue;
    const steps = names ? stepsAmong(calledFrom(names, facts)) : stepsOf(facts);
    const folder = folderOf(facts.file);
    const missing = steps.filter((name) => !known.has(name));
    // What the table knows is followed all the same where it is the module's own (`ownBodies`).
    for (const [name, paths] of searches.owning(
      folder,
      missing.filter((each) => isSetUpIn(folder, each)),
    ))
      for (const path of paths) if (!have.has(path)) found.set(path, (found.get(path) ?? new Set()).add(name));
    const wanted = new Set(missing.filter((name) => !isListed(name)));
    if (wanted.size === 0) continue;
    for (const [name, paths] of searches.defining(folder, wanted)) {
      const path = paths.find((each) => !have.has(each)) ?? (paths.length > 0 ? undefined : headerOf(facts.file, name));
      if (path !== undefined) found.set(path, (found.get(path) ?? new Set()).add(name));
    }
  }
  return [...found]
    .map(([path, names]) => ({ path, names: [...names].sort() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What some functions of a file mention, those of the file that they call included. */
function calledFrom(names: readonly string[], facts: FileFacts): string[] {
  const seen = new Set<string>();
  const words = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const word of Object.hasOwn(facts.mentions, name) ? (facts.mentions[name] ?? []) : []) {
      words.add(word);
      if (word.endsWith('()')) queue.push(word.slice(0, -2));
      // What RCU calls later the module does all the same.
      if (word.startsWith(afterRcu(''))) queue.push(word.slice(afterRcu('').length));
    }
  }
  return [...words];
}

/** Where what a file includes is, which comes with its brackets or quotes. */
function pathOf(file: string, included: string): string {
  const inner = included.slice(1, -1);
  return included.startsWith('"') ? joined(folderOf(file), inner) : `include/${inner}`;
}

function joined(folder: string, path: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
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

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function mentions(text: string | { readonly error: string }, name: string): boolean {
  return typeof text === 'string' && text.includes(name);
}
