import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { passedOn } from '../../program/passed-ops.ts';
import type { FunctionEntry, Id, OpsEntry, Program } from '../../program/program.ts';
import type { PernetCall } from '../paths/trace.ts';

export interface KnownPernetCall {
  readonly call: PernetCall;
  readonly register: boolean;
  readonly device: boolean;
  /** Which argument is the ops. */
  readonly ops: number;
  /** True for a function outside the core that registers what it is passed, or unregisters it, and else nothing of the caller's. */
  readonly wraps?: true;
}

/**
 * The registration family of net/core/net_namespace.c. Up to Linux 2.6.32 an ops that wants an id is registered by calls
 * of its own, which take the id's variable besides (its value, to unregister), and its init allocates its data itself. A
 * packet action's ops is registered with the action (net/sched/act_api.c, tcf_register_action()), which has all undone
 * when it fails.
 */
export const pernetCalls: ReadonlyMap<string, KnownPernetCall> = new Map<string, KnownPernetCall>([
  ['register_pernet_subsys', { call: 'register_pernet_subsys', register: true, device: false, ops: 0 }],
  ['register_pernet_device', { call: 'register_pernet_device', register: true, device: true, ops: 0 }],
  ['unregister_pernet_subsys', { call: 'unregister_pernet_subsys', register: false, device: false, ops: 0 }],
  ['unregister_pernet_device', { call: 'unregister_pernet_device', register: false, device: true, ops: 0 }],
  ['register_pernet_gen_subsys', { call: 'register_pernet_subsys', register: true, device: false, ops: 1 }],
  ['register_pernet_gen_device', { call: 'register_pernet_device', register: true, device: true, ops: 1 }],
  ['unregister_pernet_gen_subsys', { call: 'unregister_pernet_subsys', register: false, device: false, ops: 1 }],
  ['unregister_pernet_gen_device', { call: 'unregister_pernet_device', register: false, device: true, ops: 1 }],
  ...passedOn.flatMap(({ register, unregister, ops }): [string, KnownPernetCall][] => [
    [register, { call: 'register_pernet_subsys', register: true, device: false, ops, wraps: true }],
    [unregister, { call: 'unregister_pernet_subsys', register: false, device: false, ops, wraps: true }],
  ]),
]);

/**
 * What the core runs callbacks by (net/core/net_namespace.c): that is what the model is there for. Followed as code, each
 * of them would lead to whatever any ops does.
 */
const modelled: ReadonlySet<string> = new Set([
  'setup_net',
  'cleanup_net',
  'ops_init',
  'ops_free',
  'ops_exit_list',
  'ops_exit_rtnl_list',
  'ops_free_list',
  'ops_pre_exit_list',
  'ops_undo_list',
  'ops_undo_single',
  'free_exit_list',
]);

/** Whether a function is one of these: beside the core's register_pernet_subsys(). */
export function isModelled(program: Program, { file, fact: { name } }: FunctionEntry): boolean {
  return modelled.has(name) && program.functionById(`${file}#register_pernet_subsys`) !== undefined;
}

/** Calls that do not come back (kernel/panic.c, include/asm-generic/bug.h). */
export const noReturn: ReadonlySet<string> = new Set(['panic', 'BUG', 'do_exit', 'unreachable', 'BUILD_BUG']);

/** What the compiler answers: code that is built has passed it (include/linux/build_bug.h, compiler_types.h). */
export const compileTime: ReadonlySet<string> = new Set([
  'BUILD_BUG_ON',
  'BUILD_BUG_ON_INVALID',
  'BUILD_BUG_ON_MSG',
  'BUILD_BUG_ON_NOT_POWER_OF_2',
  'BUILD_BUG_ON_ZERO',
  'MAYBE_BUILD_BUG_ON',
  '_Static_assert',
  'compiletime_assert',
  'static_assert',
]);

/**
 * Macros and inlines that hand one argument's value on, by which one that is (include/linux/compiler.h, rcupdate.h,
 * srcu.h, bug.h, rtnetlink.h, rhashtable.h).
 */
export const handsOn: ReadonlyMap<string, number> = new Map([
  ...[
    'likely',
    'unlikely',
    'WARN_ON',
    'WARN_ON_ONCE',
    'WARN',
    'WARN_ONCE',
    'READ_ONCE',
    'data_race',
    'unrcu_pointer',
    'rcu_dereference',
    'rcu_dereference_all',
    'rcu_dereference_bh',
    'rcu_dereference_bh_check',
    'rcu_dereference_check',
    'rcu_dereference_protected',
    'rcu_dereference_raw',
    'rcu_dereference_raw_check',
    'rcu_dereference_rtnl',
    'rcu_dereference_sched',
    'rcu_dereference_sched_check',
    'rcu_access_pointer',
    'rcu_pointer_handoff',
    'srcu_dereference',
    'srcu_dereference_check',
    'rht_dereference',
    'rht_dereference_rcu',
    'rtnl_dereference',
    'net_xmit_errno',
    'DEBUG_NET_WARN_ON_ONCE',
    '__builtin_expect',
  ].map((name) => [name, 0] as const),
  ['rtnl_net_dereference', 1],
  ['rcu_dereference_rtnl_net', 1],
]);

