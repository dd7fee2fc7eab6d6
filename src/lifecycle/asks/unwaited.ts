import type { FunctionEntry, Program } from '../../program/program.ts';
import { isAfter, sitesOf } from './freed-hooks.ts';
import { freesIn } from '../bodies/freed-param.ts';
import { waitsForReaders } from '../bodies/may-end-before.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';

/** What is called between two calls is followed into so many functions. */
const mostDeep = 3;

/**
 * Calls that are known to wait for no readers of RCU. What is unregistered may well: inet_del_protocol(), dev_remove_pack()
 * and unregister_netdevice() do.
 */
const waitsForNone =
  /^(?:(?:__)?h?list_\w+|hlist_nulls_\w+|(?:raw_)?(?:spin|read|write)_(?:un)?lock\w*|mutex_(?:un)?lock\w*|local_bh_\w+|rcu_(?:read_\w+|dereference\w*|access_pointer|assign_pointer|replace_pointer)|RCU_INIT_POINTER|unrcu_pointer|rtnl_dereference|lockdep_\w+|net_generic|READ_ONCE|WRITE_ONCE|x?chg|(?:try_)?cmpxchg|call_rcu\w*|kv?free_rcu\w*|WARN\w*|BUG\w*|complete|pr_\w+|net_\w+_ratelimited|printk\w*|atomic\w+|refcount_\w+|(?:test|set|clear)_bit|del_timer\w*|timer_(?:delete|shutdown)\w*|cancel_(?:delayed_)?work\w*|nf_unregister_net_hooks?|unregister_net_sysctl_table|remove_proc_\w+|proc_remove|(?:idr|ida|xa)_destroy|bitmap_free|mem(?:set|cpy)|ARRAY_SIZE|container_of|min|max|likely|unlikely|IS_ERR\w*|IS_ENABLED|(?:__)?(?:dev|netdev|module|sock|refcount)_put|put_net|fput|kref_put|rpc_unlink)$/;

/**
 * Whether a function, once it has made one call, can come to another with nothing in between that might wait for readers of
 * RCU, as far as that is known of all that it calls there.
 */
export function comesUnwaited(
  program: Program,
  fn: FunctionEntry,
  [first, second]: readonly [Call, Call],
  isHarmless: (call: Call) => boolean = () => false,
): boolean {
  const blocks = fn.fact.blocks ?? [];
  const sites = sitesOf(blocks);
  const [from, to] = [first, second].map((call) => sites.find((each) => each.call === call));
  if (!from || !to || !isAfter(blocks, from, to)) return false;
  const between = sites.filter(
    (each) => each !== from && each !== to && isAfter(blocks, from, each) && isAfter(blocks, each, to),
  );
  return !between.some(({ call }) => !isHarmless(call) && mayWait(program, fn, call, mostDeep));
}

/** Whether a call may wait for readers of RCU: also what is not known. */
function mayWait(program: Program, fn: FunctionEntry, { fn: called, args }: Call, deep: number): boolean {
  if (called.k !== 'id' || waitsForReaders.test(called.name)) return true;
  const { name } = called;
  // What it was passed to call is looked at where that is passed.
  if (fn.fact.params.includes(name)) return false;
  // Who asks RCU to call something waits for nothing.
  if (/^call_rcu(?:_hurry)?$/.test(name)) return false;
  const passed = args.flatMap((arg) => (arg.k === 'id' ? (program.lookUp(fn.file, arg.name) ?? []) : []));
  if (passed.some((each) => mayWaitInside(program, each, deep))) return true;
  if (waitsForNone.test(name) || freesIn(program, fn.file, 0)(name) !== undefined) return false;
  const callee = program.lookUp(fn.file, name);
  return !callee || mayWaitInside(program, callee, deep);
}

/** Whether a function may do so, or what it calls. */
export function mayWaitInside(program: Program, fn: FunctionEntry, deep = mostDeep): boolean {
  const { blocks } = fn.fact;
  return !blocks || deep === 0 || blocks.flatMap(callsIn).some((call) => mayWait(program, fn, call, deep - 1));
}
