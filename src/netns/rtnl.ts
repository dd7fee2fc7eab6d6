/** RTM_NEWNSID and RTM_GETNSID: the rtnetlink handlers of this file. */
import { EACCES, EEXIST, EINVAL, ENOENT, ENOMEM, ENOSPC } from './errno.ts';
import type { RtnlDumpEvent } from './events.ts';
import { alloc } from './faults.ts';
import { emit, type Kernel } from './kernel.ts';
import { get_net_ns_by_fd, get_net_ns_by_pid, type Lookup } from './lookup.ts';
import { __peernet2id, alloc_netid, get_net_ns_by_id, peernet2id } from './nsid.ts';
import { put_net } from './refs.ts';
import { rtnl_net_notifyid } from './rtnl_notify.ts';
import type { NsidAttributes, NsidRequest } from './scenario.ts';

/** What a handler ends in: its result and the extended ack, or a violation that was logged. */
export type Answer = { ret: number; extack?: string } | 'violation';

const NO_PEER: Answer = { ret: -EINVAL, extack: 'Peer netns reference is missing' };
const UNKNOWN_ATTRIBUTE: Answer = { ret: -EINVAL, extack: 'Unknown attribute type' };

/** rtnl_net_newid(): gives the peer named by pid or fd the asked nsid (any, when it is negative). Never strict. */
export function rtnl_net_newid(kernel: Kernel, request: NsidRequest): Answer {
  const { net, attrs = {}, portid = 0 } = request;
  const nsid = attrs.NETNSA_NSID;
  if (nsid === undefined) return { ret: -EINVAL, extack: 'nsid is missing' };
  const lookup = peer_by_pid_or_fd(kernel, attrs);
  if (lookup === undefined) return NO_PEER;
  if (lookup === 'violation') return lookup;
  if ('errno' in lookup) return { ret: lookup.errno, extack: 'Peer netns reference is invalid' };
  const answer = assign_nsid(kernel, { net, peer: lookup.found, nsid, portid });
  put_net(kernel, lookup.found);
  return answer;
}

/** The part of rtnl_net_newid() that runs while the peer is held. */
function assign_nsid(kernel: Kernel, ids: { net: string; peer: string; nsid: number; portid: number }): Answer {
  const { net, peer, nsid, portid } = ids;
  if (__peernet2id(kernel, net, peer) >= 0) return { ret: -EEXIST, extack: 'Peer netns already has a nsid assigned' };
  const id = alloc_netid(kernel, net, peer, nsid);
  if (id === -ENOSPC) return { ret: -EEXIST, extack: 'The specified nsid is already used' };
  if (id < 0) return { ret: id };
  rtnl_net_notifyid(kernel, { net, cmd: 'RTM_NEWNSID', nsid: id, portid });
  return { ret: 0 };
}

/** The pid wins over the fd; undefined when the request has neither. Both are u32 on the wire and int in the call. */
function peer_by_pid_or_fd(kernel: Kernel, attrs: NsidAttributes): Lookup | undefined {
  if (attrs.NETNSA_PID !== undefined) return get_net_ns_by_pid(kernel, attrs.NETNSA_PID | 0);
  if (attrs.NETNSA_FD !== undefined) return get_net_ns_by_fd(kernel, attrs.NETNSA_FD | 0);
  return undefined;
}

/** rtnl_net_getid(): replies with the nsid of a peer, in the target if one is named. */
export function rtnl_net_getid(kernel: Kernel, request: NsidRequest): Answer {
  const { net, attrs = {}, strict = false, capable = true } = request;
  const refused = strict ? rtnl_net_valid_getid_req(attrs) : undefined;
  if (refused !== undefined) return refused;
  const lookup = peer_by_pid_or_fd(kernel, attrs) ?? peer_by_nsid(kernel, net, attrs);
  if (lookup === undefined) return NO_PEER;
  if (lookup === 'violation') return lookup;
  if ('errno' in lookup) return { ret: lookup.errno, extack: 'Peer netns reference is invalid' };
  const answer = reply_id(kernel, { net, peer: lookup.found, target_nsid: attrs.NETNSA_TARGET_NSID, capable });
  put_net(kernel, lookup.found);
  return answer;
}

/** rtnl_net_valid_getid_req() of a strict request; undefined when it passes. */
function rtnl_net_valid_getid_req(attrs: NsidAttributes): Answer | undefined {
  if (attrs.NETNSA_NONE !== undefined) return UNKNOWN_ATTRIBUTE;
  if (attrs.NETNSA_CURRENT_NSID === undefined) return undefined;
  return { ret: -EINVAL, extack: 'Unsupported attribute in peer netns getid request' };
}

