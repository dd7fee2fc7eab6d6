/**
 * The event log: what an observer inside net/core/net_namespace.c would have seen, in order.
 * Each event is one JSON object; `event` tells the kinds apart. Results are 0 or a negative errno unless said otherwise.
 */

/** What the kernel leaves undefined, by kind. */
export type ViolationKind =
  | 'double-register'
  | 'unregister-unregistered'
  | 'dangling-first-device'
  | 'refcount-underflow'
  | 'use-after-free'
  | 'net-generic-out-of-bounds';

/** An init callback returned. `data` is true exactly when the ops has an id and a size above 0. */
export interface InitEvent {
  event: 'init';
  ops: string;
  net: string;
  data: boolean;
  /** 0, a negative errno, or (only by a hand-made scenario) a positive value, which real kernels treat in two ways. */
  ret: number;
}

/** A callback that is called for one namespace ran. `exit_rtnl` is there in later kernels only. */
export interface ExitEvent {
  event: 'pre_exit' | 'exit' | 'exit_rtnl';
  ops: string;
  net: string;
}

/** A callback that is called for a whole list of namespaces ran. `exit_batch_rtnl` is there in later kernels only. */
export interface ExitBatchEvent {
  event: 'exit_batch' | 'exit_batch_rtnl';
  ops: string;
  /** In the order of the list; may be empty. */
  nets: string[];
}

/** ops_free_list() freed the net_generic data of an ops in a namespace. */
export interface FreeEvent {
  event: 'free';
  ops: string;
  net: string;
}

/**
 * A grace period, a lock or `queue_work` (__put_net() queued the cleanup), with nothing to tell but that it happened.
 * The expedited grace period and the RTNL are of later kernels only.
 */
export interface PlainEvent {
  event: 'synchronize_rcu' | 'rcu_barrier' | 'queue_work' | 'synchronize_rcu_expedited' | 'rtnl_lock' | 'rtnl_unlock';
}

export interface IdEvent {
  event: 'id_alloc' | 'id_free';
  ops: string;
  id: number;
}

/** net_assign_generic() published a larger array of `len` slots. */
export interface GenGrowEvent {
  event: 'gen_grow';
  net: string;
  len: number;
}

/** Something happened to one namespace; `net_free_deferred` (its last passive reference went) is of later kernels. */
export interface NetEvent {
  event: 'net_list_add' | 'net_list_del' | 'key_remove_domain' | 'ns_free_inum' | 'net_free' | 'net_free_deferred';
  net: string;
}

export interface AllocInumEvent {
  event: 'ns_alloc_inum';
  net: string;
  ret: number;
}

export interface IncUcountEvent {
  event: 'inc_ucount';
  user_ns: string;
  /** 0, or -28 (ENOSPC) at the limit. */
  ret: number;
}

export interface UserNsEvent {
  event: 'dec_ucount' | 'get_user_ns' | 'put_user_ns';
  user_ns: string;
}

export interface RtnlNotifyEvent {
  event: 'rtnl_notify';
  net: string;
  cmd: 'RTM_NEWNSID' | 'RTM_DELNSID';
  nsid: number;
  portid: number;
}

export interface RtnlSetSkErrEvent {
  event: 'rtnl_set_sk_err';
  net: string;
  err: number;
}

export interface RtnlUnicastEvent {
  event: 'rtnl_unicast';
  net: string;
  /** -1 (NETNSA_NSID_NOT_ASSIGNED) for a peer without an id. */
  nsid: number;
  current_nsid?: number;
}

export interface RtnlDumpEvent {
  event: 'rtnl_dump';
  /** Ascending by nsid. */
  entries: { nsid: number; current_nsid?: number }[];
}

/** panic(): nothing is logged after it. */
export interface PanicEvent {
  event: 'panic';
  message: string;
}

/** A WARN_ON() of a later kernel fired; the call goes on. */
export interface WarnEvent {
  event: 'warn';
  message: string;
}

export interface ViolationEvent {
  event: 'violation';
  kind: ViolationKind;
  detail: string;
}

/** The end of a step that calls something. */
export interface ReturnEvent {
  event: 'return';
  call: string;
  ret?: number;
  /** The namespace that was returned; null for a null pointer. */
  net?: string | null;
  id?: number;
  uid?: number;
  gid?: number;
  extack?: string;
}

/** What the whole file holds at one moment. Namespaces are those whose memory is there, dying ones too. */
export interface StateSnapshot {
  /** Names of the registered ops, in the order of pernet_list. */
  pernet_list: string[];
  /** A name, null for the list head, or (CONFIG_NET_NS off only) "NULL" or "LIST_POISON1". */
  first_device: string | null;
  /** net_namespace_list, in order. */
  nets: string[];
  refs: Record<string, { count: number; passive: number }>;
  /** The id of each registered ops that has one. */
  ids: Record<string, number>;
  /** Each net_generic array: its length in slots, and the indices from MIN_PERNET_OPS_ID that are not null. */
  gen: Record<string, { len: number; ptrs: number[] }>;
  /** nsid to peer, of each namespace that has any. */
  netns_ids: Record<string, Record<string, string>>;
  /** Network namespaces charged to each user namespace; zeros are left out. */
  ucounts: Record<string, number>;
  max_gen_ptrs: number;
  /** Allocations not yet freed, by kind; init_net's struct and key tag are static and not counted. */
  live: { net: number; net_generic: number; ops_data: number; key_tag: number };
}

export interface StateEvent extends StateSnapshot {
  event: 'state';
}

export type NetnsEvent =
  | InitEvent
  | ExitEvent
  | ExitBatchEvent
  | FreeEvent
  | PlainEvent
  | IdEvent
  | GenGrowEvent
  | NetEvent
  | AllocInumEvent
  | IncUcountEvent
  | UserNsEvent
  | RtnlNotifyEvent
  | RtnlSetSkErrEvent
  | RtnlUnicastEvent
  | RtnlDumpEvent
  | PanicEvent
  | WarnEvent
  | ViolationEvent
  | ReturnEvent
  | StateEvent;
