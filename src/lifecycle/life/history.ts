import type { AskedState } from '../asks/asked-state.ts';
import type { Dialect, OpsDeclaration, Scenario, ScenarioStep } from '../../netns/index.ts';
import type { FunctionEntry, Module, OpsEntry, Program } from '../../program/program.ts';
import type { Held } from '../paths/held.ts';
import type { LeftSet } from '../asks/left-set.ts';
import { play, type Item, type Played, type Script } from './play.ts';
import { OpsNames, type HistoryEvent, type Phase } from './source-event.ts';
import type { TraceStep } from '../paths/trace.ts';

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
  readonly state: AskedState;
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
  /** Pointers of others that an init which fails leaves set to what is the module's. */
  readonly leftSet: readonly LeftSet[];
  /** Releases of what had been released before, as far as proven (`withDoubts`). */
  readonly again: ReadonlySet<TraceStep>;
  /**
   * Releases of what the path never acquired, though another path of the module does (`withDoubts`): those of a failing
   * path, and those by which an exit undoes what an init that went on could not acquire.
   */
  readonly never: ReadonlySet<TraceStep>;
  /** Where init went on to return success although a step failed; null when it did not. */
  readonly lost: Lost | null;
  /** Where a helper returned 0 although a step of its own failed; null when none did. */
  readonly lostWithin: { readonly failure: TraceStep; readonly end: TraceStep } | null;
  /** Where init went on although a step failed, and gives up where that step succeeds; null when it does not. */
  readonly turned: Turned | null;
  readonly doubts: Doubts;
  /** The ops whose callbacks the path runs for a namespace, and its exit callbacks; null for a path of a module. */
  readonly of: { readonly ops: OpsEntry; readonly phases: readonly PhaseOfNet[] } | null;
  /** Whether the namespace that dies is init_net, where the callbacks on the path ask that. */
  readonly ofFirst?: boolean;
  /** What the result of init can be (a mask of values.ts). */
  readonly returned: number;
}

/** A check that is the wrong way round: the step that fails, and where init gives up when it does not. */
export interface Turned {
  readonly failure: TraceStep;
  readonly jump: TraceStep;
}

/** A failure that is lost: the step that failed, where init returned, and whose result took the error's place, where known. */
export interface Lost {
  /** Whether all that had been done was undone after it, some of which stays where nothing fails. */
  readonly holdsNothing: boolean;
  /** Whether what failed is kept where it succeeds, and no path on which nothing fails returns there. */
  readonly isApart: boolean;
  readonly failure: TraceStep;
  readonly end: TraceStep;
  readonly over: TraceStep | null;
}

/** What another path, that differs only in the answer to something not known, does not share. */
export interface Doubts {
  /** Ops that are not left registered there. */
  readonly left: ReadonlySet<string>;
  /** Ops that are not wrongly unregistered there. */
  readonly unregistered: ReadonlySet<string>;
  /** The ops that an init of any of the paths unregisters when it fails. */
  readonly takenBack: ReadonlySet<string>;
}

/** Two namespaces live through every run besides init_net: one born before the module is loaded, one after. */
const bornBefore = 'before';
const bornAfter = 'after';
const bornLast = 'later';

/**
 * A path as a script for the model (net/core/net_namespace.c): boot, a namespace born before the module, the load, a
 * namespace born after it, the death of the first, the unload, and what the namespaces of afterwards meet.
 */
export function scriptOf(path: Path, program: Program, dialect: Dialect): Script & { readonly names: OpsNames } {
  const names = new OpsNames(program);
  const after: Phase = path.fate === 'load-failed' ? 'gone' : 'loaded';
  const items: Item[] = [
    ...boot,
    { phase: 'boot', step: { step: 'copy_net_ns', net: bornBefore } },
    ...itemsOf(path.load, 'load', names),
    { phase: after, step: { step: 'copy_net_ns', net: bornAfter } },
    { phase: after, step: { step: 'put_net', net: bornBefore } },
    { phase: after, step: { step: 'cleanup_net' } },
  ];
  if (path.fate === 'unloaded') {
    items.push(...itemsOf(path.unload, 'unload', names));
    items.push({ phase: 'gone', step: { step: 'copy_net_ns', net: bornLast } });
  }
  const end = path.fate === 'loaded' ? 'loaded' : 'gone';
  return { description: describe(path), ops: declarationsOf(names, dialect), items, names, end };
}

