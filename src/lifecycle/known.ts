import type { Program } from '../program/program.ts';
import type { PernetCall } from './trace.ts';

export interface KnownPernetCall {
  readonly call: PernetCall;
  readonly register: boolean;
  readonly device: boolean;
}

/** The registration family of net/core/net_namespace.c. */
export const pernetCalls: ReadonlyMap<string, KnownPernetCall> = new Map<string, KnownPernetCall>([
  ['register_pernet_subsys', { call: 'register_pernet_subsys', register: true, device: false }],
  ['register_pernet_device', { call: 'register_pernet_device', register: true, device: true }],
  ['unregister_pernet_subsys', { call: 'unregister_pernet_subsys', register: false, device: false }],
  ['unregister_pernet_device', { call: 'unregister_pernet_device', register: false, device: true }],
]);

/** Calls that do not come back (kernel/panic.c, include/asm-generic/bug.h). */
export const noReturn: ReadonlySet<string> = new Set(['panic', 'BUG', 'do_exit', 'unreachable', 'BUILD_BUG']);

/** Macros and inlines that hand their first argument's value on (include/linux/compiler.h, rcupdate.h, bug.h). */
export const transparent: ReadonlySet<string> = new Set([
  'likely',
  'unlikely',
  'WARN_ON',
  'WARN_ON_ONCE',
  'WARN',
  'WARN_ONCE',
  'READ_ONCE',
  'rcu_dereference',
  'rcu_dereference_protected',
  'rcu_dereference_raw',
  'rcu_access_pointer',
  'rtnl_dereference',
  'net_xmit_errno',
  'DEBUG_NET_WARN_ON_ONCE',
  '__builtin_expect',
]);

/** Calls that wait for all pending RCU callbacks (kernel/rcu/tree.c, rcu_barrier()). */
export const barriers: ReadonlySet<string> = new Set(['rcu_barrier', 'rcu_barrier_tasks', 'rcu_barrier_tasks_trace']);

/** Calls that wait until a work item or a timer no longer runs, and take it off its queue (kernel/workqueue.c, kernel/time/timer.c). */
export const stops: ReadonlySet<string> = new Set([
  'cancel_work_sync',
  'cancel_delayed_work_sync',
  'disable_work_sync',
  'disable_delayed_work_sync',
  'del_timer_sync',
  'timer_delete_sync',
  'hrtimer_cancel',
]);

/** Macros that assign their second argument to their first (include/linux/rcupdate.h, include/asm-generic/rwonce.h). */
export const storing: ReadonlySet<string> = new Set(['rcu_assign_pointer', 'RCU_INIT_POINTER', 'WRITE_ONCE']);

/** Calls whose answer does not change while a module is loaded: the same text gets the same answer along a path. */
export const steady: ReadonlySet<string> = new Set([
  'net_eq',
  'IS_ENABLED',
  'IS_BUILTIN',
  'IS_MODULE',
  'IS_REACHABLE',
  'static_branch_unlikely',
  'static_branch_likely',
  'capable',
  'ipv6_mod_enabled',
  'security_module_enable',
  'xen_domain',
  'ARRAY_SIZE',
  'sizeof',
]);

/** Without an init and without an id there is nothing in a registration that can fail (register_pernet_operations). */
export function canFail(program: Program, ops: string): boolean {
  const entry = program.opsEntry(ops.replace(/\[.*$/, ''));
  return !entry || entry.fact.fields.some((field) => field.name === 'init' || field.name === 'id');
}

/** Calls that take nothing over and keep nothing of what they are passed: they fill, print, link or initialise it. */
export function isHarmless(name: string): boolean {
  return harmless.test(name);
}

const harmless =
  /^(pr_\w+|net_\w+_ratelimited|printk\w*|dev_(err|warn|info|dbg|net|put|hold)|netdev_(err|warn|info|dbg)|mem(cpy|set|move|cmp)|str\w*|sn?printf|scnprintf|INIT_\w+|\w*lock_init|mutex_(init|lock|unlock|destroy)|spin_\w+|rtnl_(un)?lock|timer_setup|init_waitqueue_head|skb_queue_head_init|atomic\w*_set|refcount_set|net_(eq|hash_mix)|ARRAY_SIZE|PTR_ERR|IS_ERR\w*|kmemleak_\w+|seqcount\w*_init|seqlock_init|init_rwsem|sema_init|init_completion|lockdep_\w+|get_random_bytes|cpu_to_\w+|htons|htonl|jiffies\w*|nla_\w+)$/;
