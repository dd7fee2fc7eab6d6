import { play, type Script } from '../lifecycle/index.ts';
import { dialectNamed, dialects, parseScenarioText } from '../netns/index.ts';
import { entriesOf } from './entries.ts';
import type { Timeline, WhatIf } from './types.ts';
import { answer } from './what-if.ts';

/** The id of a scenario's one run. */
const onlyRun = 'scenario';

/** More events than this are not shown: the page would hold them all. */
const mostEvents = 100_000;

export interface ScenarioOptions {
  /** The scenario's path; its last part is the title. */
  readonly file: string;
  /** A dialect's name; default: the reference text. */
  readonly dialect?: string;
  readonly whatIf?: WhatIf;
}

/**
 * The run of a hand-written scenario (the text of a `*.netns.json`) as a timeline, or in one line, with the JSON path,
 * why it cannot be shown. Nothing in it has a source line: no module was read.
 */
export function timelineOfScenario(
  text: string,
  { file, dialect: named, whatIf }: ScenarioOptions,
): Timeline | { error: string } {
  const dialect = (named === undefined ? undefined : dialectNamed(named)) ?? dialects[0]!;
  const parsed = parseScenarioText(text, { dialect });
  if (!parsed.ok) return { error: parsed.error };
  const { scenario } = parsed;
  const name = file.replace(/^.*\//, '');
  const script: Script = {
    description: scenario.description ?? name,
    ...(scenario.config ? { config: scenario.config } : {}),
    ops: scenario.ops ?? {},
    items: scenario.steps.map((step) => ({ phase: 'loaded', step })),
    end: 'loaded',
  };
  const player = { dialect, play: (each: Script) => play(each, { dialect, changes: true }) };
  const played = player.play(script);
  if (played.events.length > mostEvents)
    return { error: `$.steps: it comes to ${played.events.length} events; a timeline shows ${mostEvents} at most` };
  const entries = entriesOf(played, dialect);
  const failing = entries.findIndex(({ event }) => event.event === 'violation');
  return {
    title: `Lifecycle: ${name}`,
    file,
    runs: [{ id: onlyRun, label: script.description, group: 'Scenario' }],
    run: onlyRun,
    entries,
    scenario,
    ...(failing < 0 ? {} : { failing }),
    ...(whatIf ? { other: answer({ run: {}, script, played }, whatIf, player) } : {}),
  };
}
