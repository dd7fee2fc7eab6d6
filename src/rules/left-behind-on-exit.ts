import { nameOfHeld, releaseText, type Held, type History } from '../lifecycle/index.ts';
import type { FunctionEntry } from '../program/index.ts';
import page from './left-behind-on-exit.md';
import { effectOf, isShared, withArticle } from './left-behind-on-error.ts';
import { miscounted } from './miscounted.ts';
import { mixedMemory } from './mixed-memory.ts';
import { acquisitionOf, goneAt, isWithoutInitcall } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const leftBehindOnExit: Rule = {
  id: 'pernet/left-behind-on-exit',
  severity: 'warning',
  invariant: 'When the module is gone, nothing that it acquired is left.',
  page,
  check(history) {
    const { exit } = history;
    if (history.fate !== 'unloaded' || !exit || !history.module.unloadable) return [];
    // Where the module's own exit was not given, that may undo the rest: what its init does not undo itself when it fails.
    const mayBeUndone = ({ pair }: Held): boolean =>
      isWithoutInitcall(history) &&
      !(history.init && history.state.callsOneOf(history.init.file, history.init.fact.name, pair.release));
    const left = history.path.left.flatMap((held): Problem[] => {
      if (mayBeUndone(held) || isShared(history, held)) return [];
      const { place, pair } = held;
      return [
        {
          spot: { file: exit.file, at: exit.fact.at },
          fn: exit.fact.name,
          ops: null,
          message:
            `${exit.fact.name}() leaves ${withArticle(nameOfHeld(held))} behind, which needs ${releaseText(pair)}: ` +
            effectOf(held),
          failing: goneAt(history) - 1,
          related: [{ ...place, message: `acquired here by ${acquisitionOf(history, held)}()` }],
          about: nameOfHeld(held),
          key: `${place.file}:${place.at.join(':')}|${exit.id}`,
        },
      ];
    });
    return [
      ...left,
      ...leftRunning(history, exit),
      ...leftSet(history, exit),
      ...leftUsers(history, exit),
      ...miscounted(history, 'fewer'),
      ...mixedMemory(history),
    ];
  },
};

/** Work items and timers that nothing stops before the module's text is gone. */
function leftRunning(history: History, exit: FunctionEntry): Problem[] {
  return history.state.runs.leftRunningByModule(exit).map(({ text, runs }) => ({
    spot: { file: exit.file, at: exit.fact.at },
    fn: exit.fact.name,
    ops: null,
    message: `${exit.fact.name}() leaves ${text} running: nothing stops it, and ${runs}() is called when the module's text is gone`,
    failing: goneAt(history) - 1,
    related: [],
    about: text,
    key: `${text}|${exit.id}`,
  }));
}

/** Pointers of others that still lead into the module. */
function leftSet(history: History, exit: FunctionEntry): Problem[] {
  const { init } = history;
  if (!init || isWithoutInitcall(history)) return [];
  return history.state.leftSetByModule(init, exit).map(({ pointer, value }) => ({
    spot: { file: exit.file, at: exit.fact.at },
    fn: exit.fact.name,
    ops: null,
    message:
      `${exit.fact.name}() leaves ${pointer} set to ${value}, as ${init.fact.name}() has set it: nothing resets it, and ` +
      `who follows it gets to the module's memory, which is gone`,
    failing: goneAt(history) - 1,
    related: [],
    about: pointer,
    key: `${pointer}|${exit.id}`,
  }));
}

/** Who has found a function of the module's on a list, and calls it when it has been taken off that. */
function leftUsers(history: History, exit: FunctionEntry): Problem[] {
  const left = history.state.runs.leavesUsers(exit);
  if (!left) return [];
  const { call, users, ends } = left;
  return [
    {
      spot: { file: exit.file, at: exit.fact.at },
      fn: exit.fact.name,
      ops: null,
      message:
        `${exit.fact.name}() leaves ${users} that call the module: ${call}() only takes the name off its list, ` +
        `${ends}() ends those that have it, and the module's text is gone`,
      failing: goneAt(history) - 1,
      related: [],
      about: call,
      key: `${call}|${exit.id}`,
    },
  ];
}
