import {
  keyOfPlace,
  nameOfResource,
  type History,
  type KeptLock,
  type Place,
  type TraceStep,
} from '../lifecycle/index.ts';
import type { FunctionEntry, OpsEntry } from '../program/index.ts';
import { callEventOf, ifCause, jumpsAfterCause } from './reading.ts';
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

/** An exit callback that goes through what lies in a list, and does nothing with any of it. */
export function idleWalks(history: History): Problem[] {
  const { of } = history.path;
  return (of?.phases ?? []).flatMap(({ callback, fn }) => {
    const walk = of && history.state.runs.idleWalk(of.ops, fn);
    if (!walk) return [];
    return [
      {
        spot: { file: fn.file, at: walk.at },
        fn: fn.fact.name,
        ops: of.ops,
        message:
          `${fn.fact.name}() goes through \`${walk.list}\` and does nothing with what lies there: what it was to take down ` +
          `is left when the namespace is gone`,
        failing: callEventOf(history, callback),
        related: [
          { file: of.ops.file, at: of.ops.fact.at, message: `${of.ops.fact.name} names it as its ${callback}` },
        ],
        about: walk.list,
        key: `${of.ops.id}|${fn.id}|idle`,
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
    return [lockedProblem(history, { callback, fn, ops: of.ops, kept, before: '' })];
  });
}

/** The same of an init that fails: the core calls nothing of its ops after that. */
export function keptLockedOnFailure(history: History): Problem[] {
  const { init, path, cause } = history;
  const kept = init && path.of && cause ? history.state.runs.keptLocked(init) : null;
  // A lock that goes with its memory, or with this call, is nobody's any more.
  if (!kept || !path.of || /->|\./.test(kept.text)) return [];
  const isOnStack = (init!.fact.blocks ?? []).some(({ steps }) =>
    steps.some((step) => step.s === 'declare' && !step.isStatic && kept.text.endsWith(`(&${step.name})`)),
  );
  if (isOnStack) return [];
  const returned = jumpsAfterCause(history).at(-1)?.place;
  if (returned?.fn !== init!.fact.name || returned.at.join() !== kept.at.join()) return [];
  return [lockedProblem(history, { callback: 'init', fn: init!, ops: path.of.ops, kept, before: ifCause(history) })];
}

function lockedProblem(
  history: History,
  {
    callback,
    fn,
    ops,
    kept,
    before,
  }: {
    readonly callback: string;
    readonly fn: FunctionEntry;
    readonly ops: OpsEntry;
    readonly kept: KeptLock;
    readonly before: string;
  },
): Problem {
  return {
    spot: { file: fn.file, at: kept.at },
    fn: fn.fact.name,
    ops,
    message:
      `${before}${fn.fact.name}() returns here with what ${kept.text} has locked: ${kept.unlock}() is missing, and whoever ` +
      `locks it next waits for ever`,
    failing: callEventOf(history, callback),
    related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} names it as its ${callback}` }],
    key: `${ops.id}|${fn.id}|locked`,
  };
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
