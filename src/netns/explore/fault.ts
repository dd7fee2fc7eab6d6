/** The faults that a step offers: each allocation it makes, each init it calls, a signal. */
import type { NetnsEvent } from '../events.ts';
import type { RunOptions } from '../run.ts';
import { step } from '../run.ts';
import type { ScenarioStep } from '../scenario.ts';
import type { State } from '../state.ts';

/** A way to make a step fail. */
export interface Fault {
  /** For a reader: "allocation 3 of copy_net_ns fails". */
  title: string;
  /** Tells kinds of faults apart, whatever their place. */
  kind: string;
  /** What takes the place of the step. */
  steps: ScenarioStep[];
}

/** More allocations than any step makes, so that none fails and those that were made can be told. */
const NEVER = 2 ** 31 - 1;

/** Every fault of a step that is run from this state. */
export function* faultsOf(state: State, scenarioStep: ScenarioStep, options: RunOptions): Generator<Fault> {
  // It calls nothing, and would overwrite the count.
  if (scenarioStep.step === 'fail_nth_alloc') return;
  const counting = { ...state, alloc_fault: NEVER };
  const { state: after, run } = step(counting, scenarioStep, options);
  const call = scenarioStep.step;
  for (let nth = 1; nth <= NEVER - after.alloc_fault; nth += 1) {
    yield {
      title: `allocation ${nth} of ${call} fails`,
      kind: `alloc ${call}`,
      steps: [{ step: 'fail_nth_alloc', nth }, scenarioStep],
    };
  }
  for (const { ops, net } of run.events.filter(isInit)) {
    yield {
      title: `init of ${ops} for ${net} fails in ${call}`,
      kind: `init ${call}`,
      steps: [{ step: 'fail_init', ops, net, errno: -5 }, scenarioStep],
    };
  }
  if (scenarioStep.step === 'copy_net_ns' && scenarioStep.killed !== true) {
    yield { title: 'a signal kills copy_net_ns', kind: 'signal', steps: [{ ...scenarioStep, killed: true }] };
  }
}

function isInit(event: NetnsEvent): event is Extract<NetnsEvent, { event: 'init' }> {
  return event.event === 'init';
}
