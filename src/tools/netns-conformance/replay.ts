/** Replays what a real kernel did on the model, and tells where the two part. */
import {
  dialectNamed,
  step,
  type Dialect,
  type NetnsEvent,
  type ScenarioStep,
  type State,
  type StateSnapshot,
} from '../../netns/index.ts';
import { DUMPS, traceLine, type TraceEvent } from './kernel-trace.ts';
import { startState, type ReplayStart } from './replay-start.ts';

/** One comparable event of the model, and the state as it was then. */
interface ModelLine {
  line: string;
  snapshot: StateSnapshot;
}

export interface ReplayOptions {
  /** The trace has the return of each ops_init() instead of callbacks' own words, and says nothing of data. */
  allOps: boolean;
}

/** Grace periods and locks, which both log. */
const WAITS = new Set(['synchronize_rcu', 'synchronize_rcu_expedited', 'rcu_barrier', 'rtnl_lock', 'rtnl_unlock']);

export class Replay {
  private state: State;
  private readonly dialect: Dialect;
  private readonly lines: ModelLine[] = [];
  /** The id that an ops has, or had last. */
  private readonly ids: Map<string, number>;
  private dead = false;

  constructor(
    private readonly start: ReplayStart,
    private readonly options: ReplayOptions,
  ) {
    this.dialect = dialectNamed(start.kernel)!;
    this.state = startState(start, this.dialect);
    this.ids = new Map(start.ids.map(([id, ops]) => [ops, id]));
  }

  register(ops: string, kind: 'subsys' | 'device'): void {
    this.run({ step: `register_pernet_${kind}`, ops }, (ret) => `register_ret ${ops} ${ret}`);
  }

  unregister(ops: string, kind: 'subsys' | 'device'): void {
    this.run({ step: `unregister_pernet_${kind}`, ops });
  }

  newnet(net: string): void {
    this.run({ step: 'copy_net_ns', net }, (ret) => `newnet_ret ${net} ${ret}`);
  }

  failInit(ops: string, errno: number, after: number): void {
    // Only the call number `after` fails; those before it are asked to return what they would have returned.
    if (after > 1) this.run({ step: 'fail_init', ops, errno: 0, times: after - 1 });
    this.run({ step: 'fail_init', ops, errno });
  }

  kill(nets: readonly string[]): void {
    for (const net of nets) this.run({ step: 'put_net', net });
    this.dead ||= nets.length > 0;
  }

  /** The workqueue takes all that died since it last ran. */
  cleanup(): void {
    if (!this.dead) return;
    this.dead = false;
    this.run({ step: 'cleanup_net' }, undefined, 'cleanup_net');
  }

  /** The namespaces that are listed, but for init_net. */
  get alive(): string[] {
    return [...this.state.net_namespace_list].slice(1);
  }

  get max_gen_ptrs(): number {
    return this.state.max_gen_ptrs;
  }

  /** How many events of the model are compared. */
  get compared(): number {
    return this.lines.length;
  }

  /** Where the trace and the model part, in one line; undefined when they are equal to the end. */
  difference(events: readonly TraceEvent[]): string | undefined {
    let next = 0;
    for (const event of events) {
      const line = DUMPS.has(event.ev) ? undefined : this.comparable(event);
      const model = this.lines[next]?.line ?? 'nothing more';
      if (line !== undefined && line !== model) return `event ${next}: kernel "${line}", model "${model}"`;
      if (line !== undefined) next += 1;
      const latest = this.lines[next - 1]?.snapshot;
      const complaint = latest && this.dumpDifference(event, latest);
      if (complaint !== undefined) return `after event ${next - 1}: ${complaint}`;
    }
    const more = this.lines[next]?.line;
    return more === undefined ? undefined : `the model goes on with "${more}"`;
  }

