/** What should not be there when everything that can be given back is given back. */
import type { NetnsEvent } from '../events.ts';
import { INIT_NET, MIN_PERNET_OPS_ID, NET_DEFAULTS_OPS, NET_NS_OPS, type State } from '../state.ts';

export type UncleanKind =
  | 'out-of-bounds'
  | 'leak'
  | 'id-taken'
  | 'half-alive-net'
  | 'nsid-left'
  | 'charge-left'
  | 'ops-left-in-list'
  | 'first-device-astray'
  | 'dangling-data-pointer'
  | 'freed-data-visible'
  | 'failed-call-left-a-trace';

/** One thing that is not as it should be. */
export interface Unclean {
  kind: UncleanKind;
  /** One sentence, naming what is left. */
  detail: string;
}

/** Everything that is wrong with a state in which nothing is held any more. */
export function uncleanEnd(state: State): Unclean[] {
  return [...leaks(state), ...leftInLists(state), ...leftInNets(state), ...leftOfUserNamespaces(state)];
}

function* leaks({ live, defer_free_list, net_ns_init_ran, net_generic_ids }: State): Generator<Unclean> {
  // Structs on the deferred list belong to the next cleanup_net(), which will free them.
  const expected = { net: defer_free_list.length, net_generic: net_ns_init_ran ? 1 : 0, ops_data: 0, key_tag: 0 };
  for (const [kind, count] of Object.entries(live)) {
    const surplus = count - expected[kind as keyof typeof expected];
    if (surplus !== 0) yield { kind: 'leak', detail: `${surplus} of ${kind} too many are allocated` };
  }
  for (const [id, ops] of net_generic_ids.taken) yield { kind: 'id-taken', detail: `id ${id} of ${ops} is taken` };
}

function* leftInLists({ pernet_list, first_device }: State): Generator<Unclean> {
  for (const ops of pernet_list) {
    if (ops === NET_NS_OPS || ops === NET_DEFAULTS_OPS) continue;
    yield { kind: 'ops-left-in-list', detail: `${ops} is unregistered, and pernet_list still holds it` };
  }
  if (first_device.at === 'head') return;
  const where = first_device.at === 'ops' ? first_device.ops : first_device.at;
  yield { kind: 'first-device-astray', detail: `first_device points at ${where}, and no device is registered` };
}

function* leftInNets({ nets, net_namespace_list }: State): Generator<Unclean> {
  for (const { name, netns_ids, gen } of nets.values()) {
    if (name !== INIT_NET) {
      const listed = net_namespace_list.has(name) ? 'listed' : 'not listed';
      yield { kind: 'half-alive-net', detail: `${name} is there (${listed}), and nobody holds it` };
    }
    for (const [id, peer] of netns_ids.taken) {
      if (!nets.has(peer)) yield { kind: 'nsid-left', detail: `nsid ${id} of ${name} names ${peer}, which is gone` };
    }
    for (let id = MIN_PERNET_OPS_ID; id < gen.len; id += 1) {
      const ops = gen.ptrs[id];
      if (typeof ops !== 'string') continue;
      const detail = `slot ${id} of ${name} still points at the data of ${ops}, which is freed`;
      yield { kind: 'dangling-data-pointer', detail };
    }
  }
}

function* leftOfUserNamespaces({ user_namespaces }: State): Generator<Unclean> {
  for (const [name, { net_namespaces }] of user_namespaces) {
    if (net_namespaces === 0) continue;
    yield { kind: 'charge-left', detail: `${name} is charged for ${net_namespaces} network namespaces` };
  }
}

/** What one call did that is wrong in itself, whatever follows. */
export function uncleanCall(before: State, after: State, events: readonly NetnsEvent[]): Unclean[] {
  const found: Unclean[] = [];
  for (const event of events) {
    if (event.event === 'violation' && event.kind === 'net-generic-out-of-bounds') {
      found.push({ kind: 'out-of-bounds', detail: event.detail });
    }
  }
  found.push(...freedDataVisible(before, after));
  const result = events.at(-1);
  if (result?.event === 'return' && (result.ret ?? 0) < 0) {
    const change = changed(before, after);
    if (change !== undefined) {
      found.push({ kind: 'failed-call-left-a-trace', detail: `${result.call} failed, and ${change}` });
    }
  }
  return found;
}

/** Ops that have just got an id without data of their own, under which net_generic() finds what another left behind. */
function* freedDataVisible(before: State, after: State): Generator<Unclean> {
  for (const [name, { registered, id }] of after.ops_state) {
    if (!registered || id === null || before.ops_state.get(name)?.registered === true) continue;
    for (const net of after.nets.values()) {
      const owner = net.gen.ptrs[id];
      if (typeof owner !== 'string' || owner === name) continue;
      const detail = `net_generic() of ${name} in ${net.name} is the data of ${owner}, which is freed`;
      yield { kind: 'freed-data-visible', detail };
    }
  }
}

/** What differs after a call that failed. Arrays may have grown; pointers left in them are a matter of their own. */
function changed(before: State, after: State): string | undefined {
  // A struct on the deferred list is as good as freed.
  const live = ({ live: counts, defer_free_list }: State) => ({ ...counts, net: counts.net - defer_free_list.length });
  for (const name of ['net', 'net_generic', 'ops_data', 'key_tag'] as const) {
    if (live(before)[name] !== live(after)[name]) return `the number of live ${name} changed`;
  }
  if (before.net_generic_ids.taken.size !== after.net_generic_ids.taken.size) return 'the ids that are taken changed';
  if (before.pernet_list.join() !== after.pernet_list.join()) return 'pernet_list changed';
  if (before.nets.size !== after.nets.size) return 'the namespaces that are there changed';
  for (const [name, net] of after.nets) {
    const old = before.nets.get(name)!;
    if (net.count !== old.count || net.passive !== old.passive) return `the references of ${name} changed`;
    if (net.netns_ids.taken.size !== old.netns_ids.taken.size) return `the nsids of ${name} changed`;
  }
  return undefined;
}
