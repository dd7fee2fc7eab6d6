import { nameOfResource, type History } from '../lifecycle/index.ts';
import type { FunctionEntry, OpsEntry } from '../program/index.ts';
import page from './cache-destroyed-before-barrier.md';
import { releasesOf, variableOf, type Released } from './order.ts';
import { goneAt, isRegister, registrationsOf, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const cacheDestroyedBeforeBarrier: Rule = {
  id: 'pernet/cache-destroyed-before-barrier',
  severity: 'warning',
  invariant: 'No cache is destroyed, nor module text gone, while RCU callbacks that use it can be pending.',
  page,
  check(history) {
    const { exit } = history;
    if (history.fate !== 'unloaded' || !exit || !history.module.unloadable) return [];
    const released = releasesOf(history).filter(({ acquired }) => acquired.index < goneAt(history));
    const barriers = barriersOf(history);
    const last = released.findLast((each) => queuesLate(history, each, barriers));
    const text = last ? [textGone(history, exit.fact.name, last)] : [];
    const caches = released.flatMap(({ index, step, acquired }) => {
      if (acquired.step.pair.kind !== 'slab cache') return [];
      const cache = variableOf(acquired.step);
      const queued = cache && lastQueueing(history, released, barriers, index, cache.name);
      if (queued) return [problem(history, { index, step, acquired }, queued)];
      const isWaitedFor = barriers.some((at) => at < index && history.events[at]!.phase === 'unload');
      const by = cache && !isWaitedFor ? history.state.runs.exportedRcuFor(cache.file, cache.name) : null;
      return by === null ? [] : [byOthers(history, { index, step, acquired }, by)];
    });
    // The text goes last: what is said of a cache before is the nearer.
    if (caches.length > 0) return caches;
    if (text.length > 0) return text;
    const others = [...byWorks(history, exit, barriers), ...nested(history, exit.fact.name, barriers)].slice(0, 1);
    return others.length > 0 ? others : bySrcu(history, exit);
  },
};

/** Whether what is ended after the last wait could until then queue RCU callbacks whose text is the module's. */
function queuesLate(history: History, { index, acquired: { step } }: Released, barriers: readonly number[]): boolean {
  const { state } = history;
  return (
    step.pair.exposes === true &&
    !barriers.some((at) => at > index) &&
    !state.holdsModule(step) &&
    state.runs.queuesRcu(step, goneBefore(history, index))
  );
}

/** The ops that the exit has unregistered by then: unregistering one ends with a wait for RCU callbacks. */
function goneBefore(history: History, index: number): OpsEntry[] {
  return registrationsOf(history).flatMap((each) =>
    each.phase === 'unload' && each.index < index && !isRegister(each.step) ? [each.ops] : [],
  );
}

function textGone(history: History, exit: string, { index, step, acquired }: Released): Problem {
  const name = nameOfResource(acquired.step);
  return {
    spot: spotOf(step),
    fn: step.place.fn,
    ops: null,
    message:
      `${exit}() returns while RCU callbacks of the module can be pending: ${name} could queue them until ` +
      `${step.call}(), and no rcu_barrier() follows: they run when the module's text is gone`,
    failing: index,
    related: [
      { ...spotOf(acquired.step), message: `from here on ${acquired.step.call}() lets the outside queue them` },
    ],
    key: `${history.exit?.id ?? ''}|text`,
  };
}

/** RCU callbacks that works queue, which run until their workqueue is destroyed, after the last wait. */
function byWorks(history: History, exit: FunctionEntry, barriers: readonly number[]): Problem[] {
  const found = releasesOf(history).flatMap(({ index, step, acquired }) => {
    const { phase } = history.events[index]!;
    if (phase !== 'unload' || acquired.step.pair.kind !== 'workqueue' || barriers.some((at) => at > index)) return [];
    const queue = variableOf(acquired.step);
    const work = queue && history.state.runs.rcuByWorks(queue, exit, goneBefore(history, index));
    return work ? [{ index, step, name: queue.name, work }] : [];
  })[0];
  if (!found) return [];
  const { index, step, name, work } = found;
  return [
    {
      spot: spotOf(step),
      fn: step.place.fn,
      ops: null,
      message:
        `${exit.fact.name}() returns while RCU callbacks of the module can be pending: ${work.runs}(), which is queued on ` +
        `${name}, can queue them until ${step.call}(), and no rcu_barrier() follows: they run when the module's text is gone`,
      failing: index,
      related: [],
      key: `${exit.id}|works`,
    },
  ];
}

/** RCU callbacks that others have queued for which unregistering the last ops has waited: one wait more is needed. */
function nested(history: History, exit: string, barriers: readonly number[]): Problem[] {
  const last = registrationsOf(history).find(({ index, phase }) => phase === 'unload' && index === barriers.at(-1));
  const found = last && history.state.runs.nestedRcu(last.ops);
  if (!found) return [];
  const { step, index } = last;
  return [
    {
      spot: spotOf(step),
      fn: step.place.fn,
      ops: null,
      message:
        `${exit}() returns while RCU callbacks of the module can be pending: ${step.call}() waits for ` +
        `${found.first}(), which queues ${found.second}() when it runs, and no rcu_barrier() follows that waits for ` +
        `this one: it runs when the module's text is gone`,
      failing: index,
      related: [],
      key: `${history.exit?.id ?? ''}|nested`,
    },
  ];
}

/** Callbacks that the exit of an ops leaves to SRCU: unregistering that has waited for RCU alone. */
function bySrcu(history: History, exit: FunctionEntry): Problem[] {
  const gone = registrationsOf(history).filter((each) => each.phase === 'unload' && !isRegister(each.step));
  const found = gone.flatMap((each) => {
    const callback = history.state.runs.bySrcu(each.ops, exit);
    return callback === null ? [] : [{ ...each, callback }];
  })[0];
  if (!found) return [];
  const { step, index, callback } = found;
  return [
    {
      spot: spotOf(step),
      fn: step.place.fn,
      ops: null,
      message:
        `${exit.fact.name}() returns while SRCU callbacks of the module can be pending: ${step.call}() runs what queues ` +
        `${callback}() by call_srcu(), and waits by rcu_barrier(), which is not for SRCU; no srcu_barrier() follows: it ` +
        `runs when the module's text is gone`,
      failing: index,
      related: [],
      key: `${exit.id}|srcu`,
    },
  ];
}

/** What can queue RCU callbacks that give objects back to a cache, and ends only after the last wait for them. */
function lastQueueing(
  history: History,
  released: readonly Released[],
  barriers: readonly number[],
  index: number,
  cache: string,
): Released | null {
  const waited = Math.max(-1, ...barriers.filter((at) => at < index));
  return (
    released.find(
      (other) =>
        other.index < index &&
        other.index > waited &&
        other.acquired.step.pair.exposes === true &&
        !history.state.holdsModule(other.acquired.step) &&
        history.state.runs.queuesRcuFor(other.acquired.step, cache),
    ) ?? null
  );
}

function problem(history: History, { index, step, acquired }: Released, queued: Released): Problem {
  const name = nameOfResource(acquired.step);
  return {
    spot: spotOf(step),
    fn: step.place.fn,
    ops: null,
    message:
      `${step.place.fn}() destroys ${name} while RCU callbacks that free into it can be pending: ` +
      `${nameOfResource(queued.acquired.step)} could queue them until ${queued.step.call}(), and no rcu_barrier() follows`,
    failing: index,
    related: [
      { ...spotOf(acquired.step), message: `${name} is made here` },
      { ...spotOf(queued.step), message: 'until here they can be queued' },
    ],
    key: `${history.exit?.id ?? ''}|${name}`,
  };
}

/** The same of what other modules, gone by then, have queued by a function that is exported to them. */
function byOthers(history: History, { index, step, acquired }: Released, by: string): Problem {
  const name = nameOfResource(acquired.step);
  return {
    spot: spotOf(step),
    fn: step.place.fn,
    ops: null,
    message:
      `${step.place.fn}() destroys ${name} while RCU callbacks that free into it can be pending: ` +
      `modules that are gone by now could queue them by ${by}(), and no rcu_barrier() comes before`,
    failing: index,
    related: [{ ...spotOf(acquired.step), message: `${name} is made here` }],
    key: `${history.exit?.id ?? ''}|${name}`,
  };
}

/** Where a history waits for RCU callbacks: rcu_barrier(), and unregistering an ops, which ends with one (net_namespace.c). */
function barriersOf(history: History): number[] {
  return history.events.flatMap(({ trace }, index) =>
    trace?.t === 'barrier' || (trace?.t === 'pernet' && trace.call.startsWith('unregister')) ? [index] : [],
  );
}
