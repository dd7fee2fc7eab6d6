/** Where a scenario starts: at the first instruction of net_ns_init(), or on a kernel that has booted. */
import { reference } from './dialects/reference.ts';
import type { Dialect } from './dialects/dialect.ts';
import { openKernel } from './kernel.ts';
import type { OpsDeclaration, Scenario, ScenarioStep } from './scenario.ts';
import { initialState, type State } from './state.ts';
import { run_step } from './steps.ts';

/** A boot as a scenario of its own: the ops of the kernel's own code, and the steps that register them. */
export interface Booted {
  readonly config: { readonly NET_NS: boolean; readonly KEYS: boolean };
  readonly ops: Readonly<Record<string, OpsDeclaration>>;
  readonly steps: readonly ScenarioStep[];
}

export interface StartOptions {
  /** Default: the reference text. */
  dialect?: Dialect;
  /** What a scenario with a `boot` starts on; it has to be there for one, and is nothing to another. */
  booted?: Booted;
}

/** The state before a scenario's first step. */
export function startOf(scenario: Scenario, { dialect = reference, booted }: StartOptions = {}): State {
  if (booted === undefined || scenario.boot === undefined) return initialState(scenario);
  const start = initialState({ config: { ...booted.config }, ops: { ...booted.ops, ...scenario.ops } });
  const kernel = openKernel(start, dialect, { snapshots: false, changes: false });
  for (const step of booted.steps) if (!kernel.state.panicked) run_step(kernel, step);
  return kernel.state;
}
