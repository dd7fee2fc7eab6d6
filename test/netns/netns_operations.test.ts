/** netns_operations and get_net_ns(), which no step of a scenario calls by itself. */
import { describe, expect, it } from 'vitest';
import { dialectNamed, initialState, step, type ScenarioStep, type State } from '../../src/netns/index.ts';
import { openKernel, type Kernel } from '../../src/netns/kernel.ts';
import { get_net_ns } from '../../src/netns/lookup.ts';
import { netns_get, netns_owner, netns_put } from '../../src/netns/netns_operations.ts';

const steps: ScenarioStep[] = [
  { step: 'net_ns_init' },
  { step: 'set_user_ns', user_ns: 'u' },
  { step: 'copy_net_ns', net: 'n1', user_ns: 'u' },
  { step: 'set_pid', pid: 1, net: 'n1' },
  { step: 'set_pid', pid: 2, net: null },
];
const state = steps.reduce<State>((before, next) => step(before, next).state, initialState());
const dying = step(step(state, { step: 'put_net', net: 'n1' }).state, { step: 'put_net', net: 'n1' }).state;

function kernelOf(from: State, dialect = 'reference'): Kernel {
  return openKernel(from, dialectNamed(dialect)!, { snapshots: false });
}

function violations(kernel: Kernel): string[] {
  return kernel.events.map((event) => (event.event === 'violation' ? event.kind : event.event));
}

describe('netns_operations', () => {
  it('get takes a reference of the task’s namespace', () => {
    const kernel = kernelOf(state);
    expect(netns_get(kernel, 1)).toEqual({ found: 'n1' });
    expect(kernel.state.nets.get('n1')!.count).toBe(3);
    expect(state.nets.get('n1')!.count).toBe(2);
  });

  it('get finds nothing at a task without nsproxy, or none', () => {
    expect([netns_get(kernelOf(state), 2), netns_get(kernelOf(state), 3)]).toEqual([null, null]);
  });

  it('get of a namespace that was put too often is not defined', () => {
    const kernel = kernelOf(dying);
    expect(netns_get(kernel, 1)).toBe('violation');
    expect(violations(kernel)).toEqual(['use-after-free']);
  });

  it('put drops one, and the last queues the cleanup', () => {
    const kernel = kernelOf(state);
    expect([netns_put(kernel, 'n1'), netns_put(kernel, 'n1'), netns_put(kernel, 'n1')]).toEqual([true, true, false]);
    expect(violations(kernel)).toEqual(['queue_work', 'refcount-underflow']);
  });

  it('owner is who made it', () => {
    expect([netns_owner(kernelOf(state), 'n1'), netns_owner(kernelOf(state), 'init_net')]).toEqual([
      'u',
      'init_user_ns',
    ]);
  });
});

describe('get_net_ns', () => {
  it.each(['reference', '6.1', '6.12'])('%s gives one more reference', (dialect) => {
    expect(get_net_ns(kernelOf(state, dialect), 'n1')).toEqual({ found: 'n1' });
  });

  it('of a dying namespace is a violation, and -EINVAL in later kernels', () => {
    const kernel = kernelOf(dying);
    expect(get_net_ns(kernel, 'n1')).toBe('violation');
    expect(violations(kernel)).toEqual(['use-after-free']);
    expect(get_net_ns(kernelOf(dying, '6.1'), 'n1')).toEqual({ errno: -22 });
  });

  it('of one that is gone is a violation in any kernel', () => {
    const gone = step(dying, { step: 'cleanup_net' }).state;
    expect(get_net_ns(kernelOf(gone, '6.12'), 'n1')).toBe('violation');
  });
});
