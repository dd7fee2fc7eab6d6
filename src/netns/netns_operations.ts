/** netns_operations: what nsfs and setns(2) do with a network namespace. */
import { EPERM } from './errno.ts';
import { own, violation, type Kernel } from './kernel.ts';
import { follow, type Lookup } from './lookup.ts';
import { get_net, may_put_net, put_net } from './refs.ts';

/** netns_get(): the namespace of a task with one more reference; null for a task that has no nsproxy. */
export function netns_get(kernel: Kernel, pid: number): Exclude<Lookup, { errno: number }> | null {
  const net = kernel.state.tasks.get(pid) ?? null;
  return net === null ? null : follow(kernel, net);
}

/** netns_put(): drops the reference of an nsfs file that is closed; false after a violation. */
export function netns_put(kernel: Kernel, net: string): boolean {
  if (!may_put_net(kernel, net)) return false;
  put_net(kernel, net);
  return true;
}

/** netns_owner(): the user namespace that owns the namespace. */
export function netns_owner(kernel: Kernel, net: string): string {
  return kernel.state.nets.get(net)!.user_ns;
}

export interface Install {
  pid: number;
  net: string;
  /** CAP_SYS_ADMIN over the user namespace of the target. */
  capable_target: boolean;
  /** CAP_SYS_ADMIN over the caller's own user namespace. */
  capable_self: boolean;
}

/** netns_install(): 0, -EPERM, or undefined after a violation. The old namespace is put before the new one is got. */
export function netns_install(kernel: Kernel, install: Install): number | undefined {
  const { pid, net, capable_target, capable_self } = install;
  if (!capable_target || !capable_self) return -EPERM;
  const previous = kernel.state.tasks.get(pid) ?? null;
  if (previous === null) {
    violation(kernel, 'use-after-free', `task ${pid} has no nsproxy`);
    return undefined;
  }
  if (!may_put_net(kernel, previous)) return undefined;
  if (previous === net && kernel.state.nets.get(net)!.count === 1) {
    violation(kernel, 'use-after-free', `${net} loses its last reference before it is got again`);
    return undefined;
  }
  put_net(kernel, previous);
  get_net(kernel, net);
  own(kernel, 'tasks').set(pid, net);
  return 0;
}
