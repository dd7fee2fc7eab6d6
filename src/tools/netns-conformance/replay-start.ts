/** The state from which a trace is replayed: what the lab found, or made, before the first step. */
import { initialState, step, type Dialect, type OpsDeclaration, type State } from '../../netns/index.ts';

export interface ReplayStart {
  /** 6.1 or 6.12. */
  kernel: string;
  ops: Record<string, OpsDeclaration>;
  /** pernet_list as the lab found it, or emptied it. */
  pernet_list: string[];
  /** The first device in it; null for the head. */
  first_device: string | null;
  max_gen_ptrs: number;
  /** Ids that are taken, by an ops of the list or by one outside it. */
  ids: [id: number, ops: string][];
}

/** A booted kernel with this list: init_net is there, and has the data of every ops that has an id. */
export function startState(start: ReplayStart, dialect: Dialect): State {
  const booted = step(initialState({ ops: start.ops }), { step: 'net_ns_init' }, { dialect }).state;
  const idOf = new Map(start.ids.map(([id, ops]) => [ops, id]));
  const listed = new Set(start.pernet_list);
  const ops_state = [...booted.ops_state.keys()].map((ops) => {
    const registered = listed.has(ops);
    return [ops, { registered, id: idOf.get(ops) ?? null, list: registered ? 'linked' : 'zeroed' }] as const;
  });
  const init_net = booted.nets.get('init_net')!;
  const ptrs = Array.from({ length: start.max_gen_ptrs }, () => null as string | null);
  for (const [id, ops] of start.ids) if (listed.has(ops)) ptrs[id] = ops;
  return {
    ...booted,
    ops_state: new Map(ops_state),
    pernet_list: start.pernet_list,
    first_device: start.first_device === null ? { at: 'head' } : { at: 'ops', ops: start.first_device },
    net_generic_ids: { taken: new Map(start.ids), lowest: booted.net_generic_ids.lowest },
    max_gen_ptrs: start.max_gen_ptrs,
    nets: new Map([['init_net', { ...init_net, gen: { len: start.max_gen_ptrs, ptrs } }]]),
  };
}
