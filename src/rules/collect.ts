import type { At } from '../facts/ir.ts';
import type { History, HistoryEvent } from '../lifecycle/index.ts';
import type { Finding, Fix, Severity, Witness, WitnessEvent } from './finding.ts';
import { fingerprintOf } from './fingerprint.ts';
import { rules } from './registry.ts';
import type { Problem, Rule, Spot } from './rule.ts';

export interface CollectOptions {
  /** The severity that a rule's findings get; null when the rule is off. */
  readonly severityOf: (rule: Rule) => Severity | null;
}

/** A finding with what is needed to run its witness again. */
export interface Found {
  readonly finding: Finding;
  readonly history: History;
}

interface Record {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly problem: Problem;
  readonly history: History;
  readonly config: string | undefined;
  /** The same breach met from elsewhere. */
  readonly more: Problem[];
}

/** The findings of a set of histories: each breach once, in the first history that shows it. */
export class Collector {
  private readonly found = new Map<string, Record>();

  constructor(private readonly options: CollectOptions) {}

  /** Looks at one history. `config` says under which configuration it was made, where that is not the default. */
  add(history: History, config?: string): void {
    for (const rule of rules) {
      const severity = this.options.severityOf(rule);
      if (severity === null) continue;
      for (const problem of rule.check(history)) {
        const key = `${rule.id}|${problem.key ?? `${problem.ops?.id ?? ''}|${spotKey(problem.spot)}`}`;
        const known = this.found.get(key);
        if (!known) this.found.set(key, { rule, severity, problem, history, config, more: [] });
        else if (known.config === config) known.more.push(problem);
      }
    }
  }

  /** The findings, sorted by file, line, column and rule. */
  findings(): Found[] {
    const counts = new Map<string, number>();
    return [...this.found.values()]
      .sort(
        (a, b) =>
          compareSpots(a.problem.spot, b.problem.spot) ||
          compare(a.rule.id, b.rule.id) ||
          compare(a.problem.ops?.id ?? '', b.problem.ops?.id ?? ''),
      )
      .map(({ rule, severity, problem, history, config, more }) => {
        const { spot, fn, ops } = problem;
        const place = `${rule.id}|${spot.file}|${fn ?? ''}|${ops?.fact.name ?? ''}`;
        const count = counts.get(place) ?? 0;
        counts.set(place, count + 1);
        const others = [
          ...new Map(more.filter((m) => spotKey(m.spot) !== spotKey(spot)).map((m) => [spotKey(m.spot), m])).values(),
        ];
        const finding: Finding = {
          rule: rule.id,
          severity,
          file: spot.file,
          ...range(spot.at),
          message: problem.message,
          ...(fn === null ? {} : { function: fn }),
          ...(ops === null ? {} : { ops: ops.fact.name }),
          module: history.module.name,
          ...(config === undefined ? {} : { config }),
          fingerprint: fingerprintOf(`${place}|${count}`),
          related: [
            ...problem.related.map(related),
            ...others.map((other) => related({ ...other.spot, message: 'the same happens from here' })),
          ],
          witness: witnessOf(history, problem.failing),
          ...(problem.fix ? { fix: fixOf(problem.fix) } : {}),
        };
        return { finding, history };
      });
  }
}

function witnessOf(history: History, failing: number): Witness {
  return {
    scenario: history.scenario,
    events: history.events.map(({ event }: HistoryEvent) => event as unknown as WitnessEvent),
    failing,
  };
}

function fixOf(fix: NonNullable<Problem['fix']>): Fix {
  return { title: fix.title, edits: fix.edits.map(({ file, at, text }) => ({ file, ...range(at), text })) };
}

function related({ file, at, message }: Spot & { readonly message: string }): Finding['related'][number] {
  return { file, line: at[0], column: at[1], message };
}

function range([line, column, endLine, endColumn]: At): {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
} {
  return { line, column, endLine, endColumn };
}

function spotKey(spot: Spot): string {
  return `${spot.file}:${spot.at.join(':')}`;
}

function compareSpots(a: Spot, b: Spot): number {
  return compare(a.file, b.file) || a.at[0] - b.at[0] || a.at[1] - b.at[1];
}

/** Orders texts by code unit, the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
