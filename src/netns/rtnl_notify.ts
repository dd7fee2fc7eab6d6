/** The multicast that tells listeners of a new or removed nsid. */
import { ENOMEM } from './errno.ts';
import { alloc } from './faults.ts';
import { emit, type Kernel } from './kernel.ts';
import type { RtnlNotifyEvent } from './events.ts';

/** rtnl_net_notifyid(): a message to RTNLGRP_NSID, or an error on the listeners' sockets when there is no memory. */
export function rtnl_net_notifyid(kernel: Kernel, message: Omit<RtnlNotifyEvent, 'event'>): void {
  if (alloc(kernel)) emit(kernel, { event: 'rtnl_notify', ...message });
  else emit(kernel, { event: 'rtnl_set_sk_err', net: message.net, err: -ENOMEM });
}
