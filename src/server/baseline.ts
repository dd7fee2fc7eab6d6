import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The fingerprints that a baseline of `pernet-lint --write-baseline` lists; none where the setting names no file, or one
 * that cannot be read or is no baseline: then everything is shown.
 */
export function fingerprintsIn(root: string | undefined, name: string): ReadonlySet<string> {
  if (name === '' || root === undefined) return new Set();
  try {
    const value = JSON.parse(readFileSync(path.resolve(root, name), 'utf8')) as { findings?: unknown } | null;
    const findings = Array.isArray(value?.findings) ? (value.findings as { fingerprint?: unknown }[]) : [];
    return new Set(findings.flatMap(({ fingerprint }) => (typeof fingerprint === 'string' ? [fingerprint] : [])));
  } catch {
    return new Set();
  }
}
