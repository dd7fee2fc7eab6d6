import { keyOfPlace, nameOfResource, type History, type TraceStep } from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import page from './register-unchecked.md';
import { acquisitionsOf, releasesOf, type Acquired } from './order.ts';
import { registrationsOf, returnAfter, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';
import { droppedCall, keyOfDropped, memoryUnheardOf } from './unheard.ts';

export const registerUnchecked: Rule = {
  id: 'pernet/register-unchecked',
  severity: 'warning',
  invariant: 'The result of a registration is checked.',
  page,
  check(history) {
    if (history.path.of) return history.fate === 'net-gone' ? uncheckedOfNamespace(history) : [];
    const ops = uncheckedOps(history);
    // What cannot be unloaded need not look, but for what it takes back itself where another step fails.
    if (!history.module.unloadable)
      return ops.filter(
        ({ ops: of, related }) => related.length === 0 && history.path.doubts.takenBack.has(of?.id ?? ''),
      );
    return [...ops, ...(history.fate === 'unloaded' ? [...uncheckedOfModule(history), ...unaskedMemory(history)] : [])];
  },
};

function uncheckedOfNamespace(history: History): Problem[] {
  const things = uncheckedThings(history);
  return [
    ...things,
    ...unaskedMemory(history),
    ...uncheckedDevices(history),
    ...memoryUnheardOf(history, new Set(things.map(({ key }) => key))),
  ];
}

type Acquire = TraceStep & { readonly t: 'acquire' };
type Release = TraceStep & { readonly t: 'release' };

function callOf({ call, by }: TraceStep & { readonly t: 'pernet' }, { name, isPassed }: OpsEntry['fact']): string {
  return by === undefined ? `${call}(${isPassed ? '' : '&'}${name})` : `${by}()`;
}

/** Registrations of ops whose failure nobody asks about. */
function uncheckedOps(history: History): Problem[] {
  return registrationsOf(history).flatMap(({ step, ops, index, phase }) => {
    if (phase !== 'load' || step.ok || !history.unchecked.has(index)) return [];
    const init = history.init?.fact.name ?? step.place.fn;
    const dropped = droppedAt(history, step.sym) ?? step;
    const result =
      dropped === step ? callOf(step, ops.fact) : `${nameOf(dropped)}(), which registers ${ops.fact.name},`;
    return [
      {
        spot: spotOf(dropped),
        fn: dropped.place.fn,
        ops,
        message:
          `the result of ${result} is not checked: when it fails, ${init}() goes on without the ops, ` +
          `and what relies on its per-net state meets namespaces that have none`,
        failing: returnIndex(history, index),
        related: dropped === step ? [] : [{ ...spotOf(step), message: `${ops.fact.name} is registered here` }],
      },
    ];
  });
}

/**
 * What an init callback sets up for a namespace without a look at the result, and the exit callbacks take to be there.
 * Modules that register a notifier once and do not look are many, and it does not fail there.
 */
function uncheckedThings(history: History): Problem[] {
  return releasesOf(history).flatMap(({ index, step, acquired }) => {
    const { step: thing } = acquired;
    const { lasting, fails, optional, used } = thing.pair;
    if (history.events[acquired.index]?.phase !== 'load' || history.events[index]?.phase !== 'unload') return [];
    // What makes a thing of memory that it is passed (rhashtable_init()) leaves what its counterpart cannot take.
    const isMadeInPlace = used === true && Array.isArray(thing.pair.of);
    if (!(lasting || isMadeInPlace) || fails === 'never' || optional) return [];
    // Of what lies at no place with a name it is not known that it is the same thing.
    const names = Array.isArray(thing.pair.of) ? thing.of : [thing.pair.of === 'fixed' ? '' : (thing.at ?? '#')];
    if (names.some((name) => name.includes('#'))) return [];
    const isDropped = !thing.checked || isKeptUnasked(history, acquired, step);
    const dropped = isDropped ? { step: thing, index: acquired.index } : droppedCall(history, acquired.index);
    const isForeseen =
      thing.checked && exitAsks(history, index, step, thing) && !isFollowedOnExit(history, thing, ofTaken);
    if (!dropped || isForeseen) return [];
    const call = dropped.step.t === 'enter' ? dropped.step.name : thing.call;
    const init = history.init?.fact.name ?? thing.place.fn;
    return [
      {
        spot: spotOf(dropped.step),
        fn: dropped.step.place.fn,
        ops: history.path.of?.ops ?? null,
        message:
          `the result of ${call}() is not checked: when it fails, ${init}() goes on without ${nameOfResource(thing)}, and ` +
          `${step.place.fn}() undoes by ${step.call}() what is not there`,
        failing: dropped.index,
        related: [{ ...spotOf(step), message: 'undone here all the same' }],
        about: nameOfResource(thing),
        key: keyOfDropped(dropped.step),
      },
    ];
  });
}

/**
 * Whether the result is kept and nothing on the way to init's success asks for it, while the thing is looked for by its name
 * in the end, and missed aloud (fs/proc/generic.c, remove_proc_entry()).
 */
function isKeptUnasked(
  { path, state, init }: History,
  { step: thing }: Acquired,
  { call, place: release }: Release,
): boolean {
  if (call !== 'remove_proc_entry' || thing.at === null || thing.pair.fails !== 'null') return false;
  const member = /(?:->|\.)(\w+)$/.exec(thing.at)?.[1];
  const { place } = thing;
  if (!init || member === undefined || init.file !== place.file || init.fact.name !== place.fn) return false;
  if (state.bodies.isSpokenOf(place, member, release)) return false;
  const key = keyOfPlace(place);
  return !path.load.some((step) => step.t === 'call' && keyOfPlace(step.place) === key);
}

/**
 * Whether an exit knows that a helper has made nothing: it undoes the thing under a condition, or by what was kept of it,
 * which is NULL then, and by a call that copes with that.
 */
function exitAsks({ events }: History, index: number, { call, place }: Release, { pair, at }: Acquire): boolean {
  const isByResult = pair.of === 'result' || pair.alsoReleasedBy?.some((each) => each.call === call) === true;
  if (isByResult && at !== null && pair.needsThing !== true) return true;
  return events
    .slice(0, index)
    .some(({ phase, trace }) => phase === 'unload' && trace?.t === 'test' && trace.place.fn === place.fn);
}

/**
 * What a module registers once that takes memory or a name or number that someone else may have, so that everybody looks
 * at the result. A notifier of the module's own is added to its chain all the same: there many do not look.
 */
const canBeRefused = new Set([
  'rtnl handler',
  'rtnl handlers',
  'generic netlink family',
  'socket protocol',
  'rtnl link ops',
  'socket family',
  'nfnetlink subsystem',
  'netfilter sockopt',
  'IPv4 protocol',
  'IPv6 protocol',
  'filesystem',
]);

function uncheckedOfModule(history: History): Problem[] {
  const seen = new Set<string>();
  return releasesOf(history).flatMap(({ index, step, acquired }) => {
    const { step: thing } = acquired;
    if (history.events[acquired.index]?.phase !== 'load' || history.events[index]?.phase !== 'unload') return [];
    const { kind, fails, lasting, optional } = thing.pair;
    if (fails === 'never' || optional) return [];
    // Who writes a helper that can fail has asked; that its caller does not look is a mistake whatever it sets up.
    const dropped = thing.checked ? droppedCall(history, acquired.index) : null;
    // What is looked for by its name is missed aloud: `name 'foo'` (fs/proc/generic.c, remove_proc_entry()).
    const isMissed = !thing.checked && step.call === 'remove_proc_entry' && !exitAsks(history, index, step, thing);
    if (thing.checked ? !dropped || !lasting : !(canBeRefused.has(kind) || isMissed)) return [];
    const call = dropped ?? { step: thing, index: acquired.index };
    // Several in a row are one mistake.
    const { place } = call.step;
    const key = dropped ? `${place.file}:${place.at.join(':')}` : `${place.file}|${place.fn}|${kind}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const init = history.init?.fact.name ?? thing.place.fn;
    const name = call.step.t === 'enter' ? call.step.name : thing.call;
    return [
      {
        spot: spotOf(call.step),
        fn: place.fn,
        ops: null,
        message:
          `the result of ${name}() is not checked: when it fails, ${init}() goes on without ${nameOfResource(thing)}, and ` +
          (isMissed ? `${step.place.fn}() undoes by ${step.call}() what is not there` : 'nobody is told'),
        failing: call.index,
        related: [{ ...spotOf(step), message: 'undone here all the same' }],
        key,
      },
    ];
  });
}

/**
 * Memory, and what else is NULL when there is none left, that is kept for others to use, and that nothing on the way to
 * init's success asks for: not where it is made, nor by who gets it.
 */
function unaskedMemory(history: History): Problem[] {
  const asked = new Set(history.path.load.flatMap((step) => (step.t === 'call' ? keyOfPlace(step.place) : [])));
  const seen = new Set<string>();
  return releasesOf(history).flatMap(({ index, step, acquired }) => {
    const { step: thing } = acquired;
    const { pair, place } = thing;
    if (history.events[acquired.index]?.phase !== 'load' || history.events[index]?.phase !== 'unload') return [];
    if (pair.fails !== 'null' || pair.of !== 'result' || pair.optional || pair.byName) return [];
    if (!(pair.memory || pair.used || isFollowedOnExit(history, thing))) return [];
    const key = keyOfPlace(place);
    if (thing.at === null || /[#[]/.test(thing.at) || thing.unfailing || asked.has(key) || seen.has(key)) return [];
    seen.add(key);
    const ops = history.path.of?.ops ?? null;
    const kept = { at: thing.at, file: place.file, call: thing.call, releases: pair.release };
    if (pair.memory && history.state.isOnlyReleased(ops, kept)) return [];
    return [
      {
        spot: spotOf(thing),
        fn: place.fn,
        ops,
        message:
          `the result of ${thing.call}() is not checked: when it returns NULL, ${history.init?.fact.name ?? place.fn}() ` +
          `goes on without ${nameOfResource(thing)}, and what uses it finds NULL`,
        failing: acquired.index,
        related: [{ ...spotOf(step), message: 'released here' }],
        about: nameOfResource(thing),
        key,
      },
    ];
  });
}

/** Whether what was taken out of a thing is one or another is no question whether the thing is there. */
const ofWhich = / [!=]= (?!NULL\b|0\b)/;
/** The same of a table that was taken out of its header, and of which namespace it is: all else may be a state of the thing's. */
const ofTaken = /^(?:(?!state|status)[a-z]\w*|.*->ctl_table_arg) [!=]= &?(?!NULL\b)[a-z]\w*$/;

/** Whether an exit callback takes something out of what is kept, and has not asked whether it is there. */
function isFollowedOnExit(history: History, { at }: Acquire, asksNothing: RegExp = ofWhich): boolean {
  if (history.path.of === null || at === null) return false;
  const end = history.events.filter(({ phase }) => phase === 'unload');
  // What is kept nowhere else (`hdr->ctl_table_arg`) is found by following that, whatever it is known by.
  const behind = new Set(
    releasesOf(history).flatMap(({ step, acquired }) => (acquired.step.at?.startsWith(`${at}->`) ? step : [])),
  );
  const follows = ({ trace }: History['events'][number]): boolean =>
    trace?.t === 'release' && (behind.has(trace) || trace.of.some((name) => name.startsWith(`${at}->`)));
  const asks = ({ trace }: History['events'][number]): boolean =>
    trace?.t === 'call' || (trace?.t === 'test' && !asksNothing.test(trace.text));
  return end.some((event, index) => follows(event) && !end.slice(0, index).some(asks));
}

/**
 * Devices that an init callback registers without a look at the result: one that is not registered is not found when the
 * namespace ends, and who unregisters it all the same warns (net/core/dev.c, unregister_netdevice_many_notify()).
 */
function uncheckedDevices(history: History): Problem[] {
  const asksLater = history.events.some(
    ({ phase, trace }) => phase === 'unload' && trace?.t === 'test' && /reg_state|registered/.test(trace.text),
  );
  if (asksLater) return [];
  return acquisitionsOf(history).flatMap(({ index, step: thing }) => {
    if (history.events[index]?.phase !== 'load' || thing.pair.kind !== 'registered net device' || thing.checked)
      return [];
    const undone = releasesOf(history).find(({ acquired }) => acquired.index === index);
    return [
      {
        spot: spotOf(thing),
        fn: thing.place.fn,
        ops: history.path.of?.ops ?? null,
        message:
          `the result of ${thing.call}() is not checked: when it fails, ${history.init?.fact.name ?? thing.place.fn}() ` +
          `goes on with a device that is not registered, and that nobody finds when the namespace ends`,
        failing: index,
        related: undone ? [{ ...spotOf(undone.step), message: 'undone here all the same' }] : [],
        key: keyOfPlace(thing.place),
      },
    ];
  });
}

/** The outermost call that returned the registration's error: its caller is who drops it. Undefined when none returned it. */
function droppedAt({ events }: History, sym: number): TraceStep | undefined {
  return events.findLast(({ trace }) => trace?.t === 'leave' && trace.sym === sym)?.trace;
}

function nameOf(step: TraceStep): string {
  return step.t === 'leave' ? step.name : '';
}

/** The model's own return of the failed registration. */
function returnIndex(history: History, index: number): number {
  const found = returnAfter(history, index);
  return found < 0 ? index : found;
}
