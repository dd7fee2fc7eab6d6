import { describe, expect, test } from 'vitest';
import type { Snapshot, TimelineEntry } from '../../src/engine/types.ts';
import { lanesOf, listMembers, netsAt, occupanciesAt, snapshotAt } from '../../src/webview/history.ts';
import { failedLoad } from './sample-run.ts';

const state = (pernet_list: string[], first_device: string | null): Snapshot => ({
  pernet_list,
  first_device,
  nets: ['init_net'],
});

const entry = (event: string, members: Record<string, unknown>, snapshot?: Snapshot): TimelineEntry => ({
  index: 0,
  step: 0,
  event: { event, ...members },
  text: event,
  lane: 'core',
  held: [],
  ...(snapshot ? { snapshot } : {}),
});

describe('snapshotAt', () => {
  const first = state(['a'], null);
  const entries = [entry('x', {}), entry('y', {}, first), entry('z', {})];
  test('takes the nearest entry at or before the cursor that carries a state', () => {
    expect(snapshotAt(entries, 0)).toBeUndefined();
    expect(snapshotAt(entries, 1)).toBe(first);
    expect(snapshotAt(entries, 2)).toBe(first);
    expect(snapshotAt(entries, 99)).toBe(first);
    expect(snapshotAt([], 0)).toBeUndefined();
  });
});

describe('occupanciesAt', () => {
  const at = (cursor: number, ops: string, net: string) =>
    occupanciesAt(failedLoad().entries, cursor).get(net)?.get(ops);
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
    const entries = [
      entry('init', { ops: 'a', net: 'n1', ret: 0, data: true }),
      entry('init', { ops: 'a', net: 'n2', ret: 0, data: false }),
      entry('pre_exit', { ops: 'a', net: 'n1' }),
      entry('exit_batch', { ops: 'a', nets: ['n1', 'n2'] }),
    ];
    expect(occupanciesAt(entries, 2).get('n1')?.get('a')).toEqual({ stage: 'leaving', data: true });
    expect(occupanciesAt(entries, 3).get('n1')?.get('a')).toEqual({ stage: 'gone', data: true });
    expect(occupanciesAt(entries, 3).get('n2')?.get('a')).toEqual({ stage: 'gone', data: false });
  });
});

describe('listMembers', () => {
  test('first_device divides the list', () => {
    const members = listMembers(state(['a', 'b', 'c', 'd'], 'c'), undefined);
    expect(members.map(({ kind }) => kind)).toEqual(['subsys', 'subsys', 'device', 'device']);
  });
  test('without a device all are subsystems', () => {
    expect(listMembers(state(['a'], null), undefined)).toEqual([{ ops: 'a', change: 'none', kind: 'subsys' }]);
  });
  test('what is new is marked, what has gone stays where it was, in the part it was in', () => {
    const members = listMembers(state(['a', 'x', 'd'], 'd'), state(['a', 'b', 'c', 'd'], 'c'));
    expect(members).toEqual([
      { ops: 'a', change: 'none', kind: 'subsys' },
      { ops: 'b', change: 'removed', kind: 'subsys' },
      { ops: 'c', change: 'removed', kind: 'device' },
      { ops: 'x', change: 'added', kind: 'subsys' },
      { ops: 'd', change: 'none', kind: 'device' },
    ]);
  });
});

test('namespaces: being set up, alive, dying, gone', () => {
  const nets = (...names: string[]): Snapshot => ({ ...state([], null), nets: names });
  const entries = [
    entry('init', { ops: 'a', net: 'n1', ret: 0 }, nets('init_net')),
    entry('net_list_add', { net: 'n1' }, nets('init_net', 'n1')),
    entry('net_list_del', { net: 'n1' }, nets('init_net')),
    entry('exit', { ops: 'a', net: 'n1' }),
    entry('net_free', { net: 'n1' }),
  ];
  const phases = entries.map((_, cursor) => netsAt(entries, cursor).map(({ net, phase }) => `${net} ${phase}`));
  expect(phases).toEqual([
    ['init_net alive', 'n1 making'],
    ['init_net alive', 'n1 alive'],
    ['init_net alive', 'n1 dying'],
    ['init_net alive', 'n1 dying'],
    ['init_net alive'],
  ]);
});

test('lanes: the module and the core first, then namespaces', () => {
  expect(lanesOf(failedLoad().entries)).toEqual(['module', 'core', 'init_net', 'n1']);
});
