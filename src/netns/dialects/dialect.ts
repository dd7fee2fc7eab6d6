/** What a dialect is: the differences of one kernel's net_namespace.c from the reference text. */
import type { Kernel } from '../kernel.ts';
import type { CallbackName } from '../scenario.ts';
import type { UndoCaller } from '../undo.ts';

/** The texts of a tree that its dialect is told from. */
export interface NetNamespaceTexts {
  /** include/net/net_namespace.h; empty when it is not there. */
  netNamespaceH: string;
  /** net/core/net_namespace.c; empty when it is not there. */
  netNamespaceC: string;
}

export interface Dialect {
  name: string;
  /** One sentence for a list of choices. */
  summary: string;
  /** The members of struct pernet_operations that are callbacks, in the order of the struct. */
  callbacks: readonly CallbackName[];
  /** ops_init() after net_assign_generic() failed: the reference text clears a slot behind the array. */
  assign_failure: 'clears-slot' | 'frees-only';
  /** Whether register_pernet_operations() wants both or neither of id and size. */
  id_and_size: 'independent' | 'must-match';
  /** What cleanup_net() waits with between pre_exit and exit. */
  cleanup_grace_period: 'synchronize_rcu' | 'synchronize_rcu_expedited';
  /** When the last passive reference is gone: the struct goes back at once, or in the next cleanup_net(). */
  net_free: 'at-once' | 'next-cleanup';
  /** Whether get_net_ns() asks if there still is a reference. */
  get_net_ns: 'trusts' | 'asks';
  /** Whether there is a net_defaults_ops, registered by a core_initcall. */
  net_defaults_ops: boolean;
  /** Whether the undoing of a single ops goes through a list of its own (seen with CONFIG_NET_NS off only). */
  undo_single_relinks: boolean;
  /** The pass of callbacks with the RTNL held, between the grace period and exit. */
  exit_under_rtnl: (kernel: Kernel, ops_list: readonly string[], nets: readonly string[], caller: UndoCaller) => void;
  /** Whether these texts are of this kernel, or one that behaves like it. */
  recognises: (texts: NetNamespaceTexts) => boolean;
}
