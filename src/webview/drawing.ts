import type { TimelineEntry } from '../engine/types.ts';
import { drawings, shapeOf, type Shape } from '../report/shapes.ts';
import { lanesOf, type Row } from './rows.ts';
import { netsOf, type NetPhase } from './state.ts';

/** The height of a lane, in pixels; a mark is 12 by 12 in its middle. */
export const laneHeight = 20;
const markSize = 12;
/** Below this many pixels a step, marks are drawn as ticks, and those that fall together as one. */
const roomForMarks = 9;

/** The lanes of one of the runs that are shown. */
export interface Track {
  readonly side: 'first' | 'second';
  readonly lanes: readonly string[];
  readonly spans: readonly Span[];
}

/** A namespace's memory is there between two rows. */
interface Span {
  readonly lane: string;
  readonly from: number;
  readonly to: number;
  readonly phase: NetPhase;
}

/** What of the rows is in view: the row (perhaps between two) at the left edge, and how wide one is, in pixels. */
export interface View {
  readonly from: number;
  readonly scale: number;
  readonly width: number;
}

/** Lines to draw, each as the `d` of an SVG path, and where the lanes are. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly { readonly side: Track['side']; readonly lane: string; readonly y: number }[];
  readonly marks: readonly { readonly shape: Shape; readonly d: string; readonly style?: 'filled' | 'thick' }[];
  readonly spans: Readonly<Record<NetPhase, string>>;
  /** Grace periods and barriers: they hold up everything, so they go through all lanes. */
  readonly points: string;
  /** Where the two runs differ. */
  readonly differences: string;
  /** The line that parts the lanes of two runs; undefined for one. */
  readonly parting?: number;
}

/** The lanes of the rows' runs: one track, or two where another run is shown beside the first. */
export function tracksOf(rows: readonly Row[], isCompared: boolean): readonly Track[] {
  const sides: Track['side'][] = isCompared ? ['first', 'second'] : ['first'];
  return sides.map((side) => {
    const entries = rows.flatMap((row) => row[side] ?? []);
    return { side, lanes: lanesOf(entries), spans: spansOf(rows, side) };
  });
}

function spansOf(rows: readonly Row[], side: Track['side']): Span[] {
  const spans: Span[] = [];
  const open = new Map<string, { from: number; phase: NetPhase }>();
  const close = (lane: string, to: number): void => {
    const span = open.get(lane);
    if (span) spans.push({ lane, to, ...span });
    open.delete(lane);
  };
  const turn = (lane: string, at: number, phase: NetPhase): void => {
    close(lane, at);
    open.set(lane, { from: at, phase });
  };
  rows.forEach((row, at) => {
    const entry = row[side];
    if (!entry) return;
    const { event, changes } = entry;
    for (const net of netsOf(event)) if (!open.has(net) && changes?.refs?.[net] !== null) turn(net, at, 'making');
    if (event.event === 'net_list_add') turn(String(event['net']), at, 'alive');
    if (event.event === 'net_list_del') turn(String(event['net']), at, 'dying');
    for (const [net, refs] of Object.entries(changes?.refs ?? {})) if (refs === null) close(net, at);
  });
  for (const lane of [...open.keys()]) close(lane, rows.length);
  return spans;
}

/** Draws what of the rows is in view. */
export function draw(rows: readonly Row[], tracks: readonly Track[], view: View): Drawing {
  const { from, scale, width } = view;
  const first = Math.max(0, Math.floor(from));
  const last = Math.min(rows.length - 1, Math.ceil(from + width / scale));
  const tops = topsOf(tracks);
  const height = tracks.reduce((sum, { lanes }) => sum + lanes.length * laneHeight, 0);
  const x = (at: number): number => round((at - from + 0.5) * scale);
  const marks = new Marks(scale);
  const points: string[] = [];
  const differences: string[] = [];
  let differing: number | undefined;
  for (let at = first; at <= last; at++) {
    const row = rows[at]!;
    for (const { side } of tracks) {
      const entry = row[side];
      const top = entry && tops.get(side)?.get(entry.lane);
      if (!entry || top === undefined) continue;
      const shape = shapeOf(entry.event);
      marks.add(shape, x(at), top + laneHeight / 2);
      if (shape === 'point') points.push(`M${x(at)} ${trackTop(tracks, side)}v${trackHeight(tracks, side)}`);
    }
    // What differs without a break is one stretch, with one outline.
    if (row.kind !== 'same') differing ??= at;
    const isEnd = at === last || rows[at + 1]!.kind === 'same';
    if (differing !== undefined && isEnd) {
      const wide = round((at + 1 - differing) * scale);
      differences.push(`M${round(x(differing) - scale / 2)} 0h${wide}v${height}h${-wide}Z`);
      differing = undefined;
    }
  }
  const spans = { making: '', alive: '', dying: '' };
  for (const { side, spans: all } of tracks) {
    for (const { lane, from: start, to, phase } of all) {
      const top = tops.get(side)?.get(lane);
      const [a, b] = [Math.max(x(start), -scale), Math.min(x(to), width + scale)];
      if (top !== undefined && a < b) spans[phase] += `M${a} ${top + laneHeight / 2}H${b}`;
    }
  }
  return {
    width,
    height,
    lanes: tracks.flatMap(({ side, lanes }) => lanes.map((lane) => ({ side, lane, y: tops.get(side)!.get(lane)! }))),
    marks: marks.all(),
    spans,
    points: points.join(''),
    differences: differences.join(''),
    ...(tracks.length > 1 ? { parting: trackHeight(tracks, 'first') } : {}),
  };
}

