/** What is done with one ops: its init for one namespace, and its exits for a list of them. */
import { ENOMEM } from './errno.ts';
import { alloc, take_init_fault } from './faults.ts';
import { emit, ops_of, own_net, violation, type Kernel } from './kernel.ts';
import { net_assign_generic } from './net_generic.ts';
import { NET_NS_OPS } from './state.ts';

/**
 * ops_init(): allocates the data, lets net_generic point at it and calls init. Returns 0, -ENOMEM, or what init
 * returned.
 */
export function ops_init(kernel: Kernel, ops: string, net: string): number {
  const { init = false } = ops_of(kernel, ops);
  const generic = wants_data(kernel, ops);
  if (generic) {
    if (!alloc(kernel)) return -ENOMEM;
    kernel.state.live.ops_data += 1;
    if (net_assign_generic(kernel, net, id_of(kernel, ops), ops) !== 0) {
      if (kernel.dialect.assign_failure === 'clears-slot') report_out_of_bounds(kernel, ops, net);
      kernel.state.live.ops_data -= 1;
      return -ENOMEM;
    }
  }
  const err = init ? call_init(kernel, ops, net) : 0;
  if (err !== 0 && generic) {
    own_net(kernel, net).gen.ptrs[id_of(kernel, ops)] = null;
    kernel.state.live.ops_data -= 1;
  }
  return err;
}

/** The condition under which ops_init() and ops_free_list() handle data of the ops. */
export function wants_data(kernel: Kernel, ops: string): boolean {
  const { id = false, size = 0 } = ops_of(kernel, ops);
  return id && size > 0;
}

/** The `cleanup` label lies before the clearing of the slot, which is behind the array when it could not grow. */
function report_out_of_bounds(kernel: Kernel, ops: string, net: string): void {
  const { len } = kernel.state.nets.get(net)!.gen;
  const detail = `ops_init() clears slot ${id_of(kernel, ops)} of the net_generic array of ${net}, which has ${len}`;
  violation(kernel, 'net-generic-out-of-bounds', detail);
}

function id_of(kernel: Kernel, ops: string): number {
  return kernel.state.ops_state.get(ops)!.id!;
}

function call_init(kernel: Kernel, ops: string, net: string): number {
  const ret = take_init_fault(kernel, ops, net) ?? (ops === NET_NS_OPS ? net_ns_net_init(kernel, net) : 0);
  emit(kernel, { event: 'init', ops, net, data: wants_data(kernel, ops), ret });
  return ret;
}

/** net_ns_net_init(): ns_alloc_inum() of the namespace. Returns 0 or -ENOMEM. */
function net_ns_net_init(kernel: Kernel, net: string): number {
  const ret = alloc(kernel) ? 0 : -ENOMEM;
  emit(kernel, { event: 'ns_alloc_inum', net, ret });
  return ret;
}

/** ops_pre_exit_list(). */
export function ops_pre_exit_list(kernel: Kernel, ops: string, nets: readonly string[]): void {
  if (ops_of(kernel, ops).pre_exit !== true) return;
  for (const net of nets) emit(kernel, { event: 'pre_exit', ops, net });
}

/** ops_exit_list(): exit for each namespace, then exit_batch for all, also for none. */
export function ops_exit_list(kernel: Kernel, ops: string, nets: readonly string[]): void {
  const { exit = false, exit_batch = false } = ops_of(kernel, ops);
  if (exit) {
    for (const net of nets) {
      // net_ns_net_exit() is the only exit with a body in this file.
      if (ops === NET_NS_OPS) emit(kernel, { event: 'ns_free_inum', net });
      emit(kernel, { event: 'exit', ops, net });
    }
  }
  if (exit_batch) emit(kernel, { event: 'exit_batch', ops, nets: [...nets] });
}

/** ops_free_list(): frees the data, and leaves the pointer as it is. */
export function ops_free_list(kernel: Kernel, ops: string, nets: readonly string[]): void {
  if (!wants_data(kernel, ops)) return;
  const id = id_of(kernel, ops);
  for (const net of nets) {
    if (kernel.state.nets.get(net)!.gen.ptrs[id] === null) continue;
    kernel.state.live.ops_data -= 1;
    emit(kernel, { event: 'free', ops, net });
  }
}
