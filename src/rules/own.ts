import type { Finding, NotAnalysed, Severity } from './finding.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Rule } from './rule.ts';

/** What the tool reports of itself: ids to select and to set like a rule's, that look at no history. */
export const ownRules = [
  {
    id: 'pernet/not-analysed',
    severity: 'information',
    invariant: 'A function that a lifecycle reaches is analysed.',
  },
  {
    id: 'pernet/unused-suppression',
    severity: 'warning',
    invariant: 'A suppression comment gives its reason, and suppresses something.',
  },
] as const satisfies readonly Pick<Rule, 'id' | 'severity' | 'invariant'>[];

export const [notAnalysedRule, unusedSuppressionRule] = ownRules;

/** What could not be analysed as findings, for whoever selects `pernet/not-analysed`. */
export function gapFindings(gaps: readonly NotAnalysed[], severity: Severity = notAnalysedRule.severity): Finding[] {
  return gaps.map(({ file, line, function: name, reason }): Finding => ({
    rule: notAnalysedRule.id,
    severity,
    file,
    line,
    column: 1,
    endLine: line,
    endColumn: 1,
    message: `not analysed: ${name === undefined ? '' : `${name}(): `}${reason}`,
    ...(name === undefined ? {} : { function: name }),
    fingerprint: fingerprintOf(`${notAnalysedRule.id}|${file}|${name ?? ''}|${reason}`),
    related: [],
    witness: { scenario: {}, events: [] },
  }));
}