function trackTop(tracks: readonly Track[], side: Track['side']): number {
  return side === 'first' ? 0 : trackHeight(tracks, 'first');
}

function trackHeight(tracks: readonly Track[], side: Track['side']): number {
  return (tracks.find((track) => track.side === side)?.lanes.length ?? 0) * laneHeight;
}

function topsOf(tracks: readonly Track[]): ReadonlyMap<Track['side'], ReadonlyMap<string, number>> {
  let top = 0;
  return new Map(
    tracks.map(({ side, lanes }) => [side, new Map(lanes.map((lane) => [lane, (top += laneHeight) - laneHeight]))]),
  );
}

/** Collects marks, those of one shape in one path. */
class Marks {
  private readonly paths = new Map<string, { shape: Shape; style?: 'filled' | 'thick'; d: string[] }>();
  private readonly taken = new Set<string>();

  constructor(private readonly scale: number) {}

  add(shape: Shape, x: number, y: number): void {
    if (this.scale >= roomForMarks) {
      drawings[shape].forEach(({ d, style }, index) => {
        this.path(`${shape} ${index}`, shape, style).push(moved(d, round(x - markSize / 2), y - markSize / 2));
      });
      return;
    }
    const key = `${shape} ${Math.round(x)} ${y}`;
    if (this.taken.has(key)) return;
    this.taken.add(key);
    const size = tickSize[shape] ?? 3;
    this.path(shape, shape, shape === 'failed' ? 'thick' : undefined).push(`M${x} ${y - size}v${2 * size}`);
  }

  all(): Drawing['marks'] {
    return [...this.paths.values()].map(({ shape, style, d }) => ({
      shape,
      d: d.join(''),
      ...(style ? { style } : {}),
    }));
  }

  private path(key: string, shape: Shape, style: 'filled' | 'thick' | undefined): string[] {
    let path = this.paths.get(key);
    if (!path) this.paths.set(key, (path = { shape, d: [], ...(style ? { style } : {}) }));
    return path.d;
  }
}

/** Half the height of a tick, in pixels, where it is not the usual. */
const tickSize: Partial<Record<Shape, number>> = { failed: 8, source: 5, point: 6, init: 5, exit: 5 };

/** A path in absolute coordinates (of arcs the end only), moved. */
function moved(d: string, dx: number, dy: number): string {
  return d.replace(/([MLA])([^MLAaZ]*)/g, (_all, command: string, text: string) => {
    const numbers = text
      .trim()
      .split(/[\s,]+/)
      .map(Number);
    const length = command === 'A' ? 7 : 2;
    const out = numbers.map((number, index) => {
      const place = index % length;
      if (place === length - 2) return round(number + dx);
      return place === length - 1 ? round(number + dy) : number;
    });
    return `${command}${out.join(' ')}`;
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The row that lies at a place of the drawing, in pixels from its left edge. */
export function rowAt(view: View, x: number, count: number): number {
  return Math.min(Math.max(Math.floor(view.from + x / view.scale), 0), count - 1);
}

/** One mark of the overview: what of a stretch of rows matters most. */
export interface Speck {
  readonly x: number;
  readonly shape: Shape;
}

const weight: readonly Shape[] = ['failed', 'point', 'source', 'acquire', 'release', 'exit', 'init'];

/** The whole run in `width` pixels: each column shows what matters most in it. */
export function overview(rows: readonly Row[], width: number): readonly Speck[] {
  const columns = new Map<number, Shape>();
  rows.forEach(({ first, second }, at) => {
    const entry: TimelineEntry | undefined = first ?? second;
    if (!entry) return;
    const shape = shapeOf(entry.event);
    const rank = weight.indexOf(shape);
    if (rank < 0) return;
    const x = Math.floor((at * width) / rows.length);
    const known = columns.get(x);
    if (known === undefined || rank < weight.indexOf(known)) columns.set(x, shape);
  });
  return [...columns].map(([x, shape]) => ({ x, shape }));
}
