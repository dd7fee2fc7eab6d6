import type { History } from '../lifecycle/index.ts';
import { isOf, isRegister, registrationsOf, returnAfter, spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/**
 * Ops that have one of `.id` and `.size` without the other, seen where they are registered: ops_init() allocates only
 * with both, and later kernels refuse the registration (net/core/net_namespace.c, register_pernet_operations).
 */
export function fieldProblems(
  history: History,
  fields: { readonly has: string; readonly lacks: string },
  message: (ops: string, refused: boolean) => string,
): Problem[] {
  return registrationsOf(history).flatMap(({ step, ops, index, name }) => {
    const field = ops.fact.fields.find((each) => each.name === fields.has);
    const lacks = !ops.fact.fields.some((each) => each.name === fields.lacks);
    if (!isRegister(step) || !field || !lacks || /^(NULL|0)$/.test(field.text)) return [];
    const returned = returnAfter(history, index);
    const event = history.events[returned]?.event;
    // A registration that fails for another reason returns that reason.
    const refused = event?.event === 'return' && 'ret' in event && event.ret === -22;
    const init = history.events.findIndex((each, at) => at > index && isOf(each, name) && each.event.event === 'init');
    return [
      {
        spot: { file: ops.file, at: field.at },
        fn: null,
        ops,
        message: message(ops.fact.name, refused),
        failing: init >= 0 && init < returned ? init : Math.max(returned, index),
        related: [{ ...spotOf(step), message: `registered here` }],
      },
    ];
  });
}
