import { plainName, type History } from '../lifecycle/index.ts';
import page from './register-twice.md';
import { acquisitionsOf, releasesOf, waysTo, type Acquired } from './order.ts';
import { isRegister, registeredBefore, registrationsOf, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const registerTwice: Rule = {
  id: 'pernet/register-twice',
  severity: 'error',
  invariant: 'An ops is in pernet_list once, and a static object in one list.',
  page,
  check(history) {
    return [...opsTwice(history), ...ofEachNamespace(history)];
  },
};

function opsTwice(history: History): Problem[] {
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
}

interface Linked extends Acquired {
  readonly object: string;
}

/**
 * What links the very object that it is passed into a list: notifier chains (kernel/notifier.c, notifier_chain_register()) and
 * packet handlers (net/core/dev.c, dev_add_pack()). Netfilter copies its hooks, sysctl its tables' entries; the conntrack
 * event notifier is a pointer of a namespace.
 */
function linkedBy(history: History): readonly Linked[] {
  return acquisitionsOf(history).flatMap(({ index, step }) => {
    const { byName, kind, of } = step.pair;
    if (byName || !Array.isArray(of) || of.length > 2) return [];
    if (!(/notifier$/.test(kind) || kind === 'packet handler') || kind === 'conntrack event notifier') return [];
    const object = /^&([A-Za-z_]\w*)$/.exec(plainName(step.args[of.at(-1) as number] ?? ''))?.[1];
    return object === undefined ? [] : [{ index, step, object }];
  });
}

/** One object that an init, which runs for each namespace, puts into a list each time. */
function ofEachNamespace(history: History): Problem[] {
  const { events, fate, path, state } = history;
  const ops = path.of?.ops;
  if (!ops || fate !== 'net-gone' || path.ofFirst === true) return [];
  return linkedBy(history).flatMap(({ index, step, object }) => {
    if (events[index]?.phase !== 'load' || !state.runs.isDoneEachTime(waysTo(history, index), object)) return [];
    const isTakenBack = releasesOf(history).some(
      (each) => each.acquired.step === step && events[each.index]?.phase === 'load',
    );
    if (isTakenBack) return [];
    return [
      {
        spot: spotOf(step),
        fn: step.place.fn,
        ops,
        message:
          `${step.call}() puts ${object} into a list for each namespace: it is one object with one link, which with the ` +
          `second namespace is in two lists, or in one twice`,
        failing: index,
        related: [],
      },
    ];
  });
}
