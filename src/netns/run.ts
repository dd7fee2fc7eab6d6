/** Running: one step as a pure function, and a whole scenario on one draft. */
import { startOf, type Booted } from './booted.ts';
import { reference } from './dialects/reference.ts';
import type { StateChanges } from './changes.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { NetnsEvent, StateEvent, StateSnapshot } from './events.ts';
import { openKernel, type Kernel } from './kernel.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';
import type { State } from './state.ts';
import { log_state, run_step } from './steps.ts';

export interface RunOptions {
  /** Default: the reference text. */
  dialect?: Dialect;
  /** Gives the state after each event; default false. */
  snapshots?: boolean;
}

/** A whole run can also say what each event changed. */
export interface ScenarioRunOptions extends RunOptions {
  /** What a scenario with a `boot` starts on. */
  booted?: Booted;
  /** Gives what each event changed of the state, from nothing on; default false. */
  changes?: boolean;
}

/** What one step did. */
export interface StepRun {
  step: ScenarioStep;
  events: NetnsEvent[];
  /** Beside each event the state as it is then, if asked for. */
  snapshots?: StateSnapshot[];
  /** Beside each event what it changed, if asked for. */
  changes?: StateChanges[];
}

export interface ScenarioRun {
  /** One entry a step, in order; after a panic there are none. */
  steps: StepRun[];
  /** The state that is logged after the last step; undefined after a panic. */
  final: StateEvent | undefined;
  /** What changed up to the final state and was no event's; there if changes were asked for. */
  finalChanges?: StateChanges;
  /** 1 when a violation was logged. */
  exit: 0 | 1;
}

/**
 * One step: the new state and the events. `state` stays as it is, and stays valid, so that a run can be taken back or
 * branched. Bad input is for parseScenario(); what the kernel leaves undefined is a `violation` event.
 */
export function step(
  state: State,
  scenarioStep: ScenarioStep,
  options: RunOptions = {},
): { state: State; run: StepRun } {
  const kernel = open(state, options);
  if (!state.panicked) run_step(kernel, scenarioStep);
  return { state: kernel.state, run: stepRun(kernel, scenarioStep, 0) };
}

/**
 * Runs a scenario that parseScenario() accepted, or one that is built by the same rules. What happens while a `boot` boots
 * is not logged.
 */
export function runScenario(scenario: Scenario, options: ScenarioRunOptions = {}): ScenarioRun {
  const kernel = open(startOf(scenario, options), options);
  const steps: StepRun[] = [];
  for (const scenarioStep of scenario.steps) {
    if (kernel.state.panicked) break;
    const first = kernel.events.length;
    run_step(kernel, scenarioStep);
    steps.push(stepRun(kernel, scenarioStep, first));
  }
  const final = finalState(kernel);
  const finalChanges = final && kernel.changes?.at(-1);
  const exit = kernel.events.some(isViolation) ? 1 : 0;
  return { steps, final, ...(finalChanges ? { finalChanges } : {}), exit };
}

/** All events of a run in order, the final state last. */
export function eventsOf(run: ScenarioRun): NetnsEvent[] {
  const events = run.steps.flatMap((entry) => entry.events);
  return run.final === undefined ? events : [...events, run.final];
}

/** The indexes of the steps that logged a violation. */
export function violatingSteps(run: ScenarioRun): number[] {
  return run.steps.flatMap((entry, index) => (entry.events.some(isViolation) ? [index] : []));
}

function open(state: State, { dialect = reference, snapshots = false, changes = false }: ScenarioRunOptions): Kernel {
  return openKernel(state, dialect, { snapshots, changes });
}

function stepRun(kernel: Kernel, scenarioStep: ScenarioStep, first: number): StepRun {
  const run = { step: scenarioStep, events: kernel.events.slice(first) };
  return {
    ...run,
    ...(kernel.snapshots === undefined ? {} : { snapshots: kernel.snapshots.slice(first) }),
    ...(kernel.changes === undefined ? {} : { changes: kernel.changes.slice(first) }),
  };
}

function finalState(kernel: Kernel): StateEvent | undefined {
  if (kernel.state.panicked) return undefined;
  log_state(kernel);
  return kernel.events.at(-1) as StateEvent;
}

function isViolation(event: NetnsEvent): boolean {
  return event.event === 'violation';
}
