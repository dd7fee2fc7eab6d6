export { Collector, compare, type Breach, type CollectOptions, type Found, type UseAcross } from './collect.ts';
export { fingerprintOf } from './fingerprint.ts';
export type * from './finding.ts';
export { severities } from './finding.ts';
export { keyOfUse } from './exit-uses-later-ops.ts';
export { ruleById, rules } from './registry.ts';
export type { Problem, Rule, Spot } from './rule.ts';
export { gapFindings, notAnalysedRule, ownRules, unusedSuppressionRule } from './own.ts';
