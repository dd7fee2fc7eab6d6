import { play, type Script } from '../lifecycle/index.ts';
import { dialectNamed, dialects, parseScenarioText, type Scenario, type ScenarioStep } from '../netns/index.ts';
import type { BootStart } from './boot-start.ts';
import { entriesOf } from './entries.ts';
import type { Timeline, TimelineEntry, WhatIf } from './types.ts';
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
  /** The booted kernel that it starts on, where it asks for one (`bootRequestOf`). */
  readonly start?: BootStart;
  readonly whatIf?: WhatIf;
}

/**
 * The run of a hand-written scenario (the text of a `*.netns.json`) as a timeline, or in one line, with the JSON path,
 * why it cannot be shown. Nothing in it has a source line: no module was read.
 */
export function timelineOfScenario(
  text: string,
  { file, dialect: named, start, whatIf }: ScenarioOptions,
): Timeline | { error: string } {
  const dialect = dialectNamed(named ?? start?.dialect ?? '') ?? dialects[0]!;
  const parsed = parseScenarioText(text, { dialect, ...(start ? { booted: start.booted } : {}) });
  if (!parsed.ok) return { error: parsed.error };
  const { scenario } = parsed;
  const name = file.replace(/^.*\//, '');
  const script: Script = {
    description: scenario.description ?? name,
    ...(scenario.config ? { config: scenario.config } : {}),
    ...(start && scenario.boot !== undefined ? { boot: bootOf(scenario, start) } : {}),
    ops: scenario.ops ?? {},
    items: stepsOf(scenario).map((step) => ({ phase: 'loaded', step })),
    end: 'loaded',
  };
  const player = { dialect, play: (each: Script) => play(each, { dialect, changes: true }) };
  const played = player.play(script);
  if (played.events.length > mostEvents)
    return { error: `$.steps: it comes to ${played.events.length} events; a timeline shows ${mostEvents} at most` };
  const entries = entriesOf(played, dialect);
  const [first] = entries;
  if (script.boot && first) entries[0] = { ...first, text: bootSentence(first, name) };
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

/** What a booted kernel holds is shown first of all. */
function stepsOf({ boot, steps }: Scenario): readonly ScenarioStep[] {
  return boot === undefined ? steps : [{ step: 'state' }, ...steps];
}

function bootOf({ boot, bootConfig }: Scenario, { booted }: BootStart): NonNullable<Script['boot']> {
  return { boot: boot!, ...(bootConfig === undefined ? {} : { bootConfig }), booted };
}

function bootSentence({ event }: TimelineEntry, scenario: string): string {
  const list = event['pernet_list'];
  return `the kernel that ${scenario} names has booted, with ${Array.isArray(list) ? list.length : 0} ops in its pernet_list`;
}
