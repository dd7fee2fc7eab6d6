/** Exploration: every allocation and every init of a scenario fails in turn; what is not clean afterwards is reported. */
import type { NetnsEvent } from '../events.ts';
import { parseScenario } from '../parse_scenario.ts';
import { step, type RunOptions } from '../run.ts';
import type { Scenario, ScenarioStep } from '../scenario.ts';
import { initialState, type State } from '../state.ts';
import { closingSteps } from './closing.ts';
import { faultsOf, type Fault } from './fault.ts';
import { shortest } from './shrink.ts';
import { uncleanCall, uncleanEnd, type Unclean, type UncleanKind } from './unclean.ts';

/** One kind of unclean end, with the shortest scenario that shows it. */
export interface Finding {
  kind: UncleanKind;
  detail: string;
  /** What was made to fail; undefined when it takes no failure. */
  fault: string | undefined;
  /** Ends in the state that is not clean; run it to see. */
  scenario: Scenario;
}

export interface Exploration {
  /** Runs made, one of them without a fault. */
  runs: number;
  /** Runs that ended in a panic, which leave no state to judge. */
  panics: number;
  findings: Finding[];
}

interface Ending {
  unclean: Unclean[];
  panicked: boolean;
  /** The steps that were run, without any that is a violation as a whole. */
  steps: ScenarioStep[];
  /** The steps that gave back what was still held. */
  closing: ScenarioStep[];
}

/** Fails everything that can fail in a scenario, one thing at a time. */
export function explore(scenario: Scenario, options: RunOptions = {}): Exploration {
  const exploration: Exploration = { runs: 0, panics: 0, findings: [] };
  const seen = new Set<string>();
  const judge = (fault: Fault | undefined, ending: Ending): void => {
    exploration.runs += 1;
    if (ending.panicked) exploration.panics += 1;
    for (const { kind } of ending.unclean) {
      // What a run without a fault shows is not told again for every fault.
      if (seen.has(kind) || seen.has(`${kind} ${fault?.kind}`)) continue;
      seen.add(fault === undefined ? kind : `${kind} ${fault.kind}`);
      exploration.findings.push({ kind, fault: fault?.title, ...shortestWitness(scenario, ending, kind, options) });
    }
  };
  judge(undefined, finish(initialState(scenario), scenario.steps, options));
  let state = initialState(scenario);
  const done: ScenarioStep[] = [];
  for (const [index, next] of scenario.steps.entries()) {
    for (const fault of faultsOf(state, next, options)) {
      const ending = finish(state, [...fault.steps, ...scenario.steps.slice(index + 1)], options);
      judge(fault, { ...ending, steps: [...done, ...ending.steps] });
    }
    const { state: after, run } = step(state, next, options);
    if (run.events.some(isOwnViolation)) continue;
    state = after;
    done.push(next);
  }
  return exploration;
}

/** Runs steps from a state to their end, and then those that close; what makes no sense any more is passed over. */
function finish(start: State, steps: readonly ScenarioStep[], options: RunOptions): Ending {
  const ending: Ending = { unclean: [], panicked: false, steps: [], closing: [] };
  let state = start;
  const take = (next: ScenarioStep, taken: ScenarioStep[]): void => {
    const before = state;
    if (before.panicked) return;
    const { state: after, run } = step(before, next, options);
    // After a fault a step may name what was never made: it is a violation as a whole, and has done nothing.
    if (run.events.some(isOwnViolation)) return;
    state = after;
    taken.push(next);
    ending.unclean.push(...uncleanCall(before, after, run.events));
  };
  for (const next of steps) take(next, ending.steps);
  for (const next of closingSteps(() => state)) take(next, ending.closing);
  ending.panicked = state.panicked;
  if (!state.panicked) ending.unclean.push(...uncleanEnd(state));
  return ending;
}

/** Whether a step was not defined; the other kind of violation is the kernel's, inside of a call that is. */
function isOwnViolation(event: NetnsEvent): boolean {
  return event.event === 'violation' && event.kind !== 'net-generic-out-of-bounds';
}

/** The shortest scenario that ends like this one, and what is wrong with its end. */
function shortestWitness(
  scenario: Scenario,
  { steps: all }: Ending,
  kind: UncleanKind,
  options: RunOptions,
): { detail: string; scenario: Scenario } {
  const endingOf = (steps: readonly ScenarioStep[]) => finish(initialState(scenario), steps, options);
  const shows = (steps: readonly ScenarioStep[]): boolean => {
    // What is left may name what was left out. No end that this model comes to needs a second namespace, so that one
    // is left out as a whole first, and this has not happened yet.
    if (!parseScenario({ ...scenario, steps }, options).ok) return false;
    const ending = endingOf(steps);
    return ending.steps.length === steps.length && ending.unclean.some((unclean) => unclean.kind === kind);
  };
  const steps = shortest(all, shows);
  const { unclean, closing } = endingOf(steps);
  const { detail } = unclean.find((entry) => entry.kind === kind)!;
  const { config = {} } = scenario;
  return { detail, scenario: { config, ops: usedOps(scenario, steps), steps: [...steps, ...closing] } };
}

function usedOps(scenario: Scenario, steps: readonly ScenarioStep[]): NonNullable<Scenario['ops']> {
  const used = new Set(steps.map((entry) => ('ops' in entry ? entry.ops : undefined)));
  return Object.fromEntries(Object.entries({ ...scenario.ops }).filter(([ops]) => used.has(ops)));
}
