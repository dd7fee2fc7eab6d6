import { nameOfResource } from '../lifecycle/index.ts';
import page from './resource-gone-before-unregister.md';
import { callBefore, releasesOf, spansOf, variableOf } from './order.ts';
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
    const released = releasesOf(history).filter(
      ({ acquired: { step } }) => step.pair.used === true || step.pair.memory === true,
    );
    return spansOf(history).flatMap(({ from, to }) => {
      if (!to) return [];
      return released.flatMap(({ index, step, acquired }) => {
        if (index < from.index || index > to.index) return [];
        const variable = variableOf(acquired.step);
        const user = variable && history.state.uses(from.ops, variable.name, exit);
        if (!user) return [];
        const { ops } = from;
        const { step: where, index: at } = callBefore(history, index, to.index);
        const by = where === step ? '' : ` by ${where.t === 'enter' ? where.name : ''}()`;
        return [
          {
            spot: spotOf(where),
            fn: where.place.fn,
            ops,
            message:
              `${ifCause(history)}${where.place.fn}() releases ${nameOfResource(acquired.step)}${by} while ${ops.fact.name} is ` +
              `still registered, whose ${user.fn} uses it: it runs for every namespace that is made or dies ` +
              `until then`,
            failing: at,
            related: [
              { ...spotOf(acquired.step), message: 'acquired here' },
              ...(where === step ? [] : [{ ...spotOf(step), message: 'released here' }]),
              { ...spotOf(to.step), message: `${ops.fact.name} is unregistered only here` },
            ],
            key: `${ops.id}|${variable.name}|${step.place.file}:${step.place.at.join(':')}`,
          },
        ];
      });
    });
  },
};
