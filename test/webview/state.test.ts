import { describe, expect, test } from 'vitest';
import { timelineOfScenario } from '../../src/engine/scenario.ts';
import type { EntryChanges, Timeline, TimelineEntry } from '../../src/engine/types.ts';
import { runScenario, type Scenario } from '../../src/netns/index.ts';
import { leftOvers, listMembers, States } from '../../src/webview/state.ts';
import { failedLoad } from './sample-run.ts';

const entry = (event: string, members: Record<string, unknown>, changes?: EntryChanges): TimelineEntry => ({
  index: 0,
  step: 0,
  event: { event, ...members },
  text: event,
  lane: 'core',
  ...(changes ? { changes } : {}),
});

describe('what each ops has in each namespace', () => {
  const at = (cursor: number, ops: string, net: string) =>
    new States(failedLoad().entries).at(cursor).occupancies.get(net)?.get(ops);
  test('an ops is ready after its init, and not before', () => {
    expect(at(1, 'sample_net_ops', 'init_net')).toBeUndefined();
    expect(at(2, 'sample_net_ops', 'init_net')).toEqual({ stage: 'ready', data: true });
    expect(at(2, 'sample_net_ops', 'n1')).toBeUndefined();
  });
  test('a failed init leaves no data: ops_init() frees it', () => {
    expect(at(6, 'sample_dev_ops', 'n1')).toEqual({ stage: 'failed', data: false });
  });
  test('exit comes before its data is freed', () => {
    expect(at(8, 'sample_dev_ops', 'init_net')).toEqual({ stage: 'gone', data: true });
    expect(at(9, 'sample_dev_ops', 'init_net')).toEqual({ stage: 'gone', data: false });
  });
  test('pre_exit keeps the data, exit_batch ends every namespace that it names', () => {
    const states = new States([
      entry('init', { ops: 'a', net: 'n1', ret: 0, data: true }),
      entry('init', { ops: 'a', net: 'n2', ret: 0, data: false }),
      entry('pre_exit', { ops: 'a', net: 'n1' }),
      entry('exit_batch', { ops: 'a', nets: ['n1', 'n2'] }),
    ]);
    expect(states.at(2).occupancies.get('n1')?.get('a')).toEqual({ stage: 'leaving', data: true });
    expect(states.at(3).occupancies.get('n1')?.get('a')).toEqual({ stage: 'gone', data: true });
    expect(states.at(3).occupancies.get('n2')?.get('a')).toEqual({ stage: 'gone', data: false });
    expect(leftOvers(states.at(3))).toEqual(['a']);
  });
});

describe('listMembers', () => {
  const list = (pernetList: string[], firstDevice: string | null) => ({ pernetList, firstDevice });
  test('first_device divides the list', () => {
    const now = list(['a', 'b', 'c', 'd'], 'c');
    expect(listMembers(now, now).map(({ kind }) => kind)).toEqual(['subsys', 'subsys', 'device', 'device']);
  });
  test('without a device all are subsystems', () => {
    const now = list(['a'], null);
    expect(listMembers(now, now)).toEqual([{ ops: 'a', change: 'none', kind: 'subsys' }]);
  });
  test('what is new is marked, what has gone stays where it was, in the part it was in', () => {
    expect(listMembers(list(['a', 'x', 'd'], 'd'), list(['a', 'b', 'c', 'd'], 'c'))).toEqual([
      { ops: 'a', change: 'none', kind: 'subsys' },
      { ops: 'b', change: 'removed', kind: 'subsys' },
      { ops: 'c', change: 'removed', kind: 'device' },
      { ops: 'x', change: 'added', kind: 'subsys' },
      { ops: 'd', change: 'none', kind: 'device' },
    ]);
  });
});

test('what is held: acquired, then released', () => {
  const held = { id: 4, resource: 'x', by: 'f', file: 'a.c', line: 1, column: 1 };
  const states = new States([entry('acquire', {}, { acquired: held }), entry('release', {}, { released: [4] })]);
  expect([...states.at(0).holdings.values()]).toEqual([held]);
  expect([...states.at(1).holdings.values()]).toEqual([]);
});

describe('the states of a run of the model', () => {
  const scenario: Scenario = {
    ops: { a: { init: true, exit: true, id: true, size: 8 }, b: { init: true, exit_batch: true } },
    steps: [
      { step: 'net_ns_init' },
      { step: 'core_initcall' },
      { step: 'register_pernet_subsys', ops: 'a' },
      ...Array.from({ length: 40 }, (_, n) => ({ step: 'copy_net_ns' as const, net: `n${n}` })),
      { step: 'register_pernet_device', ops: 'b' },
      ...Array.from({ length: 40 }, (_, n) => ({ step: 'put_net' as const, net: `n${n}` })),
      { step: 'cleanup_net' },
      { step: 'unregister_pernet_device', ops: 'b' },
      { step: 'unregister_pernet_subsys', ops: 'a' },
    ],
  };
  const { entries } = timelineOfScenario(JSON.stringify(scenario), { file: 'x' }) as Timeline;
  const { steps } = runScenario(scenario, { snapshots: true });
  const snapshots = steps.flatMap(({ snapshots: each }) => each ?? []);

  test.each([
    ['forwards', entries.map((_, index) => index)],
    ['backwards', entries.map((_, index) => entries.length - 1 - index)],
    ['here and there', entries.map((_, index) => (index * 71) % entries.length)],
  ])('are the snapshots, asked for %s', (_order, order) => {
    const states = new States(entries);
    for (const at of order) {
      const snapshot = snapshots[at];
      if (!snapshot) continue;
      const state = states.at(at);
      expect(state.pernetList).toEqual(snapshot.pernet_list);
      expect(state.firstDevice).toBe(snapshot.first_device);
      expect(state.nets).toEqual(snapshot.nets);
      expect(Object.fromEntries(state.refs)).toEqual(snapshot.refs);
      expect(Object.fromEntries(state.ids)).toEqual(snapshot.ids);
      expect(state.live).toEqual(snapshot.live);
      const gen = [...state.gens].map(([net, { len, slots }]) => [
        net,
        { len, ptrs: [...slots].sort((a, b) => a - b) },
      ]);
      expect(Object.fromEntries(gen)).toEqual(snapshot.gen);
    }
  });

  test('a namespace is being made, alive, dying, gone', () => {
    const states = new States(entries);
    const phases = entries.map((_, at) => states.at(at).phases.get('n3'));
    expect(phases.filter((phase, at) => phase !== phases[at - 1])).toEqual(['making', 'alive', 'dying', undefined]);
  });
});
