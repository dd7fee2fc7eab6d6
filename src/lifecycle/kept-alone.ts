import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import type { FunctionEntry, Id, Program } from '../program/program.ts';
import { callbackOf } from './callbacks-of.ts';
import type { Held } from './held.ts';
import type { Path } from './history.ts';
import { isListedCall } from './symmetric.ts';

/** What an exit callback may call with the namespace's data without anything of it being freed there. */
const harmless =
  /^(?:net_generic$|net_eq$|dev_net|sock_net|h?list_|INIT_|rcu_|synchronize_|_*rtnl_(?:net_)?(?:un|try)?lock|rtnl_dereference$|mutex_|spin_|(?:read|write)_(?:un|try)?lock|local_bh_|lockdep_|might_sleep|cond_resched|WARN|BUG|ASSERT|pr_|net_\w+_ratelimited|atomic|refcount_read|READ_ONCE|WRITE_ONCE|smp_|memset|likely|unlikely|IS_ERR|ARRAY_SIZE|cancel_(?:delayed_)?work|flush_(?:delayed_)?work|del_timer|timer_(?:delete|shutdown)|hrtimer_cancel)/;

/** A name that says that what it is passed, or lies in that, may be gone afterwards. */
const soundsLikeRelease =
  /(?:^|_)(?:k|v|kv)?(?:un\w+|de(?:register|init|stroy|tach)|free|release|remove|del|delete|put|exit|fini|cleanup|clean|clear|stop|flush|shutdown|destroy|kill|purge|drop|teardown|close|call|queue|schedule)(?:_|$)/;

/**
 * Whether memory that an ops' init keeps in the namespace's own data can be freed by none but its exit callbacks, and
 * all that these do is known: nobody else has been told of it, and no call that was not read may free it.
 */
export function isKeptAlone(program: Program, { fate, of }: Path, { pair, at, escaped, shown }: Held): boolean {
  if (pair.memory !== true || escaped || shown || fate !== 'net-gone' || !of) return false;
  if (at === null || !/^(?:@net->|generic\([^()]*\)->)[\w.]+$/.test(at)) return false;
  const exits = of.ops.fact.fields.filter(({ name }) => /^(?:pre_)?exit/.test(name));
  return (
    exits.length > 0 &&
    exits.every(({ name }) => {
      const fn = callbackOf(program, of.ops, name);
      return fn !== undefined && isRead(program, fn);
    })
  );
}

/** Whether no call of a callback, nor of what it calls, may free anything without being known to. */
function isRead(program: Program, callback: FunctionEntry): boolean {
  const seen = new Set<Id>();
  const queue = [callback];
  for (let fn = queue.pop(); fn; fn = queue.pop()) {
    if (seen.has(fn.id)) continue;
    seen.add(fn.id);
    if (!fn.fact.blocks) return false;
    for (const call of callsIn(fn)) {
      const name = call.fn.k === 'id' ? call.fn.name : null;
      const callee = name === null ? undefined : program.lookUp(fn.file, name);
      if (name !== null && (isListedCall(name) || harmless.test(name))) continue;
      if (callee) queue.push(callee);
      else if (call.args.some(isPassed) && (fn === callback || name === null || soundsLikeRelease.test(name)))
        return false;
    }
  }
  return true;
}

function* callsIn({ fact }: FunctionEntry): Generator<Expr & { readonly k: 'call' }> {
  for (const whole of expressionsOf(fact.blocks ?? []))
    for (const e of walkExpression(whole)) if (e.k === 'call') yield e;
}

function isPassed(arg: Expr): boolean {
  return arg.k !== 'num' && arg.k !== 'str';
}
