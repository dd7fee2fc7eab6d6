import type { Finding, NotAnalysed, Rule } from '../rules/index.ts';
import { renderText } from './text.ts';

export const formats = ['text', 'json', 'jsonl', 'github', 'gcc'] as const;
export type Format = (typeof formats)[number];

/** What a run of `lint` came to. */
export interface Report {
  readonly findings: readonly Finding[];
  readonly notAnalysed: readonly NotAnalysed[];
  readonly stats: {
    readonly files: number;
    readonly parsed: number;
    readonly ops: number;
    readonly modules: number;
    readonly functions: number;
    readonly ms: number;
  };
  readonly showStats: boolean;
}

export interface RenderOptions {
  readonly colour: boolean;
  readonly rules: readonly Rule[];
}

/** A report in one of the formats of the command line, with its last line's end. */
export function render(format: Format, report: Report, options: RenderOptions): string {
  switch (format) {
    case 'text':
      return renderText(report, options);
    case 'json':
      return `${JSON.stringify({ version: 1, findings: report.findings, notAnalysed: report.notAnalysed, stats: report.stats }, null, 1)}\n`;
    case 'jsonl':
      return report.findings.map((finding) => `${JSON.stringify(finding)}\n`).join('');
    case 'github':
      return report.findings.map(githubLine).join('');
    case 'gcc':
      return report.findings.map((finding) => `${gccLine(finding)}\n`).join('');
  }
}

/** What gcc would print, so that editors' quickfix lists and emacs' compile mode read it. */
function gccLine(finding: Finding): string {
  const kind = finding.severity === 'error' ? 'error' : finding.severity === 'warning' ? 'warning' : 'note';
  const related = finding.related.map((r) => `\n${r.file}:${r.line}:${r.column}: note: ${r.message}`).join('');
  return `${finding.file}:${finding.line}:${finding.column}: ${kind}: ${finding.message} [${finding.rule}]${related}`;
}

/** A workflow command of GitHub Actions; its values escape %, line ends and, in properties, colons and commas. */
function githubLine(finding: Finding): string {
  const kind = finding.severity === 'error' ? 'error' : finding.severity === 'warning' ? 'warning' : 'notice';
  const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const { file, line, column, endLine, endColumn } = finding;
  const place = `file=${property(file)},line=${line},col=${column},endLine=${endLine},endColumn=${endColumn}`;
  return `::${kind} ${place},title=${property(finding.rule)}::${data(finding.message)}\n`;
}
