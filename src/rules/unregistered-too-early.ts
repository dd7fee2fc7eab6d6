import { nameOfResource, type History } from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import page from './unregistered-too-early.md';
import { gatesClosed, mayBeClosed, releasesOf, spansOf, type Released } from './order.ts';
import { isHook, publishedIn } from './published.ts';
import { ifCause, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const unregisteredTooEarly: Rule = {
  id: 'pernet/unregistered-too-early',
  severity: 'error',
  invariant: 'Ops are unregistered after whatever lets the outside reach their per-net state.',
  page,
  check(history) {
    const isFailing = history.fate === 'load-failed';
    if (!history.module.unloadable || !(isFailing || history.fate === 'unloaded')) return [];
    const why = (step: Released['acquired']['step'], ops: OpsEntry, closed?: ReadonlySet<string>): string | null => {
      const reason = history.state.usedBy(step, ops, closed) ?? history.state.makes(step, ops);
      return reason !== null && isHarmless(step, reason) ? null : reason;
    };
    const released = [...releasesOf(history), ...publishedIn(history).released].filter(
      ({ acquired }) =>
        acquired.step.pair.exposes &&
        // A module that is being loaded can be held until its init has failed.
        (isFailing || !history.state.holdsModule(acquired.step)) &&
        !mayBeClosed(history, acquired.step),
    );
    const others = beforeOthers(history);
    const globals = spansOf(history).flatMap(({ from, to }) => {
      if (!to) return [];
      const closed = gatesClosed(history, to.index);
      // What came before the ops on the way up is registered-too-late; here is what came after and goes after.
      const isLate = ({ index, acquired }: Released): boolean =>
        index > to.index && acquired.index < to.index && !(isFailing && acquired.index < from.index);
      const makesDevices = released.some(
        (each) =>
          each.acquired.step.call === 'rtnl_link_register' &&
          isLate(each) &&
          history.state.makesUntil(each.acquired.step, to.step.place),
      );
      const ofDevices = ({ acquired: { step } }: Released): string | null =>
        makesDevices && step.call === 'register_netdevice_notifier' && closed.size === 0
          ? history.state.usedForDevices(step, from.ops)
          : null;
      const late =
        released.find((each) => isLate(each) && why(each.acquired.step, from.ops, closed)) ??
        released.find((each) => isLate(each) && ofDevices(each));
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
            `whose callbacks use ${why(acquired.step, ops) ?? ofDevices(late) ?? 'its state'}: until ${step.call}() they ` +
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
    return [...globals, ...others];
  },
};

/** Whether who is called by a pointer finds nothing any more: what lies in struct net itself stays as the exit has left it, empty. */
function isHarmless({ pair }: Released['acquired']['step'], reason: string): boolean {
  return isHook(pair) && reason.startsWith('net->');
}

/** Ops that are unregistered before others whose init lets the outside in, in each namespace that is there. */
function beforeOthers(history: History): Problem[] {
  const spans = spansOf(history);
  return spans.flatMap(({ from, to }) => {
    if (!to) return [];
    const { ops } = from;
    for (const { from: last, to: end } of spans) {
      // What came before the ops on the way up is registered-too-late.
      if (!end || end.index <= to.index || last.index <= from.index || last.index >= to.index) continue;
      const opened = last.ops.id === ops.id ? null : history.state.opens(last.ops, ops);
      // A module that is being loaded can be held until its init has failed.
      if (opened === null || (opened.holdsModule && history.fate === 'unloaded')) continue;
      const { init, call, kind, uses } = opened;
      return [
        {
          spot: spotOf(to.step),
          fn: to.step.place.fn,
          ops,
          message:
            `${ifCause(history)}${to.step.place.fn}() unregisters ${ops.fact.name} before ${last.ops.fact.name}, whose ` +
            `init ${init}() makes a ${kind} in each namespace; its callbacks use ${uses}: until ` +
            `${last.ops.fact.name} is unregistered they can run for namespaces whose state is gone`,
          failing: to.index,
          related: [
            { ...spotOf(last.step), message: `from here on ${call}() of ${init}() lets the outside call them` },
            { ...spotOf(end.step), message: `only here ${last.ops.fact.name} is unregistered` },
          ],
          key: `${ops.id}|${to.step.place.file}:${to.step.place.at.join(':')}`,
        },
      ];
    }
    return [];
  });
}
