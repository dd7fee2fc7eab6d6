import { keyOfPlace, nameOfResource, type History, type Place, type TraceStep } from '../lifecycle/index.ts';
import type { FunctionEntry, OpsEntry } from '../program/index.ts';
import { releasesOf } from './order.ts';
import { callEventOf, spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** A batch callback that returns where it was to go on with the next namespace. */
export function leavesBatch(history: History): Problem[] {
  const { of } = history.path;
  return (of?.phases ?? []).flatMap(({ callback, fn }) => {
    const at = callback.startsWith('exit_batch') ? history.state.runs.leavesBatch(fn) : null;
    if (at === null || !of) return [];
    return [
      {
        spot: { file: fn.file, at },
        fn: fn.fact.name,
        ops: of.ops,
        message:
          `${fn.fact.name}() returns out of its loop over the namespaces that die at once: those behind that one on the ` +
          `list are left as they are, and what they have leaks`,
        failing: callEventOf(history, callback),
        related: [
          { file: of.ops.file, at: of.ops.fact.at, message: `${of.ops.fact.name} names it as its ${callback}` },
        ],
        key: `${of.ops.id}|${fn.id}|returns`,
      },
    ];
  });
}

/** An exit callback that returns with a lock that it has taken: whoever wants it next waits for ever. */
export function keptLocked(history: History): Problem[] {
  const { of } = history.path;
  return (of?.phases ?? []).flatMap(({ callback, fn }) => {
    const kept = history.state.runs.keptLocked(fn);
    if (!kept || !of) return [];
    // A callback that comes later may give it back (ops_pre_exit_list() before ops_exit_list()).
    if (of.phases.some((other) => other.fn !== fn && mayGiveBack(other.fn, kept.unlock))) return [];
    return [
      {
        spot: { file: fn.file, at: kept.at },
        fn: fn.fact.name,
        ops: of.ops,
        message:
          `${fn.fact.name}() returns here with what ${kept.text} has locked: ${kept.unlock}() is missing, and whoever ` +
          `locks it next waits for ever`,
        failing: callEventOf(history, callback),
        related: [
          { file: of.ops.file, at: of.ops.fact.at, message: `${of.ops.fact.name} names it as its ${callback}` },
        ],
        key: `${of.ops.id}|${fn.id}|locked`,
      },
    ];
  });
}

/** The same of one that names what is init_net's. */
function namedInitNet(
  history: History,
  { callback, fn, ops }: { readonly callback: string; readonly fn: FunctionEntry; readonly ops: OpsEntry },
): Problem[] {
  const named = history.state.namedInitNet(ops, fn);
  if (!named) return [];
  return [
    {
      spot: { file: fn.file, at: named.at },
      fn: fn.fact.name,
      ops,
      message:
        `${fn.fact.name}() gives back what init_net has by ${named.call}(), whichever namespace dies: what that has itself ` +
        `is left, and init_net goes on using what is gone`,
      failing: callEventOf(history, callback),
      related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} names it as its ${callback}` }],
      key: `${ops.id}|${fn.id}|init_net|${named.call}`,
    },
  ];
}

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
        history.state.isOfInitNet(of.ops, acquired.step, step),
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

function mayGiveBack({ fact }: FunctionEntry, unlock: string): boolean {
  const calls = (fact.blocks ?? []).length === 0;
  return calls || JSON.stringify(fact.blocks).includes(`"${unlock}"`);
}

/** An exit that returns before its releases in each namespace in which a member has stayed as init leaves it. */
export function earlyExit(history: History): Problem[] {
  const { of, load } = history.path;
  const early = of ? history.state.runs.earlyExit(of.ops) : null;
  const phase = early ? of?.phases.find(({ fn }) => fn.fact.name === early.exit) : undefined;
  if (!of || !early || !phase) return [];
  const returns = phase.steps.some(({ t, place }) => t === 'jump' && place.at.join() === early.place.at.join());
  if (!returns) return [];
  const all = [...load, ...of.phases.flatMap(({ steps }) => steps)];
  const isReleased = (place: Place): boolean =>
    all.some((step) => step.t === 'release' && step.origins.some((origin) => keyOfPlace(origin) === keyOfPlace(place)));
  const left = load.find(
    (step): step is TraceStep & { t: 'acquire' } =>
      step.t === 'acquire' && step.pair.release.some((name) => early.skipped.has(name)) && !isReleased(step.place),
  );
  if (!left) return [];
  return [
    {
      spot: early.place,
      fn: early.exit,
      ops: of.ops,
      message:
        `${early.exit}() returns here where \`${early.member}\` is not set, as it is in each namespace until something ` +
        `sets it, and leaves ${nameOfResource(left)}, which ${history.init?.fact.name ?? 'init'}() acquires for every namespace`,
      failing: callEventOf(history, phase.callback),
      related: [{ file: left.place.file, at: left.place.at, message: `acquired here by ${left.call}()` }],
      about: early.member,
      key: `${of.ops.id}|early`,
    },
  ];
}
