import type { FileFacts, SuppressionFact } from '../facts/index.ts';
import {
  compare,
  fingerprintOf,
  ruleById,
  unusedSuppressionRule,
  type Finding,
  type Range,
  type Severity,
  type Suppressed,
} from '../rules/index.ts';

export const unusedSuppression = unusedSuppressionRule.id;

/** Sets apart the findings that comments in the files suppress, and reports comments that are unused or give no reason. */
export function suppress(
  findings: readonly Finding[],
  files: readonly Pick<FileFacts, 'file' | 'suppressions'>[],
  options: { readonly severity: Severity | null; readonly isOn: (rule: string) => boolean },
): { readonly findings: Finding[]; readonly suppressed: Suppressed[] } {
  const used = new Set<SuppressionFact>();
  const byFile = new Map(files.map((facts) => [facts.file, facts.suppressions]));
  const covered = new Map<Finding, SuppressionFact>();
  for (const [file, suppressions] of byFile) {
    const here = findings.filter((finding) => finding.file === file);
    for (const each of suppressions) {
      if (each.reason === '') continue;
      const hits = coveredBy(each, here);
      if (hits.length > 0) used.add(each);
      for (const hit of hits) if (!covered.has(hit)) covered.set(hit, each);
    }
  }
  const kept = findings.filter((finding) => !covered.has(finding));
  const suppressed = [...covered]
    .map(([finding, { reason, at }]) => ({ finding, reason, comment: rangeOf(at) }))
    .sort((a, b) => compareFindings(a.finding, b.finding));
  const { severity } = options;
  if (severity === null) return { findings: kept, suppressed };
  const complaints = files.flatMap((facts) =>
    facts.suppressions.flatMap((each) => {
      const message = used.has(each) ? null : complaint(each, options.isOn);
      return message === null ? [] : [report(facts.file, each, message, severity)];
    }),
  );
  return { findings: [...kept, ...complaints].sort(compareFindings), suppressed };
}

export function compareFindings(a: Finding, b: Finding): number {
  return (
    compare(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compare(a.rule, b.rule) ||
    compare(a.fingerprint, b.fingerprint)
  );
}

/** What a comment suppresses: in the whole file, or on its own line, or where it finds nothing there on the next. */
function coveredBy(suppression: SuppressionFact, findings: readonly Finding[]): readonly Finding[] {
  const named = findings.filter(({ rule }) =>
    suppression.rules.some((name) => name === rule || `pernet/${name}` === rule),
  );
  if (suppression.wholeFile) return named;
  const [line, , endLine] = suppression.at;
  const beside = named.filter((finding) => finding.line === line || finding.line === endLine);
  return beside.length > 0 ? beside : named.filter((finding) => finding.line === endLine + 1);
}

function complaint(suppression: SuppressionFact, isOn: (rule: string) => boolean): string | null {
  if (suppression.rules.length === 0) return 'this suppression names no rule: `pernet-lint: ignore RULE -- reason`';
  if (suppression.reason === '')
    return 'this suppression gives no reason, so it is not applied: `pernet-lint: ignore RULE -- reason`';
  if (!suppression.rules.some((name) => isOn(ruleById(name)?.id ?? name))) return null;
  return `this suppression of ${suppression.rules.join(', ')} is unused: nothing is found here`;
}

function report(file: string, { at, rules }: SuppressionFact, message: string, severity: Severity): Finding {
  return {
    rule: unusedSuppression,
    severity,
    file,
    ...rangeOf(at),
    message,
    fingerprint: fingerprintOf(`${unusedSuppression}|${file}|${rules.join(',')}`),
    related: [],
    witness: { scenario: {}, events: [] },
  };
}

function rangeOf([line, column, endLine, endColumn]: SuppressionFact['at']): Range {
  return { line, column, endLine, endColumn };
}
