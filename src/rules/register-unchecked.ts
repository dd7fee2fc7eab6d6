import page from './register-unchecked.md';
import { registrationsOf, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const registerUnchecked: Rule = {
  id: 'pernet/register-unchecked',
  severity: 'warning',
  invariant: 'The result of a registration is checked.',
  page,
  check(history) {
    if (!history.module.unloadable) return [];
    return registrationsOf(history).flatMap(({ step, ops, index, phase }) => {
      if (phase !== 'load' || step.ok || !history.unchecked.has(index)) return [];
      const init = history.init?.fact.name ?? step.place.fn;
      return [
        {
          spot: spotOf(step),
          fn: step.place.fn,
          ops,
          message:
            `the result of ${step.call}(&${ops.fact.name}) is not checked: when it fails, ${init}() goes on without the ops, ` +
            `and what relies on its per-net state meets namespaces that have none`,
          failing: index + 2 < history.events.length ? returnIndex(history, index) : index,
          related: [],
        },
      ];
    });
  },
};

/** The model's own return of the failed registration. */
function returnIndex(history: Parameters<Rule['check']>[0], index: number): number {
  const found = history.events.findIndex(({ event }, at) => at > index && event.event === 'return');
  return found < 0 ? index : found;
}
