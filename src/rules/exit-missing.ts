import { nameOfHeld, type History } from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import page from './exit-missing.md';
import { joinedEffect, joinedText } from './joined.ts';
import { acquisitionOf, registrationsOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const exitMissing: Rule = {
  id: 'pernet/exit-missing',
  severity: 'error',
  invariant: 'An ops whose init acquires has an exit of some kind.',
  page,
  check(history) {
    const { of } = history.path;
    const held = history.path.left[0];
    if (!of) return history.fate === 'loaded' || history.fate === 'unloaded' ? withoutCallbacks(history) : [];
    if (history.fate !== 'net-gone') return [];
    const { ops } = of;
    // A field that names a function which is not known is an exit all the same.
    const hasExit = ops.fact.fields.some(({ name, text }) => /^(pre_)?exit/.test(name) && text !== 'NULL');
    if (of.phases.length > 0 || hasExit || !held) {
      const unnamed = history.state.unnamedExit(ops);
      if (unnamed) return [notNamed(history, ops, unnamed)];
      return of.phases.length > 0 || hasExit ? [] : withoutUndo(history, ops);
    }
    const { place } = held;
    return [
      {
        spot: { file: ops.file, at: ops.fact.at },
        fn: null,
        ops,
        message:
          `${ops.fact.name} has no exit, but ${history.init?.fact.name ?? 'its init'}() acquires ${nameOfHeld(held)} for ` +
          `every namespace: nothing releases it when the namespace dies`,
        failing: history.events.length - 1,
        related: [{ ...place, message: `acquired here by ${acquisitionOf(history, held)}()` }],
        key: ops.id,
      },
    ];
  },
};

/** What stands in lists and counts of all namespaces, and no exit could take away. */
function withoutUndo(history: History, ops: OpsEntry): Problem[] {
  return history.state.runs.leftJoined(ops).map((left) => ({
    spot: { file: ops.file, at: ops.fact.at },
    fn: null,
    ops,
    message:
      `${ops.fact.name} has no exit, but leaves ${joinedText(left, history)}: nothing undoes that by ${left.undo}() ` +
      `when the namespace dies, and ${joinedEffect(left)}`,
    failing: history.events.length - 1,
    related: [{ ...left.place, message: `${left.call}() is called here for every namespace` }],
    key: ops.id,
  }));
}

/** Ops that name no callback at all, and so have no life of their own to look at. */
function withoutCallbacks(history: History): Problem[] {
  return registrationsOf(history).flatMap(({ ops, step, phase }) => {
    if (phase !== 'load' || !step.ok || ops.fact.fields.some(({ name }) => /init|exit/.test(name))) return [];
    const unnamed = history.state.unnamedExit(ops);
    return unnamed ? notNamed(history, ops, unnamed) : [];
  });
}

/** The function is there, and the ops does not name it. */
function notNamed(history: History, ops: OpsEntry, name: string): Problem {
  return {
    spot: { file: ops.file, at: ops.fact.at },
    fn: null,
    ops,
    message:
      `${ops.fact.name} does not name ${name}(), and nothing else does: what it is there to undo for every namespace ` +
      `is left when the namespace dies`,
    failing: history.events.length - 1,
    related: [],
    key: ops.id,
  };
}
