import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Timeline } from '../engine/types.ts';
import { shapeOf } from '../report/shapes.ts';
import type { SearchProps } from './header.tsx';
import { filtered, matches, namesIn, noFilter, rowsOf, type Filter, type Row } from './rows.ts';
import { runKey } from './run-key.ts';

/** How long a step is shown while the run plays, in milliseconds. */
const playMs = 500;

/** A run as the page shows it: its rows, and the chosen one. */
export interface RunOnPage {
  readonly rows: readonly Row[];
  /** The rows that the filter leaves. */
  readonly visible: readonly Row[];
  /** The chosen row's index, and its place among the visible ones. */
  readonly cursor: number | undefined;
  readonly at: number | undefined;
  /** The place of the failing step among the visible ones. */
  readonly failingAt: number | undefined;
  readonly filter: Filter;
  readonly names: ReturnType<typeof namesIn>;
  readonly setFilter: (filter: Filter) => void;
  readonly choose: (cursor: number | undefined) => void;
  /** Chooses by the place among the visible rows; one beyond the ends is the end. */
  readonly go: (at: number | undefined) => void;
}

/** The chosen row. Another run, or an edit that shortens this one, starts anew where the host says. */
export function useRun(
  timeline: Timeline,
  start: number | undefined,
  keep: (cursor: number | undefined) => void,
): RunOnPage {
  const key = runKey(timeline);
  const rows = useMemo(() => rowsOf(timeline), [timeline]);
  const names = useMemo(() => namesIn(timeline), [timeline]);
  const [chosen, setChosen] = useState({ run: key, cursor: start });
  const [kept, setFilter] = useState<Filter>(noFilter);
  const isKnown = (name: string, all: readonly string[]): boolean => name === '' || all.includes(name);
  const filter = isKnown(kept.ops, names.ops) && isKnown(kept.net, names.nets) ? kept : noFilter;
  const visible = useMemo(() => filtered(rows, filter, timeline.failing), [rows, filter, timeline.failing]);
  const isThere = chosen.cursor === undefined || chosen.cursor < rows.length;
  const cursor = chosen.run === key && isThere ? chosen.cursor : start;
  const at = cursor === undefined ? undefined : placeIn(visible, cursor);
  const failingRow = useMemo(
    () => (timeline.failing === undefined ? -1 : visible.findIndex(({ first }) => first?.index === timeline.failing)),
    [visible, timeline.failing],
  );
  const choose = useCallback(
    (next: number | undefined) => {
      setChosen({ run: key, cursor: next });
    },
    [key],
  );
  const go = useCallback(
    (place: number | undefined) => {
      if (place === undefined || visible.length === 0) return;
      choose(visible[Math.min(Math.max(place, 0), visible.length - 1)]?.index);
    },
    [visible, choose],
  );
  useEffect(() => {
    keep(cursor);
  }, [cursor, keep]);
  return {
    rows,
    visible,
    cursor,
    at,
    failingAt: failingRow < 0 ? undefined : failingRow,
    filter,
    names,
    setFilter,
    choose,
    go,
  };
}

/** The place of a row among the visible ones; of one that is filtered out, that of the last before it. */
function placeIn(visible: readonly Row[], cursor: number): number | undefined {
  if (visible.length === 0) return undefined;
  let [low, high] = [0, visible.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (visible[middle]!.index <= cursor) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The steps that match what is searched for, and the way from one to the next. */
export function useSearch(
  visible: readonly Row[],
  at: number | undefined,
  go: RunOnPage['go'],
): SearchProps & { readonly matched: ReadonlySet<number> } {
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const found = useMemo(() => matches(visible, text), [visible, text]);
  const matched = useMemo(() => new Set(found), [found]);
  const step = (direction: 1 | -1): void => {
    const next =
      direction > 0 ? found.find((each) => each > (at ?? -1)) : found.findLast((each) => each < (at ?? Infinity));
    go(next ?? (direction > 0 ? found[0] : found.at(-1)));
  };
  return {
    text,
    setText,
    field,
    matched,
    count: found.length,
    at: at === undefined ? 0 : found.indexOf(at) + 1,
    go: step,
  };
}

/** Whether the run plays; `next` goes one step on, and says whether it could. */
export function usePlaying(next: () => boolean): [boolean, (isPlaying: boolean) => void] {
  const [isPlaying, setPlaying] = useState(false);
  const latest = useRef(next);
  latest.current = next;
  // Who pauses sees no further step, which an effect behind the next frame would let come.
  useLayoutEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setInterval(() => {
      if (!latest.current()) setPlaying(false);
    }, playMs);
    return () => {
      clearInterval(timer);
    };
  }, [isPlaying]);
  return [isPlaying, setPlaying];
}

/** The next row, or the one before, at which a call begins: a step of the scenario, or of the source. */
export function callAfter(visible: readonly Row[], at: number, direction: 1 | -1): number {
  const stepOf = (place: number): number | undefined => (visible[place]?.first ?? visible[place]?.second)?.step;
  let place = at + direction;
  while (place > 0 && place < visible.length - 1 && stepOf(place) === stepOf(place - 1)) place += direction;
  return place;
}

/** The next row at which something fails, or the first one after the last; none where nothing does. */
export function failureAfter(visible: readonly Row[], at: number): number | undefined {
  const fails = ({ first }: Row): boolean => first !== undefined && shapeOf(first.event) === 'failed';
  const next = visible.findIndex((row, place) => place > at && fails(row));
  const found = next >= 0 ? next : visible.findIndex(fails);
  return found < 0 ? undefined : found;
}

/** The beginning of the next stretch of differences, or of the first one after the last. */
export function differenceAfter(visible: readonly Row[], at: number): number | undefined {
  const begins = visible.flatMap(({ kind }, place) =>
    kind !== 'same' && (place === 0 || visible[place - 1]!.kind === 'same') ? [place] : [],
  );
  return begins.find((place) => place > at) ?? begins[0];
}
