import type { JSX, RefObject } from 'preact';
import type { RunChoice, Timeline } from '../engine/types.ts';
import type { Act } from './keys.ts';
import { memo } from './memo.ts';
import type { ExportFormat } from './protocol.ts';
import { namesIn, otherOf, type Filter } from './rows.ts';
import { shortened } from './shorten.ts';

/** A longer name of a run is shortened where it is one of many. */
const longestRun = 100;

interface Props {
  readonly timeline: Timeline;
  readonly perform: Readonly<Record<Act, () => void>>;
  readonly isPlaying: boolean;
  /** Whether something fails in the run. */
  readonly hasFailure: boolean;
  readonly names: ReturnType<typeof namesIn>;
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
  readonly choose: (run: string) => void;
  readonly save: (format: ExportFormat) => void;
  readonly search: SearchProps;
}

export interface SearchProps {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** How many steps match, and which of them is chosen (from 1; 0 for none). */
  readonly count: number;
  readonly at: number;
  readonly go: (direction: 1 | -1) => void;
  readonly field: RefObject<HTMLInputElement | null>;
}

function textOf(run: Pick<RunChoice, 'label' | 'at'> | undefined): string {
  return run?.at ? `line ${run.at.line}: ${run.label}` : (run?.label ?? '');
}

/** Which run, what it proves, and what can be done with it. */
export function Header(props: Props): JSX.Element {
  const { timeline, perform, choose, save } = props;
  const { finding, other } = timeline;
  return (
    <header>
      <h1>{timeline.title}</h1>
      <label class="runs">
        Run
        <select
          name="run"
          title={textOf(timeline.runs.find(({ id }) => id === timeline.run))}
          value={timeline.run}
          onChange={(event) => {
            choose(event.currentTarget.value);
          }}
        >
          {groupsOf(timeline.runs).map(([group, runs]) => (
            <optgroup key={group} label={group}>
              {runs.map((run) => (
                <option key={run.id} value={run.id} title={textOf(run)}>
                  {shortened(textOf(run), longestRun)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <span class="corner">
        <select
          aria-label="Export"
          value=""
          onChange={(event) => {
            const format = event.currentTarget.value;
            event.currentTarget.value = '';
            if (format === 'svg' || format === 'json' || format === 'text') save(format);
          }}
        >
          <option value="">Export…</option>
          <option value="text">Steps, for a commit message</option>
          <option value="svg">Drawing (SVG)</option>
          <option value="json">Scenario (JSON)</option>
        </select>
        <Tool says="Keys and marks (?)" sign="?" act={perform.help} />
      </span>
      {finding ? (
        <p class="finding">
          <strong>{finding.rule}</strong> {finding.message}
        </p>
      ) : null}
      {other === undefined ? null : (
        <p class="asked" role="status">
          {otherOf(timeline) ? (
            <>
              <strong>What if:</strong> {otherOf(timeline)?.label}
            </>
          ) : (
            'error' in other && other.error
          )}{' '}
          <button type="button" onClick={perform.clear}>
            Back to the run (Esc)
          </button>
        </p>
      )}
      <Tools {...props} />
    </header>
  );
}

function groupsOf(runs: readonly RunChoice[]): readonly (readonly [string, readonly RunChoice[]])[] {
  const groups = new Map<string, RunChoice[]>();
  for (const run of runs) {
    const group = groups.get(run.group);
    if (group) group.push(run);
    else groups.set(run.group, [run]);
  }
  return [...groups];
}

function Tools({ timeline, perform, isPlaying, hasFailure, names, filter, setFilter, search }: Props): JSX.Element {
  const isCompared = otherOf(timeline) !== undefined;
  return (
    <div class="tools" role="toolbar" aria-label="The run">
      <span class="group">
        <Tool says="Previous step (,)" sign="◀" act={perform.previous} />
        <Tool says={isPlaying ? 'Pause (Space)' : 'Play (Space)'} sign={isPlaying ? '❚❚' : '▶'} act={perform.play} />
        <Tool says="Next step (.)" sign="▶|" act={perform.next} />
      </span>
      <Jump isCompared={isCompared} isProof={timeline.failing !== undefined} {...{ hasFailure, perform }} />
      <Search {...search} />
      <span class="filters">
        <Names
          label="ops"
          all={names.ops}
          value={filter.ops}
          set={(ops) => {
            setFilter({ ...filter, ops });
          }}
        />
        <Names
          label="namespace"
          all={names.nets}
          value={filter.net}
          set={(net) => {
            setFilter({ ...filter, net });
          }}
        />
      </span>
    </div>
  );
}

/** What F does, where there is something to go to. */
function Jump(props: {
  readonly isCompared: boolean;
  readonly isProof: boolean;
  readonly hasFailure: boolean;
  readonly perform: Props['perform'];
}): JSX.Element | null {
  const { isCompared, isProof, hasFailure, perform } = props;
  if (!isCompared && !isProof && !hasFailure) return null;
  const [label, says] = isCompared
    ? ['Next difference', 'Go to the next difference (F)']
    : isProof
      ? ['Failing step', 'Go to the step that breaks the rule (F)']
      : ['Next failure', 'Go to the next step that fails (F)'];
  return (
    <button type="button" onClick={perform.failing} title={says}>
      {label}
    </button>
  );
}

function Tool({
  says,
  sign,
  act,
}: {
  readonly says: string;
  readonly sign: string;
  readonly act: () => void;
}): JSX.Element {
  return (
    <button type="button" onClick={act} title={says} aria-label={says}>
      {sign}
    </button>
  );
}

function Names(props: {
  readonly label: string;
  readonly all: readonly string[];
  readonly value: string;
  readonly set: (name: string) => void;
}): JSX.Element {
  const { label, all, value, set } = props;
  return (
    <select
      class={value === '' ? '' : 'active'}
      aria-label={`Only this ${label}`}
      value={value}
      onChange={(event) => {
        set(event.currentTarget.value);
      }}
    >
      <option value="">all {label === 'ops' ? label : `${label}s`}</option>
      <Options all={all} />
    </select>
  );
}

/** Hundreds of names, perhaps: not gone through at each step. */
const Options = memo(function Options({ all }: { readonly all: readonly string[] }): JSX.Element {
  return (
    <>
      {all.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </>
  );
});

function Search({ text, setText, count, at, go, field }: SearchProps): JSX.Element {
  return (
    <span class="search">
      <input
        type="search"
        ref={field}
        placeholder="Search (/)"
        aria-label="Search the steps"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          go(event.shiftKey ? -1 : 1);
        }}
      />
      <span class="count" role="status">
        {text === '' ? '' : count === 0 ? 'none' : `${at} of ${count}`}
      </span>
    </span>
  );
}
