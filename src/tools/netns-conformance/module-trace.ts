/** Traces of the kernel's own ops: namespaces made and destroyed, modules loaded and unloaded. */
import type { OpsDeclaration } from '../../netns/index.ts';
import { drive, type Verdict } from './lab-scenario.ts';
import type { KernelTrace, TraceEvent } from './kernel-trace.ts';
import { Replay } from './replay.ts';
import type { ReplayStart } from './replay-start.ts';

/** Replays a trace whose registrations are those of modules: the calls are taken from it, what they lead to is not. */
export function replayModuleTrace(trace: KernelTrace, kernel: string): Verdict {
  const replay = new Replay(listedStart(trace, kernel), { allOps: true });
  const lab = trace.steps.some((step) => step.op === 'define');
  if (lab) drive(replay, trace.steps);
  else
    trace.events.forEach((event) => {
      makeCall(replay, trace, event);
    });
  return { name: trace.name, events: replay.compared, difference: replay.difference(trace.events) };
}

/** Makes the call that an event is the entry of. */
function makeCall(replay: Replay, { steps }: KernelTrace, event: TraceEvent): void {
  const kind = event.ev.endsWith('_device') ? 'device' : 'subsys';
  switch (event.ev) {
    case 'register_pernet_subsys':
    case 'register_pernet_device':
      replay.register(event.ops!, kind);
      break;
    case 'unregister_pernet_subsys':
    case 'unregister_pernet_device':
      replay.unregister(event.ops!, kind);
      break;
    case 'setup_net':
      replay.newnet(steps[event.step]!.net!);
      break;
    case 'cleanup_net': {
      // The cleanup may be seen a step after the one that let the namespaces die.
      const died = steps.slice(0, event.step + 1).findLast((step) => step.op === 'delnet');
      replay.kill(died!.nets!);
      replay.cleanup();
      break;
    }
  }
}

/** The kernel as the first dump shows it, with every ops that any dump shows. */
function listedStart(trace: KernelTrace, kernel: string): ReplayStart {
  const entries = trace.events.filter((event) => event.ev === 'list_entry');
  const list = trace.events.find((event) => event.ev === 'list')!;
  const first = entries.slice(0, list.len);
  const under_rtnl = (ev: string) =>
    new Set(trace.events.filter((event) => event.ev === ev).map((event) => event.ops!));
  const [rtnl, batch_rtnl] = [under_rtnl('exit_rtnl'), under_rtnl('exit_batch_rtnl')];
  // A dump does not show the callbacks under the RTNL; an ops that is seen to run one has it.
  const declared = entries.map((entry): [string, OpsDeclaration] => [
    entry.ops!,
    { ...declaration(entry), exit_rtnl: rtnl.has(entry.ops!), exit_batch_rtnl: batch_rtnl.has(entry.ops!) },
  ]);
  const lab = trace.steps.filter((step) => step.op === 'define');
  return {
    kernel,
    ops: {
      ...Object.fromEntries(declared),
      ...Object.fromEntries(
        lab.map((step) => [step.slot!, Object.fromEntries(step.callbacks!.map((name) => [name, true]))]),
      ),
    },
    pernet_list: first.map((entry) => entry.ops!),
    first_device: list.first_device as string,
    max_gen_ptrs: list.max_gen_ptrs!,
    ids: first.filter(has_id).map((entry) => [entry.id as number, entry.ops!]),
  };
}

function has_id({ id }: TraceEvent): boolean {
  return (id as number) >= 0;
}

function declaration(entry: TraceEvent): OpsDeclaration {
  const { init, pre_exit, exit, exit_batch, size } = entry;
  return {
    init: init === 1,
    pre_exit: pre_exit === 1,
    exit: exit === 1,
    exit_batch: exit_batch === 1,
    id: has_id(entry),
    size: size!,
  };
}
