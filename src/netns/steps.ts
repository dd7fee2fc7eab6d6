/** The steps of a scenario: each checks that its call is defined, makes it, and logs what it returned. */
import { net_defaults_init, net_ns_init } from './boot.ts';
import { run_netns_workqueue } from './cleanup_net.ts';
import { copy_net_ns } from './copy_net_ns.ts';
import type { ReturnEvent } from './events.ts';
import { fail_init, fail_nth_alloc } from './faults.ts';
import { emit, type Kernel } from './kernel.ts';
import { get_net_ns_by_fd, get_net_ns_by_pid, set_fd, set_pid, type Lookup } from './lookup.ts';
import { netns_install } from './netns_operations.ts';
import { get_net_ns_by_id, peernet2id, peernet2id_alloc, peernet_has_id } from './nsid.ts';
import { get_net, hold_passive, may_drop_ns, may_put_net, net_drop_ns, put_net, referenced, there } from './refs.ts';
import {
  may_register,
  may_unregister,
  register_pernet_device,
  register_pernet_subsys,
  unregister_pernet_device,
  unregister_pernet_subsys,
} from './register.ts';
import { rtnl_net_dumpid, rtnl_net_getid, rtnl_net_newid, type Answer } from './rtnl.ts';
import type { CopyNetNsStep, ScenarioStep } from './scenario.ts';
import { snapshot } from './snapshot.ts';
import { INIT_NET, INIT_USER_NS, type OpenFile } from './state.ts';
import { net_ns_get_ownership, set_user_ns } from './user_ns.ts';

type StepName = ScenarioStep['step'];
/** The kind of step that has this name among its names. */
type StepOf<N extends StepName, S = ScenarioStep> = S extends { step: infer Names }
  ? N extends Names
    ? S
    : never
  : never;
type Handlers = { [N in StepName]: (kernel: Kernel, step: StepOf<N>) => void };

/** Runs one step on the draft. */
export function run_step(kernel: Kernel, step: ScenarioStep): void {
  // The handler of a name takes the steps of that name, which the type system cannot see through the lookup.
  const handler = HANDLERS[step.step] as (kernel: Kernel, step: ScenarioStep) => void;
  handler(kernel, step);
}

/** Logs a `state` event. */
export function log_state(kernel: Kernel): void {
  emit(kernel, { event: 'state', ...snapshot(kernel.state) });
}

function returns(kernel: Kernel, call: StepName, result: Omit<ReturnEvent, 'event' | 'call'> = {}): void {
  emit(kernel, { event: 'return', call, ...result });
}

