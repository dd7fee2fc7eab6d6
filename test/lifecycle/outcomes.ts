import { Overview } from '../../src/lifecycle/paths/overview.ts';
import { Summaries, type Followed, type Outcome } from '../../src/lifecycle/paths/summary.ts';
import type { Value } from '../../src/lifecycle/paths/values.ts';
import { Program } from '../../src/program/index.ts';
import { factsOfText } from '../facts/read.ts';

export interface OutcomeOptions {
  /** The function that is followed; default `foo`. */
  readonly fn?: string;
  /** Other files of the program. */
  readonly files?: Readonly<Record<string, string>>;
  readonly option?: (name: string) => boolean | undefined;
}

const masks = ['nothing', '<0', '0', '<=0', '>0', '!=0', '>=0', 'any'];

/**
 * The ways in which a function can end, one line each, sorted: under which conditions on entry, what it does to which
 * ops (`+` registers, `!` fails to, `-` unregisters, a `d` after it for a device), which globals it sets, and what it
 * returns. `[foo_mode 0] +a !b -a => <0`.
 */
export function outcomesOf(text: string, options: OutcomeOptions = {}): string[] {
  return followed(text, options).summary!.outcomes.map(show).sort();
}

/** So many states are met on the paths through a function. */
export function statesOf(text: string, options: OutcomeOptions = {}): number {
  return followed(text, options).states;
}

/** The conditions that the paths through a function tell of. */
export function conditionsIn(text: string, options: OutcomeOptions = {}): string[] {
  const steps = followed(text, options).summary!.outcomes.flatMap((outcome) => outcome.steps);
  return [...new Set(steps.flatMap((step) => (step.t === 'test' ? [step.text] : [])))].sort();
}

function followed(text: string, { fn = 'foo', files = {}, option = () => undefined }: OutcomeOptions): Followed {
  const all = { 'foo.c': text, ...files };
  const program = new Program(
    Object.entries(all).map(([file, each]) => factsOfText(each, { file })),
    () => undefined,
  );
  const summaries = new Summaries(program, new Overview(program), option);
  if (!summaries.of(`foo.c#${fn}`))
    throw new Error(
      [...summaries.unfollowed.values()].map(({ reason }) => reason).join(', ') || `${fn} has no summary`,
    );
  return summaries.made(`foo.c#${fn}`)!;
}

function show(outcome: Outcome): string {
  const conditions = [...outcome.symbols.values()]
    .flatMap(({ input, mask }) =>
      input === undefined || mask === (input.startsWith('?') ? 6 : 7) ? [] : [`${input} ${masks[mask]!}`],
    )
    .sort();
  const steps = outcome.steps.flatMap((step) => {
    if (step.t !== 'pernet') return [];
    const sign = step.call.startsWith('un') ? '-' : step.ok ? '+' : '!';
    return [`${sign}${step.ops.replace(/^.*#/, '')}${step.call.endsWith('device') ? ' d' : ''}`];
  });
  const writes = [...outcome.writes].map(([path, value]) => `${path} = ${valueOf(outcome, value)}`).sort();
  const { value } = outcome;
  // What is returned, the caller can still ask for.
  const unasked = outcome.pending.some((id) => value?.v !== 'sym' || value.id !== id) ? ['unasked'] : [];
  const parts = [...(conditions.length > 0 ? [`[${conditions.join(', ')}]`] : []), ...steps, ...unasked, ...writes];
  return `${parts.join(' ')}${parts.length > 0 ? ' ' : ''}=> ${outcome.value === null ? 'void' : valueOf(outcome, outcome.value)}`;
}

function valueOf({ symbols }: Outcome, value: Value): string {
  if (value.v === 'num') return value.text ?? String(value.num);
  if (value.v === 'addr') return `&${value.path}`;
  return masks[symbols.get(value.id)?.mask ?? 7]!;
}
