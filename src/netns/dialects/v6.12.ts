import { emit, ops_of } from '../kernel.ts';
import type { Dialect } from './dialect.ts';
import { v6_1 } from './v6.1.ts';

/** Late stable releases of 6.12 (seen in 6.12.117), which took over ops_undo_list() and exit_rtnl of 6.16. */
export const v6_12: Dialect = {
  ...v6_1,
  name: '6.12',
  summary: 'Late 6.12.y: exit_rtnl, ops_undo_list(), id and size only together, no net_defaults_ops.',
  callbacks: ['init', 'pre_exit', 'exit', 'exit_batch', 'exit_rtnl', 'exit_batch_rtnl'],
  id_and_size: 'must-match',
  cleanup_grace_period: 'synchronize_rcu_expedited',
  // Its work is done by preinit_net(), before setup_net().
  net_defaults_ops: false,
  undo_single_relinks: true,
  // ops_exit_rtnl_list(): exit_rtnl goes net by net, each through all ops; exit_batch_rtnl follows.
  exit_under_rtnl: (kernel, ops_list, nets, caller) => {
    const single = ops_list.filter((ops) => ops_of(kernel, ops).exit_rtnl === true);
    const batch = ops_list.filter((ops) => ops_of(kernel, ops).exit_batch_rtnl === true);
    if (caller === 'single' && single.length + batch.length === 0) return;
    emit(kernel, { event: 'rtnl_lock' });
    for (const net of nets) for (const ops of single) emit(kernel, { event: 'exit_rtnl', ops, net });
    for (const ops of batch) emit(kernel, { event: 'exit_batch_rtnl', ops, nets: [...nets] });
    emit(kernel, { event: 'rtnl_unlock' });
  },
  recognises: ({ netNamespaceH, netNamespaceC }) =>
    /\bexit_rtnl\b/.test(netNamespaceH) || /\bops_undo_list\b/.test(netNamespaceC),
};
