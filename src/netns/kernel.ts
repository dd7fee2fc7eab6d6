/**
 * A kernel that is being run: the state that one step (or a whole scenario) works on, and the events that it logs.
 *
 * A step never changes the state that it was given. It works on a draft: a shallow copy, whose containers are copied
 * when they are first written to. A run over a whole scenario keeps one draft throughout, so it copies each only once.
 */
import { ChangeLog, type StateChanges } from './changes.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { NetnsEvent, StateSnapshot, ViolationKind } from './events.ts';
import type { OpsDeclaration } from './scenario.ts';
import { snapshot } from './snapshot.ts';
import type { IdPool, Net, OpsState, State, UserNamespace } from './state.ts';

export interface Kernel {
  readonly dialect: Dialect;
  readonly state: State;
  readonly events: NetnsEvent[];
  /** Beside each event the state as it is then; undefined when nobody asked for it. */
  readonly snapshots: StateSnapshot[] | undefined;
  /** Beside each event what it changed; undefined when nobody asked for it. */
  readonly changes: StateChanges[] | undefined;
  readonly changeLog: ChangeLog | undefined;
  /** The containers that belong to this draft, and not to the state that it started from. */
  readonly owned: WeakSet<object>;
}

/** A draft of `state`, with an empty log. */
export function openKernel(state: State, dialect: Dialect, options: { snapshots: boolean; changes?: boolean }): Kernel {
  return {
    dialect,
    state: { ...state, live: { ...state.live } },
    events: [],
    snapshots: options.snapshots ? [] : undefined,
    changes: options.changes ? [] : undefined,
    changeLog: options.changes ? new ChangeLog() : undefined,
    owned: new WeakSet(),
  };
}

/** Logs an event; the change that it tells of is made before. */
export function emit(kernel: Kernel, event: NetnsEvent): void {
  kernel.events.push(event);
  kernel.snapshots?.push(snapshot(kernel.state));
  if (kernel.changeLog) kernel.changes?.push(kernel.changeLog.take(kernel.state, event));
}

export function violation(kernel: Kernel, kind: ViolationKind, detail: string): void {
  emit(kernel, { event: 'violation', kind, detail });
}

/** panic(): the run ends with this event. */
export function panic(kernel: Kernel, message: string): void {
  kernel.state.panicked = true;
  emit(kernel, { event: 'panic', message });
}

type Containers = {
  [K in keyof State]: State[K] extends unknown[] | Map<unknown, unknown> | Set<unknown> ? K : never;
}[keyof State];

/** One of the state's containers, for writing. */
export function own<K extends Containers>(kernel: Kernel, key: K): State[K] {
  const current = kernel.state[key];
  if (kernel.owned.has(current)) return current;
  const copy = copyOf(current) as State[K];
  kernel.owned.add(copy);
  kernel.state[key] = copy;
  return copy;
}

function copyOf(container: State[Containers]): State[Containers] {
  if (Array.isArray(container)) return [...container] as State[Containers];
  if (container instanceof Set) return new Set(container);
  return new Map(container as Map<unknown, unknown>) as State[Containers];
}

/** A container written anew, which therefore belongs to the draft. */
export function replace<K extends Containers>(kernel: Kernel, key: K, value: State[K]): void {
  kernel.owned.add(value);
  kernel.state[key] = value;
}

/** A namespace whose memory is there, for writing. */
export function own_net(kernel: Kernel, name: string): Net {
  const net = kernel.state.nets.get(name)!;
  if (kernel.owned.has(net)) return net;
  const copy: Net = {
    ...net,
    gen: { len: net.gen.len, ptrs: [...net.gen.ptrs] },
    netns_ids: { taken: new Map(net.netns_ids.taken), lowest: net.netns_ids.lowest },
    peers: new Map(net.peers),
  };
  add_net(kernel, copy);
  return copy;
}

/** Puts a namespace that this draft made among those that are there. */
export function add_net(kernel: Kernel, net: Net): void {
  kernel.owned.add(net);
  own(kernel, 'nets').set(net.name, net);
}

export function own_ops_state(kernel: Kernel, ops: string): OpsState {
  return own_entry(kernel, own(kernel, 'ops_state'), ops);
}

export function own_user_ns(kernel: Kernel, user_ns: string): UserNamespace {
  return own_entry(kernel, own(kernel, 'user_namespaces'), user_ns);
}

function own_entry<T extends object>(kernel: Kernel, map: Map<string, T>, key: string): T {
  const entry = map.get(key)!;
  if (kernel.owned.has(entry)) return entry;
  const copy = { ...entry };
  kernel.owned.add(copy);
  map.set(key, copy);
  return copy;
}

export function own_generic_ids(kernel: Kernel): IdPool<string> {
  const pool = kernel.state.net_generic_ids;
  if (kernel.owned.has(pool)) return pool;
  const copy = { taken: new Map(pool.taken), lowest: pool.lowest };
  kernel.owned.add(copy);
  kernel.state.net_generic_ids = copy;
  return copy;
}

/** The declaration of an ops, which is there: scenarios are checked before they run. */
export function ops_of(kernel: Kernel, ops: string): OpsDeclaration {
  return kernel.state.ops.get(ops)!;
}
