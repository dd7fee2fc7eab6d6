import { ruleById, rules } from '../rules/registry.ts';
import type { Features } from './features.ts';
import { methods, type RuleInfo, type RulePage, type RulePageParams } from './protocol.ts';

/** Tells which rules there are, and hands out their pages. */
export function registerRulePages({ connection }: Features): void {
  connection.onRequest(methods.rules, (): readonly RuleInfo[] =>
    rules.map(({ id, invariant }) => ({ id, summary: invariant })),
  );
  connection.onRequest(methods.rulePage, ({ rule }: RulePageParams): RulePage | null => {
    const known = ruleById(rule);
    return known ? { markdown: known.page } : null;
  });
}
