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
    const freed = callback === 'pre_exit' ? null : history.state.freedHooks(fn, earlier);
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