const HANDLERS: Handlers = {
  net_ns_init: (kernel) => {
    if (net_ns_init(kernel)) returns(kernel, 'net_ns_init');
  },
  core_initcall: (kernel) => {
    if (net_defaults_init(kernel)) returns(kernel, 'core_initcall', { ret: 0 });
  },
  register_pernet_subsys: (kernel, { ops }) => {
    if (!may_register(kernel, ops)) return;
    returns(kernel, 'register_pernet_subsys', { ret: register_pernet_subsys(kernel, ops) });
  },
  register_pernet_device: (kernel, { ops }) => {
    if (!may_register(kernel, ops)) return;
    returns(kernel, 'register_pernet_device', { ret: register_pernet_device(kernel, ops) });
  },
  unregister_pernet_subsys: (kernel, { ops }) => {
    if (!may_unregister(kernel, ops, 'subsys')) return;
    unregister_pernet_subsys(kernel, ops);
    returns(kernel, 'unregister_pernet_subsys');
  },
  unregister_pernet_device: (kernel, { ops }) => {
    if (!may_unregister(kernel, ops, 'device')) return;
    unregister_pernet_device(kernel, ops);
    returns(kernel, 'unregister_pernet_device');
  },
  copy_net_ns: (kernel, step) => {
    if (there(kernel, INIT_NET) !== undefined) run_copy_net_ns(kernel, step);
  },
  get_net: (kernel, { net }) => {
    if (referenced(kernel, net) === undefined) return;
    get_net(kernel, net);
    returns(kernel, 'get_net', { net });
  },
  put_net: (kernel, { net }) => {
    if (!may_put_net(kernel, net)) return;
    put_net(kernel, net);
    returns(kernel, 'put_net');
  },
  hold_passive: (kernel, { net }) => {
    if (there(kernel, net) === undefined) return;
    hold_passive(kernel, net);
    returns(kernel, 'hold_passive');
  },
  net_drop_ns: (kernel, { net }) => {
    if (!may_drop_ns(kernel, net)) return;
    net_drop_ns(kernel, net);
    returns(kernel, 'net_drop_ns');
  },
  cleanup_net: (kernel) => {
    run_netns_workqueue(kernel);
    returns(kernel, 'cleanup_net');
  },
  // The barrier takes pernet_ops_rwsem for writing and lets it go; steps never overlap, so there is no one to wait for.
  net_ns_barrier: (kernel) => {
    returns(kernel, 'net_ns_barrier');
  },
  set_pid: (kernel, { pid, net }) => {
    set_pid(kernel, pid, net);
  },
  set_fd: (kernel, { fd, target }) => {
    set_fd(kernel, fd, open_file(target));
  },
  netns_install: (kernel, { pid, net, capable_target = true, capable_self = true }) => {
    if (referenced(kernel, net) === undefined) return;
    const ret = netns_install(kernel, { pid, net, capable_target, capable_self });
    if (ret !== undefined) returns(kernel, 'netns_install', { ret });
  },
  net_ns_get_ownership: (kernel, { net }) => {
    if (net !== null && there(kernel, net) === undefined) return;
    returns(kernel, 'net_ns_get_ownership', net_ns_get_ownership(kernel, net));
  },
  set_user_ns,
  peernet2id_alloc: (kernel, { net, peer }) => {
    if (!both_there(kernel, net, peer)) return;
    returns(kernel, 'peernet2id_alloc', { id: peernet2id_alloc(kernel, net, peer) });
  },
  peernet2id: (kernel, { net, peer }) => {
    if (!both_there(kernel, net, peer)) return;
    returns(kernel, 'peernet2id', { id: peernet2id(kernel, net, peer) });
  },
  peernet_has_id: (kernel, { net, peer }) => {
    if (!both_there(kernel, net, peer)) return;
    returns(kernel, 'peernet_has_id', { ret: peernet_has_id(kernel, net, peer) ? 1 : 0 });
  },
  get_net_ns_by_id: (kernel, { net, id }) => {
    if (there(kernel, net) === undefined) return;
    returns(kernel, 'get_net_ns_by_id', { net: get_net_ns_by_id(kernel, net, id) });
  },
  get_net_ns_by_pid: (kernel, { pid }) => {
    return_lookup(kernel, 'get_net_ns_by_pid', get_net_ns_by_pid(kernel, pid));
  },
  get_net_ns_by_fd: (kernel, { fd }) => {
    return_lookup(kernel, 'get_net_ns_by_fd', get_net_ns_by_fd(kernel, fd));
  },
  rtnl_newid: (kernel, step) => {
    if (referenced(kernel, step.net) === undefined) return;
    return_answer(kernel, 'rtnl_newid', rtnl_net_newid(kernel, step));
  },
  rtnl_getid: (kernel, step) => {
    if (referenced(kernel, step.net) === undefined) return;
    return_answer(kernel, 'rtnl_getid', rtnl_net_getid(kernel, step));
  },
  rtnl_dumpid: (kernel, step) => {
    if (referenced(kernel, step.net) === undefined) return;
    return_answer(kernel, 'rtnl_dumpid', rtnl_net_dumpid(kernel, step));
  },
  fail_init,
  fail_nth_alloc: (kernel, { nth }) => {
    fail_nth_alloc(kernel, nth);
  },
  state: log_state,
};

/** copy_net_ns(): without CLONE_NEWNET the old namespace is shared, and killed does not matter. */
function run_copy_net_ns(kernel: Kernel, step: CopyNetNsStep): void {
  const { net, flags = ['CLONE_NEWNET'], user_ns = INIT_USER_NS, old = INIT_NET, killed = false } = step;
  if (!flags.includes('CLONE_NEWNET')) {
    if (referenced(kernel, old) === undefined) return;
    get_net(kernel, old);
    returns(kernel, 'copy_net_ns', { net: old });
    return;
  }
  const ret = copy_net_ns(kernel, { net: net!, user_ns, killed });
  returns(kernel, 'copy_net_ns', ret < 0 ? { ret } : { net: net! });
}

function open_file(target: string | null): OpenFile | null {
  if (target === null) return null;
  return target === 'other' || target === 'plain' ? { kind: target } : { kind: 'net', net: target };
}

function both_there(kernel: Kernel, net: string, peer: string): boolean {
  return there(kernel, net) !== undefined && there(kernel, peer) !== undefined;
}

function return_lookup(kernel: Kernel, call: StepName, lookup: Lookup): void {
  if (lookup === 'violation') return;
  returns(kernel, call, 'errno' in lookup ? { ret: lookup.errno } : { net: lookup.found });
}

function return_answer(kernel: Kernel, call: StepName, answer: Answer): void {
  if (answer !== 'violation') returns(kernel, call, answer);
}
