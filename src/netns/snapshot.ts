/** What a `state` event has: the whole state at one moment, in the words of the file. */
import type { StateSnapshot } from './events.ts';
import { MIN_PERNET_OPS_ID, type ListPointer, type Net, type State } from './state.ts';

/** The members of a `state` event for this state. */
export function snapshot(state: State): StateSnapshot {
  const nets = [...state.nets.values()];
  return {
    pernet_list: [...state.pernet_list],
    first_device: nameOf(state.first_device),
    nets: [...state.net_namespace_list],
    refs: byName(nets, (net) => ({ count: net.count, passive: net.passive })),
    ids: idsOf(state),
    gen: byName(nets, (net) => ({ len: net.gen.len, ptrs: pointersOf(net) })),
    netns_ids: byName(
      nets.filter((net) => net.netns_ids.taken.size > 0),
      (net) => Object.fromEntries([...net.netns_ids.taken].sort(([a], [b]) => a - b)),
    ),
    ucounts: Object.fromEntries(
      [...state.user_namespaces]
        .filter(([, user_ns]) => user_ns.net_namespaces > 0)
        .map(([name, user_ns]) => [name, user_ns.net_namespaces]),
    ),
    max_gen_ptrs: state.max_gen_ptrs,
    live: { ...state.live },
  };
}

/** A pointer into pernet_list as a `state` event names it. */
export function nameOf(pointer: ListPointer): string | null {
  if (pointer.at === 'ops') return pointer.ops;
  return pointer.at === 'head' ? null : pointer.at;
}

function byName<T>(nets: Net[], value: (net: Net) => T): Record<string, T> {
  return Object.fromEntries(nets.map((net) => [net.name, value(net)]));
}

function idsOf(state: State): Record<string, number> {
  const ids: [string, number][] = [];
  for (const [name, ops] of state.ops_state) {
    if (ops.registered && ops.id !== null) ids.push([name, ops.id]);
  }
  return Object.fromEntries(ids);
}

function pointersOf(net: Net): number[] {
  const indices: number[] = [];
  for (let index = MIN_PERNET_OPS_ID; index < net.gen.len; index += 1) {
    if (net.gen.ptrs[index] !== null) indices.push(index);
  }
  return indices;
}
