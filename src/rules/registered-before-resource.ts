import { nameOfResource } from '../lifecycle/index.ts';
import page from './registered-before-resource.md';
import { acquisitionsOf, isOnList, spansOf, variableOf } from './order.ts';
import { spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const registeredBeforeResource: Rule = {
  id: 'pernet/registered-before-resource',
  severity: 'error',
  invariant: "What an ops' callbacks use is there before the ops is registered.",
  page,
  check(history) {
    if (history.path.of) return [];
    const used = acquisitionsOf(history).filter(({ step: { pair } }) => pair.used === true || pair.memory === true);
    return spansOf(history).flatMap(({ from, to }) => {
      if (from.phase !== 'load') return [];
      return used.flatMap(({ index, step }) => {
        if (index < from.index || (to && index > to.index)) return [];
        const variable = variableOf(step);
        const user = variable && history.state.uses(from.ops, variable.name, 'always');
        if (!user || isOnList(history, step)) return [];
        const { ops } = from;
        return [
          {
            spot: spotOf(from.step),
            fn: from.step.place.fn,
            ops,
            message:
              `${ops.fact.name} is registered before ${nameOfResource(step)} is there, which ${user.fn} uses: ` +
              (user.isInit
                ? 'the registration calls it for every namespace that exists'
                : 'it runs when a namespace dies, and where the registration fails for one of several'),
            failing: from.index,
            related: [{ ...spotOf(step), message: `only here ${step.call}() makes it` }],
            key: `${ops.id}|${variable.name}`,
          },
        ];
      });
    });
  },
};
