/** Registration and unregistration of ops. */
import { EINVAL } from './errno.ts';
import { emit, ops_of, own_ops_state, violation, type Kernel } from './kernel.ts';
import { assign_ops_id, free_ops_id } from './net_generic.ts';
import { ops_init, wants_data } from './ops.ts';
import { is_first_device, leave_first_device, list_add_tail, list_del, note_first_device } from './pernet_list.ts';
import { INIT_NET, type ListPointer } from './state.ts';
import { ops_undo_list } from './undo.ts';

/** register_pernet_subsys(): the ops goes before the first device. Returns 0 or what failed. */
export function register_pernet_subsys(kernel: Kernel, ops: string): number {
  return register_pernet_operations(kernel, kernel.state.first_device, ops);
}

/** register_pernet_device(): the ops goes to the end. Returns 0 or what failed. */
export function register_pernet_device(kernel: Kernel, ops: string): number {
  const error = register_pernet_operations(kernel, { at: 'head' }, ops);
  if (error === 0) note_first_device(kernel, ops);
  return error;
}

/** unregister_pernet_subsys(). */
export function unregister_pernet_subsys(kernel: Kernel, ops: string): void {
  unregister_pernet_operations(kernel, ops);
}

/** unregister_pernet_device(). */
export function unregister_pernet_device(kernel: Kernel, ops: string): void {
  leave_first_device(kernel, ops);
  unregister_pernet_operations(kernel, ops);
}

/** Whether a registration of `ops` is defined; logs the violation when it is not. */
export function may_register(kernel: Kernel, ops: string): boolean {
  if (!kernel.state.ops_state.get(ops)!.registered) return true;
  violation(kernel, 'double-register', `${ops} is registered already`);
  return false;
}

/** Whether the unregistration of `ops` as a subsystem or a device is defined; logs the violation when it is not. */
export function may_unregister(kernel: Kernel, ops: string, kind: 'subsys' | 'device'): boolean {
  if (!kernel.state.ops_state.get(ops)!.registered) {
    violation(kernel, 'unregister-unregistered', `${ops} is not registered`);
    return false;
  }
  if (kind === 'subsys' && is_first_device(kernel, ops)) {
    const detail = `unregister_pernet_subsys() would remove ${ops}, and first_device would still point at it`;
    violation(kernel, 'dangling-first-device', detail);
    return false;
  }
  return true;
}

/** register_pernet_operations(): an id if the ops wants one, then its inits. */
function register_pernet_operations(kernel: Kernel, list: ListPointer, ops: string): number {
  const { id = false, size = 0 } = ops_of(kernel, ops);
  if (kernel.dialect.id_and_size === 'must-match' && id !== size > 0) {
    emit(kernel, { event: 'warn', message: `${ops} has ${id ? '.id without .size' : '.size without .id'}` });
    return -EINVAL;
  }
  if (id) {
    const error = assign_ops_id(kernel, ops);
    if (error < 0) return error;
  }
  const error = add_operations(kernel, list, ops);
  if (error === 0) {
    own_ops_state(kernel, ops).registered = true;
  } else {
    emit(kernel, { event: 'rcu_barrier' });
    if (id) free_ops_id(kernel, ops);
  }
  return error;
}

/** __register_pernet_operations(), of which there is one with CONFIG_NET_NS and one without. */
function add_operations(kernel: Kernel, list: ListPointer, ops: string): number {
  if (kernel.state.config.NET_NS) return add_and_init_everywhere(kernel, list, ops);
  if (kernel.state.init_net_initialized) return ops_init(kernel, ops, INIT_NET);
  list_add_tail(kernel, ops, list);
  return 0;
}

/** __register_pernet_operations() with CONFIG_NET_NS: the inits for every namespace, undone when one fails. */
function add_and_init_everywhere(kernel: Kernel, list: ListPointer, ops: string): number {
  list_add_tail(kernel, ops, list);
  if (ops_of(kernel, ops).init !== true && !wants_data(kernel, ops)) return 0;
  const initialised: string[] = [];
  for (const net of kernel.state.net_namespace_list) {
    const error = ops_init(kernel, ops, net);
    if (error !== 0) {
      list_del(kernel, ops);
      ops_undo_list(kernel, [ops], initialised, 'single');
      return error;
    }
    initialised.push(net);
  }
  return 0;
}

/** unregister_pernet_operations(). */
function unregister_pernet_operations(kernel: Kernel, ops: string): void {
  own_ops_state(kernel, ops).registered = false;
  remove_operations(kernel, ops);
  emit(kernel, { event: 'rcu_barrier' });
  if (ops_of(kernel, ops).id === true) free_ops_id(kernel, ops);
}

/** __unregister_pernet_operations(), of which there is one with CONFIG_NET_NS and one without. */
function remove_operations(kernel: Kernel, ops: string): void {
  if (kernel.state.config.NET_NS) {
    list_del(kernel, ops);
    ops_undo_list(kernel, [ops], [...kernel.state.net_namespace_list], 'single');
  } else if (kernel.state.init_net_initialized) {
    ops_undo_list(kernel, [ops], [INIT_NET], 'single');
    // ops_undo_single() of later kernels links the ops into a list of its own, and its list_del() poisons it.
    if (kernel.dialect.undo_single_relinks) own_ops_state(kernel, ops).list = 'poisoned';
  } else {
    list_del(kernel, ops);
  }
}
