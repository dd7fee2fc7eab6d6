import type { Path } from './history.ts';
import type { TraceStep } from '../paths/trace.ts';

/**
 * A path without the unregistrations that are none: tcf_unregister_action() (net/sched/act_api.c) looks whether the action
 * is there before it unregisters its ops.
 */
export function withoutIdle(path: Path): Path {
  const standing = new Set<string>();
  const isIdle = (step: TraceStep): boolean => {
    if (step.t !== 'pernet' || !step.ok) return false;
    if (!step.call.startsWith('register')) return !standing.delete(step.ops) && step.by !== undefined;
    standing.add(step.ops);
    return false;
  };
  const idle = new Set([...path.load, ...path.unload].filter(isIdle));
  if (idle.size === 0) return path;
  const isOther = (step: TraceStep): boolean => !idle.has(step);
  return { ...path, load: path.load.filter(isOther), unload: path.unload.filter(isOther) };
}
