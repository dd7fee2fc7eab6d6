import fs from 'node:fs';
import { reasonOf } from '../engine/tree.ts';
import type { Finding } from '../rules/index.ts';

/** What was found and judged before: the fingerprints, with enough beside them that a person can read the file. */
interface Baseline {
  readonly version: 1;
  readonly findings: readonly Pick<Finding, 'fingerprint' | 'rule' | 'file' | 'message'>[];
}

export function readBaseline(
  file: string,
): { readonly fingerprints: ReadonlySet<string> } | { readonly error: string } {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    return { error: `--baseline ${file}: ${reasonOf(error)}` };
  }
  try {
    const value = JSON.parse(text) as { version?: unknown; findings?: unknown } | null;
    if (value?.version === 1 && Array.isArray(value.findings)) {
      const findings = value.findings as Baseline['findings'];
      return { fingerprints: new Set(findings.map((each) => each.fingerprint)) };
    }
  } catch {
    // Said below: it is no baseline either way.
  }
  return { error: `--baseline ${file}: it is not a baseline that --write-baseline wrote` };
}

/** Writes a baseline; the error's line, or null. */
export function writeBaseline(file: string, findings: readonly Finding[]): string | null {
  const baseline: Baseline = {
    version: 1,
    findings: findings.map(({ fingerprint, rule, file: where, message }) => ({
      fingerprint,
      rule,
      file: where,
      message,
    })),
  };
  try {
    fs.writeFileSync(file, `${JSON.stringify(baseline, null, 1)}\n`);
    return null;
  } catch (error) {
    return `--write-baseline ${file}: ${reasonOf(error)}`;
  }
}
