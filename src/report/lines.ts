import type { Finding, NotAnalysed } from '../rules/index.ts';
import { gapText, messageOf, oneLine, printable, type Report } from './report.ts';

/**
 * What gcc would print, so that editors' quickfix lists and emacs' compile mode read it: a line a finding, a `note:` for
 * each related place after it, and a note for what was not analysed.
 */
export function renderGcc({ findings, notAnalysed }: Report): string {
  return [...findings.flatMap(gccLines), ...notAnalysed.map(gccGap)].map((line) => `${line}\n`).join('');
}

function gccLines(finding: Finding): string[] {
  const kind = finding.severity === 'error' || finding.severity === 'warning' ? finding.severity : 'note';
  return [
    `${gccPlace(finding)}: ${kind}: ${oneLine(messageOf(finding))} [${finding.rule}]`,
    ...finding.related.map((related) => `${gccPlace(related)}: note: ${oneLine(related.message)}`),
  ];
}

function gccGap(gap: NotAnalysed): string {
  return `${gccPlace({ ...gap, column: 1 })}: note: not analysed: ${oneLine(gapText(gap))}`;
}

/** Where a place is, on one line. */
function gccPlace(place: { readonly file: string; readonly line: number; readonly column: number }): string {
  return `${printable(place.file)}:${place.line}:${place.column}`;
}

/**
 * Workflow commands of GitHub Actions. What was not analysed is one notice without a place: GitHub shows ten annotations
 * of a kind and step, which the findings need.
 */
export function renderGithub({ findings, notAnalysed }: Report): string {
  const gaps = notAnalysed.map((gap) => `${gap.file}:${gap.line}: ${gapText(gap)}`);
  const notice =
    gaps.length === 0
      ? ''
      : `::notice title=${githubProperty('pernet/not-analysed')}::${githubData(`Not analysed (${gaps.length}):\n${gaps.join('\n')}`)}\n`;
  return findings.map(githubLine).join('') + notice;
}

function githubLine(finding: Finding): string {
  const kind = finding.severity === 'error' || finding.severity === 'warning' ? finding.severity : 'notice';
  const { file, line, column, endLine, endColumn } = finding;
  // GitHub takes columns only where the range lies on one line.
  const end = line === endLine ? `,col=${column},endLine=${endLine},endColumn=${endColumn}` : `,endLine=${endLine}`;
  const related = finding.related.map((place) => `\n${gccPlace(place)}: ${place.message}`).join('');
  return (
    `::${kind} file=${githubProperty(file)},line=${line}${end},title=${githubProperty(finding.rule)}` +
    `::${githubData(messageOf(finding) + related)}\n`
  );
}

/** The escapes of @actions/core's escapeData(). */
function githubData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The escapes of @actions/core's escapeProperty(). */
function githubProperty(text: string): string {
  return githubData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
