import { readable, type History } from '../lifecycle/index.ts';
import { keyOfUse } from './exit-uses-later-ops.ts';
import page from './generic-outside-registration.md';
import { laterThan, spansOf } from './order.ts';
import { callEventOf, isOf, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const genericOutsideRegistration: Rule = {
  id: 'pernet/generic-outside-registration',
  severity: 'error',
  invariant: "net_generic(net, id) is used only while the id's ops is registered.",
  page,
  check(history) {
    if (history.path.of) return [...usedByNobodysId(history), ...passedNobodysId(history)];
    const spans = spansOf(history);
    const direct = history.events.flatMap(({ trace }, index): Problem[] => {
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
    return [...direct, ...usedByInits(history)];
  },
};

/**
 * The `init` callbacks that come by the data of an ops whose own `init` is still to come: in a namespace that is set up
 * (setup_net()), or in those that there are when the first of the two is registered (__register_pernet_operations()).
 */
function usedByInits(history: History): Problem[] {
  if (history.fate === 'load-failed') return [];
  const spans = spansOf(history).filter(({ from }) => from.phase === 'load');
  return spans.flatMap(({ from: first }) =>
    spans.flatMap(({ from: later }) => {
      const isInList = laterThan(first, later);
      if (!isInList && !(first.ops.id !== later.ops.id && first.index < later.index)) return [];
      const user = history.state.using(first.ops, later.ops, 'init');
      if (!user) return [];
      // A namespace that is made when both are there is set up by one after the other.
      const failing = history.events.findIndex(
        (each, index) =>
          (isInList ? each.phase === 'loaded' : index > first.index && index < later.index) &&
          isOf(each, first.name) &&
          each.event.event === 'init',
      );
      if (failing < 0) return [];
      return [
        {
          spot: { file: first.ops.file, at: first.ops.fact.at },
          fn: null,
          ops: first.ops,
          message:
            `${user} uses net_generic(net, ${history.state.idOf(later.ops)!}) of ${later.ops.fact.name}, which has no data ` +
            `there yet: ${isInList ? 'inits run in the order of pernet_list, those of devices last' : `${first.step.call}() runs the init of ${first.ops.fact.name} for the namespaces that exist`}`,
          failing,
          related: [
            { at: first, message: `${first.ops.fact.name} is registered here` },
            { at: later, message: `${later.ops.fact.name} is registered here, and its data is made after that` },
          ]
            .sort((a, b) => a.at.index - b.at.index)
            .map(({ at: { step }, message }) => ({ ...spotOf(step), message })),
          key: keyOfUse(first.ops, later.ops),
        },
      ];
    }),
  );
}

/** An ops' callback that asks for data under an id that no ops has, while nothing asks for what is under the ops' own. */
function usedByNobodysId(history: History): Problem[] {
  const { of } = history.path;
  const own = of && history.state.idOf(of.ops);
  const failing = history.events.findIndex(({ trace }) => trace?.t === 'use');
  const use = history.events[failing]?.trace;
  if (!of || own === undefined || use?.t !== 'use' || use.place.file !== of.ops.file) return [];
  const id = readable(use.id);
  if (id === own || !history.state.isStrayId(of.ops, id)) return [];
  return [
    {
      spot: spotOf(use),
      fn: use.place.fn,
      ops: of.ops,
      message:
        `net_generic(net, ${id}) is used here, and no ops has that id: ${of.ops.fact.name} has its data under ${own}, ` +
        `which nothing asks for`,
      failing,
      related: [{ file: of.ops.file, at: of.ops.fact.at, message: `${of.ops.fact.name} names ${own} as its id` }],
      key: `${of.ops.id}|nobody's`,
    },
  ];
}

/** The same of one callback that asks by such an id, itself or by a helper, while another one asks by the ops' own. */
function passedNobodysId(history: History): Problem[] {
  const { of } = history.path;
  const own = of && history.state.idOf(of.ops);
  if (!of || own === undefined) return [];
  const init = history.init ? [{ callback: 'init', fn: history.init }] : [];
  return [...init, ...of.phases].flatMap(({ callback, fn }): Problem[] => {
    const stray = history.state.bodies.strayId(of.ops, fn);
    if (!stray) return [];
    return [
      {
        spot: { file: fn.file, at: stray.at },
        fn: fn.fact.name,
        ops: of.ops,
        message:
          `${stray.call}() asks here for data under ${stray.id}, and no ops has that id: ${of.ops.fact.name} has its ` +
          `data under ${own}, which stays as it is, and what ${fn.fact.name}() works on is another one's`,
        failing: callEventOf(history, callback),
        related: [{ file: of.ops.file, at: of.ops.fact.at, message: `${of.ops.fact.name} names ${own} as its id` }],
        key: `${of.ops.id}|nobody's|${fn.id}`,
      },
    ];
  });
}
