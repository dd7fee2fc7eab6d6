/** copy_net_ns(): the making of a namespace, with each way in which it can fail. */
import { EINTR, ENOMEM, ENOSPC } from './errno.ts';
import { alloc } from './faults.ts';
import { add_net, emit, type Kernel } from './kernel.ts';
import { net_alloc_generic } from './net_generic.ts';
import { net_free } from './refs.ts';
import { setup_net } from './setup_net.ts';
import type { Net } from './state.ts';
import { dec_net_namespaces, inc_net_namespaces } from './user_ns.ts';

export interface NewNet {
  net: string;
  user_ns: string;
  /** down_read_killable() finds a fatal signal. */
  killed: boolean;
}

/**
 * copy_net_ns() with CLONE_NEWNET. Returns a negative errno (-ENOSPC, -ENOMEM, -EINTR, or what an init returned), or a
 * value that is not negative when the namespace is there.
 */
export function copy_net_ns(kernel: Kernel, { net, user_ns, killed }: NewNet): number {
  if (!inc_net_namespaces(kernel, user_ns)) return -ENOSPC;
  if (!net_alloc(kernel, net, user_ns)) {
    dec_net_namespaces(kernel, user_ns);
    return -ENOMEM;
  }
  emit(kernel, { event: 'get_user_ns', user_ns });
  const rv = killed ? -EINTR : setup_net(kernel, net);
  if (rv < 0) {
    key_remove_domain(kernel, net);
    emit(kernel, { event: 'put_user_ns', user_ns });
    net_free(kernel, net);
    dec_net_namespaces(kernel, user_ns);
  }
  return rv;
}

/** net_alloc(): the array, the struct and, with CONFIG_KEYS, the key domain; false when one of them cannot be had. */
function net_alloc(kernel: Kernel, name: string, user_ns: string): boolean {
  const { live, config } = kernel.state;
  const gen = net_alloc_generic(kernel);
  if (gen === undefined) return false;
  if (!alloc(kernel) || (config.KEYS && !alloc(kernel))) {
    live.net_generic -= 1;
    return false;
  }
  live.net += 1;
  if (config.KEYS) live.key_tag += 1;
  add_net(kernel, new_net(name, user_ns, gen));
  return true;
}

/** A struct net as kmem_cache_zalloc() and the first lines of setup_net() leave it. */
export function new_net(name: string, user_ns: string, gen: Net['gen']): Net {
  return {
    name,
    count: 0,
    passive: 1,
    user_ns,
    gen,
    netns_ids: { taken: new Map(), lowest: 0 },
    peers: new Map(),
    hashed_in: 0,
    cleaned: false,
  };
}

/** key_remove_domain() of the namespace's key tag; nothing without CONFIG_KEYS. */
export function key_remove_domain(kernel: Kernel, net: string): void {
  if (!kernel.state.config.KEYS) return;
  kernel.state.live.key_tag -= 1;
  emit(kernel, { event: 'key_remove_domain', net });
}
