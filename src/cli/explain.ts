import { ruleById, rules } from '../rules/index.ts';
import type { LintIo } from './lint.ts';

/** `pernet-lint explain RULE`: the rule's page. Without a rule, the list of rules. */
export function runExplain(argv: readonly string[], io: LintIo): number {
  const [name] = argv;
  if (name === undefined) {
    for (const rule of rules) io.stdout.write(`${rule.id} (${rule.severity}): ${rule.invariant}\n`);
    return 0;
  }
  const rule = ruleById(name);
  if (!rule) {
    io.stderr.write(`pernet-lint: there is no rule ${name}\n`);
    return 2;
  }
  io.stdout.write(rule.page.endsWith('\n') ? rule.page : `${rule.page}\n`);
  return 0;
}
