/** The lab's scenarios: its own ops, on an emptied list or on the kernel's. */
import type { OpsDeclaration } from '../../netns/index.ts';
import { unmixed, type KernelTrace, type TraceEvent, type TraceStep } from './kernel-trace.ts';
import { Replay } from './replay.ts';
import type { ReplayStart } from './replay-start.ts';

/** The id that is free first when only the kernel's own ops are registered. */
const FIRST_FREE_ID: Record<string, number> = { '6.1': 9, '6.12': 10 };

/** What was compared of a trace. */
export interface Verdict {
  name: string;
  events: number;
  difference: string | undefined;
}

/** Replays scenarios that the lab ran one after the other in one boot. */
export function replayLabScenarios(traces: readonly KernelTrace[], kernel: string): Verdict[] {
  // max_gen_ptrs never shrinks, and init_net, which lives through all of them, has had to grow with it.
  let max_gen_ptrs = 13;
  return traces.map((trace) => {
    const replay = new Replay({ ...labStart(trace, kernel), max_gen_ptrs }, { allOps: false });
    const difference = replayLabScenario(replay, trace);
    ({ max_gen_ptrs } = replay);
    return { name: trace.name, events: replay.compared, difference };
  });
}

function replayLabScenario(replay: Replay, trace: KernelTrace): string | undefined {
  drive(replay, trace.steps);
  for (const batch of batches(trace.teardown)) {
    // A batch that no callback of the lab's tells of has the same events whichever namespaces are in it.
    replay.kill(batch.length > 0 ? batch : replay.alive.slice(-1));
    replay.cleanup();
  }
  return replay.difference([...unmixed(trace.events), ...trace.teardown]);
}

/** Makes the driver's steps; cleanups run when the kernel's could. */
export function drive(replay: Replay, steps: readonly TraceStep[]): void {
  const kinds = new Map<string, 'subsys' | 'device'>();
  const waiting: TraceStep[] = [];
  let held = false;
  let holdNext = false;
  const make = (step: TraceStep): void => {
    switch (step.op) {
      case 'define':
        kinds.set(step.slot!, step.kind!);
        break;
      case 'register':
        replay.register(step.slot!, kinds.get(step.slot!)!);
        break;
      case 'unregister':
        replay.unregister(step.slot!, kinds.get(step.slot!)!);
        break;
      case 'newnet':
        replay.newnet(step.net!);
        break;
      case 'fail_init':
        if (step.nth! > 0) replay.failInit(step.slot!, step.err!, step.nth!);
        break;
      case 'hold_next_pre_exit':
        holdNext = true;
        break;
      case 'delnet':
        // The cleanup that a callback holds up has taken its namespaces; those that die meanwhile are the next one's.
        replay.kill(step.nets!);
        if (!held) replay.cleanup();
        held ||= holdNext;
        break;
      case 'background':
        waiting.push(step.step!);
        break;
      case 'release':
        held = false;
        holdNext = false;
        waiting.splice(0).forEach(make);
        replay.cleanup();
        break;
    }
  };
  steps.forEach(make);
}

function labStart(trace: KernelTrace, kernel: string): Omit<ReplayStart, 'max_gen_ptrs'> {
  const own = kernelsOwnList(trace);
  const free = FIRST_FREE_ID[kernel]!;
  const parked = Array.from({ length: free - 3 }, (_, index): [number, string] => [index + 3, `parked${index}`]);
  const ops = trace.steps.filter((step) => step.op === 'define').map((step) => [step.slot!, declaration(step)]);
  return {
    kernel,
    ops: { ...Object.fromEntries(own.list.map((name) => [name, {}])), ...(Object.fromEntries(ops) as object) },
    pernet_list: own.list,
    first_device: own.first_device,
    ids: parked,
  };
}

/** The kernel's own ops do nothing that is logged here, but they stand in the list that the first dump measures. */
function kernelsOwnList({ isolated, events }: KernelTrace): { list: string[]; first_device: string | null } {
  const dump = events.find((event) => event.ev === 'list');
  if (isolated) return { list: [], first_device: null };
  const { len, first_pos, first_device } = dump ?? { len: 2, first_pos: 1, first_device: 'loopback_net_ops' };
  const list = Array.from({ length: len! }, (_, index) => `own${index}`);
  list[first_pos!] = first_device as string;
  return { list, first_device: first_device as string };
}

function declaration({ callbacks, id, size }: TraceStep): OpsDeclaration {
  return { ...Object.fromEntries(callbacks!.map((callback) => [callback, true])), id: id!, size: size! };
}

/** Which namespaces each cleanup took, by its callbacks; the last one put comes first in them. */
function batches(teardown: readonly TraceEvent[]): string[][] {
  const taken: Set<string>[] = [];
  for (const event of teardown) {
    if (event.ev === 'cleanup_net') taken.push(new Set());
    for (const net of event.nets ?? [event.net]) if (net !== undefined) taken.at(-1)!.add(net);
  }
  return taken.map((batch) => [...batch].reverse());
}
