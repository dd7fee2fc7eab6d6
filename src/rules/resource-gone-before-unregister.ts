import { nameOfResource, type History, type Stopped } from '../lifecycle/index.ts';
import page from './resource-gone-before-unregister.md';
import {
  acquisitionsOf,
  callBefore,
  isOnList,
  releasesOf,
  spansOf,
  takesOffList,
  variableOf,
  type Acquired,
} from './order.ts';
import { ifCause, spotOf, type Registration } from './reading.ts';
import type { Rule } from './rule.ts';

export const resourceGoneBeforeUnregister: Rule = {
  id: 'pernet/resource-gone-before-unregister',
  severity: 'error',
  invariant: "What an ops' callbacks use is released only after the ops is unregistered.",
  page,
  check(history) {
    if (history.path.of) return [];
    // Before anything of the outside has come in, lists are empty.
    const exit = history.fate === 'unloaded' ? 'eachTime' : 'always';
    const released = releasesOf(history).filter(
      ({ step: by, acquired: { step } }) =>
        step.pair.used === true ||
        step.pair.memory === true ||
        // With a directory others may go that lie elsewhere: only the one that is named is known to.
        (isDirectory(step.pair) && !by.isGuess && by.of.join() === step.of.join()),
    );
    return spansOf(history).flatMap(({ from, to }) => {
      if (!to) return [];
      return released.flatMap(({ index, step, acquired }) => {
        if (index < from.index || index > to.index) return [];
        const variable = variableOf(acquired.step);
        if (!variable) return [];
        const maker = isDirectory(acquired.step.pair)
          ? history.state.makerIn(from.ops, variable.name, acquired.step)
          : null;
        const user = isDirectory(acquired.step.pair)
          ? maker && { fn: maker }
          : history.state.uses(from.ops, variable.name, exit);
        const late = user ? null : queuedLate(history, { from, index, acquired, queue: variable.name });
        const reason = user
          ? `whose ${user.fn} uses it: it runs for every namespace that is made or dies until then`
          : late && `whose ${late.exit}() stops ${late.text}: until then the timer of that queues it there`;
        if (!reason || (isOnList(history, acquired.step) && takesOffList(history, acquired.step, step))) return [];
        const { ops } = from;
        const { step: where, index: at } = callBefore(history, index, to.index);
        const by = where === step ? '' : ` by ${where.t === 'enter' ? where.name : ''}()`;
        return [
          {
            spot: spotOf(where),
            fn: where.place.fn,
            ops,
            message:
              `${ifCause(history)}${where.place.fn}() releases ${nameOfResource(acquired.step)}${by} while ${ops.fact.name} is ` +
              `still registered, ${reason}`,
            failing: at,
            related: [
              { ...spotOf(acquired.step), message: 'acquired here' },
              ...(where === step ? [] : [{ ...spotOf(step), message: 'released here' }]),
              { ...spotOf(to.step), message: `${ops.fact.name} is unregistered only here` },
            ],
            key: `${ops.id}|${variable.name}|${step.place.file}:${step.place.at.join(':')}`,
          },
        ];
      });
    });
  },
};

/** What namespaces make in a directory goes with that, and its memory is freed: whoever removes it then removes it again. */
function isDirectory({ kind }: Acquired['step']['pair']): boolean {
  return kind === 'debugfs directory' || kind === 'proc directory';
}

interface Gone {
  readonly from: Registration;
  /** Where the workqueue goes. */
  readonly index: number;
  readonly acquired: Acquired;
  readonly queue: string;
}

/** A work item of each namespace that may be waiting for its time when the workqueue goes on which it is put then. */
function queuedLate(history: History, { from, index, acquired, queue }: Gone): Stopped | null {
  if (acquired.step.pair.kind !== 'workqueue') return null;
  // Of an init that fails the outside must have come in: before, nothing queues it.
  const hasComeIn = (): boolean =>
    acquisitionsOf(history).some(
      ({ index: at, step: { pair } }) => pair.exposes === true && at > from.index && at < index,
    );
  return history.fate === 'unloaded' || hasComeIn() ? history.state.runs.queuedLateOn(from.ops, queue) : null;
}
