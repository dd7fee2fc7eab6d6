import type { History, TraceStep } from '../lifecycle/index.ts';
import { callEventOf, causePlaces, ifCause } from './reading.ts';
import type { Problem } from './rule.ts';

/**
 * What a function on the way has had made for itself and leaves where it fails, though it gives it back where something else
 * fails: the wrong label. Nothing is said where its callers may do that, or where what is left is known otherwise.
 */
export function ladderSkipped(history: History): Problem[] {
  const { cause, path, init } = history;
  if (!cause || !init || !path.of || path.left.length > 0) return [];
  const { file, fn } = cause.place;
  return history.state.ladderSkips({ file, name: fn }).flatMap((skip) => {
    const { local, make, made, release, ends, jumps } = skip;
    const isWay = jumpsIn(path.load, cause).join() === jumps.map((at) => at.join(':')).join();
    const last = jumps[0];
    if (!isWay || !last || !callersAreRead(history, cause, ends)) return [];
    return [
      {
        spot: { file, at: last },
        fn,
        ops: path.of!.ops,
        message:
          `${ifCause(history)}${fn}() returns an error without ${release}(${local}), by which it gives back elsewhere what ` +
          `${make}() has made: the core calls no exit of an ops whose init failed, and it leaks with each try`,
        failing: callEventOf(history, 'init'),
        related: [{ file, at: made, message: `made here by ${make}()` }, ...causePlaces(history)],
        about: local,
        key: `${file}:${made.join(':')}|${last.join(':')}`,
      },
    ];
  });
}

/** The jumps of the function in which a path has failed, in that call of it. */
function jumpsIn(load: readonly TraceStep[], cause: TraceStep): string[] {
  const at = load.indexOf(cause);
  const { fn, file } = cause.place;
  const begin = load.slice(0, at).findLastIndex((step) => step.t === 'enter' && step.name === fn);
  const rest = load.slice(at).findIndex((step) => step.t === 'leave' && step.name === fn);
  const own = load.slice(begin + 1, rest < 0 ? undefined : at + rest);
  return own.flatMap((step) =>
    step.t === 'jump' && step.place.fn === fn && step.place.file === file ? step.place.at.join(':') : [],
  );
}

/** Whether who has called the function gives nothing back by what is not read, nor by what it calls on the path. */
function callersAreRead({ path, state }: History, cause: TraceStep, ends: readonly string[]): boolean {
  const at = path.load.indexOf(cause);
  const open: TraceStep[] = [];
  for (const step of path.load.slice(0, at)) {
    if (step.t === 'enter') open.push(step);
    if (step.t === 'leave') open.pop();
  }
  const left = path.load.slice(at).findIndex((step) => step.t === 'leave' && step.name === cause.place.fn);
  const after = left < 0 ? [] : path.load.slice(at + left);
  const mayEnd = after.some(
    (step) => step.t === 'hidden' || (step.t === 'enter' && state.callsOneOf(step.place.file, step.name, ends)),
  );
  if (mayEnd) return false;
  return open.every(({ place }) => !state.leavesToUnread({ file: place.file, name: place.fn }));
}
