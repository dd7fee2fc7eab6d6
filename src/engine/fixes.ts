import { candidatesFor, type Candidate, type FixSource } from '../rules/fixes/index.ts';
import type { Finding, Fix, Found, NotAnalysed } from '../rules/index.ts';

/** More candidates than this are not tried for one finding: each costs an analysis. */
const mostCandidates = 16;

/** The texts of the files that a candidate changes; null where its edits overlap or are of a file that is not there. */
export function textsWith(
  { edits }: Candidate,
  textOf: (file: string) => string | null,
): ReadonlyMap<string, string> | null {
  const byFile = new Map<string, Candidate['edits'][number][]>();
  for (const edit of edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  const texts = new Map<string, string>();
  for (const [file, ofFile] of byFile) {
    const text = textOf(file);
    const changed = text === null ? null : applied(text, ofFile);
    if (changed === null) return null;
    texts.set(file, changed);
  }
  return texts.size === 0 ? null : texts;
}

function applied(text: string, edits: readonly Candidate['edits'][number][]): string | null {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const offset = (line: number, column: number): number => (starts[line - 1] ?? text.length) + column - 1;
  const placed = edits
    .map(({ at, text: put }, order) => ({ from: offset(at[0], at[1]), to: offset(at[2], at[3]), put, order }))
    .sort((a, b) => a.from - b.from || a.to - b.to || a.order - b.order);
  let result = '';
  let end = 0;
  for (const { from, to, put } of placed) {
    if (from < end || to < from) return null;
    result += text.slice(end, from) + put;
    end = to;
  }
  return result + text.slice(end);
}

/**
 * The first of a finding's candidates that mends it. `look` says what an analysis finds when some files have other texts;
 * `source` then reads these.
 */
export function provenFix(
  found: Found,
  source: FixSource,
  look: (texts: ReadonlyMap<string, string>, more: () => number) => Judged,
): Fix | null {
  for (const candidate of candidatesFor(found, source).slice(0, mostCandidates)) {
    const texts = textsWith(candidate, (file) => source.text(file));
    if (!texts) continue;
    const unreadable = (): number => unreadableIn([...texts.keys()], source);
    if (areMended([found.finding], look(new Map(), unreadable), look(texts, unreadable))) return fixFrom(candidate);
  }
  return null;
}

/** A fix, and the fingerprint of what it mends. */
export interface ProvenFix {
  readonly fingerprint: string;
  readonly fix: Fix;
}

/**
 * Of fixes that each mend a finding, the first ones that do so together: one that touches what another one changes, or with
 * which something is found that was not, is left out. `look` as above.
 */
export function provenTogether(
  fixes: readonly (ProvenFix & { readonly finding: Finding })[],
  source: FixSource,
  look: (texts: ReadonlyMap<string, string>, more: () => number) => Judged,
): ProvenFix[] {
  let taken: (typeof fixes)[number][] = [];
  const before = look(new Map(), () => unreadableIn([], source));
  for (const each of fixes) {
    const all = [...taken, each];
    const texts = textsWith(candidateOf(all.map(({ fix }) => fix)), (file) => source.text(file));
    if (!texts) continue;
    const unreadable = (): number => unreadableIn([...texts.keys()], source);
    const own = { ...before, unreadable: unreadable() };
    if (
      areMended(
        all.map(({ finding }) => finding),
        own,
        look(texts, unreadable),
      )
    )
      taken = all;
  }
  return taken.map(({ fingerprint, fix }) => ({ fingerprint, fix }));
}

function candidateOf(fixes: readonly Fix[]): Candidate {
  const edits = fixes.flatMap(({ edits: own }) =>
    own.map(({ file, line, column, endLine, endColumn, text }) => ({
      file,
      at: [line, column, endLine, endColumn] as const,
      text,
    })),
  );
  return { title: '', edits };
}

/** How many functions of some files cannot be read. */
function unreadableIn(files: readonly string[], source: FixSource): number {
  return files.reduce((sum, file) => sum + (source.facts(file)?.unreadable.length ?? 0), 0);
}

/** What an analysis of a file says, as far as a fix is judged by it. */
interface Judged {
  readonly findings: readonly Finding[];
  readonly notAnalysed: readonly NotAnalysed[];
  /** How many functions of the changed files cannot be read. */
  readonly unreadable: number;
}

/** Whether findings are gone, and nothing has come in their place: no finding, and nothing that cannot be analysed. */
function areMended(findings: readonly Finding[], before: Judged, after: Judged): boolean {
  if (after.unreadable > before.unreadable || after.notAnalysed.length > before.notAnalysed.length) return false;
  const counts = new Map<string, number>();
  for (const each of before.findings) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  for (const each of after.findings) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) - 1);
  for (const each of findings) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) - 1);
  return [...counts.values()].every((count) => count >= 0);
}

function keyOf({ rule, file, ops, config }: Finding): string {
  return [rule, file, ops, config].join('|');
}

/** A candidate as a finding carries it. */
function fixFrom({ title, edits }: Candidate): Fix {
  return {
    title,
    edits: edits.map(({ file, at: [line, column, endLine, endColumn], text }) => ({
      file,
      line,
      column,
      endLine,
      endColumn,
      text,
    })),
  };
}
