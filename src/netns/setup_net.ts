/** setup_net(): the inits of all ops for a new namespace, and their undoing when one fails. */
import { emit, own, own_net, type Kernel } from './kernel.ts';
import { ops_init } from './ops.ts';
import { reverse_from } from './pernet_list.ts';
import { ops_undo_list } from './undo.ts';

/**
 * setup_net(): runs each ops' init in list order and puts the namespace into net_namespace_list. A negative result
 * undoes what was done and is returned; a positive one, if it is the last, is returned by a namespace that is there.
 */
export function setup_net(kernel: Kernel, name: string): number {
  const net = own_net(kernel, name);
  net.count = 1;
  net.passive = 1;
  let error = 0;
  for (const ops of kernel.state.pernet_list) {
    error = ops_init(kernel, ops, name);
    if (error < 0) {
      ops_undo_list(kernel, reverse_from(kernel, ops), [name], 'setup_net');
      emit(kernel, { event: 'rcu_barrier' });
      return error;
    }
  }
  own(kernel, 'net_namespace_list').add(name);
  emit(kernel, { event: 'net_list_add', net: name });
  return error;
}
