import page from './left-registered-on-exit.md';
import { firstCallAfter, goneAt, registeredBefore, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const leftRegisteredOnExit: Rule = {
  id: 'pernet/left-registered-on-exit',
  severity: 'error',
  invariant: 'When the module is gone, none of its ops is in pernet_list.',
  page,
  check(history) {
    const { exit } = history;
    if (history.fate !== 'unloaded' || !exit) return [];
    const { left } = history.path.doubts;
    const registered = registeredBefore(history, goneAt(history)).filter(({ ops }) => !left.has(ops.id));
    return registered.map(({ ops, step, name }) => ({
      spot: { file: exit.file, at: exit.fact.at },
      fn: exit.fact.name,
      ops,
      message:
        `${exit.fact.name}() leaves ${ops.fact.name} registered: once the module is unloaded, pernet_list still points ` +
        `at it and its callbacks run for every namespace that is made or dies`,
      failing: firstCallAfter(history, goneAt(history), name),
      related: [{ ...spotOf(step), message: `${ops.fact.name} is registered here` }],
      key: `${ops.id}|${exit.id}`,
    }));
  },
};
