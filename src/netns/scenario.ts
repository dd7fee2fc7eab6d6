/** A scenario: the configuration, the ops that there are, and the steps that drive the model. */

/** The kernel's configuration as far as net_namespace.c asks for it; both default to true. */
export interface ScenarioConfig {
  NET_NS?: boolean;
  KEYS?: boolean;
}

/** One `struct pernet_operations`: which callbacks it has (default: none), and its `.id` and `.size`. */
export interface OpsDeclaration {
  init?: boolean;
  pre_exit?: boolean;
  exit?: boolean;
  exit_batch?: boolean;
  /** Kernels from 6.9 on, and stable ones that took it over; ignored by a dialect that lacks it. */
  exit_batch_rtnl?: boolean;
  /** Kernels from 6.16 on, and stable ones that took it over; ignored by a dialect that lacks it. */
  exit_rtnl?: boolean;
  /** `.id` points at a variable. */
  id?: boolean;
  /** `.size` in bytes; default 0. */
  size?: number;
}

/** The callbacks that an ops may have in some kernel. */
export type CallbackName = 'init' | 'pre_exit' | 'exit_rtnl' | 'exit_batch_rtnl' | 'exit' | 'exit_batch';

/** Attributes of RTM_NEWNSID and RTM_GETNSID requests; s32, for PID and FD up to 4294967295 too. */
export interface NsidAttributes {
  NETNSA_NONE?: number;
  NETNSA_NSID?: number;
  NETNSA_PID?: number;
  NETNSA_FD?: number;
  NETNSA_TARGET_NSID?: number;
  NETNSA_CURRENT_NSID?: number;
}

/** What a request to the nsid handlers brings with it. */
export interface NsidRequest {
  net: string;
  attrs?: NsidAttributes;
  /** NETLINK_GET_STRICT_CHK is set on the socket; default false. */
  strict?: boolean;
  /** The caller has CAP_NET_ADMIN over the target; default true. */
  capable?: boolean;
  portid?: number;
  seq?: number;
}

export type RegistrationCall =
  'register_pernet_subsys' | 'register_pernet_device' | 'unregister_pernet_subsys' | 'unregister_pernet_device';

export interface CopyNetNsStep {
  step: 'copy_net_ns';
  /** The name of the new namespace; names nothing without CLONE_NEWNET. */
  net?: string;
  /** Names of CLONE_NEW*; default CLONE_NEWNET alone. */
  flags?: string[];
  /** Default init_user_ns. */
  user_ns?: string;
  /** Default init_net. */
  old?: string;
  /** A fatal signal is pending, so that down_read_killable() fails; default false. */
  killed?: boolean;
}

export interface SetUserNsStep {
  step: 'set_user_ns';
  user_ns: string;
  /** As seen from outside; -1 when root is not mapped. Default 0. */
  root_uid?: number;
  root_gid?: number;
  /** Default: no limit. */
  max_net_namespaces?: number;
}

export interface FailInitStep {
  step: 'fail_init';
  ops: string;
  /** Default: whichever comes next. */
  net?: string;
  /** Default -12 (ENOMEM). */
  errno?: number;
  /** Default 1. */
  times?: number;
}

export type ScenarioStep =
  | { step: 'net_ns_init' | 'core_initcall' | 'cleanup_net' | 'net_ns_barrier' | 'state' }
  | { step: RegistrationCall; ops: string }
  | CopyNetNsStep
  | { step: 'get_net' | 'put_net' | 'hold_passive' | 'net_drop_ns'; net: string }
  | { step: 'set_pid'; pid: number; net: string | null }
  | { step: 'set_fd'; fd: number; target: string | null }
  | { step: 'netns_install'; pid: number; net: string; capable_target?: boolean; capable_self?: boolean }
  | { step: 'net_ns_get_ownership'; net: string | null }
  | SetUserNsStep
  | { step: 'peernet2id_alloc' | 'peernet2id' | 'peernet_has_id'; net: string; peer: string }
  | { step: 'get_net_ns_by_id'; net: string; id: number }
  | { step: 'get_net_ns_by_pid'; pid: number }
  | { step: 'get_net_ns_by_fd'; fd: number }
  | ({ step: 'rtnl_newid' | 'rtnl_getid' | 'rtnl_dumpid' } & NsidRequest)
  | FailInitStep
  | { step: 'fail_nth_alloc'; nth: number };

export interface Scenario {
  description?: string;
  /**
   * A kernel tree, relative to the file: the steps start on the model as it is when the kernel that is built from it has
   * booted. `ops` then adds to the tree's, and the configuration is the tree's.
   */
  boot?: string;
  /** The `.config` of that kernel, relative to the file, or `allyesconfig` or `allmodconfig`. Default: the tree's own. */
  bootConfig?: string;
  config?: ScenarioConfig;
  /** Every ops but net_defaults_ops and net_ns_ops, which are in the file itself. */
  ops?: Record<string, OpsDeclaration>;
  steps: ScenarioStep[];
}
