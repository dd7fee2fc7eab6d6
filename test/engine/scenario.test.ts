import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { timelineOfScenario, type ScenarioOptions, type Timeline } from '../../src/engine/index.ts';

const boot = readFileSync(path.resolve(import.meta.dirname, '../sample/boot.netns.json'), 'utf8');
const file = 'net/boot.netns.json';

function run(text: string, options: Partial<ScenarioOptions> = {}): Timeline {
  const timeline = timelineOfScenario(text, { file, ...options });
  if ('error' in timeline) throw new Error(timeline.error);
  return timeline;
}
/** The sum of the changes up to an entry. */
function stateAfter(entries: Timeline['entries'], last: number) {
  const state = { pernet_list: [] as readonly string[], nets: [] as readonly string[] };
  for (const { changes } of entries.slice(0, last + 1)) {
    state.pernet_list = changes?.pernet_list ?? state.pernet_list;
    state.nets = changes?.nets ?? state.nets;
  }
  return state;
}

const registered = (...steps: object[]): string =>
  JSON.stringify({ ops: { a: { init: true } }, steps: [{ step: 'net_ns_init' }, ...steps] });
const register = { step: 'register_pernet_subsys', ops: 'a' };

describe('a scenario as a timeline', () => {
  it('is one run, named after the file and described by the scenario', () => {
    const { title, runs, run: shown, failing, finding } = run(boot);
    expect(title).toBe('Lifecycle: boot.netns.json');
    expect(runs).toEqual([
      { id: shown, label: 'Boot, a subsys and a device, and one namespace that comes and goes', group: 'Scenario' },
    ]);
    expect([failing, finding]).toEqual([undefined, undefined]);
    expect(run('{"steps":[]}').runs[0]?.label).toBe('boot.netns.json');
  });

  it('has an entry for each event, with its step, its lane, the state after it, and no source', () => {
    const { entries } = run(boot);
    expect(entries.map(({ index }) => index)).toEqual(entries.map((_, index) => index));
    expect(entries.every(({ source, changes }) => source === undefined && changes?.acquired === undefined)).toBe(true);
    const born = entries.find(
      ({ event, step }) => event.event === 'init' && event['ops'] === 'sample_net_ops' && step === 4,
    );
    expect(born).toMatchObject({ lane: 'container', text: 'ops_init() calls sample_net_ops.init for container' });
    const last = (step: number) =>
      stateAfter(
        entries,
        entries.findLastIndex((entry) => entry.step === step),
      );
    expect(last(4).nets).toEqual(['init_net', 'container']);
    expect(last(6).nets).toEqual(['init_net']);
    const core = last(1).pernet_list;
    expect(last(3).pernet_list).toEqual([...core, 'sample_net_ops', 'sample_dev_ops']);
    expect(last(8).pernet_list).toEqual(core);
    expect(entries.at(-1)).toMatchObject({ event: { event: 'state' }, step: -1 });
  });

  it('fails at the first violation', () => {
    const { entries, failing } = run(registered(register, register, register));
    const violations = entries.filter(({ event }) => event.event === 'violation');
    expect(violations.length).toBeGreaterThan(1);
    expect(failing).toBe(violations[0]?.index);
    expect(entries[failing ?? -1]).toMatchObject({ event: { kind: 'double-register' }, step: 2 });
  });

  it('speaks the dialect that it is given, and the reference without one', () => {
    const text = JSON.stringify({ ops: { a: { exit_batch_rtnl: true } }, steps: [] });
    expect(run(text, { dialect: '6.12' }).entries).toHaveLength(1);
    expect(timelineOfScenario(text, { file })).toEqual({ error: '$.ops.a.exit_batch_rtnl: unknown member' });
  });

  it.each([
    ['empty', '', /^\$: not JSON: /],
    ['half-typed', boot.slice(0, 200), /^\$: not JSON: /],
    ['binary', '\x7fELF\0', /^\$: not JSON: binary data$/],
    ['naming what is not declared', registered({ ...register, ops: 'b' }), /^\$\.steps\[1\]\.ops: /],
    [
      'too long to draw',
      registered(...Array<object>(100_000).fill({ step: 'state' })),
      /^\$\.steps: .* 100000 at most/,
    ],
  ])('one that is %s is refused in one line', (_name, text, error) => {
    const answer = timelineOfScenario(text, { file });
    expect(answer).toEqual({ error: expect.stringMatching(error) as string });
    expect(JSON.stringify(answer)).not.toContain('\\n');
  });
});
