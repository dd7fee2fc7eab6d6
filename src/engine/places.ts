import type { At } from '../facts/index.ts';

/** Where the places of one version of a file's facts are in another version that says the same. */
export class Places {
  private readonly points = new Map<number, number>();
  private readonly lines = new Map<number, number>();
  private readonly taken = new Set<number>();
  private readonly whole = new Set<number>();
  /** Lines that have moved as they are. */
  private readonly stretches: Stretch[] = [];

  /** Notes a pair of places; false when it contradicts another. */
  note(before: At, after: At): boolean {
    return (
      this.notePoint(before[0], before[1], after[0], after[1]) &&
      this.notePoint(before[2], before[3], after[2], after[3])
    );
  }

  /** Lines stay lines: what stood on one line stands on one line, for the analysis tells some things apart by that. */
  noteLine(before: number, after: number): boolean {
    const known = this.lines.get(before) ?? this.inStretch(before);
    if (known !== undefined) return known === after;
    if (this.taken.has(after) || this.stretches.some(({ from, to, by }) => after >= from + by && after <= to + by))
      return false;
    this.lines.set(before, after);
    this.taken.add(after);
    return true;
  }

  /** Notes a line that is letter by letter what another one was, so that all places on it are known. */
  noteWholeLine(before: number, after: number): boolean {
    this.whole.add(before);
    return this.noteLine(before, after);
  }

  /** Notes that some lines say what they said, so many lines farther down; false when that contradicts another. */
  noteStretch(stretch: Stretch): boolean {
    const { from, to, by } = stretch;
    // Only its ends can share a line with anything else.
    for (const line of [from, to]) if (!this.noteLine(line, line + by)) return false;
    this.stretches.push(stretch);
    return true;
  }

  /** The line and column of a place now; null when nothing is known of it. */
  move(line: number, column: number): { readonly line: number; readonly column: number } | null {
    const point = this.points.get(keyOf(line, column));
    if (point !== undefined) return { line: Math.floor(point / widest), column: point % widest };
    const moved = this.whole.has(line) ? this.lines.get(line) : this.inStretch(line);
    return moved === undefined ? null : { line: moved, column };
  }

  /** The same for a line. Line 1 stands for the file as a whole, unless something is there. */
  moveLine(line: number): number | null {
    return this.lines.get(line) ?? this.inStretch(line) ?? (line === 1 ? 1 : null);
  }

  private inStretch(line: number): number | undefined {
    const stretch = this.stretches.find(({ from, to }) => line >= from && line <= to);
    return stretch && line + stretch.by;
  }

  private notePoint(line: number, column: number, toLine: number, toColumn: number): boolean {
    const key = keyOf(line, column);
    const to = keyOf(toLine, toColumn);
    const known = this.points.get(key);
    if (known !== undefined) return known === to;
    this.points.set(key, to);
    return this.noteLine(line, toLine);
  }
}

/** Lines `from` to `to`, `by` lines farther down. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly by: number;
}

/** No line of C that is analysed is longer (`largestText`). */
const widest = 2 ** 23;

function keyOf(line: number, column: number): number {
  return line * widest + column;
}

/** Whether two values are the same but for the places in them; `places` learns what moved where. */
export function sameButForPlaces(before: unknown, after: unknown, places: Places): boolean {
  if (before === after) return true;
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return false;
  if (Array.isArray(before)) {
    return (
      Array.isArray(after) &&
      before.length === after.length &&
      before.every((each, index) => sameButForPlaces(each, after[index], places))
    );
  }
  const keys = Object.keys(before);
  if (keys.length !== Object.keys(after).length) return false;
  for (const key of keys) {
    const [a, b] = [(before as Record<string, unknown>)[key], (after as Record<string, unknown>)[key]];
    const isSame =
      isAt(key, a) && isAt(key, b)
        ? places.note(a, b)
        : key === 'line' && typeof a === 'number' && typeof b === 'number'
          ? places.noteLine(a, b)
          : sameButForPlaces(a, b, places);
    if (!isSame) return false;
  }
  return true;
}

function isAt(key: string, value: unknown): value is At {
  return (key === 'at' || key === 'span') && Array.isArray(value);
}

/**
 * A plain value with every place in it moved: whatever has a `file` and a `line`, with or without a column and an end.
 * Null when one of them is not known.
 */
export function movePlaces<T>(value: T, moved: ReadonlyMap<string, Places>): T | null {
  try {
    return walk(value, moved) as T;
  } catch (error) {
    if (error === unknownPlace) return null;
    throw error;
  }
}

const unknownPlace = new Error('a place that is not known');

function walk(value: unknown, moved: ReadonlyMap<string, Places>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => walk(each, moved));
  const result: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) result[key] = walk(each, moved);
  const { file, line, column, endLine, endColumn, range } = value as Record<string, unknown>;
  const places = typeof file === 'string' ? moved.get(file) : undefined;
  if (!places) return result;
  if (typeof line === 'number') {
    if (typeof column !== 'number') return { ...result, line: known(places.moveLine(line)) };
    Object.assign(result, known(places.move(line, column)));
    if (typeof endLine === 'number' && typeof endColumn === 'number') {
      const end = known(places.move(endLine, endColumn));
      Object.assign(result, { endLine: end.line, endColumn: end.column });
    }
  }
  if (range !== undefined) result['range'] = walk({ file, ...(range as object) }, moved);
  if (range !== undefined) delete (result['range'] as Record<string, unknown>)['file'];
  return result;
}

function known<T>(value: T | null): T {
  if (value === null) throw unknownPlace;
  return value;
}
