/** Where something stands: a file of the tree, and a line from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** One ops of the booted kernel's pernet_list. `file` and `line` are those of its definition, which tell it from others of its name. */
export interface BootOps extends Place {
  readonly ops: string;
  readonly kind: 'subsys' | 'device';
  /** The initcall macro by its name in include/linux/init.h (`device_initcall` for `module_init`), or `start_kernel`. */
  readonly level: string;
  /** The function that the level calls, on whose behalf the ops is registered. */
  readonly initcall: string;
  /** The function that the registering call stands in. */
  readonly caller: string;
  /** Where the registering call stands. */
  readonly registered: Place;
  /** What ida_alloc gives its id; undefined for an ops without one. */
  readonly id?: number;
}

/** What cannot be told from the tree and its configuration. */
export interface Unresolved {
  /** The ops that may or may not be in the list; absent where the question is about more than one ops. */
  readonly ops?: string;
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** A call of register_pernet_*() or unregister_pernet_*() on the way, as the core sees it. */
export interface BootCall {
  readonly call: 'register' | 'unregister';
  readonly ops: string;
  /** The file that defines the ops. */
  readonly file: string;
  readonly kind: 'subsys' | 'device';
  /** The name of the errno with which a registration fails; null when it is not known which, undefined when it does not. */
  readonly failure?: string | null;
}

export interface BootOrder {
  /** The pernet_list, from its head: subsys before `firstDevice`, then device. */
  readonly order: readonly BootOps[];
  /**
   * Without CONFIG_NET_NS there is no list: registering runs an ops' init for init_net, and that is all
   * (__register_pernet_operations()). Then these are the ops in the order in which that happens, and `order` is empty.
   */
  readonly unlisted?: readonly BootOps[];
  /** The index of first_device in `order`; its length when there is no device. */
  readonly firstDevice: number;
  readonly unresolved: readonly Unresolved[];
  /** Ops of built-in files that are not in the list, with the reason: the registration fails, is undone, or is not reached. */
  readonly notRegistered: readonly Unresolved[];
  /** What the core is called for, in that order, as far as it is certain; replayed, it comes to this list and these ids. */
  readonly calls: readonly BootCall[];
}
