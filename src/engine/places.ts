import type { At } from '../facts/index.ts';

/** Where the places of one version of a file's facts are in another version that says the same. */
export class Places {
  private readonly points = new Map<number, number>();
  private readonly lines = new Map<number, number>();
  private readonly taken = new Set<number>();
  private readonly whole = new Set<number>();
  /** Lines that have moved as they are. */
  private readonly stretches: Stretch[] = [];
  /** The one that was asked for last. */
  private met: Stretch | undefined;

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
    const isIn = ({ from, to }: Stretch): boolean => line >= from && line <= to;
    // Who asks for one line asks for others of the same function next.
    if (!this.met || !isIn(this.met)) this.met = this.stretches.find(isIn);
    return this.met && line + this.met.by;
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

/** What has not moved is the same value: most of a result has not. */
function walk(value: unknown, moved: ReadonlyMap<string, Places>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const all = value.map((each) => walk(each, moved));
    return all.some((each, index) => each !== value[index]) ? all : value;
  }
  const before = value as Readonly<Record<string, unknown>>;
  let result: Record<string, unknown> | undefined;
  const set = (key: string, now: unknown): void => {
    if (now !== before[key]) (result ??= { ...before })[key] = now;
  };
  for (const key of Object.keys(before)) set(key, walk(before[key], moved));
  const { file, line, column, endLine, endColumn, range } = before;
  const places = typeof file === 'string' ? moved.get(file) : undefined;
  if (!places) return result ?? value;
  if (typeof line === 'number') {
    if (typeof column !== 'number') {
      set('line', known(places.moveLine(line)));
      return result ?? value;
    }
    const start = known(places.move(line, column));
    set('line', start.line);
    set('column', start.column);
    if (typeof endLine === 'number' && typeof endColumn === 'number') {
      const end = known(places.move(endLine, endColumn));
      set('endLine', end.line);
      set('endColumn', end.column);
    }
  }
  if (range !== undefined) {
    const placed: Record<string, unknown> = { file, ...(range as object) };
    const now = walk(placed, moved) as Record<string, unknown>;
    if (now !== placed) {
      delete now['file'];
      set('range', now);
    }
  }
  return result ?? value;
}

function known<T>(value: T | null): T {
  if (value === null) throw unknownPlace;
  return value;
}
