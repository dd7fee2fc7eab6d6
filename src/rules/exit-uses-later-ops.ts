import type { OpsEntry } from '../program/index.ts';
import page from './exit-uses-later-ops.md';
import { laterThan, spansOf } from './order.ts';
import { spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

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
    if (history.path.of || history.fate === 'load-failed') return [];
    const spans = spansOf(history).filter(({ from }) => from.phase === 'load');
    return spans.flatMap(({ from: first }) =>
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
  },
};
