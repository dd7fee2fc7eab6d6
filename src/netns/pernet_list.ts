/** pernet_list, and first_device: the boundary in it between subsystems and devices. */
import { own, own_ops_state, type Kernel } from './kernel.ts';
import type { ListPointer } from './state.ts';

/** list_add_tail(&ops->list, list): `where` is the element that the ops goes before. */
export function list_add_tail(kernel: Kernel, ops: string, where: ListPointer): void {
  const list = own(kernel, 'pernet_list');
  if (where.at === 'ops') list.splice(list.indexOf(where.ops), 0, ops);
  else list.push(ops);
  own_ops_state(kernel, ops).list = 'linked';
}

/** list_del(&ops->list): what it leaves in the ops are the poison values. */
export function list_del(kernel: Kernel, ops: string): void {
  const list = own(kernel, 'pernet_list');
  list.splice(list.indexOf(ops), 1);
  own_ops_state(kernel, ops).list = 'poisoned';
}

/** `ops->list.next`. Only with CONFIG_NET_NS off can the ops be outside the list here. */
export function list_next(kernel: Kernel, ops: string): ListPointer {
  const list = kernel.state.pernet_list;
  switch (kernel.state.ops_state.get(ops)!.list) {
    case 'zeroed':
      return { at: 'NULL' };
    case 'poisoned':
      return { at: 'LIST_POISON1' };
    case 'linked': {
      const next = list[list.indexOf(ops) + 1];
      return next === undefined ? { at: 'head' } : { at: 'ops', ops: next };
    }
  }
}

/** `&ops->list == first_device`. */
export function is_first_device(kernel: Kernel, ops: string): boolean {
  const first = kernel.state.first_device;
  return first.at === 'ops' && first.ops === ops;
}

/** The last lines of register_pernet_device(): the first device in the list becomes the boundary. */
export function note_first_device(kernel: Kernel, ops: string): void {
  if (kernel.state.first_device.at === 'head') kernel.state.first_device = { at: 'ops', ops };
}

/** The first lines of unregister_pernet_device(): the boundary moves on when its ops goes. */
export function leave_first_device(kernel: Kernel, ops: string): void {
  if (is_first_device(kernel, ops)) kernel.state.first_device = list_next(kernel, ops);
}

/** pernet_list backwards, from the ops before `ops` (from the end without one): list_for_each_entry_continue_reverse. */
export function reverse_from(kernel: Kernel, ops?: string): string[] {
  const list = kernel.state.pernet_list;
  return list.slice(0, ops === undefined ? list.length : list.indexOf(ops)).reverse();
}
