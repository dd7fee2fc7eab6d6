import type { FunctionEntry, Program } from '../../program/program.ts';
import { handOver } from './calls.ts';
import { countsGiven } from './counters.ts';
import type { State } from './state.ts';
import { applyOutcome } from './substitute.ts';
import type { Outcome, Summaries } from './summary.ts';
import type { Place } from './trace.ts';
import type { Value } from './values.ts';

/** How an entry point ended: the state then, and what it returned. */
export interface Ended {
  readonly state: State;
  readonly value: Value | null;
  readonly end: Place;
}

/** The outcomes of an entry point, with its steps after those of `state`; null when it cannot be followed. */
export function enter(
  { program, summaries }: { readonly program: Program; readonly summaries: Summaries },
  state: State,
  fn: FunctionEntry,
  args: readonly Value[] = [],
  { isFollowed = summaries.overview.matters(fn.id) } = {},
): Ended[] | null {
  const at: Place = { file: fn.file, fn: fn.fact.name, at: fn.fact.at };
  if (!isFollowed) {
    const next = state.copy();
    const kept = args.map((_, index) => summaries.overview.keptOf(fn.id, index));
    handOver(summaries.overview, next, args, { callee: fn.id, kept });
    const value = fn.fact.returnsVoid
      ? null
      : next.fresh({ mask: summaries.overview.returnMask(fn.id), call: { name: fn.fact.name, place: at } });
    return [{ state: next, value, end: at }];
  }
  const summary = summaries.given(fn, countsGiven({ program, overview: summaries.overview }, fn, state));
  if (!summary) return null;
  return summary.outcomes.flatMap((outcome: Outcome) =>
    applyOutcome(outcome, { state, args, name: fn.fact.name, place: at, program: program }).map((r) => ({
      state: r.state,
      value: outcome.value ? r.value : null,
      end: outcome.end,
    })),
  );
}
