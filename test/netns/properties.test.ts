/** What holds for every scenario, whatever it does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dialects,
  eventsOf,
  initialState,
  parseScenario,
  runScenario,
  snapshot,
  step,
  type NetnsEvent,
  type Scenario,
  type StateSnapshot,
} from '../../src/netns/index.ts';
import { scenarios } from './arbitrary.ts';

const RUNS = { numRuns: 300, seed: 20261123 };

/** Checks something of each scenario's run, in each dialect. */
function forAll(check: (scenario: Scenario, run: ReturnType<typeof runScenario>) => void): void {
  const property = fc.property(scenarios, fc.constantFrom(...dialects), (scenario, dialect) => {
    check(scenario, runScenario(scenario, { dialect, snapshots: true }));
  });
  fc.assert(property, RUNS);
}

/** The events of one call that undoes, cut where it waits. */
function passes(events: readonly NetnsEvent[]): NetnsEvent[][] {
  return events.reduce<NetnsEvent[][]>(
    (sections, event) => {
      if (event.event.startsWith('synchronize_rcu')) sections.push([]);
      sections.at(-1)!.push(event);
      return sections;
    },
    [[]],
  );
}

function opsIn(events: readonly NetnsEvent[], kind: NetnsEvent['event']): string[] {
  return [...new Set(events.filter((event) => event.event === kind).map((event) => ('ops' in event ? event.ops : '')))];
}

describe('every scenario', () => {
  it('is well formed, and logs a state at its end', () => {
    forAll((scenario, run) => {
      expect(parseScenario(scenario).ok).toBe(true);
      expect(run.final?.event).toBe('state');
    });
  });

  it('gives the same events step by step, and leaves each earlier state as it was', () => {
    forAll((scenario) => {
      const whole = runScenario(scenario);
      let state = initialState(scenario);
      const before: [state: typeof state, was: StateSnapshot, whole: unknown][] = [];
      scenario.steps.forEach((next, index) => {
        before.push([state, snapshot(state), structuredClone(state)]);
        const result = step(state, next);
        expect(result.run.events).toEqual(whole.steps[index]!.events);
        state = result.state;
      });
      expect({ event: 'state', ...snapshot(state) }).toEqual(whole.final);
      for (const [earlier, was, clone] of before) {
        expect(snapshot(earlier)).toEqual(was);
        expect(earlier).toEqual(clone);
      }
    });
  });

  it('is the same when it is run again', () => {
    forAll((scenario, run) => {
      expect(eventsOf(runScenario(scenario, { snapshots: true }))).toEqual(eventsOf(runScenario(scenario)));
      expect(run.steps.every(({ events, snapshots }) => snapshots?.length === events.length)).toBe(true);
    });
  });

  it('a violation of a whole step changes nothing', () => {
    forAll((scenario) => {
      let state = initialState(scenario);
      for (const next of scenario.steps) {
        const result = step(state, next);
        if (result.run.events[0]?.event === 'violation') {
          expect(result.run.events).toHaveLength(1);
          expect(result.state).toEqual(state);
        }
        state = result.state;
      }
    });
  });

  it('exits run in the reverse of the order of inits, in each pass of a cleanup', () => {
    forAll((_scenario, run) => {
      for (const { step: cause, events, snapshots } of run.steps) {
        if (cause.step !== 'cleanup_net' || events.length < 2) continue;
        // New namespaces are initialised in the order of pernet_list.
        const reverse = [...snapshots!.at(-1)!.pernet_list].reverse();
        const [before, after] = passes(events);
        const sections = [opsIn(before!, 'pre_exit'), opsIn(after!, 'exit'), opsIn(after!, 'exit_batch')];
        for (const section of sections) expect(section).toEqual(reverse.filter((ops) => section.includes(ops)));
      }
    });
  });

  it('what setup_net rolled back leaves no trace', () => {
    fc.assert(
      fc.property(scenarios, fc.constantFrom(...dialects), (scenario, dialect) => {
        let state = initialState(scenario);
        for (const next of scenario.steps) {
          const { state: after, run } = step(state, next, { dialect });
          const result = run.events.at(-1);
          if (next.step === 'copy_net_ns' && result?.event === 'return' && (result.ret ?? 0) < 0) {
            const { live, ...rest } = snapshot(after);
            // A kernel that frees late has the struct on its list; all else is as it was.
            const deferred = after.defer_free_list.length - state.defer_free_list.length;
            expect({ ...rest, live: { ...live, net: live.net - deferred } }).toEqual(snapshot(state));
          }
          state = after;
        }
      }),
      RUNS,
    );
  });

  it('no two registered ops share an id, and every id fits into each array that holds its data', () => {
    forAll((_scenario, run) => {
      for (const { snapshots } of run.steps) {
        for (const { ids, max_gen_ptrs } of snapshots!) {
          const taken = Object.values(ids);
          expect(new Set(taken).size).toBe(taken.length);
          expect(taken.every((id) => id >= 3 && id < max_gen_ptrs)).toBe(true);
        }
      }
    });
  });

  it('subsystems stand before devices, and first_device is the first of them', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        // An ops that is unregistered by the other kind's call may be registered as that kind later.
        const kinds = new Map<string, string>();
        for (const { step: cause, events, snapshots } of runScenario(scenario, { snapshots: true }).steps) {
          const result = events.at(-1);
          const registered = result?.event === 'return' && result.ret === 0 && 'ops' in cause;
          if (registered && cause.step.startsWith('register_')) kinds.set(cause.ops, cause.step);
          const { pernet_list, first_device } = snapshots!.at(-1) ?? { pernet_list: [], first_device: null };
          const devices = pernet_list.map((ops) => kinds.get(ops) === 'register_pernet_device');
          expect(devices.lastIndexOf(false)).toBeLessThan(devices.includes(true) ? devices.indexOf(true) : Infinity);
          expect(first_device).toBe(pernet_list[devices.indexOf(true)] ?? null);
        }
      }),
      RUNS,
    );
  });

  it('a namespace is freed once, and not while it is in the list', () => {
    forAll((_scenario, run) => {
      const listed = new Set<string>();
      const dead = new Set<string>();
      for (const event of eventsOf(run)) {
        if (event.event === 'net_list_add') listed.add(event.net);
        if (event.event === 'net_list_del') expect(listed.delete(event.net)).toBe(true);
        if (event.event !== 'net_free' && event.event !== 'net_free_deferred') continue;
        expect(listed.has(event.net)).toBe(false);
        if (event.event === 'net_free') expect(dead.has(event.net)).toBe(false);
        if (event.event === 'net_free') dead.add(event.net);
      }
    });
  });

  it('counts its live allocations right', () => {
    forAll((scenario, run) => {
      const { live, gen, refs, ids, nets } = run.final!;
      // Each listed namespace has the data of each registered ops that wants any, and no other data is there.
      const with_data = Object.keys(ids).filter((ops) => (scenario.ops![ops]!.size ?? 0) > 0);
      expect(live.ops_data).toBe(nets.length * with_data.length);
      const others = Object.keys(refs).length - 1;
      const deferred = eventsOf(run).filter(({ event }) => event === 'net_free_deferred').length;
      const given_back = deferred === 0 ? 0 : eventsOf(run).filter(({ event }) => event === 'net_free').length;
      expect(live.net_generic).toBe(Object.keys(gen).length);
      expect(live.net).toBe(others + deferred - given_back);
      expect(live.key_tag).toBeLessThanOrEqual(others);
    });
  });
});
