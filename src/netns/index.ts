/**
 * The embedded model of net/core/net_namespace.c. It knows nothing of C text, files or editors: a scenario goes in, an
 * event log comes out.
 */
export type * from './events.ts';
export type * from './scenario.ts';
export { startOf } from './booted.ts';
export type { Booted, StartOptions } from './booted.ts';
export type { Dialect, NetNamespaceTexts } from './dialects/dialect.ts';
export { detectDialect, dialectNamed, dialects, dialectWith } from './dialects/index.ts';
export { eventsOf, runScenario, step, violatingSteps } from './run.ts';
export type { RunOptions, ScenarioRun, ScenarioRunOptions, StepRun } from './run.ts';
export type { StateChanges } from './changes.ts';
export { snapshot } from './snapshot.ts';
export { initialState } from './state.ts';
export type { State } from './state.ts';
export { STEP_NAMES } from './check_steps.ts';
export { parseScenario, parseScenarioText } from './parse_scenario.ts';
export type { ParsedScenario, ParseOptions } from './parse_scenario.ts';
export { errnoNamed } from './errno.ts';
export { eventLines, eventText, stepText, traceLines } from './trace.ts';
export { explore } from './explore/explore.ts';
export type { Exploration, Finding } from './explore/explore.ts';
export type { UncleanKind } from './explore/unclean.ts';
