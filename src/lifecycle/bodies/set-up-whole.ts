import type { Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { structBehind } from './structs.ts';
import { nameOf, within, allIn } from './body.ts';

/** What an init has called in its own file is followed so far. */
const mostDeep = 3;

/**
 * Whether an init may set up a structure as a whole: it assigns all of it, or passes a pointer at it, or the address of a
 * member that may be it, to what is no function at hand: a macro, `memcpy()`.
 */
export function mayBeSetUpBy(program: Program, init: FunctionEntry, structs: ReadonlySet<string>): boolean {
  return within(program, init, mostDeep).some((fn) => {
    const isIt = (e: Expr): boolean => structs.has(structBehind(fn.fact, e)?.replace('*', '') ?? '');
    return [...allIn(fn)].some((e) => {
      if (e.k === 'assign') return e.to.k === 'unary' && e.to.op === '*' && isIt(e.to.of);
      if (e.k !== 'call' || leaving.test(nameOf(e)) || program.lookUp(fn.file, nameOf(e))) return false;
      const isMacro = /^[A-Z]/.test(nameOf(e)) && !known.test(nameOf(e));
      return e.args.some(
        (arg) => isIt(arg) || (isMacro && arg.k === 'unary' && arg.op === '&' && arg.of.k === 'field'),
      );
    });
  });
}

/** What sets up no more than it is passed (include/linux/list.h, workqueue.h). */
const known = /^INIT_(?:H?LIST_HEAD|HLIST_NULLS_HEAD|LIST_HEAD_RCU|(?:DELAYED_|DEFERRABLE_|RCU_)?WORK\w*|RADIX_TREE)$/;
const leaving =
  /^(?:memset|net_generic|IS_ERR\w*|WARN\w*|BUG\w*|RCU_INIT_POINTER|rcu_assign_pointer|WRITE_ONCE|kfree|call_rcu|timer_setup)$/;