/** Calls that wait for all pending RCU callbacks (kernel/rcu/tree.c, rcu_barrier()). */
export const barriers: ReadonlySet<string> = new Set(['rcu_barrier', 'rcu_barrier_tasks', 'rcu_barrier_tasks_trace']);

/** Calls that wait until a work item, a timer or a tasklet no longer runs, and take it off its queue (kernel/workqueue.c, kthread.c, softirq.c, time/timer.c). */
export const stops: ReadonlySet<string> = new Set([
  'cancel_work_sync',
  'cancel_delayed_work_sync',
  'disable_work_sync',
  'disable_delayed_work_sync',
  'del_timer_sync',
  'timer_delete_sync',
  'timer_shutdown_sync',
  'hrtimer_cancel',
  'kthread_cancel_work_sync',
  'kthread_cancel_delayed_work_sync',
  'tasklet_kill',
]);

/** Calls that wait for all that a workqueue or a thread of works holds (kernel/workqueue.c, kthread.c): what they wait for they do not name. */
export const queueWaits: readonly string[] = [
  'flush_workqueue',
  'drain_workqueue',
  'destroy_workqueue',
  'flush_scheduled_work',
  'kthread_flush_worker',
  'kthread_destroy_worker',
];

/** Macros that assign their second argument to their first (include/linux/rcupdate.h, include/asm-generic/rwonce.h). */
export const storing: ReadonlySet<string> = new Set(['rcu_assign_pointer', 'RCU_INIT_POINTER', 'WRITE_ONCE']);

/**
 * The place that a call assigns its second argument to, where it yields what was there: `rcu_replace_pointer(p, NULL, c)`
 * (include/linux/rcupdate.h), `xchg(&p, NULL)` (include/linux/atomic/atomic-instrumented.h).
 */
export function swappedBy(e: Expr & { k: 'call' }): Expr | undefined {
  const [first] = e.args;
  if (e.fn.k !== 'id' || e.args.length < 2) return undefined;
  if (e.fn.name === 'rcu_replace_pointer') return first;
  if (!first || !/^xchg(?:_relaxed|_acquire|_release)?$/.test(e.fn.name)) return undefined;
  if (first.k === 'unary' && first.op === '&') return first.of;
  // What a local points at.
  return first.k === 'id' ? { k: 'unary', op: '*', of: first, at: first.at } : undefined;
}

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
  'MKDEV',
  'ARRAY_SIZE',
  'sizeof',
]);

/** What tells the namespace itself: of a device, a socket, a file, a message (include/net/net_namespace.h, sock.h, linux/netdevice.h). */
export const generalGetters: ReadonlySet<string> = new Set([
  'dev_net',
  'dev_net_rcu',
  'sock_net',
  'read_pnet',
  'read_pnet_rcu',
  'possible_read_pnet',
  'seq_file_net',
  'seq_file_single_net',
  'genl_info_net',
  'nf_ct_net',
  'nf_ct_exp_net',
  'xs_net',
  'pde_net',
  'proc_net',
  'init_net',
  'get_net',
  'put_net',
  'maybe_get_net',
  'check_net',
  'net_eq',
  'net_hash_mix',
  'net',
  'pernet',
]);

/** The calls that register an ops together with its id's variable, by name: the one that `.id` points at in later kernels. */
const withId: ReadonlySet<string> = new Set(['register_pernet_gen_subsys', 'register_pernet_gen_device']);

const idsMemo = new WeakMap<Program, ReadonlyMap<string, string>>();

/** The variable that holds an ops' id: what `.id` points at, or what it is registered with. */
export function idOf(program: Program, { id, fact }: OpsEntry): string | undefined {
  const field = fact.fields.find(({ name }) => name === 'id');
  if (field) return field.text.replace(/^&/, '');
  return idsIn(program).get(id);
}

/** What `idOf` takes from the calls that register, as a text that changes when that does. */
export function idsText(program: Program): string {
  return [...idsIn(program)].flat().join();
}

function idsIn(program: Program): ReadonlyMap<string, string> {
  let ids = idsMemo.get(program);
  if (!ids) idsMemo.set(program, (ids = new Map(idsRegistered(program))));
  return ids;
}

function callsWithId(calls: ReadonlySet<string>): boolean {
  for (const name of withId) if (calls.has(name)) return true;
  return false;
}

