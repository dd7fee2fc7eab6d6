import { nameOfResource, type History } from '../lifecycle/index.ts';
import type { FunctionEntry, OpsEntry } from '../program/index.ts';
import { releasesOf } from './order.ts';
import { callEventOf, spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** An exit callback that gives back what is init_net's where it was to give back what the namespace has that dies. */
export function ofInitNet(history: History): Problem[] {
  const { of } = history.path;
  if (!of) return [];
  const released = releasesOf(history);
  return of.phases.flatMap(({ callback, fn }) => {
    const found = released.find(
      ({ step, acquired }) =>
        step.place.fn === fn.fact.name &&
        step.place.file === fn.file &&
        released.every((other) => other.step === step || other.acquired !== acquired) &&
        history.state.bodies.isOfInitNet(of.ops, acquired.step, step),
    );
    if (!found) return namedInitNet(history, { callback, fn, ops: of.ops });
    const { step, acquired } = found;
    return [
      {
        spot: spotOf(step),
        fn: fn.fact.name,
        ops: of.ops,
        message:
          `${fn.fact.name}() gives back what init_net has by ${step.call}(), whichever namespace dies: ` +
          `${nameOfResource(acquired.step)}, which ${history.init?.fact.name ?? 'init'}() acquires for every namespace, ` +
          `leaks with each of them, and init_net goes on using what is gone`,
        failing: callEventOf(history, callback),
        related: [{ ...spotOf(acquired.step), message: `acquired here by ${acquired.step.call}()` }],
        about: nameOfResource(acquired.step),
        key: `${of.ops.id}|${fn.id}|init_net|${acquired.step.place.at.join(':')}`,
      },
    ];
  });
}

/** The same of one that names what is init_net's in the call. */
function namedInitNet(
  history: History,
  { callback, fn, ops }: { readonly callback: string; readonly fn: FunctionEntry; readonly ops: OpsEntry },
): Problem[] {
  const named = history.state.bodies.namedInitNet(ops, fn);
  if (!named) return [];
  return [
    {
      spot: { file: fn.file, at: named.at },
      fn: fn.fact.name,
      ops,
      message: named.isMove
        ? `${fn.fact.name}() gives back what init_net has to init_net itself by ${named.call}, whichever namespace dies: what ` +
          `is in that one is left in it`
        : `${fn.fact.name}() gives back what init_net has by ${named.call}, whichever namespace dies: what that has itself ` +
          `is left, and init_net goes on using what is gone`,
      failing: callEventOf(history, callback),
      related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} names it as its ${callback}` }],
      key: `${ops.id}|${fn.id}|init_net|${named.call}`,
    },
  ];
}
