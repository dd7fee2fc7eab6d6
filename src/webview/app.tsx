import type { JSX } from 'preact';
import { useCallback, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Timeline } from '../engine/types.ts';
import { Details } from './details.tsx';
import { exported } from './export.ts';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { actOf, keepsKey, type Act } from './keys.ts';
import { Lanes } from './lanes.tsx';
import type { FromPage, Source } from './protocol.ts';
import { noFilter, otherOf, type Row } from './rows.ts';
import { RunList } from './run-list.tsx';
import { States } from './state.ts';
import { StateView } from './state-view.tsx';
import { callAfter, differenceAfter, failureAfter, usePlaying, useRun, useSearch } from './use-run.ts';
import type { Zoom } from './use-view.ts';

interface Props {
  readonly timeline: Timeline;
  /** The row chosen at first; undefined chooses none. */
  readonly start: number | undefined;
  /** Told each time another row is chosen. */
  readonly keep: (cursor: number | undefined) => void;
  readonly send: (message: FromPage) => void;
}

/** The page: which run, the run as a drawing and as a list, and beside it the state at the chosen step. */
export function App({ timeline, start, keep, send }: Props): JSX.Element {
  const run = useRun(timeline, start, keep);
  const { rows, visible, at, cursor, choose, go } = run;
  const search = useSearch(visible, at, go);
  const [isPlaying, setPlaying] = usePlaying(() => {
    if (at === undefined || at >= visible.length - 1) return false;
    go(at + 1);
    return true;
  });
  const help = useRef<HTMLDialogElement>(null);
  const zoom = useRef<Zoom>(undefined);
  const isCompared = otherOf(timeline) !== undefined;
  const open = useCallback(
    (source: Source) => {
      send({ kind: 'open', source });
    },
    [send],
  );
  const row = cursor === undefined ? undefined : rows[cursor];
  const hasFailure = useMemo(() => failureAfter(visible, -1) !== undefined, [visible]);
  const perform: Readonly<Record<Act, () => void>> = {
    next: () => {
      go(at === undefined ? 0 : at + 1);
    },
    previous: () => {
      go(at === undefined ? visible.length - 1 : at - 1);
    },
    forward: () => {
      go(callAfter(visible, at ?? -1, 1));
    },
    back: () => {
      go(callAfter(visible, at ?? visible.length, -1));
    },
    first: () => {
      go(0);
    },
    last: () => {
      go(visible.length - 1);
    },
    failing: () => {
      if (isCompared) go(differenceAfter(visible, at ?? -1));
      else go(run.failingAt ?? failureAfter(visible, at ?? -1));
    },
    play: () => {
      if (!isPlaying && (at === undefined || at >= visible.length - 1)) go(0);
      setPlaying(!isPlaying);
    },
    open: () => {
      const source = (row?.first ?? row?.second)?.source;
      if (source) open(source);
    },
    search: () => {
      search.field.current?.select();
      search.field.current?.focus();
    },
    zoomIn: () => {
      zoom.current?.zoom(1.5);
    },
    zoomOut: () => {
      zoom.current?.zoom(1 / 1.5);
    },
    panLeft: () => {
      zoom.current?.pan(-0.25);
    },
    panRight: () => {
      zoom.current?.pan(0.25);
    },
    fit: () => {
      zoom.current?.fit();
    },
    clear: () => {
      setPlaying(false);
      if (timeline.other) send({ kind: 'whatIf' });
      else if (search.text !== '' || run.filter !== noFilter) {
        search.setText('');
        run.setFilter(noFilter);
      } else choose(undefined);
    },
    help: () => help.current?.showModal(),
  };
  useKeys(perform);
  return (
    <>
      <Header
        timeline={timeline}
        perform={perform}
        isPlaying={isPlaying}
        hasFailure={hasFailure}
        names={run.names}
        filter={run.filter}
        setFilter={run.setFilter}
        choose={(id) => {
          send({ kind: 'choose', run: id });
        }}
        save={(format) => {
          send({ kind: 'export', format, text: exported(format, timeline, visible) });
        }}
        search={search}
      />
      <Lanes rows={visible} at={at} failing={run.failingAt} isCompared={isCompared} choose={go} zoomRef={zoom} />
      <main>
        <RunList
          rows={visible}
          at={at}
          failing={run.failingAt}
          matched={search.matched}
          isCompared={isCompared}
          {...(otherOf(timeline) ? { other: otherOf(timeline)!.label } : {})}
          choose={go}
          open={open}
        />
        <Sides timeline={timeline} rows={rows} cursor={cursor} open={open} send={send} />
      </main>
      <Help ref={help} />
    </>
  );
}

/** The state beside the list: of one run, or of both. */
function Sides(props: {
  readonly timeline: Timeline;
  readonly rows: readonly Row[];
  readonly cursor: number | undefined;
  readonly open: (source: Source) => void;
  readonly send: (message: FromPage) => void;
}): JSX.Element {
  const { timeline, rows, cursor, open, send } = props;
  const other = otherOf(timeline);
  const first = useMemo(() => new States(timeline.entries), [timeline.entries]);
  const second = useMemo(() => (other ? new States(other.entries) : undefined), [other]);
  const at = cursor ?? rows.length - 1;
  const row = rows[at];
  const entry = row?.first;
  const title =
    cursor === undefined
      ? 'When the run has ended'
      : `After step ${((entry ?? row?.second)?.index ?? 0) + 1} of ${(entry ? timeline.entries : (other?.entries ?? [])).length}`;
  const [a, b] = [reached(rows, at, 'first'), reached(rows, at, 'second')];
  const shown = entry ?? row?.second;
  return (
    <div class="states">
      <StateView
        title={second ? `${title}, as it is` : title}
        now={first.at(a)}
        before={first.at(entry ? a - 1 : a)}
        entry={entry}
        open={open}
      >
        {cursor === undefined || !shown ? null : (
          <Details
            timeline={timeline}
            entry={shown}
            isFailing={entry !== undefined && entry.index === timeline.failing}
            open={open}
            ask={
              entry
                ? (question) => {
                    send({ kind: 'whatIf', question });
                  }
                : undefined
            }
          />
        )}
      </StateView>
      {second && other ? (
        <StateView
          title={`And ${other.label}`}
          now={second.at(b)}
          before={second.at(row?.second ? b - 1 : b)}
          entry={row?.second}
          open={open}
        >
          {row?.second && row.kind !== 'same' && entry ? <p class="what">{row.second.text}</p> : null}
        </StateView>
      ) : null}
    </div>
  );
}

/** How far one of the runs has come at a row: its own entry there, or the last one before. */
function reached(rows: readonly Row[], at: number, side: 'first' | 'second'): number {
  for (let index = at; index >= 0; index--) {
    const entry = rows[index]?.[side];
    if (entry) return entry.index;
  }
  return -1;
}

function useKeys(perform: Readonly<Record<Act, () => void>>): void {
  // Before the next key can come, so that none acts on the step before: a plain effect waits for the next frame.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const act = actOf(event);
      if (act === undefined || keepsKey(event.target, event)) return;
      event.preventDefault();
      if (act === 'clear' && event.target instanceof HTMLElement) event.target.blur();
      perform[act]();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  });
}
