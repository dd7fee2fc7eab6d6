import type { EntryChanges, Holding, Timeline, TimelineEntry } from '../../src/engine/types.ts';

const file = 'pernet_sample.c';

/** Writes a run down entry by entry, with what each changes as a model would say it. */
class Run {
  readonly entries: TimelineEntry[] = [];
  private next: EntryChanges = {
    nets: ['init_net', 'n1'],
    refs: { init_net: { count: 1, passive: 1 }, n1: { count: 1, passive: 1 } },
  };

  source(line: number, text: string): this {
    const event = { event: 'source', file, line, call: text.split(' ').find((word) => word.startsWith('register')) };
    return this.add(event, text, 'module', { source: { file, line, column: 2 }, by: ['sample_init'] });
  }
  hold(resource: string, line: number): this {
    const acquired: Holding = { id: line, resource, by: 'sample_init', file, line, column: 2 };
    this.next = { ...this.next, acquired };
    return this;
  }
  list(pernet_list: string[], first_device: string | null): this {
    this.next = { ...this.next, pernet_list, first_device };
    return this;
  }
  init(ops: string, net: string, ret = 0): this {
    const text = `The init of ${ops} ${ret === 0 ? 'succeeds' : `fails with ${ret}`} in ${net}: ops_init() called it.`;
    return this.add({ event: 'init', ops, net, data: true, ret }, text, net, {
      by: ['ops_init', 'register_pernet_operations'],
    });
  }
  exit(ops: string, net: string): this {
    this.add({ event: 'exit', ops, net }, `The exit of ${ops} runs in ${net}: ops_exit_list() called it.`, net);
    return this.add({ event: 'free', ops, net }, `ops_free_list() frees what ${ops} has in ${net}.`, net);
  }
  core(event: string, text: string): this {
    return this.add({ event }, text, 'core');
  }
  private add(event: TimelineEntry['event'], text: string, lane: string, more: Partial<TimelineEntry> = {}): this {
    const index = this.entries.length;
    this.entries.push({ index, step: lane === 'module' ? -1 : 0, event, text, lane, changes: this.next, ...more });
    this.next = {};
    return this;
  }
}

/** A load that fails at its second registration, in two namespaces, and leaves the first ops behind. */
export function failedLoad(): Timeline {
  const { entries } = new Run()
    .hold('registration of sample_net_ops (subsys)', 148)
    .source(148, 'sample_init() calls register_pernet_subsys(&sample_net_ops), which succeeds.')
    .list(['net_ns_ops', 'sample_net_ops'], null)
    .core('id_alloc', 'An id is allocated for sample_net_ops: register_pernet_operations() called ida_alloc_min().')
    .init('sample_net_ops', 'init_net')
    .init('sample_net_ops', 'n1')
    .source(152, 'sample_init() calls register_pernet_device(&sample_dev_ops), which fails with -12.')
    .list(['net_ns_ops', 'sample_net_ops', 'sample_dev_ops'], 'sample_dev_ops')
    .init('sample_dev_ops', 'init_net')
    .init('sample_dev_ops', 'n1', -12)
    .core('synchronize_rcu', 'free_exit_list() waits for an RCU grace period: synchronize_rcu().')
    .exit('sample_dev_ops', 'init_net')
    .list(['net_ns_ops', 'sample_net_ops'], null)
    .core('rcu_barrier', 'register_pernet_operations() waits for pending RCU callbacks: rcu_barrier().')
    .source(154, 'sample_init() returns -12: the load has failed, and sample_net_ops is still in pernet_list.');
  return {
    title: 'Lifecycle of sample_net_ops',
    file,
    ops: 'sample_net_ops',
    runs: [
      { id: 'load', label: 'Load', group: 'sample' },
      { id: 'load-fails-2', label: 'Load that fails at register_pernet_device(&sample_dev_ops)', group: 'sample' },
    ],
    run: 'load-fails-2',
    entries,
    scenario: { steps: [{ step: 'register_pernet_subsys', ops: 'sample_net_ops' }], ops: { sample_net_ops: {} } },
    failing: entries.length - 1,
    finding: {
      rule: 'pernet/left-registered-on-error',
      message: 'sample_net_ops is left registered when register_pernet_device(&sample_dev_ops) fails',
      fingerprint: 'f1',
    },
  };
}

/** A load without a fault, whose text would be markup if it were taken for markup. */
export function cleanLoad(): Timeline {
  const { entries } = new Run()
    .source(148, 'sample_init() calls <img src=x onerror=alert(1)> & register_pernet_subsys(&sample_net_ops).')
    .list(['net_ns_ops', 'sample_net_ops'], null)
    .init('sample_net_ops', 'init_net');
  const { title, runs, scenario } = failedLoad();
  return { title, file, runs, run: 'load', entries, scenario };
}
