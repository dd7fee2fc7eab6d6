import type { History } from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import page from './exit-uses-later-ops.md';
import { laterThan, spansOf } from './order.ts';
import { spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

/** Says which ops uses which. */
export function keyOfUse(user: OpsEntry, used: OpsEntry): string {
  return `${user.id}|${used.id}`;
}

export const exitUsesLaterOps: Rule = {
  id: 'pernet/exit-uses-later-ops',
  severity: 'error',
  invariant: 'An exit callback touches no state of an ops that has exited already.',
  page,
  check(history) {
    if (history.path.of) return [];
    const gone = unregisteredBefore(history);
    if (history.fate === 'load-failed') return gone;
    const spans = spansOf(history).filter(({ from }) => from.phase === 'load');
    const later = spans.flatMap(({ from: first }) =>
      spans.flatMap(({ from: later }) => {
        // A device's exit runs before every subsys', whichever was registered first.
        if (!laterThan(first, later)) return [];
        const user = history.state.using(first.ops, later.ops, 'exit');
        if (!user) return [];
        return [
          {
            spot: { file: first.ops.file, at: first.ops.fact.at },
            fn: null,
            ops: first.ops,
            message:
              `${user} uses net_generic(net, ${history.state.idOf(later.ops)!}) of ${later.ops.fact.name}, which has exited by then: exits run in the ` +
              `reverse order of pernet_list, those of devices first`,
            failing: later.index,
            related: [
              { ...spotOf(first.step), message: `${first.ops.fact.name} is registered here` },
              { ...spotOf(later.step), message: `${later.ops.fact.name} is registered only here, and exits first` },
            ],
            key: keyOfUse(first.ops, later.ops),
          },
        ];
      }),
    );
    return [...later, ...gone];
  },
};

/**
 * Exits that run when their ops is unregistered, and use the data of an ops that stands before it and was unregistered
 * already: unregister_pernet_operations() has freed that for every namespace.
 */
function unregisteredBefore(history: History): Problem[] {
  const spans = spansOf(history).flatMap(({ from, to }) => (to ? [{ from, to }] : []));
  return spans.flatMap((user) =>
    spans.flatMap((used) => {
      if (!laterThan(used.from, user.from) || used.to.index > user.to.index) return [];
      const exit = history.state.using(user.from.ops, used.from.ops, 'gone');
      if (!exit) return [];
      return [
        {
          spot: spotOf(user.to.step),
          fn: user.to.step.place.fn,
          ops: user.from.ops,
          message:
            `${exit} uses net_generic(net, ${history.state.idOf(used.from.ops)!}) of ${used.from.ops.fact.name}, which is ` +
            `unregistered by then: its data is freed, and the exits of ${user.from.ops.fact.name} run here for every namespace`,
          failing: user.to.index,
          related: [{ ...spotOf(used.to.step), message: `${used.from.ops.fact.name} is unregistered here` }],
          key: `${keyOfUse(user.from.ops, used.from.ops)}|gone`,
        },
      ];
    }),
  );
}
