import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Timeline, TimelineEntry } from '../engine/types.ts';
import { lanesOf } from './history.ts';
import { Mark, shapeOf } from './marks.tsx';
import type { Source } from './protocol.ts';

interface Props {
  readonly timeline: Timeline;
  readonly cursor: number | undefined;
  readonly choose: (index: number) => void;
  readonly open: (source: Source) => void;
}

/** The run as an ordered list, one entry a step, with a lane for the module, the core and each namespace drawn on it. */
export function RunList({ timeline, cursor, choose, open }: Props): JSX.Element {
  const { entries, failing } = timeline;
  const lanes = useMemo(() => lanesOf(entries), [entries]);
  const alive = useMemo(() => aliveLanes(entries), [entries]);
  return (
    <section class="run" aria-label="Steps of the run">
      <div class="lane-names" aria-hidden="true">
        <span class="number" />
        {lanes.map((lane) => (
          <span key={lane} class="lane" title={lane}>
            {lane}
          </span>
        ))}
      </div>
      <ol role="list">
        {entries.map((entry, index) => (
          <Row
            key={index}
            entry={entry}
            lanes={lanes}
            alive={alive[index] ?? new Set()}
            position={index}
            count={entries.length}
            chosen={index === cursor}
            failing={index === failing}
            choose={choose}
            open={open}
          />
        ))}
      </ol>
    </section>
  );
}

interface RowProps extends Pick<Props, 'choose' | 'open'> {
  readonly entry: TimelineEntry;
  readonly lanes: readonly string[];
  readonly alive: ReadonlySet<string>;
  readonly position: number;
  readonly count: number;
  readonly chosen: boolean;
  readonly failing: boolean;
}

function Row(props: RowProps): JSX.Element {
  const { entry, position, count, chosen, failing, choose, open } = props;
  const { source } = entry;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const shape = shapeOf(entry.event);
  return (
    <li
      ref={row}
      role="listitem"
      class={['row', shape === 'point' ? 'point' : '', chosen ? 'chosen' : '', failing ? 'failing' : ''].join(' ')}
      aria-setsize={count}
      aria-posinset={position + 1}
      aria-current={chosen ? 'step' : undefined}
      onClick={() => {
        choose(position);
      }}
      onDblClick={() => {
        if (source) open(source);
      }}
    >
      <span class="number" aria-hidden="true">
        {position + 1}
      </span>
      <Lanes {...props} />
      <span class="text">
        <span class="spoken">{entry.lane}: </span>
        {failing ? <strong class="verdict">✗ here the rule is broken</strong> : null}
        {entry.text}{' '}
        {source ? (
          <button
            type="button"
            class="link"
            tabIndex={chosen ? 0 : -1}
            onClick={() => {
              open(source);
            }}
            title={`Open ${source.file} at line ${source.line}`}
          >
            {placeOf(source)}
          </button>
        ) : null}
      </span>
    </li>
  );
}

function Lanes({ entry, lanes, alive }: RowProps): JSX.Element {
  return (
    <>
      {lanes.map((lane) => (
        <span key={lane} aria-hidden="true" class={alive.has(lane) ? 'lane alive' : 'lane'}>
          {lane === entry.lane ? <Mark shape={shapeOf(entry.event)} /> : null}
        </span>
      ))}
    </>
  );
}

/** Per entry the lanes that are there: the module and the core always, a namespace while it is in the net list. */
function aliveLanes(entries: readonly TimelineEntry[]): readonly ReadonlySet<string>[] {
  let nets: readonly string[] = [];
  return entries.map(({ snapshot, lane }) => {
    nets = snapshot?.nets ?? nets;
    return new Set(['module', 'core', lane, ...nets]);
  });
}

/** `file.c:12`, without the folders. */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
}
