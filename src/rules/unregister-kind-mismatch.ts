import page from './unregister-kind-mismatch.md';
import { isDevice, isRegister, registeredBefore, registrationsOf, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const unregisterKindMismatch: Rule = {
  id: 'pernet/unregister-kind-mismatch',
  severity: 'error',
  invariant: 'A subsys is unregistered as a subsys, a device as a device.',
  page,
  check(history) {
    return registrationsOf(history).flatMap(({ step, ops, index }) => {
      if (isRegister(step)) return [];
      const registered = registeredBefore(history, index).findLast((other) => other.ops.id === ops.id);
      if (!registered || isDevice(registered.step) === isDevice(step)) return [];
      const right = `unregister_pernet_${isDevice(registered.step) ? 'device' : 'subsys'}`;
      const [line, column] = step.place.at;
      const effect = isDevice(registered.step)
        ? 'if it is the first device, first_device is left pointing at it and the next register_pernet_subsys() writes to freed memory'
        : 'first_device is looked at for an ops that can never be it, and the next reader takes it for a device';
      return [
        {
          spot: spotOf(step),
          fn: step.place.fn,
          ops,
          message: `${ops.fact.name} is registered by ${registered.step.call}() but unregistered by ${step.call}(): ${effect}`,
          failing: index + 1,
          related: [{ ...spotOf(registered.step), message: `registered by ${registered.step.call}() here` }],
          fix: {
            title: `Unregister it by ${right}()`,
            edits: [{ file: step.place.file, at: [line, column, line, column + step.call.length], text: right }],
          },
        },
      ];
    });
  },
};
