import type { OpsDeclaration, NetnsEvent, Scenario, ScenarioStep, StateSnapshot } from '../netns/index.ts';
import { runScenario, type Dialect } from '../netns/index.ts';
import type { FunctionEntry, Module, OpsEntry, Program } from '../program/program.ts';
import type { PernetState } from './pernet-state.ts';
import type { Held } from './held.ts';
import { nameOfResource, readable } from './resource.ts';
import type { TraceStep } from './trace.ts';

/** Where in the life of a module an event lies. */
export type Phase = 'boot' | 'load' | 'loaded' | 'unload' | 'gone';

export interface SourceEvent {
  /** `acquire` and `release` are calls of a pair; everything else that the code does is `source`. */
  readonly event: 'source' | 'acquire' | 'release';
  /** What an acquisition or a release is of, as a reader would name it. */
  readonly resource?: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The call, jump or condition as written. */
  readonly call: string;
  readonly outcome: string;
  readonly function: string;
}

/** One event of a history: the model's or the source's, with the phase it lies in. */
export interface HistoryEvent {
  readonly event: NetnsEvent | SourceEvent;
  readonly phase: Phase;
  /** The source's own step, where it is one. */
  readonly trace?: TraceStep;
  /** The index of the scenario's step that it belongs to, where it is the model's. */
  readonly step?: number;
  readonly snapshot?: StateSnapshot;
}

/** How the module's life went. */
export type Fate =
  | 'load-failed'
  | 'loaded'
  | 'unloaded'
  /** An ops' `init` failed for a namespace. */
  | 'init-failed'
  /** A namespace was made with an ops and has died. */
  | 'net-gone';

/** One exit callback of an ops, run for a namespace. */
export interface PhaseOfNet {
  readonly callback: string;
  readonly fn: FunctionEntry;
  readonly steps: readonly TraceStep[];
}

/** One path through a module's life, executed on the model. A diagnostic is a place in one of these. */
export interface History {
  /** The path that was run; running it again gives the same history. */
  readonly path: Path;
  readonly module: Module;
  readonly fate: Fate;
  readonly init: FunctionEntry | null;
  readonly exit: FunctionEntry | null;
  /** Every ops that the path names, by its name in the scenario. */
  readonly ops: ReadonlyMap<string, OpsEntry>;
  readonly scenario: Scenario;
  readonly events: readonly HistoryEvent[];
  /** Why the load failed: the last thing that the path asked about before it gave up. */
  readonly cause: TraceStep | null;
  /** What `init` returned, as a reader would say it: `0`, `-EEXIST`, `an error`. */
  readonly result: string;
  /** Registrations whose result nothing on the path asked for: their places in `events`. */
  readonly unchecked: ReadonlySet<number>;
  /** Who uses what, for rules on order. */
  readonly state: PernetState;
}

/** One path through init, and through exit where the load succeeded. */
export interface Path {
  readonly module: Module;
  readonly fate: Fate;
  readonly init: FunctionEntry | null;
  readonly exit: FunctionEntry | null;
  readonly load: readonly TraceStep[];
  readonly unload: readonly TraceStep[];
  readonly pending: ReadonlySet<number>;
  readonly cause: TraceStep | null;
  readonly result: string;
  /** What the path leaves behind at its end, in the order of acquisition: at first all, then what is proven (`withDoubts`). */
  readonly left: readonly Held[];
  /** Releases of what had been released before, as far as proven (`withDoubts`). */
  readonly again: ReadonlySet<TraceStep>;
  /** Releases of what the path never acquired, though another path of the module does (`withDoubts`). */
  readonly never: ReadonlySet<TraceStep>;
  /** A step that failed although init went on to return success, and where init returned; null when there is none. */
  readonly lost: { readonly failure: TraceStep; readonly end: TraceStep } | null;
  readonly doubts: Doubts;
  /** The ops whose callbacks the path runs for a namespace, and its exit callbacks; null for a path of a module. */
  readonly of: { readonly ops: OpsEntry; readonly phases: readonly PhaseOfNet[] } | null;
  /** What the result of init can be (a mask of values.ts). */
  readonly returned: number;
}

/** What another path, that differs only in the answer to something not known, does not share. */
export interface Doubts {
  /** Ops that are not left registered there. */
  readonly left: ReadonlySet<string>;
  /** Ops that are not wrongly unregistered there. */
  readonly unregistered: ReadonlySet<string>;
}