function peer_by_nsid(kernel: Kernel, net: string, attrs: NsidAttributes): Lookup | undefined {
  if (attrs.NETNSA_NSID === undefined) return undefined;
  const found = get_net_ns_by_id(kernel, net, attrs.NETNSA_NSID);
  return found === null ? { errno: -ENOENT } : { found };
}

/** The part of rtnl_net_getid() that runs while the peer is held. */
function reply_id(
  kernel: Kernel,
  request: { net: string; peer: string; target_nsid: number | undefined; capable: boolean },
): Answer {
  const { net, peer, target_nsid, capable } = request;
  if (target_nsid === undefined) return unicast(kernel, { net, nsid: peernet2id(kernel, net, peer) });
  const target = rtnl_get_net_ns_capable(kernel, net, target_nsid, capable);
  if ('errno' in target) return { ret: target.errno, extack: 'Target netns reference is invalid' };
  const current_nsid = peernet2id(kernel, net, peer);
  const answer = unicast(kernel, { net, nsid: peernet2id(kernel, target.found, peer), current_nsid });
  put_net(kernel, target.found);
  return answer;
}

function unicast(kernel: Kernel, reply: { net: string; nsid: number; current_nsid?: number }): Answer {
  if (!alloc(kernel)) return { ret: -ENOMEM };
  emit(kernel, { event: 'rtnl_unicast', ...reply });
  return { ret: 0 };
}

/** rtnl_get_net_ns_capable() of net/core/rtnetlink.c: -EINVAL for an unknown id, -EACCES for one that is not ours. */
function rtnl_get_net_ns_capable(
  kernel: Kernel,
  net: string,
  nsid: number,
  capable: boolean,
): { found: string } | { errno: number } {
  const found = get_net_ns_by_id(kernel, net, nsid);
  if (found === null) return { errno: -EINVAL };
  if (capable) return { found };
  put_net(kernel, found);
  return { errno: -EACCES };
}

/** rtnl_net_dumpid(): all ids of the namespace, or of the target that a strict request names. */
export function rtnl_net_dumpid(kernel: Kernel, request: NsidRequest): Answer {
  const { net, attrs = {}, strict = false, capable = true } = request;
  const target = strict ? rtnl_valid_dump_net_req(kernel, net, attrs, capable) : undefined;
  if (target !== undefined && 'ret' in target) return target;
  emit(kernel, { event: 'rtnl_dump', entries: entries_of(kernel, target?.found ?? net, target && net) });
  if (target !== undefined) put_net(kernel, target.found);
  return { ret: 0 };
}

/** rtnl_valid_dump_net_req(): the target of a strict request, undefined when it names none, or why it is refused. */
function rtnl_valid_dump_net_req(
  kernel: Kernel,
  net: string,
  attrs: NsidAttributes,
  capable: boolean,
): { found: string } | { ret: number; extack: string } | undefined {
  const unsupported = { ret: -EINVAL, extack: 'Unsupported attribute in dump request' };
  if (attrs.NETNSA_NONE !== undefined) return { ret: -EINVAL, extack: 'Unknown attribute type' };
  // The attributes are looked at in the order of their numbers: three before the target, one after it.
  const { NETNSA_NSID, NETNSA_PID, NETNSA_FD, NETNSA_TARGET_NSID, NETNSA_CURRENT_NSID } = attrs;
  if ([NETNSA_NSID, NETNSA_PID, NETNSA_FD].some((value) => value !== undefined)) return unsupported;
  if (NETNSA_TARGET_NSID === undefined) return NETNSA_CURRENT_NSID === undefined ? undefined : unsupported;
  const target = rtnl_get_net_ns_capable(kernel, net, NETNSA_TARGET_NSID, capable);
  if ('errno' in target) return { ret: target.errno, extack: 'Invalid target network namespace id' };
  if (NETNSA_CURRENT_NSID === undefined) return target;
  put_net(kernel, target.found);
  return unsupported;
}

/** What rtnl_net_dumpid_one() puts together for each id of `net`; with the ids that `ref_net` has for the same peers. */
function entries_of(kernel: Kernel, net: string, ref_net: string | undefined): RtnlDumpEvent['entries'] {
  const ids = [...kernel.state.nets.get(net)!.netns_ids.taken].sort(([a], [b]) => a - b);
  return ids.map(([nsid, peer]) =>
    ref_net === undefined ? { nsid } : { nsid, current_nsid: __peernet2id(kernel, ref_net, peer) },
  );
}
