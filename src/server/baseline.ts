import path from 'node:path';
import { readRegular } from '../engine/tree.ts';

/**
 * The fingerprints that a baseline of `pernet-lint --write-baseline` lists; none where the setting names no file, or one
 * that cannot be read or is no baseline: then everything is shown.
 */
export function fingerprintsIn(root: string | undefined, name: string): ReadonlySet<string> {
  if (name === '' || root === undefined) return new Set();
  try {
    const value = JSON.parse(readRegular(path.resolve(root, name))) as { findings?: unknown } | null;
    const findings = Array.isArray(value?.findings) ? (value.findings as { fingerprint?: unknown }[]) : [];
    return new Set(findings.flatMap(({ fingerprint }) => (typeof fingerprint === 'string' ? [fingerprint] : [])));
  } catch {
    return new Set();
  }
}

/** The baselines of several trees together. */
export class Baselines {
  private readonly names = new Map<string, string>();
  private fingerprints: ReadonlySet<string> = new Set();

  add(root: string, name: string): void {
    this.names.set(root, name);
    this.readAgain();
  }

  /** The trees that have one, or may have, each with its name in the settings. */
  all(): readonly (readonly [root: string, name: string])[] {
    return [...this.names];
  }

  has(fingerprint: string): boolean {
    return this.fingerprints.has(fingerprint);
  }

  /** Whether one of them lies at a path that `isMeant`. */
  some(isMeant: (file: string) => boolean): boolean {
    return [...this.names].some(([root, name]) => name !== '' && isMeant(path.resolve(root, name)));
  }

  readAgain(): void {
    this.fingerprints = new Set([...this.names].flatMap(([root, name]) => [...fingerprintsIn(root, name)]));
  }
}
