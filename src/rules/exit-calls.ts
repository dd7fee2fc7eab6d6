import { expressionsOf, walkExpression } from '../facts/ir.ts';
import type { History } from '../lifecycle/index.ts';
import { callEventOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** Calls of some functions that the callbacks make which cleanup_net() runs once for each namespace. */
export function callsInExit(
  history: History,
  names: readonly string[],
  message: (fn: string, call: string) => string,
): Problem[] {
  const { of } = history.path;
  if (history.fate !== 'net-gone' || !of) return [];
  return of.phases.flatMap(({ callback, fn }) => {
    if (callback !== 'exit' && callback !== 'pre_exit') return [];
    const call = [...expressionsOf(fn.fact.blocks ?? [])]
      .flatMap((expression) => [...walkExpression(expression)])
      .find((e) => e.k === 'call' && e.fn.k === 'id' && names.includes(e.fn.name));
    if (call?.k !== 'call' || call.fn.k !== 'id') return [];
    return [
      {
        spot: { file: fn.file, at: call.at },
        fn: fn.fact.name,
        ops: of.ops,
        message: message(fn.fact.name, call.fn.name),
        failing: callEventOf(history, callback),
        related: [],
      },
    ];
  });
}
