import { nameOfResource, queueWaits, type History, type TraceStep } from '../lifecycle/index.ts';
import page from './exit-order.md';
import {
  callBefore,
  gatesClosed,
  placeOf,
  releasesOf,
  siteOf,
  variableOf,
  waysTo,
  withCopied,
  type Acquired,
  type Released,
} from './order.ts';
import { usedWhenFreed } from './freed.ts';
import { foundWithoutGrace, hooksWithoutGrace, publishedWithoutGrace, usedByRcuCallback } from './no-grace.ts';
import { spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';
import { withoutFirstStage } from './stages.ts';
import { drainedEarly, letsGoEarly, stoppedEarly, stopsOf } from './stopped-early.ts';
import { ifFailed, isOpen, phaseOfTeardown } from './teardown.ts';

export const exitOrder: Rule = {
  id: 'pernet/exit-order',
  severity: 'error',
  invariant: 'Within teardown, a thing is released after whatever still uses it.',
  page,
  check(history) {
    const isCallback = history.path.of !== null && history.fate === 'net-gone';
    const freed = usedWhenFreed(history);
    const isOfModule = history.fate === 'unloaded' || history.fate === 'load-failed';
    if (!isCallback && !(isOfModule && history.module.unloadable)) return freed;
    const down = phaseOfTeardown(history);
    const released = releasesOf(history).filter(({ index }) => history.events[index]?.phase === down);
    const isRunning = (thing: Acquired): boolean => isCallback && isThread(thing);
    // Who holds what is going is not there any more; a module that is being loaded can be held until its init has failed.
    const isIdle = ({ step }: Acquired): boolean =>
      isCallback
        ? step.pair.holdsNet === true && !isEverUnloaded(history)
        : down === 'unload' && history.state.holdsModule(step);
    const users = [
      ...released.filter(({ acquired }) => isRunning(acquired) || (acquired.step.pair.exposes && !isIdle(acquired))),
      ...(isCallback ? madeOnDemand(history) : []),
    ];
    return [
      ...freed,
      ...released.flatMap((early) => releasedEarly(history, early, users)),
      ...insideGone(history, released),
      ...(isCallback ? releasedWhileRunning(history, released) : []),
      ...(isCallback ? hooksWithoutGrace(history) : []),
      ...(isCallback ? foundWithoutGrace(history, isEverUnloaded(history)) : []),
      ...(isCallback ? usedByRcuCallback(history) : []),
      ...(history.fate === 'unloaded' ? publishedWithoutGrace(history) : []),
      ...stoppedEarly(history, users),
      ...(isCallback ? [...drainedEarly(history), ...letsGoEarly(history)] : []),
      ...withoutFirstStage(history, 'stops'),
    ];
  },
};

/** Whether the exit callbacks run for namespaces that live on: a module without an exit is never unloaded. */
function isEverUnloaded({ module, state }: History): boolean {
  return module.unloadable && state.hasExit(module.file);
}

/** A thread runs the function that it was made with until it has been stopped, if it was woken: kthread_create() does not. */
function isThread({ step }: Acquired): boolean {
  return step.pair.kind === 'kernel thread' && step.call.startsWith('kthread_run');
}

/** What an exit callback ends that the outside can call, and that no init has made: something else has, on demand. */
function madeOnDemand(history: History): Released[] {
  return history.events.flatMap(({ trace, phase }, index) => {
    if (trace?.t !== 'release' || phase !== 'unload' || trace.origins.length > 0 || !trace.pair.exposes) return [];
    const { pair, of, place } = trace;
    const step = { t: 'acquire', call: pair.acquire[0]!, pair, of, result: null, at: null, checked: true } as const;
    return pair.holdsNet === true
      ? []
      : [{ index, step: trace, acquired: { index, step: { ...step, args: of, place } } }];
  });
}

/** A release by RCU, or of a reference, takes effect when nobody looks any more who has found the thing before. */
const isDeferred = /rcu|put/;

/** What is released while something that uses it is still registered. */
function releasedEarly(history: History, early: Released, users: readonly Released[]): Problem[] {
  const { step, index, acquired: thing } = early;
  if (isDeferred.test(step.call) || step.isGuess || !(thing.step.pair.memory || thing.step.pair.used)) return [];
  const user = users.find((other) => isOpen(other, index) && isUsed(history, thing, other.acquired));
  if (!user) return [];
  const member = /->(\w+)$/.exec(placeOf(thing.step) ?? '')?.[1];
  const { file, fn } = step.place;
  const isAway = (place: TraceStep['place']): boolean =>
    member !== undefined && history.state.isUnpublished(place, member);
  if (waysTo(history, index).some(isAway)) return [];
  if (isFoundReset(history, early, user.acquired)) return [];
  // By what a thread, or who reads a file of the namespace, has said that it is done is not followed.
  const isSent = isThread(user.acquired) || (history.path.of !== null && user.acquired.step.pair.holdsNet === true);
  if (isSent && history.state.bodies.hasWaited({ file, name: fn }, step.call)) return [];
  // Who looks for it finds none, where that is asked.
  const name = variableOf(thing.step)?.name;
  const isClosed = name !== undefined && gatesClosed(history, index).has(name);
  if (isClosed && history.state.asksFor(user.acquired.step, name)) return [];
  const where = callBefore(history, index, user.index);
  const by = where.step === step ? '' : ` by ${where.step.t === 'enter' ? where.step.name : ''}()`;
  return [
    {
      spot: spotOf(where.step),
      fn: where.step.place.fn,
      ops: history.path.of?.ops ?? null,
      message:
        `${ifFailed(history)}${where.step.place.fn}() releases ${nameOfResource(thing.step)}${by} before ` +
        `${nameOfResource(user.acquired.step)}, which uses it: until ${user.step.call}() it ` +
        `${isThread(user.acquired) ? 'still runs' : 'can still be reached'}, and ` +
        `what it finds ${/unregister/.test(step.call) ? 'is no longer registered' : 'has been freed'}`,
      failing: where.index,
      related: [
        ...(user.acquired.index === user.index
          ? []
          : [
              {
                ...spotOf(user.acquired.step),
                message: `${user.acquired.step.call}() ${isThread(user.acquired) ? 'starts it' : 'lets the outside reach it'}`,
              },
            ]),
        { ...spotOf(user.step), message: `only here ${user.step.call}() ends that` },
      ],
      key: `${step.place.file}:${step.place.at.join(':')}|${thing.step.place.at.join(':')}`,
    },
  ];
}

/** Whether who looks for a thing asks for it under a lock under which the teardown has set it to NULL by then. */
function isFoundReset(
  history: History,
  { index, acquired: { step: thing } }: Released,
  { step: user }: Acquired,
): boolean {
  const member = /(?:->|\.)(\w+)$/.exec(placeOf(thing) ?? '')?.[1];
  const name = member ?? variableOf(thing)?.name;
  if (name === undefined) return false;
  const kind = member === undefined ? 'variable' : 'member';
  return history.state.asksForLocked(user, name, kind) && history.state.isResetLocked(waysTo(history, index), name);
}

/**
 * What is taken out of a directory that has been removed before: remove_proc_entry() of one that is not empty warns and
 * leaves what is in it, whose own removal then looks into memory that is freed (fs/proc/generic.c).
 */
function insideGone(history: History, released: readonly Released[]): Problem[] {
  return released.flatMap(({ index, step, acquired: { step: inner } }) => {
    const owner = released.find(
      ({ index: at, step: by, acquired: { step: outer } }) =>
        at < index &&
        !by.isGuess &&
        outer.pair.takesAlong?.includes(inner.pair.kind) === true &&
        [outer.result, outer.at].some((name) => name !== null && inner.of.includes(name)),
    );
    if (!owner || (step.isGuess && step.of.join() !== inner.of.join())) return [];
    const { step: early } = owner;
    return [
      {
        spot: spotOf(early),
        fn: early.place.fn,
        ops: history.path.of?.ops ?? null,
        message:
          `${ifFailed(history)}${early.place.fn}() removes ${nameOfResource(owner.acquired.step)} by ${early.call}() before ` +
          `${nameOfResource(inner)}, which lies in it: ${step.call}() of that looks into what has been freed`,
        failing: owner.index,
        related: [{ ...spotOf(step), message: `only here ${step.call}() takes it out` }],
        key: `inside|${early.place.file}:${early.place.at.join(':')}`,
      },
    ];
  });
}

/** Whether something that the outside reaches points at a thing, or comes to the place where it is kept. */
function isUsed(history: History, { step: thing }: Acquired, { step: user }: Acquired): boolean {
  const { result } = thing;
  const variable = history.path.of ? null : variableOf(thing);
  const at = history.path.of ? placeOf(thing) : (variable?.name ?? null);
  // Of what has no name of its own it is not known that it is this one; what a getter yields is each time the same.
  if (at === null || at.replace(/^&?#\w+\(\)->/, '').includes('#')) return false;
  const isPassed = (arg: string): boolean => arg === result || arg.startsWith(`&${result ?? ''}->`);
  if (result !== null && thing.pair.memory && user.args.some(isPassed)) return true;
  const only = variable?.isShared ? variable.file : null;
  return history.state.reads(withCopied(history, user), at, history.path.of?.ops ?? null, only);
}

/** Calls that wait for work without stopping it: for all that a queue holds, or for one that need not go by the name of the stop. */
const waits = [...queueWaits, 'flush_work', 'kthread_flush_work'];

/**
 * Memory of a namespace that a work item or a timer uses which an exit stops only after it has freed that; likewise its
 * workqueue, that waits for the work which is on it when it goes, and not for what comes to it once a time is over.
 */
function releasedWhileRunning(history: History, released: readonly Released[]): Problem[] {
  const isQueue = ({ acquired: { step } }: Released): boolean => step.pair.kind === 'workqueue';
  const needed = released.filter(
    (each) =>
      (each.acquired.step.pair.memory || isQueue(each)) && !isDeferred.test(each.step.call) && !each.step.isGuess,
  );
  if (needed.length === 0) return [];
  const all = stopsOf(history);
  const phases = history.path.of?.phases ?? [];
  const isWaitedFor = phases.some(({ fn }) => history.state.callsOneOf(fn.file, fn.fact.name, waits));
  const late = all.filter(({ step }) => step.call.includes('delayed_work'));
  return needed.flatMap((each) => {
    const { index, step, acquired } = each;
    const stops = isQueue(each) ? late : isWaitedFor ? [] : all;
    const at = placeOf(acquired.step);
    if (at === null || at.includes('#')) return [];
    const through = phases.map(({ fn }) => ({ file: fn.file, name: fn.fact.name }));
    const free = { file: step.place.file, name: step.place.fn, at: step.place.at, through };
    for (const { step: stop, index: end } of stops) {
      if (end < index || stops.some((other) => other.index < index && other.step.of === stop.of)) continue;
      if (
        phases.some(({ fn }) => fn.fact.name === stop.place.fn && history.state.runs.isStoppedByHelper(fn, stop.text))
      )
        continue;
      const runner = history.state.readsRunning(stop.place.file, stop, at, history.path.of?.ops ?? null, free);
      if (runner === null) continue;
      // What queues itself no more is at an end when the queue has been drained.
      const named = { file: stop.place.file, name: runner };
      if (isQueue(each) && history.state.runs.isKeptOut(named, siteOf(history, stop))) continue;
      return [
        {
          spot: spotOf(step),
          fn: step.place.fn,
          ops: history.path.of?.ops ?? null,
          message: `${step.place.fn}() releases ${nameOfResource(acquired.step)} before ${stop.text}, from which ${runner}() uses it: until ${stop.call}() that can run, and what it finds has been freed`,
          failing: index,
          related: [{ ...spotOf(stop), message: `only here ${stop.call}() ends that` }],
          key: `${step.place.file}:${step.place.at.join(':')}|${acquired.step.place.at.join(':')}`,
        },
      ];
    }
    return [];
  });
}
