/** The members of each step, and what they may name. */
import {
  array,
  boolean,
  check_object,
  integer,
  is_object,
  member_path,
  members,
  name,
  quoted,
  type Check,
  type Complaint,
  type Members,
} from './check.ts';
import { MAX_ERRNO } from './errno.ts';
import type { ScenarioStep } from './scenario.ts';
import { INIT_NET, NET_DEFAULTS_OPS, NET_NS_OPS } from './state.ts';

/** What the steps before this one have named, and what the scenario declares. */
export interface Names {
  NET_NS: boolean;
  ops: ReadonlySet<string>;
  /** Namespaces that this step may name. */
  nets: Set<string>;
  /** Namespaces that any step makes. */
  all_nets: ReadonlySet<string>;
  user_namespaces: Set<string>;
}

export const S32_MIN = -2147483648;
export const S32_MAX = 2147483647;
export const U32_MAX = 4294967295;

const CLONE_FLAGS = new Set(['NS', 'CGROUP', 'UTS', 'IPC', 'USER', 'PID', 'NET', 'TIME'].map((ns) => `CLONE_NEW${ns}`));
const RESERVED_NETS = new Set(['other', 'plain']);
/** Not there with CONFIG_NET_NS off. */
const NET_NS_ONLY = new Set([
  'copy_net_ns',
  'cleanup_net',
  'get_net',
  'put_net',
  'hold_passive',
  'net_drop_ns',
  'netns_install',
]);

const s32 = integer(S32_MIN, S32_MAX);
const u32 = integer(0, U32_MAX);
const s32_or_u32 = integer(S32_MIN, U32_MAX);
/** A pid or file descriptor that there is. */
const handle = integer(0, S32_MAX);
const count = integer(1, S32_MAX);
/** A uid or gid as seen from outside, or -1. */
const kid = integer(-1, U32_MAX - 1);

const net: Check<Names> = (value, path, { nets }) =>
  name(value, path) ??
  (nets.has(value as string) ? undefined : `${path}: no earlier step makes a namespace ${quoted(value)}`);

const net_or_null: Check<Names> = (value, path, names) => (value === null ? undefined : net(value, path, names));

const target: Check<Names> = (value, path, names) =>
  RESERVED_NETS.has(value as string) ? undefined : net_or_null(value, path, names);

const any_net: Check<Names> = (value, path, { all_nets }) =>
  name(value, path) ??
  (all_nets.has(value as string) ? undefined : `${path}: no step makes a namespace ${quoted(value)}`);

const user_ns: Check<Names> = (value, path, { user_namespaces }) =>
  name(value, path) ??
  (user_namespaces.has(value as string) ? undefined : `${path}: no earlier set_user_ns declares ${quoted(value)}`);

const any_ops: Check<Names> = (value, path, { ops }) =>
  name(value, path) ?? (ops.has(value as string) ? undefined : `${path}: ${quoted(value)} is not declared in ops`);

const ops: Check<Names> = (value, path, names) =>
  value === NET_NS_OPS || value === NET_DEFAULTS_OPS
    ? `${path}: ${quoted(value)} is the file's own`
    : any_ops(value, path, names);

const flag: Check<Names> = (value, path) =>
  CLONE_FLAGS.has(value as string) ? undefined : `${path}: a CLONE_NEW* name expected`;

const ATTRIBUTES = members<Names>({
  'NETNSA_NONE?': s32,
  'NETNSA_NSID?': s32,
  'NETNSA_PID?': s32_or_u32,
  'NETNSA_FD?': s32_or_u32,
  'NETNSA_TARGET_NSID?': s32,
  'NETNSA_CURRENT_NSID?': s32,
});

const attrs: Check<Names> = (value, path, names) => {
  const complaint = check_object(value, path, ATTRIBUTES, names);
  return complaint?.replace(/unknown member$/, 'unknown attribute');
};

const step_name: Check<Names> = () => undefined;

function step(table: Record<string, Check<Names>>): Members<Names> {
  return members({ step: step_name, ...table });
}

