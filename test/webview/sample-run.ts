import type { Snapshot, Timeline, TimelineEntry } from '../../src/engine/types.ts';

const file = 'pernet_sample.c';

/** Writes a run down entry by entry, keeping the state that each leaves behind as a model would. */
class Run {
  readonly entries: TimelineEntry[] = [];
  private list: string[] = [];
  private firstDevice: string | null = null;
  private nets = ['init_net', 'n1'];
  private held: { resource: string; file: string; line: number }[] = [];

  source(line: number, text: string): this {
    return this.add({ event: 'source', file, line }, text, 'module', { file, line, column: 2 });
  }
  hold(resource: string, line: number): this {
    this.held = [...this.held, { resource, file, line }];
    return this;
  }
  list_(list: string[], firstDevice: string | null): this {
    this.list = list;
    this.firstDevice = firstDevice;
    return this;
  }
  init(ops: string, net: string, ret = 0): this {
    const text = `The init of ${ops} ${ret === 0 ? 'succeeds' : `fails with ${ret}`} in ${net}: ops_init() called it.`;
    return this.add({ event: 'init', ops, net, data: true, ret }, text, net);
  }
  exit(ops: string, net: string): this {
    this.add({ event: 'exit', ops, net }, `The exit of ${ops} runs in ${net}: ops_exit_list() called it.`, net);
    return this.add({ event: 'free', ops, net }, `ops_free_list() frees what ${ops} has in ${net}.`, net);
  }
  core(event: string, text: string): this {
    return this.add({ event }, text, 'core');
  }
  private add(
    event: TimelineEntry['event'],
    text: string,
    lane: string,
    source?: { file: string; line: number; column: number },
  ): this {
    const snapshot: Snapshot = {
      pernet_list: this.list,
      first_device: this.firstDevice,
      nets: this.nets,
      refs: { init_net: { count: 1, passive: 1 }, n1: { count: 1, passive: 1 } },
    };
    const index = this.entries.length;
    this.entries.push({
      index,
      step: index,
      event,
      text,
      lane,
      snapshot,
      held: this.held,
      ...(source ? { source } : {}),
    });
    return this;
  }
}

/** A load that fails at its second registration, in two namespaces, and leaves the first ops behind. */
export function failedLoad(): Timeline {
  const { entries } = new Run()
    .source(148, 'sample_init() calls register_pernet_subsys(&sample_net_ops), which succeeds.')
    .hold('registration of sample_net_ops (subsys)', 148)
    .list_(['net_ns_ops', 'sample_net_ops'], null)
    .core('id_alloc', 'An id is allocated for sample_net_ops: register_pernet_operations() called ida_alloc_min().')
    .init('sample_net_ops', 'init_net')
    .init('sample_net_ops', 'n1')
    .source(152, 'sample_init() calls register_pernet_device(&sample_dev_ops), which fails with -12.')
    .list_(['net_ns_ops', 'sample_net_ops', 'sample_dev_ops'], 'sample_dev_ops')
    .init('sample_dev_ops', 'init_net')
    .init('sample_dev_ops', 'n1', -12)
    .core('synchronize_rcu', 'free_exit_list() waits for an RCU grace period: synchronize_rcu().')
    .exit('sample_dev_ops', 'init_net')
    .list_(['net_ns_ops', 'sample_net_ops'], null)
    .core('rcu_barrier', 'register_pernet_operations() waits for pending RCU callbacks: rcu_barrier().')
    .source(154, 'sample_init() returns -12: the load has failed, and sample_net_ops is still in pernet_list.');
  return {
    title: 'Lifecycle of sample_net_ops',
    file,
    ops: 'sample_net_ops',
    runs: [
      { id: 'load', label: 'Load' },
      { id: 'load-fails-2', label: 'Load that fails at register_pernet_device(&sample_dev_ops)' },
    ],
    run: 'load-fails-2',
    entries,
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
    .list_(['net_ns_ops', 'sample_net_ops'], null)
    .init('sample_net_ops', 'init_net');
  return { title: 'Lifecycle of sample_net_ops', file, runs: failedLoad().runs, run: 'load', entries };
}
