/** Traces of net/core/net_namespace.c from real kernels: their format, and what of it may be compared. */
import { readFileSync } from 'node:fs';

/** One step of the lab's driver. */
export interface TraceStep {
  op: string;
  slot?: string;
  kind?: 'subsys' | 'device';
  callbacks?: string[];
  id?: boolean;
  size?: number;
  net?: string;
  nets?: string[];
  nth?: number;
  err?: number;
  step?: TraceStep;
}

/** One event; `step` is the driver's step when it happened. */
export interface TraceEvent {
  ev: string;
  step: number;
  ops?: string;
  net?: string;
  nets?: string[];
  ret?: number;
  id?: number | boolean;
  data?: boolean;
  len?: number;
  size?: number;
  by?: string;
  tail_call_of_a_callback?: boolean;
  lab?: string[];
  first_device?: string | boolean;
  first_pos?: number;
  max_gen_ptrs?: number;
  pos?: number;
  init?: number;
  pre_exit?: number;
  exit?: number;
  exit_batch?: number;
}

export interface KernelTrace {
  name: string;
  desc: string;
  isolated: boolean;
  steps: TraceStep[];
  events: TraceEvent[];
  teardown: TraceEvent[];
}

/** The traces of a file, one a line. */
export function readTraces(file: string): KernelTrace[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as KernelTrace);
}

/** Events that the model has no part in, or that say in other words what another event says. */
const PASSED_OVER = new Set([
  // Entries of calls, logged before the lock is taken; the driver's steps have them.
  'register_pernet_subsys',
  'register_pernet_device',
  'unregister_pernet_subsys',
  'unregister_pernet_device',
  'setup_net',
  // newnet_ret has its result.
  'setup_net_ret',
  'unregister_ret',
  // Where it stands among the events of a writer that waits for the cleanup is the scheduler's.
  'cleanup_net_ret',
  'lab_hold',
  'lab_release',
  'lab_probes',
  'sh_ret',
]);

/** Dumps of the kernel's state, made by the lab. */
export const DUMPS = new Set(['list', 'list_entry', 'nets', 'generic']);

/** A line for an event that may be compared, undefined for one that may not. */
export function traceLine(event: TraceEvent): string | undefined {
  if (PASSED_OVER.has(event.ev) || event.tail_call_of_a_callback === true) return undefined;
  // After a failed init, ops_init() itself frees the data; the reference log has no event for that.
  if (event.ev === 'free_data') return event.by === 'ops_init' ? undefined : `free ${event.ops} ${event.net}`;
  if (event.ev === 'id_alloc' || event.ev === 'id_free') return `${event.ev} ${event.id}`;
  if (event.ev === 'register_ret') return `${event.ev} ${event.ops} ${event.ret}`;
  return [event.ev, event.ops, event.net, event.nets?.join(','), event.ret, generic(event)]
    .filter((part) => part !== undefined)
    .join(' ');
}

/** The state of the net_generic slot that a callback saw; only ops with an id say it. */
function generic(event: TraceEvent): string | undefined {
  return event.len === undefined ? undefined : `id=${event.id} data=${event.data} len=${event.len}`;
}

/**
 * A namespace that is made while another is cleaned up: both hold pernet_ops_rwsem for reading, and how their events
 * mix is the scheduler's. The events of the making are put behind those of the cleanup.
 */
export function unmixed(events: TraceEvent[]): TraceEvent[] {
  const rest: TraceEvent[] = [];
  const made: TraceEvent[] = [];
  let cleaning = false;
  let making = false;
  for (const event of events) {
    if (event.ev === 'cleanup_net') cleaning = true;
    if (event.ev === 'setup_net') making = true;
    (cleaning && making ? made : rest).push(event);
    if (event.ev === 'newnet_ret') making = false;
    if (event.ev === 'cleanup_net_ret') {
      cleaning = false;
      rest.push(...made.splice(0));
    }
  }
  return rest;
}
