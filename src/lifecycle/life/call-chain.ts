import type { Dialect, NetnsEvent } from '../../netns/index.ts';

/**
 * The functions of net/core/net_namespace.c that were running when an event came about, the innermost first: the one
 * that did it, and who called it. `call` is the scenario's step, which is the outermost call or named after it. Empty
 * for what no function of that file does.
 */
export function callChain(event: NetnsEvent, call: string, dialect: Pick<Dialect, 'undo_single_relinks'>): string[] {
  const outer = outermost(event, call);
  const isSingle = outer.includes('register_pernet_operations') || outer.includes('unregister_pernet_operations');
  const worker = isSingle
    ? [outer[0] === 'register_pernet_operations' ? '__register_pernet_operations' : '__unregister_pernet_operations']
    : [];
  // Who undoes: one function for all in later kernels, three in earlier ones.
  const undoing = dialect.undo_single_relinks
    ? ['ops_undo_list', ...(isSingle ? ['ops_undo_single'] : [])]
    : isSingle
      ? ['free_exit_list']
      : [];
  const undo = [...undoing, ...worker, ...outer];
  switch (event.event) {
    case 'init':
    case 'gen_grow':
      return [...(event.event === 'gen_grow' ? ['net_assign_generic'] : []), 'ops_init', ...worker, ...outer];
    case 'ns_alloc_inum':
      return ['net_ns_net_init', 'ops_init', ...worker, ...outer];
    case 'pre_exit':
      return ['ops_pre_exit_list', ...undo];
    case 'synchronize_rcu':
    case 'synchronize_rcu_expedited':
      return undo;
    case 'exit_rtnl':
    case 'exit_batch_rtnl':
    case 'rtnl_lock':
    case 'rtnl_unlock':
      return [...(dialect.undo_single_relinks ? ['ops_exit_rtnl_list'] : []), ...undo];
    case 'exit':
    case 'exit_batch':
      return ['ops_exit_list', ...undo];
    case 'ns_free_inum':
      return ['net_ns_net_exit', 'ops_exit_list', ...undo];
    case 'free':
      return ['ops_free_list', ...undo];
    case 'queue_work':
      return ['__put_net', 'put_net'];
    case 'inc_ucount':
      return ['inc_net_namespaces', call];
    case 'dec_ucount':
      return ['dec_net_namespaces', call];
    case 'net_free':
    case 'net_free_deferred':
      return ['net_free', call];
    case 'get_user_ns':
    case 'put_user_ns':
    case 'key_remove_domain':
      return [call];
    case 'rtnl_notify':
    case 'rtnl_set_sk_err':
      return ['rtnl_net_notifyid', call];
    case 'id_alloc':
    case 'id_free':
    case 'rcu_barrier':
    case 'net_list_add':
    case 'net_list_del':
    case 'warn':
    case 'panic':
    case 'return':
      return event.event === 'return' ? [call] : outer;
    case 'rtnl_unicast':
    case 'rtnl_dump':
    case 'violation':
    case 'state':
      return [];
  }
}

/** What the step called, from the inside out. */
function outermost(event: NetnsEvent, call: string): string[] {
  switch (call) {
    case 'register_pernet_subsys':
    case 'register_pernet_device':
      return ['register_pernet_operations', call];
    case 'unregister_pernet_subsys':
    case 'unregister_pernet_device':
      return ['unregister_pernet_operations', call];
    case 'copy_net_ns':
      return ['setup_net', call];
    case 'net_ns_init':
      // It sets up init_net, then registers the core's own ops.
      return isOfCore(event) ? ['register_pernet_operations', 'register_pernet_subsys', call] : ['setup_net', call];
    case 'core_initcall':
      return ['register_pernet_operations', 'register_pernet_subsys', 'net_defaults_init'];
    default:
      return [call];
  }
}

function isOfCore(event: NetnsEvent): boolean {
  return event.event === 'ns_alloc_inum' || ('ops' in event && event.ops === 'net_ns_ops');
}
