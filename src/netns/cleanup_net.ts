/** The end of namespaces: cleanup_net(), which takes all that died since it last ran. */
import { key_remove_domain } from './copy_net_ns.ts';
import { emit, own, own_net, type Kernel } from './kernel.ts';
import { __peernet2id, destroy_netns_ids, remove_netid } from './nsid.ts';
import { reverse_from } from './pernet_list.ts';
import { net_complete_free, net_free } from './refs.ts';
import { rtnl_net_notifyid } from './rtnl_notify.ts';
import { ops_undo_list } from './undo.ts';
import { dec_net_namespaces } from './user_ns.ts';

/** The netns workqueue runs cleanup_net() if it is queued, that is, if anything is in the list. */
export function run_netns_workqueue(kernel: Kernel): void {
  if (kernel.state.cleanup_list.length > 0) cleanup_net(kernel);
}

/** cleanup_net(): the namespaces that were put last come first, in every pass. */
function cleanup_net(kernel: Kernel): void {
  const net_exit_list = own(kernel, 'cleanup_list').splice(0).reverse();
  const net_namespace_list = own(kernel, 'net_namespace_list');
  for (const net of net_exit_list) {
    net_namespace_list.delete(net);
    emit(kernel, { event: 'net_list_del', net });
  }
  for (const net of net_exit_list) unhash_nsid(kernel, net);
  ops_undo_list(kernel, reverse_from(kernel), net_exit_list, 'cleanup_net');
  emit(kernel, { event: 'rcu_barrier' });
  net_complete_free(kernel);
  for (const net of net_exit_list) put_struct_net(kernel, net);
}

/**
 * unhash_nsid(): takes `net` out of the ids of all that are still listed, in list order, and drops its own ids. Those
 * that die with it are not listed any more; their ids are dropped in their own turn.
 */
function unhash_nsid(kernel: Kernel, net: string): void {
  for (const tmp of kernel.state.net_namespace_list) {
    // The kernel goes on to the last namespace; with no entry left there is nothing that it could find.
    if (kernel.state.nets.get(net)!.hashed_in === 0) break;
    const nsid = __peernet2id(kernel, tmp, net);
    if (nsid < 0) continue;
    remove_netid(kernel, tmp, net);
    rtnl_net_notifyid(kernel, { net: tmp, cmd: 'RTM_DELNSID', nsid, portid: 0 });
  }
  destroy_netns_ids(kernel, net);
}

/** The last loop of cleanup_net(): gives back what copy_net_ns() took, and cleanup_net()'s own passive reference. */
function put_struct_net(kernel: Kernel, name: string): void {
  const net = own_net(kernel, name);
  net.cleaned = true;
  dec_net_namespaces(kernel, net.user_ns);
  key_remove_domain(kernel, name);
  emit(kernel, { event: 'put_user_ns', user_ns: net.user_ns });
  net_free(kernel, name);
}
