import type { History } from '../lifecycle/index.ts';
import { callEventOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** An exit callback that gives back what another ops sets up for each namespace, and gives back itself. */
export function ofAnotherOps(history: History): Problem[] {
  const { of } = history.path;
  return (of?.phases ?? []).flatMap(({ callback, fn }): Problem[] => {
    const ops = of!.ops;
    const found = history.state.bodies.anothersMember(ops, fn);
    if (!found) return [];
    return [
      {
        spot: { file: fn.file, at: found.at },
        fn: fn.fact.name,
        ops,
        message:
          `${fn.fact.name}() gives back net->${found.member} by ${found.call}(), which is not its own: ${found.init}() sets ` +
          `that up for every namespace, and ${found.ops} gives it back when it goes`,
        failing: callEventOf(history, callback),
        related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} names it as its ${callback}` }],
        about: `net->${found.member}`,
        key: `${ops.id}|${fn.id}|another's|${found.member}`,
      },
    ];
  });
}
