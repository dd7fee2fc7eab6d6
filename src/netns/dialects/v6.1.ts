import { emit, ops_of } from '../kernel.ts';
import type { Dialect } from './dialect.ts';
import { reference } from './reference.ts';

/** Late stable releases of 6.1 (seen in 6.1.192), which took over changes of 6.9 to 6.13. */
export const v6_1: Dialect = {
  ...reference,
  name: '6.1',
  summary: 'Late 6.1.y: exit_batch_rtnl, the failure path of ops_init() repaired, struct net freed one cleanup later.',
  callbacks: ['init', 'pre_exit', 'exit', 'exit_batch', 'exit_batch_rtnl'],
  assign_failure: 'frees-only',
  net_free: 'next-cleanup',
  get_net_ns: 'asks',
  // setup_net() and cleanup_net() take the RTNL for the whole list, free_exit_list() only for an ops that needs it.
  exit_under_rtnl: (kernel, ops_list, nets, caller) => {
    const with_batch = ops_list.filter((ops) => ops_of(kernel, ops).exit_batch_rtnl === true);
    if (caller === 'single' && with_batch.length === 0) return;
    emit(kernel, { event: 'rtnl_lock' });
    for (const ops of with_batch) emit(kernel, { event: 'exit_batch_rtnl', ops, nets: [...nets] });
    emit(kernel, { event: 'rtnl_unlock' });
  },
  recognises: ({ netNamespaceH, netNamespaceC }) =>
    /\bexit_batch_rtnl\b/.test(netNamespaceH) || /\bexit_batch_rtnl\b/.test(netNamespaceC),
};
