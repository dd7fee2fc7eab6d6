import type { History } from '../lifecycle/index.ts';
import { callEventOf } from './reading.ts';
import type { Problem } from './rule.ts';

/**
 * An ops whose exit takes a thing down by the second of two stages while nothing has taken the first. What that was to
 * release is left (`releases`); where it only stops what uses the thing, that goes too early.
 */
export function withoutFirstStage(history: History, kind: 'releases' | 'stops'): Problem[] {
  const { of } = history.path;
  if (history.fate !== 'net-gone' || !of || of.phases.length === 0) return [];
  const found = history.state.bodies.firstStageLeftOut(of.ops);
  if (!found || (found.releases !== null) !== (kind === 'releases')) return [];
  const { first, second, releases } = found;
  const { callback, fn } = of.phases[0]!;
  const begin = callback === 'pre_exit' ? `${fn.fact.name}() does not call ${first}()` : `no pre_exit calls ${first}()`;
  const last = of.phases.at(-1)!.fn.fact.name;
  return [
    {
      spot: { file: fn.file, at: fn.fact.at },
      fn: fn.fact.name,
      ops: of.ops,
      message:
        `${begin}, the first of the two stages of which ${last}() takes the second by ${second}(): ` +
        (releases === null
          ? 'what still uses the thing is not stopped before it goes'
          : `what ${first}() releases by ${releases}() is left when the namespace is gone`),
      failing: callEventOf(history, callback),
      related: [{ file: of.ops.file, at: of.ops.fact.at, message: `${of.ops.fact.name} names it as its ${callback}` }],
      key: `${of.ops.id}|${first}`,
    },
  ];
}
