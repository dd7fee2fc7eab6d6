import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import type { Program } from '../../program/program.ts';
import type { Place } from '../paths/trace.ts';

export type Call = Expr & { readonly k: 'call' };

/** A call by its name, and where it stands. */
export interface CallAt {
  readonly call: string;
  readonly place: Place;
}

/** All calls in a function that is at hand. */
export function callsIn(program: Program, { file, fn }: Pick<Place, 'file' | 'fn'>): readonly Call[] {
  const blocks = program.functionById(`${file}#${fn}`)?.fact.blocks ?? [];
  return [...expressionsOf(blocks)].flatMap((whole) =>
    [...walkExpression(whole)].filter((e): e is Call => e.k === 'call'),
  );
}

/** What a call is passed; null where it is not the only one by that name there, or a macro stands for it. */
export function argumentsAt(program: Program, { call, place }: CallAt): readonly Expr[] | null {
  const here = callsIn(program, place).filter(
    ({ fn, at }) => fn.k === 'id' && fn.name === call && at.join() === place.at.join(),
  );
  return here.length === 1 ? here[0]!.args : null;
}
