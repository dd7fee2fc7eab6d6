/** nsids: the numbers by which one namespace knows others (net->netns_ids). */
import { ENOMEM, ENOSPC, NETNSA_NSID_NOT_ASSIGNED } from './errno.ts';
import { alloc } from './faults.ts';
import { give_back_id, lowest_free, take_id } from './id_pool.ts';
import { own_net, type Kernel } from './kernel.ts';
import { maybe_get_net, put_net } from './refs.ts';
import { rtnl_net_notifyid } from './rtnl_notify.ts';

/**
 * alloc_netid(): hashes `peer` into `net` under `reqid`, or under the lowest free id when that is negative. Returns the
 * id, -ENOSPC when the asked one is taken (which costs no allocation), or -ENOMEM.
 */
export function alloc_netid(kernel: Kernel, net: string, peer: string, reqid: number): number {
  if (reqid >= 0 && kernel.state.nets.get(net)!.netns_ids.taken.has(reqid)) return -ENOSPC;
  if (!alloc(kernel)) return -ENOMEM;
  const { netns_ids, peers } = own_net(kernel, net);
  const id = reqid >= 0 ? reqid : lowest_free(netns_ids);
  take_id(netns_ids, id, peer);
  peers.set(peer, id);
  own_net(kernel, peer).hashed_in += 1;
  return id;
}

/** __peernet2id(): the id of `peer` in `net`, or -1. */
export function __peernet2id(kernel: Kernel, net: string, peer: string): number {
  return kernel.state.nets.get(net)!.peers.get(peer) ?? NETNSA_NSID_NOT_ASSIGNED;
}

/** idr_remove() of the id of `peer`, which has one. */
export function remove_netid(kernel: Kernel, net: string, peer: string): void {
  const { netns_ids, peers } = own_net(kernel, net);
  give_back_id(netns_ids, peers.get(peer)!);
  peers.delete(peer);
  own_net(kernel, peer).hashed_in -= 1;
}

/** idr_destroy() of the ids of `net`. */
export function destroy_netns_ids(kernel: Kernel, name: string): void {
  const net = own_net(kernel, name);
  for (const peer of net.peers.keys()) own_net(kernel, peer).hashed_in -= 1;
  net.netns_ids = { taken: new Map(), lowest: 0 };
  net.peers = new Map();
}

/** peernet2id_alloc(): the id of `peer` in `net`, allocated if need be; -1 when either is dying or without memory. */
export function peernet2id_alloc(kernel: Kernel, net: string, peer: string): number {
  if (kernel.state.nets.get(net)!.count === 0) return NETNSA_NSID_NOT_ASSIGNED;
  const known = __peernet2id(kernel, net, peer);
  if (known >= 0) return known;
  if (!maybe_get_net(kernel, peer)) return NETNSA_NSID_NOT_ASSIGNED;
  const id = alloc_netid(kernel, net, peer, -1);
  put_net(kernel, peer);
  if (id < 0) return NETNSA_NSID_NOT_ASSIGNED;
  rtnl_net_notifyid(kernel, { net, cmd: 'RTM_NEWNSID', nsid: id, portid: 0 });
  return id;
}

/** peernet2id(): the id of `peer` in `net`, or -1. */
export function peernet2id(kernel: Kernel, net: string, peer: string): number {
  return __peernet2id(kernel, net, peer);
}

/** peernet_has_id(). */
export function peernet_has_id(kernel: Kernel, net: string, peer: string): boolean {
  return peernet2id(kernel, net, peer) >= 0;
}

/** get_net_ns_by_id(): the peer with one more reference, or null when there is none or it is dying. */
export function get_net_ns_by_id(kernel: Kernel, net: string, id: number): string | null {
  // A negative id is never taken, so that idr_find() needs no test of its own here.
  const peer = kernel.state.nets.get(net)!.netns_ids.taken.get(id);
  return peer !== undefined && maybe_get_net(kernel, peer) ? peer : null;
}
