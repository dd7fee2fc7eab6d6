import { later, ofWholeFile } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import type { Callables } from './callables.ts';
import type { CertainNames } from '../bodies/certain.ts';
import { drainedEarly, type DrainedEarly } from './drained-early.ts';
import { leftFilled, type LeftFilled } from './left-filled.ts';
import { leftJoined, leftJoinedOnFailure, type LeftJoined } from './left-joined.ts';
import { leftOnFailure } from './left-on-failure.ts';
import { leftRunning, leftRunningByModule, queuedLateOn, type Running, type Stopped } from './left-running.ts';
import { isKeptOut, type StopSite } from './kept-out.ts';
import { leavesUsers, type LeavesUsers } from './leaves-users.ts';
import { letsGoEarly, type LetsGoEarly } from './lets-go-early.ts';
import { loggerLeft } from './logger-left.ts';
import type { Named } from '../bodies/member-gates.ts';
import { rcuByWorks, type RcuByWork } from './rcu-by-works.ts';
import { RcuQueues, type NestedRcu } from './rcu-queues.ts';
import type { PairsByCall } from '../resources/index.ts';
import type { TraceStep } from '../paths/trace.ts';

/** What is queued farther away than by so many functions is not said to be: what they ask for on the way is not seen. */
const mostStepsToQueueing = 3;

/** What is queued to run later, by whom, and what of it goes on when what it is about is gone. */
export class LaterRuns {
  private readonly rcu: RcuQueues;

  constructor(
    private readonly program: Program,
    private readonly reach: Reach,
    private readonly means: {
      readonly callables: Callables;
      readonly always: CertainNames;
      readonly table: PairsByCall;
    },
  ) {
    this.rcu = new RcuQueues(program, reach, means.always);
  }

  /** Whether what an acquisition lets the outside call queues a work item or a timer, by the expression that names it. */
  queues(step: TraceStep & { readonly t: 'acquire' }, text: string): boolean {
    return this.means.callables.of(step).get(later.queues(text))?.within === true;
  }

  /**
   * Which function can queue a work item or a timer while another one runs: that one itself by what it calls, or what
   * runs from a timer or work item of its own until it stops that. Null when none is known to.
   */
  queuedDuring(file: string, name: string, text: string): string | null {
    const words = this.reach.from(file, name, 'calls');
    const way = words.get(later.queues(text));
    if (way && way.steps <= mostStepsToQueueing) return name;
    for (const [word, { file: stopped }] of words) {
      if (!word.startsWith(later.stops('')) || word === later.stops(text)) continue;
      const runner = this.queuedFrom(stopped, word.slice(1), text);
      if (runner !== null) return runner;
    }
    return null;
  }

  /** Which function that a work item or a timer of a file runs can queue another one; null when none is known to. */
  queuedFrom(file: string, running: string, text: string): string | null {
    const runners = this.runnersOf(file, running);
    return runners.find((runner) => this.reach.from(file, runner, 'calls').has(later.queues(text))) ?? null;
  }

  /** Whether a function that would queue something again asks for what the teardown has set before it stops that (`isKeptOut`). */
  isKeptOut(runner: Named, stop: StopSite): boolean {
    return isKeptOut(this.program, runner, stop);
  }

  /** Whether a function that another one calls stops a work item or a timer: it need not be followed for anything else. */
  isStoppedByHelper({ file, fact }: FunctionEntry, text: string): boolean {
    const called = this.program.facts(file)?.mentions[fact.name] ?? [];
    return called.some(
      (word) => word.endsWith('()') && this.reach.from(file, word.slice(0, -2), 'calls').has(later.stops(text)),
    );
  }

  /** The functions that a work item or a timer runs, by where a file sets it up. */
  runnersOf(file: string, running: string): readonly string[] {
    const runs = later.runs(running, '');
    return (this.program.facts(file)?.mentions[ofWholeFile] ?? []).flatMap((mention) =>
      mention.startsWith(runs) ? mention.slice(runs.length) : [],
    );
  }

  /** What of a namespace goes on running when that is gone. */
  leftRunning(ops: OpsEntry): readonly Running[] {
    return leftRunning(this.program, this.reach, ops, this.means.table);
  }

