import { diffArrays } from 'diff';
import type { OtherRun, Timeline, TimelineEntry } from '../engine/types.ts';
import { netsOf } from './state.ts';

/** One line of the list: a step of the run, beside it that of the other run where there is one. */
export interface Row {
  readonly index: number;
  readonly first?: TimelineEntry;
  readonly second?: TimelineEntry;
  /** Whether both runs do this, only one of them, or each another thing. */
  readonly kind: 'same' | 'first' | 'second' | 'both';
}

/** More differences than this are not aligned: what follows the first one is shown as different. */
const mostDifferences = 4000;

/** The other run that a timeline was asked for, if there is one. */
export function otherOf({ other }: Timeline): OtherRun | undefined {
  return other && 'entries' in other ? other : undefined;
}

/** The lines of a timeline, in order. */
export function rowsOf(timeline: Timeline): readonly Row[] {
  const other = otherOf(timeline);
  if (!other) return timeline.entries.map((first, index) => ({ index, first, kind: 'same' }));
  return align(timeline.entries, other.entries);
}

/** A text that differs from the one beside it is shown to its end where no more of it than this is its own. */
const mostOwn = 32;

/** The beginning of a text that another one has too, in whole words, and what is its own: that is not cut off where it is short. */
export function partedFrom(text: string, other: string): readonly [begins: string, own: string] {
  let same = 0;
  while (same < text.length && text[same] === other[same]) same++;
  const isWithin = /^\w$/.test(text[same] ?? '');
  const begins = isWithin ? text.slice(0, same).replace(/\w+$/, '') : text.slice(0, same);
  const own = text.slice(begins.length);
  return own.length > mostOwn ? [text, ''] : [begins, own];
}

/** Two runs beside each other: what both do in one line, what differs between two such lines side by side. */
function align(first: readonly TimelineEntry[], second: readonly TimelineEntry[]): Row[] {
  const rows: Row[] = [];
  const add = (kind: Row['kind'], x: TimelineEntry | undefined, y: TimelineEntry | undefined): void => {
    rows.push({ index: rows.length, kind, ...(x ? { first: x } : {}), ...(y ? { second: y } : {}) });
  };
  // What happens in both, with another result, stands side by side; what is another thing does not.
  const differ = (a: readonly TimelineEntry[], b: readonly TimelineEntry[]): void => {
    let same = 0;
    while (same < a.length && same < b.length && sameKind(a[same]!, b[same]!)) same++;
    for (let i = 0; i < same; i++) add('both', a[i], b[i]);
    for (const x of a.slice(same)) add('first', x, undefined);
    for (const y of b.slice(same)) add('second', undefined, y);
  };
  const changes = diffArrays(first.map(keyOf), second.map(keyOf), { maxEditLength: mostDifferences });
  let [a, b] = [0, 0];
  let gone: readonly TimelineEntry[] = [];
  for (const { count, added, removed } of changes ?? beginning(first, second)) {
    if (removed) gone = first.slice(a, (a += count));
    else if (added) {
      differ(gone, second.slice(b, (b += count)));
      gone = [];
    } else {
      differ(gone, []);
      gone = [];
      for (let i = 0; i < count; i++) add('same', first[a++], second[b++]);
    }
  }
  differ(gone, []);
  return rows;
}

function beginning(
  first: readonly TimelineEntry[],
  second: readonly TimelineEntry[],
): { count: number; added?: boolean; removed?: boolean }[] {
  let same = 0;
  while (same < first.length && same < second.length && keyOf(first[same]!) === keyOf(second[same]!)) same++;
  return [{ count: same }, { count: first.length - same, removed: true }, { count: second.length - same, added: true }];
}

function sameKind(a: TimelineEntry, b: TimelineEntry): boolean {
  return a.event.event === b.event.event && a.lane === b.lane && a.event['ops'] === b.event['ops'];
}

/** What an entry says, wherever it stands. */
function keyOf({ lane, text }: TimelineEntry): string {
  return `${lane}|${text}`;
}

export interface Filter {
  /** Only what names this ops; '' for all. */
  readonly ops: string;
  /** Only what is about this namespace; '' for all. */
  readonly net: string;
}

export const noFilter: Filter = { ops: '', net: '' };

/** The rows that a filter leaves, in order. What breaks the rule stays. */
export function filtered(rows: readonly Row[], { ops, net }: Filter, failing: number | undefined): readonly Row[] {
  if (ops === '' && net === '') return rows;
  const passes = (entry: TimelineEntry | undefined): boolean =>
    entry !== undefined && (ops === '' || namesOps(entry, ops)) && (net === '' || isAbout(entry, net));
  return rows.filter(
    ({ first, second }) => passes(first) || passes(second) || (failing !== undefined && first?.index === failing),
  );
}

function namesOps({ event, text }: TimelineEntry, ops: string): boolean {
  return event['ops'] === ops || (event.event === 'source' && hasWord(text, ops));
}

function isAbout({ event, lane }: TimelineEntry, net: string): boolean {
  return lane === net || netsOf(event).includes(net);
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`(?<![\\w])${word.replace(/[^\w]/g, '\\$&')}(?![\\w])`).test(text);
}

/** The places in `rows` whose text has what is looked for, in any case; none for nothing. */
export function matches(rows: readonly Row[], text: string): readonly number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const has = (entry: TimelineEntry | undefined): boolean =>
    entry !== undefined &&
    (entry.text.toLowerCase().includes(wanted) ||
      entry.lane.toLowerCase() === wanted ||
      entry.event.event.includes(wanted));
  return rows.flatMap(({ first, second }, at) => (has(first) || has(second) ? [at] : []));
}

/** Every ops and every namespace that a run names, in the order in which they come. */
export function namesIn(timeline: Timeline): { readonly ops: readonly string[]; readonly nets: readonly string[] } {
  const ops = new Set<string>();
  const nets = new Set<string>();
  for (const { event } of [...timeline.entries, ...(otherOf(timeline)?.entries ?? [])]) {
    if (typeof event['ops'] === 'string') ops.add(event['ops']);
    for (const net of netsOf(event)) nets.add(net);
  }
  return { ops: [...ops], nets: [...nets] };
}

/** The lanes of a run, in drawing order: the module, the core, then the namespaces as they first appear. */
export function lanesOf(entries: readonly TimelineEntry[]): readonly string[] {
  const lanes = new Set(['module', 'core']);
  for (const { lane, event } of entries) {
    lanes.add(lane);
    for (const net of netsOf(event)) lanes.add(net);
  }
  return [...lanes];
}
