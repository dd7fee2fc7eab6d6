import type { History } from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import { lastExitEventOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** An exit that takes down what lies in an array, but for one element of it at an end. */
export function elementLeftOut(history: History, ops: OpsEntry): Problem[] {
  const left = history.state.bodies.elementLeftOut(ops);
  if (!left) return [];
  const { fn, array, which, to, other } = left;
  const name = array.endsWith('()') ? `what ${array} yields` : `\`${array}[]\``;
  const spot = { file: fn.file, at: fn.fact.at };
  return [
    {
      spot,
      fn: fn.fact.name,
      ops,
      message:
        `${fn.fact.name}() leaves out the ${which} element of ${name}: it takes down the others, and ${other}() goes ` +
        `through all of them, from 0 up to ${to}; what lies in the ${which} one is left when the namespace is gone`,
      failing: lastExitEventOf(history),
      related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} is whose exit comes here` }],
      about: array,
      key: `${ops.id}|${fn.id}|${array}`,
    },
  ];
}
