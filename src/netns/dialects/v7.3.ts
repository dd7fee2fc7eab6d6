import { emit, ops_of } from '../kernel.ts';
import type { Dialect } from './dialect.ts';
import { v6_12 } from './v6.12.ts';

/**
 * Linux 6.16 and later (read in 7.3.4), where no ops has exit_batch_rtnl any more. Since 6.18 a namespace gets its inode
 * number in copy_net_ns(), by ns_common_init(), and not from the init of net_ns_ops; that is not told apart here.
 */
export const v7_3: Dialect = {
  ...v6_12,
  name: '7.3',
  summary: '6.16 to 7.3: exit_rtnl alone, and the RTNL only where an ops of the list has it.',
  callbacks: ['init', 'pre_exit', 'exit', 'exit_batch', 'exit_rtnl'],
  // ops_undo_list(): hold_rtnl is found out on the way, for the whole list as for a single ops.
  exit_under_rtnl: (kernel, ops_list, nets) => {
    const single = ops_list.filter((ops) => ops_of(kernel, ops).exit_rtnl === true);
    if (single.length === 0) return;
    emit(kernel, { event: 'rtnl_lock' });
    for (const net of nets) for (const ops of single) emit(kernel, { event: 'exit_rtnl', ops, net });
    emit(kernel, { event: 'rtnl_unlock' });
  },
  recognises: ({ netNamespaceH, netNamespaceC }) =>
    netNamespaceH === ''
      ? /\bops_undo_list\b/.test(netNamespaceC) && !/\bexit_batch_rtnl\b/.test(netNamespaceC)
      : /\bexit_rtnl\b/.test(netNamespaceH) && !/\bexit_batch_rtnl\b/.test(netNamespaceH),
};
