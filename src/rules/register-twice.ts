import page from './register-twice.md';
import { isRegister, registeredBefore, registrationsOf, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const registerTwice: Rule = {
  id: 'pernet/register-twice',
  severity: 'error',
  invariant: 'An ops is in pernet_list once.',
  page,
  check(history) {
    return registrationsOf(history).flatMap(({ step, ops, index }) => {
      if (!isRegister(step)) return [];
      const first = registeredBefore(history, index).find((other) => other.ops.id === ops.id);
      if (!first) return [];
      return [
        {
          spot: spotOf(step),
          fn: step.place.fn,
          ops,
          message:
            `${ops.fact.name} is registered while it is registered already: list_add_tail() of an entry that is in ` +
            `pernet_list corrupts the list`,
          failing: index + 1,
          related: [{ ...spotOf(first.step), message: `first registered here` }],
        },
      ];
    });
  },
};
