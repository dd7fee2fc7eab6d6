import type { FunctionEntry, Program } from '../../program/program.ts';
import { allIn, within } from '../bodies/body.ts';

/** What a function calls in its own file is looked through so far. */
const mostDeep = 3;

/** Whether functions of its own file that a function calls name a member, or may: their bodies are not read. */
export function isSpokenOf(program: Program, fn: FunctionEntry, member: string): boolean {
  const [, ...called] = within(program, fn, mostDeep);
  return called.some(
    (each) => each.fact.blocks === null || [...allIn(each)].some((e) => e.k === 'field' && e.name === member),
  );
}
