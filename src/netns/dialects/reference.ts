import type { Dialect } from './dialect.ts';

/** The reference text: the kernels from 6.2 to 6.8, and 6.1 before it took over later changes. */
export const reference: Dialect = {
  name: 'reference',
  summary: 'The reference text: no callbacks under the RTNL, and the failure path of ops_init() not yet repaired.',
  callbacks: ['init', 'pre_exit', 'exit', 'exit_batch'],
  assign_failure: 'clears-slot',
  id_and_size: 'independent',
  cleanup_grace_period: 'synchronize_rcu',
  net_free: 'at-once',
  get_net_ns: 'trusts',
  net_defaults_ops: true,
  undo_single_relinks: false,
  exit_under_rtnl: () => undefined,
  recognises: () => true,
};
