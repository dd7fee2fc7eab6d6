import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { callsIn, type Call } from './may-stop.ts';

/** All expressions of a function's body, and all that is in them. */
export function* allIn({ fact }: FunctionEntry): Generator<Expr> {
  for (const expression of expressionsOf(fact.blocks ?? [])) yield* walkExpression(expression);
}

/** The calls in a function's body. */
export function callsOf({ fact }: FunctionEntry): Call[] {
  return (fact.blocks ?? []).flatMap(callsIn);
}

/** The name of what is called; empty where that is a pointer. */
export function nameOf({ fn }: Call): string {
  return fn.k === 'id' ? fn.name : '';
}

/** What an expression may set: what is assigned, and what a call is passed as a place (`WRITE_ONCE(e->owner, x)`). */
export function targetsOf(e: Expr): readonly Expr[] {
  if (e.k === 'assign') return [e.to];
  return e.k === 'call' ? e.args.map((arg) => (arg.k === 'unary' && arg.op === '&' ? arg.of : arg)) : [];
}

/** Whether a function calls one of some names. */
export function callsAny(fact: FunctionEntry['fact'], names: RegExp): boolean {
  return (fact.blocks ?? []).flatMap(callsIn).some((call) => names.test(nameOf(call)));
}

/** A function and those of its own file that it calls, and so on. */
export function within(program: Program, fn: FunctionEntry, deep: number): FunctionEntry[] {
  const found = [fn];
  for (let from = 0, round = 0; round < deep; round++) {
    const last = found.slice(from);
    from = found.length;
    for (const each of last)
      for (const call of callsOf(each)) {
        const callee = program.lookUp(each.file, nameOf(call));
        if (callee?.file === fn.file && !found.includes(callee)) found.push(callee);
      }
  }
  return found;
}
