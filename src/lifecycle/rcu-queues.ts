import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import { afterRcu, askedFor } from '../facts/words.ts';
import type { OpsEntry, Program } from '../program/program.ts';
import type { Reach, Way } from '../program/reach.ts';
import { callbackOf } from './callbacks-of.ts';

/** What queues an RCU callback does so by few calls of its own file: farther away, paths are rarely taken. */
const mostStepsToQueueing = 4;

/** A handler that asks before it does anything asks itself, and a callback gives its module back itself. */
const mostStepsToOwn = 2;

/** Which RCU callbacks of a module can still be queued by what the outside calls, as far as the words of functions tell. */
export class RcuQueues {
  constructor(
    private readonly program: Program,
    private readonly reach: Reach,
  ) {}

  /**
   * Whether functions that lead to some words can queue an RCU callback, in their own file by few calls, that may still be
   * pending when the module's exit runs. `gone` are the ops that are unregistered by then.
   */
  queues(words: ReadonlyMap<string, Way>, gone: readonly OpsEntry[]): boolean {
    const way = words.get('call_rcu');
    if (way?.within !== true || way.steps > mostStepsToQueueing) return false;
    return !this.holdTheModule(words) && !this.asksForWhatIsGone(words, gone);
  }

  /**
   * Whether each callback ends with module_put(THIS_MODULE): what it frees has held the module since it was made, so that
   * the module's exit does not run before the callback has (net/netfilter/nfnetlink_log.c, nfulnl_instance_free_rcu()).
   */
  private holdTheModule(words: ReadonlyMap<string, Way>): boolean {
    const queued = [...words].filter(([word]) => word.startsWith(afterRcu('')));
    return (
      queued.length > 0 &&
      queued.every(([word, { file }]) => {
        const own = this.reach.from(file, word.slice(afterRcu('').length), 'calls');
        const isNear = (name: string): boolean => (own.get(name)?.steps ?? Infinity) <= mostStepsToOwn;
        return isNear('module_put') && isNear('THIS_MODULE');
      })
    );
  }

  /**
   * Whether a handler asks first whether its namespace has state that the exit of an ops takes away, and that is gone:
   * `ipvs = net_ipvs(net); if (!ipvs) return NOTIFY_DONE;` where that exit sets `net->ipvs = NULL`
   * (net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_dst_event()).
   */
  private asksForWhatIsGone(words: ReadonlyMap<string, Way>, gone: readonly OpsEntry[]): boolean {
    const taken = gone.flatMap((ops) => this.takenAwayBy(ops));
    if (taken.length === 0) return false;
    return [...words].some(([word, { file, steps }]) => {
      if (steps > mostStepsToOwn || !word.startsWith(askedFor(''))) return false;
      const got = this.reach.from(file, word.slice(askedFor('').length), 'calls');
      return taken.some((member) => got.has(member));
    });
  }

  /** The members of struct net that the exit callbacks of an ops set to NULL, as `net->foo`. */
  private takenAwayBy(ops: OpsEntry): string[] {
    return ops.fact.fields.flatMap(({ name }) => {
      const fn = name.startsWith('exit') ? callbackOf(this.program, ops, name) : undefined;
      return [...expressionsOf(fn?.fact.blocks ?? [])].flatMap((whole) =>
        [...walkExpression(whole)].flatMap((e) =>
          e.k === 'assign' && e.op === '=' && e.from.k === 'num' && e.from.value === 0 ? (memberOfNet(e.to) ?? []) : [],
        ),
      );
    });
  }
}

function memberOfNet(e: Expr): string | null {
  return e.k === 'field' && e.arrow && e.of.k === 'id' && e.of.name === 'net' ? `net->${e.name}` : null;
}
