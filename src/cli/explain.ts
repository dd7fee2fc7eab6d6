import { ruleById, rules } from '../rules/index.ts';
import { explainFindingUsage, runExplainFinding } from './explain-finding.ts';
import type { LintIo } from './lint.ts';

/**
 * `pernet-lint explain RULE`: the rule's page. Without a rule, the list of rules. With `--finding`, a finding's report.
 */
export async function runExplain(argv: readonly string[], io: LintIo): Promise<number> {
  const [name] = argv;
  if (argv.includes('--help') || argv.includes('-h')) {
    io.stdout.write(`usage: pernet-lint explain [RULE]\n${explainFindingUsage}`);
    return 0;
  }
  if (argv.some((each) => each === '--finding' || each.startsWith('--finding='))) return runExplainFinding(argv, io);
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
