import { nameOfResource, type History } from '../lifecycle/index.ts';
import type { Acquired, Released } from './order.ts';
import { callEventOf, spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** Calls that end something and do not wait for who is in it just now (net/netfilter/core.c, nf_unregister_net_hook()). */
const unwaiting = /^nf_unregister_net_hooks?$/;

/** Calls that wait for them. */
const graces = ['synchronize_net', 'synchronize_rcu', 'synchronize_rcu_expedited', 'rcu_barrier'];

/** The same of what no init has made: the hooks of things that come and go. */
export function hooksWithoutGrace(history: History): Problem[] {
  const { of } = history.path;
  return (of?.phases ?? []).flatMap(({ callback, fn }) => {
    const freed = callback === 'pre_exit' ? null : history.state.freedHooks(fn);
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

/** A release by RCU, or of a reference. */
const isDeferred = /rcu|put/;

/**
 * What an exit releases in the same go in which it has ended what uses it: packets that are in a hook on another CPU still
 * do. The core waits for them once, between `pre_exit` and `exit` (net/core/net_namespace.c, cleanup_net()).
 */
export function withoutGrace(
  history: History,
  { released, users }: { readonly released: readonly Released[]; readonly users: readonly Released[] },
  isUsed: (thing: Acquired, user: Acquired) => boolean,
): Problem[] {
  const phases = history.path.of?.phases ?? [];
  const phaseOf = (index: number): (typeof phases)[number] | undefined => {
    const { trace } = history.events[index]!;
    return phases.find(({ steps }) => trace !== undefined && steps.includes(trace));
  };
  const isAfterWait = (index: number): boolean => {
    const phase = phaseOf(index);
    return phase !== undefined && phase.callback !== 'pre_exit';
  };
  const ended = users.filter(({ step, index }) => unwaiting.test(step.call) && isAfterWait(index));
  if (ended.length === 0) return [];
  if (phases.some(({ fn }) => history.state.callsOneOf(fn.file, fn.fact.name, graces))) return [];
  return released.flatMap(({ step, index, acquired: thing }) => {
    if (isDeferred.test(step.call) || step.isGuess || !(thing.step.pair.memory || thing.step.pair.used)) return [];
    const user = ended.find((other) => other.index < index && isUsed(thing, other.acquired));
    if (!user) return [];
    return [
      {
        spot: spotOf(step),
        fn: step.place.fn,
        ops: history.path.of?.ops ?? null,
        message:
          `${step.place.fn}() releases ${nameOfResource(thing.step)} with no grace period after ${user.step.call}(): who ` +
          `is in ${nameOfResource(user.acquired.step)} on another CPU still uses it`,
        failing: index,
        related: [
          { ...spotOf(user.step), message: `${user.step.call}() belongs in pre_exit: the core waits after that` },
        ],
        key: `grace|${step.place.file}:${step.place.at.join(':')}`,
      },
    ];
  });
}
