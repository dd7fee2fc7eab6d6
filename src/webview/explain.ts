import type { TimelineEntry } from '../engine/types.ts';

/**
 * Why an event comes about where it does, for who does not know net/core/net_namespace.c by heart; undefined where the
 * event says all there is.
 */
export function explain({ event, by = [] }: TimelineEntry): string | undefined {
  const isMaking = by.includes('setup_net');
  const isRegistering = by.includes('register_pernet_operations');
  switch (event.event) {
    case 'init':
      return initWhy(event, { isMaking, isRegistering });
    case 'pre_exit':
      return 'All pre_exit callbacks run first; then one RCU grace period passes for all of them, and only then exit runs.';
    case 'exit':
    case 'exit_batch':
      return isRegistering || by.includes('unregister_pernet_operations')
        ? 'The ops is off the list already; its exit runs for every namespace that has it.'
        : 'Exit goes through pernet_list from its end to its head: devices go before the subsystems that they stand on.';
    case 'exit_rtnl':
    case 'exit_batch_rtnl':
      return 'These run between pre_exit and exit, with the RTNL held once for all of them.';
    case 'free':
      return 'The net_generic() data is freed after exit; the slot in the array goes on pointing at it.';
    case 'synchronize_rcu':
    case 'synchronize_rcu_expedited':
      return 'Who read a list or a pointer under rcu_read_lock() before is done with it now. Everything waits here.';
    case 'rcu_barrier':
      return 'Every call_rcu() callback that was pending has run: the code behind them may go away now. Everything waits here.';
    case 'id_alloc':
      return "net_generic(net, id) finds the ops's data of a namespace in the slot of this number.";
    case 'gen_grow':
      return 'The array that net_generic() reads was too short for the id; readers see the old or the new one.';
    case 'net_list_add':
      return 'From here on the namespace is one of those that a new registration runs init for.';
    case 'net_list_del':
      return 'Nobody finds the namespace any more; its exits come next.';
    case 'queue_work':
      return 'The last reference is gone. The exits run later, in the netns workqueue, for all that have died by then.';
    case 'violation':
      return 'The kernel does not check this: what happens next is not defined.';
    default:
      return undefined;
  }
}

function initWhy(event: TimelineEntry['event'], of: { isMaking: boolean; isRegistering: boolean }): string | undefined {
  if (typeof event['ret'] === 'number' && event['ret'] < 0) {
    return of.isMaking
      ? 'What stands before it in pernet_list is undone now, from here back to the head: exits of later ops do not run.'
      : 'The ops is taken off the list, and its exit runs for the namespaces in which init had succeeded.';
  }
  if (of.isMaking)
    return 'Every ops in pernet_list runs init for a new namespace, from head to end: subsystems before devices.';
  return of.isRegistering ? 'A new ops runs init for every namespace that there is already, oldest first.' : undefined;
}
