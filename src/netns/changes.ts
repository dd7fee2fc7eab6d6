/** What each event of a run changed of the state: small where a snapshot after every event would be the whole of it. */
import type { NetnsEvent, StateSnapshot } from './events.ts';
import { nameOf } from './snapshot.ts';
import { MIN_PERNET_OPS_ID, type State } from './state.ts';

/** The members of a `state` event that an event changed; null stands for what is not there any more. */
export interface StateChanges {
  pernet_list?: string[];
  first_device?: string | null;
  /** net_namespace_list, in order. */
  nets?: string[];
  refs?: Record<string, { count: number; passive: number } | null>;
  ids?: Record<string, number | null>;
  /** The array's length, the slots that point at something now, and those that do not any more. */
  gen?: Record<string, { len: number; set?: number[]; clear?: number[] } | null>;
  live?: StateSnapshot['live'];
}

interface Generic {
  readonly len: number;
  readonly isSet: readonly boolean[];
}

/** Follows one run: told the state after each event, it answers what changed since the last time, first of all from nothing. */
export class ChangeLog {
  private list: readonly string[] = [];
  private firstDevice: string | null = null;
  private nets: readonly string[] = [];
  private readonly refs = new Map<string, { count: number; passive: number }>();
  private readonly ids = new Map<string, number>();
  private readonly gens = new Map<string, Generic>();
  private live: StateSnapshot['live'] = { net: 0, net_generic: 0, ops_data: 0, key_tag: 0 };

  take(state: State, event: NetnsEvent): StateChanges {
    const changes: StateChanges = {};
    if (!sameList(this.list, state.pernet_list)) changes.pernet_list = [...(this.list = [...state.pernet_list])];
    const firstDevice = nameOf(state.first_device);
    if (firstDevice !== this.firstDevice) changes.first_device = this.firstDevice = firstDevice;
    if (!sameSet(this.nets, state.net_namespace_list)) changes.nets = [...(this.nets = [...state.net_namespace_list])];
    this.takeRefs(state, changes);
    this.takeIds(state, changes);
    // Between two inits for a namespace nothing is done to the arrays of the others.
    this.takeGenerics(state, changes, event.event === 'init' ? event.net : undefined);
    const { live } = state;
    const kinds = ['net', 'net_generic', 'ops_data', 'key_tag'] as const;
    if (kinds.some((kind) => live[kind] !== this.live[kind])) changes.live = this.live = { ...live };
    return changes;
  }

  private takeRefs({ nets }: State, changes: StateChanges): void {
    for (const { name, count, passive } of nets.values()) {
      const before = this.refs.get(name);
      if (before?.count === count && before.passive === passive) continue;
      const now = { count, passive };
      this.refs.set(name, now);
      (changes.refs ??= {})[name] = now;
    }
    if (this.refs.size === nets.size) return;
    for (const name of this.refs.keys()) {
      if (nets.has(name)) continue;
      this.refs.delete(name);
      (changes.refs ??= {})[name] = null;
    }
  }

  private takeIds({ ops_state }: State, changes: StateChanges): void {
    for (const [name, { registered, id }] of ops_state) {
      const now = registered ? id : null;
      if (now === (this.ids.get(name) ?? null)) continue;
      if (now === null) this.ids.delete(name);
      else this.ids.set(name, now);
      (changes.ids ??= {})[name] = now;
    }
  }

  private takeGenerics({ nets }: State, changes: StateChanges, only: string | undefined): void {
    for (const { name, gen } of nets.values()) {
      if (only !== undefined && name !== only && this.gens.has(name)) continue;
      const before = this.gens.get(name);
      const set: number[] = [];
      const clear: number[] = [];
      for (let slot = MIN_PERNET_OPS_ID; slot < gen.len; slot++) {
        const isSet = gen.ptrs[slot] !== null;
        if (isSet !== (before?.isSet[slot] ?? false)) (isSet ? set : clear).push(slot);
      }
      if (before?.len === gen.len && set.length === 0 && clear.length === 0) continue;
      this.gens.set(name, { len: gen.len, isSet: gen.ptrs.map((pointer) => pointer !== null) });
      (changes.gen ??= {})[name] = {
        len: gen.len,
        ...(set.length > 0 ? { set } : {}),
        ...(clear.length > 0 ? { clear } : {}),
      };
    }
    if (this.gens.size === nets.size) return;
    for (const name of this.gens.keys()) {
      if (nets.has(name)) continue;
      this.gens.delete(name);
      (changes.gen ??= {})[name] = null;
    }
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function sameSet(a: readonly string[], b: ReadonlySet<string>): boolean {
  if (a.length !== b.size) return false;
  let index = 0;
  for (const each of b) if (each !== a[index++]) return false;
  return true;
}
