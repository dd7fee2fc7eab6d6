import { throughZero } from './answers.ts';
import { conditionsOf, conditionsOfOutcome, isResult, union, withConditions, writesApart } from './conditions.ts';
import { forgetAt, forgettingAt, forgottenIn } from './forgotten.ts';
import { forgetLostAgain, forgetNameless } from './nameless.ts';
import { dropConstants, isConstant } from './prune.ts';
import type { KeyOf } from './state-key.ts';
import { isFlag, isLocal } from './place-names.ts';
import { leadsBack, type State } from './state.ts';
import type { Outcome } from './summary.ts';
import { keyOfPlace, stepsOf, type Place } from './trace.ts';
import { ANY, NEG, ZERO, type Value } from './values.ts';
import type { Ways } from './ways.ts';

interface Ended {
  readonly outcome: Outcome;
  readonly forgotten: ReadonlySet<string>;
  /** Whether the path has stopped a work item or a timer. */
  readonly hasStopped: boolean;
}

/**
 * How a function can end: of the paths that come to the same, the one that has released most, or else one that has stopped
 * something, or else the shortest.
 */
export class Ends {
  private readonly ended = new Map<string, Ended>();

  constructor(
    private readonly ways: Ways,
    private readonly keyOf: KeyOf,
  ) {}

  get size(): number {
    return this.ended.size;
  }

  /** The shortest first: what is told of several that are else alike is told of that one. */
  outcomes(): Outcome[] {
    return [...this.ended.values()].map(({ outcome }) => outcome).sort((a, b) => a.steps.length - b.steps.length);
  }

  /** A path that returns; what it assumes that nothing on it has asked for is none that there is. */
  add(state: State, value: Value | null, at: Place): void {
    for (const [id, { assumed }] of state.symbols) if (assumed && !(value?.v === 'sym' && value.id === id)) return;
    const last = byItsName(state, value).copy();
    last.push({ t: 'jump', kind: 'return', place: at });
    // Who hands a registration's error on leaves it to the caller to ask for it.
    if (value?.v === 'sym' && last.failures > 0 && isFailure(last, value.id)) last.pending.add(value.id);
    for (const path of last.written) if (!isFlag(path) && !leadsBack(last, path)) last.written.delete(path);
    forgetNameless(last, value);
    for (const key of last.env.keys()) if (isLocal(key)) last.env.delete(key);
    dropConstants(last, value);
    forgetLostAgain(last, value);
    for (const [id, { input, ...symbol }] of last.symbols) {
      // What lies behind a pointer that is not known is another thing at the next call.
      if (input?.startsWith('#')) last.symbols.set(id, symbol);
    }
    const conditions = new Map([...conditionsOf(last)].filter(([path]) => !isResult(last, path, value)));
    const shown =
      value === null
        ? 'void'
        : value.v === 'num'
          ? (value.text ?? String(value.num))
          : value.v === 'addr'
            ? `&${value.path}`
            : showResult(last, value.id);
    const forgotten = forgottenIn(last, value);
    const key = this.ways.keyOf(`${this.keyOf(last, forgotten)}|${shown}`, last.freed, conditions);
    const known = this.ended.get(key);
    const before = known?.outcome;
    const others = known?.forgotten ?? new Set<string>();
    const merged = before ? union(conditionsOfOutcome(before), conditions) : null;
    const all = new Set([...others, ...forgotten]);
    if (before) this.ways.differ(last.freed, before.freed);
    const isRather =
      !known ||
      last.freed.size > known.outcome.freed.size ||
      (last.freed.size === known.outcome.freed.size && tellsMore(last, known));
    if (before && merged && !isRather) {
      const symbols = withConditions(before.symbols, merged, writesApart(before));
      const outcome = forgettingAt({ ...before, symbols }, all, last);
      this.ended.set(key, { outcome, forgotten: all, hasStopped: known.hasStopped });
      return;
    }
    forgetAt(
      last,
      [...others].filter((each) => !forgotten.has(each)),
    );
    const writes = new Map(
      [...last.written].flatMap((path) => {
        const written = last.env.get(path);
        return written ? [[path, written] as const] : [];
      }),
    );
    const outcome: Outcome = {
      steps: stepsOf(last.trace),
      symbols: last.symbols,
      writes,
      value,
      pending: [...last.pending],
      failures: last.failures,
      freed: last.freed,
      sometimes: this.ways.sometimes,
      handed: last.handed,
      escaped: new Set(state.held.flatMap((held) => (held.escaped ? keyOfPlace(held.place) : []))),
      shown: new Set(state.held.flatMap((held) => (held.shown ? keyOfPlace(held.place) : []))),
      end: at,
    };
    this.ended.set(key, {
      outcome: merged
        ? { ...outcome, symbols: withConditions(outcome.symbols, merged, writesApart(outcome)) }
        : outcome,
      forgotten: all,
      hasStopped: last.hasStopped,
    });
  }
}

function tellsMore(state: State, { outcome, hasStopped }: Ended): boolean {
  return state.hasStopped === hasStopped ? (state.trace?.length ?? 0) < outcome.steps.length : state.hasStopped;
}

function showResult(state: State, id: number): string {
  const symbol = state.symbols.get(id);
  return `${symbol?.mask ?? ANY}${symbol?.input ?? ''}${symbol?.assumed ? '~' : ''}${state.pending.has(id) ? '!' : ''}${symbol?.call ? `?${symbol.call.place.at[0]}` : ''}`;
}

/** What a name says of a failure, whatever else it says: `FOO_ERR_DONE`, but not `FOO_NO_ERR`. */
const saysFailed = /(?<!(?:^|_)(?:NO|NON|NOT_AN|ZERO)_?)(?:^|_)(?:ERR(?:OR)?S?|E?FAIL(?:ED|URE)?|BAD)(?:_|$)/;
/** What is returned where nothing is amiss, or where that is not held to be. */
const saysWell =
  /(?:^|_)(?:OKA?Y?|DONE|NONE|SUCCESS|NO_?ERR(?:OR)?S?|NO_?FAIL(?:URE)?|ZERO|NIL|NULL|FALSE|GOOD|FINE|READY|SKIP(?:PED)?|IGNORED?|CONTINUE|ACCEPT(?:ED)?|DROP(?:PED)?|PASS(?:ED)?|NOTHING|NOP|NOOP|COMPLETED?)$/;

/**
 * Who returns a name whose number is not known where something has failed says so by it: `return FOO_ERR;` is no `return 0;`,
 * nor is `return FOO_FAIL(net);`. One that says that nothing is amiss is 0.
 */
function byItsName(state: State, value: Value | null): State {
  const symbol = value?.v === 'sym' ? state.symbols.get(value.id) : undefined;
  if (!value || !symbol) return state;
  const { input = '', call } = symbol;
  if (isConstant(input) && saysWell.test(input) && !saysFailed.test(input))
    return state.refine(value, ZERO, throughZero) ?? state;
  const isError =
    isConstant(input) || (call !== undefined && isConstant(call.name) && /(?:^|_)(?:E?FAIL|ERR)/.test(call.name));
  return isError && state.failures > 0 ? (state.refine(value, NEG, throughZero) ?? state) : state;
}

/** Whether a symbol is the error of a registration that failed on the path. */
function isFailure(state: State, id: number): boolean {
  for (let link = state.trace; link; link = link.previous) {
    const [step] = link.steps;
    if (step?.t === 'pernet' && !step.ok && step.sym === id) return true;
  }
  return false;
}
