/** User namespaces, as far as network namespaces are charged to them and owned by them. */
import { ENOSPC } from './errno.ts';
import { emit, own, own_user_ns, type Kernel } from './kernel.ts';
import type { SetUserNsStep } from './scenario.ts';

/** Declares a user namespace, or changes of a known one what the step gives. */
export function set_user_ns(kernel: Kernel, step: SetUserNsStep): void {
  const known = kernel.state.user_namespaces.get(step.user_ns);
  own(kernel, 'user_namespaces').set(step.user_ns, {
    root_uid: step.root_uid ?? known?.root_uid ?? 0,
    root_gid: step.root_gid ?? known?.root_gid ?? 0,
    max_net_namespaces: step.max_net_namespaces ?? known?.max_net_namespaces ?? null,
    net_namespaces: known?.net_namespaces ?? 0,
  });
}

/** inc_net_namespaces(): false at the limit of the user namespace. */
export function inc_net_namespaces(kernel: Kernel, name: string): boolean {
  const user_ns = own_user_ns(kernel, name);
  const within = user_ns.max_net_namespaces === null || user_ns.net_namespaces < user_ns.max_net_namespaces;
  if (within) user_ns.net_namespaces += 1;
  emit(kernel, { event: 'inc_ucount', user_ns: name, ret: within ? 0 : -ENOSPC });
  return within;
}

/** dec_net_namespaces(). */
export function dec_net_namespaces(kernel: Kernel, name: string): void {
  own_user_ns(kernel, name).net_namespaces -= 1;
  emit(kernel, { event: 'dec_ucount', user_ns: name });
}

/** net_ns_get_ownership(): uid and gid of root in the owner of `net`; -1 where it is not mapped, 0 without a net. */
export function net_ns_get_ownership(kernel: Kernel, net: string | null): { uid: number; gid: number } {
  if (net === null || !kernel.state.config.NET_NS) return { uid: 0, gid: 0 };
  const owner = kernel.state.user_namespaces.get(kernel.state.nets.get(net)!.user_ns)!;
  // An id that is not mapped leaves the caller's variable alone, and the caller starts it at -1.
  return { uid: owner.root_uid, gid: owner.root_gid };
}
