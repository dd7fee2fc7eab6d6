import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { printExpression } from './print.ts';

/**
 * The members of a namespace, as `xfrm.nlsk`, that a function sets to NULL and does nothing else with: what lay there is given
 * to nobody by that. None where it calls what may know them as well.
 */
export function clearedOnly(program: Program, { id, fact }: FunctionEntry): ReadonlySet<string> {
  const cleared = new Map<string, number>();
  if (program.callees(id).length > 0) return new Set();
  for (const whole of expressionsOf(fact.blocks ?? []))
    for (const e of walkExpression(whole)) {
      if (e.k === 'assign' && e.op === '=' && e.to.k === 'field' && isNull(e.from)) count(e.to, 1);
      if (e.k === 'field') count(e, -1);
    }
  return new Set([...cleared].flatMap(([text, often]) => (often === 0 ? text.slice(text.indexOf('->') + 2) : [])));

  function count(e: Expr, by: number): void {
    const text = printExpression(e);
    if (text.startsWith('net->')) cleared.set(text, (cleared.get(text) ?? 0) + by);
  }
}

function isNull(e: Expr): boolean {
  return e.k === 'num' && e.value === 0;
}
