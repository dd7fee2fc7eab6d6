import { nameOfHeld, releaseText, type Held, type History } from '../lifecycle/index.ts';
import page from './exit-leak.md';
import type { FunctionEntry, OpsEntry } from '../program/index.ts';
import { devicesNotFreed } from './devices-not-freed.ts';
import { acquisitionOf, callEventOf, lastExitEventOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';
import { miscounted } from './miscounted.ts';
import { mixedMemory } from './mixed-memory.ts';
import { joinedEffect, joinedName, joinedText } from './joined.ts';
import { ofInitNet } from './of-init-net.ts';
import { elementLeftOut } from './element-left-out.ts';
import { earlyExit, idleWalks, keptLocked, leavesBatch } from './skipped.ts';
import { withoutFirstStage } from './stages.ts';

export const exitLeak: Rule = {
  id: 'pernet/exit-leak',
  severity: 'error',
  invariant: 'What init acquires, the exit callbacks release.',
  page,
  check(history) {
    const { of } = history.path;
    if (history.fate !== 'net-gone' || !of || of.phases.length === 0) return [];
    const exit = of.phases.at(-1)!.fn;
    return [
      ...history.path.left.map((held) => leakOf(history, held, exit)),
      ...leftRunning(history, of.ops, exit),
      ...leftJoined(history, of.ops, exit),
      ...onlyOne(history, of),
      ...leavesBatch(history),
      ...idleWalks(history),
      ...ofInitNet(history),
      ...keptLocked(history),
      ...earlyExit(history),
      ...halfUsed(history, of),
      ...withoutFirstStage(history, 'releases'),
      ...miscounted(history, 'fewer'),
      ...mixedMemory(history),
      ...devicesLeft(history, of.ops, exit),
      ...leftFilled(history, of.ops, exit),
      ...loggerLeft(history, of.ops, exit),
      ...elementLeftOut(history, of.ops),
      ...keepsItself(history, of.ops, exit),
      ...devicesNotFreed(history),
    ];
  },
};

/** A batch that forgets all namespaces but one. */
function onlyOne(history: History, { ops, phases }: NonNullable<History['path']['of']>): Problem[] {
  return phases.flatMap(({ callback, fn }) => {
    const which = callback.startsWith('exit_batch') ? history.state.bodies.takesOnlyOne(fn) : null;
    if (which === null) return [];
    const { id, file, fact } = fn;
    return [
      {
        spot: { file, at: fact.at },
        fn: fact.name,
        ops,
        message:
          `${fact.name}() takes down the ${which} of the namespaces that die at once and no other: ${callback} is called ` +
          `once for all of them, and what the others have is left`,
        failing: callEventOf(history, callback),
        related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} names it` }],
        key: `${ops.id}|${id}`,
      },
    ];
  });
}

/** What an exit callback collects on a list of its own and forgets, and such a list that it never collects anything on. */
function halfUsed(history: History, { ops, phases }: NonNullable<History['path']['of']>): Problem[] {
  return phases.flatMap(({ callback, fn }) =>
    history.state.bodies.halfUsedLists(fn).map(({ list, call, isFilled }) => ({
      spot: { file: fn.file, at: fn.fact.at },
      fn: fn.fact.name,
      ops,
      message:
        `${fn.fact.name}() ` +
        (isFilled
          ? `puts what goes on \`${list}\` (${call}()) and takes nothing from there: with its return all of it is lost`
          : `has nothing on \`${list}\` for ${call}() to take down: what it was to collect there is left`),
      failing: callEventOf(history, callback),
      related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} names it as its ${callback}` }],
      key: `${ops.id}|${fn.id}|${list}`,
    })),
  );
}

/** Work items and timers in the namespace's memory that nothing stops before that is freed. */
function leftRunning(history: History, ops: OpsEntry, exit: FunctionEntry): Problem[] {
  return history.state.runs.leftRunning(ops).map(({ text, runs, isDropped }) => ({
    spot: { file: exit.file, at: exit.fact.at },
    fn: exit.fact.name,
    ops,
    message:
      `${exitsOf(history)} ${text} running, which ${history.init?.fact.name ?? 'init'}() sets up for every namespace: ` +
      (isDropped
        ? `nothing waits for it, and ${runs}() can still run when the namespace's memory is gone`
        : `nothing stops it, and ${runs}() is called when the namespace's memory is gone`),
    failing: lastExitEventOf(history),
    related: [],
    about: text,
    key: `${text}|${ops.id}`,
  }));
}

