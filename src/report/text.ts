import type { Finding, Severity } from '../rules/index.ts';
import { gapText, messageOf, oneLine, printable, type RenderOptions, type Report } from './report.ts';

const colours: Readonly<Record<Severity, string>> = { error: '31;1', warning: '33;1', information: '36', hint: '2' };

/** For people: a line a finding, the way to it indented below, then what was not analysed, then the count. */
export function renderText(report: Report, { colour }: RenderOptions): string {
  const paint = (code: string, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const lines: string[] = [];
  for (const finding of report.findings) {
    const where = paint('1', `${printable(finding.file)}:${finding.line}:${finding.column}`);
    lines.push(
      `${where}: ${paint(colours[finding.severity], finding.severity)}: ${oneLine(messageOf(finding))} ${paint('2', `[${finding.rule}]`)}`,
    );
    for (const related of finding.related)
      lines.push(`    ${printable(related.file)}:${related.line}:${related.column}: ${oneLine(related.message)}`);
  }
  if (report.notAnalysed.length > 0) {
    if (lines.length > 0) lines.push('');
    lines.push(`Not analysed (${report.notAnalysed.length}):`);
    for (const gap of report.notAnalysed) {
      lines.push(`    ${printable(gap.file)}:${gap.line}: ${oneLine(gapText(gap))}`);
    }
  }
  if (lines.length > 0) lines.push('');
  lines.push(countLine(report));
  return `${lines.join('\n')}\n`;
}

function countLine({ findings, stats, errors }: Report): string {
  const ops = `${stats.ops} pernet_operations in ${stats.parsed} file${stats.parsed === 1 ? '' : 's'}`;
  if (stats.files === 0 && findings.length === 0)
    return errors.length > 0 ? 'Nothing was looked at.' : 'There is no C file: nothing was looked at.';
  if (findings.length === 0) return `No problem found${errors.length > 0 ? ' in what could be read' : ''}: ${ops}.`;
  const count = (severity: Severity): string[] => {
    const number = findings.filter((finding: Finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity}${number === 1 || severity === 'information' ? '' : 's'}`];
  };
  return `${[...count('error'), ...count('warning'), ...count('information'), ...count('hint')].join(', ')}: ${ops}.`;
}
