import type { At, Expr } from '../../facts/ir.ts';
import type { Program } from '../../program/program.ts';
import type { State } from './state.ts';
import type { Summaries } from './summary.ts';
import type { Place } from './trace.ts';
import type { Value } from './values.ts';

export interface Result {
  readonly state: State;
  readonly value: Value;
}

/** How an expression is evaluated: handed to those that the evaluation itself needs. */
export type Evaluate = (frame: Frame, e: Expr, state: State) => Result[];

export interface Truth {
  readonly state: State;
  readonly holds: boolean;
}

/**
 * Whether a kernel option is on, for IS_ENABLED() and IS_REACHABLE(), or is `y` or `m`, for IS_BUILTIN() and IS_MODULE()
 * (include/linux/kconfig.h); undefined: either.
 */
export type OptionAnswer = (name: string, as?: 'BUILTIN' | 'MODULE') => boolean | undefined;

/** What an evaluation knows of the function it is in. */
export interface Frame {
  readonly program: Program;
  readonly summaries: Summaries;
  readonly option: OptionAnswer;
  readonly file: string;
  readonly fn: string;
  readonly locals: ReadonlySet<string>;
  /** The lists that it has for itself (`LIST_HEAD(list);`). */
  readonly lists: ReadonlySet<string>;
  /** The call whose result the statement at hand throws away. */
  discarded?: Expr | null;
  /** Whether it is in the body of a loop that undoes. */
  isUndoing?: boolean;
  /** Why the function cannot be followed any further. */
  lost?: string;
}

export function place(frame: Pick<Frame, 'file' | 'fn'>, at: At): Place {
  return { file: frame.file, fn: frame.fn, at };
}
