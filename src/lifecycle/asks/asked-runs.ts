import type { At } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry } from '../../program/program.ts';
import { keyOf, keyOfCalls, ofWholeFile, type Acquire } from './asked-keys.ts';
import type { DrainedEarly } from './drained-early.ts';
import { isDoneEachTime, isStaticThere } from '../bodies/each-time.ts';
import { keptLocked, type KeptLock } from './kept-locked.ts';
import type { StopSite } from './kept-out.ts';
import { earlyExit, type EarlyExit } from './early-exit.ts';
import { idleWalk, type IdleWalk } from './idle-walk.ts';
import { leavesBatch } from './leaves-batch.ts';
import type { LeftFilled } from './left-filled.ts';
import type { LeftJoined } from './left-joined.ts';
import type { Running, Stopped } from './left-running.ts';
import type { LeavesUsers } from './leaves-users.ts';
import type { LetsGoEarly } from './lets-go-early.ts';
import type { Named } from '../bodies/member-gates.ts';
import type { PernetState } from './pernet-state.ts';
import type { RcuByWork } from './rcu-by-works.ts';
import type { NestedRcu } from './rcu-queues.ts';
import { readAs } from '../bodies/reader.ts';
import type { ReadyLate, StartedEarly } from './ready-late.ts';
import type { CallSite } from '../bodies/reset-locked.ts';

/** Asks once, and notes the question by its key with the answer. */
export type Ask = <T>(key: string, ask: (of: PernetState) => T) => T;

/**
 * The questions (`AskedState`) about what runs by itself: what can before all that it uses is ready (`EarlyCalls`), and what
 * is queued to run later and goes on, or stays where all have theirs, when what it is about is gone (`LaterRuns`).
 */
export class AskedRuns {
  constructor(private readonly ask: Ask) {}

  /** What an init makes ready only after an acquisition whose callbacks use it; `ways` are the calls that it lies in, and its own. */
  readyLate(step: Acquire, ways: readonly CallSite[], ops: OpsEntry): ReadyLate | null {
    const key = `${ofWholeFile}ready late|${ops.id}|${keyOf(step)}|${keyOfCalls(ways)}`;
    return this.ask(key, (state) => state.early.opened(step, ways, ops));
  }

  /** The work item that an ops' init queues before what it uses is ready. */
  startedEarly(ops: OpsEntry): StartedEarly | null {
    return this.ask(`${ofWholeFile}started|${ops.id}`, (state) => state.early.started(ops));
  }

  /** Whether each run that does not fail comes to a call, by the calls that it lies in, with a static variable of their files. */
  isDoneEachTime(ways: readonly CallSite[], to: string): boolean {
    const isDone = ({ program }: PernetState): boolean =>
      isStaticThere(program, ways, to) && isDoneEachTime(program, ways);
    return this.ask(`${ofWholeFile}each time|${keyOfCalls(ways)}|${to}`, isDone);
  }

  queues(step: Acquire, text: string): boolean {
    return this.ask(`queues|${keyOf(step)}|${text}`, (state) => state.later.queues(step, text));
  }

  queuedDuring(file: string, name: string, text: string): string | null {
    return this.ask(`during|${file}|${name}|${text}`, (state) => state.later.queuedDuring(file, name, text));
  }

  queuedFrom(file: string, running: string, text: string): string | null {
    return this.ask(`from|${file}|${running}|${text}`, (state) => state.later.queuedFrom(file, running, text));
  }

  /** Whether a function that would queue something again asks for what the teardown has set before it stops that. */
  isKeptOut(runner: Named, stop: StopSite): boolean {
    const [asking, ...setting] = [runner, stop, ...stop.through].map(({ file, name }) => `${file}#${name}`);
    const key = `${ofWholeFile}kept out|${asking}|${stop.call}|${stop.text}|${setting.join()}`;
    return this.ask(key, (state) => state.later.isKeptOut(runner, stop));
  }

  /** Whether a function that another one calls stops a work item or a timer. */
  isStoppedByHelper(fn: FunctionEntry, text: string): boolean {
    return this.ask(`${ofWholeFile}helper|${fn.id}|${text}`, (state) => state.later.isStoppedByHelper(fn, text));
  }

  /** The work items and timers of a namespace that an init leaves running where a call fails. */
  leftOnFailure(ops: OpsEntry, failing: string): readonly Running[] {
    return this.ask(`${ofWholeFile}on failure|${ops.id}|${failing}`, (state) =>
      state.later.leftOnFailure(ops, failing),
    );
  }

  /** The work items and timers of a namespace that go on running when it is gone. */
  leftRunning(ops: OpsEntry): readonly Running[] {
    return this.ask(`${ofWholeFile}running|${ops.id}`, (state) => state.later.leftRunning(ops));
  }

  /** The work items and timers of a module that go on running when it is gone. */
  leftRunningByModule(exit: FunctionEntry): readonly Running[] {
    return this.ask(`${ofWholeFile}running|${exit.id}`, (state) => state.later.leftRunningByModule(exit));
  }