/** What stands in lists and counts of all namespaces, and is not taken away. */
function leftJoined(history: History, ops: OpsEntry, exit: FunctionEntry): Problem[] {
  return history.state.runs.leftJoined(ops).map((left) => ({
    spot: { file: exit.file, at: exit.fact.at },
    fn: exit.fact.name,
    ops,
    message: `${exitsOf(history)} ${joinedText(left, history)}: ${left.undo}() is missing, and ${joinedEffect(left)}`,
    failing: lastExitEventOf(history),
    related: [{ ...left.place, message: `${left.call}() is called here for every namespace` }],
    about: joinedName(left),
    key: `${joinedName(left)}|${ops.id}`,
  }));
}

/** A namespace that cannot die, as its own init holds it. */
function keepsItself(history: History, ops: OpsEntry, exit: FunctionEntry): Problem[] {
  const kept = history.state.bodies.ownReference(ops);
  const init = history.init?.fact.name;
  if (!kept || init === undefined) return [];
  return [
    {
      spot: kept.place,
      fn: init,
      ops,
      message:
        `${init}() keeps a reference of the namespace that it is for: ${exit.fact.name}() is only called when the last ` +
        `one is gone, so that no namespace ever dies`,
      failing: lastExitEventOf(history),
      related: [],
      key: `${ops.id}|own`,
    },
  ];
}

/** Devices that link ops keep in the namespace's data while they lie in other namespaces, or may be moved there. */
function devicesLeft(history: History, ops: OpsEntry, exit: FunctionEntry): Problem[] {
  const left = history.state.devicesLeft(ops);
  if (!left) return [];
  const { member, by } = left;
  return [
    {
      spot: { file: exit.file, at: exit.fact.at },
      fn: exit.fact.name,
      ops,
      message:
        `${exitsOf(history)} the devices that ${by}() keeps at \`${member}\`: with the namespace go only those that lie ` +
        `in it, and those that lie in another one go on using what is gone`,
      failing: lastExitEventOf(history),
      related: [],
      about: member,
      key: `${member}|${ops.id}`,
    },
  ];
}

/** What commands of users put into the namespace's data, and nobody takes out when that goes. */
function leftFilled(history: History, ops: OpsEntry, exit: FunctionEntry): Problem[] {
  return history.state.runs.leftFilled(ops).map(({ member, struct, by }) => ({
    spot: { file: exit.file, at: exit.fact.at },
    fn: exit.fact.name,
    ops,
    message:
      `${exitsOf(history)} what ${by}() allocates and puts into \`${member}\` of the namespace's struct ${struct}: ` +
      `nothing but commands of users takes it out, and it leaks with each namespace that dies`,
    failing: lastExitEventOf(history),
    related: [],
    about: member,
    key: `${member}|${ops.id}`,
  }));
}

/** A logger that a namespace still names when its module is gone. */
function loggerLeft(history: History, ops: OpsEntry, exit: FunctionEntry): Problem[] {
  const logger = history.state.runs.loggerLeft(ops);
  // Where it is only ever built in nothing of it goes.
  if (logger === null || !history.module.unloadable) return [];
  return [
    {
      spot: { file: exit.file, at: exit.fact.at },
      fn: exit.fact.name,
      ops,
      message:
        `${exitsOf(history)} the logger ${logger} where users have bound it to the namespace: nf_log_unset() is missing, ` +
        `and who logs a packet there when the module is gone gets to its memory`,
      failing: lastExitEventOf(history),
      related: [],
      about: logger,
      key: `${logger}|${ops.id}`,
    },
  ];
}

function exitsOf(history: History): string {
  const { phases } = history.path.of!;
  return `${phases.map(({ fn }) => `${fn.fact.name}()`).join(' and ')} ${phases.length > 1 ? 'leave' : 'leaves'}`;
}

function leakOf(
  history: History,
  held: Held,
  exit: { readonly file: string; readonly fact: { readonly name: string; readonly at: Problem['spot']['at'] } },
): Problem {
  const { place, pair } = held;
  const { ops } = history.path.of!;
  return {
    spot: { file: exit.file, at: exit.fact.at },
    fn: exit.fact.name,
    ops,
    message:
      `${exitsOf(history)} ${nameOfHeld(held)}, which ${history.init?.fact.name ?? 'init'}() ` +
      `acquires for every namespace: ${releaseText(pair)} is missing, and it leaks with each namespace that dies`,
    failing: lastExitEventOf(history),
    related: [{ ...place, message: `acquired here by ${acquisitionOf(history, held)}()` }],
    about: nameOfHeld(held),
    key: `${place.file}:${place.at.join(':')}|${ops.id}`,
  };
}
