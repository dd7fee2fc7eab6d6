import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TimelineEntry } from '../engine/types.ts';
import { Mark, shapeOf } from './marks.tsx';
import { memo } from './memo.ts';
import { placeOf } from './places.ts';
import type { Source } from './protocol.ts';
import { partedFrom, type Row } from './rows.ts';

/** The height of a row in pixels; the style sheet says the same. */
export const rowHeight = 22;
/** A run of no more steps is in the page as a whole: a screen reader can then go through it by itself. */
const wholeUpTo = 300;
const overscan = 20;

interface Props {
  readonly rows: readonly Row[];
  readonly at: number | undefined;
  readonly failing: number | undefined;
  readonly matched: ReadonlySet<number>;
  readonly isCompared: boolean;
  /** What the other run is, for its column's head. */
  readonly other?: string;
  readonly choose: (at: number) => void;
  readonly open: (source: Source) => void;
}

/** The run as an ordered list, one entry a step; of a long one only what is in view is in the page. */
export function RunList(props: Props): JSX.Element {
  const { rows, at, other } = props;
  const [scroller, range] = useRange(rows.length, at);
  const shown: JSX.Element[] = [];
  for (let index = range.from; index < range.to; index++) {
    const row = rows[index];
    if (!row) continue;
    shown.push(
      <Step
        key={row.index}
        row={row}
        at={index}
        count={rows.length}
        isChosen={index === at}
        isFailing={index === props.failing}
        isMatched={props.matched.has(index)}
        isCompared={props.isCompared}
        choose={props.choose}
        open={props.open}
      />,
    );
  }
  return (
    <section class={props.isCompared ? 'run compared' : 'run'} aria-label="Steps of the run">
      {other === undefined ? null : (
        <div class="heads" aria-hidden="true">
          <span>as it is</span>
          <span>{other}</span>
        </div>
      )}
      <div
        class="scroller"
        ref={scroller}
        tabIndex={0}
        role="group"
        aria-label="Steps, one a line; the keys . and , go through them"
      >
        {rows.length === 0 ? (
          <p class="quiet">No step passes the filter.</p>
        ) : (
          <ol role="list" style={{ height: `${rows.length * rowHeight}px` }}>
            {shown}
          </ol>
        )}
      </div>
    </section>
  );
}

/** The rows that are in the page; the chosen one is scrolled into view when it changes. */
function useRange(
  count: number,
  at: number | undefined,
): [{ current: HTMLDivElement | null }, { from: number; to: number }] {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const look = (): void => {
      setView({ top: element.scrollTop, height: element.clientHeight });
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || at === undefined) return;
    const top = at * rowHeight;
    const margin = 3 * rowHeight;
    const { scrollTop, clientHeight } = element;
    if (top < scrollTop + margin) element.scrollTop = top - margin;
    else if (top + rowHeight > scrollTop + clientHeight - margin)
      element.scrollTop = top + rowHeight - clientHeight + margin;
  }, [at, count, view.height]);
  if (count <= wholeUpTo) return [scroller, { from: 0, to: count }];
  const from = Math.max(Math.floor(view.top / rowHeight) - overscan, 0);
  const to = Math.min(Math.ceil((view.top + view.height) / rowHeight) + overscan, count);
  return [scroller, { from, to }];
}

interface StepProps extends Pick<Props, 'isCompared' | 'choose' | 'open'> {
  readonly row: Row;
  readonly at: number;
  readonly count: number;
  readonly isChosen: boolean;
  readonly isFailing: boolean;
  readonly isMatched: boolean;
}

const kindSays: Readonly<Record<Row['kind'], string>> = {
  same: '',
  first: 'only as it is: ',
  second: 'only in the other run: ',
  both: 'differs: ',
};

const kindSigns: Readonly<Record<Row['kind'], string>> = { same: '', first: '−', second: '+', both: '≠' };

const Step = memo(function Step(props: StepProps): JSX.Element {
  const { row, at, count, isChosen, isFailing, isCompared, choose, open } = props;
  const entry = row.first ?? row.second;
  const source = entry?.source;
  const classes = ['row', row.kind === 'same' ? '' : `differs ${row.kind}`];
  if (entry && shapeOf(entry.event) === 'point') classes.push('point');
  if (isChosen) classes.push('chosen');
  if (isFailing) classes.push('failing');
  if (props.isMatched) classes.push('matched');
  return (
    <li
      role="listitem"
      class={classes.join(' ')}
      style={{ top: `${at * rowHeight}px` }}
      aria-setsize={count}
      aria-posinset={at + 1}
      aria-current={isChosen ? 'step' : undefined}
      onClick={() => {
        choose(at);
      }}
      onDblClick={() => {
        if (source) open(source);
      }}
    >
      <span class="number" aria-hidden="true">
        {row.index + 1}
      </span>
      {isCompared ? (
        <>
          <span class="sign" aria-hidden="true">
            {kindSigns[row.kind]}
          </span>
          <span class="spoken">{kindSays[row.kind]}</span>
          <Side
            entry={row.first}
            other={beside(row, row.second)}
            isFailing={isFailing}
            isChosen={isChosen}
            isCompared
            open={open}
          />
          {row.kind === 'same' ? null : (
            <Side
              entry={row.second}
              other={beside(row, row.first)}
              isFailing={false}
              isChosen={isChosen}
              isCompared
              open={open}
            />
          )}
        </>
      ) : (
        <Side entry={row.first} isFailing={isFailing} isChosen={isChosen} open={open} />
      )}
    </li>
  );
});

/** What differs from what stands beside it. */
function beside({ kind }: Row, other: TimelineEntry | undefined): TimelineEntry | undefined {
  return kind === 'both' ? other : undefined;
}

function Side(props: {
  readonly entry: TimelineEntry | undefined;
  /** What stands beside it in the same row. */
  readonly other?: TimelineEntry | undefined;
  readonly isFailing: boolean;
  readonly isChosen: boolean;
  /** Where two runs share the room, a source line goes by its number. */
  readonly isCompared?: boolean;
  readonly open: (source: Source) => void;
}): JSX.Element {
  const { entry, other, isFailing, isChosen, isCompared, open } = props;
  if (!entry) return <span class="side" />;
  const { source } = entry;
  const [same, own] = other ? partedFrom(entry.text, other.text) : [entry.text, ''];
  return (
    <span class="side" title={entry.text}>
      <Mark shape={shapeOf(entry.event)} />
      <span class="lane">
        {entry.lane}
        <span class="spoken">: </span>
      </span>
      {isFailing ? (
        <strong class="verdict">
          ✗<span class="words"> here the rule is broken</span>
        </strong>
      ) : null}
      {own === '' ? (
        <span class="text">{same}</span>
      ) : (
        <span class="text parted">
          <span class="begins">{same}</span>
          <span class="own">{own}</span>
        </span>
      )}{' '}
      {source ? (
        <button
          type="button"
          class="link"
          tabIndex={isChosen ? 0 : -1}
          onClick={() => {
            open(source);
          }}
          title={`Open ${source.file} at line ${source.line}`}
          aria-label={placeOf(source)}
        >
          {isCompared ? `:${source.line}` : placeOf(source)}
        </button>
      ) : null}
    </span>
  );
}
