import {
  keyOfPlace,
  type HistoryEvent,
  type Item,
  type Lifecycles,
  type Path,
  type Played,
  type Script,
  type TraceStep,
} from '../lifecycle/index.ts';
import type { Dialect, ScenarioStep } from '../netns/index.ts';
import { entriesOf } from './entries.ts';
import type { OtherRun, WhatIf } from './types.ts';

/** The run that a question is about. */
export interface Asked {
  readonly run: {
    readonly lifecycles?: Pick<Lifecycles, 'paths' | 'script'>;
    /** The path of the module's code that the run goes along; without one only the model's steps are known. */
    readonly path?: Path;
  };
  readonly script: Script;
  readonly played: Played;
}

/** Plays a script as the run that is asked about was played. */
interface Player {
  readonly dialect: Dialect;
  play(script: Script): Played;
}

/** What a question changes: the other script, and how to say it; or why it cannot be asked there. */
type Edit = { readonly script: Script; readonly label: string } | { readonly error: string };

/** No step of a scenario allocates more often. */
const mostAllocations = 1 << 14;

/** The other run that a question asks for, played. */
export function otherRun(
  asked: Asked & { readonly run: { readonly lifecycles: Player } },
  whatIf: WhatIf,
): OtherRun | { error: string } {
  return answer(asked, whatIf, asked.run.lifecycles);
}

/** The same for a run that `player` plays. */
export function answer(asked: Asked, whatIf: WhatIf, player: Player): OtherRun | { error: string } {
  const edit = edited(asked, whatIf, player);
  if ('error' in edit) return edit;
  const played = settled(edit.script, player);
  const entries = entriesOf(played, player.dialect);
  const failing = entries.findIndex(({ event }) => event.event === 'violation');
  return { label: edit.label, entries, ...(failing < 0 ? {} : { failing }) };
}

function edited(asked: Asked, whatIf: WhatIf, player: Player): Edit {
  const at = asked.played.events[whatIf.entry];
  if (!at) return { error: 'The run has no such step any more.' };
  switch (whatIf.kind) {
    case 'fail-init':
      return failInit(asked, at);
    case 'fail-alloc':
      return failAlloc(asked, at, player);
    case 'swap': {
      const other = asked.played.events[whatIf.with];
      return other ? swap(asked, at, other) : { error: 'The run has no such step any more.' };
    }
  }
}

function failInit(asked: Asked, { event, item }: HistoryEvent): Edit {
  if (event.event !== 'init' || item === undefined) return { error: 'Only an init can be made to fail so.' };
  const fault: ScenarioStep = { step: 'fail_init', ops: event.ops, net: event.net };
  return { script: withFault(asked, item, fault), label: `if ${event.ops}.init fails for ${event.net}` };
}

/** The allocation is found by trying: the first whose failure changes the run at this event. */
function failAlloc(asked: Asked, at: HistoryEvent, player: Player): Edit {
  const { script, played } = asked;
  const { item } = at;
  if (item === undefined || at.trace) return { error: 'Nothing is allocated at this step.' };
  const own = played.events.filter((each) => each.item === item && !each.trace);
  const target = own.indexOf(at);
  const until = { ...script, items: script.items.slice(0, item + 1) };
  const differsAt = (nth: number): number => {
    const events = player.play(insert(until, item, { step: 'fail_nth_alloc', nth })).events;
    const theirs = events.filter((each) => each.item === item + 1 && !each.trace);
    const first = own.findIndex((each, index) => !sameEvent(each, theirs[index]));
    return first < 0 ? Infinity : first;
  };
  let [low, high] = [1, mostAllocations];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (differsAt(middle) >= target) high = middle;
    else low = middle + 1;
  }
  if (differsAt(low) !== target) return { error: 'Nothing is allocated at this step.' };
  const what = at.event.event === 'init' ? `the data of ${at.event.ops} for ${at.event.net}` : `this step`;
  const fault: ScenarioStep = { step: 'fail_nth_alloc', nth: low };
  return { script: withFault(asked, item, fault), label: `if the allocation for ${what} fails` };
}

function swap({ script }: Asked, a: HistoryEvent, b: HistoryEvent): Edit {
  const blocks = [a, b].map(({ item }) => blockOf(script.items, item)).sort((x, y) => (x?.from ?? 0) - (y?.from ?? 0));
  const [first, second] = blocks;
  if (!first || !second || first.from === second.from) return { error: 'Only two registrations can be swapped.' };
  const { items } = script;
  return {
    script: {
      ...script,
      items: [
        ...items.slice(0, first.from),
        ...items.slice(second.from, second.to),
        ...items.slice(first.to, second.from),
        ...items.slice(first.from, first.to),
        ...items.slice(second.to),
      ],
    },
    label: `if ${second.ops} is registered before ${first.ops}`,
  };
}