  /** What of a namespace an init has left to run by the time that it comes to a call, and does not stop. */
  leftOnFailure(ops: OpsEntry, failing: string): readonly Running[] {
    return leftOnFailure(this.program, { reach: this.reach, table: this.means.table }, ops, failing);
  }

  /** What of a namespace an init puts where all have theirs and no exit takes away (`leftJoined`). */
  leftJoined(ops: OpsEntry): readonly LeftJoined[] {
    return leftJoined(this.program, { reach: this.reach, table: this.means.table }, ops);
  }

  /** The same of an init that fails. */
  leftJoinedOnFailure(ops: OpsEntry, failure: Parameters<typeof leftJoinedOnFailure>[3]): readonly LeftJoined[] {
    return leftJoinedOnFailure(this.program, this.means.table, ops, failure);
  }

  /** What commands of users put into the data of a namespace, and no exit takes out (`leftFilled`). */
  leftFilled(ops: OpsEntry): readonly LeftFilled[] {
    return leftFilled(this.program, { reach: this.reach, table: this.means.table }, ops);
  }

  /** A logger that users bind to namespaces, and no exit unbinds (`loggerLeft`). */
  loggerLeft(ops: OpsEntry): string | null {
    return loggerLeft(this.program, { reach: this.reach, table: this.means.table }, ops);
  }

  /** What of a namespace an exit stops that is queued late on a workqueue. */
  queuedLateOn(ops: OpsEntry, queue: string): Stopped | null {
    return queuedLateOn(this.program, this.reach, ops, queue);
  }

  /** What of a module goes on running when that is gone, by its exit. */
  leftRunningByModule(exit: FunctionEntry): readonly Running[] {
    return leftRunningByModule(this.program, this.reach, exit);
  }

  /** Whether what an acquisition lets the outside call queues RCU callbacks, of which one frees into a cache. */
  queuesRcuFor(step: TraceStep & { readonly t: 'acquire' }, cache: string): boolean {
    const words = this.means.callables.of(step);
    return words.has('call_rcu') && words.has('kmem_cache_free') && words.has(cache);
  }

  /** Whether what an acquisition lets the outside call can queue RCU callbacks when some ops are gone (`RcuQueues`). */
  queuesRcu(step: TraceStep & { readonly t: 'acquire' }, gone: readonly OpsEntry[]): boolean {
    return this.rcu.queues(this.means.callables.of(step), gone);
  }

  /** A work item of a workqueue whose function queues an RCU callback, and that an exit does not wait for (`rcuByWorks`). */
  rcuByWorks(queue: Named, exit: FunctionEntry, gone: readonly OpsEntry[]): RcuByWork | null {
    return rcuByWorks({ program: this.program, reach: this.reach, rcu: this.rcu }, queue, exit, gone);
  }

  /** A function for other modules that queues RCU callbacks which free into a cache of its file (`RcuQueues`). */
  exportedRcuFor(file: string, cache: string): string | null {
    return this.rcu.exportedFor(file, cache);
  }

  /** The work item that an exit waits for before it has it queued again (`drainedEarly`). */
  drainedEarly(ops: OpsEntry): DrainedEarly | null {
    return drainedEarly({ program: this.program, reach: this.reach, table: this.means.table }, ops);
  }

  /** Who goes on to call a module that its exit has only taken off a list (`leavesUsers`). */
  leavesUsers(exit: FunctionEntry): LeavesUsers | null {
    return leavesUsers(this.program, { reach: this.reach, table: this.means.table }, exit);
  }

  /** What counts itself out, for which an exit waits, before it is done (`letsGoEarly`). */
  letsGoEarly(ops: OpsEntry): LetsGoEarly | null {
    return letsGoEarly(this.program, this.reach, ops);
  }

  /** A callback that the exits of an ops ask SRCU to call, and that no one waits for by the end of a module's exit (`RcuQueues`). */
  bySrcu(ops: OpsEntry, exit: FunctionEntry): string | null {
    return this.rcu.bySrcu(ops, exit);
  }

  /** An RCU callback that the exits of an ops queue and that queues another one (`RcuQueues`). */
  nestedRcu(ops: OpsEntry): NestedRcu | null {
    return this.rcu.nested(ops);
  }
}
