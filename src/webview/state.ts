import type { EntryChanges, Holding, TimelineEntry } from '../engine/types.ts';

/** What one ops has in one namespace. */
export interface Occupancy {
  /** `ready` after its init succeeded, `failed` after it failed, `leaving` after pre_exit, `gone` after its exit. */
  readonly stage: 'ready' | 'failed' | 'leaving' | 'gone';
  /** Its net_generic() data is allocated. */
  readonly data: boolean;
}

/** A namespace is being made until it is in net_namespace_list, and dying once it has left it. */
export type NetPhase = 'making' | 'alive' | 'dying';

export interface Generic {
  /** The array's length in slots. */
  readonly len: number;
  /** The slots that point at data, or pointed at it when it was freed: ops_free_list() leaves them as they are. */
  readonly slots: ReadonlySet<number>;
}

/** The model's state, and what the module holds, after an entry. Whoever is given one must not change it. */
export interface RunState {
  readonly pernetList: readonly string[];
  readonly firstDevice: string | null;
  /** net_namespace_list, in order. */
  readonly nets: readonly string[];
  /** Every namespace that has memory: those of net_namespace_list in order, then the others. */
  readonly phases: ReadonlyMap<string, NetPhase>;
  readonly refs: ReadonlyMap<string, { readonly count: number; readonly passive: number }>;
  readonly ids: ReadonlyMap<string, number>;
  readonly gens: ReadonlyMap<string, Generic>;
  readonly live: Readonly<Record<'net' | 'net_generic' | 'ops_data' | 'key_tag', number>>;
  /** Namespace, then ops, to what is there. A pair that never met is left out. */
  readonly occupancies: ReadonlyMap<string, ReadonlyMap<string, Occupancy>>;
  /** By id, in the order of acquisition. */
  readonly holdings: ReadonlyMap<number, Holding>;
}

/** How far apart the kept states are: between two, the changes are gone through again. */
const spacing = 128;
const mostRecent = 6;

/** The states of a run: each is found from the one before it that is at hand. */
export class States {
  private readonly kept: Mutable[] = [];
  private readonly recent = new Map<number, Mutable>();

  constructor(private readonly entries: readonly TimelineEntry[]) {}

  /** The state after an entry; before the first one with -1. */
  at(cursor: number): RunState {
    const index = Math.min(cursor, this.entries.length - 1);
    const known = this.recent.get(index);
    if (known) return known;
    const state = this.make(index);
    this.recent.set(index, state);
    const oldest = this.recent.keys().next().value;
    if (this.recent.size > mostRecent && oldest !== undefined) this.recent.delete(oldest);
    return state;
  }

  private make(index: number): Mutable {
    if (index < 0) return new Mutable();
    const checkpoint = Math.floor(index / spacing);
    let from = checkpoint * spacing - 1;
    let base = this.checkpoint(checkpoint);
    for (const [at, state] of this.recent) if (at <= index && at > from) [from, base] = [at, state];
    return this.forward(base.copy(), from + 1, index);
  }

  /** The state before the entry at `number * spacing`. */
  private checkpoint(number: number): Mutable {
    for (let each = this.kept.length; each <= number; each++) {
      const before = this.kept[each - 1];
      this.kept.push(before ? this.forward(before.copy(), (each - 1) * spacing, each * spacing - 1) : new Mutable());
    }
    return this.kept[number]!;
  }

  private forward(state: Mutable, from: number, to: number): Mutable {
    for (let index = from; index <= to; index++) state.apply(this.entries[index]!);
    return state;
  }
}

class Mutable implements RunState {
  pernetList: readonly string[] = [];
  firstDevice: string | null = null;
  nets: readonly string[] = [];
  phases = new Map<string, NetPhase>();
  refs = new Map<string, { count: number; passive: number }>();
  ids = new Map<string, number>();
  gens = new Map<string, { len: number; slots: Set<number> }>();
  live = { net: 0, net_generic: 0, ops_data: 0, key_tag: 0 };
  occupancies = new Map<string, Map<string, Occupancy>>();
  holdings = new Map<number, Holding>();
  /** The inner sets and maps that are this state's alone; the others are copied before they are written to. */
  private owned = new Set<object>();

  copy(): Mutable {
    const copy = Object.assign(new Mutable(), this);
    copy.phases = new Map(this.phases);
    copy.refs = new Map(this.refs);
    copy.ids = new Map(this.ids);
    copy.gens = new Map(this.gens);
    copy.occupancies = new Map(this.occupancies);
    copy.owned = new Set();
    copy.holdings = new Map(this.holdings);
    return copy;
  }

  apply({ event, changes }: TimelineEntry): void {
    if (changes) this.change(changes);
    this.occupy(event);
    for (const net of netsOf(event)) if (!this.phases.has(net) && this.refs.has(net)) this.phases.set(net, 'making');
  }

