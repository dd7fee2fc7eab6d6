/** The steps that give back everything that a scenario still holds and can name. */
import type { ScenarioStep } from '../scenario.ts';
import { INIT_NET, NET_DEFAULTS_OPS, NET_NS_OPS, type State } from '../state.ts';

/**
 * Closes every task and file, drops every reference that is counted, lets the dead namespaces be cleaned up, and
 * unregisters every ops, the last registered first. What is there after that, nobody can reach.
 */
export function* closingSteps(state: () => State): Generator<ScenarioStep> {
  for (const [pid, net] of state().tasks) if (net !== null) yield { step: 'set_pid', pid, net: null };
  for (const fd of state().files.keys()) yield { step: 'set_fd', fd, target: null };
  if (state().config.NET_NS) yield* droppingSteps(state);
  yield* unregisteringSteps(state);
}

function* droppingSteps(state: () => State): Generator<ScenarioStep> {
  for (const { name, count } of state().nets.values()) {
    const own = name === INIT_NET ? 1 : 0;
    for (let left = count; left > own; left -= 1) yield { step: 'put_net', net: name };
  }
  if (state().cleanup_list.length > 0) yield { step: 'cleanup_net' };
  for (const { name, passive } of state().nets.values()) {
    const own = name === INIT_NET ? 1 : 0;
    for (let left = passive; left > own; left -= 1) yield { step: 'net_drop_ns', net: name };
  }
}

function* unregisteringSteps(state: () => State): Generator<ScenarioStep> {
  const registered = [...state().ops_state]
    .filter(([ops, { registered }]) => registered && ops !== NET_NS_OPS && ops !== NET_DEFAULTS_OPS)
    .map(([ops]) => ops);
  const position = (ops: string) => state().pernet_list.indexOf(ops);
  registered.sort((a, b) => position(b) - position(a));
  for (const ops of registered) yield { step: unregistering(state(), ops), ops };
}

/** The call that matches how the ops was registered: from first_device on, pernet_list holds devices. */
function unregistering(
  { first_device, pernet_list }: State,
  ops: string,
): 'unregister_pernet_device' | 'unregister_pernet_subsys' {
  const first = first_device.at === 'ops' ? first_device.ops : undefined;
  const device = first === ops || (first !== undefined && pernet_list.indexOf(ops) > pernet_list.indexOf(first));
  return device ? 'unregister_pernet_device' : 'unregister_pernet_subsys';
}
