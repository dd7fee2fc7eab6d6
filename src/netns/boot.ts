/** Boot: the namespace that exists always, and the ops of the file itself. */
import { new_net } from './copy_net_ns.ts';
import { add_net, panic, violation, type Kernel } from './kernel.ts';
import { net_alloc_generic } from './net_generic.ts';
import { register_pernet_subsys } from './register.ts';
import { setup_net } from './setup_net.ts';
import { INIT_NET, INIT_USER_NS, NET_DEFAULTS_OPS, NET_NS_OPS } from './state.ts';

/** net_ns_init(): sets up init_net and registers net_ns_ops; false when it did not come to its end. */
export function net_ns_init(kernel: Kernel): boolean {
  if (kernel.state.net_ns_init_ran) {
    violation(kernel, 'double-register', 'net_ns_init() ran already');
    return false;
  }
  kernel.state.net_ns_init_ran = true;
  const gen = net_alloc_generic(kernel);
  if (gen === undefined) {
    panic(kernel, 'Could not allocate generic netns');
    return false;
  }
  add_net(kernel, new_net(INIT_NET, INIT_USER_NS, gen));
  if (setup_net(kernel, INIT_NET) !== 0) {
    panic(kernel, 'Could not setup the initial network namespace');
    return false;
  }
  kernel.state.init_net_initialized = true;
  if (register_pernet_subsys(kernel, NET_NS_OPS) !== 0) {
    panic(kernel, 'Could not register network namespace subsystems');
    return false;
  }
  return true;
}

/** net_defaults_init(), a core_initcall; false when it did not come to its end. Later kernels have nothing to register. */
export function net_defaults_init(kernel: Kernel): boolean {
  if (kernel.state.core_initcall_ran) {
    violation(kernel, 'double-register', 'net_defaults_init() ran already');
    return false;
  }
  kernel.state.core_initcall_ran = true;
  if (!kernel.dialect.net_defaults_ops) return true;
  if (register_pernet_subsys(kernel, NET_DEFAULTS_OPS) !== 0) {
    panic(kernel, 'Cannot initialize net default settings');
    return false;
  }
  return true;
}
