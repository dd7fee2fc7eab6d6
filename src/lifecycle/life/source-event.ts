import type { NetnsEvent, StateChanges } from '../../netns/index.ts';
import type { OpsEntry, Program } from '../../program/program.ts';
import { unknownValue } from '../paths/published.ts';
import { nameOfResource, readable } from '../paths/resource.ts';
import type { TraceStep } from '../paths/trace.ts';

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
  /** The index of the script's item that it belongs to (play.ts); the final state has none. */
  readonly item?: number;
  /** The namespace that a callback runs for, where it is a step of one that the model called. */
  readonly net?: string;
  /** What it changed of the model's state, where that was asked for. */
  readonly changes?: StateChanges;
}

/** A step of the source in a history; most are never looked at, so the event is made when it is. */
export class SourceItem implements HistoryEvent {
  readonly item: number;
  readonly net?: string;
  private made: SourceEvent | undefined;

  constructor(
    readonly trace: TraceStep,
    readonly phase: Phase,
    private readonly names: OpsNames,
    at: { readonly item: number; readonly net?: string },
  ) {
    this.item = at.item;
    if (at.net !== undefined) this.net = at.net;
  }

  get event(): SourceEvent {
    return (this.made ??= sourceEvent(this.trace, this.names));
  }
}

/** The names of ops in a scenario: the variable's own, and with a number where two files have one of the same name. */
export class OpsNames {
  readonly entries = new Map<string, OpsEntry>();
  private readonly byId = new Map<string, string>();

  constructor(private readonly program: Program) {}

  /** Whether an ops of the source has a callback. */
  has(name: string, callback: string): boolean {
    const fields = this.entries.get(name)?.fact.fields ?? [];
    return fields.some((field) => field.name === callback && field.text !== 'NULL');
  }

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
      if (trace.t === 'release' && trace.origins.length === 0 && !trace.again && trace.repeated === undefined)
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
    case 'published':
      return {
        ...base,
        call: `${trace.call}(${trace.pointer})`,
        outcome: trace.value === null ? 'is set to NULL' : trace.value === unknownValue ? 'is set' : 'is published',
      };
    case 'misuse':
      return {
        ...base,
        call: `${trace.call}(${trace.freed})`,
        outcome: trace.before ? 'is said twice' : 'is too early',
      };
    case 'spared':
      return { ...base, call: `${trace.of}[${trace.last ? 'last' : '0'}]`, outcome: 'is spared' };
    case 'stop':
      return { ...base, call: `${trace.call}(&${trace.text})`, outcome: 'is stopped' };
    case 'use':
      return { ...base, call: `net_generic(net, ${readable(trace.id)})`, outcome: 'is used' };
    case 'hidden':
      return { ...base, call: `${trace.name}()`, outcome: 'is not followed' };
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