const REQUEST = { net, 'attrs?': attrs, 'strict?': boolean, 'capable?': boolean };
const NSID_REQUEST = step({ ...REQUEST, 'portid?': u32, 'seq?': u32 });

const STEPS: Record<ScenarioStep['step'], Members<Names>> = {
  net_ns_init: step({}),
  core_initcall: step({}),
  register_pernet_subsys: step({ ops }),
  register_pernet_device: step({ ops }),
  unregister_pernet_subsys: step({ ops }),
  unregister_pernet_device: step({ ops }),
  copy_net_ns: step({
    'net?': name,
    'flags?': array(flag),
    'user_ns?': user_ns,
    'old?': net,
    'killed?': boolean,
  }),
  get_net: step({ net }),
  put_net: step({ net }),
  hold_passive: step({ net }),
  net_drop_ns: step({ net }),
  cleanup_net: step({}),
  net_ns_barrier: step({}),
  set_pid: step({ pid: handle, net: net_or_null }),
  set_fd: step({ fd: handle, target }),
  netns_install: step({ pid: handle, net, 'capable_target?': boolean, 'capable_self?': boolean }),
  net_ns_get_ownership: step({ net: net_or_null }),
  set_user_ns: step({
    user_ns: name,
    'root_uid?': kid,
    'root_gid?': kid,
    'max_net_namespaces?': integer(0, S32_MAX),
  }),
  peernet2id_alloc: step({ net, peer: net }),
  peernet2id: step({ net, peer: net }),
  peernet_has_id: step({ net, peer: net }),
  get_net_ns_by_id: step({ net, id: s32 }),
  get_net_ns_by_pid: step({ pid: s32 }),
  get_net_ns_by_fd: step({ fd: s32 }),
  rtnl_newid: NSID_REQUEST,
  rtnl_getid: NSID_REQUEST,
  rtnl_dumpid: NSID_REQUEST,
  fail_init: step({ ops: any_ops, 'net?': any_net, 'errno?': integer(-MAX_ERRNO, -1), 'times?': count }),
  fail_nth_alloc: step({ nth: count }),
  state: step({}),
};

/** The names of all steps. */
export const STEP_NAMES: readonly string[] = Object.keys(STEPS);

/** One step; what it makes is added to the names for those that follow. */
export const check_step: Check<Names> = (value, path, names) => {
  if (!is_object(value)) return `${path}: an object expected`;
  if (!Object.hasOwn(value, 'step')) return `${member_path(path, 'step')}: missing`;
  const complaint =
    check_step_name(value.step, member_path(path, 'step'), names) ??
    check_object(value, path, STEPS[value.step as keyof typeof STEPS], names);
  if (complaint !== undefined) return complaint;
  if (value.step === 'set_user_ns') names.user_namespaces.add(value.user_ns as string);
  return makes_net(value) ? check_new_net(value.net, member_path(path, 'net'), names) : undefined;
};

function check_step_name(value: unknown, path: string, { NET_NS }: Names): Complaint {
  if (typeof value !== 'string') return `${path}: a text expected`;
  if (!Object.hasOwn(STEPS, value)) return `${path}: unknown step ${quoted(value)}`;
  return !NET_NS && NET_NS_ONLY.has(value) ? `${path}: there is no ${value} with CONFIG_NET_NS off` : undefined;
}

/** Whether this is a copy_net_ns with CLONE_NEWNET, the only one that names a new namespace. */
export function makes_net(value: unknown): value is { net: unknown } {
  if (!is_object(value) || value.step !== 'copy_net_ns') return false;
  return !Array.isArray(value.flags) || value.flags.includes('CLONE_NEWNET');
}

function check_new_net(value: unknown, path: string, { nets }: Names): Complaint {
  if (value === undefined) return `${path}: missing`;
  const new_net = value as string;
  if (RESERVED_NETS.has(new_net)) return `${path}: ${quoted(new_net)} is reserved (see set_fd)`;
  if (new_net === INIT_NET || nets.has(new_net)) return `${path}: ${quoted(new_net)} is taken`;
  nets.add(new_net);
  return undefined;
}
