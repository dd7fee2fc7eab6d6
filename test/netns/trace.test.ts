/** The readable form of a run, and the grammar that colours it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import { INITIAL, parseRawGrammar, Registry, type IGrammar } from 'vscode-textmate';
import { eventLines, runScenario, traceLines, type Scenario } from '../../src/netns/index.ts';

const scenario: Scenario = {
  description: 'A subsystem that fails\nfor the second namespace',
  ops: { a: { init: true, exit_batch: true, id: true, size: 8 }, 'b c': { init: true } },
  steps: [
    { step: 'net_ns_init' },
    { step: 'copy_net_ns', net: 'n1' },
    { step: 'fail_init', ops: 'a', net: 'n1', errno: -17 },
    { step: 'register_pernet_subsys', ops: 'a' },
    { step: 'register_pernet_device', ops: 'b c' },
    { step: 'put_net', net: 'init_net' },
    { step: 'rtnl_newid', net: 'init_net', attrs: { NETNSA_PID: 1 } },
  ],
};

const trace = `\
# A subsystem that fails
# for the second namespace
step 0: net_ns_init
  net_list_add       init_net
  ns_alloc_inum      init_net = 0
  init               net_ns_ops(init_net) = 0
  return             net_ns_init
step 1: copy_net_ns net=n1
  inc_ucount         init_user_ns = 0
  get_user_ns        init_user_ns
  ns_alloc_inum      n1 = 0
  init               net_ns_ops(n1) = 0
  net_list_add       n1
  return             copy_net_ns = n1
step 2: fail_init ops=a net=n1 errno=-17
step 3: register_pernet_subsys ops=a
  id_alloc           a = 3
  init               a(init_net) with data = 0
  init               a(n1) with data = -17 EEXIST
  synchronize_rcu
  exit_batch         a(init_net)
  free               a(init_net)
  rcu_barrier
  id_free            a = 3
  return             register_pernet_subsys = -17 EEXIST
step 4: register_pernet_device ops="b c"
  init               "b c"(init_net) = 0
  init               "b c"(n1) = 0
  return             register_pernet_device = 0
step 5: put_net net=init_net
  violation          refcount-underflow: the last reference of init_net is the kernel's own
step 6: rtnl_newid net=init_net attrs={"NETNSA_PID":1}
  return             rtnl_newid = -22 EINVAL "nsid is missing"
end
  state
    pernet_list    net_ns_ops, "b c"
    first_device   "b c"
    nets           init_net, n1
    refs           init_net 1/1, n1 1/1
    ids            -
    gen            init_net 13 slots [3], n1 13 slots []
    netns_ids      -
    ucounts        init_user_ns 1
    max_gen_ptrs   13
    live           net 1, net_generic 2, ops_data 0, key_tag 1
violations in 1 step: 5
`;

describe('the trace', () => {
  it('has a line a step and a line an event', () => {
    expect([...traceLines(scenario, runScenario(scenario))].join('\n') + '\n').toBe(trace);
  });

  it('says that nothing was violated', () => {
    const boot: Scenario = { steps: [{ step: 'net_ns_init' }] };
    expect([...traceLines(boot, runScenario(boot))].at(-1)).toBe('no violations');
  });

  it('ends with a panic', () => {
    const steps: Scenario['steps'] = [{ step: 'fail_nth_alloc', nth: 1 }, { step: 'net_ns_init' }];
    const lines = [...traceLines({ steps }, runScenario({ steps }))];
    expect(lines.slice(-2)).toEqual(['  panic              Could not allocate generic netns', 'no violations']);
  });

  it('has words for every event', () => {
    const words = [
      [{ event: 'exit_batch_rtnl', ops: 'a', nets: ['n1', 'n2'] }, 'exit_batch_rtnl    a(n1, n2)'],
      [{ event: 'exit_rtnl', ops: 'a', net: 'n1' }, 'exit_rtnl          a(n1)'],
      [{ event: 'gen_grow', net: 'n1', len: 14 }, 'gen_grow           n1 = 14 slots'],
      [{ event: 'rtnl_set_sk_err', net: 'n1', err: -12 }, 'rtnl_set_sk_err    n1 = -12 ENOMEM'],
      [{ event: 'rtnl_unicast', net: 'n1', nsid: -1, current_nsid: 3 }, 'rtnl_unicast       n1 nsid -1 current_nsid 3'],
      [
        { event: 'rtnl_dump', entries: [{ nsid: 0 }, { nsid: 4, current_nsid: -1 }] },
        'rtnl_dump          nsid 0; nsid 4 current_nsid -1',
      ],
      [{ event: 'warn', message: 'a has .id without .size' }, 'warn               a has .id without .size'],
      [{ event: 'return', call: 'get_net_ns_by_id', net: null }, 'return             get_net_ns_by_id = NULL'],
      [{ event: 'return', call: 'peernet2id', id: -1 }, 'return             peernet2id = -1'],
      [
        { event: 'return', call: 'net_ns_get_ownership', uid: -1, gid: 7 },
        'return             net_ns_get_ownership = uid -1 gid 7',
      ],
      [{ event: 'init', ops: 'a', net: 'n1', data: false, ret: -4000 }, 'init               a(n1) = -4000'],
      [
        { event: 'rtnl_notify', net: 'n1', cmd: 'RTM_DELNSID', nsid: 3, portid: 9 },
        'rtnl_notify        n1 RTM_DELNSID nsid 3 portid 9',
      ],
    ] as const;
    for (const [event, line] of words) {
      expect([...eventLines(structuredClone(event) as Parameters<typeof eventLines>[0])]).toEqual([`  ${line}`]);
    }
  });
});

it('a state shows nsids and charges', () => {
  const steps: Scenario['steps'] = [
    { step: 'net_ns_init' },
    { step: 'copy_net_ns', net: 'n1' },
    { step: 'peernet2id_alloc', net: 'init_net', peer: 'n1' },
  ];
  const lines = [...eventLines(runScenario({ steps }).final!)];
  expect(lines).toContain('    netns_ids      init_net {0 n1}');
  expect(lines).toContain('    ucounts        init_user_ns 1');
});

describe('the grammar of the trace', () => {
  let grammar: IGrammar;
  beforeAll(async () => {
    await loadWASM(readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm')));
    const file = path.resolve(import.meta.dirname, '../../syntaxes/pernet-trace.tmLanguage.json');
    const registry = new Registry({
      onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
      loadGrammar: () => Promise.resolve(parseRawGrammar(readFileSync(file, 'utf8'), file)),
    });
    grammar = (await registry.loadGrammar('source.pernet-trace'))!;
  });

  /** The innermost scope of the first occurrence of a word in a line. */
  function scopeOf(line: string, word: string): string {
    const at = line.indexOf(word);
    const token = grammar.tokenizeLine(line, INITIAL).tokens.find(({ endIndex }) => endIndex > at);
    return token!.scopes.at(-1)!.replace(/\.pernet-trace$/, '');
  }

  it.each([
    ['# why', 'why', 'comment.line.number-sign'],
    ['step 3: copy_net_ns net=n1', 'step', 'keyword.control.step'],
    ['step 3: copy_net_ns net=n1', 'copy_net_ns', 'entity.name.function.step'],
    ['step 3: copy_net_ns net=n1', 'net=', 'variable.parameter'],
    ['  init               a(n1) with data = -17 EEXIST', 'init', 'support.function.callback'],
    ['  exit_batch_rtnl    a(n1)', 'exit_batch_rtnl', 'support.function.callback'],
    ['  init               a(n1) with data = -17 EEXIST', 'a(', 'entity.name.type.ops'],
    ['  init               a(n1) with data = -17 EEXIST', 'EEXIST', 'invalid.deprecated.errno'],
    ['  net_list_add       n1', 'net_list_add', 'keyword.other.event'],
    ['  initial            n1', 'initial', 'keyword.other.event'],
    ['  violation          double-register: a is', 'double-register', 'entity.name.type.violation'],
    ['  panic              Could not', 'panic', 'invalid.illegal.panic'],
    ['  state', 'state', 'keyword.other.state'],
    ['    max_gen_ptrs   13', 'max_gen_ptrs', 'variable.other.property'],
    ['    max_gen_ptrs   13', '13', 'constant.numeric'],
    ['violations in 1 step: 5', 'violations', 'invalid.illegal.violations'],
    ['no violations', 'no', 'keyword.control.end'],
  ])('%s: %s', (line, word, scope) => {
    expect(scopeOf(line, word)).toBe(scope);
  });
});
