import { nameOfResource } from '../lifecycle/index.ts';
import page from './resource-gone-before-unregister.md';
import { releasesOf, spansOf, variableOf } from './order.ts';
import { ifCause, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const resourceGoneBeforeUnregister: Rule = {
  id: 'pernet/resource-gone-before-unregister',
  severity: 'error',
  invariant: "What an ops' callbacks use is released only after the ops is unregistered.",
  page,
  check(history) {
    if (history.path.of) return [];
    // Before anything of the outside has come in, lists are empty.
    const exit = history.fate === 'unloaded' ? 'eachTime' : 'always';
    const released = releasesOf(history).filter(({ acquired }) => acquired.step.pair.used);
    return spansOf(history).flatMap(({ from, to }) => {
      if (!to) return [];
      return released.flatMap(({ index, step, acquired }) => {
        if (index < from.index || index > to.index) return [];
        const variable = variableOf(acquired.step);
        const user = variable && history.state.uses(from.ops, variable.name, exit);
        if (!user) return [];
        const { ops } = from;
        return [
          {
            spot: spotOf(step),
            fn: step.place.fn,
            ops,
            message:
              `${ifCause(history)}${step.place.fn}() releases ${nameOfResource(acquired.step)} while ${ops.fact.name} is ` +
              `still registered, whose ${user.fn} uses it: it runs for every namespace that is made or dies ` +
              `until then`,
            failing: index,
            related: [
              { ...spotOf(acquired.step), message: 'acquired here' },
              { ...spotOf(to.step), message: `${ops.fact.name} is unregistered only here` },
            ],
            key: `${ops.id}|${variable.name}|${step.place.file}:${step.place.at.join(':')}`,
          },
        ];
      });
    });
  },
};
