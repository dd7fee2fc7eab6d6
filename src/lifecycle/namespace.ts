import { runScenario, type Dialect, type Scenario, type ScenarioStep } from '../netns/index.ts';
import type { Program } from '../program/program.ts';
import type { PernetState } from './pernet-state.ts';
import {
  declarationOf,
  describe,
  OpsNames,
  SourceItem,
  type History,
  type HistoryEvent,
  type Path,
  type Phase,
} from './history.ts';
import type { TraceStep } from './trace.ts';

const net = 'one';

/**
 * Executes the callbacks of one ops for one namespace on the model (net/core/net_namespace.c, setup_net() and
 * cleanup_net()): the source's own steps stand after the model's event that calls the callback.
 */
export function driveNamespace(
  path: Path,
  program: Program,
  state: PernetState,
  options: { readonly dialect: Dialect; readonly snapshots?: boolean },
): History {
  const { ops, phases } = path.of!;
  const names = new OpsNames(program);
  const name = names.nameOf(ops.id) ?? ops.fact.name;
  const fails = path.fate === 'init-failed';
  const steps: ScenarioStep[] = [
    { step: 'net_ns_init' },
    { step: 'core_initcall' },
    { step: 'register_pernet_subsys', ops: name },
    ...(fails ? [{ step: 'fail_init' as const, ops: name }] : []),
    { step: 'copy_net_ns', net },
    ...(fails ? [] : [{ step: 'put_net' as const, net }, { step: 'cleanup_net' as const }]),
  ];
  const scenario: Scenario = {
    description: describe(path),
    ops: { [name]: declarationOf(ops, options.dialect) },
    steps,
  };
  const run = runScenario(scenario, { dialect: options.dialect, snapshots: options.snapshots ?? false });
  const events: HistoryEvent[] = [];
  const source = (trace: TraceStep, phase: Phase): void => {
    events.push(new SourceItem(trace, phase, names));
  };
  run.steps.forEach((ran, step) => {
    const phase: Phase = step < 3 ? 'boot' : 'loaded';
    ran.events.forEach((event, index) => {
      const snapshot = ran.snapshots?.[index];
      events.push({ event, phase, step, ...(snapshot ? { snapshot } : {}) });
      if (!('ops' in event) || event.ops !== name || !isFor(event)) return;
      if (event.event === 'init') for (const trace of path.load) source(trace, 'load');
      const called = phases.find(({ callback }) => callback === event.event);
      for (const trace of called?.steps ?? []) source(trace, 'unload');
    });
  });
  if (run.final) events.push({ event: run.final, phase: 'gone' });
  const { module, fate, init, exit, cause, result } = path;
  return {
    path,
    module,
    fate,
    init,
    exit,
    ops: names.entries,
    scenario,
    events,
    cause,
    result,
    unchecked: new Set(),
    state,
  };
}

function isFor(event: object): boolean {
  return ('net' in event && event.net === net) || ('nets' in event && (event.nets as readonly string[]).includes(net));
}
