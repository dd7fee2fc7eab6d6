import {
  runScenario,
  type Booted,
  type Dialect,
  type NetnsEvent,
  type OpsDeclaration,
  type Scenario,
  type ScenarioConfig,
  type ScenarioStep,
} from '../../netns/index.ts';
import { SourceItem, type HistoryEvent, type OpsNames, type Phase } from './source-event.ts';
import type { TraceStep } from '../paths/trace.ts';

/** A step of the source, or of the scenario that the model runs. */
export type Item =
  { readonly phase: Phase; readonly trace: TraceStep } | { readonly phase: Phase; readonly step: ScenarioStep };

/** What the source does in a callback that the model has called for a namespace. */
export interface Called {
  readonly net: string;
  readonly phase: Phase;
  readonly steps: readonly TraceStep[];
}

/** A run to be: the source's steps and the model's, in order. */
export interface Script {
  readonly description: string;
  readonly config?: ScenarioConfig;
  /** The kernel that it starts on, as the scenario names it, and what is known of it. */
  readonly boot?: Pick<Scenario, 'boot' | 'bootConfig'> & { readonly booted: Booted };
  readonly ops: Readonly<Record<string, OpsDeclaration>>;
  readonly items: readonly Item[];
  /** The names that the source's ops have in the scenario; none where no source was read. */
  readonly names?: OpsNames;
  /** Asked after each event of the model: the source's steps stand behind the event that calls the callback. */
  readonly called?: (event: NetnsEvent) => readonly Called[];
  /** The phase that the final state lies in. */
  readonly end: Phase;
}

export interface Played {
  readonly scenario: Scenario;
  readonly events: readonly HistoryEvent[];
}

/** The scenario that drives the model through a script. */
export function scenarioOf({ description, config, boot, ops, items }: Script): Scenario {
  return {
    description,
    ...(boot?.boot === undefined ? {} : { boot: boot.boot }),
    ...(boot?.bootConfig === undefined ? {} : { bootConfig: boot.bootConfig }),
    ...(config ? { config } : {}),
    ops: { ...ops },
    steps: items.flatMap((item) => ('step' in item ? [item.step] : [])),
  };
}

/** Runs a script on the model of net/core/net_namespace.c; with `changes`, each event says what it changed. */
export function play(script: Script, options: { readonly dialect: Dialect; readonly changes?: boolean }): Played {
  const scenario = scenarioOf(script);
  const run = runScenario(scenario, {
    dialect: options.dialect,
    changes: options.changes ?? false,
    ...(script.boot ? { booted: script.boot.booted } : {}),
  });
  const events: HistoryEvent[] = [];
  const source = (trace: TraceStep, phase: Phase, at: { item: number; net?: string }): void => {
    if (script.names) events.push(new SourceItem(trace, phase, script.names, at));
  };
  let step = 0;
  script.items.forEach((each, item) => {
    if ('trace' in each) {
      source(each.trace, each.phase, { item });
      return;
    }
    const ran = run.steps[step];
    ran?.events.forEach((event, index) => {
      const changes = ran.changes?.[index];
      events.push({ event, phase: each.phase, step, item, ...(changes ? { changes } : {}) });
      for (const { net, phase, steps } of script.called?.(event) ?? [])
        for (const trace of steps) source(trace, phase, { item, net });
    });
    step++;
  });
  const { final, finalChanges } = run;
  if (final) events.push({ event: final, phase: script.end, ...(finalChanges ? { changes: finalChanges } : {}) });
  return { scenario, events };
}
