import { readable } from '../lifecycle/index.ts';
import page from './generic-outside-registration.md';
import { spansOf } from './order.ts';
import { spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const genericOutsideRegistration: Rule = {
  id: 'pernet/generic-outside-registration',
  severity: 'error',
  invariant: "net_generic(net, id) is used only while the id's ops is registered.",
  page,
  check(history) {
    if (history.path.of) return [];
    const spans = spansOf(history);
    return history.events.flatMap(({ trace }, index) => {
      if (trace?.t !== 'use') return [];
      const id = readable(trace.id);
      const own = spans.filter(({ from }) => history.state.idOf(from.ops) === id);
      const first = own[0];
      if (!first || own.some(({ from, to }) => from.index < index && (!to || to.index > index))) return [];
      const { ops } = first.from;
      const isEarly = own.every(({ from }) => from.index > index);
      return [
        {
          spot: spotOf(trace),
          fn: trace.place.fn,
          ops,
          message:
            `net_generic(net, ${id}) is used ${isEarly ? 'before' : 'after'} ${ops.fact.name} is ` +
            `${isEarly ? 'registered: the id is not there yet' : "unregistered: the id may be another one's by then"}, and ` +
            `what it yields is not this ops' data`,
          failing: index,
          related: [
            {
              ...spotOf(isEarly ? first.from.step : (first.to ?? first.from).step),
              message: `${ops.fact.name} is ${isEarly ? 'registered' : 'unregistered'} here`,
            },
          ],
        },
      ];
    });
  },
};
