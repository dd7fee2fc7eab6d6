import { renderHtml } from './html.ts';
import { renderGcc, renderGithub } from './lines.ts';
import type { RenderOptions, Report } from './report.ts';
import { renderSarif } from './sarif.ts';
import { renderText } from './text.ts';

export const formats = ['text', 'json', 'jsonl', 'sarif', 'html', 'github', 'gcc'] as const;
export type Format = (typeof formats)[number];

/** A report in one of the formats of the command line, with its last line's end. */
export function render(format: Format, report: Report, options: RenderOptions): string {
  switch (format) {
    case 'text':
      return renderText(report, options);
    case 'json': {
      const { findings, notAnalysed, stats } = report;
      return `${JSON.stringify({ version: 1, findings, notAnalysed, stats }, null, 1)}\n`;
    }
    case 'jsonl':
      return report.findings.map((finding) => `${JSON.stringify(finding)}\n`).join('');
    case 'sarif':
      return renderSarif(report, options);
    case 'html':
      return renderHtml(report, options);
    case 'github':
      return renderGithub(report);
    case 'gcc':
      return renderGcc(report);
  }
}
