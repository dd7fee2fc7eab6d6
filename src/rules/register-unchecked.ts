import type { History, TraceStep } from '../lifecycle/index.ts';
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
      const dropped = droppedAt(history, step.sym) ?? step;
      const result =
        dropped === step
          ? `${step.call}(&${ops.fact.name})`
          : `${nameOf(dropped)}(), which registers ${ops.fact.name},`;
      return [
        {
          spot: spotOf(dropped),
          fn: dropped.place.fn,
          ops,
          message:
            `the result of ${result} is not checked: when it fails, ${init}() goes on without the ops, ` +
            `and what relies on its per-net state meets namespaces that have none`,
          failing: returnIndex(history, index),
          related: dropped === step ? [] : [{ ...spotOf(step), message: `${ops.fact.name} is registered here` }],
        },
      ];
    });
  },
};

/** The outermost call that returned the registration's error: its caller is who drops it. Undefined when none returned it. */
function droppedAt({ events }: History, sym: number): TraceStep | undefined {
  return events.findLast(({ trace }) => trace?.t === 'leave' && trace.sym === sym)?.trace;
}

function nameOf(step: TraceStep): string {
  return step.t === 'leave' ? step.name : '';
}

/** The model's own return of the failed registration. */
function returnIndex(history: History, index: number): number {
  const found = history.events.findIndex(({ event }, at) => at > index && event.event === 'return');
  return found < 0 ? index : found;
}