/** The items that make up one registration: the source's call and the model's. */
function blockOf(
  items: readonly Item[],
  item: number | undefined,
): { from: number; to: number; ops: string } | undefined {
  if (item === undefined) return undefined;
  const isSource = (at: number): boolean => traceOf(items[at])?.t === 'pernet';
  // From the source's call to the model's, which follows it; a fault may stand between.
  let to = item;
  while (to < items.length && to <= item + 2 && registrationOf(items[to]) === undefined) to++;
  const ops = registrationOf(items[to]);
  if (ops === undefined) return undefined;
  let from = to;
  while (from > 0 && (isFault(items[from - 1]) || (isSource(from - 1) && !isSource(from)))) from--;
  return item >= from ? { from, to: to + 1, ops } : undefined;
}

function traceOf(item: Item | undefined): TraceStep | undefined {
  return item && 'trace' in item ? item.trace : undefined;
}

function registrationOf(item: Item | undefined): string | undefined {
  if (!item || !('step' in item)) return undefined;
  const { step } = item;
  return step.step === 'register_pernet_subsys' || step.step === 'register_pernet_device' ? step.ops : undefined;
}

function isFault(item: Item | undefined): boolean {
  return (
    item !== undefined && 'step' in item && (item.step.step === 'fail_init' || item.step.step === 'fail_nth_alloc')
  );
}

/**
 * The script with a fault in one of its steps. Where that is a registration which the module's code checks, the run
 * goes on along the way that the code takes then.
 */
function withFault({ run, script }: Asked, item: number, fault: ScenarioStep): Script {
  const trace = traceOf(script.items[item - 1]);
  if (run.path && run.lifecycles && trace?.t === 'pernet' && trace.ok) {
    const path = failingPath(run.lifecycles.paths(run.path.module), run.path, trace);
    const other = path ? run.lifecycles.script(path) : undefined;
    const at = other?.items.findIndex((each) => traceOf(each) === path?.at) ?? -1;
    if (other && at >= 0) return { ...other, items: other.items.with(at + 1, { phase: 'load', step: fault }) };
  }
  return insert(script, item, fault);
}

/** The path that is like `base` up to a registration, and on which that fails. */
function failingPath(
  paths: readonly Path[],
  base: Path,
  trace: TraceStep & { t: 'pernet' },
): (Path & { readonly at: TraceStep }) | undefined {
  const before = base.load.slice(0, Math.max(base.load.indexOf(trace), 0)).map(keyOfStep);
  return paths
    .flatMap((path) => {
      const index = path.load.findIndex(
        (step) => step.t === 'pernet' && !step.ok && keyOfPlace(step.place) === keyOfPlace(trace.place),
      );
      const at = path.load[index];
      return at &&
        index === before.length &&
        path.load.slice(0, index).every((step, i) => keyOfStep(step) === before[i])
        ? [{ ...path, at }]
        : [];
    })
    .at(0);
}

function keyOfStep(step: TraceStep): string {
  const outcome =
    step.t === 'pernet' ? step.ok : step.t === 'test' ? step.answer : step.t === 'call' ? step.outcome : '';
  return `${step.t}|${keyOfPlace(step.place)}|${outcome}`;
}

function insert(script: Script, at: number, step: ScenarioStep): Script {
  const phase = script.items[at]?.phase ?? 'loaded';
  return { ...script, items: script.items.toSpliced(at, 0, { phase, step }) };
}

/** Plays a script; what it would do with a namespace that did not come about is left out. */
function settled(script: Script, player: Player): Played {
  let played = player.play(script);
  const missing = new Set(
    played.events.flatMap(({ event, item }) => {
      const each = item === undefined ? undefined : script.items[item];
      const failed = event.event === 'return' && event.call === 'copy_net_ns' && event.net === undefined;
      return failed && each && 'step' in each && each.step.step === 'copy_net_ns' ? [each.step.net] : [];
    }),
  );
  if (missing.size === 0) return played;
  const needs = (step: ScenarioStep): boolean =>
    step.step !== 'copy_net_ns' &&
    step.step !== 'fail_init' &&
    Object.values(step).some((value) => typeof value === 'string' && missing.has(value));
  const items = script.items.filter((item) => !('step' in item) || !needs(item.step));
  if (items.length < script.items.length) played = player.play({ ...script, items });
  return played;
}

function sameEvent(a: HistoryEvent, b: HistoryEvent | undefined): boolean {
  return JSON.stringify(a.event) === JSON.stringify(b?.event);
}
