/** The four passes that undo ops for a list of namespaces: pre_exit, a grace period, exit, and the freeing of data. */
import { emit, type Kernel } from './kernel.ts';
import { ops_exit_list, ops_free_list, ops_pre_exit_list } from './ops.ts';

/** Who undoes: the rollback of setup_net(), cleanup_net(), or the (un)registration of a single ops. */
export type UndoCaller = 'setup_net' | 'cleanup_net' | 'single';

/**
 * What setup_net()'s out_undo, cleanup_net() and free_exit_list() have in common (ops_undo_list() of later kernels).
 * `ops_list` is in the order of undoing; each pass goes through all ops before the next begins.
 */
export function ops_undo_list(
  kernel: Kernel,
  ops_list: readonly string[],
  nets: readonly string[],
  caller: UndoCaller,
): void {
  for (const ops of ops_list) ops_pre_exit_list(kernel, ops, nets);
  emit(kernel, { event: caller === 'cleanup_net' ? kernel.dialect.cleanup_grace_period : 'synchronize_rcu' });
  kernel.dialect.exit_under_rtnl(kernel, ops_list, nets, caller);
  for (const ops of ops_list) ops_exit_list(kernel, ops, nets);
  for (const ops of ops_list) ops_free_list(kernel, ops, nets);
}
