/** What kernels do differently, and how a tree's own texts tell which one it is. The texts here are our own. */
import { describe, expect, it } from 'vitest';
import {
  detectDialect,
  dialectNamed,
  dialects,
  eventsOf,
  runScenario,
  type NetnsEvent,
  type Scenario,
} from '../../src/netns/index.ts';

const struct = (members: string): string => `struct pernet_operations { struct list_head list; ${members} };`;
const EXIT_RTNL = struct('void (*exit_rtnl)(struct net *n, struct list_head *l);');
const EXIT_BATCH_RTNL = struct('void (*exit_batch_rtnl)(struct list_head *a, struct list_head *b);');
const BOTH = EXIT_RTNL + EXIT_BATCH_RTNL;

describe('the dialect of a tree', () => {
  it.each([
    ['7.3', EXIT_RTNL, ''],
    ['7.3', '', 'static void ops_undo_list(void) {}'],
    ['6.12', BOTH, ''],
    ['6.12', '', 'static void ops_undo_list(void) { ops->exit_batch_rtnl(a, b); }'],
    ['6.1', EXIT_BATCH_RTNL, ''],
    ['6.1', '', 'ops->exit_batch_rtnl(a, b);'],
    ['reference', struct('void (*exit)(struct net *n);'), 'static void free_exit_list(void) {}'],
    ['reference', '', ''],
  ])('is %s', (name, netNamespaceH, netNamespaceC) => {
    expect(detectDialect({ netNamespaceH, netNamespaceC }).name).toBe(name);
  });

  it('can be named', () => {
    expect(dialects.map(({ name }) => name)).toEqual(['reference', '6.1', '6.12', '7.3']);
    expect(dialectNamed('2.6')).toBeUndefined();
  });
});

/** What each dialect logs of some kinds of events. */
function logs(scenario: Scenario, wanted: readonly NetnsEvent['event'][]): Record<string, string[]> {
  const log = (name: string): string[] =>
    eventsOf(runScenario(scenario, { dialect: dialectNamed(name)! }))
      .filter(({ event }) => wanted.includes(event))
      .map((event) =>
        'ops' in event ? `${event.event} ${event.ops}` : 'net' in event ? `${event.event} ${event.net}` : event.event,
      );
  return Object.fromEntries(dialects.map(({ name }) => [name, log(name)]));
}

describe('what kernels do differently', () => {
  it('a struct net goes back in the next cleanup', () => {
    const scenario: Scenario = {
      steps: [
        { step: 'net_ns_init' },
        { step: 'copy_net_ns', net: 'n1' },
        { step: 'copy_net_ns', net: 'n2', killed: true },
        { step: 'put_net', net: 'n1' },
        { step: 'cleanup_net' },
        { step: 'copy_net_ns', net: 'n3' },
        { step: 'put_net', net: 'n3' },
        { step: 'cleanup_net' },
      ],
    };
    const late = [
      'net_free_deferred n2',
      'rcu_barrier',
      'net_free n2',
      'net_free_deferred n1',
      'rcu_barrier',
      'net_free n1',
      'net_free_deferred n3',
    ];
    expect(logs(scenario, ['net_free', 'net_free_deferred', 'rcu_barrier'])).toEqual({
      reference: ['net_free n2', 'rcu_barrier', 'net_free n1', 'rcu_barrier', 'net_free n3'],
      '6.1': late,
      '6.12': late,
      '7.3': late,
    });
    const { final } = runScenario(scenario, { dialect: dialectNamed('6.1')! });
    expect([final!.live.net, final!.nets]).toEqual([1, ['init_net']]);
  });

  it('6.12 registers nothing as a core_initcall', () => {
    const scenario: Scenario = { steps: [{ step: 'net_ns_init' }, { step: 'core_initcall' }] };
    const defaults = { reference: true, '6.1': true, '6.12': false };
    for (const [name, there] of Object.entries(defaults)) {
      const { final, exit } = runScenario(scenario, { dialect: dialectNamed(name)! });
      expect([final!.pernet_list.includes('net_defaults_ops'), exit]).toEqual([there, 0]);
    }
  });

  it('6.12 wants id and size together', () => {
    const scenario: Scenario = {
      ops: { a: { id: true }, b: { size: 8 } },
      steps: [
        { step: 'net_ns_init' },
        { step: 'register_pernet_subsys', ops: 'a' },
        { step: 'register_pernet_subsys', ops: 'b' },
      ],
    };
    const events = eventsOf(runScenario(scenario, { dialect: dialectNamed('6.12')! }));
    expect(events.filter(({ event }) => event === 'warn')).toEqual([
      { event: 'warn', message: 'a has .id without .size' },
      { event: 'warn', message: 'b has .size without .id' },
    ]);
    expect(events.filter((event) => event.event === 'return' && event.ret === -22)).toHaveLength(2);
    expect(runScenario(scenario).final!.pernet_list).toEqual(['net_ns_ops', 'a', 'b']);
  });

  it('6.12 poisons a single ops that it undoes, also one that never was in the list', () => {
    const scenario: Scenario = {
      config: { NET_NS: false },
      ops: { d: { exit: true } },
      steps: [
        { step: 'net_ns_init' },
        { step: 'register_pernet_device', ops: 'd' },
        { step: 'unregister_pernet_device', ops: 'd' },
        { step: 'state' },
      ],
    };
    const again: Scenario = {
      ...scenario,
      steps: [
        ...scenario.steps.slice(0, 1),
        { step: 'register_pernet_subsys', ops: 'd' },
        { step: 'unregister_pernet_subsys', ops: 'd' },
        ...scenario.steps.slice(1),
      ],
    };
    const first = (name: string) => runScenario(again, { dialect: dialectNamed(name)! }).final!.first_device;
    expect(['reference', '6.1', '6.12'].map(first)).toEqual(['NULL', 'NULL', 'LIST_POISON1']);
  });

  it('the RTNL is taken for one ops only when it has a callback for it', () => {
    const scenario: Scenario = {
      ops: { a: { exit_batch_rtnl: true }, b: { exit_rtnl: true }, c: { exit: true } },
      steps: [
        { step: 'net_ns_init' },
        ...(['a', 'b', 'c'] as const).flatMap((ops) => [
          { step: 'register_pernet_subsys' as const, ops },
          { step: 'unregister_pernet_subsys' as const, ops },
        ]),
      ],
    };
    expect(logs(scenario, ['rtnl_lock', 'rtnl_unlock', 'exit_rtnl', 'exit_batch_rtnl', 'exit'])).toEqual({
      reference: ['exit c'],
      '6.1': ['rtnl_lock', 'exit_batch_rtnl a', 'rtnl_unlock', 'exit c'],
      '6.12': ['rtnl_lock', 'exit_batch_rtnl a', 'rtnl_unlock', 'rtnl_lock', 'exit_rtnl b', 'rtnl_unlock', 'exit c'],
      '7.3': ['rtnl_lock', 'exit_rtnl b', 'rtnl_unlock', 'exit c'],
    });
  });
});
