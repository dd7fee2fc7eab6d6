import type { Finding } from '../rules/index.ts';
import { severities } from '../rules/index.ts';

/**
 * What GitHub takes of a SARIF file, by its page "SARIF results exceed one or more limits": more results, rules or
 * locations than this, and the whole upload is refused. A thread flow of up to 10,000 locations is taken and only the
 * first 1,000 are kept, which ones it does not say: so no more are written.
 */
export interface SarifLimits {
  readonly results: number;
  readonly relatedLocations: number;
  readonly flowLocations: number;
  /** Bytes of the file when compressed with gzip. */
  readonly gzipBytes: number;
  /** UTF-16 units of a rule's short and full description. */
  readonly description: number;
  /** Locations of all thread flows together; ours, so that the text can be built at all. */
  readonly allFlowLocations: number;
}

export const githubLimits: SarifLimits = {
  results: 25_000,
  relatedLocations: 1000,
  flowLocations: 1000,
  gzipBytes: 10_000_000,
  description: 1024,
  allFlowLocations: 400_000,
};

/** The first `most` findings by severity, in the order that they have; the loudest stay. */
export function loudest<T extends { readonly finding: Finding }>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  const ranked = all
    .map((each, index) => ({ index, rank: severities.indexOf(each.finding.severity) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, most);
  const kept = new Set(ranked.map(({ index }) => index));
  return all.filter((_, index) => kept.has(index));
}

/** A text of at most `most` UTF-16 units, cut at a word where it must be. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  const word = cut.lastIndexOf(' ');
  return `${cut.slice(0, word > most / 2 ? word : cut.length)}…`;
}
