import type { FileFacts } from '../facts/index.ts';
import { namesOf, type ModuleInfo } from '../program/index.ts';
import { companyOf } from './company.ts';
import type { ContextFiles, Loaded } from './context.ts';
import { isPernetCall } from './registrars.ts';
import type { Searched, Searches } from './searches.ts';

/**
 * What an analysis of a whole tree found out before it linked anything: plain data, for a later run after some files have
 * changed. It is a matter of time only: without it the same is found out again.
 */
export interface Resumable {
  readonly searched: Searched;
  /** What Kbuild says of each file that was asked for; null: nothing. */
  readonly modules: Readonly<Record<string, ModuleInfo | null>>;
  /** The files that are looked at together, in the order of reading. */
  readonly loaded: readonly Loaded[];
  /** Whether each of them could be read. */
  readonly isWhole: boolean;
  /** By file, what it says to others about itself (a digest of `linkText`). */
  readonly links: Readonly<Record<string, string>>;
}

/** What an earlier run kept, with all files and folders that have changed, come or gone since. */
export interface ResumedFrom {
  readonly kept: Resumable;
  readonly changed: ReadonlySet<string>;
  /** The digests of what the files that mention pernet and have changed were; null: something else has changed as well. */
  readonly hashes: readonly { readonly path: string; readonly hash: string }[] | null;
}

/** One file that mentions pernet and has changed: its facts as they were, where they are known, and as they are. */
export interface ChangedFacts {
  readonly before: FileFacts | null;
  readonly after: FileFacts | null;
}

/** Whether files that have changed, and nothing else has, are looked at with the same other files as before. */
export function isSameContext(
  { loaded, isWhole, links }: Resumable,
  changed: readonly ChangedFacts[],
  of: {
    readonly searches: Searches;
    readonly digest: (text: string) => string;
    /** All files that were looked at together, as they are. */
    readonly facts: readonly FileFacts[];
  },
): boolean {
  const names = new Set(
    of.facts.flatMap(({ functions, aliases }) => [...functions.map(({ name }) => name), ...Object.keys(aliases)]),
  );
  const whole = new Set(loaded.flatMap((each) => (each.names === null ? [each.path] : [])));
  if (!isWhole) return false;
  return changed.every(({ before, after }) => {
    if (!before || !after || !whole.has(after.file) || !after.file.endsWith('.c')) return false;
    if (before.hiddenBy.length > 0 || after.hiddenBy.length > 0) return false;
    if (links[after.file] !== of.digest(linkText(after, of.searches))) return false;
    return after.functions.every((fact, index) => {
      const [then, now] = [namesOf(before.functions[index]!), namesOf(fact)];
      const differ = [...[...then].filter((name) => !now.has(name)), ...[...now].filter((name) => !then.has(name))];
      return differ.every((name) => !isPernetCall(name) && !names.has(name));
    });
  });
}

/** What of a file, beside the names in its functions' bodies, decides which files are looked at with it. */
export function linkText(facts: FileFacts, searches: Searches): string {
  return JSON.stringify([
    companyOf(facts, () => searches.inclusionsOf(facts.file)),
    facts.functions.map(({ name, isStatic }) => [name, isStatic]),
    facts.ops.map(({ name, isStatic }) => [name, isStatic]),
    facts.initcalls.map(({ macro, fn }) => [macro, fn]),
    facts.aliases,
  ]);
}

/** What to keep for a later run. */
export function resumableOf(
  { facts, unread, loaded }: ContextFiles,
  of: {
    readonly searches: Searches;
    readonly modules: ReadonlyMap<string, ModuleInfo | undefined>;
    readonly digest: (text: string) => string;
    /** What an earlier run kept, with the files that have changed since. */
    readonly before: ResumedFrom | null;
  },
): Resumable {
  const linkBefore = (file: string): string | undefined =>
    of.before?.changed.has(file) === false ? of.before.kept.links[file] : undefined;
  return {
    searched: of.searches.data(),
    modules: Object.fromEntries([...of.modules].map(([file, info]) => [file, info ?? null])),
    loaded,
    isWhole: unread.length === 0,
    links: Object.fromEntries(
      facts.map((each) => [each.file, linkBefore(each.file) ?? of.digest(linkText(each, of.searches))]),
    ),
  };
}
