import { laneOf, sentenceOf } from '../lifecycle/index.ts';
import { dialectNamed, parseScenarioText, runScenario, type NetnsEvent } from '../netns/index.ts';
import type { Snapshot, Timeline, TimelineEntry } from './types.ts';

/** The id of a scenario's one run. */
const onlyRun = 'scenario';

/** Each event carries the whole state, so a run's size grows with the square of its steps. */
const mostSteps = 400;

export interface ScenarioOptions {
  /** The scenario's path; its last part is the title. */
  readonly file: string;
  /** A dialect's name; default: the reference text. */
  readonly dialect?: string;
}

/**
 * The run of a hand-written scenario (the text of a `*.netns.json`) as a timeline, or in one line, with the JSON path,
 * why it cannot be shown. Nothing in it has a source line: no module was read.
 */
export function timelineOfScenario(text: string, { file, dialect }: ScenarioOptions): Timeline | { error: string } {
  const spoken = dialect === undefined ? undefined : dialectNamed(dialect);
  const options = spoken ? { dialect: spoken } : {};
  const parsed = parseScenarioText(text, options);
  if (!parsed.ok) return { error: parsed.error };
  const { scenario } = parsed;
  if (scenario.steps.length > mostSteps) return { error: `$.steps: a timeline shows ${mostSteps} steps at most` };
  const { steps, final } = runScenario(scenario, { ...options, snapshots: true });
  const entries: TimelineEntry[] = [];
  const add = (event: NetnsEvent, step: number, snapshot?: Snapshot): void => {
    entries.push({
      index: entries.length,
      event: event as unknown as TimelineEntry['event'],
      text: sentenceOf({ event }),
      lane: laneOf(event),
      step,
      ...(snapshot ? { snapshot } : {}),
      held: [],
    });
  };
  steps.forEach(({ events, snapshots }, step) => {
    events.forEach((event, index) => {
      add(event, step, snapshots?.[index] as unknown as Snapshot | undefined);
    });
  });
  // The state after the last step is no step's own.
  if (final) add(final, -1);
  const name = file.replace(/^.*\//, '');
  const failing = entries.findIndex(({ event }) => event.event === 'violation');
  return {
    title: `Lifecycle: ${name}`,
    file,
    runs: [{ id: onlyRun, label: scenario.description ?? name }],
    run: onlyRun,
    entries,
    ...(failing < 0 ? {} : { failing }),
  };
}
