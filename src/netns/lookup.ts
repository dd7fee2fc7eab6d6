/** Tasks and open files that hold a namespace, and the lookup of namespaces by them. */
import { EBADF, EINVAL, ESRCH } from './errno.ts';
import { own, type Kernel } from './kernel.ts';
import { get_net, maybe_get_net, may_put_net, put_net, referenced, there } from './refs.ts';
import type { OpenFile } from './state.ts';

/** What a lookup ends in: a namespace with one more reference, an errno, or a violation that was logged. */
export type Lookup = { found: string } | { errno: number } | 'violation';

/** get_net_ns_by_pid(): -ESRCH for no such task and for one without nsproxy. */
export function get_net_ns_by_pid(kernel: Kernel, pid: number): Lookup {
  const net = kernel.state.tasks.get(pid) ?? null;
  return net === null ? { errno: -ESRCH } : follow(kernel, net);
}

/** get_net_ns_by_fd(): -EBADF for a closed one, -EINVAL for what is no network namespace (and with NET_NS off always). */
export function get_net_ns_by_fd(kernel: Kernel, fd: number): Lookup {
  if (!kernel.state.config.NET_NS) return { errno: -EINVAL };
  const file = kernel.state.files.get(fd);
  if (file === undefined) return { errno: -EBADF };
  return file.kind === 'net' ? follow(kernel, file.net) : { errno: -EINVAL };
}

/**
 * get_net_ns(): one more reference of a namespace that the caller knows by its struct ns_common. The reference text
 * trusts that there is one; later kernels say -EINVAL of a namespace that has lost its last.
 */
export function get_net_ns(kernel: Kernel, net: string): Lookup {
  if (kernel.dialect.get_net_ns === 'trusts') return follow(kernel, net);
  if (there(kernel, net) === undefined) return 'violation';
  return maybe_get_net(kernel, net) ? { found: net } : { errno: -EINVAL };
}

/** get_net() on what a task or file points at, which may have been put too often. */
export function follow(kernel: Kernel, net: string): Exclude<Lookup, { errno: number }> {
  if (referenced(kernel, net) === undefined) return 'violation';
  get_net(kernel, net);
  return { found: net };
}

/** Lets a task use `net` (null: it is exiting, and has no nsproxy any more); false after a violation. */
export function set_pid(kernel: Kernel, pid: number, net: string | null): boolean {
  if (!exchange(kernel, net, kernel.state.tasks.get(pid) ?? null)) return false;
  own(kernel, 'tasks').set(pid, net);
  return true;
}

/** Opens a file on `target`, or closes it (null); false after a violation. */
export function set_fd(kernel: Kernel, fd: number, target: OpenFile | null): boolean {
  if (!exchange(kernel, held(target), held(kernel.state.files.get(fd)))) return false;
  if (target === null) own(kernel, 'files').delete(fd);
  else own(kernel, 'files').set(fd, target);
  return true;
}

function held(file: OpenFile | null | undefined): string | null {
  return file?.kind === 'net' ? file.net : null;
}

/** Takes a reference of `next` and drops one of `previous`, in this order; false, and nothing done, if not defined. */
function exchange(kernel: Kernel, next: string | null, previous: string | null): boolean {
  if (next !== null && referenced(kernel, next) === undefined) return false;
  if (previous !== null && previous !== next && !may_put_net(kernel, previous)) return false;
  if (next !== null) get_net(kernel, next);
  if (previous !== null) put_net(kernel, previous);
  return true;
}
