import { excludes, union } from './conditions.ts';
import { includesAll, type SharedSet } from './shared.ts';

/** So many ways to release what a function was entered with are told apart where all else is alike. */
const mostWays = 6;
/** One of the ways to come to a place that agree on all but what was released. */
interface Way {
  readonly text: string;
  readonly freed: ReadonlySet<string>;
  readonly conditions: ReadonlyMap<string, number>;
}

/** What tells apart the paths through one function that agree on all but what they released. */
export class Ways {
  /** The function's releases that a path which is else alike does not make. */
  readonly sometimes = new Set<string>();
  private readonly known = new Map<string, Way[]>();

  /**
   * Tells states apart that are else alike (by `key`) but did not release the same of what the function was entered with,
   * where what they were entered with decides which of them it is: `if (p) release(p);`.
   */
  keyOf(key: string, freed: SharedSet<string>, conditions: ReadonlyMap<string, number>): string {
    let ways = this.known.get(key);
    if (!ways) this.known.set(key, (ways = []));
    const text = freed.size === 0 ? '' : [...freed].filter(isOfEntry).sort().join();
    const same = ways.findIndex((way) => way.text === text);
    if (same >= 0) {
      ways[same] = { ...ways[same]!, conditions: union(ways[same]!.conditions, conditions) };
      return `${key}|${same}`;
    }
    // Of two of which neither releases all that the other does, neither goes on for both.
    const isLike = (way: Way): boolean =>
      !excludes(way.conditions, conditions) && (includesAll(way.freed, freed) || includesAll(freed, way.freed));
    const other = ways.findIndex(isLike);
    if (other >= 0) return `${key}|${other}`;
    if (ways.length >= mostWays) return `${key}|0`;
    ways.push({ text, freed: freed.copy(), conditions });
    return `${key}|${ways.length - 1}`;
  }

  /** Notes what one of two paths that are taken for one releases and the other does not. */
  differ(a: ReadonlySet<string>, b: ReadonlySet<string>): void {
    const placeOf = (freed: string): string => freed.slice(0, freed.indexOf('|'));
    for (const freed of a) if (!b.has(freed)) this.sometimes.add(placeOf(freed));
    for (const freed of b) if (!a.has(freed)) this.sometimes.add(placeOf(freed));
  }
}

/** Whether a release names something that whoever calls the function can name: of what is found on the way, no one can say more. */
function isOfEntry(freed: string): boolean {
  return !freed.includes('|#') && !freed.includes('|&#');
}
