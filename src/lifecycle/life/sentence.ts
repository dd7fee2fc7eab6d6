import { eventText, type NetnsEvent } from '../../netns/index.ts';
import type { HistoryEvent, SourceEvent } from './source-event.ts';

/** Who an event belongs to: the module's own code, the core, or one namespace. */
export function laneOf(event: NetnsEvent | SourceEvent): string {
  if (event.event === 'source' || event.event === 'acquire' || event.event === 'release') return 'module';
  if ('net' in event && typeof event.net === 'string') return event.net;
  if ('nets' in event && event.event !== 'state' && event.nets.length === 1) return event.nets[0]!;
  return 'core';
}

/** One sentence: what happened, and which kernel function did it (net/core/net_namespace.c unless it says otherwise). */
export function sentenceOf({ event }: Pick<HistoryEvent, 'event'>): string {
  switch (event.event) {
    case 'acquire':
    case 'release':
      return `${event.function}(): ${event.call} ${event.outcome} ${event.resource ?? ''}`;
    case 'source':
      return sourceSentence(event);
    case 'init':
      return `ops_init() calls ${event.ops}.init for ${event.net}${event.ret === 0 ? '' : `, which fails with ${event.ret}`}`;
    case 'pre_exit':
      return `ops_pre_exit_list() calls ${event.ops}.pre_exit for ${event.net}`;
    case 'exit':
    case 'exit_rtnl':
      return `ops_exit_list() calls ${event.ops}.${event.event} for ${event.net}`;
    case 'exit_batch':
    case 'exit_batch_rtnl':
      return `ops_exit_list() calls ${event.ops}.${event.event} for ${event.nets.length === 0 ? 'no namespace' : event.nets.join(', ')}`;
    case 'free':
      return `ops_free_list() frees ${event.ops}'s net_generic data of ${event.net}`;
    case 'synchronize_rcu':
    case 'synchronize_rcu_expedited':
      return 'an RCU grace period passes: no reader still sees what was taken off the lists';
    case 'rcu_barrier':
      return 'rcu_barrier(): every pending RCU callback has run';
    case 'rtnl_lock':
    case 'rtnl_unlock':
      return `the RTNL is ${event.event === 'rtnl_lock' ? 'taken' : 'released'} for the exit callbacks that want it`;
    case 'id_alloc':
      return `${event.ops} gets id ${event.id} for net_generic()`;
    case 'id_free':
      return `${event.ops} gives id ${event.id} back`;
    case 'gen_grow':
      return `net_assign_generic() gives ${event.net} an array of ${event.len} pointers`;
    case 'net_list_add':
      return `setup_net() puts ${event.net} on net_namespace_list: it is alive`;
    case 'net_list_del':
      return `cleanup_net() takes ${event.net} off net_namespace_list`;
    case 'queue_work':
      return '__put_net() queues cleanup_net()';
    case 'violation':
      return `undefined behaviour in the kernel: ${event.kind}${event.detail ? ` (${event.detail})` : ''}`;
    case 'panic':
      return `panic: ${event.message}`;
    case 'return':
      return returnSentence(event);
    case 'state':
      return `pernet_list: ${event.pernet_list.join(', ') || 'empty'}; namespaces: ${event.nets.join(', ') || 'none'}`;
    case 'ns_alloc_inum':
      return `net_ns_net_init() gives ${event.net} its inode number${failed(event.ret)}`;
    case 'ns_free_inum':
      return `net_ns_net_exit() gives ${event.net}'s inode number back`;
    case 'inc_ucount':
      return `copy_net_ns() charges ${event.user_ns} for one more namespace${failed(event.ret)}`;
    case 'dec_ucount':
      return `${event.user_ns} is charged for one namespace less`;
    case 'get_user_ns':
      return `copy_net_ns() takes a reference to ${event.user_ns}`;
    case 'put_user_ns':
      return `the reference to ${event.user_ns} is dropped`;
    case 'key_remove_domain':
      return `key_remove_domain() ends the key domain of ${event.net}`;
    case 'net_free':
    case 'net_free_deferred':
      return `net_free(): the struct net of ${event.net} is given back${event.event === 'net_free' ? '' : ' at the next cleanup'}`;
    case 'rtnl_notify':
    case 'rtnl_set_sk_err':
    case 'rtnl_unicast':
    case 'rtnl_dump':
    case 'warn':
      return `${event.event}: ${eventText(event)}`;
  }
}

function sourceSentence(event: SourceEvent): string {
  const where = `${event.function}()`;
  if (event.outcome === 'entered') return `${event.call} is called`;
  if (event.outcome === 'returned') return `${event.call} has returned`;
  if (event.outcome === 'taken') return event.call === 'return' ? `${where} returns` : `${where}: ${event.call}`;
  if (event.outcome === 'true' || event.outcome === 'false') return `${where}: \`${event.call}\` is ${event.outcome}`;
  return `${where}: ${event.call} ${event.outcome}`;
}

function returnSentence(event: NetnsEvent & { event: 'return' }): string {
  const call = `${event.call}()`;
  if ('ret' in event) return `${call} returns ${event.ret}`;
  if ('net' in event) return `${call} returns ${event.net ?? 'NULL'}`;
  return `${call} returns`;
}

function failed(ret: number): string {
  return ret === 0 ? '' : `, which fails with ${ret}`;
}