type Item =
  { readonly phase: Phase; readonly trace: TraceStep } | { readonly phase: Phase; readonly step: ScenarioStep };

/** Two namespaces live through every run besides init_net: one born before the module is loaded, one after. */
const bornBefore = 'before';
const bornAfter = 'after';
const bornLast = 'later';

/**
 * Executes a path on the model (net/core/net_namespace.c): boot, a namespace born before the module, the load, a
 * namespace born after it, the death of the first, the unload, and what the namespaces of afterwards meet.
 */
export function drive(
  path: Path,
  program: Program,
  state: PernetState,
  options: { readonly dialect: Dialect; readonly snapshots?: boolean },
): History {
  const names = new OpsNames(program);
  const items: Item[] = [
    { phase: 'boot', step: { step: 'net_ns_init' } },
    { phase: 'boot', step: { step: 'core_initcall' } },
    { phase: 'boot', step: { step: 'copy_net_ns', net: bornBefore } },
    ...path.load.flatMap((trace) => itemsOf(trace, 'load', names)),
  ];
  const after: Phase = path.fate === 'load-failed' ? 'gone' : 'loaded';
  items.push({ phase: after, step: { step: 'copy_net_ns', net: bornAfter } });
  items.push(
    { phase: after, step: { step: 'put_net', net: bornBefore } },
    { phase: after, step: { step: 'cleanup_net' } },
  );
  if (path.fate === 'unloaded') {
    items.push(...path.unload.flatMap((trace) => itemsOf(trace, 'unload', names)));
    items.push({ phase: 'gone', step: { step: 'copy_net_ns', net: bornLast } });
  }
  const scenario: Scenario = {
    description: describe(path),
    ops: Object.fromEntries([...names.entries].map(([name, entry]) => [name, declarationOf(entry, options.dialect)])),
    steps: items.flatMap((item) => ('step' in item ? [item.step] : [])),
  };
  const run = runScenario(scenario, { dialect: options.dialect, snapshots: options.snapshots ?? false });
  const events: HistoryEvent[] = [];
  const unchecked = new Set<number>();
  let step = 0;
  for (const item of items) {
    if ('trace' in item) {
      if (item.trace.t === 'pernet' && path.pending.has(item.trace.sym)) unchecked.add(events.length);
      events.push(new SourceItem(item.trace, item.phase, names));
      continue;
    }
    const ran = run.steps[step];
    ran?.events.forEach((event, index) => {
      const snapshot = ran.snapshots?.[index];
      events.push({ event, phase: item.phase, step, ...(snapshot ? { snapshot } : {}) });
    });
    step++;
  }
  if (run.final) events.push({ event: run.final, phase: path.fate === 'loaded' ? 'loaded' : 'gone' });
  const { module, fate, init, exit, cause, result } = path;
  return { path, module, fate, init, exit, ops: names.entries, scenario, events, cause, result, unchecked, state };
}

/** A step of the source in a history; most are never looked at, so the event is made when it is. */
export class SourceItem implements HistoryEvent {
  private made: SourceEvent | undefined;

  constructor(
    readonly trace: TraceStep,
    readonly phase: Phase,
    private readonly names: OpsNames,
  ) {}

  get event(): SourceEvent {
    return (this.made ??= sourceEvent(this.trace, this.names));
  }
}

/** The names of ops in a scenario: the variable's own, and with a number where two files have one of the same name. */
export class OpsNames {
  readonly entries = new Map<string, OpsEntry>();
  private readonly byId = new Map<string, string>();

  constructor(private readonly program: Program) {}

  nameOf(id: string): string | null {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const entry = this.program.opsEntry(id);
    if (!entry) return null;
    let name = entry.fact.name;
    for (let count = 2; this.entries.has(name); count++) name = `${entry.fact.name}#${count}`;
    this.entries.set(name, entry);
    this.byId.set(id, name);
    return name;
  }
}

