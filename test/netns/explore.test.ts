/** Exploration finds again what later kernels mended, and nothing in what was never broken. */
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  dialectNamed,
  eventsOf,
  explore,
  initialState,
  parseScenario,
  runScenario,
  step,
  type Exploration,
  type NetnsEvent,
  type Scenario,
  type ScenarioStep,
  type State,
  type UncleanKind,
} from '../../src/netns/index.ts';
import { uncleanCall, uncleanEnd } from '../../src/netns/explore/unclean.ts';
import type { Net } from '../../src/netns/state.ts';
import { referenceNames } from '../../src/tools/netns-conformance/reference.ts';

/** As many ops with data as the first arrays have slots, and one more. */
function growth(): Scenario {
  const names = Array.from({ length: 11 }, (_, index) => `o${index}`);
  return {
    ops: Object.fromEntries(names.map((name) => [name, { id: true, size: 8 }])),
    steps: [{ step: 'net_ns_init' }, ...names.map((ops): ScenarioStep => ({ step: 'register_pernet_subsys', ops }))],
  };
}

function kinds(exploration: Exploration): string[] {
  return exploration.findings.map(({ kind }) => kind);
}

describe('exploration', () => {
  it('finds the write behind the array in the failure path of ops_init()', () => {
    const found = explore(growth()).findings.find(({ kind }) => kind === 'out-of-bounds')!;
    expect(found.fault).toBe('allocation 3 of register_pernet_subsys fails');
    const events = eventsOf(runScenario(found.scenario));
    expect(events.some((event) => event.event === 'violation' && event.kind === 'net-generic-out-of-bounds')).toBe(
      true,
    );
    // Each of the ops is needed to fill the array; each is unregistered in the end.
    expect(found.scenario.steps).toHaveLength(1 + 10 + 2 + 10);
  });

  it.each(['6.1', '6.12'])('finds it mended in %s', (name) => {
    expect(kinds(explore(growth(), { dialect: dialectNamed(name)! }))).not.toContain('out-of-bounds');
  });

  it('finds pointers to freed data that unregistration leaves, which no kernel has mended', () => {
    const scenario: Scenario = {
      ops: { a: { id: true, size: 8 }, b: { init: true } },
      steps: [
        { step: 'net_ns_init' },
        { step: 'register_pernet_subsys', ops: 'b' },
        { step: 'copy_net_ns', net: 'n1' },
        { step: 'register_pernet_device', ops: 'a' },
      ],
    };
    for (const dialect of [undefined, dialectNamed('6.12')!]) {
      const { findings } = explore(scenario, dialect && { dialect });
      expect(findings.map(({ kind, detail, fault }) => [kind, detail, fault])).toEqual([
        ['dangling-data-pointer', 'slot 3 of init_net still points at the data of a, which is freed', undefined],
      ]);
      expect(findings[0]!.scenario).toEqual({
        config: {},
        ops: { a: { id: true, size: 8 } },
        steps: [
          { step: 'net_ns_init' },
          { step: 'register_pernet_device', ops: 'a' },
          { step: 'unregister_pernet_device', ops: 'a' },
        ],
      });
    }
  });

  it('finds that an ops without size can be given the freed data of another, which 6.12 rules out', () => {
    const scenario: Scenario = {
      ops: { a: { id: true, size: 8 }, b: { id: true } },
      steps: [
        { step: 'net_ns_init' },
        { step: 'register_pernet_subsys', ops: 'a' },
        { step: 'unregister_pernet_subsys', ops: 'a' },
        { step: 'register_pernet_subsys', ops: 'b' },
      ],
    };
    const found = explore(scenario).findings.find(({ kind }) => kind === 'freed-data-visible')!;
    expect(found.detail).toBe('net_generic() of b in init_net is the data of a, which is freed');
    expect(kinds(explore(scenario, { dialect: dialectNamed('6.12')! }))).not.toContain('freed-data-visible');
  });

  it('finds that without CONFIG_NET_NS the list outlives the ops, and first_device goes astray', () => {
    const scenario: Scenario = {
      config: { NET_NS: false },
      ops: { a: { exit: true }, d: { exit: true } },
      steps: [
        { step: 'register_pernet_subsys', ops: 'a' },
        { step: 'net_ns_init' },
        { step: 'register_pernet_device', ops: 'd' },
      ],
    };
    const { findings } = explore(scenario);
    expect(findings.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['ops-left-in-list', 'a is unregistered, and pernet_list still holds it'],
      ['first-device-astray', 'first_device points at NULL, and no device is registered'],
    ]);
  });

  it('counts the runs: one without a fault, one for each allocation and init, one for the signal', () => {
    const boot: Scenario = { steps: [{ step: 'net_ns_init' }] };
    // The array, the inum, and the init of net_ns_ops: a boot that fails panics.
    expect(explore(boot)).toEqual({ runs: 4, panics: 3, findings: [] });
    const copy: Scenario = { steps: [{ step: 'net_ns_init' }, { step: 'copy_net_ns', net: 'n1' }] };
    // The array, the struct, the key tag, the inum; the init of net_ns_ops; the signal.
    expect(explore(copy)).toEqual({ runs: 4 + 6, panics: 3, findings: [] });
  });

  it('finds whatever holds on to a namespace reachable: tasks, files, references', () => {
    const scenario: Scenario = {
      steps: [
        { step: 'net_ns_init' },
        { step: 'copy_net_ns', net: 'n1' },
        { step: 'copy_net_ns', net: 'n2' },
        { step: 'set_pid', pid: 1, net: 'n1' },
        { step: 'set_fd', fd: 1, target: 'n1' },
        { step: 'get_net', net: 'n2' },
        { step: 'hold_passive', net: 'n2' },
        { step: 'peernet2id_alloc', net: 'n1', peer: 'n2' },
      ],
    };
    expect(explore(scenario).findings).toEqual([]);
    expect(explore(scenario, { dialect: dialectNamed('6.12')! }).findings).toEqual([]);
  });

  it('passes over steps of the scenario that are not defined', () => {
    const scenario: Scenario = {
      ops: { a: { id: true, size: 8 } },
      steps: [
        { step: 'unregister_pernet_subsys', ops: 'a' },
        { step: 'net_ns_init' },
        { step: 'put_net', net: 'init_net' },
        { step: 'register_pernet_subsys', ops: 'a' },
      ],
    };
    const { findings } = explore(scenario);
    expect(kinds({ runs: 0, panics: 0, findings })).toEqual(['dangling-data-pointer']);
    expect(findings[0]!.scenario.steps.map(({ step }) => step)).toEqual([
      'net_ns_init',
      'register_pernet_subsys',
      'unregister_pernet_subsys',
    ]);
  });

  it('over all scenarios of the reference finds no kind but these, and each with a scenario that shows it', () => {
    const folder = path.join(import.meta.dirname, 'reference');
    const found = new Set<string>();
    for (const name of referenceNames(folder)) {
      const file = path.join(folder, 'scenarios', `${name}.netns.json`);
      for (const finding of explore(JSON.parse(readFileSync(file, 'utf8')) as Scenario).findings) {
        found.add(finding.kind);
        expect(parseScenario(finding.scenario).ok).toBe(true);
      }
    }
    expect([...found].sort()).toEqual([
      'dangling-data-pointer',
      'first-device-astray',
      'freed-data-visible',
      'ops-left-in-list',
      'out-of-bounds',
    ]);
  });
});

