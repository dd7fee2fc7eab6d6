/** Logs of the reference text, compiled and run, against the model. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { eventsOf, parseScenarioText, runScenario, type NetnsEvent } from '../../netns/index.ts';

/** The scenarios of a folder that holds `scenarios/NAME.netns.json` and `expected/NAME.jsonl`. */
export function referenceNames(folder: string): string[] {
  return readdirSync(path.join(folder, 'scenarios'))
    .filter((file) => file.endsWith('.netns.json'))
    .map((file) => file.replace(/\.netns\.json$/, ''))
    .sort();
}

/** The model's log and the recorded one, one line an event, keys in one order; the wording of details is left out. */
export function referenceLogs(folder: string, name: string): { model: string[]; recorded: string[] } {
  const parsed = parseScenarioText(readFileSync(path.join(folder, 'scenarios', `${name}.netns.json`), 'utf8'));
  if (!parsed.ok) return { model: [parsed.error], recorded: ['a scenario that is not malformed'] };
  const recorded = readFileSync(path.join(folder, 'expected', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return {
    model: eventsOf(runScenario(parsed.scenario)).map(comparable),
    recorded: recorded.map((line) => comparable(JSON.parse(line) as NetnsEvent)),
  };
}

function comparable(event: NetnsEvent): string {
  return JSON.stringify(sorted(event.event === 'violation' ? { event: event.event, kind: event.kind } : event));
}

/** The same value with the keys of each object in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