function* idsRegistered(program: Program): Generator<[ops: string, id: string]> {
  for (const { id, file, fact } of program.allFunctions()) {
    if (!callsWithId(program.calls(id))) continue;
    for (const expression of expressionsOf(fact.blocks ?? [])) {
      for (const e of walkExpression(expression)) {
        if (e.k !== 'call' || e.fn.k !== 'id' || !withId.has(e.fn.name)) continue;
        const [variable, ops] = e.args.map((arg) => (arg.k === 'unary' && arg.of.k === 'id' ? arg.of.name : undefined));
        const entry = ops === undefined ? undefined : program.resolveOps(file, ops);
        if (entry && variable !== undefined) yield [entry.id, variable];
      }
    }
  }
}

/** The functions that can be got to from some, what the core calls left out. */
export function reachedFrom(program: Program, roots: readonly Id[]): ReadonlySet<Id> {
  const reached = new Set<Id>();
  const queue = [...roots];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const fn = program.functionById(id);
    if (!fn || reached.has(id)) continue;
    reached.add(id);
    for (const callee of program.callees(id)) if (!pernetCalls.has(callee.fact.name)) queue.push(callee.id);
  }
  return reached;
}

/** Without an init and without an id there is nothing in a registration that can fail (register_pernet_operations). */
export function canFail(program: Program, ops: string): boolean {
  const entry = program.opsEntry(ops) ?? program.opsEntry(ops.replace(/\[.*$/, ''));
  return !entry || entry.fact.fields.some((field) => field.name === 'init' || field.name === 'id');
}

/** `list_add(&p->list, &head)` and its kin (include/linux/list.h, rculist.h). */
export function isListAdd(name: string): boolean {
  return /^h?list_add(_tail|_head)?(_rcu)?$/.test(name);
}

/** `list_move(&p->list, &head)` and its kin. */
export function isListMove(name: string): boolean {
  return /^list_move(_tail)?$/.test(name);
}

/** Calls that take nothing over and keep nothing of what they are passed: they fill, print, link, initialise or ask it. */
export function isHarmless(name: string): boolean {
  return harmless.test(name) || generalGetters.has(name);
}

/** Calls that empty what they are passed and leave the thing itself to who has made it (include/linux/sunrpc/cache.h). */
export const onlyEmpties: ReadonlySet<string> = new Set(['cache_purge']);

/** Calls that print, trace, annotate or ask what they are passed, or are harmless else: they see to nothing of it. */
export function onlyTells(name: string): boolean {
  return tells.test(name) || isHarmless(name);
}

/** A module's own name for what writes a line of a log; something else may have such a name, and give back what it is passed. */
export function soundsLikeLog(name: string): boolean {
  return /_(?:dbg|debug|log|trace|info|warn|err|printk)$/i.test(name);
}

const tells =
  /^(?:(?:pr|dev|netdev|trace|lockdep|kcsan|kasan)_\w+|set_timer_slack|(?:delayed_)?work_(?:pending|busy)|timer_pending|hrtimer_(?:active|is_queued|callback_running)|(?:WARN|BUG)\w*|ASSERT_RTNL(?:_NET)?)$/;

const harmless = new RegExp(
  `^(?:${[
    // that print, compare or convert
    String.raw`pr_\w+|net_\w+_ratelimited|printk\w*|dev_(?:err|warn|info|dbg)|netdev_(?:err|warn|info|dbg)|lockdep_\w+`,
    String.raw`net_(?:eq|hash_mix)|ARRAY_SIZE|PTR_ERR|IS_ERR\w*|cpu_to_\w+|htons|htonl|jiffies\w*|ktime_get\w*`,
    // that fill or ask what they are passed
    String.raw`mem(?:cpy|set|move|cmp)|str\w*|sn?printf|scnprintf|get_random_bytes|eth_random_addr|nla_\w+`,
    String.raw`bitmap_(?:zero|fill|set|clear)|_{0,2}(?:set|clear|change)_bit|crypto_\w+_set(?:key|authsize)`,
    String.raw`netdev_priv|kmemleak_\w+`,
    // that initialise a part of it
    String.raw`INIT_\w+|\w*lock_init|mutex_init|init_rwsem|sema_init|init_completion|seqcount\w*_init|seqlock_init`,
    String.raw`timer_setup|hrtimer_(?:init|setup)|tasklet_(?:init|setup)|kthread_init_(?:delayed_)?work|init_waitqueue_head|skb_queue_head_init|init_llist_head|hash_init`,
    String.raw`atomic\w*_set|refcount_set|kref_init|u64_stats_init|write_pnet|dev_net_set`,
    // that lock, link, or go through it
    String.raw`mutex_(?:lock|unlock|destroy)|spin_\w+|rtnl_(?:un)?lock|h?list_del(?:_init|_rcu|_init_rcu)?`,
    String.raw`rb_(?:first|last|next|prev|erase|entry)(?:_safe|_cached|_postorder)?|rhashtable_walk_\w+`,
    // of which someone else keeps count, or shows a value
    String.raw`dev_(?:put|hold|net)|fqdir_pre_exit|debugfs_create_(?:u\w+|x\d+|size_t|atomic_t|bool|str|regset32)`,
  ].join('|')})$`,
);
