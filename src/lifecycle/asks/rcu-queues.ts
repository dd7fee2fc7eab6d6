import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { afterRcu, afterSrcu, askedFor } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach, Way } from '../../program/reach.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import type { CertainNames } from '../bodies/certain.ts';
import { isUnreadStep } from './left-running.ts';

/** `srcu_barrier()`, and what is a barrier by its name (a macro's, a helper's): that of RCU alone waits for no SRCU callback. */
const otherBarrier = /^(?!rcu_barrier(?:_tasks)?$|smp_|mb$)\w*barrier\w*$/i;

/** What queues an RCU callback does so by few calls of its own file: farther away, paths are rarely taken. */
const mostStepsToQueueing = 4;

/** A handler that asks before it does anything asks itself, and a callback gives its module back itself. */
const mostStepsToOwn = 2;

/** An RCU callback that queues another one. */
export interface NestedRcu {
  readonly first: string;
  readonly second: string;
}

/** Which RCU callbacks of a module can still be queued by what the outside calls, as far as the words of functions tell. */
export class RcuQueues {
  constructor(
    private readonly program: Program,
    private readonly reach: Reach,
    private readonly always: CertainNames,
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

  /** Whether a function queues, in its own file by few calls, an RCU callback that is the module's and does not hold it. */
  queuesOwn(file: string, name: string): boolean {
    const words = this.reach.from(file, name, 'calls');
    const isOwn = this.queuedWithin(words).some((fn) => this.program.functionById(`${file}#${fn}`) !== undefined);
    return isOwn && this.queues(words, []);
  }

  /**
   * An RCU callback that the exit callbacks of an ops queue, and that always queues another one of the module when it runs: who
   * has waited for the first has not waited for that (openvswitch's destroy_dp_rcu(), ovs_flow_tbl_destroy()).
   */
  nested(ops: OpsEntry): NestedRcu | null {
    const exits = this.wordsOfExits(ops);
    if (exits.some((words) => words.has('rcu_barrier'))) return null;
    for (const { name, file } of exits.flatMap((words) => this.queuedBeside(words))) {
      const fn = this.program.resolveFunction(file, name);
      const always = fn ? this.always.of(fn) : null;
      const second = this.queuedBeside(this.reach.from(file, name, 'calls')).find((each) => always?.has(each.name));
      if (second && second.name !== name) return { first: name, second: second.name };
    }
    return null;
  }

  /**
   * A callback of the module that the exit callbacks of an ops ask SRCU to call, and that nothing waits for, neither they nor the
   * module's exit: the rcu_barrier() by which unregistering ends is not one for SRCU (kernel/rcu/srcutree.c, srcu_barrier()).
   */
  bySrcu(ops: OpsEntry, exit: FunctionEntry): string | null {
    const inExit = this.reach.from(exit.file, exit.fact.name, 'calls');
    const all = [inExit, ...this.wordsOfExits(ops)];
    if (all.some((words) => [...words.keys()].some((word) => otherBarrier.test(word)))) return null;
    for (const [word, way] of inExit) if (isUnreadStep(this.program, exit, word, way)) return null;
    const queued = all.slice(1).flatMap((words) => this.queuedBeside(words, afterSrcu('')));
    const found = queued.find(({ name, file }) => !this.givesModuleBack(file, name));
    return found?.name ?? null;
  }

  private wordsOfExits(ops: OpsEntry): ReadonlyMap<string, Way>[] {
    return exitsOf(this.program, ops).map((fn) => this.reach.from(fn.file, fn.fact.name, 'calls'));
  }

  /**
   * A function for other modules that asks RCU, by few calls of its own file, to call what frees into a cache of the file:
   * the modules that could call it are gone when the exit of this one runs, what they have queued may not be
   * (net/can/af_can.c, can_rx_unregister()).
   */
  exportedFor(file: string, cache: string): string | null {
    const found = this.program.facts(file)?.exports.find((name) => {
      if (!this.program.functionById(`${file}#${name}`)) return false;
      const words = this.reach.from(file, name, 'calls');
      return !this.holdTheModule(words) && this.queuedWithin(words).some((fn) => this.freesInto(file, fn, cache));
    });
    return found ?? null;
  }

  /** The functions that RCU is asked to call, in one file by few calls, by what leads to some words. */
  private queuedWithin(words: ReadonlyMap<string, Way>): string[] {
    return [...words].flatMap(([word, { within, steps }]) =>
      within && steps <= mostStepsToQueueing && word.startsWith(afterRcu('')) ? word.slice(afterRcu('').length) : [],
    );
  }

  private freesInto(file: string, name: string, cache: string): boolean {
    const words = this.reach.from(file, name, 'calls');
    const isNear = (word: string): boolean => {
      const way = words.get(word);
      return way !== undefined && way.within && way.steps <= mostStepsToOwn;
    };
    return isNear('kmem_cache_free') && isNear(cache);
  }

  /** The functions, at hand where they are queued, that RCU is asked to call by what leads to some words. */
  private queuedBeside(
    words: ReadonlyMap<string, Way>,
    mark = afterRcu(''),
  ): { readonly name: string; readonly file: string }[] {
    return [...words].flatMap(([word, { file, steps, beside }]) => {
      if (!word.startsWith(mark) || !beside || steps > mostStepsToQueueing) return [];
      const name = word.slice(mark.length);
      const home = this.program.resolveFunction(file, name)?.file ?? file;
      return this.program.facts(home)?.mentions[name] === undefined ? [] : [{ name, file: home }];
    });
  }

  /**
   * Whether each callback ends with module_put(THIS_MODULE): what it frees has held the module since it was made, so that
   * the module's exit does not run before the callback has (net/netfilter/nfnetlink_log.c, nfulnl_instance_free_rcu()).
   */
  private holdTheModule(words: ReadonlyMap<string, Way>): boolean {
    const queued = [...words].filter(([word]) => word.startsWith(afterRcu('')));
    return (
      queued.length > 0 &&
      queued.every(([word, { file }]) => this.givesModuleBack(file, word.slice(afterRcu('').length)))
    );
  }

  private givesModuleBack(file: string, name: string): boolean {
    const own = this.reach.from(file, name, 'calls');
    const isNear = (word: string): boolean => (own.get(word)?.steps ?? Infinity) <= mostStepsToOwn;
    return isNear('module_put') && isNear('THIS_MODULE');
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
