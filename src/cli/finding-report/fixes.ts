import type { Finding } from '../../rules/index.ts';
import { askGit } from './git.ts';
import { textAtHead, textOnDisk } from './tree-version.ts';

/** A commit that last touched a line which the problem goes through. */
export interface Commit {
  /** In full. */
  readonly hash: string;
  readonly subject: string;
  /** When it was committed, in seconds since 1970. */
  readonly time: number;
  /** The lines of today that it is to blame for. */
  readonly lines: readonly string[];
  /** True where history begins with it (an import, a shallow clone): the line may be older. */
  readonly isFirst: boolean;
}

/** The kernel's own length (Documentation/process/submitting-patches.rst). */
const shortHash = 12;

/**
 * The commits that the lines of a finding and of the way to it come from, the youngest first: with that one the way was
 * complete, so it is the best guess for a `Fixes:` tag. null where the tree has no git history of these files.
 */
export function commitsBehind(root: string, finding: Finding): Commit[] | null {
  const places = [...finding.related, finding].map(({ file, line }) => ({ file, line }));
  const commits = new Map<string, Commit>();
  for (const file of new Set(places.map((place) => place.file))) {
    const lines = [...new Set(places.flatMap((place) => (place.file === file ? [place.line] : [])))].sort(
      (a, b) => a - b,
    );
    for (const { commit, line } of blame(root, file, lines)) {
      const known = commits.get(commit.hash);
      commits.set(commit.hash, { ...commit, lines: [...(known?.lines ?? []), `${file}:${line}`] });
    }
  }
  if (commits.size === 0) return null;
  return [...commits.values()].sort((a, b) => b.time - a.time || (a.hash < b.hash ? -1 : 1));
}

/** `Fixes: 54a4f0239f2e ("foo: add the bar")`, on one line however long it is. */
export function fixesTag({ hash, subject }: Commit): string {
  return `Fixes: ${hash.slice(0, shortHash)} ("${subject}")`;
}

/**
 * Blames lines of the last commit, not of the work tree, whose texts git would put through the tree's own filters first.
 * A line that has moved since is looked for by its text.
 */
function blame(
  root: string,
  file: string,
  lines: readonly number[],
): { readonly commit: Omit<Commit, 'lines'>; readonly line: number }[] {
  const now = textOnDisk(root, file)?.split('\n') ?? [];
  const then = textAtHead(root, file)?.split('\n');
  if (!then) return [];
  const committed = new Map(
    lines.flatMap((line) => (found(now, then, line) === 0 ? [] : [[found(now, then, line), line]])),
  );
  if (committed.size === 0) return [];
  const ranges = [...committed.keys()].flatMap((line) => ['-L', `${line},${line}`]);
  const porcelain = askGit(root, ['blame', '--no-textconv', '--porcelain', ...ranges, 'HEAD', '--', file]);
  return porcelain === null ? [] : readPorcelain(porcelain, (line) => committed.get(line) ?? line);
}

/** The number of a line of today in the text of then; 0 where it was not there. */
function found(now: readonly string[], then: readonly string[], line: number): number {
  const text = now[line - 1];
  if (text === undefined) return 0;
  const same = then.flatMap((each, index) => (each === text ? [index + 1] : []));
  return same.sort((a, b) => Math.abs(a - line) - Math.abs(b - line))[0] ?? 0;
}

function readPorcelain(
  text: string,
  today: (line: number) => number,
): { readonly commit: Omit<Commit, 'lines'>; readonly line: number }[] {
  const known = new Map<string, { subject: string; time: number; isFirst: boolean }>();
  const blamed: { hash: string; line: number }[] = [];
  let hash = '';
  for (const row of text.split('\n')) {
    const head = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(row);
    if (head) {
      hash = head[1]!;
      blamed.push({ hash, line: today(Number(head[2])) });
      if (!known.has(hash)) known.set(hash, { subject: '', time: 0, isFirst: false });
      continue;
    }
    const commit = known.get(hash);
    if (!commit) continue;
    if (row.startsWith('summary ')) commit.subject = row.slice('summary '.length);
    if (row.startsWith('committer-time ')) commit.time = Number(row.slice('committer-time '.length));
    if (row === 'boundary') commit.isFirst = true;
  }
  return blamed.map((each) => ({ commit: { hash: each.hash, ...known.get(each.hash)! }, line: each.line }));
}
