import type { FileFacts, SuppressionFact } from '../facts/index.ts';
import { compare, fingerprintOf, ruleById, type Finding, type Severity } from '../rules/index.ts';

export const unusedSuppression = 'pernet/unused-suppression';

/** Takes out the findings that comments in the files suppress, and reports comments that are unused or give no reason. */
export function suppress(
  findings: readonly Finding[],
  files: readonly FileFacts[],
  options: { readonly severity: Severity | null; readonly isOn: (rule: string) => boolean },
): Finding[] {
  const used = new Set<SuppressionFact>();
  const byFile = new Map(files.map((facts) => [facts.file, facts.suppressions]));
  const kept = findings.filter((finding) => {
    const hits = (byFile.get(finding.file) ?? []).filter((each) => each.reason !== '' && covers(each, finding));
    for (const hit of hits) used.add(hit);
    return hits.length === 0;
  });
  const { severity } = options;
  if (severity === null) return kept;
  const complaints = files.flatMap((facts) =>
    facts.suppressions.flatMap((each) => {
      const message = used.has(each) ? null : complaint(each, options.isOn);
      return message === null ? [] : [report(facts.file, each, message, severity)];
    }),
  );
  return [...kept, ...complaints].sort(compareFindings);
}

export function compareFindings(a: Finding, b: Finding): number {
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule) || compare(a.fingerprint, b.fingerprint);
}

function covers(suppression: SuppressionFact, finding: Finding): boolean {
  if (!suppression.rules.some((name) => name === finding.rule || `pernet/${name}` === finding.rule)) return false;
  if (suppression.wholeFile) return true;
  // On the finding's own line, or on the line above it.
  return suppression.at[0] === finding.line || suppression.at[2] === finding.line - 1;
}

function complaint(suppression: SuppressionFact, isOn: (rule: string) => boolean): string | null {
  if (suppression.rules.length === 0) return 'this suppression names no rule: `pernet-lint: ignore RULE -- reason`';
  if (suppression.reason === '') return 'this suppression gives no reason, so it is not applied: `pernet-lint: ignore RULE -- reason`';
  if (!suppression.rules.some((name) => isOn(ruleById(name)?.id ?? name))) return null;
  return `this suppression of ${suppression.rules.join(', ')} is unused: nothing is found here`;
}

function report(file: string, { at, rules }: SuppressionFact, message: string, severity: Severity): Finding {
  return {
    rule: unusedSuppression,
    severity,
    file,
    line: at[0],
    column: at[1],
    endLine: at[2],
    endColumn: at[3],
    message,
    fingerprint: fingerprintOf(`${unusedSuppression}|${file}|${rules.join(',')}`),
    related: [],
    witness: { scenario: {}, events: [] },
  };
}
