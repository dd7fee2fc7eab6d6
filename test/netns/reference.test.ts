/** The logs of the reference text itself, compiled and run: each must come out of the model event by event. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf, runScenario, type NetnsEvent, type Scenario } from '../../src/netns/index.ts';

const folder = path.join(import.meta.dirname, 'reference');
const names = readdirSync(path.join(folder, 'scenarios')).map((file) => file.replace(/\.netns\.json$/, ''));

/** The wording of a violation's detail is free. */
function comparable(event: NetnsEvent): unknown {
  return event.event === 'violation' ? { ...event, detail: 'free' } : event;
}

describe('the reference text', () => {
  it.each(names)('%s', (name) => {
    const scenario = JSON.parse(readFileSync(path.join(folder, 'scenarios', `${name}.netns.json`), 'utf8')) as Scenario;
    const expected = readFileSync(path.join(folder, 'expected', `${name}.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => comparable(JSON.parse(line) as NetnsEvent));
    const got = eventsOf(runScenario(scenario)).map(comparable);
    expect(got).toStrictEqual(expected);
  });
});
