/** Random scenarios for property tests: every step that the format has, over a few ops and namespaces. */
import fc from 'fast-check';
import type { OpsDeclaration, Scenario, ScenarioStep } from '../../src/netns/index.ts';

const OPS = ['a', 'b', 'c', 'd', 'e'];
const USER_NAMESPACES = ['init_user_ns', 'u'];

const declaration: fc.Arbitrary<OpsDeclaration> = fc.record({
  init: fc.boolean(),
  pre_exit: fc.boolean(),
  exit: fc.boolean(),
  exit_batch: fc.boolean(),
  id: fc.boolean(),
  size: fc.constantFrom(0, 8),
});

/** A step before names are given out: `pick` chooses among the namespaces that there are by then. */
type Draft = (names: { nets: readonly string[]; next: () => string }) => ScenarioStep;

const ops = fc.constantFrom(...OPS);
const pick = fc.nat({ max: 1000 });
const small = fc.nat({ max: 3 });
const nsid = fc.constantFrom(-1, 0, 1, 2, 2147483647);

function among(nets: readonly string[], choice: number): string {
  return nets[choice % nets.length]!;
}

const request = fc.record(
  { NETNSA_NSID: nsid, NETNSA_PID: small, NETNSA_FD: small, NETNSA_TARGET_NSID: nsid, NETNSA_CURRENT_NSID: nsid },
  { requiredKeys: [] },
);

const registration = fc
  .tuple(
    fc.constantFrom(
      'register_pernet_subsys',
      'register_pernet_device',
      'unregister_pernet_subsys',
      'unregister_pernet_device',
    ),
    ops,
  )
  .map(([step, name]): Draft => () => ({ step, ops: name }));

const ofNet = fc
  .tuple(fc.constantFrom('get_net', 'put_net', 'put_net', 'hold_passive', 'net_drop_ns'), pick)
  .map(([step, net]): Draft => ({ nets }) => ({ step, net: among(nets, net) }));

const ofPeers = fc
  .tuple(fc.constantFrom('peernet2id_alloc', 'peernet2id', 'peernet_has_id'), pick, pick)
  .map(([step, net, peer]): Draft => ({ nets }) => ({ step, net: among(nets, net), peer: among(nets, peer) }));

const rtnl = fc
  .tuple(fc.constantFrom('rtnl_newid', 'rtnl_getid', 'rtnl_dumpid'), pick, request, fc.boolean(), fc.boolean())
  .map(([step, net, attrs, strict, capable]): Draft => ({ nets }) => ({
    step,
    net: among(nets, net),
    attrs,
    strict,
    capable,
  }));

const lookups = fc.oneof(
  fc.tuple(small, pick).map(([pid, net]): Draft => ({ nets }) => ({ step: 'set_pid', pid, net: among(nets, net) })),
  small.map((pid): Draft => () => ({ step: 'set_pid', pid, net: null })),
  fc.tuple(small, pick).map(([fd, net]): Draft => ({ nets }) => ({ step: 'set_fd', fd, target: among(nets, net) })),
  fc
    .tuple(small, fc.constantFrom('other', 'plain', null))
    .map(([fd, target]): Draft => () => ({ step: 'set_fd', fd, target })),
  small.map((pid): Draft => () => ({ step: 'get_net_ns_by_pid', pid })),
  small.map((fd): Draft => () => ({ step: 'get_net_ns_by_fd', fd })),
  fc.tuple(small, pick, fc.boolean()).map(([pid, net, capable_self]): Draft => ({ nets }) => ({
    step: 'netns_install',
    pid,
    net: among(nets, net),
    capable_self,
  })),
  fc
    .tuple(pick, nsid)
    .map(([net, id]): Draft => ({ nets }) => ({ step: 'get_net_ns_by_id', net: among(nets, net), id })),
  pick.map((net): Draft => ({ nets }) => ({ step: 'net_ns_get_ownership', net: among(nets, net) })),
);

const faults = fc.oneof(
  fc.integer({ min: 1, max: 8 }).map((nth): Draft => () => ({ step: 'fail_nth_alloc', nth })),
  ops.map((name): Draft => () => ({ step: 'fail_init', ops: name })),
);

const others = fc.oneof(
  fc.constantFrom('cleanup_net', 'cleanup_net', 'net_ns_barrier', 'state').map((step): Draft => () => ({ step })),
  fc
    .tuple(fc.constantFrom(...USER_NAMESPACES), fc.nat({ max: 4 }))
    .map(([user_ns, max]): Draft => () => ({ step: 'set_user_ns', user_ns, max_net_namespaces: max })),
);

const copy = fc
  .tuple(fc.constantFrom(...USER_NAMESPACES), fc.boolean(), fc.integer({ min: 0, max: 9 }))
  .map(([user_ns, killed, odds]): Draft => ({ next }) => ({
    step: 'copy_net_ns',
    net: next(),
    user_ns,
    killed: killed && odds === 0,
  }));

/** Drafts of the kinds of steps, those that move the most being the most frequent. */
const draft = fc.oneof(
  { weight: 6, arbitrary: registration },
  { weight: 4, arbitrary: copy },
  { weight: 4, arbitrary: ofNet },
  { weight: 2, arbitrary: lookups },
  { weight: 2, arbitrary: ofPeers },
  { weight: 2, arbitrary: rtnl },
  { weight: 2, arbitrary: faults },
  { weight: 2, arbitrary: others },
);

/** A well-formed scenario that begins with the boot. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .tuple(fc.array(declaration, { minLength: OPS.length, maxLength: OPS.length }), fc.array(draft, { maxLength: 40 }))
  .map(([declarations, drafts]) => {
    const nets = ['init_net'];
    const next = (): string => {
      nets.push(`n${nets.length}`);
      return nets.at(-1)!;
    };
    const steps: ScenarioStep[] = [{ step: 'net_ns_init' }, { step: 'set_user_ns', user_ns: 'u' }];
    for (const make of drafts) steps.push(make({ nets, next }));
    return { ops: Object.fromEntries(OPS.map((name, index) => [name, declarations[index]!])), steps };
  });
