import {
  callChain,
  keyOfPlace,
  laneOf,
  nameOfResource,
  sentenceOf,
  type HistoryEvent,
  type Place,
  type Played,
  type TraceStep,
} from '../lifecycle/index.ts';
import type { Dialect } from '../netns/index.ts';
import type { EntryChanges, Holding, TimelineEntry } from './types.ts';

/** The events of a run as a page shows them. */
export function entriesOf({ scenario, events }: Played, dialect: Dialect): TimelineEntry[] {
  const ledger = new Ledger();
  return events.map((each, index): TimelineEntry => {
    const { event, trace, step, net } = each;
    const call = step === undefined ? undefined : scenario.steps[step]?.step;
    const by = 'function' in event ? [event.function] : call === undefined ? [] : callChain(event, call, dialect);
    const changes = { ...each.changes, ...ledger.note(each) };
    return {
      index,
      event: event as unknown as TimelineEntry['event'],
      text: sentenceOf(each).trimEnd(),
      lane: net ?? laneOf(event),
      step: step ?? -1,
      ...(by.length > 0 ? { by } : {}),
      ...(trace ? { source: sourceOf(trace.place) } : {}),
      ...(Object.keys(changes).length > 0 ? { changes } : {}),
    };
  });
}

interface Held extends Holding {
  /** What its release names: the place of the acquisition, or the ops. */
  readonly key: string;
}

/** What the source holds, from its own calls: registrations, and what it acquires by any pair of calls. */
class Ledger {
  private held: Held[] = [];
  private count = 0;

  note({ trace, net }: Pick<HistoryEvent, 'trace' | 'net'>): Pick<EntryChanges, 'acquired' | 'released'> {
    switch (trace?.t) {
      case 'pernet':
        return trace.ok ? this.notePernet(trace) : {};
      case 'acquire':
        return this.acquire(keyOfPlace(trace.place), nameOfResource(trace), trace.place, net);
      case 'release':
        return this.release(trace.origins.map(keyOfPlace), net);
      default:
        return {};
    }
  }

  private notePernet(trace: TraceStep & { t: 'pernet' }): Pick<EntryChanges, 'acquired' | 'released'> {
    if (!trace.call.startsWith('register')) return this.release([trace.ops], undefined);
    const name = trace.ops.slice(trace.ops.indexOf('#') + 1);
    const kind = trace.call.endsWith('device') ? 'device' : 'subsys';
    return this.acquire(trace.ops, `registration of ${name} (${kind})`, trace.place, undefined);
  }

  private acquire(key: string, resource: string, place: Place, net: string | undefined): { acquired: Holding } {
    const acquired: Holding = {
      id: this.count++,
      resource,
      by: place.fn,
      ...(net === undefined ? {} : { net }),
      ...sourceOf(place),
    };
    this.held.push({ ...acquired, key });
    return { acquired };
  }

  /** Of what was acquired at one place, the latest goes first. */
  private release(keys: readonly string[], net: string | undefined): { released?: number[] } {
    const released = keys.flatMap((key) => {
      const found =
        this.held.findLast((each) => each.key === key && each.net === net) ??
        this.held.findLast((each) => each.key === key && each.net === undefined);
      if (!found) return [];
      this.held = this.held.filter((each) => each !== found);
      return [found.id];
    });
    return released.length > 0 ? { released } : {};
  }
}

function sourceOf({ file, at }: Place): { file: string; line: number; column: number } {
  return { file, line: at[0], column: at[1] };
}
