import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import {
  draw,
  laneHeight,
  overview,
  rowAt,
  tracksOf,
  type Drawing,
  type Speck,
  type Track,
  type View,
} from './drawing.ts';
import { memo } from './memo.ts';
import type { Row } from './rows.ts';
import { useView, type Zoom } from './use-view.ts';

interface Props {
  readonly rows: readonly Row[];
  /** The chosen place in `rows`. */
  readonly at: number | undefined;
  /** The place in `rows` that breaks the rule. */
  readonly failing: number | undefined;
  readonly isCompared: boolean;
  readonly choose: (at: number) => void;
  /** Given what the keys do with the drawing. */
  readonly zoomRef: { current: Zoom | undefined };
}

/** The run drawn on lanes, with an overview of the whole of it. A picture of the list: hidden from who listens to that. */
export function Lanes(props: Props): JSX.Element {
  const { rows, at, failing, isCompared, choose, zoomRef } = props;
  const [area, width] = useWidth();
  const tracks = useMemo(() => tracksOf(rows, isCompared), [rows, isCompared]);
  const zoom = useView(rows.length, width, at);
  zoomRef.current = zoom;
  const { view } = zoom;
  const scroller = useRef<HTMLDivElement>(null);
  const drawing = useMemo(() => draw(rows, tracks, view), [rows, tracks, view.from, view.scale, view.width]);
  useLayoutEffect(() => {
    const entry = at === undefined ? undefined : (rows[at]?.first ?? rows[at]?.second);
    // Where two runs are drawn: the lane in both of them, if there is room.
    const lanes = drawing.lanes.filter((each) => each.lane === entry?.lane);
    const [own] = lanes;
    const element = scroller.current;
    if (!own || !element) return;
    const { scrollTop, clientHeight } = element;
    const last = lanes.findLast(({ y }) => y + laneHeight - own.y <= clientHeight) ?? own;
    if (own.y < scrollTop) element.scrollTop = own.y;
    else if (last.y + laneHeight > scrollTop + clientHeight) element.scrollTop = last.y + laneHeight - clientHeight;
  }, [at, rows, drawing.lanes]);
  return (
    <section class="picture" aria-label="The run at a glance">
      <div class="whole">
        <Overview rows={rows} at={at} failing={failing} view={view} choose={choose} />
        <ZoomButton
          says="Zoom out (S)"
          sign="−"
          act={() => {
            zoom.zoom(1 / 1.5);
          }}
        />
        <ZoomButton
          says="Zoom in (W)"
          sign="+"
          act={() => {
            zoom.zoom(1.5);
          }}
        />
      </div>
      <div
        class={isCompared ? 'lanes both' : 'lanes'}
        ref={scroller}
        tabIndex={0}
        role="group"
        aria-label="Lanes: the list in a picture"
      >
        <Names drawing={drawing} tracks={tracks} />
        <div
          class="area"
          ref={area}
          aria-hidden="true"
          onClick={(event) => {
            const { left } = event.currentTarget.getBoundingClientRect();
            choose(rowAt(view, event.clientX - left, rows.length));
          }}
          onWheel={(event) => {
            if (event.ctrlKey) zoom.zoom(event.deltaY < 0 ? 1.25 : 0.8);
            else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
              zoom.pan((event.deltaX || event.deltaY) / Math.max(width, 1));
            else return;
            event.preventDefault();
          }}
        >
          <Picture drawing={drawing} view={view} at={at} failing={failing} />
        </div>
      </div>
    </section>
  );
}

function ZoomButton({ says, sign, act }: { says: string; sign: string; act: () => void }): JSX.Element {
  return (
    <button type="button" onClick={act} title={says} aria-label={says}>
      {sign}
    </button>
  );
}

const Names = memo(function Names(props: { drawing: Drawing; tracks: readonly Track[] }): JSX.Element {
  const { drawing, tracks } = props;
  return (
    <div class="names" aria-hidden="true">
      {drawing.lanes.map(({ side, lane, y }) => (
        <span
          key={`${side} ${lane}`}
          class={`name ${side}`}
          style={{ top: `${y}px`, height: `${laneHeight}px` }}
          title={lane}
        >
          {tracks.length > 1 && side === 'second' ? `if: ${lane}` : lane}
        </span>
      ))}
    </div>
  );
});

function Picture(props: {
  readonly drawing: Drawing;
  readonly view: View;
  readonly at: number | undefined;
  readonly failing: number | undefined;
}): JSX.Element {
  const { drawing, view, at, failing } = props;
  const { width, height } = drawing;
  const x = (row: number): number => (row - view.from + 0.5) * view.scale;
  const wide = Math.max(view.scale, 3);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      {drawing.differences === '' ? null : <path class="differences" d={drawing.differences} />}
      {at === undefined ? null : <rect class="cursor" x={x(at) - wide / 2} y="0" width={wide} height={height} />}
      <path class="span making" d={drawing.spans.making} />
      <path class="span alive" d={drawing.spans.alive} />
      <path class="span dying" d={drawing.spans.dying} />
      <path class="points" d={drawing.points} />
      {drawing.parting === undefined ? null : <path class="parting" d={`M0 ${drawing.parting}H${width}`} />}
      {failing === undefined ? null : <path class="breaks" d={`M${x(failing)} 0V${height}`} />}
      {drawing.marks.map(({ shape, d, style }, index) => (
        <path key={index} class={`mark ${shape} ${style ?? ''}`} d={d} />
      ))}
    </svg>
  );
}

/** The whole run in one line, what of it the drawing shows, and a slider over it that moves the cursor. */
function Overview({
  rows,
  at,
  failing,
  view,
  choose,
}: Omit<Props, 'isCompared' | 'zoomRef'> & { view: View }): JSX.Element {
  const [area, width] = useWidth();
  const specks = useMemo(() => overview(rows, Math.max(Math.floor(width / 2), 1)), [rows, width]);
  const x = (row: number): number => (row * width) / Math.max(rows.length, 1);
  const across = Math.min(view.width / view.scale, rows.length);
  const count = rows.length;
  return (
    <div class="overview" ref={area}>
      <svg width={width} height="18" aria-hidden="true">
        <rect class="window" x={x(view.from)} y="0.5" width={Math.max(x(across) - 1, 4)} height="17" />
        <Specks specks={specks} />
        {failing === undefined ? null : <path class="breaks" d={`M${x(failing + 0.5)} 0v18`} />}
        {at === undefined ? null : <path class="now" d={`M${x(at + 0.5)} 0v18`} />}
      </svg>
      <input
        type="range"
        aria-label="Step"
        aria-valuetext={at === undefined ? 'none' : `${at + 1} of ${count}`}
        min="1"
        max={Math.max(count, 1)}
        value={(at ?? count - 1) + 1}
        onInput={(event) => {
          choose(Number(event.currentTarget.value) - 1);
        }}
      />
    </div>
  );
}

const Specks = memo(function Specks({ specks }: { readonly specks: readonly Speck[] }): JSX.Element {
  return (
    <>
      {specks.map(({ x, shape }) => (
        <path key={x} class={`mark ${shape}`} d={`M${x * 2 + 1} 4v10`} />
      ))}
    </>
  );
});

/** An element's width as it is now. */
function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const area = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return undefined;
    const measure = (): void => {
      setWidth(Math.max(Math.floor(element.clientWidth), 1));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [area, width];
}
