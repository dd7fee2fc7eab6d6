import type { At } from '../facts/ir.ts';
import type { History, HistoryEvent } from '../lifecycle/index.ts';
import type { Finding, Fix, Severity, Witness, WitnessEvent } from './finding.ts';
import { fingerprintOf } from './fingerprint.ts';
import { ruleById, rules } from './registry.ts';
import type { Problem, Rule, Spot } from './rule.ts';

export interface CollectOptions {
  /** The severity that a rule's findings get; null when the rule is off. */
  readonly severityOf: (rule: Rule) => Severity | null;
}

/** A finding with the history that shows it; undefined where another thread or an earlier run made it. */
export interface Found {
  readonly finding: Finding;
  readonly history: History | undefined;
}

/** A breach as the first history showed it: plain data, that can be kept and sent. */
export interface Breach {
  readonly rule: string;
  readonly severity: Severity;
  readonly problem: Omit<Problem, 'ops' | 'failing' | 'key'>;
  readonly ops: { readonly id: string; readonly name: string } | null;
  /** Breaches with the same key are one. */
  readonly key: string;
  readonly module: string;
  /** The configuration under which it was met, where that is not the default. */
  readonly config?: string;
  readonly witness: Witness;
  /** Where the same breach was met again. */
  readonly more: readonly Again[];
}

/** That an ops of one module uses what another module makes. */
export interface UseAcross {
  /** The rule that looks for it. */
  readonly rule: RuleAcross;
  readonly isIt: (problem: Problem) => boolean;
  /** How it is known that the other module starts later; null where it need not. */
  readonly why: string | null;
}

/** The rules that look at two modules at once. */
type RuleAcross =
  'pernet/exit-uses-later-ops' | 'pernet/generic-outside-registration' | 'pernet/registered-before-resource';

interface Again {
  readonly spot: Spot;
  readonly config?: string;
}

interface Record {
  readonly breach: Breach;
  readonly history: History | undefined;
  readonly more: Again[];
}

/** What functions owe that some ops elsewhere calls: what else is asked of an ops is asked of that one. */
const ofHelpers = ['exit-leak', 'init-error-leak', 'exit-order', 'double-release'].map((name) =>
  ruleById(`pernet/${name}`)!,
);

/** The findings of a set of histories: each breach once, in the first history that shows it. */
export class Collector {
  private readonly found = new Map<string, Record>();

  constructor(private readonly options: CollectOptions) {}

  /**
   * Looks at one history of two modules, for one ops that uses what the other one makes: of no other two things is the
   * order known. `why` says how it is, where that is not told by how they are registered.
   */
  addTogether(history: History, { rule: id, isIt, why }: UseAcross): void {
    const rule = ruleById(id)!;
    const check = (of: History): Problem[] =>
      rule
        .check(of)
        .filter(isIt)
        .map((problem) => (why === null ? problem : withReason(problem, why)));
    this.look(history, [{ ...rule, check }]);
  }

  /** Looks at one history. `config` says under which configuration it was made, where that is not the default. */
  add(history: History, config?: string): void {
    this.look(history, history.path.of?.ops.fact.isStandIn ? ofHelpers : rules, config);
  }

  private look(history: History, asked: readonly Rule[], config?: string): void {
    const under = config === undefined ? {} : { config };
    for (const rule of asked) {
      const severity = this.options.severityOf(rule);
      if (severity === null) continue;
      for (const { ops, failing, key: own, ...problem } of rule.check(history)) {
        const key = `${rule.id}|${own ?? `${ops?.id ?? ''}|${spotKey(problem.spot)}`}`;
        const known = this.found.get(key);
        if (known) {
          known.more.push({ spot: problem.spot, ...under });
          continue;
        }
        const breach: Breach = {
          rule: rule.id,
          severity,
          problem,
          ops: ops && { id: ops.id, name: ops.fact.name },
          key,
          module: history.module.name,
          ...under,
          witness: witnessOf(history, failing),
          more: [],
        };
        this.found.set(key, { breach, history, more: [] });
      }
    }
  }

  /** All that was found, for another collector. */
  breaches(): Breach[] {
    return [...this.found.values()].map(({ breach, more }) => ({ ...breach, more }));
  }

  /** Takes over what another collector found after this one; `historyOf` has the histories where they are known. */
  adopt(breaches: readonly Breach[], historyOf?: (breach: Breach) => History | undefined): void {
    for (const breach of breaches) {
      const known = this.found.get(breach.key);
      if (known) known.more.push(...[breach, ...breach.more].map(againOf));
      else this.found.set(breach.key, { breach, history: historyOf?.(breach), more: [...breach.more] });
    }
  }

  /** The history that shows a breach. */
  historyOf({ key }: Breach): History | undefined {
    return this.found.get(key)?.history;
  }

  /** The findings, sorted by file, line, column and rule. */
  findings(): Found[] {
    const counts = new Map<string, number>();
    return [...this.found.values()]
      .sort(
        ({ breach: a }, { breach: b }) =>
          compareSpots(a.problem.spot, b.problem.spot) ||
          compare(a.rule, b.rule) ||
          compare(a.ops?.id ?? '', b.ops?.id ?? ''),
      )
      .map(({ breach, history, more }) => {
        const { rule, severity, problem, ops, module, config, witness } = breach;
        const { spot, fn, about } = problem;
        const place = [rule, spot.file, fn ?? '', ops?.name ?? '', ...(about === undefined ? [] : [about])].join('|');
        const count = counts.get(place) ?? 0;
        counts.set(place, count + 1);
        const elsewhere = more.filter((m) => m.config === config && spotKey(m.spot) !== spotKey(spot));
        const others = [...new Map(elsewhere.map((m) => [spotKey(m.spot), m])).values()];
        const finding: Finding = {
          rule,
          severity,
          file: spot.file,
          ...range(spot.at),
          message: problem.message,
          ...(fn === null ? {} : { function: fn }),
          ...(ops === null ? {} : { ops: ops.name }),
          module,
          ...(config === undefined ? {} : { config }),
          fingerprint: fingerprintOf(`${place}|${count}`),
          related: [
            ...withoutRepeats(problem.related).map(related),
            ...others.map((other) => related({ ...other.spot, message: 'the same happens from here' })),
          ],
          witness,
          ...(problem.fix ? { fix: fixOf(problem.fix) } : {}),
        };
        return { finding, history };
      });
  }
}

/** The last place of such a problem is where what is used is made. */
function withReason(problem: Problem, why: string): Problem {
  return {
    ...problem,
    related: problem.related.map((place, index, { length }) =>
      index === length - 1 ? { ...place, message: `${place.message}: ${why}` } : place,
    ),
  };
}

function againOf({ config, ...where }: Again | Breach): Again {
  const spot = 'spot' in where ? where.spot : where.problem.spot;
  return { spot, ...(config === undefined ? {} : { config }) };
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

/** A place that is what fails and what a step is about as well is walked through once. */
function withoutRepeats(places: Problem['related']): Problem['related'] {
  return places.filter((place, index) => places.findIndex((other) => spotKey(other) === spotKey(place)) === index);
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
