import fs from 'node:fs';
import { reasonOf } from '../engine/tree.ts';
import { compare, type Finding } from '../rules/index.ts';
import type { LintArgs } from './lint-args.ts';

/** One finding that was judged before: its fingerprint, with enough beside it that a person can read the file. */
export type Entry = Pick<Finding, 'fingerprint' | 'rule' | 'file' | 'message'>;

const version = 1;

/** The entries of a baseline, or in one line why the file is none. */
export function readBaseline(file: string): { readonly entries: readonly Entry[] } | { readonly error: string } {
  const wrong = (what: string): { error: string } => ({ error: `--baseline ${file}: ${what}` });
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    return wrong(reasonOf(error));
  }
  const conflict = text.split('\n').findIndex((line) => /^(<{7}|={7}|>{7})/.test(line));
  if (conflict >= 0) return wrong(`line ${conflict + 1} is a merge conflict that is not resolved`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong('it is not a baseline that --write-baseline wrote');
  }
  const [head, ...entries] = Array.isArray(value) ? (value as unknown[]) : [];
  const written = (head as { version?: unknown } | undefined)?.version;
  if (written === undefined) return wrong('it is not a baseline that --write-baseline wrote');
  if (written !== version) {
    return wrong(`it is of version ${JSON.stringify(written)}, and this pernet-lint reads version ${version}`);
  }
  const damaged = entries.findIndex((entry) => !isEntry(entry));
  if (damaged >= 0) return wrong(`entry ${damaged + 1} is damaged: it needs fingerprint, rule, file and message`);
  return { entries: entries as Entry[] };
}

/** Writes a baseline; the error's line, or null. */
export function writeBaseline(file: string, entries: readonly Entry[], option = '--write-baseline'): string | null {
  try {
    const draft = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(draft, baselineText(entries));
    // Who reads it meanwhile, or a run that is killed, finds the old one or the new one.
    fs.renameSync(draft, file);
    return null;
  } catch (error) {
    return `${option} ${file}: ${reasonOf(error)}`;
  }
}

/**
 * A baseline's text: JSON with one finding a line, sorted by what does not change with the lines of the source. Each
 * line is whole, its comma before it, so that git merges entries that come and go in different places, also with the
 * `union` driver.
 */
export function baselineText(entries: readonly Entry[]): string {
  const lines = [...new Map(entries.map((entry) => [entry.fingerprint, entry])).values()]
    .sort((a, b) => compare(a.file, b.file) || compare(a.rule, b.rule) || compare(a.fingerprint, b.fingerprint))
    .map(({ fingerprint, rule, file, message }) => `,${JSON.stringify({ fingerprint, rule, file, message })}\n`);
  return `[${JSON.stringify({ version, tool: 'pernet-lint' })}\n${lines.join('')}]\n`;
}

interface Kept {
  /** The baseline as it was read. */
  readonly entries: readonly Entry[];
  readonly findings: readonly Finding[];
  /** Whether the run looked where an entry would have been found. */
  readonly couldFind: (entry: Entry) => boolean;
}

/** Prunes and writes baselines as the arguments say; what is to be said of it, and what went wrong, a line each. */
export function keepBaselines(
  { baseline, pruneBaseline, writeBaseline: written }: Pick<LintArgs, 'baseline' | 'pruneBaseline' | 'writeBaseline'>,
  { entries, findings, couldFind }: Kept,
): { readonly notes: readonly string[]; readonly errors: readonly string[] } {
  const notes: string[] = [];
  const errors: (string | null)[] = [];
  if (baseline !== null && pruneBaseline) {
    const kept = pruned(entries, findings, couldFind);
    const gone = entries.length - kept.length;
    const error = gone > 0 ? writeBaseline(baseline, kept, '--prune-baseline') : null;
    const what = gone === 0 ? 'nothing to remove' : `${gone} removed that no longer ${gone === 1 ? 'occurs' : 'occur'}`;
    if (error === null) notes.push(`${baseline}: ${what}, ${kept.length} left`);
    errors.push(error);
  }
  if (written !== null) errors.push(writeBaseline(written, findings));
  return { notes, errors: errors.filter((line) => line !== null) };
}

/** The entries that are still found, and those that this run could not have found: of other files, of rules that are off. */
export function pruned(
  entries: readonly Entry[],
  findings: readonly Finding[],
  couldFind: (entry: Entry) => boolean,
): readonly Entry[] {
  const found = new Set(findings.map(({ fingerprint }) => fingerprint));
  return entries.filter((entry) => found.has(entry.fingerprint) || !couldFind(entry));
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Record<string, unknown> | null;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    ['fingerprint', 'rule', 'file', 'message'].every((name) => typeof entry[name] === 'string')
  );
}
