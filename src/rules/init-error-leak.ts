import { nameOfHeld, releaseText, type History, type TraceStep } from '../lifecycle/index.ts';
import type { FunctionEntry, OpsEntry } from '../program/index.ts';
import page from './init-error-leak.md';
import { joinedEffect, joinedName } from './joined.ts';
import { miscounted } from './miscounted.ts';
import { mixedMemory } from './mixed-memory.ts';
import { releasesOf } from './order.ts';
import { acquisitionOf, callEventOf, causePlaces, ifCause, jumpsAfterCause, leavingStep, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';
import { keptLockedOnFailure } from './skipped.ts';
import { sparedFirst } from './spared.ts';

export const initErrorLeak: Rule = {
  id: 'pernet/init-error-leak',
  severity: 'error',
  invariant: 'An init that fails has released what it acquired.',
  page,
  check(history) {
    const { init, path } = history;
    if (history.fate !== 'init-failed' || !init || !path.of) return [];
    const { ops } = path.of;
    const left = path.left.map((held) => {
      const { place, pair } = held;
      const leaving = leavingStep(history, init.fact.name, place)?.place ?? place;
      const last = jumpsAfterCause(history).at(-1)?.place ?? leaving;
      return {
        spot: leaving,
        fn: leaving.fn,
        ops,
        message:
          `${ifCause(history)}${init.fact.name}() returns ${history.result} without ${releaseText(pair)} for ` +
          `${nameOfHeld(held)}: the core calls no exit of an ops whose init failed, and it leaks with each try`,
        failing: callEventOf(history, 'init'),
        related: [
          { ...place, message: `acquired here by ${acquisitionOf(history, held)}()` },
          ...causePlaces(history),
          ...(last === leaving
            ? []
            : [{ ...last, message: `${init.fact.name}() returns here without ${releaseText(pair)}` }]),
        ],
        about: nameOfHeld(held),
        key: `${place.file}:${place.at.join(':')}|${leaving.file}:${leaving.at.join(':')}`,
      };
    });
    return [
      ...left,
      ...leftRunning(history, ops, init.fact.name),
      ...leftJoined(history, ops, init.fact.name),
      ...sparedFirst(history),
      ...keptLockedOnFailure(history),
      ...miscounted(history, 'fewer'),
      ...mixedMemory(history),
      ...notYetSet(history, ops, init),
    ];
  },
};

/** Work items and timers in the namespace's memory that were left to run before the step which failed. */
function leftRunning(history: History, ops: OpsEntry, init: string): Problem[] {
  const failing = stepOfInit(history, init);
  if (failing === null) return [];
  return history.state.runs.leftOnFailure(ops, failing.name).map(({ text, runs }) => ({
    spot: spotOf(failing),
    fn: init,
    ops,
    message:
      `${ifCause(history)}${init}() returns ${history.result} and leaves ${text} running: nothing stops it, and ${runs}() ` +
      `is called when the namespace's memory is gone`,
    failing: callEventOf(history, 'init'),
    related: [],
    about: text,
    key: `${text}|${ops.id}`,
  }));
}

/** What stands in lists and counts of all namespaces by the time of the step which failed, and is not taken away. */
function leftJoined(history: History, ops: OpsEntry, init: string): Problem[] {
  const failing = stepOfInit(history, init);
  if (failing === null) return [];
  const returned = jumpsAfterCause(history).findLast(({ kind, place }) => kind === 'return' && place.fn === init);
  return history.state.runs.leftJoinedOnFailure(ops, failing.place.at, returned?.place.at ?? null).map((each) => ({
    spot: spotOf(failing),
    fn: init,
    ops,
    message:
      `${ifCause(history)}${init}() returns ${history.result} without ${each.undo}() for ${joinedName(each)}: ` +
      `the core calls no exit of an ops whose init failed, and ${joinedEffect(each)}`,
    failing: callEventOf(history, 'init'),
    related: [{ ...each.place, message: `${each.call}() is called here for every namespace` }, ...causePlaces(history)],
    about: joinedName(each),
    key: `${joinedName(each)}|${ops.id}`,
  }));
}

/** What is given back by the name of a member that the init sets only further on: what it has made is still there. */
function notYetSet(history: History, ops: OpsEntry, init: FunctionEntry): Problem[] {
  const found = history.state.bodies.notYetSet(init);
  if (found.length === 0) return [];
  const released = releasesOf(history);
  return found.flatMap(({ member, local, acquired, release }) => {
    const own = released.filter(
      ({ step, acquired: { step: made } }) =>
        [step, made].every(({ place }) => place.file === init.file && place.fn === init.fact.name) &&
        made.place.at.join() === acquired.join(),
    );
    const [first] = own;
    if (!first || own.length !== 1 || first.step.place.at.join() !== release.join()) return [];
    const { step } = first;
    return [
      {
        spot: spotOf(step),
        fn: init.fact.name,
        ops,
        message:
          `${ifCause(history)}${init.fact.name}() gives back ${member} by ${step.call}(), which it sets to ${local} only ` +
          `further on: what ${first.acquired.step.call}() has given leaks with each try`,
        failing: callEventOf(history, 'init'),
        related: [{ ...spotOf(first.acquired.step), message: `acquired here by ${first.acquired.step.call}()` }],
        about: member,
        key: `not yet|${step.place.file}:${step.place.at.join(':')}`,
      },
    ];
  });
}

/** The call of an init's own that failed, or in which something did. */
function stepOfInit({ cause, events }: History, init: string): (TraceStep & { readonly t: 'call' | 'enter' }) | null {
  if (!cause) return null;
  const isOwn = (step: TraceStep): boolean => step.place.fn === init;
  if (isOwn(cause)) return cause.t === 'call' ? cause : null;
  const failed = events.findIndex(({ trace }) => trace === cause);
  const around = events.slice(0, failed).findLast(({ trace }) => trace?.t === 'enter' && isOwn(trace))?.trace;
  return around?.t === 'enter' ? around : null;
}