/** Executes a path on the model. */
export function drive(
  path: Path,
  program: Program,
  state: AskedState,
  options: { readonly dialect: Dialect; readonly changes?: boolean },
): History {
  const script = scriptOf(path, program, options.dialect);
  return historyOf(path, script.names, play(script, options), state);
}

/** What a played path comes to, as rules read it. */
export function historyOf(path: Path, names: OpsNames, { scenario, events }: Played, state: AskedState): History {
  const { module, fate, init, exit, cause, result, pending } = path;
  const unchecked = new Set<number>();
  events.forEach(({ trace }, index) => {
    if (trace?.t === 'pernet' && pending.has(trace.sym)) unchecked.add(index);
  });
  return { path, module, fate, init, exit, ops: names.entries, scenario, events, cause, result, unchecked, state };
}

/** What happens before any module: the boot function, and the core's own initcall. */
export const boot: readonly Item[] = [
  { phase: 'boot', step: { step: 'net_ns_init' } },
  { phase: 'boot', step: { step: 'core_initcall' } },
];

/** A path's steps as items: each registration and unregistration is followed by the model's. */
export function itemsOf(steps: readonly TraceStep[], phase: Phase, names: OpsNames): Item[] {
  return steps.flatMap((trace) => itemsOfStep(trace, phase, names));
}

function itemsOfStep(trace: TraceStep, phase: Phase, names: OpsNames): Item[] {
  if (trace.t !== 'pernet') return [{ phase, trace }];
  const ops = names.nameOf(trace.ops);
  if (ops === null) return [{ phase, trace }];
  const steps: ScenarioStep[] = [{ step: trace.call, ops }];
  if (!trace.ok) {
    const has = (name: string): boolean =>
      names.entries.get(ops)?.fact.fields.some((field) => field.name === name) === true;
    // Without init and id nothing of it can fail: its failure is assumed, and the model has no way to it.
    if (!has('init') && !has('id')) return [{ phase, trace }];
    steps.unshift(has('init') ? { step: 'fail_init', ops } : { step: 'fail_nth_alloc', nth: 1 });
  }
  return [{ phase, trace }, ...steps.map((step) => ({ phase, step }))];
}

/** How the scenario declares every ops that has been named. */
export function declarationsOf(names: OpsNames, dialect: Dialect): Record<string, OpsDeclaration> {
  return Object.fromEntries([...names.entries].map(([name, entry]) => [name, declarationOf(entry, dialect)]));
}

const nominalSize = 64;

function declarationOf(entry: OpsEntry, dialect: Dialect): OpsDeclaration {
  const has = (name: string): boolean =>
    entry.fact.fields.some((field) => field.name === name && field.text !== 'NULL');
  const declaration: OpsDeclaration = {};
  for (const callback of dialect.callbacks) if (has(callback)) declaration[callback] = true;
  if (has('id')) declaration.id = true;
  if (has('size')) declaration.size = nominalSize;
  return declaration;
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

/** A variable or a member, which is as well a pointer or a number as a truth. */
const isPlace = /^\w+(?:(?:->|\.)\w+|\[\w+\])*$/;

/** A failing step as the words that follow "if": `rtnl_link_register() fails`. `within` is the function that is spoken of. */
export function causeText(step: TraceStep, within?: string): string {
  switch (step.t) {
    case 'pernet':
      return `${step.by ?? step.call}() fails`;
    case 'call':
      return `${step.name}() ${step.failed && step.outcome === 'succeeds' ? 'fails' : step.outcome}`;
    case 'test':
      return (
        `\`${step.text}\` is ${isPlace.test(step.text) ? (step.answer ? 'set' : 'not set') : String(step.answer)}` +
        (within === undefined || within === step.place.fn ? '' : ` in ${step.place.fn}()`)
      );
    case 'acquire':
    case 'release':
      return `${step.call}() succeeds`;
    case 'use':
    case 'stop':
    case 'barrier':
    case 'published':
    case 'misuse':
    case 'spared':
    case 'stored':
    case 'hidden':
      return 'that is so';
    case 'enter':
    case 'leave':
      return `${step.name}() is called`;
    case 'jump':
      return step.kind === 'goto' ? `control goes to ${step.label ?? ''}` : 'it returns';
  }
}
