import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Timeline } from '../engine/types.ts';
import { Help } from './help.tsx';
import { runKey } from './history.ts';
import { actOf, type Act } from './keys.ts';
import type { FromPage, Source } from './protocol.ts';
import { RunList } from './run-list.tsx';
import { StateView } from './state-view.tsx';

interface Props {
  readonly timeline: Timeline;
  /** The entry chosen at first; undefined chooses none. */
  readonly start: number | undefined;
  /** Told each time another entry is chosen. */
  readonly keep: (cursor: number | undefined) => void;
  readonly send: (message: FromPage) => void;
}

/** The page: which run, the run itself as a list, and beside it the state at the chosen entry. */
export function App({ timeline, start, keep, send }: Props): JSX.Element {
  const { entries, failing } = timeline;
  const [cursor, setCursor] = useCursor(timeline, start, keep);
  const help = useRef<HTMLDialogElement>(null);
  const open = (source: Source | undefined): void => {
    if (source) send({ kind: 'open', source });
  };
  const perform: Readonly<Record<Act, () => void>> = {
    next: () => {
      setCursor(cursor === undefined ? 0 : Math.min(cursor + 1, entries.length - 1));
    },
    previous: () => {
      setCursor(cursor === undefined ? entries.length - 1 : Math.max(cursor - 1, 0));
    },
    first: () => {
      setCursor(0);
    },
    last: () => {
      setCursor(entries.length - 1);
    },
    failing: () => {
      if (failing !== undefined) setCursor(failing);
    },
    open: () => {
      open(cursor === undefined ? undefined : entries[cursor]?.source);
    },
    clear: () => {
      setCursor(undefined);
    },
    help: () => help.current?.showModal(),
  };
  useKeys(perform);
  return (
    <>
      <Header
        timeline={timeline}
        perform={perform}
        choose={(run) => {
          send({ kind: 'choose', run });
        }}
      />
      <main>
        <RunList timeline={timeline} cursor={cursor} choose={setCursor} open={open} />
        <StateView timeline={timeline} cursor={cursor} open={open} />
      </main>
      <Help ref={help} />
    </>
  );
}

/** The chosen entry. Another run, or an edit that shortens this one, starts anew where the host says. */
function useCursor(
  timeline: Timeline,
  start: number | undefined,
  keep: Props['keep'],
): [number | undefined, (cursor: number | undefined) => void] {
  const run = runKey(timeline);
  const [chosen, setChosen] = useState({ run, cursor: start });
  const inRange = chosen.cursor === undefined || chosen.cursor < timeline.entries.length;
  const cursor = chosen.run === run && inRange ? chosen.cursor : start;
  const set = (next: number | undefined): void => {
    setChosen({ run, cursor: next });
  };
  useEffect(() => {
    keep(cursor);
  }, [cursor, keep]);
  return [cursor, set];
}

function useKeys(perform: Readonly<Record<Act, () => void>>): void {
  // Before the next key can come, so that none acts on the step before: a plain effect waits for the next frame.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const act = actOf(event);
      if (act === undefined || !isOurs(event, act)) return;
      event.preventDefault();
      perform[act]();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  });
}

/** A control or an open dialog keeps the keys that it uses itself. */
function isOurs(event: KeyboardEvent, act: Act): boolean {
  const target = event.target;
  if (!(target instanceof Element)) return true;
  if (target.closest('dialog, select')) return false;
  return !(act === 'open' && target.closest('button'));
}

function Header(props: {
  readonly timeline: Timeline;
  readonly perform: Readonly<Record<Act, () => void>>;
  readonly choose: (run: string) => void;
}): JSX.Element {
  const { timeline, perform, choose } = props;
  return (
    <header>
      <h1>{timeline.title}</h1>
      <span class="tools">
        {timeline.failing === undefined ? null : (
          <button type="button" onClick={perform.failing} title="Go to the step that breaks the rule (F)">
            Failing step
          </button>
        )}
        <button type="button" onClick={perform.help} title="The keys of this page (?)" aria-label="Keys">
          ?
        </button>
      </span>
      <label>
        Run{' '}
        <select
          value={timeline.run}
          onChange={(event) => {
            choose(event.currentTarget.value);
          }}
        >
          {timeline.runs.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {timeline.finding ? (
        <p class="finding">
          <strong>{timeline.finding.rule}</strong> {timeline.finding.message}
        </p>
      ) : null}
    </header>
  );
}
