/** Failures that a scenario asked for: of an allocation, by count, or of an init callback, by name. */
import { own, replace, type Kernel } from './kernel.ts';

/**
 * One allocation of those that fail_nth_alloc counts (kzalloc, kmem_cache_zalloc, ida_alloc_min, idr_alloc with a free
 * slot, nlmsg_new, ns_alloc_inum); false when it is the one that fails.
 */
export function alloc(kernel: Kernel): boolean {
  if (kernel.state.alloc_fault === 0) return true;
  kernel.state.alloc_fault -= 1;
  return kernel.state.alloc_fault > 0;
}

/** Makes the nth allocation from now fail; takes the place of one that has not fired. */
export function fail_nth_alloc(kernel: Kernel, nth: number): void {
  kernel.state.alloc_fault = nth;
}

export interface InitFault {
  ops: string;
  net?: string | undefined;
  errno?: number | undefined;
  times?: number | undefined;
}

/** Makes the next matching init callbacks return `errno`. */
export function fail_init(kernel: Kernel, fault: InitFault): void {
  const { ops, net = null, errno = -12, times = 1 } = fault;
  own(kernel, 'init_faults').push({ ops, net, errno, times });
}

/** What the init callback of `ops` is to return for `net`, or undefined; the first fault declared that matches is used. */
export function take_init_fault(kernel: Kernel, ops: string, net: string): number | undefined {
  const pending = kernel.state.init_faults;
  const index = pending.findIndex((fault) => fault.ops === ops && (fault.net === null || fault.net === net));
  const fault = pending[index];
  if (fault === undefined) return undefined;
  const rest = fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
  replace(kernel, 'init_faults', [...pending.slice(0, index), ...rest, ...pending.slice(index + 1)]);
  return fault.errno;
}
