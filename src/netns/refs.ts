/** The two reference counts of a namespace, and what may be done with one that has lost them. */
import { own, own_net, emit, violation, type Kernel } from './kernel.ts';
import { INIT_NET, type Net } from './state.ts';

/** The namespace, or undefined and a violation when its memory is not there. */
export function there(kernel: Kernel, name: string): Net | undefined {
  const net = kernel.state.nets.get(name);
  if (net === undefined) {
    const detail = `${name} is not there: it was never set up, its creation failed, or it was freed`;
    violation(kernel, 'use-after-free', detail);
  }
  return net;
}

/** The namespace, or undefined and a violation when its memory is not there or nobody holds it any more. */
export function referenced(kernel: Kernel, name: string): Net | undefined {
  const net = there(kernel, name);
  if (net?.count !== 0) return net;
  violation(kernel, 'use-after-free', `${name} is used, but its last reference was dropped`);
  return undefined;
}

/** Whether dropping a reference is defined; logs the violation when it is not. */
export function may_put_net(kernel: Kernel, name: string): boolean {
  const net = there(kernel, name);
  if (net === undefined) return false;
  if (net.count === 0) {
    violation(kernel, 'refcount-underflow', `a reference of ${name} is dropped, but none is left`);
    return false;
  }
  if (net.count > 1 || name !== INIT_NET || !kernel.state.config.NET_NS) return true;
  violation(kernel, 'refcount-underflow', `the last reference of ${INIT_NET} is the kernel's own`);
  return false;
}

/** get_net(): nothing with CONFIG_NET_NS off. */
export function get_net(kernel: Kernel, name: string): void {
  if (kernel.state.config.NET_NS) own_net(kernel, name).count += 1;
}

/** maybe_get_net(): false for a namespace without references. */
export function maybe_get_net(kernel: Kernel, name: string): boolean {
  if (kernel.state.nets.get(name)!.count === 0) return false;
  get_net(kernel, name);
  return true;
}

/** put_net(): nothing with CONFIG_NET_NS off; the last reference queues the cleanup. */
export function put_net(kernel: Kernel, name: string): void {
  if (!kernel.state.config.NET_NS) return;
  const net = own_net(kernel, name);
  net.count -= 1;
  if (net.count === 0) __put_net(kernel, name);
}

/** __put_net(): llist_add() says whether the list was empty, and only then is the work queued. */
function __put_net(kernel: Kernel, name: string): void {
  const cleanup_list = own(kernel, 'cleanup_list');
  cleanup_list.push(name);
  if (cleanup_list.length === 1) emit(kernel, { event: 'queue_work' });
}

/** refcount_inc(&net->passive). */
export function hold_passive(kernel: Kernel, name: string): void {
  own_net(kernel, name).passive += 1;
}

/** Whether dropping a passive reference is defined: the last one is cleanup_net()'s. Logs the violation if not. */
export function may_drop_ns(kernel: Kernel, name: string): boolean {
  const net = there(kernel, name);
  if (net === undefined) return false;
  if (net.passive > 1 || net.cleaned) return true;
  violation(kernel, 'refcount-underflow', `the last passive reference of ${name} is dropped before cleanup_net() ran`);
  return false;
}

/** net_drop_ns(). */
export function net_drop_ns(kernel: Kernel, name: string): void {
  net_free(kernel, name);
}

/** net_free(): drops a passive reference; the last one frees the array and the struct. */
export function net_free(kernel: Kernel, name: string): void {
  const net = own_net(kernel, name);
  net.passive -= 1;
  if (net.passive > 0) return;
  own(kernel, 'nets').delete(name);
  kernel.state.live.net_generic -= 1;
  if (kernel.dialect.net_free === 'at-once') {
    free_struct_net(kernel, name);
  } else {
    own(kernel, 'defer_free_list').push(name);
    emit(kernel, { event: 'net_free_deferred', net: name });
  }
}

/** kmem_cache_free() of a struct net. */
function free_struct_net(kernel: Kernel, name: string): void {
  kernel.state.live.net -= 1;
  emit(kernel, { event: 'net_free', net: name });
}

/** net_complete_free() of later kernels: gives back the structs that the last round left, newest first. */
export function net_complete_free(kernel: Kernel): void {
  const defer_free_list = own(kernel, 'defer_free_list');
  for (const name of defer_free_list.splice(0).reverse()) free_struct_net(kernel, name);
}