/** States that the model does not come to: each broken by hand in one place, to see that it would be found. */
describe('what an unclean end is', () => {
  const ended = runToEnd([
    { step: 'net_ns_init' },
    { step: 'copy_net_ns', net: 'n1' },
    { step: 'peernet2id_alloc', net: 'init_net', peer: 'n1' },
    { step: 'put_net', net: 'n1' },
  ]);
  const cleaned = step(ended, { step: 'cleanup_net' }).state;

  function runToEnd(steps: ScenarioStep[]): State {
    return steps.reduce((state, next) => step(state, next).state, initialState());
  }

  it('is none after a cleanup', () => {
    expect(uncleanEnd(cleaned)).toEqual([]);
    expect(uncleanEnd(initialState())).toEqual([]);
  });

  it.each<[kind: UncleanKind, detail: string, state: State]>([
    ['leak', '1 of ops_data too many are allocated', { ...cleaned, live: { ...cleaned.live, ops_data: 1 } }],
    ['leak', '-1 of net too many are allocated', { ...cleaned, defer_free_list: ['n9'] }],
    ['id-taken', 'id 5 of a is taken', { ...cleaned, net_generic_ids: { taken: new Map([[5, 'a']]), lowest: 3 } }],
    ['half-alive-net', 'n1 is there (listed), and nobody holds it', { ...ended, live: cleaned.live }],
    ['half-alive-net', 'n1 is there (not listed), and nobody holds it', { ...ended, net_namespace_list: new Set() }],
    [
      'nsid-left',
      'nsid 0 of init_net names n1, which is gone',
      { ...ended, nets: new Map([['init_net', ended.nets.get('init_net')!]]) },
    ],
    ['charge-left', 'init_user_ns is charged for 1 network namespaces', ended],
    ['ops-left-in-list', 'a is unregistered, and pernet_list still holds it', { ...cleaned, pernet_list: ['a'] }],
    [
      'first-device-astray',
      'first_device points at d, and no device is registered',
      { ...cleaned, first_device: { at: 'ops', ops: 'd' } },
    ],
  ])('%s: %s', (kind, detail, state) => {
    expect(uncleanEnd(state)).toContainEqual({ kind, detail });
  });

  const failed: NetnsEvent[] = [{ event: 'return', call: 'copy_net_ns', ret: -12 }];
  const touched = (change: Partial<Net>): State => {
    const init_net = { ...cleaned.nets.get('init_net')!, ...change };
    return { ...cleaned, nets: new Map([['init_net', init_net]]) };
  };
  it.each<[change: string, after: State]>([
    ['the number of live key_tag changed', { ...cleaned, live: { ...cleaned.live, key_tag: 1 } }],
    ['the ids that are taken changed', { ...cleaned, net_generic_ids: { taken: new Map([[5, 'a']]), lowest: 3 } }],
    ['pernet_list changed', { ...cleaned, pernet_list: [] }],
    ['the namespaces that are there changed', { ...cleaned, nets: ended.nets }],
    ['the references of init_net changed', touched({ count: 2 })],
    ['the references of init_net changed', touched({ passive: 2 })],
    ['the nsids of init_net changed', touched({ netns_ids: { taken: new Map([[0, 'n1']]), lowest: 1 } })],
  ])('a call that failed, and %s', (change, after) => {
    expect(uncleanCall(cleaned, after, failed)).toEqual([
      { kind: 'failed-call-left-a-trace', detail: `copy_net_ns failed, and ${change}` },
    ]);
    expect(uncleanCall(cleaned, after, [{ event: 'return', call: 'copy_net_ns', net: 'n1' }])).toEqual([]);
  });

  it('is none of a call that failed and left all as it was', () => {
    expect(uncleanCall(cleaned, cleaned, failed)).toEqual([]);
  });
});