  /** Runs a step and keeps what it logged; `returned` words what it returned. */
  private run(scenarioStep: ScenarioStep, returned?: (ret: number) => string, entry?: string): void {
    const { state, run } = step(this.state, scenarioStep, { dialect: this.dialect, snapshots: true });
    this.state = state;
    run.events.forEach((event, index) => {
      const snapshot = run.snapshots![index]!;
      if (index === 0 && entry !== undefined) this.lines.push({ line: entry, snapshot });
      const line = event.event === 'return' ? returned?.(event.ret ?? 0) : this.modelLine(event, snapshot);
      if (line !== undefined) this.lines.push({ line, snapshot });
    });
  }

  /** The trace's line, or undefined when the model has none for it. */
  private comparable(event: TraceEvent): string | undefined {
    if (!this.options.allOps) return event.ev === 'ops_init' ? undefined : traceLine(event);
    if (event.ev === 'init') return undefined;
    if (event.ev !== 'ops_init') return traceLine(event);
    return this.start.ops[event.ops!]?.init === true ? traceLine({ ...event, ev: 'init' }) : undefined;
  }

  /** The model's event in the trace's words; undefined for one that the lab does not log. */
  private modelLine(event: NetnsEvent, snapshot: StateSnapshot): string | undefined {
    if ('nets' in event && 'ops' in event) return `${event.event} ${event.ops} ${event.nets.join(',')}`;
    if (event.event === 'init') return `init ${event.ops} ${event.net} ${event.ret}${this.generic(event, snapshot)}`;
    if (event.event === 'free') return this.options.allOps ? undefined : `free ${event.ops} ${event.net}`;
    if (event.event === 'id_alloc') this.ids.set(event.ops, event.id);
    if ('ops' in event && 'id' in event) return `${event.event} ${event.id}`;
    if ('ops' in event) return `${event.event} ${event.ops} ${event.net}${this.generic(event, snapshot)}`;
    return WAITS.has(event.event) ? event.event : undefined;
  }

  /** What the callback of an ops with an id sees in its slot. */
  private generic({ ops, net }: { ops: string; net: string }, snapshot: StateSnapshot): string {
    if (this.options.allOps || this.start.ops[ops]?.id !== true) return '';
    return ` ${slot(this.ids.get(ops)!, net, snapshot)}`;
  }

  /** A dump against the state at that moment. */
  private dumpDifference(event: TraceEvent, snapshot: StateSnapshot): string | undefined {
    const [kernel, model] = this.dumps(event, snapshot);
    return kernel === model ? undefined : `the kernel's ${event.ev} is "${kernel}", the model's "${model}"`;
  }

  private dumps(event: TraceEvent, snapshot: StateSnapshot): [kernel: string, model: string] {
    const { pernet_list, first_device } = snapshot;
    switch (event.ev) {
      case 'nets':
        return [event.nets!.join(','), snapshot.nets.join(',')];
      case 'generic':
        return [
          `id=${event.id} data=${event.data} len=${event.len}`,
          slot(snapshot.ids[event.ops!]!, event.net!, snapshot),
        ];
      case 'list_entry':
        return [event.ops!, pernet_list[event.pos!] ?? 'nothing'];
      case 'list': {
        const lab = pernet_list.filter((ops) => event.lab?.includes(ops));
        const position = first_device === null ? -1 : pernet_list.indexOf(first_device);
        return [
          `${event.lab?.join(',') ?? ''} of ${event.len}, ${event.first_device} at ${event.first_pos}, ${event.max_gen_ptrs}`,
          `${lab.join(',')} of ${pernet_list.length}, ${first_device ?? 'pernet_list'} at ${position}, ${snapshot.max_gen_ptrs}`,
        ];
      }
      default:
        return ['', ''];
    }
  }
}

function slot(id: number, net: string, snapshot: StateSnapshot): string {
  const { len, ptrs } = snapshot.gen[net]!;
  return `id=${id} data=${ptrs.includes(id)} len=${len}`;
}
