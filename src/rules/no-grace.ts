import type { History } from '../lifecycle/index.ts';
import { callEventOf } from './reading.ts';
import type { Problem } from './rule.ts';

/**
 * What an exit frees in the same go in which it has unregistered the hooks that lie in it, and that were given it: packets
 * that are in such a hook on another CPU still use it. The core waits for them once, between `pre_exit` and `exit`
 * (net/core/net_namespace.c, cleanup_net()).
 */
export function hooksWithoutGrace(history: History): Problem[] {
  const { of } = history.path;
  const earlier = of?.phases.find(({ callback }) => callback === 'pre_exit')?.fn;
  return (of?.phases ?? []).flatMap(({ callback, fn }) => {
    const freed = callback === 'pre_exit' ? null : history.state.bodies.freedHooks(fn, earlier);
    if (!of || !freed) return [];
    const { struct, ends, frees, place } = freed;
    return [
      {
        spot: { file: place.file, at: place.at },
        fn: place.fn,
        ops: of.ops,
        message:
          `${fn.fact.name}() frees struct ${struct.replace('*', '')} by ${frees}() with no grace period after ${ends}() of ` +
          `the hooks in it: a packet that is in one of them on another CPU still uses it; ${ends}() belongs in pre_exit`,
        failing: callEventOf(history, callback),
        related: [],
        key: `hooks|${place.file}:${place.at.join(':')}`,
      },
    ];
  });
}

/**
 * What a callback frees in the same go in which it has unregistered the hooks that find it by rcu_dereference(). In `exit`
 * packets of a namespace that dies are gone: there it is the unloading of a module that they run into.
 */
export function foundWithoutGrace(history: History, isUnloaded: boolean): Problem[] {
  const { of } = history.path;
  const earlier = of?.phases.find(({ callback }) => callback === 'pre_exit')?.fn;
  return (of?.phases ?? []).flatMap(({ callback, fn }) => {
    const isFirst = callback === 'pre_exit';
    const found = isFirst || isUnloaded ? history.state.bodies.freedFound(fn, isFirst ? undefined : earlier) : null;
    if (!of || !found) return [];
    // A module that waits for readers before it unregisters the ops, or is never unloaded, leaves none to be met.
    if (!isFirst && history.state.goesQuietly(history.module.file)) return [];
    const { freed, ends, frees, reader, place } = found;
    return [
      {
        spot: { file: place.file, at: place.at },
        fn: place.fn,
        ops: of.ops,
        message:
          `${place.fn}() frees ${freed} by ${frees}() with no grace period after ${ends}(): a packet that is in ` +
          `${reader}() on another CPU, which has found it by rcu_dereference(), still uses it`,
        failing: callEventOf(history, callback),
        related: [],
        key: `found|${place.file}:${place.at.join(':')}`,
      },
    ];
  });
}

/** What a module's exit frees after it has set a pointer of someone else's to NULL, by which others may still use it. */
export function publishedWithoutGrace({ exit, events, state }: History): Problem[] {
  const isTakenBack = events.some(({ trace }) => trace?.t === 'published' && trace.value === null);
  const found = exit && isTakenBack ? state.bodies.freedPublished(exit) : null;
  if (!exit || !found) return [];
  const { pointer, value, freed, frees, at } = found;
  const { file, fact } = exit;
  const index = events.findIndex(
    ({ trace }) => trace?.t === 'release' && trace.place.file === file && trace.place.at === at,
  );
  if (index < 0) return [];
  return [
    {
      spot: { file, at },
      fn: fact.name,
      ops: null,
      message:
        `${fact.name}() frees ${freed} by ${frees}() with no grace period after ${pointer} is set to NULL: who has found ` +
        `${value} by it before, on another CPU, still uses ${freed}`,
      failing: index,
      related: [],
      key: `published|${file}:${at.join(':')}`,
    },
  ];
}

/** What the exits have RCU call that uses the data of the namespace: the core frees that before such callbacks have run. */
export function usedByRcuCallback(history: History): Problem[] {
  const { of } = history.path;
  const phases = of?.phases.filter(({ callback }) => callback !== 'pre_exit') ?? [];
  const found = of
    ? history.state.bodies.usedByRcu(
        phases.map(({ fn }) => fn),
        of.ops,
      )
    : null;
  if (!of || !found) return [];
  const { callback, by, use, place } = found;
  return [
    {
      spot: { file: place.file, at: place.at },
      fn: place.fn,
      ops: of.ops,
      message:
        `${place.fn}() has ${callback}() called by ${by}(), which uses ${use}: the core frees the data of the namespace ` +
        `right after its exits, and waits for RCU callbacks only after that; an rcu_barrier() is missing`,
      failing: callEventOf(history, phases.at(-1)!.callback),
      related: [],
      key: `by rcu|${place.file}:${place.at.join(':')}`,
    },
  ];
}
