import type { At, FileFacts, FunctionFact, OpsFact } from '../facts/index.ts';
import { contextSignature } from './company.ts';
import type { ContextFiles } from './context.ts';
import { isSameReading } from './kept.ts';
import { movePlaces, Places } from './places.ts';
import { settle, type RawResult } from './settle.ts';
import type { AnalysisResult } from './types.ts';

/**
 * What is kept of an analysis of a whole tree, so that a later run can tell that files which have changed since say the
 * same in other places: plain data.
 */
export interface Snapshot {
  readonly raw: RawResult;
  /** The suppressions of the files that were read, in the order of reading; files without any are left out. */
  readonly suppressions: readonly Pick<FileFacts, 'file' | 'suppressions'>[];
  /** By file, what decides over more than its facts (`signatureOf`). */
  readonly signatures: Readonly<Record<string, string>>;
}

/** One file as it was analysed, and as it is now. */
export interface Changed {
  readonly before: FileFacts;
  readonly after: FileFacts;
  readonly text: string;
  /** Its readings with an option off that leaves pernet code out, then and now: null where one is not known. */
  readonly hidden: readonly (readonly [before: FileFacts | null, after: FileFacts | null])[];
}

type Means = Omit<Parameters<typeof settle>[1], 'read' | 'focus'> & { readonly digest: (text: string) => string };

export function snapshotOf(
  raw: RawResult,
  { facts }: ContextFiles,
  from: {
    readonly digest: Means['digest'];
    readonly text: (file: string) => string | null;
    /** An earlier snapshot's signature of a file, where the file is as it was. */
    readonly known?: (file: string) => string | undefined;
  },
): Snapshot {
  const signatures: Record<string, string> = {};
  for (const each of facts) {
    const known = from.known?.(each.file);
    if (known !== undefined) {
      signatures[each.file] = known;
      continue;
    }
    const text = from.text(each.file);
    if (text !== null) signatures[each.file] = signatureOf(each, text, from.digest);
  }
  const suppressions = facts
    .filter((each) => each.suppressions.length > 0)
    .map(({ file, suppressions }) => ({ file, suppressions }));
  return { raw, suppressions, signatures };
}

/** The result of an analysis after some files have changed, if they say the same in other places; null if they may not. */
export function movedResult(snapshot: Snapshot, files: readonly Changed[], means: Means): AnalysisResult | null {
  const places = new Map<string, Places>();
  for (const { before, text, ...changed } of files) {
    const { file } = before;
    const after = plain(changed.after);
    const hidden = changed.hidden.map(([then, now]) => [then, plain(now)] as const);
    const learnt = new Places();
    if (
      snapshot.signatures[file] !== signatureOf(after, text, means.digest) ||
      !isSameReading(before, after, learnt) ||
      !hidden.every(([then, now]) => then !== null && now !== null && isSameReading(then, now, learnt)) ||
      !learnDecided(before, after, learnt)
    )
      return null;
    places.set(file, learnt);
  }
  const raw = movePlaces(snapshot.raw, places);
  if (!raw) return null;
  const facts = [...snapshot.suppressions.filter(({ file }) => !places.has(file)), ...files.map(({ after }) => after)];
  return settle(raw, { ...means, focus: undefined, read: { facts } });
}

/** As what is kept is: without members that are undefined. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/**
 * What of a file decides over more than its facts: which files are looked at with it, and how it reads with an option off
 * (of the code that options decide over, each letter counts, and of the rest its directives).
 */
function signatureOf(facts: FileFacts, text: string, digest: (text: string) => string): string {
  const lines = text.split('\n');
  const decided = decidedIn(facts);
  const parts = [contextSignature(facts, text)];
  if (decided.length > 0) parts.push(...directivesIn(lines), ...decided.map(({ span }) => linesOf(lines, span)));
  return digest(parts.join('\0'));
}

function decidedIn({ functions, ops }: FileFacts): (FunctionFact | OpsFact)[] {
  return [...functions, ...ops].filter(({ options }) => options.length > 0);
}

/** Learns where the places are that show with some option off only: the lines that options decide over are as they were. */
function learnDecided(before: FileFacts, after: FileFacts, places: Places): boolean {
  const now = decidedIn(after);
  return decidedIn(before).every(({ span: [from, , to] }, index) => {
    for (let line = from; line <= to; line++)
      if (!places.noteWholeLine(line, line - from + now[index]!.span[0])) return false;
    return true;
  });
}

function linesOf(lines: readonly string[], [from, , to]: At): string {
  return lines.slice(from - 1, to).join('\n');
}

function directivesIn(lines: readonly string[]): string[] {
  return lines.filter((line, index) => /^\s*#/.test(line) || lines[index - 1]?.endsWith('\\') === true);
}
