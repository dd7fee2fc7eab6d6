import { isIn, isShown, type Focus } from './focus.ts';
import { unusedSuppressionRule, type Finding, type NotAnalysed, type Rule, type Severity } from '../rules/index.ts';
import type { FileFacts } from '../facts/index.ts';
import { suppress } from './suppress.ts';
import type { AnalysisResult, OpsReading, OpsSummary } from './types.ts';

/** A result before comments in the files have suppressed any of it. */
export interface RawResult {
  readonly findings: readonly Finding[];
  readonly notAnalysed: readonly NotAnalysed[];
  readonly ops: readonly OpsSummary[];
  readonly readings: readonly OpsReading[];
  readonly stats: AnalysisResult['stats'];
}

interface Means {
  readonly focus: Focus | undefined;
  readonly read: { readonly facts: readonly Pick<FileFacts, 'file' | 'suppressions'>[] };
  readonly severityOf: (rule: Pick<Rule, 'id' | 'severity'>) => Severity | null;
}

/** The result of the raw one: suppressions in the files applied, problems counted, what is not of the focus left out. */
export function settle(raw: RawResult, { focus, read, severityOf }: Means): AnalysisResult {
  const isOn = (id: string): boolean => severityOf({ id, severity: 'error' }) !== null;
  const { findings: all, suppressed } = suppress(
    raw.findings,
    read.facts.filter(({ file }) => isShown(focus, file)),
    { severity: severityOf(unusedSuppressionRule), isOn },
  );
  const findings = all.filter(({ file, rule }) =>
    rule === unusedSuppressionRule.id ? isIn(focus, file) : isShown(focus, file),
  );
  const ops = raw.ops.map((each) => ({
    ...each,
    problems: findings.filter((finding) => finding.ops === each.name && finding.file === each.file).length,
  }));
  return {
    findings,
    suppressed: suppressed.filter(({ finding }) => isShown(focus, finding.file)),
    notAnalysed: raw.notAnalysed,
    ops,
    readings: raw.readings,
    stats: raw.stats,
  };
}