  private change({ pernet_list, first_device, nets, refs, ids, gen, live, acquired, released }: EntryChanges): void {
    if (pernet_list) this.pernetList = pernet_list;
    if (first_device !== undefined) this.firstDevice = first_device;
    if (refs) update(this.refs, refs);
    if (ids) update(this.ids, ids);
    if (nets) this.list(nets);
    for (const [net, value] of Object.entries(refs ?? {})) if (value === null) this.forget(net);
    for (const [net, value] of Object.entries(gen ?? {})) {
      if (value === null) this.gens.delete(net);
      else this.point(net, value);
    }
    if (live) this.live = live;
    for (const id of released ?? []) this.holdings.delete(id);
    if (acquired) this.holdings.set(acquired.id, acquired);
  }

  private list(nets: readonly string[]): void {
    const others = [...this.phases].filter(([net]) => !nets.includes(net));
    this.phases = new Map([
      ...nets.map((net) => [net, 'alive'] as const),
      ...others.map(([net, phase]) => [net, phase === 'making' ? phase : ('dying' as const)] as const),
    ]);
    this.nets = nets;
  }

  private forget(net: string): void {
    this.phases.delete(net);
    this.occupancies.delete(net);
  }

  private point(net: string, { len, set, clear }: { len: number; set?: number[]; clear?: number[] }): void {
    const before = this.gens.get(net)?.slots;
    const slots = before && this.owned.has(before) ? before : new Set(before);
    this.owned.add(slots);
    for (const slot of set ?? []) slots.add(slot);
    for (const slot of clear ?? []) slots.delete(slot);
    this.gens.set(net, { len, slots });
  }

  private occupy(event: TimelineEntry['event']): void {
    const ops = event['ops'];
    if (typeof ops !== 'string') return;
    for (const net of netsOf(event)) {
      const after = stageAfter(event, this.occupancies.get(net)?.get(ops));
      if (after === undefined) continue;
      const known = this.occupancies.get(net);
      const inNet = known && this.owned.has(known) ? known : new Map(known);
      this.owned.add(inNet);
      this.occupancies.set(net, inNet.set(ops, after));
    }
  }
}

function update<T>(map: Map<string, T>, changes: Readonly<Record<string, T | null>>): void {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) map.delete(name);
    else map.set(name, value);
  }
}

function stageAfter(event: TimelineEntry['event'], before: Occupancy | undefined): Occupancy | undefined {
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

/** The namespaces that an event is about. */
export function netsOf(event: TimelineEntry['event']): readonly string[] {
  const one = event['net'];
  if (typeof one === 'string') return [one];
  const many = event.event === 'state' ? undefined : event['nets'];
  return Array.isArray(many) ? many.filter((net) => typeof net === 'string') : [];
}

/** One place of pernet_list, or one that an entry has just emptied. */
export interface ListMember {
  readonly ops: string;
  readonly change: 'none' | 'added' | 'removed';
  readonly kind: 'subsys' | 'device';
}

type Listed = Pick<RunState, 'pernetList' | 'firstDevice'>;

/**
 * pernet_list in order, each member with the part of the list that it is in (see `first_device` in the kernel's
 * net_namespace.c: subsystems stand before it, devices from it on), with what changed between two states.
 */
export function listMembers(now: Listed, before: Listed): readonly ListMember[] {
  const [is, was] = [new Set(now.pernetList), new Set(before.pernetList)];
  const [boundary, boundaryBefore] = [boundaryOf(now), boundaryOf(before)];
  const members = now.pernetList.map((ops, index): ListMember => ({
    ops,
    change: was.has(ops) ? 'none' : 'added',
    kind: index < boundary ? 'subsys' : 'device',
  }));
  // From the last to the first: its place is behind those before it that are still there, and none shifts another.
  for (let index = before.pernetList.length - 1; index >= 0; index--) {
    const ops = before.pernetList[index]!;
    if (is.has(ops)) continue;
    const place = before.pernetList.slice(0, index).filter((other) => is.has(other)).length;
    members.splice(place, 0, { ops, change: 'removed', kind: index < boundaryBefore ? 'subsys' : 'device' });
  }
  return members;
}

/** How many members stand before `first_device`; all of them when it is the list head. */
function boundaryOf({ pernetList, firstDevice }: Listed): number {
  const index = firstDevice === null ? -1 : pernetList.indexOf(firstDevice);
  return index < 0 ? pernetList.length : index;
}

/** Ops that are in no list and still have something in a namespace. */
export function leftOvers({ pernetList, occupancies }: RunState): readonly string[] {
  const listed = new Set(pernetList);
  const left = new Set<string>();
  for (const inNet of occupancies.values()) {
    for (const [ops, { stage, data }] of inNet) {
      if (!listed.has(ops) && (stage === 'ready' || stage === 'leaving' || data)) left.add(ops);
    }
  }
  return [...left];
}
