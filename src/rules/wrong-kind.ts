import page from './wrong-kind.md';
import { isDevice, isRegister, registrationsOf, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

const devices = ['register_netdev', 'register_netdevice'];

export const wrongKind: Rule = {
  id: 'pernet/wrong-kind',
  severity: 'warning',
  invariant: 'Ops that make network devices are registered as device.',
  page,
  check(history) {
    if (history.path.of) return [];
    return registrationsOf(history).flatMap(({ step, ops, index }) => {
      if (!isRegister(step) || !step.ok || isDevice(step)) return [];
      const device = devices.map((name) => history.state.initCalling(ops, name, 2)).find((path) => path !== null);
      if (!device) return [];
      return [
        {
          spot: spotOf(step),
          fn: step.place.fn,
          ops,
          message:
            `${ops.fact.name} makes network devices (${device}) but is registered as subsys: its exit runs after that of ` +
            `every device ops, when default_device_exit_batch() has removed the devices already`,
          failing: index,
          related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} is defined here` }],
          key: `${ops.id}|${step.place.file}:${step.place.at.join(':')}`,
        },
      ];
    });
  },
};
