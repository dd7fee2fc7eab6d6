/** Points that the recorded logs leave open, and where steps meet each other in odd ways. */
import { describe, expect, it } from 'vitest';
import {
  eventsOf,
  initialState,
  runScenario,
  step,
  type NetnsEvent,
  type Scenario,
  type ScenarioStep,
} from '../../src/netns/index.ts';

/** The events of the last step, without the wording of details. */
function last(steps: ScenarioStep[], rest: Omit<Scenario, 'steps'> = {}): unknown[] {
  const events = runScenario({ ...rest, steps: [{ step: 'net_ns_init' }, ...steps] }).steps.at(-1)!.events;
  return events.map((event: NetnsEvent) => (event.event === 'violation' ? event.kind : event));
}

describe('references of init_net', () => {
  const holder: ScenarioStep[] = [
    { step: 'set_pid', pid: 1, net: 'init_net' },
    { step: 'put_net', net: 'init_net' },
  ];

  it('a task that takes up the namespace that it has drops none', () => {
    expect(last([...holder, { step: 'set_pid', pid: 1, net: 'init_net' }])).toEqual([]);
  });

  it('setns drops first, and it would be the last', () => {
    expect(last([...holder, { step: 'netns_install', pid: 1, net: 'init_net' }])).toEqual(['refcount-underflow']);
  });

  it('closing the file that holds the last one is not the scenario’s to do', () => {
    const file: ScenarioStep[] = [
      { step: 'set_fd', fd: 1, target: 'init_net' },
      { step: 'put_net', net: 'init_net' },
      { step: 'set_fd', fd: 1, target: null },
    ];
    expect(last(file)).toEqual(['refcount-underflow']);
  });

  it('setns checks both namespaces before it moves the task', () => {
    const dangling: ScenarioStep[] = [
      { step: 'copy_net_ns', net: 'n1' },
      { step: 'set_pid', pid: 1, net: 'n1' },
      { step: 'put_net', net: 'n1' },
      { step: 'put_net', net: 'n1' },
      { step: 'netns_install', pid: 1, net: 'init_net' },
    ];
    expect(last(dangling)).toEqual(['refcount-underflow']);
  });
});

describe('dumps', () => {
  it('NETNSA_CURRENT_NSID alone is not supported in a strict one', () => {
    const request: ScenarioStep = {
      step: 'rtnl_dumpid',
      net: 'init_net',
      attrs: { NETNSA_CURRENT_NSID: 0 },
      strict: true,
    };
    expect(last([request])).toEqual([
      { event: 'return', call: 'rtnl_dumpid', ret: -22, extack: 'Unsupported attribute in dump request' },
    ]);
  });

  it('are in the order of ids, not of their making', () => {
    const steps: ScenarioStep[] = [
      { step: 'copy_net_ns', net: 'n1' },
      { step: 'copy_net_ns', net: 'n2' },
      { step: 'set_pid', pid: 1, net: 'n1' },
      { step: 'set_pid', pid: 2, net: 'n2' },
      { step: 'rtnl_newid', net: 'init_net', attrs: { NETNSA_NSID: 7, NETNSA_PID: 1 } },
      { step: 'rtnl_newid', net: 'init_net', attrs: { NETNSA_NSID: 0, NETNSA_PID: 2 } },
      { step: 'rtnl_dumpid', net: 'init_net' },
    ];
    expect(last(steps)[0]).toEqual({ event: 'rtnl_dump', entries: [{ nsid: 0 }, { nsid: 7 }] });
  });
});

describe('ids', () => {
  it('of namespaces are handed out from the lowest, past those that were asked for', () => {
    const nets = ['n1', 'n2', 'n3', 'n4'];
    const steps: ScenarioStep[] = [
      ...nets.map((net): ScenarioStep => ({ step: 'copy_net_ns', net })),
      { step: 'set_pid', pid: 1, net: 'n1' },
      { step: 'rtnl_newid', net: 'init_net', attrs: { NETNSA_NSID: 1, NETNSA_PID: 1 } },
      ...['n2', 'n3', 'n4'].map((peer): ScenarioStep => ({ step: 'peernet2id_alloc', net: 'init_net', peer })),
    ];
    const { final } = runScenario({ steps: [{ step: 'net_ns_init' }, ...steps] });
    expect(final!.netns_ids).toEqual({ init_net: { 0: 'n2', 1: 'n1', 2: 'n3', 3: 'n4' } });
  });
});

describe('a panic', () => {
  const panicking: Scenario = {
    steps: [{ step: 'fail_nth_alloc', nth: 1 }, { step: 'net_ns_init' }, { step: 'state' }],
  };

  it('ends the run', () => {
    const run = runScenario(panicking);
    expect(run.steps).toHaveLength(2);
    expect(run.final).toBeUndefined();
    expect(eventsOf(run)).toEqual([{ event: 'panic', message: 'Could not allocate generic netns' }]);
  });

  it('leaves a state in which nothing happens any more', () => {
    let state = initialState(panicking);
    for (const next of panicking.steps) state = step(state, next).state;
    expect(step(state, { step: 'state' }).run.events).toEqual([]);
  });

  it('exits with 1 after an earlier violation', () => {
    expect(runScenario({ steps: [{ step: 'get_net', net: 'init_net' }, ...panicking.steps] }).exit).toBe(1);
  });
});

it('names may be anything that a text can be', () => {
  const ops = { __proto__x: { id: true }, constructor: { id: true, size: 1 } };
  const steps: ScenarioStep[] = [
    { step: 'net_ns_init' },
    { step: 'copy_net_ns', net: '__proto__' },
    { step: 'register_pernet_subsys', ops: 'constructor' },
  ];
  const { final } = runScenario({ ops, steps });
  expect(Object.keys(final!.refs)).toEqual(['init_net', '__proto__']);
  expect(final!.ids).toEqual({ constructor: 3 });
});