  /** What a namespace leaves where all have theirs (`LaterRuns.leftJoined`). */
  leftJoined(ops: OpsEntry): readonly LeftJoined[] {
    return this.ask(`${ofWholeFile}joined|${ops.id}`, (state) => state.later.leftJoined(ops));
  }

  /** The same of one whose init fails in a call and returns somewhere. */
  leftJoinedOnFailure(ops: OpsEntry, failing: At, returning: At | null): readonly LeftJoined[] {
    const key = `${ofWholeFile}joined|${ops.id}|${failing.join(':')}|${returning?.join(':') ?? ''}`;
    return this.ask(key, (state) => state.later.leftJoinedOnFailure(ops, { failing, returning }));
  }

  /** What commands of users put into the data of a namespace, and no exit takes out (`leftFilled`). */
  leftFilled(ops: OpsEntry): readonly LeftFilled[] {
    return this.ask(`${ofWholeFile}filled|${ops.id}`, (state) => state.later.leftFilled(ops));
  }

  /** A logger that users bind to namespaces, and no exit unbinds (`loggerLeft`). */
  loggerLeft(ops: OpsEntry): string | null {
    return this.ask(`${ofWholeFile}logger|${ops.id}`, (state) => state.later.loggerLeft(ops));
  }

  /** The exit of an ops that does nothing where a member of its data is zero (`earlyExit`). */
  earlyExit(ops: OpsEntry): EarlyExit | null {
    return this.ask(`${ofWholeFile}early|${ops.id}`, ({ program }) => earlyExit(program, ops));
  }

  /** A lock that a callback takes and does not give back (`keptLocked`). */
  keptLocked({ id }: FunctionEntry): KeptLock | null {
    return this.ask(`${ofWholeFile}locked|${id}`, ({ program }) => {
      const fn = program.functionById(id);
      return fn ? keptLocked(program, fn) : null;
    });
  }

  /** Where a batch callback returns out of its loop. Said by its own body. */
  leavesBatch(fn: FunctionEntry): At | null {
    return readAs('asks', () => leavesBatch(fn));
  }

  /** A loop of an exit of an ops through a list that does nothing with what lies there (`idleWalk`). */
  idleWalk(ops: OpsEntry, { id }: FunctionEntry): IdleWalk | null {
    return this.ask(`${ofWholeFile}idle|${ops.id}|${id}`, ({ program }) => {
      const fn = program.functionById(id);
      return fn ? idleWalk(program, ops, fn) : null;
    });
  }

  /** A work item of a namespace that an exit stops and that is queued late on a workqueue. */
  queuedLateOn(ops: OpsEntry, queue: string): Stopped | null {
    return this.ask(`${ofWholeFile}late|${ops.id}|${queue}`, (state) => state.later.queuedLateOn(ops, queue));
  }

  queuesRcuFor(step: Acquire, cache: string): boolean {
    return this.ask(`rcu|${keyOf(step)}|${cache}`, (state) => state.later.queuesRcuFor(step, cache));
  }

  exportedRcuFor(file: string, cache: string): string | null {
    return this.ask(`${ofWholeFile}exported rcu|${file}|${cache}`, (state) => state.later.exportedRcuFor(file, cache));
  }

  queuesRcu(step: Acquire, gone: readonly OpsEntry[]): boolean {
    const key = `any rcu|${keyOf(step)}|${gone.map(({ id }) => id).join()}`;
    return this.ask(key, (state) => state.later.queuesRcu(step, gone));
  }

  /** A work item of a workqueue that may queue an RCU callback until that is destroyed (`rcuByWorks`). */
  rcuByWorks(queue: Named, exit: FunctionEntry, gone: readonly OpsEntry[]): RcuByWork | null {
    const key = `${ofWholeFile}works|${queue.file}|${queue.name}|${exit.id}|${gone.map(({ id }) => id).join()}`;
    return this.ask(key, (state) => state.later.rcuByWorks(queue, exit, gone));
  }

  /** The work item that an exit waits for before it has it queued again (`drainedEarly`). */
  drainedEarly(ops: OpsEntry): DrainedEarly | null {
    return this.ask(`${ofWholeFile}drained|${ops.id}`, (state) => state.later.drainedEarly(ops));
  }

  /** Who goes on to call a module that its exit has only taken off a list (`leavesUsers`). */
  leavesUsers({ id }: FunctionEntry): LeavesUsers | null {
    return this.ask(`${ofWholeFile}users|${id}`, (state) => {
      const exit = state.program.functionById(id);
      return exit ? state.later.leavesUsers(exit) : null;
    });
  }

  /** What counts itself out, for which an exit waits, before it is done (`letsGoEarly`). */
  letsGoEarly(ops: OpsEntry): LetsGoEarly | null {
    return this.ask(`${ofWholeFile}lets go|${ops.id}`, (state) => state.later.letsGoEarly(ops));
  }

  bySrcu(ops: OpsEntry, exit: FunctionEntry): string | null {
    return this.ask(`srcu|${ops.id}|${exit.id}`, (state) => state.later.bySrcu(ops, exit));
  }

  nestedRcu(ops: OpsEntry): NestedRcu | null {
    return this.ask(`nested rcu|${ops.id}`, (state) => state.later.nestedRcu(ops));
  }
}
