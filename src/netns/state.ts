/** The state of the model: plain data, everything that the file's variables and the objects behind them hold. */
import type { OpsDeclaration, Scenario } from './scenario.ts';

/** sizeof(struct net_generic) in pointers on a 64-bit kernel: the slots that the length and the rcu_head take up. */
export const MIN_PERNET_OPS_ID = 3;
/** INITIAL_NET_GEN_PTRS: what max_gen_ptrs starts at. */
export const INITIAL_NET_GEN_PTRS = 13;

export const INIT_NET = 'init_net';
export const INIT_USER_NS = 'init_user_ns';
/** The two ops that are in the file itself. */
export const NET_DEFAULTS_OPS = 'net_defaults_ops';
export const NET_NS_OPS = 'net_ns_ops';

/** Where a `struct list_head *` into pernet_list points. NULL and LIST_POISON1 occur with CONFIG_NET_NS off only. */
export type ListPointer = { at: 'head' | 'NULL' | 'LIST_POISON1' } | { at: 'ops'; ops: string };

/** A pool of small integers, as IDA and IDR hand them out: always the lowest that is free. */
export interface IdPool<T> {
  taken: Map<number, T>;
  /** No id below this one, and at or above the pool's start, is free. */
  lowest: number;
}

/** One `struct pernet_operations` as far as it changes. */
export interface OpsState {
  registered: boolean;
  /** `*ops->id` of a registered ops that has an id. */
  id: number | null;
  /** What `ops->list.next` is: never set, part of pernet_list, or left behind by list_del(). */
  list: 'zeroed' | 'linked' | 'poisoned';
}

/** One `struct net` as far as this file knows it. */
export interface Net {
  name: string;
  /** ns.count. */
  count: number;
  passive: number;
  user_ns: string;
  /** The net_generic array: `ptrs[id]` names the ops whose data the slot points at, or pointed at when it was freed. */
  gen: { len: number; ptrs: (string | null)[] };
  netns_ids: IdPool<string>;
  /** For each peer that has an id here, that id: the inverse of netns_ids. */
  peers: Map<string, number>;
  /** In how many netns_ids this namespace is a peer, so that unhash_nsid() can stop early. */
  hashed_in: number;
  /** cleanup_net() took it: what is left lives by passive references only. */
  cleaned: boolean;
}

export interface UserNamespace {
  root_uid: number;
  root_gid: number;
  /** null: no limit. */
  max_net_namespaces: number | null;
  /** Network namespaces charged to it. */
  net_namespaces: number;
}

/** What a file descriptor is open on. */
export type OpenFile = { kind: 'other' | 'plain' } | { kind: 'net'; net: string };

export interface PendingInitFault {
  ops: string;
  net: string | null;
  errno: number;
  times: number;
}

export interface State {
  config: { NET_NS: boolean; KEYS: boolean };
  ops: ReadonlyMap<string, OpsDeclaration>;
  ops_state: Map<string, OpsState>;
  /** Names of ops in list order. */
  pernet_list: string[];
  first_device: ListPointer;
  net_ns_init_ran: boolean;
  init_net_initialized: boolean;
  core_initcall_ran: boolean;
  net_generic_ids: IdPool<string>;
  max_gen_ptrs: number;
  /** Every namespace whose memory is there. */
  nets: Map<string, Net>;
  /** In list order: a Set keeps the order of insertion, and the kernel only ever adds at the tail. */
  net_namespace_list: Set<string>;
  /** The llist of dead namespaces, the first put first; llist_del_all() hands it out in reverse. */
  cleanup_list: string[];
  /** Later kernels: structs whose last passive reference is gone and that the next cleanup_net() gives back. */
  defer_free_list: string[];
  user_namespaces: Map<string, UserNamespace>;
  /** Each task's nsproxy->net_ns; null: it has no nsproxy. */
  tasks: Map<number, string | null>;
  files: Map<number, OpenFile>;
  init_faults: PendingInitFault[];
  /** Allocations until the one that fails; 0: none will. */
  alloc_fault: number;
  live: { net: number; net_generic: number; ops_data: number; key_tag: number };
  panicked: boolean;
}

const BUILT_IN: [string, OpsDeclaration][] = [
  [NET_DEFAULTS_OPS, { init: true }],
  [NET_NS_OPS, { init: true, exit: true }],
];

/** The state before the first instruction of net_ns_init(). */
export function initialState(scenario: Pick<Scenario, 'config' | 'ops'> = {}): State {
  const ops = new Map([...BUILT_IN, ...Object.entries(scenario.ops ?? {})]);
  return {
    config: { NET_NS: scenario.config?.NET_NS ?? true, KEYS: scenario.config?.KEYS ?? true },
    ops,
    ops_state: new Map([...ops.keys()].map((name) => [name, { registered: false, id: null, list: 'zeroed' }])),
    pernet_list: [],
    first_device: { at: 'head' },
    net_ns_init_ran: false,
    init_net_initialized: false,
    core_initcall_ran: false,
    net_generic_ids: { taken: new Map(), lowest: MIN_PERNET_OPS_ID },
    max_gen_ptrs: INITIAL_NET_GEN_PTRS,
    nets: new Map(),
    net_namespace_list: new Set(),
    cleanup_list: [],
    defer_free_list: [],
    user_namespaces: new Map([
      [INIT_USER_NS, { root_uid: 0, root_gid: 0, max_net_namespaces: null, net_namespaces: 0 }],
    ]),
    tasks: new Map(),
    files: new Map(),
    init_faults: [],
    alloc_fault: 0,
    live: { net: 0, net_generic: 0, ops_data: 0, key_tag: 0 },
    panicked: false,
  };
}
