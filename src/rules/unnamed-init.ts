import type { History } from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import { registrationsOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** An ops that was to name a function as its init and does not, so that its exit undoes what nothing has done. */
export function unnamedInit(history: History): Problem[] {
  const { of } = history.path;
  if (of) return history.fate === 'net-gone' ? [...neverCalled(history, of.ops), ...setUpOfFirst(history, of.ops)] : [];
  if (history.fate !== 'loaded' && history.fate !== 'unloaded') return [];
  // One that names no callback that is at hand has no life of its own to look at.
  return registrationsOf(history).flatMap(({ ops, step, phase }) =>
    phase === 'load' && step.ok ? neverCalled(history, ops) : [],
  );
}

function neverCalled(history: History, ops: OpsEntry): Problem[] {
  const name = history.state.unnamedInit(ops);
  if (name === null) return [];
  const exit = exitOf(ops);
  return [
    {
      spot: { file: ops.file, at: ops.fact.at },
      fn: null,
      ops,
      message:
        `${ops.fact.name} does not name ${name}() as its init, and nothing else does: ` +
        (exit === null
          ? 'nothing sets up what that is there to set up for a namespace'
          : `${exit}() takes down for every namespace what nothing has set up for it`),
      failing: history.events.length - 1,
      related: [],
      key: `${ops.id}|init`,
    },
  ];
}

/** An init that sets up what init_net has where it was to set up what its own namespace has. */
function setUpOfFirst(history: History, ops: OpsEntry): Problem[] {
  const found = history.state.bodies.setUpOfFirst(ops);
  if (!found || !history.init) return [];
  const { file, fact } = history.init;
  return [
    {
      spot: { file, at: found.at },
      fn: fact.name,
      ops,
      message:
        `${fact.name}() sets up what init_net has by ${found.call}(), whichever namespace is made: what that has itself is ` +
        `never set up, and init_net loses what it has`,
      failing: history.events.length - 1,
      related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} names it as its init` }],
      key: `${ops.id}|init_net|${found.call}`,
    },
  ];
}

function exitOf({ fact: { fields } }: OpsEntry): string | null {
  const field = fields.find(({ name, text }) => /^(?:pre_)?exit/.test(name) && text !== 'NULL');
  return field ? field.text.replace(/^&/, '') : null;
}