function itemsOf(trace: TraceStep, phase: Phase, names: OpsNames): Item[] {
  if (trace.t !== 'pernet') return [{ phase, trace }];
  const ops = names.nameOf(trace.ops);
  if (ops === null) return [{ phase, trace }];
  const steps: ScenarioStep[] = [{ step: trace.call, ops }];
  if (!trace.ok) {
    const hasInit = names.entries.get(ops)?.fact.fields.some((field) => field.name === 'init');
    steps.unshift(hasInit ? { step: 'fail_init', ops } : { step: 'fail_nth_alloc', nth: 1 });
  }
  return [{ phase, trace }, ...steps.map((step) => ({ phase, step }))];
}

const nominalSize = 64;

export function declarationOf(entry: OpsEntry, dialect: Dialect): OpsDeclaration {
  const has = (name: string): boolean =>
    entry.fact.fields.some((field) => field.name === name && field.text !== 'NULL');
  const declaration: OpsDeclaration = {};
  for (const callback of dialect.callbacks) if (has(callback)) declaration[callback] = true;
  if (has('id')) declaration.id = true;
  if (has('size')) declaration.size = nominalSize;
  return declaration;
}

function sourceEvent(trace: TraceStep, names: OpsNames): SourceEvent {
  const { file, fn, at } = trace.place;
  const base = { event: 'source' as const, file, line: at[0], column: at[1], function: fn };
  switch (trace.t) {
    case 'pernet':
      return {
        ...base,
        call: `${trace.call}(&${names.nameOf(trace.ops) ?? trace.ops})`,
        outcome: trace.ok ? 'succeeds' : 'fails',
      };
    case 'call':
      return { ...base, call: `${trace.name}()`, outcome: trace.outcome };
    case 'test':
      return { ...base, call: trace.text, outcome: trace.answer ? 'true' : 'false' };
    case 'acquire':
    case 'release':
      // What a release does not find, it does not release.
      if (trace.t === 'release' && trace.origins.length === 0 && !trace.again)
        return { ...base, call: `${trace.call}()`, outcome: 'finds nothing to release' };
      return {
        ...base,
        event: trace.t,
        resource: nameOfResource(trace),
        call: `${trace.call}()`,
        outcome: trace.t === 'acquire' ? 'acquires' : 'releases',
      };
    case 'barrier':
      return { ...base, call: `${trace.call}()`, outcome: 'waits for RCU callbacks' };
    case 'use':
      return { ...base, call: `net_generic(net, ${readable(trace.id)})`, outcome: 'is used' };
    case 'stored':
      return { ...base, call: readable(trace.at), outcome: 'is set' };
    case 'enter':
      return { ...base, call: `${trace.name}()`, outcome: 'entered' };
    case 'leave':
      return { ...base, call: `${trace.name}()`, outcome: 'returned' };
    case 'jump':
      return { ...base, call: trace.kind === 'goto' ? `goto ${trace.label ?? ''}` : 'return', outcome: 'taken' };
  }
}

export function describe(path: Path): string {
  const init = path.init ? `${path.init.fact.name}()` : 'init';
  if (path.of) {
    const outcome = path.fate === 'init-failed' ? 'fails for a namespace' : 'a namespace is made and dies';
    return `${path.of.ops.fact.name}: ${path.fate === 'init-failed' ? `${init} ${outcome}` : outcome}`;
  }
  if (path.fate === 'load-failed')
    return `${path.module.name}: ${init} fails${path.cause ? ` because ${causeText(path.cause)}` : ''}`;
  if (path.fate === 'unloaded')
    return `${path.module.name}: load, namespaces come and go, unload by ${path.exit?.fact.name ?? ''}()`;
  return `${path.module.name}: load by ${init}, namespaces come and go`;
}

/** A failing step as the words that follow "if": `rtnl_link_register() fails`. */
export function causeText(step: TraceStep): string {
  switch (step.t) {
    case 'pernet':
      return `${step.call}() fails`;
    case 'call':
      return `${step.name}() ${step.outcome === 'succeeds' ? 'succeeds' : step.outcome}`;
    case 'test':
      return `\`${step.text}\` is ${step.answer ? 'true' : 'false'}`;
    case 'acquire':
    case 'release':
      return `${step.call}() succeeds`;
    case 'use':
    case 'barrier':
    case 'stored':
      return 'that is so';
    case 'enter':
    case 'leave':
      return `${step.name}() is called`;
    case 'jump':
      return step.kind === 'goto' ? `control goes to ${step.label ?? ''}` : 'it returns';
  }
}
