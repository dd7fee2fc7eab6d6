import type { FileResult, Result } from './bench.ts';
import type { MutantClass } from './mutant.ts';

export interface Figures {
  readonly planted: number;
  readonly found: number;
  readonly foundOrOther: number;
  readonly gaps: number;
  readonly failed: number;
}

export function figuresOf(results: readonly Result[]): Figures {
  const count = (...outcomes: Result['outcome'][]): number =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    planted: results.length - count('failed'),
    found: count('found'),
    foundOrOther: count('found', 'other'),
    gaps: count('gap'),
    failed: count('failed'),
  };
}

/** The report as lines: the share of each class, what was missed, what was left alone and why. */
export function reportOf(classes: readonly MutantClass[], files: readonly FileResult[]): string[] {
  const results = files.flatMap((file) => file.results);
  const lines = [row('class', 'planted', 'found', '', 'or by another rule', '', 'not analysed')];
  for (const { name, order } of classes) {
    const own = results.filter((result) => result.class === name);
    lines.push(figures(`${name}${order ? ' (order)' : ''}`, figuresOf(own)));
  }
  lines.push(figures('all', figuresOf(results)));
  const missed = results.filter(({ outcome }) => outcome !== 'found');
  if (missed.length > 0) lines.push('', 'not found by a rule of their class:');
  for (const each of missed) lines.push(missedLine(each));
  return [...lines, '', ...skippedLines(classes, files)];
}

function figures(name: string, { planted, found, foundOrOther, gaps }: Figures): string {
  return row(name, planted, found, share(found, planted), foundOrOther, share(foundOrOther, planted), gaps);
}

function row(name: string, ...cells: readonly (string | number)[]): string {
  const widths = [8, 7, 7, 19, 7, 13];
  return `${name.padEnd(34)}${cells.map((cell, index) => String(cell).padStart(widths[index] ?? 8)).join('')}`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`;
}

const said: Record<Result['outcome'], string> = {
  found: '',
  missed: '',
  other: ' [found by another rule:',
  gap: ' [not analysed]',
  failed: ' [not planted:',
};

function missedLine({ file, line, class: name, what, fn, outcome, rules }: Result): string {
  const more = rules.length > 0 ? `${said[outcome]} ${rules.join(', ')}]` : said[outcome];
  return `  ${file}:${line}: ${name}: ${what}: ${fn}${more}`;
}

function skippedLines(classes: readonly MutantClass[], files: readonly FileResult[]): string[] {
  const all = files.flatMap((file) => file.skipped);
  const total = all.reduce((sum, { count }) => sum + count, 0);
  const byReason = new Map<string, number>();
  for (const { name } of classes) {
    for (const each of all) {
      if (each.class !== name) continue;
      byReason.set(each.reason, (byReason.get(each.reason) ?? 0) + each.count);
    }
  }
  const reasons = [...byReason].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return [`skipped: ${total}${total > 0 ? ': ' : ''}${reasons.map(([why, count]) => `${why} ${count}`).join(', ')}`];
}
