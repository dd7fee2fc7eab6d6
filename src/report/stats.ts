import { severities } from '../rules/index.ts';
import type { Report } from './report.ts';

/** What was looked at, on one line, for people. */
export function statsLine({ stats, notAnalysed }: Report): string {
  return (
    `${stats.files} files looked at, ${stats.parsed} read, ${stats.ops} ops, ${stats.modules} modules, ` +
    `${stats.functions} functions reached, ${notAnalysed.length} not analysed, ${stats.ms} ms`
  );
}

/** The same as one line of JSON: the report's `stats`, with how many there are of what else it holds. */
export function statsJson({ stats, findings, suppressed, notAnalysed }: Report): string {
  const bySeverity = severities.map((severity) => [
    severity,
    findings.filter((finding) => finding.severity === severity).length,
  ]);
  return JSON.stringify({
    ...stats,
    findings: Object.fromEntries(bySeverity) as Record<string, number>,
    suppressed: suppressed.length,
    notAnalysed: notAnalysed.length,
  });
}
