import { nameOfResource } from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import page from './unregistered-too-early.md';
import { gatesClosed, mayBeClosed, releasesOf, spansOf, type Released } from './order.ts';
import { ifCause, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const unregisteredTooEarly: Rule = {
  id: 'pernet/unregistered-too-early',
  severity: 'error',
  invariant: 'Ops are unregistered after whatever lets the outside reach their per-net state.',
  page,
  check(history) {
    const isFailing = history.fate === 'load-failed';
    if (!history.module.unloadable || !(isFailing || history.fate === 'unloaded')) return [];
    const why = (step: Released['acquired']['step'], ops: OpsEntry, closed?: ReadonlySet<string>): string | null =>
      history.state.usedBy(step, ops, closed) ?? history.state.makes(step, ops);
    const released = releasesOf(history).filter(
      ({ acquired }) =>
        acquired.step.pair.exposes &&
        // A module that is being loaded can be held until its init has failed.
        (isFailing || !history.state.holdsModule(acquired.step)) &&
        !mayBeClosed(history, acquired.step),
    );
    return spansOf(history).flatMap(({ from, to }) => {
      if (!to) return [];
      const closed = gatesClosed(history, to.index);
      // What came before the ops on the way up is registered-too-late; here is what came after and goes after.
      const late = released.find(
        ({ index, acquired }) =>
          index > to.index &&
          acquired.index < to.index &&
          !(isFailing && acquired.index < from.index) &&
          why(acquired.step, from.ops, closed),
      );
      if (!late) return [];
      const { step, acquired } = late;
      const { ops } = from;
      return [
        {
          spot: spotOf(to.step),
          fn: to.step.place.fn,
          ops,
          message:
            `${ifCause(history)}${to.step.place.fn}() unregisters ${ops.fact.name} before ${nameOfResource(acquired.step)}, ` +
            `whose callbacks use ${why(acquired.step, ops) ?? 'its state'}: until ${step.call}() they ` +
            `can run for namespaces whose state is gone`,
          failing: to.index,
          related: [
            { ...spotOf(acquired.step), message: `${acquired.step.call}() lets the outside call them` },
            { ...spotOf(step), message: `only here ${step.call}() ends that` },
          ],
          key: `${ops.id}|${to.step.place.file}:${to.step.place.at.join(':')}`,
        },
      ];
    });
  },
};
