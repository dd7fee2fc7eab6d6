import type { JSX } from 'preact';
import type { Timeline, TimelineEntry, WhatIf } from '../engine/types.ts';
import { explain } from './explain.ts';
import { placeOf } from './places.ts';
import type { Source } from './protocol.ts';
import { questionsAt } from './questions.ts';

interface Props {
  readonly timeline: Timeline;
  readonly entry: TimelineEntry;
  readonly isFailing: boolean;
  readonly open: (source: Source) => void;
  /** Left out where nothing can be asked: the step is the other run's. */
  readonly ask: ((question: WhatIf) => void) | undefined;
}

/** One step in words: what happened, which function did it, why there, and what can be asked about it. */
export function Details({ timeline, entry, isFailing, open, ask }: Props): JSX.Element {
  const why = explain(entry);
  const { source } = entry;
  return (
    <div class="details">
      <p class="what" aria-live="polite">
        {isFailing ? <strong class="verdict">✗ here the rule is broken: </strong> : null}
        {entry.text}
      </p>
      {why === undefined ? null : <p class="why">{why}</p>}
      <p class="who">
        <Functions entry={entry} />
        {source ? (
          <button
            type="button"
            class="link"
            onClick={() => {
              open(source);
            }}
          >
            {placeOf(source)}
          </button>
        ) : null}
      </p>
      {ask ? <Ask timeline={timeline} entry={entry} ask={ask} /> : null}
    </div>
  );
}

/** The call chain: who did it, and who had called that. */
function Functions({ entry }: { readonly entry: TimelineEntry }): JSX.Element | null {
  const { by, source } = entry;
  if (!by) return null;
  return (
    <>
      <span class="label">{source ? 'in' : 'by'}</span>{' '}
      {by.map((name, index) => (
        <span key={name}>
          {index === 0 ? null : <span class="label"> called by </span>}
          <code>{name}()</code>
        </span>
      ))}
      {source ? ' ' : <span class="label"> · net/core/net_namespace.c</span>}
    </>
  );
}

function Ask(props: Pick<Props, 'timeline' | 'entry'> & { ask: (question: WhatIf) => void }): JSX.Element | null {
  const { timeline, entry, ask } = props;
  const { faults, swaps } = questionsAt(timeline, entry);
  if (faults.length === 0 && swaps.length === 0) return null;
  return (
    <p class="ask" role="group" aria-label="What if">
      <span class="label">What if</span>
      {faults.map(({ label, question }) => (
        <button
          key={label}
          type="button"
          onClick={() => {
            ask(question);
          }}
        >
          {label}
        </button>
      ))}
      {swaps.length === 0 ? null : (
        <select
          aria-label="What if this registration is swapped with another"
          value=""
          onChange={(event) => {
            const chosen = swaps[Number(event.currentTarget.value)];
            if (chosen) ask(chosen.question);
          }}
        >
          <option value="">swapped with…</option>
          {swaps.map(({ ops }, index) => (
            <option key={index} value={index}>
              {ops}
            </option>
          ))}
        </select>
      )}
    </p>
  );
}
