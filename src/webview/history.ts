import type { Snapshot, Timeline, TimelineEntry } from '../engine/types.ts';

/** Tells one run from another, also when both prove a finding: a chosen step belongs to one of them. */
export function runKey({ file, ops, run, finding }: Timeline): string {
  return JSON.stringify([file, ops, run, finding?.fingerprint]);
}

/** What one ops has in one namespace. */
export interface Occupancy {
  /** `ready` after its init succeeded, `failed` after it failed, `leaving` after pre_exit, `gone` after its exit. */
  readonly stage: 'ready' | 'failed' | 'leaving' | 'gone';
  /** Its net_generic() data is allocated. */
  readonly data: boolean;
}

/** Namespace, then ops, to what is there. A pair that never met is left out. */
export type Occupancies = ReadonlyMap<string, ReadonlyMap<string, Occupancy>>;

/** The model's state after entry `cursor`: that of the nearest entry, at it or before, which carries one. */
export function snapshotAt(entries: readonly TimelineEntry[], cursor: number): Snapshot | undefined {
  for (let index = Math.min(cursor, entries.length - 1); index >= 0; index--) {
    const snapshot = entries[index]?.snapshot;
    if (snapshot) return snapshot;
  }
  return undefined;
}

/** What each ops has in each namespace after entry `cursor`, as the callbacks in the log say. */
export function occupanciesAt(entries: readonly TimelineEntry[], cursor: number): Occupancies {
  const nets = new Map<string, Map<string, Occupancy>>();
  for (const { event } of entries.slice(0, cursor + 1)) {
    const ops = textOf(event['ops']);
    if (ops === undefined) continue;
    for (const net of netsOf(event)) {
      const before = nets.get(net)?.get(ops);
      const after = step(event, before);
      if (after === undefined) continue;
      const inNet = nets.get(net) ?? new Map<string, Occupancy>();
      nets.set(net, inNet.set(ops, after));
    }
  }
  return nets;
}

function step(event: TimelineEntry['event'], before: Occupancy | undefined): Occupancy | undefined {
  const data = before?.data ?? false;
  switch (event.event) {
    case 'init':
      // ops_init() frees the data again when init fails.
      return event['ret'] === 0 ? { stage: 'ready', data: event['data'] === true } : { stage: 'failed', data: false };
    case 'pre_exit':
      return { stage: 'leaving', data };
    case 'exit':
    case 'exit_batch':
      return { stage: 'gone', data };
    case 'free':
      return { stage: before?.stage ?? 'gone', data: false };
    default:
      return undefined;
  }
}

function netsOf(event: TimelineEntry['event']): readonly string[] {
  const one = textOf(event['net']);
  if (one !== undefined) return [one];
  const many = event['nets'];
  return Array.isArray(many) ? many.filter((net) => typeof net === 'string') : [];
}

/** A namespace's column: it is being set up until it is in net_namespace_list, and dying once it has left it. */
export interface NetColumn {
  readonly net: string;
  readonly phase: 'making' | 'alive' | 'dying';
}

/** The namespaces that have memory after entry `cursor`: those of net_namespace_list in order, then the others. */
export function netsAt(entries: readonly TimelineEntry[], cursor: number): readonly NetColumn[] {
  const alive = snapshotAt(entries, cursor)?.nets ?? [];
  const others = new Map<string, 'making' | 'dying'>();
  for (const { event, snapshot } of entries.slice(0, cursor + 1)) {
    for (const net of snapshot?.nets ?? []) others.set(net, 'dying');
    for (const net of netsOf(event)) {
      if (event.event === 'net_free') others.delete(net);
      else if (!others.has(net)) others.set(net, 'making');
    }
  }
  const columns = alive.map((net): NetColumn => ({ net, phase: 'alive' }));
  for (const [net, phase] of others) {
    if (!alive.includes(net)) columns.push({ net, phase });
  }
  return columns;
}

/** One place of pernet_list, or one that an entry has just emptied. */
export interface ListMember {
  readonly ops: string;
  readonly change: 'none' | 'added' | 'removed';
  readonly kind: 'subsys' | 'device';
}

/**
 * pernet_list in order, each member with the part of the list that it is in (see `first_device` in the kernel's
 * net_namespace.c: subsystems stand before it, devices from it on), with what changed between two states.
 */
export function listMembers(now: Snapshot, before: Snapshot | undefined): readonly ListMember[] {
  const was = before?.pernet_list ?? now.pernet_list;
  const gone = was.filter((ops) => !now.pernet_list.includes(ops));
  const members = now.pernet_list.map((ops, index): ListMember => ({
    ops,
    change: was.includes(ops) ? 'none' : 'added',
    kind: index < boundaryOf(now) ? 'subsys' : 'device',
  }));
  for (const ops of gone.reverse()) {
    // Its place is behind those before it that are still there; from the last to the first, none shifts another.
    const place = was.slice(0, was.indexOf(ops)).filter((other) => now.pernet_list.includes(other)).length;
    const kind = was.indexOf(ops) < boundaryOf(before ?? now) ? 'subsys' : 'device';
    members.splice(place, 0, { ops, change: 'removed', kind });
  }
  return members;
}

/** How many members stand before `first_device`; all of them when it is the list head. */
function boundaryOf(snapshot: Snapshot): number {
  const index = snapshot.first_device === null ? -1 : snapshot.pernet_list.indexOf(snapshot.first_device);
  return index < 0 ? snapshot.pernet_list.length : index;
}

/** The lanes of a run, in drawing order: the module, the core, then the namespaces as they first appear. */
export function lanesOf(entries: readonly TimelineEntry[]): readonly string[] {
  const lanes = new Set(['module', 'core']);
  for (const { lane, snapshot } of entries) {
    for (const net of snapshot?.nets ?? []) lanes.add(net);
    lanes.add(lane);
  }
  return [...lanes];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
