/** The ids of ops and the array of per-net pointers that they index: net->gen. */
import { ENOMEM } from './errno.ts';
import { alloc } from './faults.ts';
import { give_back_id, lowest_free, take_id } from './id_pool.ts';
import { emit, own_generic_ids, own_net, own_ops_state, type Kernel } from './kernel.ts';
import type { Net } from './state.ts';

/**
 * The part of register_pernet_operations() that gives an ops its id: ida_alloc_min() from MIN_PERNET_OPS_ID, and
 * max_gen_ptrs grown to hold it. Returns 0 or -ENOMEM.
 */
export function assign_ops_id(kernel: Kernel, ops: string): number {
  if (!alloc(kernel)) return -ENOMEM;
  const ids = own_generic_ids(kernel);
  const id = lowest_free(ids);
  take_id(ids, id, ops);
  own_ops_state(kernel, ops).id = id;
  kernel.state.max_gen_ptrs = Math.max(kernel.state.max_gen_ptrs, id + 1);
  emit(kernel, { event: 'id_alloc', ops, id });
  return 0;
}

/** ida_free() of an ops' id. */
export function free_ops_id(kernel: Kernel, ops: string): void {
  const ops_state = own_ops_state(kernel, ops);
  const id = ops_state.id!;
  give_back_id(own_generic_ids(kernel), id);
  ops_state.id = null;
  emit(kernel, { event: 'id_free', ops, id });
}

/** net_alloc_generic(): an array of max_gen_ptrs slots, or undefined without memory. */
export function net_alloc_generic(kernel: Kernel): Net['gen'] | undefined {
  if (!alloc(kernel)) return undefined;
  kernel.state.live.net_generic += 1;
  const len = kernel.state.max_gen_ptrs;
  return { len, ptrs: new Array<string | null>(len).fill(null) };
}

/** kfree() of an array. */
export function free_generic(kernel: Kernel): void {
  kernel.state.live.net_generic -= 1;
}

/**
 * net_assign_generic(): lets the slot of `ops` point at its data, in a larger array if need be. The old array goes back
 * by kfree_rcu(), which frees at once here. Returns 0 or -ENOMEM.
 */
export function net_assign_generic(kernel: Kernel, name: string, id: number, ops: string): number {
  const net = own_net(kernel, name);
  if (net.gen.len > id) {
    net.gen.ptrs[id] = ops;
    return 0;
  }
  const grown = net_alloc_generic(kernel);
  if (grown === undefined) return -ENOMEM;
  net.gen.ptrs.forEach((pointer, index) => {
    grown.ptrs[index] = pointer;
  });
  grown.ptrs[id] = ops;
  net.gen = grown;
  free_generic(kernel);
  emit(kernel, { event: 'gen_grow', net: name, len: grown.len });
  return 0;
}
